// The vector dialect for NEON (AArch64) over Float: 4 lanes.
#ifndef CK_VEC_NEON_F32_H
#define CK_VEC_NEON_F32_H

#include <arm_neon.h>

typedef float32x4_t vf;
enum { VL = 4 };

static inline vf v_zero(void) { return vdupq_n_f32(0); }
static inline vf v_set1(float x) { return vdupq_n_f32(x); }
static inline vf v_load(const float *p) { return vld1q_f32(p); }
static inline void v_store(float *p, vf x) { vst1q_f32(p, x); }

// The first n of VL elements; the rest of the vector is 0.
static inline vf v_load_n(const float *p, ptrdiff_t n) {
  vf x = v_zero();
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = p[i];
  return x;
}
static inline void v_store_n(float *p, ptrdiff_t n, vf x) {
  for (ptrdiff_t i = 0; i < n; ++i) p[i] = x[i];
}

static inline vf v_add(vf a, vf b) { return vaddq_f32(a, b); }
static inline vf v_mul(vf a, vf b) { return vmulq_f32(a, b); }
static inline vf v_fma(vf a, vf b, vf c) { return vfmaq_f32(c, a, b); }

// a > b ? a : b, so b where either is NaN.
static inline vf v_max(vf a, vf b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
// a < b ? a : b, so b where either is NaN.
static inline vf v_min(vf a, vf b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
// x < 0 ? a : b, lane by lane.
static inline vf v_select_negative(vf x, vf a, vf b) { return vbslq_f32(vcltzq_f32(x), a, b); }

// rows[i][j] <-> rows[j][i]
static inline void v_transpose(vf rows[4]) {
  const float32x4x2_t ab = vtrnq_f32(rows[0], rows[1]), cd = vtrnq_f32(rows[2], rows[3]);
  rows[0] = vcombine_f32(vget_low_f32(ab.val[0]), vget_low_f32(cd.val[0]));
  rows[1] = vcombine_f32(vget_low_f32(ab.val[1]), vget_low_f32(cd.val[1]));
  rows[2] = vcombine_f32(vget_high_f32(ab.val[0]), vget_high_f32(cd.val[0]));
  rows[3] = vcombine_f32(vget_high_f32(ab.val[1]), vget_high_f32(cd.val[1]));
}

#endif
