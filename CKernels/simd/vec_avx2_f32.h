// The vector dialect for AVX2 + FMA over Float: 8 lanes.
#ifndef CK_VEC_AVX2_F32_H
#define CK_VEC_AVX2_F32_H

#include <immintrin.h>

#define VEC_TARGET "avx2,fma"
#pragma clang attribute push(__attribute__((target(VEC_TARGET), always_inline)), apply_to = function)

typedef __m256 vf;
enum { VL = 8 };

static inline vf v_zero(void) { return _mm256_setzero_ps(); }
static inline vf v_set1(float x) { return _mm256_set1_ps(x); }
static inline vf v_load(const float *p) { return _mm256_loadu_ps(p); }
static inline void v_store(float *p, vf x) { _mm256_storeu_ps(p, x); }

// As v_load, of what was just stored 16 bytes at a time: a wider load would wait until those stores are in the cache.
// The empty statements keep the compiler from joining the parts into that load, or storing them one by one.
static inline vf v_load_parts(const float *p) {
  __m128 low = _mm_loadu_ps(p), high = _mm_loadu_ps(p + 4);
  __asm__("" : "+x"(high));
  vf x = _mm256_set_m128(high, low);
  __asm__("" : "+x"(x));
  return x;
}

// Lane i is on when i < n.
static inline __m256i v_lanes(ptrdiff_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline vf v_load_n(const float *p, ptrdiff_t n) { return _mm256_maskload_ps(p, v_lanes(n)); }
static inline void v_store_n(float *p, ptrdiff_t n, vf x) { _mm256_maskstore_ps(p, v_lanes(n), x); }

// Lanes first ..< last, both at most VL, and an element each of these, 0 in the others, of which nothing is read.
typedef __m256i v_range;
static inline v_range v_within(ptrdiff_t first, ptrdiff_t last) {
  v_range lanes = _mm256_andnot_si256(v_lanes(first), v_lanes(last));
  __asm__("" : "+x"(lanes));  // kept as it is, not compressed into fewer bits
  return lanes;
}
static inline vf v_load_within(const float *p, v_range lanes) { return _mm256_maskload_ps(p, lanes); }

static inline vf v_add(vf a, vf b) { return _mm256_add_ps(a, b); }
static inline vf v_mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
static inline vf v_fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }

// a > b ? a : b, so b where either is NaN.
static inline vf v_max(vf a, vf b) { return _mm256_max_ps(a, b); }
// a < b ? a : b, so b where either is NaN.
static inline vf v_min(vf a, vf b) { return _mm256_min_ps(a, b); }
// x < 0 ? a : b, lane by lane.
static inline vf v_select_negative(vf x, vf a, vf b) {
  return _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, v_zero(), _CMP_LT_OQ));
}

// v_fused rounds once in every dialect.
static inline vf v_fused(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
static inline vf v_sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
static inline vf v_neg(vf x) { return -x; }
static inline vf v_div(vf a, vf b) { return _mm256_div_ps(a, b); }
static inline vf v_sqrt(vf x) { return _mm256_sqrt_ps(x); }

// The bits of an element as an integer of its width.  Shifts are logical.
typedef __m256i vi;
static inline vi v_bits(vf x) { return _mm256_castps_si256(x); }
static inline vf v_from_bits(vi i) { return _mm256_castsi256_ps(i); }
static inline vi vi_set1(int32_t i) { return _mm256_set1_epi32(i); }
static inline vi vi_add(vi a, vi b) { return _mm256_add_epi32(a, b); }
static inline vi vi_sub(vi a, vi b) { return _mm256_sub_epi32(a, b); }
static inline vi vi_and(vi a, vi b) { return _mm256_and_si256(a, b); }
static inline vi vi_or(vi a, vi b) { return _mm256_or_si256(a, b); }
static inline vi vi_xor(vi a, vi b) { return _mm256_xor_si256(a, b); }
static inline vi vi_shl(vi a, const int n) { return _mm256_slli_epi32(a, n); }
static inline vi vi_shr(vi a, const int n) { return _mm256_srli_epi32(a, n); }

// The upper bits of w, as many as a significand has, as a fraction in [0, 1): exact.
static inline vf v_fraction(vi w) {
  return _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_srli_epi32(w, 8)), _mm256_set1_ps(0x1p-24f));
}

