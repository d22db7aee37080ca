// The properties of convolution by minimal filtering over double.
#define _GNU_SOURCE
#include "real/f64.h"

#include "include/ck_conv.h"

typedef long double wide;
typedef ck_dconv_epilogue epilogue_t;

#define TYPE "f64"
static const double UNIT = 0x1p-53, TINY = 0x1p-1060;

static ck_status (*const make_plan)(const ck_isa *, const ck_conv *, const ck_conv_options *, ck_conv_plan *,
                                    ck_fault *) = ck_dconv_plan;
static const char *(*const why_not)(const ck_conv_plan *, ck_conv_algorithm) = ck_dconv_why_not;
static ptrdiff_t (*const workspace_of)(const ck_conv_plan *, int) = ck_dconv_workspace_count;
static ck_status (*const pack_weights)(const ck_conv_plan *, const real *, ptrdiff_t, const real *, ptrdiff_t, real *,
                                       ptrdiff_t, ck_fault *) = ck_dconv_pack;
static ck_status (*const convolve)(const ck_conv_plan *, int, const real *, ptrdiff_t, const real *, ptrdiff_t, real *,
                                   ptrdiff_t, const epilogue_t *, real *, ptrdiff_t, ck_fault *) = ck_dconv;

static ptrdiff_t (*const gradient_workspace_of)(const ck_conv_plan *, int) = ck_dconv_backward_weights_workspace_count;
static double (*const gradient_growth)(const ck_conv_plan *) = ck_dconv_backward_weights_error_growth;
static ck_status (*const backward_weights)(const ck_conv_plan *, int, const real *, ptrdiff_t, const real *, ptrdiff_t,
                                           real *, ptrdiff_t, real *, ptrdiff_t, real *, ptrdiff_t,
                                           ck_fault *) = ck_dconv_backward_weights;

static void apply(const ck_isa *isa, ck_function f, real p, real q, ptrdiff_t n, real *y) {
  ck_dmap(isa, 1, f, p, q, n, y, y, NULL);
}

#include "winograd_tests.inc.h"
#include "winograd_gradient_tests.inc.h"

const struct test winograd_f64_tests[] = {
    {.name = "winograd f64: stays within its error growth and inside its operands", .run = stays_within_growth},
    {.name = "winograd f64: no block is empty where a set of phases is long", .run = blocks_hold_whole_sets_of_phases},
    {.name = "winograd f64: pieces may be empty where a set of phases is long", .run = gradient_of_long_sets_of_phases},
    {.name = "winograd f64: errs at most 16 times as much as the direct kernel", .run = errs_little_more_than_direct},
    {.name = "winograd f64: has the same bits for any number of threads", .run = threads_keep_the_bits, .spawns = true},
    {.name = "winograd f64: has the same bits in both layouts", .run = layouts_keep_the_bits},
    {.name = "winograd f64: fuses what follows without a change of bits", .run = epilogues_keep_the_bits},
    {.name = "winograd f64: packs a scale for each filter as weights multiplied before", .run = scales_keep_the_bits},
    {.name = "winograd f64: all fused instruction sets give the same bits", .run = instruction_sets_agree},
    {.name = "winograd f64: is chosen by the shape", .run = plans_follow_the_shape, .any_isa = true},
    {.name = "winograd f64: gradients stay within their error growth and inside their operands",
     .run = gradient_stays_within_growth},
    {.name = "winograd f64: gradients err at most 16 times as much as the products themselves",
     .run = gradient_errs_little_more},
    {.name = "winograd f64: gradients have the same bits for any threads, layout and alignment",
     .run = gradient_keeps_its_bits,
     .spawns = true},
    {.name = "winograd f64: gradients of all fused instruction sets have the same bits", .run = gradients_agree},
    {.name = "winograd f64: the gradient of no images is 0", .run = gradient_of_nothing},
    {0},
};
