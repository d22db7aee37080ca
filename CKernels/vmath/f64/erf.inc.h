// Template: erf, erfc and GELU of Double.  Needs: hyperbolic.inc.h.
//
// (1 + 2 a) e^(a^2) erfc(a) is a polynomial in t = (a - c) / (a + c), c = 4, of relative error 2^-59 on 0 <= a <= 27.3
// (Shepherd & Laframboise 1981; coefficients/erf_f64.sollya).  The first coefficient is a sum of two.

enum { ERFCX_TERMS = 23, ERF_TERMS = 12 };
static const double ERFCX_FIRST = 0x1.3ba5916e9fd7fp0, ERFCX_FIRST_LOW = -0x1.a2196233027b6p-55;
static const double ERFCX_P[ERFCX_TERMS] = {
    -0x1.1df1ad154a28fp-3,  0x1.f7f5df66fd6eep-7,   0x1.16ecefcfa5473p-4,   -0x1.9ddb23c3e8a52p-4,
    0x1.7fee004e102abp-4,   -0x1.0fb06dfe53c75p-4,  0x1.3079edf6ce4eap-5,   -0x1.09623882dea79p-6,
    0x1.49c672701bfa8p-8,   -0x1.8d4a9c14e117ap-11, -0x1.a1df165d5cf31p-13, 0x1.3be06869b22d1p-13,
    -0x1.995ad36224361p-16, -0x1.788d41770c58ep-17, 0x1.7f3508cca8cd7p-18,  0x1.3bc0c79cab41ap-22,
    -0x1.bb7b265a9d07fp-21, 0x1.3e8f46384de8cp-24,  0x1.da40fa83626dp-24,   -0x1.2c365bdad0a7cp-26,
    -0x1.e4bd467bdd575p-27, 0x1.c9a0088173badp-30,  0x1.494bedc2032b7p-30};

// erf(x) = x + x (Q0 + x^2 Q(x^2)) for |x| < 1: relative error 2^-62.
static const double ERF_FIRST = 0x1.06eba8214db69p-3, ERF_FIRST_LOW = -0x1.cec1cbe462eefp-57;
static const double ERF_Q[ERF_TERMS] = {-0x1.812746b0379e6p-2,  0x1.ce2f21a042b36p-4,   -0x1.b82ce31284fc5p-6,
                                        0x1.565bcd0dbec5cp-8,   -0x1.c02db3db7bf7fp-11, 0x1.f9a321ea0ca81p-14,
                                        -0x1.f4d1e49480eefp-17, 0x1.b9df34e211388p-20,  -0x1.5f1f654d2a907p-23,
                                        0x1.f7bb1180c05d9p-27,  -0x1.38b06daa5cbafp-30, 0x1.06327d21c2398p-34};

// Where the pieces meet.  Both must not fall: the polynomial starts to at 0.89, where erf rises by less than half a
// unit from one Double to the next, and 1 - erfc(a) does not from 0.5 on.  At the seams the next value is a unit
// further.
static const double ERF_SEAM = 0.78125, ERFC_SEAM = 0.46875;

// Phi(-a) = erfc(a / sqrt(2)) / 2; ROOT_2 is rounded, ROOT_2_LOW the rest.
static const double ROOT_2 = 0x1.6a09e667f3bcdp0, ROOT_2_LOW = -0x1.bdd3413b26456p-54;
static const double INVERSE_ROOT_2PI = 0x1.9884533d43651p-2, TWO_OVER_ROOT_PI = 0x1.20dd750429b6dp0;

// e^(z^2) erfc(z) as a sum of two.
typedef struct {
  vf y, low;
} tail_share;

// a + b is this sum and that rest, whichever is the greater [Knuth 1969].
static inline vf sum_rest(vf a, vf b, vf sum) {
  const vf part = v_sub(sum, a);
  return v_add(v_sub(a, v_sub(sum, part)), v_sub(b, part));
}

// For z = k a / 2, a >= 0, where t = (a - center) / (a + center).  F = (1 + 2 z) e^(z^2) erfc(z) rises steeply where a
// is small, so what t loses in rounding comes back times dF/dz = 2 y + (1 + 2 z) (2 z y - 2 / sqrt(pi)).
static inline tail_share tail_of(vf a, const double center, const double k, const double k_low) {
  const vf one = v_set1(1), c = v_set1(center), minus = v_set1(-center), first = v_set1(ERFCX_FIRST);
  const vf below = v_add(a, minus), above = v_add(a, c), t = v_div(below, above);
  const vf t_rest =
      v_add(v_fused(v_neg(t), above, below), v_fused(v_neg(t), sum_rest(a, c, above), sum_rest(a, minus, below)));
  const vf h = v_mul(t, v_poly(t, v_mul(t, t), ERFCX_TERMS, ERFCX_P)), n = v_add(first, h);
  const vf ka = v_mul(a, v_set1(k)), d = v_add(one, ka), r = v_div(one, d), y = v_mul(n, r);
  const vf d_low = k_low == 0
                       ? sum_rest(one, ka, d)
                       : v_add(sum_rest(one, ka, d), v_fused(a, v_set1(k_low), v_fused(a, v_set1(k), v_neg(ka))));
  const vf slope = v_fused(d, v_fused(ka, y, v_set1(-TWO_OVER_ROOT_PI)), v_add(y, y));
  const vf lost = v_mul(v_mul(v_set1(k / (4 * center)), above), v_mul(t_rest, slope));
  const vf n_low = v_add(v_add(v_sub(h, v_sub(n, first)), v_set1(ERFCX_FIRST_LOW)), lost);
  return (tail_share){y, v_mul(v_add(v_fused(v_neg(y), d, n), v_fused(v_neg(y), d_low, n_low)), r)};
}

