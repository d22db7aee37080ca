// The vector dialect for AVX-512 (F, BW, DQ, VL) over Float: 16 lanes.
#ifndef CK_VEC_AVX512_F32_H
#define CK_VEC_AVX512_F32_H

#include <immintrin.h>

#define VEC_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2"
#pragma clang attribute push(__attribute__((target(VEC_TARGET), always_inline)), apply_to = function)

typedef __m512 vf;
enum { VL = 16 };

static inline vf v_zero(void) { return _mm512_setzero_ps(); }
static inline vf v_set1(float x) { return _mm512_set1_ps(x); }
static inline vf v_load(const float *p) { return _mm512_loadu_ps(p); }
static inline void v_store(float *p, vf x) { _mm512_storeu_ps(p, x); }

// As v_load, of what was just stored 16 bytes at a time: a wider load would wait until those stores are in the cache.
// The empty statements keep the compiler from joining the parts into that load, or storing them one by one.
static inline vf v_load_parts(const float *p) {
  __m128 a = _mm_loadu_ps(p), b = _mm_loadu_ps(p + 4), c = _mm_loadu_ps(p + 8), d = _mm_loadu_ps(p + 12);
  __asm__("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d));
  vf x = _mm512_insertf32x4(_mm512_insertf32x4(_mm512_insertf32x4(_mm512_castps128_ps512(a), b, 1), c, 2), d, 3);
  __asm__("" : "+v"(x));
  return x;
}

// Lane i is on when i < n.
static inline __mmask16 v_lanes(ptrdiff_t n) { return (__mmask16)_bzhi_u32(0xFFFF, (unsigned)n); }
static inline vf v_load_n(const float *p, ptrdiff_t n) { return _mm512_maskz_loadu_ps(v_lanes(n), p); }
static inline void v_store_n(float *p, ptrdiff_t n, vf x) { _mm512_mask_storeu_ps(p, v_lanes(n), x); }

// Lanes first ..< last, both at most VL, and an element each of these, 0 in the others, of which nothing is read.
typedef __mmask16 v_range;
static inline v_range v_within(ptrdiff_t first, ptrdiff_t last) { return v_lanes(last) & (__mmask16)~v_lanes(first); }
static inline vf v_load_within(const float *p, v_range lanes) { return _mm512_maskz_loadu_ps(lanes, p); }

static inline vf v_add(vf a, vf b) { return _mm512_add_ps(a, b); }
static inline vf v_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
static inline vf v_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }

// a > b ? a : b, so b where either is NaN.
static inline vf v_max(vf a, vf b) { return _mm512_max_ps(a, b); }
// a < b ? a : b, so b where either is NaN.
static inline vf v_min(vf a, vf b) { return _mm512_min_ps(a, b); }
// x < 0 ? a : b, lane by lane.
static inline vf v_select_negative(vf x, vf a, vf b) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, v_zero(), _CMP_LT_OQ), b, a);
}

// v_fused rounds once in every dialect.
static inline vf v_fused(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
static inline vf v_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
static inline vf v_neg(vf x) { return -x; }
static inline vf v_div(vf a, vf b) { return _mm512_div_ps(a, b); }
static inline vf v_sqrt(vf x) { return _mm512_sqrt_ps(x); }

// The bits of an element as an integer of its width.  Shifts are logical.
typedef __m512i vi;
static inline vi v_bits(vf x) { return _mm512_castps_si512(x); }
static inline vf v_from_bits(vi i) { return _mm512_castsi512_ps(i); }
static inline vi vi_set1(int32_t i) { return _mm512_set1_epi32(i); }
static inline vi vi_add(vi a, vi b) { return _mm512_add_epi32(a, b); }
static inline vi vi_sub(vi a, vi b) { return _mm512_sub_epi32(a, b); }
static inline vi vi_and(vi a, vi b) { return _mm512_and_si512(a, b); }
static inline vi vi_or(vi a, vi b) { return _mm512_or_si512(a, b); }
static inline vi vi_xor(vi a, vi b) { return _mm512_xor_si512(a, b); }
static inline vi vi_shl(vi a, const int n) { return _mm512_slli_epi32(a, (unsigned)n); }
static inline vi vi_shr(vi a, const int n) { return _mm512_srli_epi32(a, (unsigned)n); }

// The upper bits of w, as many as a significand has, as a fraction in [0, 1): exact.
static inline vf v_fraction(vi w) {
  return _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_srli_epi32(w, 8)), _mm512_set1_ps(0x1p-24f));
}

