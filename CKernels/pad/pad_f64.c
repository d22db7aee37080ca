// Padding and convolutions as matrices over Double.
#include "real/f64.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "pad/shape.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "pad/pad.inc.h"
#include "pad/columns.inc.h"

ck_status ck_dpad(const ck_isa *isa, int threads, const ck_pad *pad, double value, const double *x, double *y,
                  ck_fault *fault) {
  return pad_run(isa->f64, threads, pad, value, false, x, y, fault);
}

ck_status ck_dpad_backward(const ck_isa *isa, int threads, const ck_pad *pad, const double *dy, double *dx,
                           ck_fault *fault) {
  return pad_run(isa->f64, threads, pad, 0, true, dy, dx, fault);
}

ck_status ck_dim2col(const ck_isa *isa, int threads, const ck_conv *g, const double *x, double *columns,
                     ck_fault *fault) {
  return columns_run(isa->f64, threads, g, COLUMNS_FROM_IMAGE, x, columns, fault);
}

ck_status ck_dcol2im(const ck_isa *isa, int threads, const ck_conv *g, const double *columns, double *x,
                     ck_fault *fault) {
  return columns_run(isa->f64, threads, g, COLUMNS_TO_IMAGE, columns, x, fault);
}

ck_status ck_dtoeplitz(const ck_isa *isa, int threads, const ck_conv *g, const double *w, double *matrix,
                       ck_fault *fault) {
  return columns_run(isa->f64, threads, g, COLUMNS_TOEPLITZ, w, matrix, fault);
}
