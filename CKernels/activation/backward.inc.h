// Template: derivatives of activations.  Needs: forward.inc.h.

// e^(x / p) with what rounding the quotient loses.
static inline vf derive_celu(vf p, vf x) {
  const vf v = v_div(x, p), a = v_max(v_set1(EXP_LOWEST), v_min(v_set1(EXP_HIGHEST), v));
  const vf low = v_select(v_eq(a, v), v_div(v_fused(v_neg(v), p, x), p), v_zero());
  const exp_factors e = exp_factor(true, a, exp_reduce_pair(a, low, EXPONENT_BIAS + LIFT));
  return v_mul(v_fused(e.high, e.q, e.high), v_set1(LOWER));
}

// Functions made of straight pieces compare x so that NaN goes the way of a number above all kinks.

// dy where x is above the limit, 0 elsewhere.
static inline vf derive_step(vf x, vf limit, vf dy) { return v_select(v_le(x, limit), v_zero(), dy); }

// dy where p < x <= q, 0 elsewhere and for NaN.
static inline vf derive_clamp(vf p, vf q, vf x, vf dy) { return v_select(v_le(x, q), derive_step(x, p, dy), v_zero()); }

// 1 / (1 + |x|)^2; what 1 + |x| loses comes back in the quotient.
static inline vf derive_softsign(vf x) {
  const vf one = v_set1(1), a = v_min(v_set1(REAL_MAX), v_abs(x)), d = v_add(one, a);
  const vf r = v_quotient(one, v_zero(), d, v_sub(v_min(a, one), v_sub(d, v_max(a, one))));
  return v_mul(r, r);
}

// slope x + a + a_low rises through 0 at the first kink of hardSigmoid, slope x + b + b_low at the last.
typedef struct {
  vf slope, a, a_low, b, b_low;
} hard_kinks;

// p x + q and p x + q - 1; minus the other one where p < 0.  A slope of 1/6 with the offset 1/2 means one sixth, as in
// activate_hard_sigmoid.  The same in all lanes of all vectors.
static inline hard_kinks hard_kinks_of(vf p, vf q) {
  const vf zero = v_zero(), one = v_set1(1), three = v_set1(3);
  const vf c = v_sub(q, one), b = v_sub(c, q), c_low = v_sub(v_sub(q, v_sub(c, b)), v_add(one, b));
  const vm falls = v_lt(p, zero), sixth = vm_and(v_eq(p, v_set1((real)1 / 6)), v_eq(q, v_set1((real)0.5)));
  return (hard_kinks){.slope = v_select(sixth, one, v_select(falls, v_neg(p), p)),
                      .a = v_select(sixth, three, v_select(falls, v_neg(c), q)),
                      .a_low = v_select(falls, v_neg(c_low), zero),
                      .b = v_select(sixth, v_neg(three), v_select(falls, v_neg(q), c)),
                      .b_low = v_select(vm_or(falls, sixth), zero, c_low)};
}

// The signs of the sums are exact, unless p x underflows: p x + a rounds only where it is larger than a_low.
static inline vf derive_hard_sigmoid(vf p, vf q, vf x, vf dy) {
  const hard_kinks k = hard_kinks_of(p, q);
  const vf left = v_add(v_fused(k.slope, x, k.a), k.a_low), right = v_add(v_fused(k.slope, x, k.b), k.b_low);
  return v_select(v_le(right, v_zero()), v_select(v_le(left, v_zero()), v_zero(), v_mul(p, dy)), v_zero());
}

// 0, x / 3 + 1 / 2, 1
static inline vf derive_hard_swish(vf x) {
  const vf three = v_set1(3), middle = v_fused(x, v_set1((real)1 / 3), v_set1((real)0.5));
  return v_select(v_lt(three, x), v_set1(1), v_select(v_le(x, v_neg(three)), v_zero(), middle));
}

// dy f'(x), from v = x, or v = f(x) where ck_function_backward_operand says so.
static inline vf derive(const ck_function f, vf p, vf q, vf v, vf dy) {
  if (derives_in_stages(f)) return v_mul(dy, staged(f, true, p, v));
  const vf one = v_set1(1), zero = v_zero();
  switch (f) {
  case CK_RELU: return derive_step(v, zero, dy);
  case CK_LEAKY_RELU: return v_select(v_le(v, zero), v_mul(p, dy), dy);
  case CK_CLAMP: return derive_clamp(p, q, v, dy);
  case CK_HOMOGENEOUS: return v_mul(dy, v_select(v_le(v, zero), q, p));
  case CK_THRESHOLD: return derive_step(v, p, dy);
  case CK_ELU: return v_select(v_lt(zero, v), dy, v_mul(dy, v_mul(p, v_exp(v))));
  case CK_SELU: return v_mul(dy, v_select(v_lt(zero, v), v_set1(SELU_L), v_mul(v_set1(SELU_LA), v_exp(v))));
  case CK_CELU: return v_select(v_lt(zero, v), dy, v_mul(dy, derive_celu(p, v)));
  case CK_GELU: return v_mul(dy, v_gelu_derivative(v));
  case CK_SOFTSIGN: return v_mul(dy, derive_softsign(v));
  case CK_SIGMOID: return v_mul(dy, v_mul(v, v_sub(one, v)));
  case CK_TANH: return v_mul(dy, v_mul(v_sub(one, v), v_add(one, v)));
  case CK_HARD_SIGMOID: return derive_hard_sigmoid(p, q, v, dy);
  case CK_HARD_SWISH: return v_mul(dy, derive_hard_swish(v));
  case CK_EXP: return v_mul(dy, v);
  default: return dy;
  }
}
