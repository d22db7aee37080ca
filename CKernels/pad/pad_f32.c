// Padding and convolutions as matrices over Float.
#include "real/f32.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "pad/shape.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "pad/pad.inc.h"
#include "pad/columns.inc.h"

ck_status ck_spad(const ck_isa *isa, int threads, const ck_pad *pad, float value, const float *x, float *y,
                  ck_fault *fault) {
  return pad_run(isa->f32, threads, pad, value, false, x, y, fault);
}

ck_status ck_spad_backward(const ck_isa *isa, int threads, const ck_pad *pad, const float *dy, float *dx,
                           ck_fault *fault) {
  return pad_run(isa->f32, threads, pad, 0, true, dy, dx, fault);
}

ck_status ck_sim2col(const ck_isa *isa, int threads, const ck_conv *g, const float *x, float *columns,
                     ck_fault *fault) {
  return columns_run(isa->f32, threads, g, COLUMNS_FROM_IMAGE, x, columns, fault);
}

ck_status ck_scol2im(const ck_isa *isa, int threads, const ck_conv *g, const float *columns, float *x,
                     ck_fault *fault) {
  return columns_run(isa->f32, threads, g, COLUMNS_TO_IMAGE, columns, x, fault);
}

ck_status ck_stoeplitz(const ck_isa *isa, int threads, const ck_conv *g, const float *w, float *matrix,
                       ck_fault *fault) {
  return columns_run(isa->f32, threads, g, COLUMNS_TOEPLITZ, w, matrix, fault);
}
