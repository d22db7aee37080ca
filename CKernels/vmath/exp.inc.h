// Template: exponentials.  Needs: base.inc.h.
//
// x = n ln 2 + r, |r| <= ln 2 / 2, and exp(x) = 2^n exp(r).  n is x / ln 2 + SHIFT rounded to an integer, so it is in
// the low bits of that sum; shifted left by MANTISSA_BITS they are the exponent of 2^n when SHIFT carries the bias.

// exp(x) = 2^n (1 + h + l), h exact, |l| <= h^2.  bits: n + bias in the low bits.
typedef struct {
  vf n, h, l;
  vi bits;
} exp_parts;

// Of x + x_low, |x_low| < 2^-10.
static inline exp_parts exp_split_pair(vf x, vf x_low, const real bias, const int terms, const real *p) {
  const vf shift = v_set1(ROUND + bias), t = v_fused(x, v_set1(LOG2_E), shift), n = v_sub(t, shift);
  const vf h = v_fused(n, v_set1(-LN2_HI), x), low = v_fused(n, v_set1(-LN2_LO), x_low);
  const vf r = v_add(h, low), rr = v_mul(r, r);
  return (exp_parts){n, h, v_fused(rr, v_poly(r, rr, terms, p), low), v_bits(t)};
}

// Where n times the rest of ln 2 is small, e^r = e^h + (1 + h + h^2 / 2) low with h = x - n LN2, which is exact when
// fused: both are multiples of ulp(x) or ulp(LN2), and |h| < 1/2.  A shorter chain than the above.  Without
// `half_square` the term h^2 / 2 low goes, up to 0.14 ULP where e^x is least.
static inline exp_parts exp_split_as(const bool half_square, vf x, const real bias, const int terms, const real *p) {
  if (!LN2_REST_IS_SMALL) return exp_split_pair(x, v_zero(), bias, terms, p);
  const vf shift = v_set1(ROUND + bias), t = v_fused(x, v_set1(LOG2_E), shift), n = v_sub(t, shift);
  const vf h = v_fused(n, v_set1(-LN2), x), low = v_mul(n, v_set1(-LN2_REST)), hh = v_mul(h, h);
  const vf p0 = half_square ? v_fused(n, v_set1((real)-0.5 * LN2_REST), v_set1(p[0])) : v_set1(p[0]);
  const vf first = v_fused(hh, v_fused(v_set1(p[1]), h, p0), v_fused(low, h, low));
  return (exp_parts){n, h, v_fused(v_mul(hh, hh), v_poly(h, hh, terms - 2, p + 2), first), v_bits(t)};
}

static inline exp_parts exp_split(vf x, const real bias, const int terms, const real *p) {
  return exp_split_as(true, x, bias, terms, p);
}

// 2^m for m + EXPONENT_BIAS in the low bits, where that is a normal number.
static inline vf exp2_of_bits(vi bits) { return v_from_bits(vi_shl(bits, MANTISSA_BITS)); }

// (1 + q) 2^m for m + 2 EXPONENT_BIAS in the low bits: two factors, so that results of any size round once.
static inline vf exp_join(vf q, vi bits) {
  const vi half = vi_shr(bits, 1);
  const vf s = exp2_of_bits(half);
  return v_mul(v_fused(s, q, s), exp2_of_bits(vi_sub(bits, half)));
}

// x + x_low = n ln 2 + h + low: h = x - n LN2 is exact when fused, since both are multiples of ulp(x) or ulp(LN2) and
// |h| < 1/2.
typedef struct {
  vf h, low;
  vi bits;  // n + bias in the low bits
} exp_argument;

static inline exp_argument exp_reduce(vf x, const real bias) {
  const vf shift = v_set1(ROUND + bias), t = v_fused(x, v_set1(LOG2_E), shift), n = v_sub(t, shift);
  return (exp_argument){v_fused(n, v_set1(-LN2), x), v_mul(n, v_set1(-LN2_REST)), v_bits(t)};
}

