// Resampling over Float.
#include <stdlib.h>

#include "real/f32.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "resample/axis.h"
#include "threads/team.h"
#include "resample/resample.inc.h"

ck_status ck_sresample(int threads, const ck_resample *resample, const float *x, float *y, ck_fault *fault) {
  return resample_run(threads, resample, false, x, y, fault);
}

ck_status ck_sresample_backward(int threads, const ck_resample *resample, const float *dy, float *dx, ck_fault *fault) {
  return resample_run(threads, resample, true, dy, dx, fault);
}
