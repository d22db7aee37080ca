// Pooling over Float.
#include <stdlib.h>
#include <string.h>

#include "real/f32.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "threads/team.h"
#include "pool/pool.inc.h"
#include "pool/scatter.inc.h"
#include "pool/backward.inc.h"

ck_status ck_spool(const ck_isa *isa, int threads, const ck_pool *pool, const float *x, float *y, int32_t *indices,
                   ck_fault *fault) {
  return pool_forward(isa->f32, threads, pool, x, y, indices, fault);
}

ck_status ck_spool_backward(const ck_isa *isa, int threads, const ck_pool *pool, const float *x, const float *y,
                            const int32_t *indices, const float *dy, float *dx, ck_fault *fault) {
  return pool_backward(isa->f32, threads, pool, x, y, indices, dy, dx, fault);
}

ck_status ck_sunpool(int threads, const ck_unpool *unpool, const float *x, const int32_t *indices, float *y,
                     ck_fault *fault) {
  return unpool_run(threads, SCATTER_SET, unpool, x, indices, y, fault);
}

ck_status ck_sunpool_backward(int threads, const ck_unpool *unpool, const float *dy, const int32_t *indices, float *dx,
                              ck_fault *fault) {
  return unpool_run(threads, SCATTER_GATHER, unpool, dy, indices, dx, fault);
}
