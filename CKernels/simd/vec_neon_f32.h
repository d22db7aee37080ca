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

// As v_load, of what was just stored 16 bytes at a time.
static inline vf v_load_parts(const float *p) { return v_load(p); }

// The first n of VL elements; the rest of the vector is 0.
static inline vf v_load_n(const float *p, ptrdiff_t n) {
  vf x = v_zero();
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = p[i];
  return x;
}
static inline void v_store_n(float *p, ptrdiff_t n, vf x) {
  for (ptrdiff_t i = 0; i < n; ++i) p[i] = x[i];
}

// Lanes first ..< last, both at most VL, and an element each of these, 0 in the others, of which nothing is read.
typedef struct {
  ptrdiff_t first, last;
} v_range;
static inline v_range v_within(ptrdiff_t first, ptrdiff_t last) { return (v_range){first, last}; }
static inline vf v_load_within(const float *p, v_range lanes) {
  vf x = v_zero();
  for (ptrdiff_t i = lanes.first; i < lanes.last; ++i) x[i] = p[i];
  return x;
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

// v_fused rounds once in every dialect.
static inline vf v_fused(vf a, vf b, vf c) { return vfmaq_f32(c, a, b); }
static inline vf v_sub(vf a, vf b) { return vsubq_f32(a, b); }
static inline vf v_neg(vf x) { return -x; }
static inline vf v_div(vf a, vf b) { return vdivq_f32(a, b); }
static inline vf v_sqrt(vf x) { return vsqrtq_f32(x); }

// The bits of an element as an integer of its width.  Shifts are logical.
typedef uint32x4_t vi;
static inline vi v_bits(vf x) { return vreinterpretq_u32_f32(x); }
static inline vf v_from_bits(vi i) { return vreinterpretq_f32_u32(i); }
static inline vi vi_set1(int32_t i) { return vdupq_n_u32((uint32_t)i); }
static inline vi vi_add(vi a, vi b) { return vaddq_u32(a, b); }
static inline vi vi_sub(vi a, vi b) { return vsubq_u32(a, b); }
static inline vi vi_and(vi a, vi b) { return vandq_u32(a, b); }
static inline vi vi_or(vi a, vi b) { return vorrq_u32(a, b); }
static inline vi vi_xor(vi a, vi b) { return veorq_u32(a, b); }
static inline vi vi_shl(vi a, const int n) { return a << (unsigned)n; }
static inline vi vi_shr(vi a, const int n) { return a >> (unsigned)n; }

// The upper bits of w, as many as a significand has, as a fraction in [0, 1): exact.
static inline vf v_fraction(vi w) { return vcvtq_n_f32_u32(w >> 8, 24); }

// Lanes for which a comparison holds; false where an operand is NaN.
typedef uint32x4_t vm;
static inline vm v_lt(vf a, vf b) { return vcltq_f32(a, b); }
static inline vm v_le(vf a, vf b) { return vcleq_f32(a, b); }
static inline vm v_eq(vf a, vf b) { return vceqq_f32(a, b); }
// Lanes where a or b is NaN.
static inline vm v_unordered(vf a, vf b) { return vmvnq_u32(vandq_u32(vceqq_f32(a, a), vceqq_f32(b, b))); }
static inline vm vm_and(vm a, vm b) { return vandq_u32(a, b); }
static inline vm vm_or(vm a, vm b) { return vorrq_u32(a, b); }
static inline vf v_select(vm m, vf a, vf b) { return vbslq_f32(m, a, b); }
// The sign bit of x is set ? a : b.
static inline vf v_select_sign(vf x, vf a, vf b) { return vbslq_f32(vcltzq_s32(vreinterpretq_s32_f32(x)), a, b); }
static inline bool vm_any(vm m) { return vmaxvq_u32(m) != 0; }

// Elements of the other type, each rounded to nearest.
static inline vf v_convert(const double *p) {
  return vcombine_f32(vcvt_f32_f64(vld1q_f64(p)), vcvt_f32_f64(vld1q_f64(p + 2)));
}
static inline vf v_convert_n(const double *p, ptrdiff_t n) {
  double x[VL] = {0};
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = p[i];
  return v_convert(x);
}

// table[index mod 8]: a permutation of the table's 32 bytes.
static inline vf v_lookup8(const float table[8], vi index) {
  const uint8_t *bytes = (const uint8_t *)table;
  const uint8x16x2_t t = {{vld1q_u8(bytes), vld1q_u8(bytes + 16)}};
  const vi at = vaddq_u32(vmulq_n_u32(vandq_u32(index, vdupq_n_u32(7)), 0x04040404), vdupq_n_u32(0x03020100));
  return vreinterpretq_f32_u8(vqtbl2q_u8(t, vreinterpretq_u8_u32(at)));
}

// x[i + half] in lane i < half, half a power of two below VL; the rest is unspecified.
static inline vf v_upper(vf x, const int half) { return half == 2 ? vextq_f32(x, x, 2) : vextq_f32(x, x, 1); }

// Every other element of a and then b, from the first or the second on; v_in_order undoes the order they come in.
static inline vf v_evens(vf a, vf b) { return vuzp1q_f32(a, b); }
static inline vf v_odds(vf a, vf b) { return vuzp2q_f32(a, b); }
static inline vf v_in_order(vf x) { return x; }

// Lane i: x[i - by] and x[i + by], by 1 or 2.  What is missing are the last elements of `before`, the first of `after`.
static inline vf v_before(vf before, vf x, const int by) {
  return by == 1 ? vextq_f32(before, x, 3) : vextq_f32(before, x, 2);
}
static inline vf v_after(vf x, vf after, const int by) {
  return by == 1 ? vextq_f32(x, after, 1) : vextq_f32(x, after, 2);
}

// Element i, a constant, of every aligned `count`, 4, or 8 where VL is more, in each of their lanes.
static inline vf v_spread(vf x, const int count, const int i) {
  (void)count;
  return vdupq_n_f32(x[i & 3]);
}

// rows[i][j] <-> rows[j][i]
static inline void v_transpose(vf rows[4]) {
  const float32x4x2_t ab = vtrnq_f32(rows[0], rows[1]), cd = vtrnq_f32(rows[2], rows[3]);
  rows[0] = vcombine_f32(vget_low_f32(ab.val[0]), vget_low_f32(cd.val[0]));
  rows[1] = vcombine_f32(vget_low_f32(ab.val[1]), vget_low_f32(cd.val[1]));
  rows[2] = vcombine_f32(vget_high_f32(ab.val[0]), vget_high_f32(cd.val[0]));
  rows[3] = vcombine_f32(vget_high_f32(ab.val[1]), vget_high_f32(cd.val[1]));
}

#endif
