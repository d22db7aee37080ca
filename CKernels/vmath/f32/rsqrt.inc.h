// Template: 1 / sqrt(x) of Float.  Needs: rsqrt.inc.h.
//
// A root and a quotient take the divider 14 cycles for 8 floats; two steps of third order from a start by the bits of x
// take 12 multiply-adds.  With e = 1 - x y^2, 1 / sqrt(x) = y (1 + e / 2 + 3 e^2 / 8 + ...): |e| is 0.07 at the start,
// whose exponent is -1/2 that of x, 2^-13 after the first step, and what the second leaves is 2^-38.

static const int32_t RSQRT_START = 0x5F375A00;

// x is normal and finite, or NaN.
static inline vf rsqrt_of_normal(vf x) {
  const vf one = v_set1(1), half = v_set1(0.5f), three_eighths = v_set1(0.375f);
  const vf y = v_from_bits(vi_sub(vi_set1(RSQRT_START), vi_shr(v_bits(x), 1)));
  const vf e = v_fused(v_neg(v_mul(x, y)), y, one), z = v_fused(v_mul(y, e), v_fused(e, three_eighths, half), y);
  const vf root = v_mul(x, z), low = v_fused(x, z, v_neg(root));
  const vf rest = v_fused(v_neg(low), z, v_fused(v_neg(root), z, one));
  return v_fused(v_mul(z, rest), v_fused(rest, three_eighths, half), z);
}

static inline vf v_rsqrt(vf x) {
  const vf y = rsqrt_of_normal(x);
  const vm other = vm_or(v_lt(x, v_set1(REAL_MIN)), v_lt(v_set1(REAL_MAX), x));
  return vm_any(other) ? v_select(other, rsqrt_by_root(x), y) : y;
}
