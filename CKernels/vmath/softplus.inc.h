// Template: softplus, logSigmoid and mish.  Needs: exp.inc.h.

// log(1 + e^x) = ln 2 + x / 2 + x^2 Q(x^2) for |x| < 1, and else, with t = e^-|x|: max(x, 0) + t + t^2 G(t).
static inline exp_factors softplus_begin(const bool any, vf x) {
  return exp_begin(any, v_minus_abs_from(any ? EXP_LOWEST : -EXP_NORMAL, x));
}

// t + t^2 G = s (m + rest); low counts 1 / (1 + t), nearly 1 - t, times.
static inline vf softplus_end(const bool any, vf x, exp_factors e) {
  const vf t = v_mul(e.m, e.s), g = v_poly(t, v_mul(t, t), SOFTPLUS_TAIL_TERMS, SOFTPLUS_G);
  const vf rest = v_fused(v_mul(e.m, t), g, v_fused(v_neg(e.low), t, e.low));
  const vf far = v_add(exp_scale(any, v_add(e.m, rest), e), v_max(v_zero(), x));
  const vf xx = v_mul(x, x), half = v_set1((real)0.5), ln2 = v_set1(LN2), middle = v_fused(x, half, ln2);
  const vf lost = v_add(v_fused(x, half, v_sub(ln2, middle)), v_set1(LN2_REST));
  const vf near = v_add(middle, v_fused(xx, v_poly(xx, v_mul(xx, xx), SOFTPLUS_TERMS, SOFTPLUS_Q), lost));
  return v_select(v_lt(v_abs(x), v_set1(1)), near, far);
}

// x tanh(log(1 + E)) = x N / (N + 2), N = E (E + 2), E = e^x = s (m + low): x S / (1 + S), S = N / 2 = s (n + n_low).
static inline exp_factors mish_begin(const bool any, vf x) {
  const vf a = v_min(v_set1(20), x);
  const exp_factors e = exp_begin(any, any ? v_max(v_set1(SIGMOID_LOWEST), a) : v_max(v_set1(-EXP_NORMAL), a));
  const vf half = v_mul(v_mul(e.m, v_set1((real)0.5)), e.s), n = v_fused(e.m, half, e.m);
  const vf n_low = v_add(v_fused(e.m, half, v_sub(e.m, n)), v_fused(v_add(half, half), e.low, e.low));
  return (exp_factors){n, n_low, e.s, e.high};
}

static inline vf mish_end(const bool any, vf x, exp_factors e) {
  const odds_parts o = odds_share(e);
  const vf sum = v_fused(x, v_mul(o.y, e.s), v_mul(v_min(v_set1(REAL_MAX), x), v_mul(o.c, e.s)));
  const vf y = v_select(v_eq(x, v_zero()), x, sum);  // the two terms of -0 may differ in sign
  if (!any) return y;
  return v_select(v_lt(x, v_set1(-EXP_NORMAL)), odds_product(v_max(v_set1(SIGMOID_LOWEST), x), o, e), y);
}

// (N + 4 x E (1 + E) / w) / w, w = N + 2, with what w loses in its reciprocal.
static inline vf v_mish_derivative(vf x) {
  const vf two = v_set1(2), a = v_max(v_set1(EXP_LOWEST), v_min(v_set1(20), x)), e = v_exp(a);
  const vf n = v_fused(e, e, v_add(e, e)), w = v_add(n, two), lost = v_sub(v_min(n, two), v_sub(w, v_max(n, two)));
  const vf r = v_quotient(v_set1(1), v_zero(), w, lost), k = v_mul(v_mul(v_set1(4), a), e);
  return v_mul(r, v_fused(v_fused(k, e, k), r, n));
}
