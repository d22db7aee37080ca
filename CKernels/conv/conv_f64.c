// Convolution over Double.
#include "real/f64.h"

#include "include/ck_conv.h"

typedef ck_dconv_epilogue conv_epilogue;

static const struct kernels *kernels_of(const ck_isa *isa);

#include "conv/conv.inc.h"

static const struct kernels *kernels_of(const ck_isa *isa) { return isa->f64; }

ck_status ck_dconv_plan(const ck_isa *isa, const ck_conv *g, const ck_conv_options *options, ck_conv_plan *plan,
                        ck_fault *fault) {
  return make_plan(isa, g, options, plan, fault);
}

const char *ck_dconv_why_not(const ck_conv_plan *plan, ck_conv_algorithm algorithm) { return why_not(plan, algorithm); }

ptrdiff_t ck_dconv_workspace_count(const ck_conv_plan *plan, int threads) { return workspace_count(plan, threads); }

ck_status ck_dconv_pack(const ck_conv_plan *plan, const double *w, ptrdiff_t w_count, const double *scale,
                        ptrdiff_t scale_count, double *packed, ptrdiff_t packed_count, ck_fault *fault) {
  return pack(plan, w, w_count, scale, scale_count, packed, packed_count, fault);
}

ck_status ck_dconv(const ck_conv_plan *plan, int threads, const double *x, ptrdiff_t x_count, const double *packed,
                   ptrdiff_t packed_count, double *y, ptrdiff_t y_count, const ck_dconv_epilogue *epilogue,
                   double *workspace, ptrdiff_t available, ck_fault *fault) {
  return forward(plan, threads, x, x_count, packed, packed_count, y, y_count, epilogue, workspace, available, fault);
}

ck_status ck_dconv_backward_weights(const ck_conv_plan *plan, int threads, const double *x, ptrdiff_t x_count,
                                    const double *dy, ptrdiff_t dy_count, double *dw, ptrdiff_t dw_count, double *db,
                                    ptrdiff_t db_count, double *workspace, ptrdiff_t available, ck_fault *fault) {
  return backward_weights(plan, threads, x, x_count, dy, dy_count, dw, dw_count, db, db_count, workspace, available,
                          fault);
}

ptrdiff_t ck_dconv_backward_weights_workspace_count(const ck_conv_plan *plan, int threads) {
  return backward_weights_workspace_count(plan, threads);
}

double ck_dconv_backward_weights_error_growth(const ck_conv_plan *plan) { return backward_weights_error_growth(plan); }

ck_conv_algorithm ck_dconv_backward_weights_algorithm(const ck_conv_plan *plan) {
  return gradient_call_of(plan).algorithm;
}
