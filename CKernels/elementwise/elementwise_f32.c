// Elementwise calls over Float.
#include <stdlib.h>

#include "real/f32.h"
#include "isa/kernels.h"
#include "elementwise/shape.h"
#include "gemm/check.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "elementwise/elementwise.inc.h"
#include "elementwise/channel_sums.inc.h"

ck_status ck_selementwise(const ck_isa *isa, int threads, ck_op op, const ck_broadcast *shape, const float *a,
                          const float *b, const float *c, ck_function f, float p, float q, float *y, ck_fault *fault) {
  struct elementwise_job job = {.kernels = isa->f32,
                                .block = {.op = op, .f = f, .p = p, .q = q, .operand = {a, b, c}, .y = y}};
  return elementwise_run(&job, threads, shape, fault);
}

ck_status ck_sbias_gradient(const ck_isa *isa, int threads, ptrdiff_t batch, ptrdiff_t channels, ptrdiff_t pixels,
                            ck_channels layout, const float *dy, float *db, ck_fault *fault) {
  struct channel_job job = {.kernels = isa->f32,
                            .block = {.batch = batch,
                                      .channels = channels,
                                      .pixels = pixels,
                                      .channels_last = layout == CK_CHANNELS_LAST,
                                      .dy = dy,
                                      .db = db}};
  return channel_run(&job, threads, fault);
}

ck_status ck_sprelu_gradient(const ck_isa *isa, int threads, ptrdiff_t batch, ptrdiff_t channels, ptrdiff_t pixels,
                             ck_channels layout, const float *x, const float *dy, float *da, ck_fault *fault) {
  struct channel_job job = {.kernels = isa->f32,
                            .block = {.term = CHANNEL_SLOPE,
                                      .batch = batch,
                                      .channels = channels,
                                      .pixels = pixels,
                                      .channels_last = layout == CK_CHANNELS_LAST,
                                      .dy = dy,
                                      .x = x,
                                      .db = da}};
  return channel_run(&job, threads, fault);
}

ck_status ck_sswish_gradient(const ck_isa *isa, int threads, ptrdiff_t n, float beta, const float *x, const float *dy,
                             float *db, ck_fault *fault) {
  struct channel_job job = {.kernels = isa->f32, .block = {.dy = dy, .x = x, .p = beta, .db = db}};
  return swish_run(&job, threads, n, fault);
}

ck_status ck_scast(const ck_isa *isa, int threads, ptrdiff_t n, const double *x, float *y, ck_fault *fault) {
  const struct cast_job job = {.kernels = isa->f32, .n = n, .x = x, .y = y};
  return cast_run(job, threads, fault);
}
