// The properties of pooling over float.
#define _GNU_SOURCE
#include "real/f32.h"

typedef double wide;

#define TYPE "f32"
static const double UNIT = 0x1p-24;

static wide (*const wide_power)(wide, wide) = pow;
static ck_status (*const forward)(const ck_isa *, int, const ck_pool *, const real *, real *, int32_t *,
                                  ck_fault *) = ck_spool;
static ck_status (*const backward)(const ck_isa *, int, const ck_pool *, const real *, const real *, const int32_t *,
                                   const real *, real *, ck_fault *) = ck_spool_backward;
static ck_status (*const unpool)(int, const ck_unpool *, const real *, const int32_t *, real *,
                                 ck_fault *) = ck_sunpool;
static ck_status (*const unpool_backward)(int, const ck_unpool *, const real *, const int32_t *, real *,
                                          ck_fault *) = ck_sunpool_backward;

#include "pool_tests.inc.h"

const struct test pool_f32_tests[] = {
    {.name = "pool f32: matches its definition, there and back, and touches nothing else", .run = match_the_definition},
    {.name = "pool f32: unpooling puts maxima back, and its adjoint fetches them", .run = unpools},
    {.name = "pool f32: threads keep the bits", .run = threads_keep_the_bits, .spawns = true},
    {.name = "pool f32: all fused instruction sets give the same bits, and the others too", .run = isas_agree},
    {.name = "pool f32: the output has the size that the rule gives", .run = knows_its_output, .any_isa = true},
    {.name = "pool f32: windows may count more elements than a number holds", .run = counts_vast_windows},
    {.name = "pool f32: misuse is refused", .run = refuses_misuse},
    {.name = NULL}};
