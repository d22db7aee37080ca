// Template: what sin and cos of Float are made of.

// 2 / pi and pi / 2 = PI_2[0] + PI_2[1] + PI_2[2].
static const float TWO_OVER_PI = 0x1.45f306p-1f, PI_2[3] = {0x1.921fb6p0f, -0x1.777a5cp-25f, -0x1.ee59dap-50f};
static const float TRIG_SMALL = 0x1p17f;

// sin r = r + r^3 S(r^2), cos r = 1 - r^2 / 2 + r^4 C(r^2), |r| <= pi / 4; coefficients/softplus.sollya:
// relative errors 2^-30.
enum { SIN_TERMS = 4, COS_TERMS = 3 };
static const float SIN_S[SIN_TERMS] = {-0x1.555556p-3f, 0x1.11119ap-7f, -0x1.a0857ep-13f, 0x1.882402p-19f};
static const float COS_C[COS_TERMS] = {0x1.555554p-5f, -0x1.6c129ep-10f, 0x1.9bc762p-16f};

// An angle of quadrant pi / 2 + r + low.
typedef struct {
  float r, low;
  int quadrant;
} trig_angle;

// Payne & Hanek (1983): |x| = m 2^e, m < 2^24, e >= -6.  Bits of 2 / pi above 2^(1 - e) contribute multiples of 4 to
// m 2^e 2 / pi; the next 96 give the quadrant and 62 bits of the fraction.
static inline trig_angle trig_reduce_large(float x) {
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
  const uint64_t quadrant = (turns + ((uint64_t)1 << 61)) >> 62;
  const double exact = 0x1.921fb54442d18p-62 * (double)(int64_t)(turns - (quadrant << 62));
  return (trig_angle){(float)exact, (float)(exact - (float)exact), (int)quadrant};
}
