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

static inline gelu_values gelu_middle(gelu_parts g) {
  vf h = v_lookup8(GELU_TABLE[GELU_TERMS + 1], g.at);
  UNROLL for (int k = GELU_TERMS; k > 2; --k)
    h = v_fused(h, g.d, v_lookup8(GELU_TABLE[k], g.at));
  const vf p = v_fused(v_fused(v_set1(GELU_EXP_P[2]), g.r, v_set1(GELU_EXP_P[1])), g.r, v_set1(GELU_EXP_P[0]));
  const vf q = v_mul(g.r, v_fused(p, g.r, v_set1(-0.5f)));
  return (gelu_values){q, h, g.d, g.s, g.at};
}

// x Phi(x) = max(x, -0) - a Phi(-a)
static inline vf gelu_end(vf x, gelu_values g) {
  const vf h = v_fused(g.h, g.d, v_lookup8(GELU_TABLE[2], g.at)), base = v_lookup8(GELU_TABLE[1], g.at);
  const vf z = v_add(base, v_fused(h, g.d, v_mul(g.q, v_fused(h, g.d, base))));
  return v_fused(v_neg(g.s), z, v_max(v_set1(-0.0f), x));
}

static inline vf v_gelu(vf x) {
  const vf y = gelu_end(x, gelu_middle(gelu_begin(x)));
  const vm far = v_lt(v_set1(GELU_HIGHEST), v_abs(x));
  return vm_any(far) ? v_select(far, gelu_far(x), y) : y;
}

// Apart, so that its constants take no registers from the loop of the usual way.
static __attribute__((noinline)) void gelu_strip_far(const float *x, float *y) {
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) v_store(y + i * VL, v_gelu(v_load(x + i * VL)));
}

// Three vectors at a time, each in another of the three stages: one after the other they would wait for themselves.
static __attribute__((noinline)) void gelu_strip(const float *x, float *y) {
  const float *const last = x + (STRIP_VECTORS - 1) * VL;
  vf largest = v_zero();
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) largest = v_max(v_abs(v_load(x + i * VL)), largest);
  if (vm_any(v_lt(v_set1(GELU_HIGHEST), largest))) {
    gelu_strip_far(x, y);
    return;
  }
  gelu_values middle = gelu_middle(gelu_begin(v_load(x)));
  gelu_parts begun = gelu_begin(v_load(x + VL));
  ROLLED for (; x + VL < last; x += VL, y += VL) {
    const gelu_values ready = middle;
    middle = gelu_middle(begun), begun = gelu_begin(v_load(x + 2 * VL));
    v_store(y, gelu_end(v_load(x), ready));
  }
  v_store(y, gelu_end(v_load(x), middle));
  v_store(y + VL, gelu_end(v_load(last), gelu_middle(begun)));
}
