// Template: erf, erfc, far GELU and the derivative of GELU of Float.  Needs: exp.inc.h.
//
// Eight intervals, each a polynomial about its center c: f = T + (x - c) R(x - c), with c chosen so that f(c) is a
// Float to within 2^-32 (Gal 1991).  Rows: centers, T, then the coefficients of R (coefficients/erf.sollya).

// erfcx(a) = exp(a^2) erfc(a), a = 0 0.5 1 2 3 5 7 11 15: relative error 2^-27.
static const float ERFC_TABLE[10][8] = {
    {0x1.eap-3f, 0x1.8b8p-1f, 0x1.79p0f, 0x1.3ecp1f, 0x1.f9p1f, 0x1.808p2f, 0x1.258p3f, 0x1.a18p3f},
    {0x1.8e8a34p-1f, 0x1.fec234p-2f, 0x1.4df1a4p-2f, 0x1.b13928p-3f, 0x1.1c3f86p-3f, 0x1.7b881p-4f, 0x1.f4f8a8p-5f,
     0x1.6137a6p-5f},
    {-0x1.8305c8p-1f, -0x1.6e60ccp-2f, -0x1.57c83ep-3f, -0x1.3287fcp-4f, -0x1.1019aap-5f, -0x1.ec4386p-7f,
     -0x1.afeaaap-8f, -0x1.aea8b6p-9f},
    {0x1.31f0fcp-1f, 0x1.c77deap-3f, 0x1.433adp-4f, 0x1.9c72b8p-6f, 0x1.fbc662p-8f, 0x1.3b4b2p-9f, 0x1.724706p-11f,
     0x1.05ca06p-12f},
    {-0x1.a26ea8p-2f, -0x1.fbe1d4p-4f, -0x1.1a1494p-5f, -0x1.09606p-7f, -0x1.ce9bfep-10f, -0x1.8f11a6p-12f,
     -0x1.3badfep-14f, -0x1.3d5e3ap-16f},
    {0x1.ffdd84p-3f, 0x1.034b18p-4f, 0x1.ce15cp-7f, 0x1.48188cp-9f, 0x1.9c0f1cp-12f, 0x1.f38f7cp-15f, 0x1.0bbf96p-17f,
     0x1.7f68fp-20f},
    {-0x1.1db046p-3f, -0x1.eb17d6p-6f, -0x1.65cc9ap-8f, -0x1.8702acp-11f, -0x1.6642e6p-14f, -0x1.34c98ap-17f,
     -0x1.c26bdp-21f, -0x1.ce4e44p-24f},
    {0x1.233f4cp-4f, 0x1.bfc6f8p-7f, 0x1.0932e6p-9f, 0x1.c2e6cp-13f, 0x1.3377b2p-16f, 0x1.6b606p-20f, 0x1.736ceap-24f,
     0x1.21cb36p-27f},
    {-0x1.256ea6p-5f, -0x1.9f1c72p-8f, -0x1.8af69p-11f, -0x1.04f90ap-14f, -0x1.1a2002p-18f, -0x1.d7584p-23f,
     -0x1.56117ap-27f, -0x1.5a581ep-31f},
    {0x1.850974p-6f, -0x1.d3e84p-12f, 0x1.ee9778p-13f, 0x1.199a58p-16f, 0x1.b6749ep-21f, 0x1.fe41fep-25f,
     0x1.5c8c8p-30f, 0x1.057bf2p-37f},
};

