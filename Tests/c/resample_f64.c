// The properties of resampling over double.
#define _GNU_SOURCE
#include "real/f64.h"

typedef long double wide;

#define TYPE "f64"
static const double UNIT = 0x1p-53;

static ck_status (*const forward)(int, const ck_resample *, const real *, real *, ck_fault *) = ck_dresample;
static ck_status (*const backward)(int, const ck_resample *, const real *, real *, ck_fault *) = ck_dresample_backward;

#include "resample_tests.inc.h"

const struct test resample_f64_tests[] = {
    {.name = "resample f64: matches its definition, there and back, and touches nothing else",
     .run = match_the_definition,
     .any_isa = true},
    {.name = "resample f64: all fused instruction sets and threads have the same bits",
     .run = keep_the_bits,
     .any_isa = true},
    {.name = "resample f64: misuse is refused", .run = refuses_misuse, .any_isa = true},
    {.name = NULL}};
