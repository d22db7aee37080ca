// The vector dialect for AVX-512 (F, BW, DQ, VL) over Double: 8 lanes.
#ifndef CK_VEC_AVX512_F64_H
#define CK_VEC_AVX512_F64_H

#include <immintrin.h>

#define VEC_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2"
#pragma clang attribute push(__attribute__((target(VEC_TARGET), always_inline)), apply_to = function)

typedef __m512d vf;
enum { VL = 8 };

static inline vf v_zero(void) { return _mm512_setzero_pd(); }
static inline vf v_set1(double x) { return _mm512_set1_pd(x); }
static inline vf v_load(const double *p) { return _mm512_loadu_pd(p); }
static inline void v_store(double *p, vf x) { _mm512_storeu_pd(p, x); }

// Lane i is on when i < n.
static inline __mmask8 v_lanes(ptrdiff_t n) { return (__mmask8)_bzhi_u32(0xFF, (unsigned)n); }
static inline vf v_load_n(const double *p, ptrdiff_t n) { return _mm512_maskz_loadu_pd(v_lanes(n), p); }
static inline void v_store_n(double *p, ptrdiff_t n, vf x) { _mm512_mask_storeu_pd(p, v_lanes(n), x); }

static inline vf v_add(vf a, vf b) { return _mm512_add_pd(a, b); }
static inline vf v_mul(vf a, vf b) { return _mm512_mul_pd(a, b); }
static inline vf v_fma(vf a, vf b, vf c) { return _mm512_fmadd_pd(a, b, c); }

// a > b ? a : b, so b where either is NaN.
static inline vf v_max(vf a, vf b) { return _mm512_max_pd(a, b); }
// a < b ? a : b, so b where either is NaN.
static inline vf v_min(vf a, vf b) { return _mm512_min_pd(a, b); }
// x < 0 ? a : b, lane by lane.
static inline vf v_select_negative(vf x, vf a, vf b) {
  return _mm512_mask_blend_pd(_mm512_cmp_pd_mask(x, v_zero(), _CMP_LT_OQ), b, a);
}

// rows[i][j] <-> rows[j][i]: 2 x 2 within 128 bits, then the 4 x 4 of 128-bit pieces.
static inline void v_transpose(vf rows[8]) {
  vf pairs[8], halves[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm512_unpacklo_pd(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_pd(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; ++j) {
      halves[i + j] = _mm512_shuffle_f64x2(pairs[i + j], pairs[i + j + 2], 0x88);
      halves[i + j + 2] = _mm512_shuffle_f64x2(pairs[i + j], pairs[i + j + 2], 0xDD);
    }
  for (int j = 0; j < 4; ++j) {
    rows[j] = _mm512_shuffle_f64x2(halves[j], halves[j + 4], 0x88);
    rows[j + 4] = _mm512_shuffle_f64x2(halves[j], halves[j + 4], 0xDD);
  }
}

#pragma clang attribute pop

#endif
