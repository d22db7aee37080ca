// The properties of pooling over double.
#define _GNU_SOURCE
#include "real/f64.h"

typedef long double wide;

#define TYPE "f64"
static const double UNIT = 0x1p-53;

static wide (*const wide_power)(wide, wide) = powl;
static ck_status (*const forward)(const ck_isa *, int, const ck_pool *, const real *, real *, int32_t *,
                                  ck_fault *) = ck_dpool;
static ck_status (*const backward)(const ck_isa *, int, const ck_pool *, const real *, const real *, const int32_t *,
                                   const real *, real *, ck_fault *) = ck_dpool_backward;
static ck_status (*const unpool)(int, const ck_unpool *, const real *, const int32_t *, real *,
                                 ck_fault *) = ck_dunpool;
static ck_status (*const unpool_backward)(int, const ck_unpool *, const real *, const int32_t *, real *,
                                          ck_fault *) = ck_dunpool_backward;

#include "pool_tests.inc.h"

const struct test pool_f64_tests[] = {
    {.name = "pool f64: matches its definition, there and back, and touches nothing else", .run = match_the_definition},
    {.name = "pool f64: unpooling puts maxima back, and its adjoint fetches them", .run = unpools},
    {.name = "pool f64: threads keep the bits", .run = threads_keep_the_bits, .spawns = true},
    {.name = "pool f64: all fused instruction sets give the same bits, and the others too", .run = isas_agree},
    {.name = "pool f64: the output has the size that the rule gives", .run = knows_its_output, .any_isa = true},
    {.name = "pool f64: windows may count more elements than a number holds", .run = counts_vast_windows},
    {.name = "pool f64: misuse is refused", .run = refuses_misuse},
    {.name = NULL}};
