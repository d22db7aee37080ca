// The properties of random numbers of type float.
#define _GNU_SOURCE
#include "real/f32.h"

typedef double wide;

#define TYPE "f32"
static const float EPSILON = FLT_EPSILON, REAL_MOST = FLT_MAX, REAL_LEAST = FLT_TRUE_MIN;

static ck_status (*const uniform)(const ck_isa *, int, const ck_random *, real, real, ptrdiff_t, real *,
                                  ck_fault *) = ck_suniform;
static ck_status (*const normal)(const ck_isa *, int, const ck_random *, real, real, ptrdiff_t, real *,
                                 ck_fault *) = ck_snormal;
static ck_status (*const bernoulli)(const ck_isa *, int, const ck_random *, double, ptrdiff_t, real *,
                                    ck_fault *) = ck_sbernoulli;
static ck_status (*const dropout)(const ck_isa *, int, const ck_random *, double, ptrdiff_t, const real *, real *,
                                  ck_fault *) = ck_sdropout;
static float (*const fused_multiply_add)(float, float, float) = fmaf;
static wide (*const log_wide)(wide) = log;
static wide (*const sqrt_wide)(wide) = sqrt;
static wide (*const sin_wide)(wide) = sin;
static wide (*const cos_wide)(wide) = cos;

#include "random_cases.inc.h"

const struct test random_f32_tests[] = {
#include "random_tests.inc.h"
};
