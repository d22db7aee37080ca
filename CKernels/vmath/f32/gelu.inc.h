// Template: GELU of Float.  Needs: erf.inc.h.
//
// a Phi(-a) = 2^(n/8) e^(-r/2) H(a) for a = |x|, a^2 = r - n (log 2)/4 and H(a) = a Phi(-a) e^(a^2 / 2), a polynomial
// on each half octave of a + GELU_SHIFT (coefficients/gelu.sollya), as long as results are normal numbers.  Each is one
// about a point at which H is a float but for 2^-8 ULP [Gal 1991], so that all else is a correction to it; the first,
// where n is 0 and 2^0 exact, is one about 0.

static const float GELU_HIGHEST = 13.13f;  // up to here a Phi(-a) is a normal number
static const float GELU_SHIFT = 1.2065f;
// (log 2)/4 in two parts, of which the first times n is exact.
static const float GELU_STEP = 0x1.62ep-3f, GELU_STEP_REST = 0x1.0bfbe8p-17f;
// 2^(j/8), from whose exponent j/8 is taken: the integer that is added to its bits is 2^20 n, and j is n mod 8.
static const float GELU_POWERS[8] = {0x1p0f,         0x1.f72b84p-1f, 0x1.f06fep-1f,  0x1.ebfdaep-1f,
                                     0x1.ea09e6p-1f, 0x1.eace54p-1f, 0x1.ee89fap-1f, 0x1.f5818ep-1f};
// e^(-r/2) - 1 = r (r P(r) - 1/2)
static const float GELU_EXP_P[3] = {0x1.00000ap-3f, -0x1.555c78p-6f, 0x1.53db94p-9f};
// Centres, the values there, and the coefficients of d, d^2 and so on, d = a - centre; first the half octave of 2.
enum { GELU_TERMS = 7 };
static const float GELU_TABLE[GELU_TERMS + 2][8] = {
    {0x1.4a3dbep0f, 0x1.251e4cp1f, 0x1.e51fa2p1f, 0x1.728e12p2f, 0x1.19476ap3f, 0x1.9385c6p3f, 0, 0x1.ae1334p-2f},
    {0x1.2b1574p-2f, 0x1.6360aap-2f, 0x1.80967ap-2f, 0x1.8d4924p-2f, 0x1.936c34p-2f, 0x1.95feaep-2f, 0, 0x1.3cd3dcp-3f},
    {0x1.6ab624p-4f, 0x1.0bfe88p-5f, 0x1.59035ep-7f, 0x1.cb669ap-9f, 0x1.1e22ecp-10f, 0x1.9232e4p-12f, 0x1p-1f,
     0x1.102352p-2f},
    {-0x1.979158p-5f, -0x1.d90d4p-7f, -0x1.bfb7bep-9f, -0x1.ae94f6p-11f, -0x1.74778ap-13f, -0x1.759dfap-15f,
     -0x1.988452p-2f, -0x1.81e8d6p-3f},
    {0x1.76ec5cp-6f, 0x1.5dcae4p-8f, 0x1.f1baaap-11f, 0x1.5f2d16p-13f, 0x1.aa48f4p-16f, 0x1.32bea4p-18f, 0x1.ffff6ap-3f,
     0x1.b43978p-4f},
    {-0x1.2d5a6cp-7f, -0x1.cc4468p-10f, -0x1.f427e6p-13f, -0x1.06f3c2p-15f, -0x1.c29feep-19f, -0x1.d60844p-22f,
     -0x1.104be2p-3f, -0x1.a6fd44p-5f},
    {0x1.b5eddp-9f, 0x1.159e48p-11f, 0x1.d467c2p-15f, 0x1.731ad8p-18f, 0x1.c5765ap-22f, 0x1.4ffc74p-25f, 0x1.fe1586p-5f,
     0x1.6d1456p-6f},
    {-0x1.336018p-10f, -0x1.42d74cp-13f, -0x1.c49e5cp-17f, -0x1.068ef6p-20f, -0x1.ec6038p-25f, -0x1.05139ap-28f,
     -0x1.9ffc62p-6f, -0x1.17ad3ap-7f},
    {0x1.85982cp-12f, 0x1.58bea8p-15f, 0x1.835082p-19f, 0x1.55e7e8p-23f, 0x1.d8f5d6p-28f, 0x1.8c74ap-32f, 0x1.d9307p-8f,
     0x1.3211fcp-9f},
};

