// Template: 1 / sqrt(x).

// With s = sqrt(x)(1 - e / 2x) and y = (1 + d) / s the rounded root and quotient, e = x - s^2 and d = y s - 1 are
// exact in one fused step, and 1 / sqrt(x) = y (1 - d - e y^2 / 2).  Small x are scaled so that e is normal.
static inline vf rsqrt_by_root(vf x) {
  const vm small = v_lt(x, v_set1(RSQRT_SMALL));
  const vf one = v_set1(1), a = v_select(small, v_mul(x, v_set1(RSQRT_SCALE * RSQRT_SCALE)), x), s = v_sqrt(a),
           y = v_div(one, s);
  const vf rest = v_fused(v_mul(v_fused(v_neg(s), s, a), v_set1((real)-0.5)), v_mul(y, y), v_fused(v_neg(y), s, one));
  const vf root = v_mul(v_fused(y, rest, y), v_select(small, v_set1(RSQRT_SCALE), one));
  const vf inf = v_set1(INFINITY), zero = v_from_bits(vi_or(v_bits(inf), v_sign(x)));  // 1 / sqrt(-0) = -infinity
  const vf other = v_select(v_eq(x, v_zero()), zero, v_select(v_eq(x, inf), v_zero(), v_set1(NAN)));
  return v_select(vm_and(v_lt(v_zero(), x), v_lt(x, inf)), root, other);
}
