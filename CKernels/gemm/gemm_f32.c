// The matrix product over Float.
#include "real/f32.h"

#include "gemm/gemm.inc.h"

static const struct kernels *kernels_of(const ck_isa *isa) { return isa->f32; }

ck_status ck_sgemm(const ck_isa *isa, int threads, const ck_gemm *g, float alpha, const float *a, const float *b,
                   float beta, float *c, const ck_sepilogue *e, ck_fault *fault) {
  return gemm(kernels_of(isa), threads, g, alpha, a, b, beta, c, e, fault);
}

ptrdiff_t ck_sgemm_packed_a_count(const ck_isa *isa, ptrdiff_t m, ptrdiff_t k) {
  return packed_count(kernels_of(isa), SIDE_A, m, k);
}

ptrdiff_t ck_sgemm_packed_b_count(const ck_isa *isa, ptrdiff_t k, ptrdiff_t n) {
  return packed_count(kernels_of(isa), SIDE_B, n, k);
}

ck_status ck_sgemm_pack_a(const ck_isa *isa, ptrdiff_t m, ptrdiff_t k, const float *a, const ck_layout *layout,
                          float *packed, ptrdiff_t count, ck_fault *fault) {
  return pack_operand(kernels_of(isa), SIDE_A, m, k, a, layout, packed, count, fault);
}

ck_status ck_sgemm_pack_b(const ck_isa *isa, ptrdiff_t k, ptrdiff_t n, const float *b, const ck_layout *layout,
                          float *packed, ptrdiff_t count, ck_fault *fault) {
  return pack_operand(kernels_of(isa), SIDE_B, n, k, b, layout, packed, count, fault);
}
