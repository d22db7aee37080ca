// The vector dialect for AVX2 over words of 64 bits: 4 lanes.
#ifndef CK_VEC_AVX2_U64_H
#define CK_VEC_AVX2_U64_H

#include <immintrin.h>

#define VEC_TARGET "avx2,fma"
#pragma clang attribute push(__attribute__((target(VEC_TARGET), always_inline)), apply_to = function)

typedef __m256i vi;
enum { VL = 4 };

static inline vi vi_set1(uint64_t x) { return _mm256_set1_epi64x((long long)x); }
// 0 ..< VL, in the order of vi_store_zipped.
static inline vi vi_iota(void) { return _mm256_setr_epi64x(0, 2, 1, 3); }
static inline vi vi_add(vi a, vi b) { return _mm256_add_epi64(a, b); }
static inline vi vi_xor(vi a, vi b) { return _mm256_xor_si256(a, b); }
static inline vi vi_shr(vi a, const int n) { return _mm256_srli_epi64(a, n); }

// a ^ b ^ *c.  In assembly: c stays in memory, since clang would load it once and then run out of registers.
static inline vi vi_xor3(vi a, vi b, const vi *c) {
  vi bc;
  __asm__("vpxor %2, %1, %0" : "=x"(bc) : "x"(b), "m"(*c));
  return _mm256_xor_si256(a, bc);
}

// The product of the low halves.  In assembly: clang takes _mm256_mul_epu32 apart, and computes what uses only the low
// half of the product a second time.
static inline vi vi_mul_low(vi a, vi b) {
  vi product;
  __asm__("vpmuludq %2, %1, %0" : "=x"(product) : "x"(a), "x"(b));
  return product;
}
// The low half of a, and above it the low half of b.
static inline vi vi_pair(vi a, vi b) { return _mm256_blend_epi32(a, _mm256_slli_epi64(b, 32), 0xAA); }

// a[0], b[0], a[2], b[2], a[1], b[1], a[3], b[3]: what stays within halves of a vector.
static inline void vi_store_zipped(uint32_t *p, vi a, vi b) {
  _mm256_storeu_si256((__m256i *)p, _mm256_unpacklo_epi64(a, b));
  _mm256_storeu_si256((__m256i *)(p + 8), _mm256_unpackhi_epi64(a, b));
}

#pragma clang attribute pop

#endif
