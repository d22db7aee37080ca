// Template: tanh of Float.  Needs: base.inc.h.
//
// Eight intervals of |x|, split at 0.2 0.6 1 1.8 2.6 4.2 5.8: tanh a = T + d R(d), d = a - c, with c next to atanh T
// for a Float T, so that T is tanh c to within 2^-32 (Gal 1991); on the first it is a + a R(a).  Errors below 2^-25.9
// (coefficients/tanh.sollya).  With neither exponential nor quotient the chain of dependent operations is short.

// Rows: c, T, then the coefficients of R; the last column is the first interval's.
enum { TANH_TERMS = 7 };
static const float TANH_TABLE[TANH_TERMS + 2][8] = {
    {0x1.3d7264p-2f, 0x1.9995e8p-1f, 0x1.66643cp0f, 0x1.19a83ap1f, 0x1.b3604ep1f, 0x1.3d312ap2f, 0x1.fe2804p2f, 0},
    {0x1.33a76p-2f, 0x1.53fa9p-1f, 0x1.c54bep-1f, 0x1.f39768p-1f, 0x1.fedd28p-1f, 0x1.fff302p-1f, 0x1.fffff8p-1f, 0},
    {0x1.d1c8a4p-1f, 0x1.1e3f38p-1f, 0x1.bab4c2p-3f, 0x1.884338p-5f, 0x1.228556p-8f, 0x1.9fbbeap-13f, 0x1.ffa6ep-22f,
     0},
    {-0x1.17e228p-2f, -0x1.7c25eap-2f, -0x1.87f25ep-3f, -0x1.7ec12ep-5f, -0x1.21e892p-8f, -0x1.9fbfp-13f,
     -0x1.e9ac4p-22f, -0x1.22f24ep-27f},
    {-0x1.c4dd58p-3f, 0x1.ecca94p-5f, 0x1.8ee348p-4f, 0x1.e57326p-6f, 0x1.80cbbp-9f, 0x1.14fc76p-13f, 0x1.5c265ep-22f,
     -0x1.55552p-2f},
    {0x1.42c2bap-3f, 0x1.575654p-4f, -0x1.6f9dfp-6f, -0x1.b53956p-7f, -0x1.7c25a2p-10f, -0x1.13d778p-14f,
     -0x1.c3ef22p-23f, -0x1.9b5784p-16f},
    {0x1.7bd2e6p-5f, -0x1.03ee44p-4f, -0x1.0108f8p-7f, 0x1.138218p-8f, 0x1.2b5942p-11f, 0x1.bd2184p-16f,
     0x1.4ee336p-25f, 0x1.11c34ap-3f},
    {-0x1.322872p-4f, 0x1.48c172p-8f, 0x1.5156b8p-7f, -0x1.49fc36p-11f, -0x1.9b3c12p-13f, -0x1.3fa9acp-17f,
     0x1.dd036p-28f, -0x1.28a6f2p-9f},
    {0x1.e69b0cp-7f, 0x1.46d2f8p-6f, -0x1.1eebp-8f, -0x1.9a9b02p-13f, 0x1.a3c538p-15f, 0x1.475db4p-19f, 0x1.b2c242p-26f,
     -0x1.86b7bcp-5f},
};
// TANH_START + TANH_SCALE a reaches another half octave at each split, the last from 24 on: not for a <= TANH_HIGHEST.
static const float TANH_START = 1.5f, TANH_SCALE = 0x1.3f4p1f;

// Pairs in d^2 below the first coefficient, so that only one rounding of R is of the size of half its last place.
static inline vf tanh_slope(vi i, vf d) {
  vf c[TANH_TERMS];
  UNROLL for (int j = 0; j < TANH_TERMS; ++j)
    c[j] = v_lookup8(TANH_TABLE[2 + j], i);
  const vf dd = v_mul(d, d), high = v_fused(v_fused(c[6], d, c[5]), dd, v_fused(c[4], d, c[3]));
  return v_fused(v_fused(high, dd, v_fused(c[2], d, c[1])), d, c[0]);
}

// The interval and what it is added to both follow `at` as rounded.
static inline vf v_tanh(vf x) {
  const vf a = v_min(v_set1(TANH_HIGHEST), v_abs(x)), at = v_fused(a, v_set1(TANH_SCALE), v_set1(TANH_START));
  const vi i = vi_shr(v_bits(at), 22);
  const vf d = v_sub(a, v_lookup8(TANH_TABLE[0], i));
  const vf base = v_select(v_lt(at, v_set1(2)), a, v_lookup8(TANH_TABLE[1], i));
  return v_with_sign(v_fused(d, tanh_slope(i, d), base), v_sign(x));
}
