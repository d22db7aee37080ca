// Template: sigmoid and its kin.  Needs: exp.inc.h.
//
// Functions over buffers run in stages, so that chains of independent vectors overlap: _begin makes the
// exponential, _end the rest.  `any` takes every x; without it x must be in range (see stage_highest in stages.inc.h),
// where both have the same bits.

// e^a = s (1 + q + low), or that over s where a is positive.  Where s may be subnormal, high LOWER is s in two factors.
typedef struct {
  vf size, q, low, s, high;  // size: |a|, which the short way wants below EXP_NORMAL
} exp_factors;

// s from high.
static inline vf low_factor(const bool any, vf high) { return any ? v_mul(high, v_set1(LOWER)) : high; }

// As they are kept between stages.
static inline exp_factors factors_of(const bool any, vf q, vf low, vf high) {
  return (exp_factors){v_zero(), q, low, low_factor(any, high), high};
}

// In two steps: until the second, q + low is the reduced argument.
static inline exp_factors exp_begun(const bool any, vf size, exp_argument e) {
  const vf high = exp2_of_bits(e.bits);
  return (exp_factors){size, e.h, e.low, low_factor(any, high), high};
}

static inline exp_factors exp_completed(exp_factors e) {
  const vf h = e.q, rest = exp_rest((exp_argument){.h = h, .low = e.low});
  e.q = v_add(h, rest), e.low = v_add(v_sub(h, e.q), rest);
  return e;
}

static inline exp_factors exp_factor(const bool any, vf size, exp_argument e) {
  return exp_completed(exp_begun(any, size, e));
}

// Of a <= 0.
static inline exp_factors exp_begin(const bool any, vf a) {
  return exp_factor(any, v_neg(a), exp_reduce(a, EXPONENT_BIAS + (any ? LIFT : 0)));
}

// Of a + a_low, a >= 0: n is -a / ln 2 rounded, so that s <= 1.
static inline exp_factors inverse_exp_begin(const bool any, vf a, vf a_low) {
  const vf shift = v_set1(ROUND + EXPONENT_BIAS + (any ? LIFT : 0)), t = v_fused(a, v_set1(-LOG2_E), shift);
  const vf n = v_sub(t, shift);
  return exp_factor(any, a, (exp_argument){v_fused(n, v_set1(LN2), a), v_fused(n, v_set1(LN2_REST), a_low), v_bits(t)});
}

// w = 1 / (1 + e^a) = s / (s + 1 + q) = s / (d + low), and r = 1 / d rounded.
typedef struct {
  vf r, d, low;
} share_parts;

static inline share_parts share_split(exp_factors e) {
  const vf one = v_set1(1), base = v_add(one, e.s), lost = v_sub(e.s, v_sub(base, one)), d = v_add(base, e.q);
  return (share_parts){v_div(one, d), d, v_add(v_add(v_sub(base, d), e.q), lost)};
}

// b w / s: the quotient and what it lost.
static inline vf share_of(vf b, share_parts p) {
  const vf y = v_mul(b, p.r), rest = v_fused(v_neg(y), p.low, v_fused(v_neg(y), p.d, b));
  return v_fused(rest, p.r, y);
}

// c - b w, rounded once: y = b w / s.
static inline vf minus_share(const bool any, vf c, vf y, exp_factors e) {
  return any ? v_fused(v_neg(v_mul(y, e.high)), v_set1(LOWER), c) : v_fused(v_neg(y), e.s, c);
}

// |x|, but not above `highest`
static inline vf v_abs_to(const real highest, vf x) { return v_min(v_set1(highest), v_abs(x)); }
static inline vf gate_argument(const bool any, vf x) { return any ? v_abs_to(-SIGMOID_LOWEST, x) : v_abs(x); }

// w for x < 0 and 1 - w above, where w = 1 / (1 + e^|x|).
static inline exp_factors sigmoid_begin(const bool any, vf x) {
  return inverse_exp_begin(any, gate_argument(any, x), v_zero());
}

