// Template: softplus, logSigmoid and mish.  Needs: exp.inc.h.

// log(1 + e^x) = ln 2 + x / 2 + x^2 Q(x^2) for |x| < 1, and else, with t = e^-|x|: max(x, 0) + t + t^2 G(t).
static inline vf v_softplus(vf x) {
  const vf size = v_abs(x), positive = v_max(v_zero(), x);
  const exp_parts e = exp_split(v_max(v_set1(EXP_LOWEST), -size), EXPONENT_BIAS + LIFT, EXP_TERMS, EXP_P);
  const vf high = exp2_of_bits(e.bits), q = v_add(e.h, e.l), one = v_set1(1), m = v_add(one, q);
  const vf m_low = v_sub(q, v_sub(m, one)), s = v_mul(high, v_set1(LOWER)), t = v_mul(m, s);
  // t + t^2 G = s (m + rest).  Above zero the sum is x + (t + s rest); below, s comes
  // last, so that a subnormal rounds once.
  // m_low counts 1 / (1 + t), nearly 1 - t, times.
  const vf rest =
      v_fused(v_mul(m, t), v_poly(t, v_mul(t, t), SOFTPLUS_TAIL_TERMS, SOFTPLUS_G), v_fused(-m_low, t, m_low));
  const vf below = v_mul(v_mul(v_add(m, rest), high), v_set1(LOWER));
  const vf above = v_add(positive, v_add(t, v_mul(rest, s)));
  const vf xx = v_mul(x, x), middle = v_fused(x, v_set1((real)0.5), v_set1(LN2));
  const vf middle_low = v_add(v_fused(x, v_set1((real)0.5), v_sub(v_set1(LN2), middle)), v_set1(LN2_REST));
  const vf near = v_add(middle, v_fused(xx, v_poly(xx, v_mul(xx, xx), SOFTPLUS_TERMS, SOFTPLUS_Q), middle_low));
  return v_select(v_lt(size, one), near, v_select(v_lt(x, v_zero()), below, above));
}

static inline vf v_log_sigmoid(vf x) { return -v_softplus(-x); }

// x tanh(log(1 + E)) = x N / (N + 2), N = E (E + 2), E = e^x = s (m + m_low); N = s (n + n_low).
static inline vf v_mish(vf x) {
  const vf one = v_set1(1), two = v_set1(2), a = v_max(v_set1(SIGMOID_LOWEST), v_min(v_set1(20), x));
  const exp_parts e = exp_split(a, EXPONENT_BIAS + LIFT, EXP_TERMS, EXP_P);
  const vf q = v_add(e.h, e.l), m = v_add(one, q), m_low = v_sub(q, v_sub(m, one));
  const vf high = exp2_of_bits(e.bits), s = v_mul(high, v_set1(LOWER)), em = v_mul(m, s);
  // n = m (E + 2) and d = s n + 2 with what each rounding lost: exactly for N <= 2, and more than matters above.
  const vf mm = v_add(m, m), n = v_fused(em, m, mm), n_low = v_fused(m_low, two, v_fused(em, m, v_sub(mm, n)));
  const vf d = v_fused(s, n, two), d_low = v_fused(s, n_low, v_fused(s, n, v_sub(two, d)));
  const vf r = v_div(one, d), y = v_mul(n, r), rest = v_add(v_fused(-y, d, n), v_fused(-y, d_low, n_low));
  const vf b = v_mul(v_max(v_set1(SIGMOID_LOWEST), x), high), product = v_fused(b, y, v_mul(b, v_mul(rest, r)));
  const vf result = v_select(v_lt(v_set1(20), x), x, v_mul(product, v_set1(LOWER)));
  return v_from_bits(vi_or(v_bits(result), v_sign(x)));
}

// (N + 4 x E (1 + E) / w) / w, w = N + 2.
static inline vf v_mish_derivative(vf x) {
  const vf one = v_set1(1), a = v_max(v_set1(EXP_LOWEST), v_min(v_set1(20), x)), e = v_exp(a);
  const vf n = v_mul(e, v_add(e, v_set1(2))), w = v_add(n, v_set1(2));
  return v_div(v_add(n, v_div(v_mul(v_mul(v_set1(4), a), v_mul(e, v_add(one, e))), w)), w);
}
