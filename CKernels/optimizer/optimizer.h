// What the optimisers share between the element types: checks and coefficients.
#ifndef CK_OPTIMIZER_OPTIMIZER_H
#define CK_OPTIMIZER_OPTIMIZER_H

#include "include/ckernels.h"

// That a setting lies in its domain; false for NaN.
ck_status ck_check_sgd(const ck_sgd *settings, ck_fault *fault);
ck_status ck_check_adam(const ck_adam *settings, ck_fault *fault);
ck_status ck_check_adagrad(const ck_adagrad *settings, ck_fault *fault);
ck_status ck_check_rmsprop(const ck_rmsprop *settings, ck_fault *fault);

// 1 - beta^step by repeated squaring: the C library's pow differs from one to the next.
double ck_bias_correction(double beta, int64_t step);

#endif
