// The properties of direct convolution over double.
#define _GNU_SOURCE
#include "real/f64.h"

#include "include/ck_conv.h"

typedef ck_dconv_epilogue epilogue_t;

#define TYPE "f64"

static ck_status (*const make_plan)(const ck_isa *, const ck_conv *, const ck_conv_options *, ck_conv_plan *,
                                    ck_fault *) = ck_dconv_plan;
static ptrdiff_t (*const workspace_of)(const ck_conv_plan *, int) = ck_dconv_workspace_count;
static ck_status (*const pack_weights)(const ck_conv_plan *, const real *, ptrdiff_t, const real *, ptrdiff_t, real *,
                                       ptrdiff_t, ck_fault *) = ck_dconv_pack;
static ck_status (*const convolve)(const ck_conv_plan *, int, const real *, ptrdiff_t, const real *, ptrdiff_t, real *,
                                   ptrdiff_t, const epilogue_t *, real *, ptrdiff_t, ck_fault *) = ck_dconv;
static ptrdiff_t (*const backward_workspace_of)(const ck_conv_plan *, int) = ck_dconv_backward_weights_workspace_count;
static ck_status (*const backward_weights)(const ck_conv_plan *, int, const real *, ptrdiff_t, const real *, ptrdiff_t,
                                           real *, ptrdiff_t, real *, ptrdiff_t, real *, ptrdiff_t,
                                           ck_fault *) = ck_dconv_backward_weights;

#include "conv_tests.inc.h"

const struct test conv_f64_tests[] = {
    {.name = "conv f64: random geometries of integers are exact, forward and backward, beside guard pages",
     .run = random_geometries},
    {.name = "conv f64: a scale that makes weights overflow makes them infinite", .run = overflowing_scales},
    {.name = "conv f64: kernels that reach far beyond x take no more memory than it", .run = far_taps},
    {.name = "conv f64: misuse is refused by name", .run = misuse},
    {.name = "conv f64: overlaps and overflows are refused by name", .run = overlaps_and_overflows},
    {0},
};