// Lanes for which a comparison holds; false where an operand is NaN.
typedef __m256 vm;
static inline vm v_lt(vf a, vf b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
static inline vm v_le(vf a, vf b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
static inline vm v_eq(vf a, vf b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
// Lanes where a or b is NaN.
static inline vm v_unordered(vf a, vf b) { return _mm256_cmp_ps(a, b, _CMP_UNORD_Q); }
static inline vm vm_and(vm a, vm b) { return _mm256_and_ps(a, b); }
static inline vm vm_or(vm a, vm b) { return _mm256_or_ps(a, b); }
static inline vf v_select(vm m, vf a, vf b) { return _mm256_blendv_ps(b, a, m); }
// The sign bit of x is set ? a : b.
static inline vf v_select_sign(vf x, vf a, vf b) { return _mm256_blendv_ps(b, a, x); }
static inline bool vm_any(vm m) { return _mm256_movemask_ps(m) != 0; }

// Elements of the other type, each rounded to nearest.
static inline vf v_convert(const double *p) {
  return _mm256_set_m128(_mm256_cvtpd_ps(_mm256_loadu_pd(p + 4)), _mm256_cvtpd_ps(_mm256_loadu_pd(p)));
}
static inline vf v_convert_n(const double *p, ptrdiff_t n) {
  const __m256i index = _mm256_setr_epi64x(0, 1, 2, 3);
  const __m256i low = _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), index);
  if (n <= 4) return _mm256_castps128_ps256(_mm256_cvtpd_ps(_mm256_maskload_pd(p, low)));
  const __m256i high = _mm256_cmpgt_epi64(_mm256_set1_epi64x(n - 4), index);
  return _mm256_set_m128(_mm256_cvtpd_ps(_mm256_maskload_pd(p + 4, high)), _mm256_cvtpd_ps(_mm256_loadu_pd(p)));
}

// table[index mod 8].
static inline vf v_lookup8(const float table[8], vi index) {
  return _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), index);
}

// x[i + half] in lane i < half, half a power of two below VL; the rest is unspecified.
static inline vf v_upper(vf x, const int half) {
  return half == 4   ? _mm256_permute2f128_ps(x, x, 0x01)
         : half == 2 ? _mm256_permute_ps(x, 0x4E)
                     : _mm256_permute_ps(x, 0xB1);
}

// Every other element of a and then b, from the first or the second on; v_in_order undoes the order they come in.
static inline vf v_evens(vf a, vf b) { return _mm256_shuffle_ps(a, b, 0x88); }
static inline vf v_odds(vf a, vf b) { return _mm256_shuffle_ps(a, b, 0xDD); }
static inline vf v_in_order(vf x) { return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(x), 0xD8)); }

// Lane i: x[i - by] and x[i + by], by 1 or 2.  What is missing are the last elements of `before`, the first of `after`.
static inline vf v_before(vf before, vf x, const int by) {
  const __m256i high = _mm256_castps_si256(x), middle = _mm256_castps_si256(_mm256_permute2f128_ps(before, x, 0x21));
  return _mm256_castsi256_ps(by == 1 ? _mm256_alignr_epi8(high, middle, 12) : _mm256_alignr_epi8(high, middle, 8));
}
static inline vf v_after(vf x, vf after, const int by) {
  const __m256i low = _mm256_castps_si256(x), middle = _mm256_castps_si256(_mm256_permute2f128_ps(x, after, 0x21));
  return _mm256_castsi256_ps(by == 1 ? _mm256_alignr_epi8(middle, low, 4) : _mm256_alignr_epi8(middle, low, 8));
}

// Element i, a constant, of every aligned `count`, 4, or 8 where VL is more, in each of their lanes.
static inline vf v_spread(vf x, const int count, const int i) {
  (void)count;
  switch (i) {
  case 0: return _mm256_permute_ps(x, 0x00);
  case 1: return _mm256_permute_ps(x, 0x55);
  case 2: return _mm256_permute_ps(x, 0xAA);
  default: return _mm256_permute_ps(x, 0xFF);
  }
}

// rows[i][j] <-> rows[j][i]
static inline void v_transpose(vf rows[8]) {
  vf pairs[8], quads[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    quads[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    quads[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xEE);
    quads[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    quads[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xEE);
  }
  for (int i = 0; i < 4; ++i) {
    rows[i] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
    rows[i + 4] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
  }
}

#pragma clang attribute pop

#endif
