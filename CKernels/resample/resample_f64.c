// Resampling over Double.
#include <stdlib.h>

#include "real/f64.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "resample/axis.h"
#include "threads/team.h"
#include "resample/resample.inc.h"

ck_status ck_dresample(int threads, const ck_resample *resample, const double *x, double *y, ck_fault *fault) {
  return resample_run(threads, resample, false, x, y, fault);
}

ck_status ck_dresample_backward(int threads, const ck_resample *resample, const double *dy, double *dx,
                                ck_fault *fault) {
  return resample_run(threads, resample, true, dy, dx, fault);
}
