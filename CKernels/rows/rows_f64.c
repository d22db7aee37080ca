// Rows of Double.
#include "real/f64.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "rows/check.h"
#include "threads/team.h"

typedef ck_dcross_entropy_targets loss_targets;

static const struct kernels *kernels_of(const ck_isa *isa) { return isa->f64; }

#include "rows/job.inc.h"
#include "rows/softmax.inc.h"
#include "rows/loss.inc.h"
#include "rows/loss_check.inc.h"

ck_status ck_dsoftmax(const ck_isa *isa, int threads, bool log, const ck_rows *rows, const double *x,
                      const ck_axis *x_axis, double *y, const ck_axis *y_axis, ck_fault *fault) {
  return softmax(isa, threads, log, rows, (struct rows_input){x, *x_axis}, (struct rows_output){y, *y_axis}, fault);
}

ck_status ck_dsoftmax_backward(const ck_isa *isa, int threads, bool log, const ck_rows *rows, const double *y,
                               const ck_axis *y_axis, const double *dy, const ck_axis *dy_axis, double *dx,
                               const ck_axis *dx_axis, ck_fault *fault) {
  return softmax_backward(isa, threads, log, rows, (struct rows_input){y, *y_axis}, (struct rows_input){dy, *dy_axis},
                          (struct rows_output){dx, *dx_axis}, fault);
}

ck_status ck_dcross_entropy(const ck_isa *isa, int threads, ck_loss reduction, const ck_rows *rows, const double *x,
                            const ck_axis *x_axis, const ck_dcross_entropy_targets *targets, double *loss,
                            ptrdiff_t loss_count, const double *upstream, ptrdiff_t upstream_count, double *dx,
                            const ck_axis *dx_axis, ck_fault *fault) {
  const struct loss_call call = {threads, reduction, targets, loss, loss_count, upstream, upstream_count};
  const struct rows_output gradient = {dx, dx == NULL ? (ck_axis){0} : *dx_axis};
  return cross_entropy(isa, &call, rows, (struct rows_input){x, *x_axis}, gradient, fault);
}
