// Template: softplus, logSigmoid and mish.  Needs: hyperbolic.inc.h.

// log(1 + e^x) = ln 2 + x / 2 + x^2 Q(x^2) for |x| < 1, and else, with E = e^-|x|: max(x, 0) + E + E^2 G(E).
static inline exp_factors softplus_begin(const bool any, vf x) {
  return exp_begin(any, any ? v_max(v_set1(EXP_LOWEST), v_minus_abs(x)) : v_minus_abs(x));
}

// (E + E^2 G(E)) / s for E = s (1 + q + low) = s (m + lost), t = s m: m + rest; lost counts 1 / (1 + E), nearly 1 - t,
// times.
static inline vf softplus_share(exp_factors e) {
  const vf one = v_set1(1), m = v_add(one, e.q), lost = v_add(v_add(v_sub(one, m), e.q), e.low), t = v_mul(m, e.s);
  const vf g = v_poly(t, v_mul(t, t), SOFTPLUS_TAIL_TERMS, SOFTPLUS_G);
  return v_add(m, v_fused(v_mul(m, t), g, v_fused(v_neg(lost), t, lost)));
}

// For |x| < 1; ln2_rest: LN2_REST, and what x lacks times the slope.
static inline vf softplus_near(vf x, vf ln2_rest) {
  const vf xx = v_mul(x, x), half = v_set1((real)0.5), ln2 = v_set1(LN2), middle = v_fused(x, half, ln2);
  const vf beside = v_add(v_fused(x, half, v_sub(ln2, middle)), ln2_rest);
  return v_add(middle, v_fused(xx, v_poly(xx, v_mul(xx, xx), SOFTPLUS_TERMS, SOFTPLUS_Q), beside));
}

static inline vf softplus_end(const bool any, vf x, exp_factors e) {
  const vf y = softplus_share(e), low = any ? v_mul(v_mul(y, e.high), v_set1(LOWER)) : v_mul(y, e.s);
  const vf near = softplus_near(x, v_set1(LN2_REST)), far = v_add(low, v_max(v_zero(), x));
  return v_select(v_lt(v_abs(x), v_set1(1)), near, far);
}

// log(1 + e^v) / p, v = p x.
static inline exp_factors scaled_softplus_begin(const bool any, vf p, vf x) {
  const vf a = gate_argument(any, v_mul(p, x)), low = product_low(any, p, x, a);
  return exp_factor(any, a, exp_reduce_pair(v_neg(a), v_neg(low), EXPONENT_BIAS + (any ? LIFT : 0)));
}

// From v = 1 on it is x + (E + E^2 G) / p, so that p x need not be a number; where E may be subnormal, e^v / p.  The
// slope for |v| < 1 is 1/2 + v/4, but for 0.02.
static inline vf scaled_softplus_end(const bool any, vf p, vf x, exp_factors e) {
  const vf v = v_mul(p, x), one = v_set1(1), slope = v_fused(v, v_set1((real)0.25), v_set1((real)0.5));
  const vf near = softplus_near(v, v_fused(v_fused(p, x, v_neg(v)), slope, v_set1(LN2_REST)));
  const vf share = v_div(v_select(v_lt(v_abs(v), one), near, v_mul(softplus_share(e), e.s)), p);
  const vf y = v_select(v_lt(v, one), share, v_add(x, share));
  const vm is_far = v_lt(v, v_set1(-EXP_NORMAL));
  if (!any || !vm_any(is_far)) return y;
  const vf r = v_div(one, p);
  return v_select(is_far, times_exp(r, v_fused(v_neg(r), p, one), p, x), y);
}

// x tanh(log(1 + E)) = x S / (1 + S), S = E + E^2 / 2, E = e^x = s e^r; q is r.
static inline exp_factors mish_begin(const bool any, vf x) {
  const vf a = any ? v_max(v_set1(SIGMOID_LOWEST), v_min(v_set1(20), x)) : x;
  const vf shift = v_set1(ROUND + EXPONENT_BIAS + (any ? LIFT : 0)), t = v_fused(a, v_set1(LOG2_E), shift);
  const vf n = v_sub(t, shift), r = v_fused(n, v_set1(-LN2_REST), v_fused(n, v_set1(-LN2), a));
  const vf high = exp2_of_bits(v_bits(t)), s = low_factor(any, high);
  return (exp_factors){v_abs(a), r, v_zero(), s, high};
}

// S = s (1 + z): e^r = 1 + q, z = q + s (1 + q)^2 / 2.  Where s is a normal number half of it is a matter of its bits.
static inline vf mish_middle(const bool any, vf r, vf s) {
  const vf rr = v_mul(r, r), q = v_fused(rr, v_poly(r, rr, EXP_TERMS, EXP_P), r);
  const vf half = any ? v_mul(s, v_set1((real)0.5)) : v_from_bits(vi_sub(v_bits(s), vi_shl(vi_set1(1), MANTISSA_BITS)));
  return v_add(q, v_fused(q, v_fused(half, q, s), half));
}

// n + n_low = 1 + z, z now in q; d + d_low = 1 + S.
static inline vf mish_end(const bool any, vf x, exp_factors e) {
  const vf one = v_set1(1), n = v_add(one, e.q), n_low = v_add(v_sub(one, n), e.q);
  const vf d = v_fused(e.s, n, one), d_low = v_fused(e.s, n_low, v_fused(e.s, n, v_sub(one, d)));
  const vf r = v_div(one, d), y = v_mul(n, r);
  const vf rest = v_add(v_fused(v_neg(y), d, n), v_fused(v_neg(y), d_low, n_low)), b = v_mul(x, e.s);
  const vf near = v_from_bits(vi_or(v_bits(v_fused(b, y, v_mul(v_mul(b, r), rest))), v_sign(x)));
  if (!any) return near;
  const vf a = v_mul(v_max(v_set1(SIGMOID_LOWEST), x), e.high);
  const vf far = v_mul(v_fused(a, y, v_mul(v_mul(a, r), rest)), v_set1(LOWER));
  return v_select(v_lt(x, v_set1(-EXP_NORMAL)), far, v_select(v_lt(v_set1(20), x), x, near));
}

// (N + 4 x E (1 + E) / w) / w, N = E^2 + 2 E, w = N + 2, with what w loses in its reciprocal; q is E.
static inline vf mish_derivative_argument(const bool any, vf x) {
  const vf a = v_min(v_set1(20), x);
  return any ? v_max(v_set1(EXP_LOWEST), a) : a;
}

static inline exp_factors mish_derivative_begin(const bool any, vf x) {
  const vf a = mish_derivative_argument(any, x);
  return (exp_factors){.size = v_abs(x), .q = any ? v_exp(a) : exp_normal(a)};
}

static inline vf mish_derivative_end(const bool any, vf x, vf e) {
  const vf two = v_set1(2), a = mish_derivative_argument(any, x);
  const vf n = v_fused(e, e, v_add(e, e)), w = v_add(n, two), lost = v_sub(v_min(n, two), v_sub(w, v_max(n, two)));
  const vf r = v_quotient(v_set1(1), v_zero(), w, lost), k = v_mul(v_mul(v_set1(4), a), e);
  return v_mul(r, v_fused(k, v_fused(e, r, r), n));
}
