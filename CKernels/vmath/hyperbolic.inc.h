// Template: tanh, sigmoid and their kin.  Needs: exp.inc.h.
//
// Functions over buffers run in two stages, so that chains of independent vectors overlap: _begin makes the
// exponential, _end the rest.  `any` takes every x; without it x must be in range (see in_range in stages.inc.h), where
// both have the same bits.

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

// e^x = s (m + low), m = 1 + q rounded and low what that lost.  Where s is subnormal, high LOWER is s in two factors.
typedef struct {
  vf m, low, s, high;
} exp_factors;

// any: 2^n may be subnormal; e was reduced with the bias EXPONENT_BIAS, + LIFT for any.
static inline exp_factors exp_factor(const bool any, exp_argument e) {
  const vf rest = exp_rest(e), one = v_set1(1), m = v_add(one, v_add(e.h, rest));
  const vf low = v_add(v_sub(e.h, v_sub(m, one)), rest);
  const vf high = exp2_of_bits(e.bits);
  return (exp_factors){m, low, any ? v_mul(high, v_set1(LOWER)) : high, high};
}

static inline exp_factors exp_begin(const bool any, vf x) {
  return exp_factor(any, exp_reduce(x, EXPONENT_BIAS + (any ? LIFT : 0)));
}

// Of x + x_low.
static inline exp_factors exp_begin_pair(const bool any, vf x, vf x_low) {
  return exp_factor(any, exp_reduce_pair(x, x_low, EXPONENT_BIAS + (any ? LIFT : 0)));
}

// S / (1 + S) = s (y + c) for S = s (m + low); g is that sum.
typedef struct {
  vf g, y, c;
} odds_parts;

static inline odds_parts odds_share(exp_factors e) {
  const vf one = v_set1(1), d = v_fused(e.s, e.m, one), d_low = v_fused(e.s, e.low, v_fused(e.s, e.m, v_sub(one, d)));
  const vf r = v_div(one, d), y = v_mul(e.m, r);
  const vf rest = v_add(v_fused(v_neg(y), d, e.m), v_fused(v_neg(y), d_low, e.low));
  return (odds_parts){v_fused(rest, r, y), y, v_mul(rest, r)};
}

// a s (y + c), rounded once: where that may be subnormal.
static inline vf odds_product(vf a, odds_parts o, exp_factors e) {
  const vf b = v_mul(a, e.high);
  return v_mul(v_fused(b, o.y, v_mul(b, o.c)), v_set1(LOWER));
}

// y s, rounded once
static inline vf exp_scale(const bool any, vf y, exp_factors e) {
  return any ? v_mul(v_mul(y, e.high), v_set1(LOWER)) : v_mul(y, e.s);
}

// -|x|, but not below `lowest`
static inline vf v_minus_abs_from(const real lowest, vf x) { return v_max(v_set1(lowest), v_minus_abs(x)); }

// w for x < 0 and 1 - w above, where w = E / (1 + E), E = e^-|x|.
static inline exp_factors sigmoid_begin(const bool any, vf x) {
  return exp_begin(any, v_minus_abs_from(any ? SIGMOID_LOWEST : -EXP_NORMAL, x));
}

static inline vf sigmoid_end(const bool any, vf x, exp_factors e) {
  const vf base = v_select(v_lt(x, v_zero()), v_zero(), v_set1(1));
  return v_abs(v_sub(base, exp_scale(any, odds_share(e).g, e)));
}

static inline vf v_sigmoid(vf x) { return sigmoid_end(true, x, sigmoid_begin(true, x)); }

// a w, w = E / (1 + E), rounded once; with `addend` w is rounded before.
static inline vf times_share(vf a, odds_parts o, vf s) { return v_fused(a, v_mul(o.y, s), v_mul(a, v_mul(o.c, s))); }
static inline vf times_share_add(vf a, odds_parts o, vf s, vf addend) { return v_fused(a, v_mul(o.g, s), addend); }

// x sigmoid(v) for E = e^-|v|, v of the sign of x, and a = -|x|, not huge: a w for x < 0 and x + a w above.
static inline vf times_sigmoid(const bool any, vf x, vf a, vm outside, exp_factors e) {
  const odds_parts o = odds_share(e);
  const vf y = v_select_sign(x, times_share(a, o, e.s), times_share_add(a, o, e.s, x));
  return any ? v_select(outside, odds_product(a, o, e), y) : y;
}

