// The matrix product over Double.
#include "real/f64.h"

#include "gemm/gemm.inc.h"

static const struct kernels *kernels_of(const ck_isa *isa) { return isa->f64; }

ck_status ck_dgemm(const ck_isa *isa, int threads, const ck_gemm *g, double alpha, const double *a, const double *b,
                   double beta, double *c, const ck_depilogue *e, ck_fault *fault) {
  return gemm(kernels_of(isa), threads, g, alpha, a, b, beta, c, e, fault);
}

ptrdiff_t ck_dgemm_packed_a_count(const ck_isa *isa, ptrdiff_t m, ptrdiff_t k) {
  return packed_count(kernels_of(isa), SIDE_A, m, k);
}

ptrdiff_t ck_dgemm_packed_b_count(const ck_isa *isa, ptrdiff_t k, ptrdiff_t n) {
  return packed_count(kernels_of(isa), SIDE_B, n, k);
}

ck_status ck_dgemm_pack_a(const ck_isa *isa, ptrdiff_t m, ptrdiff_t k, const double *a, const ck_layout *layout,
                          double *packed, ptrdiff_t count, ck_fault *fault) {
  return pack_operand(kernels_of(isa), SIDE_A, m, k, a, layout, packed, count, fault);
}

ck_status ck_dgemm_pack_b(const ck_isa *isa, ptrdiff_t k, ptrdiff_t n, const double *b, const ck_layout *layout,
                          double *packed, ptrdiff_t count, ck_fault *fault) {
  return pack_operand(kernels_of(isa), SIDE_B, n, k, b, layout, packed, count, fault);
}
