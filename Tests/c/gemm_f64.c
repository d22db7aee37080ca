// The properties of the product over double.
#define _GNU_SOURCE
#include "real/f64.h"

typedef long double wide;
typedef uint64_t bits;

#define TYPE "f64"
static const double UNIT = 0x1p-53;
static const bits SIGNALLING_NAN = 0x7ff4000000000000;

static ck_status (*const product)(const ck_isa *, int, const ck_gemm *, real, const real *, const real *, real, real *,
                                  const epilogue *, ck_fault *) = ck_dgemm;
static ck_status (*const pack_a)(const ck_isa *, ptrdiff_t, ptrdiff_t, const real *, const ck_layout *, real *,
                                 ptrdiff_t, ck_fault *) = ck_dgemm_pack_a;
static ck_status (*const pack_b)(const ck_isa *, ptrdiff_t, ptrdiff_t, const real *, const ck_layout *, real *,
                                 ptrdiff_t, ck_fault *) = ck_dgemm_pack_b;
static ptrdiff_t (*const packed_a_count)(const ck_isa *, ptrdiff_t, ptrdiff_t) = ck_dgemm_packed_a_count;
static ptrdiff_t (*const packed_b_count)(const ck_isa *, ptrdiff_t, ptrdiff_t) = ck_dgemm_packed_b_count;

#include <math.h>

static double (*const fused_multiply_add)(double, double, double) = fma;

#include "isa/kernels.h"

static const struct kernels *kernels_of(const ck_isa *isa) { return isa->f64; }

#include "problem.inc.h"
#include "gemm_cases.inc.h"
#include "gemm_bits.inc.h"
#include "gemm_faults.inc.h"

const struct test gemm_f64_tests[] = {
#include "gemm_tests.inc.h"
};