// x sigmoid(x); -0 below SIGMOID_LOWEST
static inline vf silu_end(const bool any, vf x, exp_factors e) {
  const vf lowest = v_set1(-EXP_NORMAL);
  return times_sigmoid(any, x, v_minus_abs_from(any ? SIGMOID_LOWEST : -EXP_NORMAL, x), v_lt(x, lowest), e);
}

// x sigmoid(v), v = p x = a + low up to the sign.
static inline exp_factors swish_begin(const bool any, vf p, vf x) {
  const vf v = v_mul(p, x), low = v_from_bits(vi_xor(v_bits(v_fused(p, x, v_neg(v))), v_sign(v)));
  const vf a = v_minus_abs_from(any ? SIGMOID_LOWEST : -EXP_NORMAL, v);
  return exp_begin_pair(any, a, v_select(v_eq(a, v_minus_abs(v)), v_neg(low), v_zero()));
}

static inline vf swish_end(const bool any, vf p, vf x, exp_factors e) {
  const vf v = v_mul(p, x), largest = v_set1(REAL_MAX);
  const vf a = v_max(v_neg(largest), v_min(largest, v_with_sign(x, vi_xor(v_sign(v), vi_set1(SIGN_BIT)))));
  const odds_parts o = odds_share(e);
  const vf y = v_select_sign(v, times_share(a, o, e.s), times_share_add(a, o, e.s, x));
  if (!any) return y;
  const vf small = v_select(v_lt(v, v_set1(SIGMOID_LOWEST)), v_from_bits(v_sign(x)), odds_product(a, o, e));
  return v_select(v_lt(v, v_set1(-EXP_NORMAL)), small, y);
}

// x sigmoid(v), v = x (K1 + K2 x^2), K1 = sqrt(8 / pi), K2 = 0.044715 K1: each factor of v is a sum of two.
static inline vf gelu_tanh_argument(const bool any, vf x) {
  return v_minus_abs_from(any ? GELU_TANH_LOWEST : GELU_TANH_NORMAL, x);
}

static inline exp_factors gelu_tanh_begin(const bool any, vf x) {
  const vf a = gelu_tanh_argument(any, x), aa = v_mul(a, a), aa_low = v_fused(a, a, v_neg(aa));
  const vf k1 = v_set1(GELU_K1), k2 = v_set1(GELU_K2), p = v_mul(aa, k2), p_low = v_fused(aa, k2, v_neg(p));
  const vf s = v_add(p, k1), b = v_sub(s, p), lost = v_add(v_sub(p, v_sub(s, b)), v_sub(k1, b));
  const vf more = v_fused(aa_low, k2, v_fused(aa, v_set1(GELU_K2_LOW), v_set1(GELU_K1_LOW)));
  const vf s_low = v_add(v_add(lost, p_low), more);
  const vf v = v_mul(a, s);
  return exp_begin_pair(any, v, v_fused(a, s_low, v_fused(a, s, v_neg(v))));
}

static inline vf gelu_tanh_end(const bool any, vf x, exp_factors e) {
  return times_sigmoid(any, x, gelu_tanh_argument(any, x), v_lt(x, v_set1(GELU_TANH_NORMAL)), e);
}

// sigmoid(v) and sigmoid(-v) for E = e^-|v|: the lesser is not a difference from 1.
typedef struct {
  vf s, rest;
} gate_parts;

static inline gate_parts gate_of(vf v, exp_factors e) {
  const vf one = v_set1(1), t = exp_scale(true, e.m, e), lesser = v_div(t, v_add(one, t)), greater = v_sub(one, lesser);
  return (gate_parts){v_select_sign(v, lesser, greater), v_select_sign(v, greater, lesser)};
}

// s (1 + x (1 - s) v'), s = sigmoid(v), v' = K1 + 3 K2 x^2.
static inline vf v_gelu_tanh_derivative(vf x) {
  const gate_parts g = gate_of(x, gelu_tanh_begin(true, x));
  const vf a = v_max(v_set1(GELU_TANH_LOWEST), v_min(v_set1(-GELU_TANH_LOWEST), x));
  const vf slope = v_fused(v_mul(a, a), v_set1(3 * GELU_K2), v_set1(GELU_K1));
  return v_mul(g.s, v_fused(v_mul(a, slope), g.rest, v_set1(1)));
}
