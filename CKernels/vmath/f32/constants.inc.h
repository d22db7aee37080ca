// Template: the constants of functions of Float.

enum { MANTISSA_BITS = 23, EXPONENT_BIAS = 127 };
enum { LN2_REST_IS_SMALL = 1 };  // 2^8 LN2_REST / 2^7, what exp_split drops, is 2^-30
static const int32_t SIGN_BIT = INT32_MIN, MANTISSA_MASK = 0x007FFFFF, ONE_BITS = 0x3F800000;
static const int32_t SQRT_HALF_BITS = 0x3F3504F3;
static const int32_t TWO_TO_MANTISSA_BITS = 0x4B000000;  // 2^23
static const float REAL_MAX = FLT_MAX, REAL_MIN = FLT_MIN;
static const float LOG_SCALE = 0x1p23f;
static const float ROUND = 0x1.8p23f;  // y + ROUND - ROUND is y rounded to an integer, for |y| < 2^22

// Below TINY e^x - 1 and log(1 + x) are x; below its root sinh x is x.
static const float TINY = 0x1p-25f, ROOT_OF_TINY = 0x1p-13f;
// From here on e^x and 2^x are 0 or infinity, e^x - 1 is -1, tanh 1, sinh and cosh infinity.
static const float EXP_NORMAL = 87, EXP_LOWEST = -104, EXP_HIGHEST = 89, EXP2_LOWEST = -151, EXP2_HIGHEST = 129,
                   EXPM1_LOWEST = -18;
static const float TANH_HIGHEST = 9.02f, SINH_HIGHEST = 89.5f;
// x e^x is 0 below, 1 + e^-x is 1 above.  2^-n is kept LIFT higher while it may be subnormal: 2^-LIFT = LOWER.
static const float SIGMOID_LOWEST = -110, LIFT = 40, LOWER = 0x1p-40f;
// b e^x is 0 for x <= FAR_LOWEST whatever b is; 2^-n is kept FAR_LIFT higher, FAR_SHRINK FAR_LOWER = 2^-FAR_LIFT.
static const float FAR_LOWEST = -193, FAR_LIFT = 153, FAR_SHRINK = 0x1p-63f, FAR_LOWER = 0x1p-90f;
// Up to GELU_TANH_NORMAL the power of two in gelu_tanh is a normal number.
static const float GELU_TANH_LOWEST = -11, GELU_TANH_NORMAL = 10.01f;
// 1 / sqrt(x) scales x < RSQRT_SMALL by RSQRT_SCALE^2.
static const float RSQRT_SMALL = 0x1p-60f, RSQRT_SCALE = 0x1p32f;

// ln 2 = LN2_HI + LN2_LO.  LN2_HI has 15 significant bits and |n| < 2^9, so n * LN2_HI is exact (Cody & Waite 1980).
static const float LOG2_E = 0x1.715476p0f, LOG2_E_LO = 0x1.4ae0cp-26f, LN2_HI = 0x1.62e4p-1f, LN2_LO = 0x1.7f7d1cp-20f;
static const float LN2 = 0x1.62e43p-1f, LN2_REST = -0x1.05c61p-29f;  // ln 2 = LN2 + LN2_REST

// exp(r) = 1 + r + r^2 P(r), |r| <= ln 2 / 2, coefficients/exp.sollya: relative error 2^-27.6 of exp, 2^-30.5 of
// exp(r) - 1.
enum { EXP_TERMS = 5, EXPM1_TERMS = 6, EXP2_TERMS = 5, LOG_TERMS = 9 };
static const float EXP_P[EXP_TERMS] = {0x1.fffff2p-2f, 0x1.55548ep-3f, 0x1.555f6p-5f, 0x1.123bdcp-7f, 0x1.6602b2p-10f};
static const float EXPM1_P[EXPM1_TERMS] = {0x1p-1f,        0x1.555556p-3f, 0x1.555502p-5f,
                                           0x1.110ff2p-7f, 0x1.6d2ep-10f,  0x1.a2675cp-13f};
// 2^r = 1 + r (ln 2 + r P(r)), |r| <= 1/2: relative error 2^-27.5.
static const float EXP2_P[EXP2_TERMS] = {0x1.ebfbep-3f, 0x1.c6af6cp-5f, 0x1.3b2a48p-7f, 0x1.5f0904p-10f,
                                         0x1.442512p-13f};
// log1p(f) = f - f^2 / 2 + f^3 R(f), coefficients/log.sollya: relative error 2^-27.7.
static const float LOG_R[LOG_TERMS] = {0x1.555554p-2f,  -0x1.ffffe6p-3f, 0x1.999d2ap-3f,
                                       -0x1.55628ep-3f, 0x1.23de3ep-3f,  -0x1.fbbd7p-4f,
                                       0x1.dc745p-4f,   -0x1.ddc20ap-4f, 0x1.2ccep-4f};
// log(1 + e^x) = ln 2 + x / 2 + x^2 Q(x^2), |x| < 1, and log1p(t) = t + t^2 G(t), 0 <= t <= 1 / e;
// coefficients/softplus.sollya: relative errors 2^-31 and 2^-29.
enum { SOFTPLUS_TERMS = 5, SOFTPLUS_TAIL_TERMS = 7, SINH_TERMS = 3 };
static const float SOFTPLUS_Q[SOFTPLUS_TERMS] = {0x1p-3f, -0x1.55552ap-8f, 0x1.6bfc0cp-12f, -0x1.b4f17cp-16f,
                                                 0x1.d63374p-20f};
static const float SOFTPLUS_G[SOFTPLUS_TAIL_TERMS] = {-0x1p-1f,        0x1.555522p-2f, -0x1.ffe9fep-3f, 0x1.980246p-3f,
                                                      -0x1.477c38p-3f, 0x1.c98b5ap-4f, -0x1.79e636p-5f};
// sinh r = r + r^3 S(r^2), cosh r = 1 + r^2 C(r^2), |r| <= ln 2 / 2: relative errors 2^-33.
static const float SINH_S[SINH_TERMS] = {0x1.555556p-3f, 0x1.110f88p-7f, 0x1.a3639p-13f};
static const float COSH_C[SINH_TERMS] = {0x1p-1f, 0x1.555502p-5f, 0x1.6d2e06p-10f};

// sqrt(8 / pi) and 0.044715 sqrt(8 / pi), each as a sum of two.
static const float GELU_K1 = 0x1.98845p0f, GELU_K1_LOW = 0x1.9ea1b2p-23f;
static const float GELU_K2 = 0x1.2444f2p-4f, GELU_K2_LOW = 0x1.49b16ap-29f;

// The constants of SELU (Klambauer et al. 2017), 1.0507... and 1.0507... * 1.6732..., each as a sum of two.
static const float SELU_L = 0x1.0cfabep0f, SELU_L_LOW = -0x1.2adddap-25f;
static const float SELU_LA = 0x1.c212ccp0f, SELU_LA_LOW = 0x1.903c0cp-26f;
