// The properties of the product over float.
#define _GNU_SOURCE
#include "real/f32.h"

typedef double wide;
typedef uint32_t bits;

#define TYPE "f32"
static const double UNIT = 0x1p-24;
static const bits SIGNALLING_NAN = 0x7fa00000;

static ck_status (*const product)(const ck_isa *, int, const ck_gemm *, real, const real *, const real *, real, real *,
                                  const epilogue *, ck_fault *) = ck_sgemm;
static ck_status (*const pack_a)(const ck_isa *, ptrdiff_t, ptrdiff_t, const real *, const ck_layout *, real *,
                                 ptrdiff_t, ck_fault *) = ck_sgemm_pack_a;
static ck_status (*const pack_b)(const ck_isa *, ptrdiff_t, ptrdiff_t, const real *, const ck_layout *, real *,
                                 ptrdiff_t, ck_fault *) = ck_sgemm_pack_b;
static ptrdiff_t (*const packed_a_count)(const ck_isa *, ptrdiff_t, ptrdiff_t) = ck_sgemm_packed_a_count;
static ptrdiff_t (*const packed_b_count)(const ck_isa *, ptrdiff_t, ptrdiff_t) = ck_sgemm_packed_b_count;

#include <math.h>

static float (*const fused_multiply_add)(float, float, float) = fmaf;

#include "isa/kernels.h"

static const struct kernels *kernels_of(const ck_isa *isa) { return isa->f32; }

#include "problem.inc.h"
#include "gemm_cases.inc.h"
#include "gemm_bits.inc.h"
#include "gemm_faults.inc.h"

const struct test gemm_f32_tests[] = {
#include "gemm_tests.inc.h"
};
