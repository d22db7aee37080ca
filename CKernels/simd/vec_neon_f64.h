// The vector dialect for NEON (AArch64) over Double: 2 lanes.
#ifndef CK_VEC_NEON_F64_H
#define CK_VEC_NEON_F64_H

#include <arm_neon.h>

typedef float64x2_t vf;
enum { VL = 2 };

static inline vf v_zero(void) { return vdupq_n_f64(0); }
static inline vf v_set1(double x) { return vdupq_n_f64(x); }
static inline vf v_load(const double *p) { return vld1q_f64(p); }
static inline void v_store(double *p, vf x) { vst1q_f64(p, x); }

// The first n of VL elements; the rest of the vector is 0.
static inline vf v_load_n(const double *p, ptrdiff_t n) {
  vf x = v_zero();
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = p[i];
  return x;
}
static inline void v_store_n(double *p, ptrdiff_t n, vf x) {
  for (ptrdiff_t i = 0; i < n; ++i) p[i] = x[i];
}

static inline vf v_add(vf a, vf b) { return vaddq_f64(a, b); }
static inline vf v_mul(vf a, vf b) { return vmulq_f64(a, b); }
static inline vf v_fma(vf a, vf b, vf c) { return vfmaq_f64(c, a, b); }

// a > b ? a : b, so b where either is NaN.
static inline vf v_max(vf a, vf b) { return vbslq_f64(vcgtq_f64(a, b), a, b); }
// a < b ? a : b, so b where either is NaN.
static inline vf v_min(vf a, vf b) { return vbslq_f64(vcltq_f64(a, b), a, b); }
// x < 0 ? a : b, lane by lane.
static inline vf v_select_negative(vf x, vf a, vf b) { return vbslq_f64(vcltzq_f64(x), a, b); }

// rows[i][j] <-> rows[j][i]
static inline void v_transpose(vf rows[2]) {
  const vf first = vzip1q_f64(rows[0], rows[1]);
  rows[1] = vzip2q_f64(rows[0], rows[1]);
  rows[0] = first;
}

#endif