// Lanes for which a comparison holds; false where an operand is NaN.
typedef __mmask16 vm;
static inline vm v_lt(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
static inline vm v_le(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
static inline vm v_eq(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
// Lanes where a or b is NaN.
static inline vm v_unordered(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q); }
static inline vm vm_and(vm a, vm b) { return (vm)(a & b); }
static inline vm vm_or(vm a, vm b) { return (vm)(a | b); }
static inline vf v_select(vm m, vf a, vf b) { return _mm512_mask_blend_ps(m, b, a); }
// The sign bit of x is set ? a : b.
static inline vf v_select_sign(vf x, vf a, vf b) {
  return _mm512_mask_blend_ps(_mm512_cmplt_epi32_mask(_mm512_castps_si512(x), _mm512_setzero_si512()), b, a);
}
static inline bool vm_any(vm m) { return m != 0; }

// Elements of the other type, each rounded to nearest.
static inline vf v_join(__m256 low, __m256 high) { return _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1); }
static inline vf v_convert(const double *p) {
  return v_join(_mm512_cvtpd_ps(_mm512_loadu_pd(p)), _mm512_cvtpd_ps(_mm512_loadu_pd(p + 8)));
}
static inline vf v_convert_n(const double *p, ptrdiff_t n) {
  const __mmask16 lanes = v_lanes(n);
  return v_join(_mm512_cvtpd_ps(_mm512_maskz_loadu_pd((__mmask8)lanes, p)),
                _mm512_cvtpd_ps(_mm512_maskz_loadu_pd((__mmask8)(lanes >> 8), p + 8)));
}

// table[index mod 8].
static inline vf v_lookup8(const float table[8], vi index) {
  return _mm512_permutexvar_ps(index, _mm512_broadcast_f32x8(_mm256_loadu_ps(table)));
}

// x[i + half] in lane i < half, half a power of two below VL; the rest is unspecified.
static inline vf v_upper(vf x, const int half) {
  return half == 8   ? _mm512_shuffle_f32x4(x, x, 0x4E)
         : half == 4 ? _mm512_shuffle_f32x4(x, x, 0xB1)
         : half == 2 ? _mm512_permute_ps(x, 0x4E)
                     : _mm512_permute_ps(x, 0xB1);
}

// Every other element of a and then b, from the first or the second on; v_in_order undoes the order they come in.
static inline vf v_evens(vf a, vf b) { return _mm512_shuffle_ps(a, b, 0x88); }
static inline vf v_odds(vf a, vf b) { return _mm512_shuffle_ps(a, b, 0xDD); }
static inline vf v_in_order(vf x) {
  return _mm512_castpd_ps(_mm512_permutexvar_pd(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), _mm512_castps_pd(x)));
}

// Lane i: x[i - by] and x[i + by], by 1 or 2.  What is missing are the last elements of `before`, the first of `after`.
// They are hidden from clang: shifts of zeros would become expansions, for which Zen 5 takes 15 cycles.
static inline vf v_before(vf before, vf x, const int by) {
  __asm__("" : "+v"(before));
  const __m512i low = _mm512_castps_si512(before), high = _mm512_castps_si512(x);
  return _mm512_castsi512_ps(by == 1 ? _mm512_alignr_epi32(high, low, 15) : _mm512_alignr_epi32(high, low, 14));
}
static inline vf v_after(vf x, vf after, const int by) {
  __asm__("" : "+v"(after));
  const __m512i low = _mm512_castps_si512(x), high = _mm512_castps_si512(after);
  return _mm512_castsi512_ps(by == 1 ? _mm512_alignr_epi32(high, low, 1) : _mm512_alignr_epi32(high, low, 2));
}

// Element i, a constant, of every aligned `count`, 4, or 8 where VL is more, in each of their lanes.
static inline vf v_spread(vf x, const int count, const int i) {
  const __m512i eights = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8);
  if (count == 8) return _mm512_permutexvar_ps(_mm512_add_epi32(eights, _mm512_set1_epi32(i)), x);
  switch (i) {
  case 0: return _mm512_permute_ps(x, 0x00);
  case 1: return _mm512_permute_ps(x, 0x55);
  case 2: return _mm512_permute_ps(x, 0xAA);
  default: return _mm512_permute_ps(x, 0xFF);
  }
}

// rows[i][j] <-> rows[j][i]: 2 x 2, then 4 x 4 within 128 bits, then the 4 x 4 of 128-bit pieces.
static inline void v_transpose(vf rows[16]) {
  vf pairs[16], quads[16], halves[16];
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    quads[i] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    quads[i + 1] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0xEE);
    quads[i + 2] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    quads[i + 3] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xEE);
  }
  for (int i = 0; i < 16; i += 8)
    for (int j = 0; j < 4; ++j) {
      halves[i + j] = _mm512_shuffle_f32x4(quads[i + j], quads[i + j + 4], 0x88);
      halves[i + j + 4] = _mm512_shuffle_f32x4(quads[i + j], quads[i + j + 4], 0xDD);
    }
  for (int j = 0; j < 8; ++j) {
    rows[j] = _mm512_shuffle_f32x4(halves[j], halves[j + 8], 0x88);
    rows[j + 8] = _mm512_shuffle_f32x4(halves[j], halves[j + 8], 0xDD);
  }
}

#pragma clang attribute pop

#endif
