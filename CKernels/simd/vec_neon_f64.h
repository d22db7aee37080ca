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

// As v_load, of what was just stored 16 bytes at a time.
static inline vf v_load_parts(const double *p) { return v_load(p); }

// The first n of VL elements; the rest of the vector is 0.
static inline vf v_load_n(const double *p, ptrdiff_t n) {
  vf x = v_zero();
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = p[i];
  return x;
}
static inline void v_store_n(double *p, ptrdiff_t n, vf x) {
  for (ptrdiff_t i = 0; i < n; ++i) p[i] = x[i];
}

// Lanes first ..< last, both at most VL, and an element each of these, 0 in the others, of which nothing is read.
typedef struct {
  ptrdiff_t first, last;
} v_range;
static inline v_range v_within(ptrdiff_t first, ptrdiff_t last) { return (v_range){first, last}; }
static inline vf v_load_within(const double *p, v_range lanes) {
  vf x = v_zero();
  for (ptrdiff_t i = lanes.first; i < lanes.last; ++i) x[i] = p[i];
  return x;
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

// v_fused rounds once in every dialect.
static inline vf v_fused(vf a, vf b, vf c) { return vfmaq_f64(c, a, b); }
static inline vf v_sub(vf a, vf b) { return vsubq_f64(a, b); }
static inline vf v_neg(vf x) { return -x; }
static inline vf v_div(vf a, vf b) { return vdivq_f64(a, b); }
static inline vf v_sqrt(vf x) { return vsqrtq_f64(x); }

// The bits of an element as an integer of its width.  Shifts are logical.
typedef uint64x2_t vi;
static inline vi v_bits(vf x) { return vreinterpretq_u64_f64(x); }
static inline vf v_from_bits(vi i) { return vreinterpretq_f64_u64(i); }
static inline vi vi_set1(int64_t i) { return vdupq_n_u64((uint64_t)i); }
static inline vi vi_add(vi a, vi b) { return vaddq_u64(a, b); }
static inline vi vi_sub(vi a, vi b) { return vsubq_u64(a, b); }
static inline vi vi_and(vi a, vi b) { return vandq_u64(a, b); }
static inline vi vi_or(vi a, vi b) { return vorrq_u64(a, b); }
static inline vi vi_xor(vi a, vi b) { return veorq_u64(a, b); }
static inline vi vi_shl(vi a, const int n) { return a << (unsigned)n; }
static inline vi vi_shr(vi a, const int n) { return a >> (unsigned)n; }

// The upper bits of w, as many as a significand has, as a fraction in [0, 1): exact.
static inline vf v_fraction(vi w) { return vcvtq_n_f64_u64(w >> 11, 53); }

// Lanes for which a comparison holds; false where an operand is NaN.
typedef uint64x2_t vm;
static inline vm v_lt(vf a, vf b) { return vcltq_f64(a, b); }
static inline vm v_le(vf a, vf b) { return vcleq_f64(a, b); }
static inline vm v_eq(vf a, vf b) { return vceqq_f64(a, b); }
// Lanes where a or b is NaN.
static inline vm v_unordered(vf a, vf b) { return ~(vceqq_f64(a, a) & vceqq_f64(b, b)); }
static inline vm vm_and(vm a, vm b) { return vandq_u64(a, b); }
static inline vm vm_or(vm a, vm b) { return vorrq_u64(a, b); }
static inline vf v_select(vm m, vf a, vf b) { return vbslq_f64(m, a, b); }
// The sign bit of x is set ? a : b.
static inline vf v_select_sign(vf x, vf a, vf b) { return vbslq_f64(vcltzq_s64(vreinterpretq_s64_f64(x)), a, b); }
static inline bool vm_any(vm m) { return vmaxvq_u32(vreinterpretq_u32_u64(m)) != 0; }

// Elements of the other type, exactly.
static inline vf v_convert(const float *p) { return vcvt_f64_f32(vld1_f32(p)); }
static inline vf v_convert_n(const float *p, ptrdiff_t n) {
  float x[VL] = {0};
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = p[i];
  return v_convert(x);
}

// table[index mod 8].
static inline vf v_lookup8(const double table[8], vi index) { return (vf){table[index[0] & 7], table[index[1] & 7]}; }

// x[i + half] in lane i < half, half a power of two below VL; the rest is unspecified.
static inline vf v_upper(vf x, const int half) {
  (void)half;
  return vextq_f64(x, x, 1);
}

// Every other element of a and then b, from the first or the second on; v_in_order undoes the order they come in.
static inline vf v_evens(vf a, vf b) { return vuzp1q_f64(a, b); }
static inline vf v_odds(vf a, vf b) { return vuzp2q_f64(a, b); }
static inline vf v_in_order(vf x) { return x; }

// Lane i: x[i - by] and x[i + by], by 1 or 2.  What is missing are the last elements of `before`, the first of `after`.
static inline vf v_before(vf before, vf x, const int by) { return by == 1 ? vextq_f64(before, x, 1) : before; }
static inline vf v_after(vf x, vf after, const int by) { return by == 1 ? vextq_f64(x, after, 1) : after; }

// Element i, a constant, of every aligned `count`, 4 or 8, in each of their lanes; no vector here holds so many.
static inline vf v_spread(vf x, const int count, const int i) {
  (void)count;
  return vdupq_n_f64(x[i & 1]);
}

// rows[i][j] <-> rows[j][i]
static inline void v_transpose(vf rows[2]) {
  const vf first = vzip1q_f64(rows[0], rows[1]);
  rows[1] = vzip2q_f64(rows[0], rows[1]);
  rows[0] = first;
}

#endif
