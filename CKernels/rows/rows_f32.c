// Rows of Float.
#include "real/f32.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "rows/check.h"
#include "threads/team.h"

typedef ck_scross_entropy_targets loss_targets;

static const struct kernels *kernels_of(const ck_isa *isa) { return isa->f32; }

#include "rows/job.inc.h"
#include "rows/softmax.inc.h"
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
