// The properties of random numbers of type double.
#define _GNU_SOURCE
#include "real/f64.h"

typedef long double wide;

#define TYPE "f64"
static const double EPSILON = DBL_EPSILON, REAL_MOST = DBL_MAX, REAL_LEAST = DBL_TRUE_MIN;

static ck_status (*const uniform)(const ck_isa *, int, const ck_random *, real, real, ptrdiff_t, real *,
                                  ck_fault *) = ck_duniform;
static ck_status (*const normal)(const ck_isa *, int, const ck_random *, real, real, ptrdiff_t, real *,
                                 ck_fault *) = ck_dnormal;
static ck_status (*const bernoulli)(const ck_isa *, int, const ck_random *, double, ptrdiff_t, real *,
                                    ck_fault *) = ck_dbernoulli;
static ck_status (*const dropout)(const ck_isa *, int, const ck_random *, double, ptrdiff_t, const real *, real *,
                                  ck_fault *) = ck_ddropout;
static double (*const fused_multiply_add)(double, double, double) = fma;
static wide (*const log_wide)(wide) = logl;
static wide (*const sqrt_wide)(wide) = sqrtl;
static wide (*const sin_wide)(wide) = sinl;
static wide (*const cos_wide)(wide) = cosl;

#include "random_cases.inc.h"

const struct test random_f64_tests[] = {
#include "random_tests.inc.h"
};
