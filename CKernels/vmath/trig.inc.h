// Template: sin and cos over the whole range.  Needs: base.inc.h, the constants and trig_reduce_large of the type.

// x = n pi / 2 + r + low; n in the low bits of `quadrant`.
typedef struct {
  vf r, low, quadrant;
} trig_parts;

// Cody & Waite (1980), |x| < TRIG_SMALL: x - n PI_2[0] is exact when fused, since both are multiples of ulp(x) or of
// ulp(PI_2[0]).
static inline trig_parts trig_split_small(vf x) {
  const vf shift = v_set1(ROUND), t = v_fused(x, v_set1(TWO_OVER_PI), shift), n = v_sub(t, shift);
  const vf a = v_fused(n, v_set1(-PI_2[0]), x), p = v_mul(n, v_set1(-PI_2[1])),
           p_low = v_fused(n, v_set1(-PI_2[1]), v_neg(p));
  const vf r = v_add(a, p), b = v_sub(r, a), lost = v_add(v_sub(a, v_sub(r, b)), v_sub(p, b));
  return (trig_parts){r, v_add(lost, v_fused(n, v_set1(-PI_2[2]), p_low)), t};
}

// Larger numbers are rare, and reduced one by one.
static inline trig_parts trig_split(vf a) {
  const trig_parts p = trig_split_small(a);
  if (!vm_any(v_le(v_set1(TRIG_SMALL), a))) return p;
  real x[VL], r[VL], low[VL], quadrant[VL];
  v_store(x, a), v_store(r, p.r), v_store(low, p.low), v_store(quadrant, p.quadrant);
  for (int i = 0; i < VL; ++i)
    if (x[i] >= TRIG_SMALL) {
      const trig_angle angle = x[i] < INFINITY ? trig_reduce_large(x[i]) : (trig_angle){NAN, 0, 0};
      r[i] = angle.r, low[i] = angle.low, quadrant[i] = ROUND + (real)angle.quadrant;
    }
  return (trig_parts){v_load(r), v_load(low), v_load(quadrant)};
}

// sin of p plus `quarters` quarter turns.
static inline vf trig_finish(trig_parts p, const int quarters) {
  const int sign = 8 * (int)sizeof(real) - 1;
  const vi q = vi_add(v_bits(p.quadrant), vi_set1(quarters));
  const vf z = v_mul(p.r, p.r), zz = v_mul(z, z);
  const vf sine = v_add(p.r, v_fused(v_mul(p.r, z), v_poly(z, zz, SIN_TERMS, SIN_S), p.low));
  // Half of what z loses, and what 1 - z / 2 does, come back with r^4 C.
  const vf one = v_set1(1), minus_half = v_set1((real)-0.5), c = v_fused(z, minus_half, one);
  const vf lost = v_fused(minus_half, v_fused(p.r, p.r, v_neg(z)), v_fused(z, minus_half, v_sub(one, c)));
  const vf cosine = v_add(c, v_fused(zz, v_poly(z, zz, COS_TERMS, COS_C), v_fused(v_neg(p.r), p.low, lost)));
  const vf odd = v_from_bits(vi_shl(q, sign));
  return v_with_sign(v_select_sign(odd, cosine, sine), vi_and(vi_shl(q, sign - 1), vi_set1(SIGN_BIT)));
}

static inline vf v_sin(vf x) { return v_with_sign(trig_finish(trig_split(v_abs(x)), 0), v_sign(x)); }
static inline vf v_cos(vf x) { return trig_finish(trig_split(v_abs(x)), 1); }
