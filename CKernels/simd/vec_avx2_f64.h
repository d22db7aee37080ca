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

// Lane i is on when i < n.
static inline __m256i v_lanes(ptrdiff_t n) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
}
static inline vf v_load_n(const double *p, ptrdiff_t n) { return _mm256_maskload_pd(p, v_lanes(n)); }
static inline void v_store_n(double *p, ptrdiff_t n, vf x) { _mm256_maskstore_pd(p, v_lanes(n), x); }

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
