// The vector dialect for AVX-512 (F, BW, DQ, VL) over words of 64 bits: 8 lanes.
#ifndef CK_VEC_AVX512_U64_H
#define CK_VEC_AVX512_U64_H

#include <immintrin.h>

#define VEC_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2"
#pragma clang attribute push(__attribute__((target(VEC_TARGET), always_inline)), apply_to = function)

typedef __m512i vi;
enum { VL = 8 };

static inline vi vi_set1(uint64_t x) { return _mm512_set1_epi64((long long)x); }
// 0 ..< VL, in the order of vi_store_zipped.
static inline vi vi_iota(void) { return _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7); }
static inline vi vi_add(vi a, vi b) { return _mm512_add_epi64(a, b); }
static inline vi vi_xor(vi a, vi b) { return _mm512_xor_si512(a, b); }
static inline vi vi_shr(vi a, const int n) { return _mm512_srli_epi64(a, (unsigned)n); }

// a ^ b ^ *c
static inline vi vi_xor3(vi a, vi b, const vi *c) { return _mm512_ternarylogic_epi64(a, b, *c, 0x96); }

// The product of the low halves.
static inline vi vi_mul_low(vi a, vi b) { return _mm512_mul_epu32(a, b); }
// The low half of a, and above it the low half of b.
static inline vi vi_pair(vi a, vi b) { return _mm512_mask_blend_epi32(0xAAAA, a, _mm512_slli_epi64(b, 32)); }

// a[0], b[0], a[1], b[1], ...
static inline void vi_store_zipped(uint32_t *p, vi a, vi b) {
  const vi low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), high = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  _mm512_storeu_si512(p, _mm512_permutex2var_epi64(a, low, b));
  _mm512_storeu_si512(p + 16, _mm512_permutex2var_epi64(a, high, b));
}

#pragma clang attribute pop

#endif