// Times e^x / s = 1 + q + low.
static inline tail_share tail_times(tail_share t, exp_factors e) {
  const vf y = v_fused(t.y, e.q, t.y), lost = v_fused(t.y, e.q, v_sub(t.y, y));
  return (tail_share){y, v_add(v_fused(t.y, e.low, lost), v_fused(t.low, e.q, t.low))};
}

// e^(-a^2 scale) for a scale of 1 or 1/2.
static inline exp_factors exp_of_square(vf a, const double scale) {
  const vf minus = v_set1(-scale), aa = v_mul(a, a), z = v_mul(minus, aa);
  return exp_factor(true, aa, exp_reduce_pair(z, v_mul(minus, v_fused(a, a, v_neg(aa))), EXPONENT_BIAS + LIFT));
}

static inline vf lowered(vf y, exp_factors e) { return v_mul(v_mul(y, e.high), v_set1(LOWER)); }

// erfc(a), 0 <= a <= 27.3
static inline vf erfc_positive(vf a) {
  const exp_factors e = exp_of_square(a, 1);
  const tail_share t = tail_times(tail_of(a, 4, 2, 0), e);
  return lowered(v_add(t.y, t.low), e);
}

// erf(a) for a < 1
static inline vf erf_near(vf a) {
  const vf aa = v_mul(a, a);
  const vf rest = v_fused(aa, v_poly(aa, v_mul(aa, aa), ERF_TERMS, ERF_Q), v_set1(ERF_FIRST_LOW));
  return v_fused(a, v_add(v_set1(ERF_FIRST), rest), a);
}

// erfc hardly changes near 0, where it is as monotone as erf.
static inline vf v_erfc(vf x) {
  const vf one = v_set1(1), a = v_min(v_set1(27.3), v_abs(x)), near = erf_near(a), far = erfc_positive(a);
  const vf above = v_select(v_lt(a, v_set1(ERFC_SEAM)), v_sub(one, near), far);
  const vf below = v_select(v_lt(a, v_set1(ERF_SEAM)), v_add(one, near), v_sub(v_set1(2), far));
  return v_select(v_lt(x, v_zero()), below, above);
}

static inline vf v_erf(vf x) {
  const vf a = v_min(v_set1(7), v_abs(x));
  const vf y = v_select(v_lt(a, v_set1(ERF_SEAM)), erf_near(a), v_sub(v_set1(1), erfc_positive(a)));
  return v_with_sign(y, v_sign(x));
}

// e^(a^2 / 2) Phi(-a) 2
static inline tail_share normal_tail(vf a) { return tail_of(a, 4 * ROOT_2, ROOT_2, ROOT_2_LOW); }

// x Phi(x) = max(x, -0) - |x| Phi(-|x|): -0 where x < 0 and that underflows.
static inline vf v_gelu(vf x) {
  const vf a = v_abs_to(38.9, x), half = v_mul(a, v_set1(0.5));
  const exp_factors e = exp_of_square(a, 0.5);
  const tail_share t = tail_times(normal_tail(a), e);
  return minus_share(true, v_max(v_set1(-0.0), x), v_fused(half, t.y, v_mul(half, t.low)), e);
}

// In one stage.
static inline void gelu_strip(const double *x, double *y) {
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) v_store(y + i * VL, v_gelu(v_load(x + i * VL)));
}

// Phi(-a) - a phi(a) for a = -x, one minus that for a = x.
static inline vf v_gelu_derivative(vf x) {
  const vf a = v_abs_to(38.9, x), half = v_set1(0.5);
  const exp_factors e = exp_of_square(a, 0.5);
  const tail_share t = normal_tail(a);
  const vf p = v_fused(half, t.low, v_fused(half, t.y, v_mul(a, v_set1(-INVERSE_ROOT_2PI))));
  const vf y = lowered(v_fused(p, v_add(e.q, e.low), p), e);
  return v_select(v_lt(x, v_zero()), y, v_sub(v_set1(1), y));
}

// In one stage.
static inline void gelu_derivative_strip(const double *x, const double *dy, double *dx) {
  ROLLED for (int i = 0; i < STRIP_VECTORS * VL; i += VL)
      v_store(dx + i, v_mul(v_load(dy + i), v_gelu_derivative(v_load(x + i))));
}
