// The properties of the functions over buffers of float.
#define _GNU_SOURCE
#include "real/f32.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guarded.h"
#include "harness.h"

#define TYPE "f32"
// Twice the bounds of ck_vector.h or so: what tells a wrong step from a rounding.
static const long double BOUND = 2.5;
enum { DIGITS = FLT_MANT_DIG, LEAST_EXPONENT = FLT_MIN_EXP };

static ck_status (*const map)(const ck_isa *, int, ck_function, real, real, ptrdiff_t, const real *, real *,
                              ck_fault *) = ck_smap;
static ck_status (*const map_backward)(const ck_isa *, int, ck_function, real, real, ptrdiff_t, const real *,
                                       const real *, real *, ck_fault *) = ck_smap_backward;
static void (*const map_lanes)(const ck_isa *, ck_function, real, real, ptrdiff_t, const real *,
                               real *) = ck_smap_lanes;

#include "functions_cases.inc.h"

const struct test functions_f32_tests[] = {
#include "functions_tests.inc.h"
};
