// Template: GELU of Float.  Needs: hyperbolic.inc.h, erf.inc.h.
//
// a Phi(-a) = e^(-a^2 / 2) t V(t) for a = |x| and t = a / (a + GELU_CENTER) (after Shepherd & Laframboise 1981), V a
// polynomial about GELU_T of relative error 2^-27 (coefficients/gelu.sollya), as long as results are normal numbers.
// Four stages, each short enough for the processor to see several vectors of it at once, and with constants that stay
// in registers.

static const float GELU_CENTER = 3.5f, GELU_T = 0.40625f;
static const float GELU_NORMAL = 172.5f;  // a^2 up to which a Phi(-a) is a normal number
enum { GELU_TERMS = 10 };
static const float GELU_V[GELU_TERMS] = {0x1.b983b4p-1f, -0x1.649bbcp0f, 0x1.891b2p0f,    -0x1.02ef92p0f,
                                         0x1.40dfdp-3f,  0x1.396826p-2f, -0x1.1cc448p-3f, -0x1.04a334p-3f,
                                         0x1.eef986p-5f, 0x1.e51f4p-5f};
// What a Phi(-a) e^(a^2 / 2) gains per unit that a gains in t alone, as far as that counts: max(0, straight line in t).
static const float GELU_SLOPE[2] = {0x1.388p-4f, -0x1.8b8p-1f};
// -2 (exp(-r / 2) - 1) = r + r^2 P(r): EXP_P times powers of -1/2.
static const float GELU_EXP_P[EXP_TERMS] = {-0x1.fffff2p-3f, 0x1.55548ep-5f, -0x1.555f6p-8f, 0x1.123bdcp-11f,
                                            -0x1.6602b2p-15f};

// e^(-a^2 / 2) = s (1 + q) and a^2.
typedef struct {
  vf square, q, s;
} gelu_exp;

static inline gelu_exp gelu_begin(vf x) {
  const vf shift = v_set1(ROUND + EXPONENT_BIAS), aa = v_mul(x, x), t = v_fused(aa, v_set1(-LOG2_E / 2), shift);
  const vf n = v_sub(t, shift), h = v_fused(n, v_set1(2 * LN2), aa);
  const vf low = v_fused(n, v_set1(2 * LN2_REST), v_fused(x, x, v_neg(aa))), r = v_add(h, low), rr = v_mul(r, r);
  const vf q = v_mul(v_add(h, v_fused(rr, v_poly(r, rr, EXP_TERMS, GELU_EXP_P), low)), v_set1(-0.5f));
  return (gelu_exp){aa, q, exp2_of_bits(v_bits(t))};
}

// a + GELU_CENTER and the quotient lose a - t s, exact when fused, and t s_low, exact since the center is an integer
// over 2.
typedef struct {
  vf t, lost;
} gelu_quotient;

static inline gelu_quotient gelu_divide(vf x) {
  const vf a = v_abs(x), center = v_set1(GELU_CENTER), s = v_add(a, center);
  const vf t = v_div(a, s), s_low = v_add(a, v_sub(center, s));
  return (gelu_quotient){t, v_fused(v_neg(t), s_low, v_fused(v_neg(t), s, a))};
}

// V(t) without its first term
static inline vf gelu_polynomial(vf t) {
  const vf u = v_sub(t, v_set1(GELU_T)), uu = v_mul(u, u);
  return v_fused(v_set1(GELU_V[1]), u, v_mul(uu, v_poly(u, uu, GELU_TERMS - 2, GELU_V + 2)));
}

// x Phi(x) = max(x, -0) - s (y + low)(1 + q), rounded once.
static inline vf gelu_end(vf x, gelu_exp e, gelu_quotient d, vf w) {
  const vf first = v_set1(GELU_V[0]), v = v_add(first, w), y = v_mul(d.t, v), v_low = v_add(v_sub(first, v), w);
  const vf u = v_sub(d.t, v_set1(GELU_T)), line = v_fused(u, v_set1(GELU_SLOPE[1]), v_set1(GELU_SLOPE[0]));
  const vf lost = v_fused(d.t, v_low, v_fused(d.t, v, v_neg(y))), low = v_fused(v_max(v_zero(), line), d.lost, lost);
  const vf tail = v_add(y, v_fused(y, e.q, v_fused(low, e.q, low)));
  return v_fused(v_neg(tail), e.s, v_max(v_set1(-0.0f), x));
}

static inline vf v_gelu(vf x) {
  const gelu_exp e = gelu_begin(x);
  const gelu_quotient d = gelu_divide(x);
  const vf y = gelu_end(x, e, d, gelu_polynomial(d.t));
  const vm far = v_lt(v_set1(GELU_NORMAL), e.square);
  return vm_any(far) ? v_select(far, gelu_far(x), y) : y;
}

// Apart, so that its constants take no registers from the loops of the usual way.
static __attribute__((noinline)) void gelu_strip_far(const float *x, float *y) {
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) v_store(y + i * VL, v_gelu(v_load(x + i * VL)));
}

INLINE void gelu_strip(const float *x, float *y) {
  vf q[STRIP_VECTORS], s[STRIP_VECTORS], t[STRIP_VECTORS], lost[STRIP_VECTORS], w[STRIP_VECTORS], largest = v_zero();
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) {
    const gelu_exp e = gelu_begin(v_load(x + i * VL));
    q[i] = e.q, s[i] = e.s, largest = v_max(e.square, largest);
  }
  if (vm_any(v_lt(v_set1(GELU_NORMAL), largest))) {
    gelu_strip_far(x, y);
    return;
  }
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) {
    const gelu_quotient d = gelu_divide(v_load(x + i * VL));
    t[i] = d.t, lost[i] = d.lost;
  }
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) w[i] = gelu_polynomial(t[i]);
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) v_store(
      y + i * VL, gelu_end(v_load(x + i * VL), (gelu_exp){.q = q[i], .s = s[i]}, (gelu_quotient){t[i], lost[i]}, w[i]));
}