// D(a) = (Phi(-a) - a phi(a)) e^(a^2 / 2) about the same centres: the value there, and the coefficients.
enum { GELU_DERIVATIVE_TERMS = 6 };
static const float GELU_DERIVATIVE_TABLE[GELU_DERIVATIVE_TERMS + 1][8] = {
    {-0x1.27244p-2, -0x1.8627c8p-1, -0x1.69b446p0, -0x1.1f153ep1, -0x1.bb1e8ap1, -0x1.3ff3cp2, 0x1p-1, 0x1.9b35bcp-3},
    {-0x1.02f9a2p-1, -0x1.cda7fcp-2, -0x1.b07232p-2, -0x1.a3bf82p-2, -0x1.9d9c72p-2, -0x1.9b09f8p-2, -0x1.988452p-1,
     -0x1.494f5cp-1},
    {0x1.6ab68ep-5, 0x1.0bf73ep-6, 0x1.5901e6p-8, 0x1.cb0e46p-10, 0x1.1df58p-11, 0x1.8b7832p-13, 0x1.ffff0ap-3,
     0x1.1023ecp-3},
    {-0x1.0f911ep-6, -0x1.3b5ab8p-8, -0x1.2a250cp-10, -0x1.1f0cdep-12, -0x1.f06006p-15, -0x1.17327ep-16, -0x1.1046ccp-3,
     -0x1.014afap-4},
    {0x1.76b1dcp-8, 0x1.62549cp-10, 0x1.f1579cp-13, 0x1.7c242ap-15, 0x1.b6e964p-18, 0x1.018cf4p-17, 0x1.fd9808p-5,
     0x1.b38dfep-6},
    {-0x1.f52398p-10, -0x1.761976p-12, -0x1.a9eafp-15, -0x1.ad1f98p-18, -0x1.7cb06cp-21, 0x1.de8f2ep-18, -0x1.9d2b74p-6,
     -0x1.4691ccp-7},
    {0x1.2f888ep-11, 0x1.8157f8p-15, 0x1.4c35b8p-17, -0x1.649dfep-20, 0x1.8f3a28p-25, 0x1.0c112ep-19, 0x1.ccf256p-8,
     0x1.5ce628p-9},
};

// a - centre, r, 2^(n/8), and the bits whose lowest three tell the half octave.
typedef struct {
  vf d, r, s;
  vi at;
} gelu_parts;

static inline gelu_parts gelu_begin(vf x) {
  const vf a = v_abs(x), shift = v_set1(ROUND), t = v_fused(v_mul(a, a), v_set1(-4 * LOG2_E), shift);
  const vf n = v_sub(t, shift), rest = v_fused(a, a, v_mul(n, v_set1(GELU_STEP)));
  const vi at = vi_shr(v_bits(v_add(a, v_set1(GELU_SHIFT))), MANTISSA_BITS - 1);
  return (gelu_parts){.d = v_sub(a, v_lookup8(GELU_TABLE[0], at)),
                      .r = v_fused(n, v_set1(GELU_STEP_REST), rest),
                      .s = v_from_bits(vi_add(v_bits(v_lookup8(GELU_POWERS, v_bits(t))), vi_shl(v_bits(t), 20))),
                      .at = at};
}

// e^(-r/2) - 1, and the polynomial without its first two terms, divided by d.
typedef struct {
  vf q, h, d, s;
  vi at;
} gelu_values;

// c: the values at the centres, and the coefficients of d, d^2 and so on.
static inline gelu_values gelu_middle(const int terms, const float (*c)[8], gelu_parts g) {
  vf h = v_lookup8(c[terms], g.at);
  UNROLL for (int k = terms - 1; k > 1; --k)
    h = v_fused(h, g.d, v_lookup8(c[k], g.at));
  const vf p = v_fused(v_fused(v_set1(GELU_EXP_P[2]), g.r, v_set1(GELU_EXP_P[1])), g.r, v_set1(GELU_EXP_P[0]));
  const vf q = v_mul(g.r, v_fused(p, g.r, v_set1(-0.5f)));
  return (gelu_values){q, h, g.d, g.s, g.at};
}

