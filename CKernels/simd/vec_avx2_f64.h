// The vector dialect for AVX2 + FMA over Double: 4 lanes.
#ifndef CK_VEC_AVX2_F64_H
#define CK_VEC_AVX2_F64_H

#include <immintrin.h>

#define VEC_TARGET "avx2,fma"
#pragma clang attribute push(__attribute__((target(VEC_TARGET), always_inline)), apply_to = function)

typedef __m256d vf;
enum { VL = 4 };

static inline vf v_zero(void) { return _mm256_setzero_pd(); }
static inline vf v_set1(double x) { return _mm256_set1_pd(x); }
static inline vf v_load(const double *p) { return _mm256_loadu_pd(p); }
static inline void v_store(double *p, vf x) { _mm256_storeu_pd(p, x); }

// As v_load, of what was just stored 16 bytes at a time: a wider load would wait until those stores are in the cache.
// The empty statements keep the compiler from joining the parts into that load, or storing them one by one.
static inline vf v_load_parts(const double *p) {
  __m128d low = _mm_loadu_pd(p), high = _mm_loadu_pd(p + 2);
  __asm__("" : "+x"(high));
  vf x = _mm256_set_m128d(high, low);
  __asm__("" : "+x"(x));
  return x;
}

// Lane i is on when i < n.
static inline __m256i v_lanes(ptrdiff_t n) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
}
static inline vf v_load_n(const double *p, ptrdiff_t n) { return _mm256_maskload_pd(p, v_lanes(n)); }
static inline void v_store_n(double *p, ptrdiff_t n, vf x) { _mm256_maskstore_pd(p, v_lanes(n), x); }

// Lanes first ..< last, both at most VL, and an element each of these, 0 in the others, of which nothing is read.
typedef __m256i v_range;
static inline v_range v_within(ptrdiff_t first, ptrdiff_t last) {
  v_range lanes = _mm256_andnot_si256(v_lanes(first), v_lanes(last));
  __asm__("" : "+x"(lanes));  // kept as it is, not compressed into fewer bits
  return lanes;
}
static inline vf v_load_within(const double *p, v_range lanes) { return _mm256_maskload_pd(p, lanes); }

static inline vf v_add(vf a, vf b) { return _mm256_add_pd(a, b); }
static inline vf v_mul(vf a, vf b) { return _mm256_mul_pd(a, b); }
static inline vf v_fma(vf a, vf b, vf c) { return _mm256_fmadd_pd(a, b, c); }

// a > b ? a : b, so b where either is NaN.
static inline vf v_max(vf a, vf b) { return _mm256_max_pd(a, b); }
// a < b ? a : b, so b where either is NaN.
static inline vf v_min(vf a, vf b) { return _mm256_min_pd(a, b); }
// x < 0 ? a : b, lane by lane.
static inline vf v_select_negative(vf x, vf a, vf b) {
  return _mm256_blendv_pd(b, a, _mm256_cmp_pd(x, v_zero(), _CMP_LT_OQ));
}

// v_fused rounds once in every dialect.
static inline vf v_fused(vf a, vf b, vf c) { return _mm256_fmadd_pd(a, b, c); }
static inline vf v_sub(vf a, vf b) { return _mm256_sub_pd(a, b); }
static inline vf v_neg(vf x) { return -x; }
static inline vf v_div(vf a, vf b) { return _mm256_div_pd(a, b); }
static inline vf v_sqrt(vf x) { return _mm256_sqrt_pd(x); }

// The bits of an element as an integer of its width.  Shifts are logical.
typedef __m256i vi;
static inline vi v_bits(vf x) { return _mm256_castpd_si256(x); }
static inline vf v_from_bits(vi i) { return _mm256_castsi256_pd(i); }
static inline vi vi_set1(int64_t i) { return _mm256_set1_epi64x(i); }
static inline vi vi_add(vi a, vi b) { return _mm256_add_epi64(a, b); }
static inline vi vi_sub(vi a, vi b) { return _mm256_sub_epi64(a, b); }
static inline vi vi_and(vi a, vi b) { return _mm256_and_si256(a, b); }
static inline vi vi_or(vi a, vi b) { return _mm256_or_si256(a, b); }
static inline vi vi_xor(vi a, vi b) { return _mm256_xor_si256(a, b); }
static inline vi vi_shl(vi a, const int n) { return _mm256_slli_epi64(a, n); }
static inline vi vi_shr(vi a, const int n) { return _mm256_srli_epi64(a, n); }

