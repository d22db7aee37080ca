// The properties of optimisers over double.
#define _GNU_SOURCE
#include "real/f64.h"

#define TYPE "f64"
static ck_status (*const sgd)(const ck_isa *, int, const ck_sgd *, ptrdiff_t, const real *, real *, real *,
                              ck_fault *) = ck_dsgd;
static ck_status (*const adam)(const ck_isa *, int, const ck_adam *, ptrdiff_t, const real *, real *, real *, real *,
                               real *, ck_fault *) = ck_dadam;
static ck_status (*const adagrad)(const ck_isa *, int, const ck_adagrad *, ptrdiff_t, const real *, real *, real *,
                                  ck_fault *) = ck_dadagrad;
static ck_status (*const rmsprop)(const ck_isa *, int, const ck_rmsprop *, ptrdiff_t, const real *, real *, real *,
                                  real *, real *, ck_fault *) = ck_drmsprop;
static ck_status (*const add_squares)(const ck_isa *, int, ptrdiff_t, const real *, double *,
                                      ck_fault *) = ck_dadd_squares;
static ck_status (*const clip)(const ck_isa *, int, double, ptrdiff_t, real *, ck_fault *) = ck_dclip;
static real (*const fused_multiply_add)(real, real, real) = fma;
static real (*const root)(real) = sqrt;

#include "optimizer_cases.inc.h"

const struct test optimizer_f64_tests[] = {
#include "optimizer_tests.inc.h"
};
