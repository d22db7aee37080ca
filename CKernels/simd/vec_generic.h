// The vector dialect in portable C: vectors of 16 bytes, a multiply and an add for v_fma (two roundings).
// Needs: real/f32.h or real/f64.h.
#ifndef CK_VEC_GENERIC_H
#define CK_VEC_GENERIC_H

#include <stdint.h>
#include <string.h>

typedef real vf __attribute__((vector_size(16)));
enum { VL = sizeof(vf) / sizeof(real) };

static inline vf v_zero(void) { return (vf){0}; }
static inline vf v_set1(real x) { return x - (vf){0}; }
static inline vf v_load(const real *p) {
  vf x;
  memcpy(&x, p, sizeof x);
  return x;
}
static inline void v_store(real *p, vf x) { memcpy(p, &x, sizeof x); }

// As v_load, of what was just stored 16 bytes at a time.
static inline vf v_load_parts(const real *p) { return v_load(p); }

// The first n of VL elements; the rest of the vector is 0.
static inline vf v_load_n(const real *p, ptrdiff_t n) {
  vf x = {0};
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = p[i];
  return x;
}
static inline void v_store_n(real *p, ptrdiff_t n, vf x) {
  for (ptrdiff_t i = 0; i < n; ++i) p[i] = x[i];
}

// Lanes first ..< last, both at most VL, and an element each of these, 0 in the others, of which nothing is read.
typedef struct {
  ptrdiff_t first, last;
} v_range;
static inline v_range v_within(ptrdiff_t first, ptrdiff_t last) { return (v_range){first, last}; }
static inline vf v_load_within(const real *p, v_range lanes) {
  vf x = {0};
  for (ptrdiff_t i = lanes.first; i < lanes.last; ++i) x[i] = p[i];
  return x;
}

static inline vf v_add(vf a, vf b) { return a + b; }
static inline vf v_mul(vf a, vf b) { return a * b; }
static inline vf v_fma(vf a, vf b, vf c) { return a * b + c; }

// v_fused rounds once in every dialect.
static inline vf v_fused(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }
static inline vf v_sub(vf a, vf b) { return a - b; }
static inline vf v_neg(vf x) { return -x; }
static inline vf v_div(vf a, vf b) { return a / b; }
static inline vf v_sqrt(vf x) { return __builtin_elementwise_sqrt(x); }

// The bits of an element as an integer of its width.  Shifts are logical.
typedef natural vi __attribute__((vector_size(16)));
static inline vi v_bits(vf x) { return (vi)x; }
static inline vf v_from_bits(vi i) { return (vf)i; }
static inline vi vi_set1(integer i) { return (natural)i - (vi){0}; }
static inline vi vi_add(vi a, vi b) { return a + b; }
static inline vi vi_sub(vi a, vi b) { return a - b; }
static inline vi vi_and(vi a, vi b) { return a & b; }
static inline vi vi_or(vi a, vi b) { return a | b; }
static inline vi vi_xor(vi a, vi b) { return a ^ b; }
static inline vi vi_shl(vi a, const int n) { return a << n; }
static inline vi vi_shr(vi a, const int n) { return a >> n; }

// The upper bits of w, as many as a significand has, as a fraction in [0, 1): exact.
static inline vf v_fraction(vi w) {
  enum { SIGNIFICAND = sizeof(real) == 4 ? 24 : 53, SURPLUS = 8 * sizeof(real) - SIGNIFICAND };
  return __builtin_convertvector(w >> SURPLUS, vf) * ((real)1 / ((natural)1 << SIGNIFICAND));
}

// Lanes for which a comparison holds; false where an operand is NaN.
typedef vi vm;
static inline vm v_lt(vf a, vf b) { return (vm)(a < b); }
static inline vm v_le(vf a, vf b) { return (vm)(a <= b); }
static inline vm v_eq(vf a, vf b) { return (vm)(a == b); }
// Lanes where a or b is NaN.
static inline vm v_unordered(vf a, vf b) { return (vm)((a != a) | (b != b)); }
static inline vm vm_and(vm a, vm b) { return a & b; }
static inline vm vm_or(vm a, vm b) { return a | b; }
static inline vf v_select(vm m, vf a, vf b) { return (vf)((m & (vi)a) | (~m & (vi)b)); }
// The sign bit of x is set ? a : b.
static inline vf v_select_sign(vf x, vf a, vf b) { return v_select((vm)x > (natural)-1 / 2, a, b); }
static inline bool vm_any(vm m) {
  bool any = false;
  for (int i = 0; i < VL; ++i) any |= m[i] != 0;
  return any;
}

// Elements of the other type, each rounded to nearest.
static inline vf v_convert(const other *p) {
  other x __attribute__((vector_size(VL * sizeof(other))));
  memcpy(&x, p, sizeof x);
  return __builtin_convertvector(x, vf);
}
static inline vf v_convert_n(const other *p, ptrdiff_t n) {
  other x[VL] = {0};
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = p[i];
  return v_convert(x);
}

// table[index mod 8].
static inline vf v_lookup8(const real table[8], vi index) {
  vf y;
  for (int i = 0; i < VL; ++i) y[i] = table[index[i] & 7];
  return y;
}

// a > b ? a : b, so b where either is NaN.
static inline vf v_max(vf a, vf b) { return v_select(v_lt(b, a), a, b); }
// a < b ? a : b, so b where either is NaN.
static inline vf v_min(vf a, vf b) { return v_select(v_lt(a, b), a, b); }
// x < 0 ? a : b, lane by lane.
static inline vf v_select_negative(vf x, vf a, vf b) { return v_select(v_lt(x, v_zero()), a, b); }

// x[i + half] in lane i < half, half a power of two below VL; the rest is unspecified.
static inline vf v_upper(vf x, const int half) {
  vf y;
  for (int i = 0; i < VL; ++i) y[i] = x[(i + half) % VL];
  return y;
}

// Every other element of a and then b, from the first or the second on; v_in_order undoes the order they come in.
static inline vf v_evens(vf a, vf b) {
  vf y;
  for (int i = 0; i < VL / 2; ++i) y[i] = a[2 * i], y[VL / 2 + i] = b[2 * i];
  return y;
}
static inline vf v_odds(vf a, vf b) {
  vf y;
  for (int i = 0; i < VL / 2; ++i) y[i] = a[2 * i + 1], y[VL / 2 + i] = b[2 * i + 1];
  return y;
}
static inline vf v_in_order(vf x) { return x; }

// Lane i: x[i - by] and x[i + by], by 1 or 2.  What is missing are the last elements of `before`, the first of `after`.
static inline vf v_before(vf before, vf x, const int by) {
  vf y;
  for (int i = 0; i < VL; ++i) y[i] = i < by ? before[VL - by + i] : x[i - by];
  return y;
}
static inline vf v_after(vf x, vf after, const int by) {
  vf y;
  for (int i = 0; i < VL; ++i) y[i] = i + by < VL ? x[i + by] : after[i + by - VL];
  return y;
}

// Element i, a constant, of every aligned `count`, 4, or 8 where VL is more, in each of their lanes.
static inline vf v_spread(vf x, const int count, const int i) {
  vf y;
  for (int j = 0; j < VL; ++j) y[j] = x[(j / count * count + i) % VL];
  return y;
}

// rows[i][j] <-> rows[j][i]
static inline void v_transpose(vf rows[VL]) {
  for (int i = 0; i < VL; ++i)
    for (int j = 0; j < i; ++j) {
      const real below = rows[i][j];
      rows[i][j] = rows[j][i];
      rows[j][i] = below;
    }
}

#endif
