// Template: bits, polynomials and quotients.  Needs: real, the vector dialect, constants.inc.h of the type.

#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")
#define INLINE static inline __attribute__((always_inline))

// Vectors of a strip, between whose stages its intermediate values stay in L1.
enum { STRIP_VECTORS = 16 };

static inline vf v_abs(vf x) { return v_from_bits(vi_and(v_bits(x), vi_set1(~SIGN_BIT))); }
static inline vi v_sign(vf x) { return vi_and(v_bits(x), vi_set1(SIGN_BIT)); }
static inline vf v_minus_abs(vf x) { return v_from_bits(vi_or(v_bits(x), vi_set1(SIGN_BIT))); }
static inline vf v_with_sign(vf x, vi sign) { return v_from_bits(vi_xor(v_bits(x), sign)); }

// c[0] + c[1] x + ... + c[n - 1] x^(n - 1): Horner's rule in xx = x^2 over pairs, which halves the latency.
static inline vf v_poly(vf x, vf xx, const int n, const real *c) {
  vf y = n & 1 ? v_set1(c[n - 1]) : v_fused(v_set1(c[n - 1]), x, v_set1(c[n - 2]));
  UNROLL for (int i = (n - 3) / 2 * 2; i >= 0; i -= 2)
    y = v_fused(y, xx, v_fused(v_set1(c[i + 1]), x, v_set1(c[i])));
  return y;
}

// (n + nl) / (d + dl) for |nl| << |n| and |dl| << |d|: one rounding that counts.
static inline vf v_quotient(vf n, vf nl, vf d, vf dl) {
  const vf r = v_div(v_set1(1), d), y = v_mul(n, r);
  const vf rest = v_add(v_fused(v_neg(y), d, n), v_fused(v_neg(y), dl, nl));
  return v_fused(rest, r, y);
}
