// The properties of direct convolution over float.
#define _GNU_SOURCE
#include "real/f32.h"

#include "include/ck_conv.h"

typedef ck_sconv_epilogue epilogue_t;

#define TYPE "f32"

static ck_status (*const make_plan)(const ck_isa *, const ck_conv *, const ck_conv_options *, ck_conv_plan *,
                                    ck_fault *) = ck_sconv_plan;
static ptrdiff_t (*const workspace_of)(const ck_conv_plan *, int) = ck_sconv_workspace_count;
static ck_status (*const pack_weights)(const ck_conv_plan *, const real *, ptrdiff_t, const real *, ptrdiff_t, real *,
                                       ptrdiff_t, ck_fault *) = ck_sconv_pack;
static ck_status (*const convolve)(const ck_conv_plan *, int, const real *, ptrdiff_t, const real *, ptrdiff_t, real *,
                                   ptrdiff_t, const epilogue_t *, real *, ptrdiff_t, ck_fault *) = ck_sconv;
static ptrdiff_t (*const backward_workspace_of)(const ck_conv_plan *, int) = ck_sconv_backward_weights_workspace_count;
static ck_status (*const backward_weights)(const ck_conv_plan *, int, const real *, ptrdiff_t, const real *, ptrdiff_t,
                                           real *, ptrdiff_t, real *, ptrdiff_t, real *, ptrdiff_t,
                                           ck_fault *) = ck_sconv_backward_weights;

#include "conv_tests.inc.h"

const struct test conv_f32_tests[] = {
    {.name = "conv f32: random geometries of integers are exact, forward and backward, beside guard pages",
     .run = random_geometries},
    {.name = "conv f32: a scale that makes weights overflow makes them infinite", .run = overflowing_scales},
    {.name = "conv f32: kernels that reach far beyond x take no more memory than it", .run = far_taps},
    {.name = "conv f32: misuse is refused by name", .run = misuse},
    {.name = "conv f32: overlaps and overflows are refused by name", .run = overlaps_and_overflows},
    {0},
};