// exp(a^2 / 2) Phi(-a), the same intervals: relative error 2^-24.4.
static const float MILLS_TABLE[9][8] = {
    {0x1.0fp-2f, 0x1.7d8p-1f, 0x1.85p0f, 0x1.45cp1f, 0x1.02cp2f, 0x1.7cp2f, 0x1.21cp3f, 0x1.9f4p3f},
    {0x1.a3931p-2f, 0x1.344f18p-2f, 0x1.a1daf2p-3f, 0x1.1d4e48p-3f, 0x1.7efde4p-4f, 0x1.0bfd6ep-4f, 0x1.64aec4p-5f,
     0x1.f4c238p-6f},
    {-0x1.297a28p-2f, -0x1.6594c8p-3f, -0x1.6c2de8p-4f, -0x1.6bcfbap-5f, -0x1.56934ap-6f, -0x1.57048p-7f,
     -0x1.33e132p-8f, -0x1.312748p-9f},
    {0x1.54d8f6p-3f, 0x1.5e2d76p-4f, 0x1.1a5446p-5f, 0x1.aeb4p-7f, 0x1.25e49ep-8f, 0x1.ad0312p-10f, 0x1.06d448p-11f,
     0x1.71d018p-13f},
    {-0x1.507f9ap-4f, -0x1.2ed3d8p-5f, -0x1.8f24b8p-7f, -0x1.ded9fep-9f, -0x1.e5abfap-11f, -0x1.06829p-12f,
     -0x1.bbfa04p-15f, -0x1.bdb02p-17f},
    {0x1.28525cp-5f, 0x1.dadadp-7f, 0x1.054b04p-8f, 0x1.f813eap-11f, 0x1.8335a6p-13f, 0x1.3a9dc8p-15f, 0x1.724652p-18f,
     0x1.0af1d4p-20f},
    {-0x1.dbd456p-7f, -0x1.56ab94p-8f, -0x1.402824p-10f, -0x1.f9bcdp-13f, -0x1.2a38cep-15f, -0x1.72a0b2p-18f,
     -0x1.30fb48p-21f, -0x1.3e177cp-24f},
    {0x1.64119p-8f, 0x1.c609p-10f, 0x1.80f698p-12f, 0x1.f169e8p-15f, 0x1.df7c88p-18f, 0x1.ba8b86p-21f, 0x1.102acp-24f,
     0x1.89d05p-28f},
    {-0x1.eb728ap-10f, -0x1.3ba012p-11f, -0x1.bf83aep-14f, -0x1.d7c3ap-17f, -0x1.7b83p-20f, -0x1.d6d2b2p-24f,
     -0x1.d6be5p-28f, -0x1.d4439cp-32f},
};

// erf(a), a = 0 0.5 ... 4: relative error 2^-26.9.  On [0, 0.5) it is a + a R(a).
static const float ERF_TABLE[9][8] = {
    {0, 0x1.7a8p-1f, 0x1.424p0f, 0x1.bcp0f, 0x1.1d2p1f, 0x1.5eap1f, 0x1.a12p1f, 0x1.df4p1f},
    {0, 0x1.688c0cp-1f, 0x1.d993dcp-1f, 0x1.f8bdf2p-1f, 0x1.ff2a28p-1f, 0x1.fff1f6p-1f, 0x1.ffff78p-1f, 0x1.fffffcp-1f},
    {0x1.06ebaap-3f, 0x1.4e7d4p-1f, 0x1.d9d4cep-3f, 0x1.c885dep-5f, 0x1.02cd12p-7f, 0x1.460c56p-11f, 0x1.ce7b86p-16f,
     0x1.ee75dcp-21f},
    {-0x1.a85026p-20f, -0x1.ee8c2p-2f, -0x1.2a3a2p-2f, -0x1.8be43cp-4f, -0x1.203e6ep-6f, -0x1.be8cbcp-10f,
     -0x1.792f34p-14f, -0x1.c70ae8p-19f},
    {-0x1.811a6ep-2f, 0x1.4bce94p-6f, 0x1.569934p-3f, 0x1.7da9e4p-4f, 0x1.80ebaep-6f, 0x1.7c9442p-9f, 0x1.85f802p-13f,
     0x1.1621fap-17f},
    {-0x1.2826d4p-11f, 0x1.3a5568p-3f, -0x1.0c36eep-7f, -0x1.8dfa98p-5f, -0x1.4cb268p-6f, -0x1.bf225ap-9f,
     -0x1.19c9bp-12f, -0x1.1aaa6p-16f},
    {0x1.daa31ep-4f, -0x1.a53412p-5f, -0x1.79add4p-5f, 0x1.778308p-8f, 0x1.6978e4p-7f, 0x1.77b198p-9f, 0x1.3cbce2p-12f,
     0x1.4f7f46p-16f},
    {-0x1.0654e4p-7f, -0x1.c8b64ep-6f, 0x1.55d258p-6f, 0x1.3b289ap-7f, -0x1.5d8a4ap-9f, -0x1.ba1ae2p-10f,
     -0x1.413526p-12f, 0x1.77a188p-18f},
    {-0x1.2689bep-6f, 0x1.1e3584p-6f, 0x1.f7064p-9f, -0x1.7b8cfp-8f, -0x1.88ba4ap-11f, 0x1.41da6ep-11f, 0x1.1aa04p-13f,
     0x1.2c2abep-19f},
};

// p + low = f(a), from interval i.
typedef struct {
  vf p, low;
} tail_value;