// The upper bits of w, as many as a significand has, as a fraction in [0, 1): exact.
// With h the upper 52 bits and l the next: 1 + h 2^-52, less the number next below 1 where l is 1 and 1 where it is 0.
static inline vf v_fraction(vi w) {
  const vi one = vi_set1(0x3FF0000000000000), l = vi_and(vi_shr(w, 11), vi_set1(1));
  return _mm256_sub_pd(v_from_bits(vi_or(vi_shr(w, 12), one)), v_from_bits(vi_sub(one, l)));
}

// Lanes for which a comparison holds; false where an operand is NaN.
typedef __m256d vm;
static inline vm v_lt(vf a, vf b) { return _mm256_cmp_pd(a, b, _CMP_LT_OQ); }
static inline vm v_le(vf a, vf b) { return _mm256_cmp_pd(a, b, _CMP_LE_OQ); }
static inline vm v_eq(vf a, vf b) { return _mm256_cmp_pd(a, b, _CMP_EQ_OQ); }
// Lanes where a or b is NaN.
static inline vm v_unordered(vf a, vf b) { return _mm256_cmp_pd(a, b, _CMP_UNORD_Q); }
static inline vm vm_and(vm a, vm b) { return _mm256_and_pd(a, b); }
static inline vm vm_or(vm a, vm b) { return _mm256_or_pd(a, b); }
static inline vf v_select(vm m, vf a, vf b) { return _mm256_blendv_pd(b, a, m); }
// The sign bit of x is set ? a : b.
static inline vf v_select_sign(vf x, vf a, vf b) { return _mm256_blendv_pd(b, a, x); }
static inline bool vm_any(vm m) { return _mm256_movemask_pd(m) != 0; }

// Elements of the other type, exactly.
static inline vf v_convert(const float *p) { return _mm256_cvtps_pd(_mm_loadu_ps(p)); }
static inline vf v_convert_n(const float *p, ptrdiff_t n) {
  const __m128i lanes = _mm_cmpgt_epi32(_mm_set1_epi32((int)n), _mm_setr_epi32(0, 1, 2, 3));
  return _mm256_cvtps_pd(_mm_maskload_ps(p, lanes));
}

// table[index mod 8].
static inline vf v_lookup8(const double table[8], vi index) {
  return _mm256_i64gather_pd(table, _mm256_and_si256(index, _mm256_set1_epi64x(7)), 8);
}

// x[i + half] in lane i < half, half a power of two below VL; the rest is unspecified.
static inline vf v_upper(vf x, const int half) {
  return half == 2 ? _mm256_permute2f128_pd(x, x, 0x01) : _mm256_permute_pd(x, 0x5);
}

// Every other element of a and then b, from the first or the second on; v_in_order undoes the order they come in.
static inline vf v_evens(vf a, vf b) { return _mm256_unpacklo_pd(a, b); }
static inline vf v_odds(vf a, vf b) { return _mm256_unpackhi_pd(a, b); }
static inline vf v_in_order(vf x) { return _mm256_permute4x64_pd(x, 0xD8); }

// Lane i: x[i - by] and x[i + by], by 1 or 2.  What is missing are the last elements of `before`, the first of `after`.
static inline vf v_before(vf before, vf x, const int by) {
  const vf middle = _mm256_permute2f128_pd(before, x, 0x21);
  return by == 1 ? _mm256_shuffle_pd(middle, x, 0x5) : middle;
}
static inline vf v_after(vf x, vf after, const int by) {
  const vf middle = _mm256_permute2f128_pd(x, after, 0x21);
  return by == 1 ? _mm256_shuffle_pd(x, middle, 0x5) : middle;
}

// Element i, a constant, of every aligned `count`, 4, or 8 where VL is more, in each of their lanes.
static inline vf v_spread(vf x, const int count, const int i) {
  (void)count;
  switch (i) {
  case 0: return _mm256_permute4x64_pd(x, 0x00);
  case 1: return _mm256_permute4x64_pd(x, 0x55);
  case 2: return _mm256_permute4x64_pd(x, 0xAA);
  default: return _mm256_permute4x64_pd(x, 0xFF);
  }
}

// rows[i][j] <-> rows[j][i]
static inline void v_transpose(vf rows[4]) {
  const vf a = _mm256_unpacklo_pd(rows[0], rows[1]), b = _mm256_unpackhi_pd(rows[0], rows[1]);
  const vf c = _mm256_unpacklo_pd(rows[2], rows[3]), d = _mm256_unpackhi_pd(rows[2], rows[3]);
  rows[0] = _mm256_permute2f128_pd(a, c, 0x20);
  rows[1] = _mm256_permute2f128_pd(b, d, 0x20);
  rows[2] = _mm256_permute2f128_pd(a, c, 0x31);
  rows[3] = _mm256_permute2f128_pd(b, d, 0x31);
}

#pragma clang attribute pop

#endif
