// Rows of Float.
#include "real/f32.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "rows/check.h"
#include "threads/team.h"

typedef ck_scross_entropy_targets loss_targets;

// Sums of squares below LEAST_SQUARES may have lost digits to underflow; no scaled square overflows, and none that
// counts underflows.
static const float LEAST_SQUARES = 0x1p-100f, GREATEST = FLT_MAX, SCALE_UP = 0x1p100f, SCALE_DOWN = 0x1p-80f;

static const struct kernels *kernels_of(const ck_isa *isa) { return isa->f32; }

#include "rows/job.inc.h"
#include "rows/turn.inc.h"
#include "rows/softmax.inc.h"
#include "rows/reduce.inc.h"
#include "rows/loss.inc.h"
#include "rows/loss_check.inc.h"

ck_status ck_ssoftmax(const ck_isa *isa, int threads, bool log, const ck_rows *rows, const float *x,
                      const ck_axis *x_axis, float *y, const ck_axis *y_axis, ck_fault *fault) {
  return softmax(isa, threads, log, rows, (struct rows_input){x, *x_axis}, (struct rows_output){y, *y_axis}, fault);
}

ck_status ck_ssoftmax_backward(const ck_isa *isa, int threads, bool log, const ck_rows *rows, const float *y,
                               const ck_axis *y_axis, const float *dy, const ck_axis *dy_axis, float *dx,
                               const ck_axis *dx_axis, ck_fault *fault) {
  return softmax_backward(isa, threads, log, rows, (struct rows_input){y, *y_axis}, (struct rows_input){dy, *dy_axis},
                          (struct rows_output){dx, *dx_axis}, fault);
}

ck_status ck_scross_entropy(const ck_isa *isa, int threads, ck_loss reduction, const ck_rows *rows, const float *x,
                            const ck_axis *x_axis, const ck_scross_entropy_targets *targets, float *loss,
                            ptrdiff_t loss_count, const float *upstream, ptrdiff_t upstream_count, float *dx,
                            const ck_axis *dx_axis, ck_fault *fault) {
  const struct loss_call call = {threads, reduction, targets, loss, loss_count, upstream, upstream_count};
  const struct rows_output gradient = {dx, dx == NULL ? (ck_axis){0} : *dx_axis};
  return cross_entropy(isa, &call, rows, (struct rows_input){x, *x_axis}, gradient, fault);
}

ck_status ck_sreduce(const ck_isa *isa, int threads, ck_reduction op, const ck_rows *rows, const float *x,
                     const ck_axis *x_axis, float *y, ptrdiff_t y_count, ck_fault *fault) {
  if (op < CK_SUM || op >= CK_REDUCTION_COUNT) return ck_fail(fault, CK_BAD_ARGUMENT, "op", CK_REDUCTION_COUNT - 1, op);
  struct reduce_job job = {.rows = {.kernels = isa->f32, .a = {x, *x_axis}}, .kind = REDUCE, .op = op, .y = y};
  return reduce(&job, threads, rows, y_count, sizeof *y, "y", fault);
}

ck_status ck_sarg(const ck_isa *isa, int threads, bool least, const ck_rows *rows, const float *x,
                  const ck_axis *x_axis, ptrdiff_t *index, ptrdiff_t index_count, ck_fault *fault) {
  struct reduce_job job = {.rows = {.kernels = isa->f32, .a = {x, *x_axis}},
                           .kind = REDUCE_ARG,
                           .op = least ? CK_MIN : CK_MAX,
                           .index = index};
  return reduce(&job, threads, rows, index_count, sizeof *index, "index", fault);
}

ck_status ck_sdot(const ck_isa *isa, int threads, const ck_rows *rows, const float *x, const ck_axis *x_axis,
                  const float *y, const ck_axis *y_axis, float *z, ptrdiff_t z_count, ck_fault *fault) {
  struct reduce_job job = {
      .rows = {.kernels = isa->f32, .a = {x, *x_axis}, .b = {y, *y_axis}}, .kind = REDUCE_DOT, .y = z};
  return reduce(&job, threads, rows, z_count, sizeof *z, "z", fault);
}

ck_status ck_smax_backward(const ck_isa *isa, int threads, const ck_rows *rows, const float *x, const ck_axis *x_axis,
                           const float *dy, ptrdiff_t dy_count, float *dx, const ck_axis *dx_axis, ck_fault *fault) {
  return route(isa, threads, rows, (struct rows_input){x, *x_axis}, dy, dy_count, (struct rows_output){dx, *dx_axis},
               fault);
}