static inline vf sigmoid_end(const bool any, vf x, exp_factors e) {
  const vf y = share_of(v_set1(1), share_split(e));
  return v_abs(minus_share(any, v_select_sign(x, v_zero(), v_set1(1)), y, e));
}

// x sigmoid(v) = max(x, -0) - |x| w for v of the sign of x and a = |x|, not huge: -0 where x < 0 and |x| w underflows.
static inline vf times_sigmoid(const bool any, vf x, vf a, exp_factors e) {
  return minus_share(any, v_max(v_set1(-(real)0), x), share_of(a, share_split(e)), e);
}

static inline vf silu_end(const bool any, vf x, exp_factors e) {
  return times_sigmoid(any, x, gate_argument(any, x), e);
}

// |p x| = a + low for a = |v|, v = p x rounded; where a is less, low is 0.
static inline vf product_low(const bool any, vf p, vf x, vf a) {
  const vf v = v_mul(p, x), low = v_with_sign(v_fused(p, x, v_neg(v)), v_sign(v));
  return any ? v_select(v_eq(a, v_abs(v)), low, v_zero()) : low;
}

static inline vf v_finite(vf x) { return v_max(v_set1(-REAL_MAX), v_min(v_set1(REAL_MAX), x)); }

// b (1 + b_low) e^(p x) for p x < -EXP_NORMAL, where e^(p x) may be too small for a number and the product not.  From 1
// on b is made less by FAR_SHRINK, below it the power of two is, so that all but the last product are normal numbers.
static inline vf times_exp(vf b, vf b_low, vf p, vf x) {
  const vf v = v_mul(p, x), a = v_max(v_set1(FAR_LOWEST), v), low = v_add(v_fused(p, x, v_neg(v)), b_low);
  const exp_argument e = exp_reduce_pair(a, v_select(v_eq(a, v), low, v_zero()), EXPONENT_BIAS + FAR_LIFT);
  const vf high = exp2_of_bits(e.bits), shrink = v_set1(FAR_SHRINK), c = v_finite(b);
  const vm is_small = v_lt(v_abs(c), v_set1(1));
  const vf factor = v_select(is_small, c, v_mul(c, shrink)), s = v_select(is_small, v_mul(high, shrink), high);
  return v_mul(v_mul(v_fused(factor, v_add(e.h, exp_rest(e)), factor), s), v_set1(FAR_LOWER));
}

// x sigmoid(v), v = p x.
static inline exp_factors swish_begin(const bool any, vf p, vf x) {
  const vf a = gate_argument(any, v_mul(p, x));
  return inverse_exp_begin(any, a, product_low(any, p, x, a));
}

// x w for v < 0 and x - x w above; half of x, since x / d may overflow.  Far above 0 the share is lost in x, whatever
// subnormal numbers make of it.
static inline vf swish_end(const bool any, vf p, vf x, exp_factors e) {
  const vf v = v_mul(p, x), b = v_with_sign(x, v_sign(v)), half = v_mul(any ? v_finite(b) : b, v_set1((real)0.5));
  const vf y = share_of(half, share_split(e));
  e.s = v_add(e.s, e.s);
  const vf gated = minus_share(false, v_select_sign(v, v_from_bits(v_sign(x)), x), y, e);
  const vm is_far = v_lt(v, v_set1(-EXP_NORMAL));
  if (!any || !vm_any(is_far)) return gated;
  return v_select(is_far, times_exp(x, v_zero(), p, x), gated);
}

// x sigmoid(v), v = x (K1 + K2 x^2), K1 = sqrt(8 / pi), K2 = 0.044715 K1: both factors of |v| are sums of two, and
// |v| + n ln 2 = h + low.  K1 is short of the last bits of s, so that K1 - s is exact.
static inline vf gelu_tanh_argument(const bool any, vf x) { return any ? v_abs_to(-GELU_TANH_LOWEST, x) : v_abs(x); }

