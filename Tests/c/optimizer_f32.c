// The properties of optimisers over float.
#define _GNU_SOURCE
#include "real/f32.h"

#define TYPE "f32"
static ck_status (*const sgd)(const ck_isa *, int, const ck_sgd *, ptrdiff_t, const real *, real *, real *,
                              ck_fault *) = ck_ssgd;
static ck_status (*const adam)(const ck_isa *, int, const ck_adam *, ptrdiff_t, const real *, real *, real *, real *,
                               real *, ck_fault *) = ck_sadam;
static ck_status (*const adagrad)(const ck_isa *, int, const ck_adagrad *, ptrdiff_t, const real *, real *, real *,
                                  ck_fault *) = ck_sadagrad;
static ck_status (*const rmsprop)(const ck_isa *, int, const ck_rmsprop *, ptrdiff_t, const real *, real *, real *,
                                  real *, real *, ck_fault *) = ck_srmsprop;
static ck_status (*const add_squares)(const ck_isa *, int, ptrdiff_t, const real *, double *,
                                      ck_fault *) = ck_sadd_squares;
static ck_status (*const clip)(const ck_isa *, int, double, ptrdiff_t, real *, ck_fault *) = ck_sclip;
static real (*const fused_multiply_add)(real, real, real) = fmaf;
static real (*const root)(real) = sqrtf;

#include "optimizer_cases.inc.h"

const struct test optimizer_f32_tests[] = {
#include "optimizer_tests.inc.h"
};
