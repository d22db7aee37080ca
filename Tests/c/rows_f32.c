// The properties of rows of float.
#define _GNU_SOURCE
#include "real/f32.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "guarded.h"
#include "harness.h"

typedef double wide;
typedef ck_scross_entropy_targets targets_of;

#define TYPE "f32"
static const double UNIT = 0x1p-24;
static const float LEAST = FLT_MIN, GREATEST = FLT_MAX;

static wide wide_exp(wide x) { return exp(x); }
static wide wide_log(wide x) { return log(x); }

static __auto_type const softmax_call = ck_ssoftmax;
static __auto_type const backward_call = ck_ssoftmax_backward;
static __auto_type const entropy_call = ck_scross_entropy;
static __auto_type const reduce_call = ck_sreduce;
static __auto_type const arg_call = ck_sarg;
static __auto_type const dot_call = ck_sdot;
static __auto_type const route_call = ck_smax_backward;

#include "rows_tests.inc.h"

const struct test rows_f32_tests[] = {
    {.name = "rows " TYPE ": any strides, between guard pages, give the bits of dense rows", .run = layouts_agree},
    {.name = "rows " TYPE ": softmax, logSoftmax, sum and logSumExp keep their bounds", .run = bounds_hold},
    {.name = "rows " TYPE ": softmax keeps 4 ULP where one entry is nearly the whole sum", .run = dominated_rows_hold},
    {.name = "rows " TYPE ": logarithms of softmax are not above 0, nor losses below",
     .run = logarithms_keep_their_sign},
    {.name = "rows " TYPE ": a NaN of any payload makes all of its row NaN and no other", .run = nans_stay},
    {.name = "rows " TYPE ": peaks are the first of their kind; norms reach both ends of the range",
     .run = peaks_and_norms},
    {.name = "rows " TYPE ": the first of equal elements is the peak of rows side by side", .run = peaks_side_by_side},
    {.name = "rows " TYPE ": threads keep the bits of a long row", .run = long_rows_agree, .spawns = true},
    {.name = "rows " TYPE ": all fused instruction sets give the same bits", .run = rows_hash},
    {.name = "rows " TYPE ": strides of one element do not matter in place", .run = rows_of_one_in_place},
    {.name = "rows " TYPE ": logarithms and sums beyond the greatest number are infinite", .run = vast_logarithms},
    {.name = "rows " TYPE ": every misuse is refused and changes nothing", .run = rows_misuse},
    {.name = NULL},
};
