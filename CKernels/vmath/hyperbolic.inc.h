// Template: tanh, sigmoid and their kin.  Needs: exp.inc.h.

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

// 1 / (1 + e^-x), with e^-x = 2^n (1 + q).  The larger of 1 and 2^n leaves numerator and denominator:
// (x < 0 ? s : 1) / ((1 + s) + (x < 0 ? 1 : s) q), s = 2^-|n|, which is (r + r rest) high low.
typedef struct {
  vf r, rest, high, low;
} sigmoid_parts;

// From the parts of e^-x.
static inline sigmoid_parts sigmoid_from(vf x, exp_parts e) {
  const vf one = v_set1(1);
  const vm below = v_lt(x, v_zero());
  // The exponent of s is first kept LIFT too high, so that it is normal.
  const vf high = exp2_of_bits(v_bits(v_sub(v_set1(ROUND + EXPONENT_BIAS + LIFT), v_abs(e.n))));
  const vf low = v_set1(LOWER), s = v_mul(high, low);
  const vf q = v_add(e.h, e.l), b = v_select(below, one, s), v = v_add(one, s), v_low = v_sub(s, v_sub(v, one));
  const vf d = v_fused(b, q, v), d_low = v_add(v_fused(b, q, v_sub(v, d)), v_low);
  const vf r = v_div(one, d), rest = v_fused(-r, d_low, v_fused(-r, d, one));
  return (sigmoid_parts){r, rest, v_select(below, high, one), v_select(below, low, one)};
}

static inline sigmoid_parts sigmoid_split(vf x) {
  const vf a = v_max(v_set1(SIGMOID_LOWEST), v_min(v_set1(SIGMOID_HIGHEST), x));
  return sigmoid_from(x, exp_split(-a, 0, EXP_TERMS, EXP_P));
}

// Of x + x_low, SIGMOID_LOWEST <= x <= SIGMOID_HIGHEST.
static inline sigmoid_parts sigmoid_split_pair(vf x, vf x_low) {
  return sigmoid_from(x, exp_split_pair(-x, -x_low, 0, EXP_TERMS, EXP_P));
}

// (r + r rest) high low: high keeps all normal until the last step.
static inline vf sigmoid_join(sigmoid_parts p) {
  const vf y = v_mul(p.r, p.high);
  return v_mul(v_fused(y, p.rest, y), p.low);
}

static inline vf v_sigmoid(vf x) { return sigmoid_join(sigmoid_split(x)); }

// a times the sigmoid; |a| is not huge where it is tiny.
static inline vf times_sigmoid(vf a, sigmoid_parts p) {
  const vf b = v_mul(a, p.high);
  return v_mul(v_fused(b, p.r, v_mul(b, v_mul(p.r, p.rest))), p.low);
}

// x sigmoid(x); -0 below SIGMOID_LOWEST, x above SIGMOID_HIGHEST: infinity times the rest of the sigmoid would be NaN.
static inline vf v_silu(vf x) {
  const vf y = times_sigmoid(v_max(v_set1(SIGMOID_LOWEST), x), sigmoid_split(x));
  return v_select(v_lt(v_set1(SIGMOID_HIGHEST), x), x, y);
}

// x sigmoid(p x)
static inline vf v_swish(vf p, vf x) {
  const vf v = v_mul(p, x), lowest = v_set1(SIGMOID_LOWEST), a = v_max(lowest, v_min(v_set1(SIGMOID_HIGHEST), v));
  const vf a_low = v_select(v_eq(a, v), v_fused(p, x, -v), v_zero());
  const vf y = times_sigmoid(x, sigmoid_split_pair(a, a_low));
  return v_select(v_lt(v, lowest), v_from_bits(v_sign(x)), v_select(v_lt(v_set1(SIGMOID_HIGHEST), v), x, y));
}

// x sigmoid(v), v = x (K1 + K2 x^2), K1 = sqrt(8 / pi), K2 = 0.044715 K1: each factor of v is a sum of two.
static inline sigmoid_parts gelu_tanh_split(vf x) {
  const vf a = v_max(v_set1(GELU_TANH_LOWEST), v_min(v_set1(GELU_TANH_HIGHEST), x)), aa = v_mul(a, a),
           aa_low = v_fused(a, a, -aa);
  const vf k1 = v_set1(GELU_K1), k2 = v_set1(GELU_K2), p = v_mul(aa, k2), p_low = v_fused(aa, k2, -p);
  const vf s = v_add(p, k1), b = v_sub(s, p), lost = v_add(v_sub(p, v_sub(s, b)), v_sub(k1, b));
  const vf more = v_fused(aa_low, k2, v_fused(aa, v_set1(GELU_K2_LOW), v_set1(GELU_K1_LOW)));
  const vf s_low = v_add(v_add(lost, p_low), more), v = v_mul(a, s);
  return sigmoid_split_pair(v, v_fused(a, s_low, v_fused(a, s, -v)));
}

// x from GELU_TANH_HIGHEST on: infinity too, which times the rest of the sigmoid would be NaN.
static inline vf v_gelu_tanh(vf x) {
  const vf y = times_sigmoid(v_max(v_set1(GELU_TANH_LOWEST), x), gelu_tanh_split(x));
  return v_select(v_lt(v_set1(GELU_TANH_HIGHEST), x), x, y);
}

// s (1 + x (1 - s) v'), s = sigmoid(v), v' = K1 + 3 K2 x^2.
static inline vf v_gelu_tanh_derivative(vf x) {
  const sigmoid_parts p = gelu_tanh_split(x);
  const vf one = v_set1(1), s = sigmoid_join(p);
  const vf a = v_max(v_set1(GELU_TANH_LOWEST), v_min(v_set1(-GELU_TANH_LOWEST), x));
  const vf slope = v_fused(v_mul(a, a), v_set1(3 * GELU_K2), v_set1(GELU_K1));
  return v_mul(s, v_fused(v_mul(a, slope), v_sub(one, s), one));
}
