// Template: sin and cos of Float over the whole range.

// 2 / pi and pi / 2 = PI_2[0] + PI_2[1] + PI_2[2].
static const float TWO_OVER_PI = 0x1.45f306p-1f, PI_2[3] = {0x1.921fb6p0f, -0x1.777a5cp-25f, -0x1.ee59dap-50f};

// sin r = r + r^3 S(r^2), cos r = 1 - r^2 / 2 + r^4 C(r^2), |r| <= pi / 4; coefficients/softplus.sollya:
// relative errors 2^-30.
static const float SIN_S[4] = {-0x1.555556p-3f, 0x1.11119ap-7f, -0x1.a0857ep-13f, 0x1.882402p-19f};
static const float COS_C[3] = {0x1.555554p-5f, -0x1.6c129ep-10f, 0x1.9bc762p-16f};

// x = n pi / 2 + r + low; n in the low bits of `quadrant`.
typedef struct {
  vf r, low;
  vi quadrant;
} trig_parts;

// Cody & Waite (1980), |x| < 2^17: x - n PI_2[0] is exact when fused, since both are multiples of ulp(x) or 2^-23.
static inline trig_parts trig_split_small(vf x) {
  const vf shift = v_set1(0x1.8p23f), t = v_fused(x, v_set1(TWO_OVER_PI), shift), n = v_sub(t, shift);
  const vf a = v_fused(n, v_set1(-PI_2[0]), x), p = v_mul(n, v_set1(-PI_2[1])),
           p_low = v_fused(n, v_set1(-PI_2[1]), v_neg(p));
  const vf r = v_add(a, p), b = v_sub(r, a), lost = v_add(v_sub(a, v_sub(r, b)), v_sub(p, b));
  return (trig_parts){r, v_add(lost, v_fused(n, v_set1(-PI_2[2]), p_low)), v_bits(t)};
}

// Payne & Hanek (1983): |x| = m 2^e, m < 2^24, e >= -6.  Bits of 2 / pi above 2^(1 - e) contribute multiples of 4 to
// m 2^e 2 / pi; the next 96 give the quadrant and 62 bits of the fraction.
static inline double trig_reduce_large(float x, uint32_t *quadrant) {
  static const uint32_t two_over_pi[9] = {0x00000000, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0,
                                          0xDB629599, 0x3C439041, 0xFE5163AB, 0xDEBBC561};
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  const int from = (int)(bits >> 23 & 255) - 150 + 30, shift = from & 31;
  const uint64_t m = (bits & 0x7FFFFF) | 0x800000;
  const uint32_t *word = two_over_pi + (from >> 5);
  uint64_t w[3];
  for (int i = 0; i < 3; ++i) w[i] = (((uint64_t)word[i] << 32 | word[i + 1]) << shift) >> 32;
  const uint64_t turns = (m * w[0] << 32) + m * w[1] + (m * w[2] >> 32);  // in units of 2^-62
  *quadrant = (uint32_t)((turns + ((uint64_t)1 << 61)) >> 62);
  return 0x1.921fb54442d18p-62 * (double)(int64_t)(turns - ((uint64_t)*quadrant << 62));
}

static inline trig_parts trig_split(vf a) {
  trig_parts p = trig_split_small(a);
  const vf limit = v_set1(0x1p17f);
  if (!vm_any(v_le(limit, a))) return p;
  float x[VL], r[VL], low[VL], quadrant[VL];
  v_store(x, a), v_store(r, p.r), v_store(low, p.low), v_store(quadrant, v_from_bits(p.quadrant));
  for (int i = 0; i < VL; ++i)
    if (x[i] >= 0x1p17f) {
      uint32_t q = 0;
      const double exact = x[i] < INFINITY ? trig_reduce_large(x[i], &q) : NAN;
      r[i] = (float)exact, low[i] = (float)(exact - r[i]);
      memcpy(quadrant + i, &q, sizeof q);
    }
  return (trig_parts){v_load(r), v_load(low), v_bits(v_load(quadrant))};
}

// sin of p plus `quarters` quarter turns.
static inline vf trig_finish(trig_parts p, const int quarters) {
  const vi q = vi_add(p.quadrant, vi_set1(quarters));
  const vf z = v_mul(p.r, p.r), zz = v_mul(z, z);
  const vf sine = v_add(p.r, v_fused(v_mul(p.r, z), v_poly(z, zz, 4, SIN_S), p.low));
  // z / 2 loses 2^-26 of r^2 / 2, and 1 - z / 2 a rounding: both come back with r^4 C.
  const vf one = v_set1(1), minus_half = v_set1(-0.5f), c = v_fused(z, minus_half, one);
  const vf lost = v_fused(minus_half, v_fused(p.r, p.r, v_neg(z)), v_fused(z, minus_half, v_sub(one, c)));
  const vf cosine = v_add(c, v_fused(zz, v_poly(z, zz, 3, COS_C), v_fused(v_neg(p.r), p.low, lost)));
  const vm odd = v_lt(v_from_bits(vi_or(vi_shl(q, 31), vi_set1(0x3F800000))), v_zero());
  return v_with_sign(v_select(odd, cosine, sine), vi_and(vi_shl(q, 30), vi_set1(INT32_MIN)));
}

static inline vf v_sin(vf x) { return v_with_sign(trig_finish(trig_split(v_abs(x)), 0), v_sign(x)); }
static inline vf v_cos(vf x) { return trig_finish(trig_split(v_abs(x)), 1); }