static inline exp_argument gelu_tanh_reduce(const bool any, vf a) {
  const vf k1 = v_set1(GELU_K1), k2 = v_set1(GELU_K2), aa = v_mul(a, a), aa_low = v_fused(a, a, v_neg(aa));
  const vf s = v_fused(aa, k2, k1), lost = v_fused(aa, k2, v_sub(k1, s));
  const vf s_low = v_add(lost, v_fused(aa_low, k2, v_fused(aa, v_set1(GELU_K2_LOW), v_set1(GELU_K1_LOW))));
  const vf v = v_mul(a, s), v_low = v_fused(a, s_low, v_fused(a, s, v_neg(v)));
  const vf shift = v_set1(ROUND + EXPONENT_BIAS + (any ? LIFT : 0)), t = v_fused(v, v_set1(-LOG2_E), shift);
  const vf n = v_sub(t, shift);
  return (exp_argument){v_fused(n, v_set1(LN2), v), v_fused(n, v_set1(LN2_REST), v_low), v_bits(t)};
}

// q is h + low: the end goes on from there, without what rounding that and then q loses.
static inline exp_factors gelu_tanh_begin(const bool any, vf x) {
  const vf a = gelu_tanh_argument(any, x);
  const exp_argument e = gelu_tanh_reduce(any, a);
  const vf high = exp2_of_bits(e.bits);
  return (exp_factors){a, v_add(e.h, e.low), v_zero(), low_factor(any, high), high};
}

static inline vf gelu_tanh_end(const bool any, vf x, exp_factors e) {
  const vf rr = v_mul(e.q, e.q);
  e.q = v_fused(rr, v_poly(e.q, rr, EXP_TERMS, EXP_P), e.q);
  return times_sigmoid(any, x, gelu_tanh_argument(any, x), e);
}

// sigmoid(v) and sigmoid(-v): the lesser is not a difference from 1.
typedef struct {
  vf s, rest;
} gate_parts;

static inline gate_parts gate_of(const bool any, vf v, exp_factors e) {
  const vf one = v_set1(1), y = share_of(one, share_split(e)), r = minus_share(any, one, y, e);
  const vf w = any ? v_mul(v_mul(y, e.high), v_set1(LOWER)) : v_mul(y, e.s);
  return (gate_parts){v_select_sign(v, w, r), v_select_sign(v, r, w)};
}

// s (1 + z (1 - s)), s = sigmoid(z), for e^-|z|; beyond that limit of z it is 0 or 1.
static inline vf gated_derivative(const bool any, vf z, exp_factors e) {
  const vf limit = v_set1(2 * EXP_HIGHEST), a = any ? v_max(v_neg(limit), v_min(limit, z)) : z;
  const gate_parts g = gate_of(any, z, e);
  return v_mul(g.s, v_fused(a, g.rest, v_set1(1)));
}

// s (1 + x (1 - s) v'), s = sigmoid(v), v' = K1 + 3 K2 x^2; exp_completed comes in between.
static inline exp_factors gelu_tanh_derivative_begin(const bool any, vf x) {
  const vf a = gelu_tanh_argument(any, x);
  return exp_begun(any, a, gelu_tanh_reduce(any, a));
}

static inline vf gelu_tanh_derivative_end(const bool any, vf x, exp_factors e) {
  const gate_parts g = gate_of(any, x, e);
  const vf a = any ? v_max(v_set1(GELU_TANH_LOWEST), v_min(v_set1(-GELU_TANH_LOWEST), x)) : x;
  const vf slope = v_fused(v_mul(a, a), v_set1(3 * GELU_K2), v_set1(GELU_K1 + GELU_K1_LOW));
  return v_mul(g.s, v_fused(v_mul(a, slope), g.rest, v_set1(1)));
}
