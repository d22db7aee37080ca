// The functions over buffers of Float.
#include "real/f32.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "vector/map.inc.h"

ck_status ck_smap(const ck_isa *isa, int threads, ck_function f, float p, float q, ptrdiff_t n, const float *x,
                  float *y, ck_fault *fault) {
  const struct map_job job = {.kernels = isa->f32, .f = f, .p = p, .q = q, .n = n, .x = x, .y = y};
  return map_run(job, threads, false, fault);
}

void ck_smap_lanes(const ck_isa *isa, ck_function f, float p, float q, ptrdiff_t n, const float *x, float *y) {
  map_lanes(isa->f32, f, p, q, n, x, y);
}

ck_status ck_smap_backward(const ck_isa *isa, int threads, ck_function f, float p, float q, ptrdiff_t n, const float *v,
                           const float *dy, float *dx, ck_fault *fault) {
  const struct map_job job = {.kernels = isa->f32, .f = f, .p = p, .q = q, .n = n, .x = v, .dy = dy, .y = dx};
  return map_run(job, threads, true, fault);
}