static inline exp_argument exp_reduce_pair(vf x, vf x_low, const real bias) {
  const vf shift = v_set1(ROUND + bias), t = v_fused(x, v_set1(LOG2_E), shift), n = v_sub(t, shift);
  return (exp_argument){v_fused(n, v_set1(-LN2), x), v_fused(n, v_set1(-LN2_REST), x_low), v_bits(t)};
}

// e^r - 1 - h for r = h + low: low + r^2 P(r), so that rounding r hardly counts.
static inline vf exp_rest(exp_argument e) {
  const vf r = v_add(e.h, e.low), rr = v_mul(r, r);
  return v_fused(rr, v_poly(r, rr, EXP_TERMS, EXP_P), e.low);
}

// e^x for |x| <= EXP_NORMAL, where 2^n is a normal number.
static inline vf exp_normal(vf x) {
  const exp_argument e = exp_reduce(x, EXPONENT_BIAS);
  const vf s = exp2_of_bits(e.bits);
  return v_fused(s, v_add(e.h, exp_rest(e)), s);
}

// e^x; where 2^n may not be normal, two factors give results in range the same bits.
static inline vf v_exp(vf x) {
  if (!vm_any(v_lt(v_set1(EXP_NORMAL), v_abs(x)))) return exp_normal(x);
  const vf a = v_max(v_set1(EXP_LOWEST), v_min(v_set1(EXP_HIGHEST), x));
  const exp_argument e = exp_reduce(a, 2 * EXPONENT_BIAS);
  return exp_join(v_add(e.h, exp_rest(e)), e.bits);
}

// 2^x = 2^n (1 + r (ln 2 + r P(r))), r = x - n exactly.
static inline vf v_exp2(vf x) {
  x = v_max(v_set1(EXP2_LOWEST), v_min(v_set1(EXP2_HIGHEST), x));
  const vf shift = v_set1(ROUND + 2 * EXPONENT_BIAS), t = v_add(x, shift), r = v_sub(x, v_sub(t, shift));
  const vf rr = v_mul(r, r), low = v_fused(rr, v_poly(r, rr, EXP2_TERMS, EXP2_P), v_mul(r, v_set1(LN2_REST)));
  return exp_join(v_fused(r, v_set1(LN2), low), v_bits(t));
}

// e^x - 1 = 2 (s - 1/2 + s h + s l), s = 2^(n - 1): the first three terms as a sum of two.
static inline vf v_expm1(vf x) {
  const exp_parts e =
      exp_split(v_max(v_set1(EXPM1_LOWEST), v_min(v_set1(EXP_HIGHEST), x)), EXPONENT_BIAS - 1, EXPM1_TERMS, EXPM1_P);
  const vf s = exp2_of_bits(e.bits), half = v_set1((real)0.5), a = v_sub(s, half), a_low = v_sub(v_sub(s, a), half);
  const vf y = v_fused(s, e.h, a), low = v_add(v_fused(s, e.h, v_sub(a, y)), a_low);
  const vf halved = v_add(y, v_fused(s, e.l, low));
  return v_select(v_lt(v_abs(x), v_set1(TINY)), x, v_add(halved, halved));
}

// p (e^x - 1) for x <= 0, the same p in all lanes; 1 - s is exact as long as s counts.  x > 0 is nobody's.
static inline vf v_expm1_below(vf p, vf x) {
  const exp_argument e = exp_reduce(v_max(v_set1(EXPM1_LOWEST), x), EXPONENT_BIAS);
  const vf r = v_add(e.h, e.low), rr = v_mul(r, r), s = exp2_of_bits(e.bits), a = v_sub(s, v_set1(1));
  const vf q = v_add(e.h, v_fused(rr, v_poly(r, rr, EXPM1_TERMS, EXPM1_P), e.low)), y = v_fused(s, q, a);
  if (vm_any(v_eq(p, v_set1(1)))) return y;
  return v_fused(p, y, v_mul(p, v_fused(s, q, v_sub(a, y))));
}
