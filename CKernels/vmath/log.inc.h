// Template: logarithms.  Needs: base.inc.h.
//
// x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2), and log1p(f) = f + w, w = f^3 R(f) - f^2 / 2.

typedef struct {
  vf k, f;
  vi exponent;  // of 2^k
} log_parts;

// For REAL_MIN <= x < infinity.  bias: 2^MANTISSA_BITS + EXPONENT_BIAS, and what else is to be taken from k.
static inline log_parts log_split(vf x, vf bias) {
  const vi i = vi_add(v_bits(x), vi_set1(ONE_BITS - SQRT_HALF_BITS)), e = vi_shr(i, MANTISSA_BITS);
  const vf m = v_from_bits(vi_add(vi_and(i, vi_set1(MANTISSA_MASK)), vi_set1(SQRT_HALF_BITS)));
  return (log_parts){v_sub(v_from_bits(vi_or(e, vi_set1(TWO_TO_MANTISSA_BITS))), bias), v_sub(m, v_set1(1)), e};
}

// For 0 < x < infinity: subnormals are scaled by 2^MANTISSA_BITS.
static inline log_parts log_split_any(vf x) {
  const vm small = v_lt(x, v_set1(REAL_MIN));
  return log_split(
      v_select(small, v_mul(x, v_set1(LOG_SCALE)), x),
      v_select(small, v_set1(LOG_SCALE + EXPONENT_BIAS + MANTISSA_BITS), v_set1(LOG_SCALE + EXPONENT_BIAS)));
}

static inline vf log1p_tail(vf f) {
  const vf ff = v_mul(f, f);
  return v_fused(v_mul(ff, f), v_poly(f, ff, LOG_TERMS, LOG_R), v_mul(ff, v_set1((real)-0.5)));
}

// y where 0 < x < infinity; log's other values elsewhere.
static inline vf log_special(vf x, vf y) {
  const vf inf = v_set1(INFINITY), other = v_select(v_eq(x, v_zero()), v_neg(inf), v_set1(NAN));
  return v_select(v_eq(x, inf), x, v_select(v_lt(v_zero(), x), y, other));
}

// k ln 2 + f + w
static inline vf log_sum(vf k, vf f, vf w) {
  const vf y = v_fused(k, v_set1(LN2_HI), f), low = v_add(v_fused(k, v_set1(LN2_HI), v_neg(y)), f);
  return v_add(y, v_add(low, v_fused(k, v_set1(LN2_LO), w)));
}

static inline vf v_log(vf x) {
  const log_parts p = log_split_any(x);
  return log_special(x, log_sum(p.k, p.f, log1p_tail(p.f)));
}

// k + (f + w) log2(e), log2(e) = LOG2_E + LOG2_E_LO; f LOG2_E is taken exactly, and f^2 / 2 nearly so.
static inline vf v_log2(vf x) {
  const log_parts p = log_split_any(x);
  const vf c = v_set1(LOG2_E), a = v_mul(p.f, c), w = log1p_tail(p.f),
           square_low = v_fused(p.f, p.f, v_neg(v_mul(p.f, p.f)));
  const vf f_low = v_fused(p.f, v_set1(LOG2_E_LO), v_fused(p.f, c, v_neg(a)));
  const vf a_low = v_fused(w, c, v_fused(square_low, v_set1((real)-0.5 * LOG2_E), f_low));
  const vf y = v_add(p.k, a), low = v_add(v_sub(p.k, y), a);
  return log_special(x, v_add(y, v_add(low, a_low)));
}

// log(u + c), u = 1 + x rounded and c what that lost: f gains l = c 2^-k, log1p(f) gains l (1 - f + f^2).  2^-k is not
// needed where c is nothing to u.
static inline vf v_log1p(vf x) {
  const vf one = v_set1(1), u = v_add(one, x), c = v_sub(v_min(x, one), v_sub(u, v_max(x, one)));
  const log_parts p = log_split(u, v_set1(LOG_SCALE + EXPONENT_BIAS));
  const vf scale =
      v_select(v_lt(x, v_set1((real)0x1p60)), exp2_of_bits(vi_sub(vi_set1(2 * EXPONENT_BIAS), p.exponent)), v_zero());
  const vf lost = v_mul(c, scale), w = v_add(log1p_tail(p.f), v_fused(lost, v_fused(p.f, p.f, v_neg(p.f)), lost));
  const vf y = log_special(u, log_sum(p.k, p.f, w));
  return v_from_bits(vi_or(v_bits(y), v_sign(x)));
}
