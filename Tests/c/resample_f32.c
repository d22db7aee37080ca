// The properties of resampling over float.
#define _GNU_SOURCE
#include "real/f32.h"

typedef double wide;

#define TYPE "f32"
static const double UNIT = 0x1p-24;

static ck_status (*const forward)(int, const ck_resample *, const real *, real *, ck_fault *) = ck_sresample;
static ck_status (*const backward)(int, const ck_resample *, const real *, real *, ck_fault *) = ck_sresample_backward;

#include "resample_tests.inc.h"

const struct test resample_f32_tests[] = {
    {.name = "resample f32: matches its definition, there and back, and touches nothing else",
     .run = match_the_definition,
     .any_isa = true},
    {.name = "resample f32: all fused instruction sets and threads have the same bits",
     .run = keep_the_bits,
     .any_isa = true},
    {.name = "resample f32: misuse is refused", .run = refuses_misuse, .any_isa = true},
    {.name = NULL}};
