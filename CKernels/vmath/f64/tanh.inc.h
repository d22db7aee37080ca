// Template: tanh of Double.  Needs: exp.inc.h.

// tanh |x| with z = 2 |x|, e^z = (1 + q) / s, s = 2^-n:  (1 - s + q) / (1 + s + q), all halved so that z needs no
// doubling: q / 2 = expm1(2 r) / 2 = r + r^2 T(r), |r| <= ln 2 / 4.
static inline vf v_tanh(vf x) {
  const vf a = v_min(v_set1(TANH_HIGHEST), v_abs(x)), half = v_set1((real)0.5), shift = v_set1(ROUND + EXPONENT_BIAS);
  const vf t = v_fused(a, v_set1(-2 * LOG2_E), shift), n = v_sub(t, shift), s = exp2_of_bits(v_bits(t));
  const vf h = v_fused(n, v_set1(LN2_HI / 2), a), low = v_mul(n, v_set1(LN2_LO / 2)), r = v_add(h, low);
  const vf rr = v_mul(r, r), l = v_fused(rr, v_poly(r, rr, TANH_TERMS, TANH_T), low), q = v_add(h, l),
           q_low = v_sub(l, v_sub(q, h));
  const vf base = v_fused(s, v_set1((real)-0.5), half), p = v_add(base, q),
           p_low = v_add(v_sub(q, v_sub(p, base)), q_low);
  const vf d = v_add(p, s), d_low = v_add(v_add(v_sub(s, d), p), p_low);
  return v_with_sign(v_quotient(p, p_low, d, d_low), v_sign(x));
}
