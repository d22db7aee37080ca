// The properties of the functions over buffers of double.
#define _GNU_SOURCE
#include "real/f64.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guarded.h"
#include "harness.h"

#define TYPE "f64"
static const long double BOUND = 2.5;
enum { DIGITS = DBL_MANT_DIG, LEAST_EXPONENT = DBL_MIN_EXP };

static ck_status (*const map)(const ck_isa *, int, ck_function, real, real, ptrdiff_t, const real *, real *,
                              ck_fault *) = ck_dmap;
static ck_status (*const map_backward)(const ck_isa *, int, ck_function, real, real, ptrdiff_t, const real *,
                                       const real *, real *, ck_fault *) = ck_dmap_backward;
static void (*const map_lanes)(const ck_isa *, ck_function, real, real, ptrdiff_t, const real *,
                               real *) = ck_dmap_lanes;

#include "functions_cases.inc.h"

const struct test functions_f64_tests[] = {
#include "functions_tests.inc.h"
};
