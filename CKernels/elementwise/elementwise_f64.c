// Elementwise calls over Double.
#include <stdlib.h>

#include "real/f64.h"
#include "isa/kernels.h"
#include "elementwise/shape.h"
#include "gemm/check.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "elementwise/elementwise.inc.h"
#include "elementwise/channel_sums.inc.h"

ck_status ck_delementwise(const ck_isa *isa, int threads, ck_op op, const ck_broadcast *shape, const double *a,
                          const double *b, const double *c, ck_function f, double p, double q, double *y,
                          ck_fault *fault) {
  struct elementwise_job job = {.kernels = isa->f64,
                                .block = {.op = op, .f = f, .p = p, .q = q, .operand = {a, b, c}, .y = y}};
  return elementwise_run(&job, threads, shape, fault);
}

ck_status ck_dbias_gradient(const ck_isa *isa, int threads, ptrdiff_t batch, ptrdiff_t channels, ptrdiff_t pixels,
                            ck_channels layout, const double *dy, double *db, ck_fault *fault) {
  struct channel_job job = {.kernels = isa->f64,
                            .block = {.batch = batch,
                                      .channels = channels,
                                      .pixels = pixels,
                                      .channels_last = layout == CK_CHANNELS_LAST,
                                      .dy = dy,
                                      .db = db}};
  return channel_run(&job, threads, fault);
}

ck_status ck_dprelu_gradient(const ck_isa *isa, int threads, ptrdiff_t batch, ptrdiff_t channels, ptrdiff_t pixels,
                             ck_channels layout, const double *x, const double *dy, double *da, ck_fault *fault) {
  struct channel_job job = {.kernels = isa->f64,
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

ck_status ck_dswish_gradient(const ck_isa *isa, int threads, ptrdiff_t n, double beta, const double *x,
                             const double *dy, double *db, ck_fault *fault) {
  struct channel_job job = {.kernels = isa->f64, .block = {.dy = dy, .x = x, .p = beta, .db = db}};
  return swish_run(&job, threads, n, fault);
}

ck_status ck_dcast(const ck_isa *isa, int threads, ptrdiff_t n, const float *x, double *y, ck_fault *fault) {
  const struct cast_job job = {.kernels = isa->f64, .n = n, .x = x, .y = y};
  return cast_run(job, threads, fault);
}
