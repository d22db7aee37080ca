// Template: activations.  Needs: real, the vector dialect, vmath, piecewise.inc.h.  p and q as in ck_function.

static inline vf activate_elu(vf p, vf x) { return v_select(v_lt(x, v_zero()), v_expm1_below(p, x), x); }

// L and L A as sums of two: SELU_L + SELU_L_LOW.
static inline vf activate_selu(vf x) {
  const vf e = v_expm1(x);
  const vf above = v_fused(x, v_set1(SELU_L), v_mul(x, v_set1(SELU_L_LOW)));
  const vf below = v_fused(e, v_set1(SELU_LA), v_mul(e, v_set1(SELU_LA_LOW)));
  return v_select(v_lt(v_zero(), x), v_select(v_eq(x, v_set1(INFINITY)), x, above), below);
}

// x, too, where x / p is so small that it may be subnormal.
static inline vf activate_celu(vf p, vf x) {
  const vf v = v_div(x, p);
  return v_select(v_lt(v_set1(-TINY), v), x, v_mul(p, v_expm1(v)));
}

// |x| / (1 + |x|), which is 1 from 2^60 on; what 1 + |x| loses comes back in the quotient.
static inline vf activate_softsign(vf x) {
  const vf one = v_set1(1), a = v_min(v_set1((real)0x1p60), v_abs(x)), d = v_add(one, a);
  const vf d_low = v_sub(v_min(a, one), v_sub(d, v_max(a, one)));
  return v_with_sign(v_quotient(a, v_zero(), d, d_low), v_sign(x));
}

// (x + 3) / 6 in -3 ... 3: the sum is exact near -3, and 6 times the number next to 1/6 rounds to 1.
static inline vf hard_gate(vf x) {
  return v_mul(v_min(v_set1(6), v_max(v_zero(), v_add(x, v_set1(3)))), v_set1((real)1 / 6));
}

// A slope of 1/6 with the offset 1/2 means one sixth, not the number next to it: near -3 nothing else is left.
static inline vf activate_hard_sigmoid(vf p, vf q, vf x) {
  const vf general = v_min(v_set1(1), v_max(v_zero(), v_fused(p, x, q)));
  const vf usual = v_select(v_eq(q, v_set1((real)0.5)), hard_gate(x), general);
  return v_select(v_eq(p, v_set1((real)1 / 6)), usual, general);
}

static inline vf activate_hard_swish(vf x) { return v_mul(v_max(v_set1(-3), x), hard_gate(x)); }

static inline vf activate(const ck_function f, vf p, vf q, vf x) {
  if (has_stages(f)) return staged(f, false, p, x);
  switch (f) {
  case CK_ELU: return activate_elu(p, x);
  case CK_SELU: return activate_selu(x);
  case CK_CELU: return activate_celu(p, x);
  case CK_GELU: return v_gelu(x);
  case CK_SOFTSIGN: return activate_softsign(x);
  case CK_TANH: return v_tanh(x);
  case CK_HARD_SIGMOID: return activate_hard_sigmoid(p, q, x);
  case CK_HARD_SWISH: return activate_hard_swish(x);
  default: return activate_piecewise(f, p, q, x);
  }
}
