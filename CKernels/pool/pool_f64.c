// Pooling over Double.
#include <stdlib.h>
#include <string.h>

#include "real/f64.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "threads/team.h"
#include "pool/pool.inc.h"
#include "pool/scatter.inc.h"
#include "pool/backward.inc.h"

ck_status ck_dpool(const ck_isa *isa, int threads, const ck_pool *pool, const double *x, double *y, int32_t *indices,
                   ck_fault *fault) {
  return pool_forward(isa->f64, threads, pool, x, y, indices, fault);
}

ck_status ck_dpool_backward(const ck_isa *isa, int threads, const ck_pool *pool, const double *x, const double *y,
                            const int32_t *indices, const double *dy, double *dx, ck_fault *fault) {
  return pool_backward(isa->f64, threads, pool, x, y, indices, dy, dx, fault);
}

ck_status ck_dunpool(int threads, const ck_unpool *unpool, const double *x, const int32_t *indices, double *y,
                     ck_fault *fault) {
  return unpool_run(threads, SCATTER_SET, unpool, x, indices, y, fault);
}

ck_status ck_dunpool_backward(int threads, const ck_unpool *unpool, const double *dy, const int32_t *indices,
                              double *dx, ck_fault *fault) {
  return unpool_run(threads, SCATTER_GATHER, unpool, dy, indices, dx, fault);
}
