// Template: activations made of comparisons and products.  Needs: the vector dialect.  p and q as in ck_function.

static inline vf activate_piecewise(const ck_function f, vf p, vf q, vf x) {
  switch (f) {
  case CK_RELU: return v_max(v_zero(), x);  // v_max and v_min return their second operand when one is NaN
  case CK_LEAKY_RELU: return v_select_negative(x, v_mul(p, x), x);
  case CK_CLAMP: return v_min(q, v_max(p, x));
  case CK_HOMOGENEOUS: return v_select_negative(x, v_mul(q, x), v_mul(p, x));
  case CK_THRESHOLD: return v_select(v_le(x, p), q, x);
  default: return x;
  }
}