// The polynomial times e^(-r/2).
static inline vf gelu_product(const float (*c)[8], gelu_values g) {
  const vf h = v_fused(g.h, g.d, v_lookup8(c[1], g.at)), base = v_lookup8(c[0], g.at);
  return v_add(base, v_fused(h, g.d, v_mul(g.q, v_fused(h, g.d, base))));
}

// GELU or its derivative in two steps.  x Phi(x) = max(x, -0) - a Phi(-a); Phi(x) + x phi(x) is Phi(-a) - a phi(a) for
// x < 0 and one minus that above.
static inline gelu_values gelu_begun(const bool derivative, gelu_parts g) {
  return derivative ? gelu_middle(GELU_DERIVATIVE_TERMS, GELU_DERIVATIVE_TABLE, g)
                    : gelu_middle(GELU_TERMS, GELU_TABLE + 1, g);
}

static inline vf gelu_end(const bool derivative, vf x, gelu_values g) {
  if (!derivative) return v_fused(v_neg(g.s), gelu_product(GELU_TABLE + 1, g), v_max(v_set1(-0.0f), x));
  const vf y = v_mul(g.s, gelu_product(GELU_DERIVATIVE_TABLE, g));
  return v_select(v_lt(x, v_zero()), y, v_sub(v_set1(1), y));
}

static inline vf gelu_as(const bool derivative, vf x) {
  const vf y = gelu_end(derivative, x, gelu_begun(derivative, gelu_begin(x)));
  const vm far = v_lt(v_set1(GELU_HIGHEST), v_abs(x));
  if (!vm_any(far)) return y;
  return v_select(far, derivative ? gelu_derivative_far(x) : gelu_far(x), y);
}

static inline vf v_gelu(vf x) { return gelu_as(false, x); }
static inline vf v_gelu_derivative(vf x) { return gelu_as(true, x); }

// y <- GELU of x, or its derivative times dy: the end for the vectors at x.
static inline void gelu_store(const bool derivative, const float *x, const float *dy, float *y, gelu_values g) {
  const vf value = gelu_end(derivative, v_load(x), g);
  v_store(y, derivative ? v_mul(v_load(dy), value) : value);
}

static inline void gelu_strip_each(const bool derivative, const float *x, const float *dy, float *y) {
  ROLLED for (int i = 0; i < STRIP_VECTORS * VL; i += VL) {
    const vf value = gelu_as(derivative, v_load(x + i));
    v_store(y + i, derivative ? v_mul(v_load(dy + i), value) : value);
  }
}

// Three vectors at a time, each in another of the three stages: one after the other they would wait for themselves.
static inline void gelu_strip_near(const bool derivative, const float *x, const float *dy, float *y) {
  gelu_values middle = gelu_begun(derivative, gelu_begin(v_load(x)));
  gelu_parts begun = gelu_begin(v_load(x + VL));
  int i = 0;
  ROLLED for (; i < (STRIP_VECTORS - 2) * VL; i += VL) {
    const gelu_values ready = middle;
    middle = gelu_begun(derivative, begun), begun = gelu_begin(v_load(x + i + 2 * VL));
    gelu_store(derivative, x + i, dy + i, y + i, ready);
  }
  gelu_store(derivative, x + i, dy + i, y + i, middle);
  i += VL;
  gelu_store(derivative, x + i, dy + i, y + i, gelu_begun(derivative, begun));
}

static inline bool gelu_reaches_far(const float *x) {
  vf largest = v_zero();
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) largest = v_max(v_abs(v_load(x + i * VL)), largest);
  return vm_any(v_lt(v_set1(GELU_HIGHEST), largest));
}

// Apart from each other, so that the constants of one take no registers from the loop of the other.
static __attribute__((noinline)) void gelu_strip_far(const float *x, float *y) { gelu_strip_each(false, x, x, y); }
static __attribute__((noinline)) void gelu_derivative_strip_far(const float *x, const float *dy, float *dx) {
  gelu_strip_each(true, x, dy, dx);
}

static __attribute__((noinline)) void gelu_strip(const float *x, float *y) {
  if (gelu_reaches_far(x))
    gelu_strip_far(x, y);
  else
    gelu_strip_near(false, x, x, y);
}

static __attribute__((noinline)) void gelu_derivative_strip(const float *x, const float *dy, float *dx) {
  if (gelu_reaches_far(x))
    gelu_derivative_strip_far(x, dy, dx);
  else
    gelu_strip_near(true, x, dy, dx);
}
