// The functions over buffers of Double.
#include "real/f64.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "vector/map.inc.h"

ck_status ck_dmap(const ck_isa *isa, int threads, ck_function f, double p, double q, ptrdiff_t n, const double *x,
                  double *y, ck_fault *fault) {
  const struct map_job job = {.kernels = isa->f64, .f = f, .p = p, .q = q, .n = n, .x = x, .y = y};
  return map_run(job, threads, false, fault);
}

void ck_dmap_lanes(const ck_isa *isa, ck_function f, double p, double q, ptrdiff_t n, const double *x, double *y) {
  map_lanes(isa->f64, f, p, q, n, x, y);
}

ck_status ck_dmap_backward(const ck_isa *isa, int threads, ck_function f, double p, double q, ptrdiff_t n,
                           const double *v, const double *dy, double *dx, ck_fault *fault) {
  const struct map_job job = {.kernels = isa->f64, .f = f, .p = p, .q = q, .n = n, .x = v, .dy = dy, .y = dx};
  return map_run(job, threads, true, fault);
}