static inline tail_value table_value(const int terms, const float (*table)[8], vi i, vf a) {
  vf c[8];
  UNROLL for (int j = 0; j < terms; ++j)
    c[j] = v_lookup8(table[j + 2], i);
  const vf d = v_sub(a, v_lookup8(table[0], i)), dd = v_mul(d, d);
  vf r = terms & 1 ? c[terms - 1] : v_fused(c[terms - 1], d, c[terms - 2]);
  UNROLL for (int j = (terms - 3) / 2 * 2; j >= 0; j -= 2)
    r = v_fused(r, dd, v_fused(c[j + 1], d, c[j]));
  return (tail_value){v_lookup8(table[1], i), v_mul(d, r)};
}

// From the intervals 0 0.5 1 2 3 5 7 11 15: half octaves of 1 + a.
static inline tail_value tail_from(const int terms, const float (*table)[8], vf a) {
  const vi i = vi_sub(vi_shr(v_bits(v_add(a, v_set1(1))), 22), vi_set1(0x3F800000 >> 22));
  const tail_value t = table_value(terms, table, i, a);
  const vf p = v_add(t.p, t.low);
  return (tail_value){p, v_sub(t.low, v_sub(p, t.p))};
}

// (p + low) e^(x + x_low) for -110 <= x <= 0.
static inline vf tail_times_exp(vf p, vf low, vf x, vf x_low) {
  const exp_parts e = exp_split_pair(x, x_low, 2 * EXPONENT_BIAS, EXP_TERMS, EXP_P);
  const vi half = vi_shr(e.bits, 1);
  const vf y = v_add(p, v_fused(p, e.h, v_fused(p, e.l, v_fused(low, e.h, low))));
  return v_mul(v_mul(y, exp2_of_bits(half)), exp2_of_bits(vi_sub(e.bits, half)));
}

// erfc(x) for x >= 0, 2 - erfc(-x) below.
static inline vf v_erfc(vf x) {
  const vf a = v_min(v_set1(10.25f), v_abs(x)), aa = v_mul(a, a), aa_low = v_fused(a, a, v_neg(aa));
  const tail_value t = tail_from(8, ERFC_TABLE, a);
  const vf y = tail_times_exp(t.p, t.low, v_neg(aa), v_neg(aa_low));
  return v_select(v_lt(x, v_zero()), v_sub(v_set1(2), y), y);
}

// x Phi(x) = max(x, 0) - |x| Phi(-|x|): GELU where that may be subnormal.
static inline vf gelu_far(vf x) {
  const vf half = v_set1(-0.5f), a = v_min(v_set1(14.75f), v_abs(x)), aa = v_mul(a, a),
           aa_low = v_fused(a, a, v_neg(aa));
  const tail_value t = tail_from(7, MILLS_TABLE, a);
  const vf p = v_mul(a, t.p), low = v_fused(a, t.low, v_fused(a, t.p, v_neg(p)));
  const vf y = v_sub(v_max(v_zero(), x), tail_times_exp(p, low, v_mul(half, aa), v_mul(half, aa_low)));
  return v_from_bits(vi_or(v_bits(y), v_sign(x)));
}

// Phi(-a) - a phi(a) for a = -x, one minus that for a = x: the derivative of GELU where that may be subnormal.
static inline vf gelu_derivative_far(vf x) {
  const float inverse_sqrt_2pi = 0x1.988454p-2f;
  const vf half = v_set1(-0.5f), a = v_min(v_set1(14.75f), v_abs(x)), aa = v_mul(a, a),
           aa_low = v_fused(a, a, v_neg(aa));
  const tail_value t = tail_from(7, MILLS_TABLE, a);
  const vf p = v_fused(v_neg(a), v_set1(inverse_sqrt_2pi), t.p);
  const vf y = tail_times_exp(p, t.low, v_mul(half, aa), v_mul(half, aa_low));
  return v_select(v_lt(x, v_zero()), y, v_sub(v_set1(1), y));
}

// The interval and what it is added to both follow a + 4 as rounded: the numbers just below 0.5 belong to the second.
static inline vf v_erf(vf x) {
  const vf a = v_min(v_set1(3.99f), v_abs(x)), at = v_add(a, v_set1(4));
  const vi i = vi_sub(vi_shr(v_bits(at), 20), vi_set1(0x40800000 >> 20));
  const tail_value t = table_value(7, ERF_TABLE, i, a);
  const vf base = v_select(v_lt(at, v_set1(4.5f)), a, t.p);
  return v_with_sign(v_add(base, t.low), v_sign(x));
}
