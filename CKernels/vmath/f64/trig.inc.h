// Template: what sin and cos of Double are made of.  As f32/trig.inc.h.

static const double TWO_OVER_PI = 0x1.45f306dc9c883p-1;
static const double PI_2[3] = {0x1.921fb54442d18p0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};
static const double TRIG_SMALL = 0x1p30;

// coefficients/f64.sollya: relative errors 2^-56 and 2^-60.
enum { SIN_TERMS = 6, COS_TERMS = 6 };
static const double SIN_S[SIN_TERMS] = {-0x1.5555555555555p-3, 0x1.1111111110c82p-7,   -0x1.a01a019ea0ecap-13,
                                        0x1.71de37b16f421p-19, -0x1.ae6020a27402dp-26, 0x1.5e116be0dc413p-33};
static const double COS_C[COS_TERMS] = {0x1.5555555555555p-5,   -0x1.6c16c16c168ccp-10, 0x1.a01a019f38a87p-16,
                                        -0x1.27e4fa035db06p-22, 0x1.1eeb583c04951p-29,  -0x1.9073c32549522p-37};

// An angle of quadrant pi / 2 + r + low.
typedef struct {
  double r, low;
  int quadrant;
} trig_angle;

// f pi / 2 for f = (high + low 2^-64) 2^-62 turns, |high| <= 2^61: nearest integers make both halves signed.
static inline trig_angle trig_angle_of(int quadrant, uint64_t high, uint64_t low) {
  const int64_t nearest = (int64_t)(high + (low >> 63));
  const double a = (double)nearest, rest = (double)(nearest - (int64_t)a);
  const double f = 0x1p-62 * a, f_low = 0x1p-62 * rest + 0x1p-126 * (double)(int64_t)low;
  const double p = f * PI_2[0], p_low = fma(f, PI_2[0], -p) + (f * PI_2[1] + f_low * PI_2[0]), r = p + p_low;
  return (trig_angle){r, (p - r) + p_low, quadrant};
}

// Payne & Hanek (1983): |x| = m 2^e, m < 2^53, e >= -22.  Bits of 2 / pi above 2^(1 - e) contribute multiples of 4 to
// m 2^e 2 / pi; the next 192 give the quadrant and 190 bits of the fraction, of which no Double makes more than the
// first 62 zeros.
static inline trig_angle trig_reduce_large(double x) {
  static const uint64_t two_over_pi[20] = {
      0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561,
      0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41,
      0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7,
      0x4F463F669E5FEA2D, 0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB};
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  const int from = (int)(bits >> 52 & 2047) - 1075 + 62, shift = from & 63;
  const uint64_t m = (bits & 0xFFFFFFFFFFFFF) | (uint64_t)1 << 52;
  const uint64_t *word = two_over_pi + (from >> 6);
  uint64_t w[3];
  for (int i = 0; i < 3; ++i) w[i] = (uint64_t)((((unsigned __int128)word[i] << 64 | word[i + 1]) << shift) >> 64);
  const unsigned __int128 middle = (unsigned __int128)m * w[1] + (uint64_t)((unsigned __int128)m * w[2] >> 64);
  const uint64_t turns = m * w[0] + (uint64_t)(middle >> 64), quadrant = (turns + ((uint64_t)1 << 61)) >> 62;
  return trig_angle_of((int)quadrant, turns - (quadrant << 62), (uint64_t)middle);
}
