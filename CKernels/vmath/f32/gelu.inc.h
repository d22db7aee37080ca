// Template: GELU of Float.  Needs: hyperbolic.inc.h, erf.inc.h.
//
// a Phi(-a) = e^(-a^2 / 2) t (1 + W(t)) / 2 for a = |x| and t = a / (a + GELU_CENTER) (after Shepherd & Laframboise
// 1981), W a polynomial about GELU_T of relative error 2^-28 of 1 + W (coefficients/gelu.sollya), as long as results
// are normal numbers.  All but t itself is a correction to t, since -0.1 < W <= 1: it loses little by rounding, and the
// sum is rounded once.
//
// Four stages, each short enough for the processor to see several vectors of it at once, and with constants that stay
// in registers.

static const float GELU_CENTER = 2, GELU_T = 0x1.ccccccp-2f;
static const float GELU_NORMAL = 172.5f;  // a^2 up to which a Phi(-a) is a normal number
enum { GELU_TERMS = 12 };
static const float GELU_W[GELU_TERMS] = {0x1.a57a54p-2f, -0x1.582116p0f,  0x1.23ed74p-3f,  0x1.292a06p-1f,
                                         0x1.521e42p-4f, -0x1.641484p-2f, -0x1.2d9904p-2f, 0x1.bf537p-5f,
                                         0x1.55126p-2f,  0x1.068b34p-2f,  -0x1.2d4b1p-3f,  -0x1.1801eap-2f};
// -2 (exp(-r / 2) - 1) = r + r^2 P(r): EXP_P times powers of -1/2.
static const float GELU_EXP_P[EXP_TERMS] = {-0x1.fffff2p-3f, 0x1.55548ep-5f, -0x1.555f6p-8f, 0x1.123bdcp-11f,
                                            -0x1.6602b2p-15f};

// e^(-a^2 / 2) = 4 s e^(-r / 2), and a^2.
typedef struct {
  vf square, r, s;
} gelu_power;

static inline gelu_power gelu_reduce(vf x) {
  const vf shift = v_set1(ROUND + EXPONENT_BIAS - 2), aa = v_mul(x, x), t = v_fused(aa, v_set1(-LOG2_E / 2), shift);
  const vf n = v_sub(t, shift), h = v_fused(n, v_set1(2 * LN2), aa);
  const vf low = v_fused(n, v_set1(2 * LN2_REST), v_fused(x, x, v_neg(aa)));
  return (gelu_power){aa, v_add(h, low), exp2_of_bits(v_bits(t))};
}

static inline vf gelu_quotient(vf x) {
  const vf a = v_abs(x);
  return v_div(a, v_add(a, v_set1(GELU_CENTER)));
}

// -2 (e^(-r / 2) - 1)
static inline vf gelu_exp(vf r) {
  const vf rr = v_mul(r, r);
  return v_fused(rr, v_poly(r, rr, EXP_TERMS, GELU_EXP_P), r);
}

// a - t (a + GELU_CENTER): what t lost by its two roundings.
static inline vf gelu_lost(vf x, vf t) {
  const vf a = v_abs(x), minus = v_neg(t);
  return v_fused(minus, a, v_fused(minus, v_set1(GELU_CENTER), a));
}

static inline vf gelu_polynomial(vf t) {
  const vf u = v_sub(t, v_set1(GELU_T)), uu = v_mul(u, u);
  const vf rest = v_fused(v_set1(GELU_W[1]), u, v_mul(uu, v_poly(u, uu, GELU_TERMS - 2, GELU_W + 2)));
  return v_add(rest, v_set1(GELU_W[0]));
}

// x Phi(x) = max(x, -0) - s (2 t + d), 2 t + d = 2 t (1 + w)(1 - q / 2).  Per unit of `lost` d gains the slope of
// t (1 + w), which w (w + 0.65) follows.
static inline vf gelu_end(vf x, vf t, vf s, vf q, vf lost, vf w) {
  const vf slope = v_add(w, v_set1(0.65625f)), rest = v_fused(v_neg(q), v_add(w, v_set1(1)), v_add(w, w));
  const vf d = v_fused(t, rest, v_mul(slope, v_mul(w, lost)));
  return v_fused(v_neg(v_add(v_add(t, t), d)), s, v_max(v_set1(-0.0f), x));
}

static inline vf v_gelu(vf x) {
  const gelu_power e = gelu_reduce(x);
  const vf t = gelu_quotient(x), y = gelu_end(x, t, e.s, gelu_exp(e.r), gelu_lost(x, t), gelu_polynomial(t));
  const vm far = v_lt(v_set1(GELU_NORMAL), e.square);
  return vm_any(far) ? v_select(far, gelu_far(x), y) : y;
}

// Apart, so that its constants take no registers from the loops of the usual way.
static __attribute__((noinline)) void gelu_strip_far(const float *x, float *y) {
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) v_store(y + i * VL, v_gelu(v_load(x + i * VL)));
}

static __attribute__((noinline)) void gelu_strip(const float *x, float *y) {
  vf q[STRIP_VECTORS], s[STRIP_VECTORS], t[STRIP_VECTORS], lost[STRIP_VECTORS], w[STRIP_VECTORS], largest = v_zero();
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) {
    const gelu_power e = gelu_reduce(v_load(x + i * VL));
    q[i] = e.r, s[i] = e.s, largest = v_max(e.square, largest);
    t[i] = gelu_quotient(v_load(x + i * VL));
  }
  if (vm_any(v_lt(v_set1(GELU_NORMAL), largest))) {
    gelu_strip_far(x, y);
    return;
  }
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) q[i] = gelu_exp(q[i]), lost[i] = gelu_lost(v_load(x + i * VL), t[i]);
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) w[i] = gelu_polynomial(t[i]);
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i)
      v_store(y + i * VL, gelu_end(v_load(x + i * VL), t[i], s[i], q[i], lost[i], w[i]));
}
