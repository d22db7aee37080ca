// Template: sinh and cosh.  Needs: exp.inc.h.
//
// |x| = n ln 2 + r:  sinh |x| = ((s - 1/s) cosh r + (s + 1/s) sinh r) / 2, cosh |x| with the signs exchanged, s = 2^n.

typedef struct {
  vf s, inverse;             // 2^n / 4, 2^-n / 4
  vf h, sinh_low, cosh_low;  // sinh r = h + sinh_low, cosh r = 1 + cosh_low
} hyperbolic_parts;

static inline hyperbolic_parts hyperbolic_split(vf x) {
  const vf a = v_min(v_set1(SINH_HIGHEST), v_abs(x)), shift = v_set1(ROUND + EXPONENT_BIAS - 2);
  const vf t = v_fused(a, v_set1(LOG2_E), shift), n = v_sub(t, shift);
  const vf h = v_fused(n, v_set1(-LN2_HI), a), low = v_mul(n, v_set1(-LN2_LO)), r = v_add(h, low), rr = v_mul(r, r);
  const vf r4 = v_mul(rr, rr), sinh_low = v_fused(v_mul(rr, r), v_poly(rr, r4, SINH_TERMS, SINH_S), low);
  // 2^-n is nothing to 2^n long before it is subnormal.
  const vf inverse = exp2_of_bits(v_bits(v_sub(shift, v_min(v_set1(EXPONENT_BIAS - 4), n))));
  return (hyperbolic_parts){exp2_of_bits(v_bits(t)), inverse, h, sinh_low,
                            v_mul(rr, v_poly(rr, r4, SINH_TERMS, COSH_C))};
}

static inline vf v_sinh(vf x) {
  const hyperbolic_parts p = hyperbolic_split(x);
  const vf a = v_sub(p.s, p.inverse), b = v_add(p.s, p.inverse), a_low = v_sub(v_sub(p.s, a), p.inverse);
  const vf y = v_fused(b, p.h, a), low = v_add(v_fused(b, p.h, v_sub(a, y)), a_low);
  const vf half = v_add(y, v_fused(a, p.cosh_low, v_fused(b, p.sinh_low, low)));
  return v_select(v_lt(v_abs(x), v_set1(ROOT_OF_TINY)), x, v_with_sign(v_add(half, half), v_sign(x)));
}

static inline vf v_cosh(vf x) {
  const hyperbolic_parts p = hyperbolic_split(x);
  const vf a = v_sub(p.s, p.inverse), b = v_add(p.s, p.inverse), b_low = v_add(v_sub(p.s, b), p.inverse);
  const vf y = v_fused(a, p.h, b), low = v_add(v_fused(a, p.h, v_sub(b, y)), b_low);
  const vf half = v_add(y, v_fused(b, p.cosh_low, v_fused(a, p.sinh_low, low)));
  return v_add(half, half);
}
