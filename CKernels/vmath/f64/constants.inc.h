// Template: the constants of functions of Double.  As f32/constants.inc.h; coefficients/f64.sollya made the tables.

enum { MANTISSA_BITS = 52, EXPONENT_BIAS = 1023 };
enum { LN2_REST_IS_SMALL = 0 };
static const int64_t SIGN_BIT = INT64_MIN, MANTISSA_MASK = 0x000FFFFFFFFFFFFF, ONE_BITS = 0x3FF0000000000000;
static const int64_t SQRT_HALF_BITS = 0x3FE6A09E667F3BCD;
static const int64_t TWO_TO_MANTISSA_BITS = 0x4330000000000000;  // 2^52
static const double REAL_MAX = DBL_MAX, REAL_MIN = DBL_MIN;
static const double LOG_SCALE = 0x1p52;
static const double ROUND = 0x1.8p52;  // y + ROUND - ROUND is y rounded to an integer, for |y| < 2^51

static const double TINY = 0x1p-54, ROOT_OF_TINY = 0x1p-27;
static const double EXP_NORMAL = 708, EXP_LOWEST = -746, EXP_HIGHEST = 710, EXP2_LOWEST = -1076, EXP2_HIGHEST = 1025,
                    EXPM1_LOWEST = -38;
static const double TANH_HIGHEST = 19.1, SINH_HIGHEST = 710.5;
static const double SIGMOID_LOWEST = -760, LIFT = 80, LOWER = 0x1p-80;
static const double FAR_LOWEST = -1455.5, FAR_LIFT = 1100, FAR_SHRINK = 0x1p-500, FAR_LOWER = 0x1p-600;
static const double GELU_TANH_LOWEST = -21.65, GELU_TANH_NORMAL = 21.1;
static const double RSQRT_SMALL = 0x1p-900, RSQRT_SCALE = 0x1p100;

// LN2_HI has 41 significant bits and |n| < 2^12.
static const double LOG2_E = 0x1.71547652b82fep0, LOG2_E_LO = 0x1.777d0ffda0d24p-56;
static const double LN2_HI = 0x1.62e42fefa3p-1, LN2_LO = 0x1.3de6af278ece6p-42;
static const double LN2 = 0x1.62e42fefa39efp-1, LN2_REST = 0x1.abc9e3b39803fp-56;

// Relative errors below 2^-56.  TANH_T: 2^(k + 1) times EXPM1_P, for (exp(2 r) - 1) / 2.
enum { EXP_TERMS = 11, EXPM1_TERMS = 11, TANH_TERMS = 11, EXP2_TERMS = 11, LOG_TERMS = 21 };
static const double EXP_P[EXP_TERMS] = {0x1p-1,
                                        0x1.5555555555557p-3,
                                        0x1.5555555555557p-5,
                                        0x1.1111111110052p-7,
                                        0x1.6c16c16c156a5p-10,
                                        0x1.a01a01ac1d231p-13,
                                        0x1.a01a01ab98781p-16,
                                        0x1.71de01afc9b53p-19,
                                        0x1.27e4cfaf48e48p-22,
                                        0x1.af4ec45b75b33p-26,
                                        0x1.1f86f013e0339p-29};
static const double EXPM1_P[EXPM1_TERMS] = {0x1p-1,
                                            0x1.5555555555557p-3,
                                            0x1.5555555555557p-5,
                                            0x1.1111111110052p-7,
                                            0x1.6c16c16c156a5p-10,
                                            0x1.a01a01ac1d231p-13,
                                            0x1.a01a01ab98781p-16,
                                            0x1.71de01afc9b53p-19,
                                            0x1.27e4cfaf48e48p-22,
                                            0x1.af4ec45b75b33p-26,
                                            0x1.1f86f013e0339p-29};
static const double TANH_T[TANH_TERMS] = {0x1p0,
                                          0x1.5555555555557p-1,
                                          0x1.5555555555557p-2,
                                          0x1.1111111110052p-3,
                                          0x1.6c16c16c156a5p-5,
                                          0x1.a01a01ac1d231p-7,
                                          0x1.a01a01ab98781p-9,
                                          0x1.71de01afc9b53p-11,
                                          0x1.27e4cfaf48e48p-13,
                                          0x1.af4ec45b75b33p-16,
                                          0x1.1f86f013e0339p-18};
static const double EXP2_P[EXP2_TERMS] = {0x1.ebfbdff82c58fp-3,  0x1.c6b08d704a0c2p-5,  0x1.3b2ab6fba4cc3p-7,
                                          0x1.5d87fe78a509cp-10, 0x1.430912f9046ccp-13, 0x1.ffcbfc67c0b5ep-17,
                                          0x1.62c01f8854804p-20, 0x1.b524f93b372b2p-24, 0x1.e4d9f7e3bd60ap-28,
                                          0x1.e9d6bd8839089p-32, 0x1.b4ca32951fd26p-36};
static const double LOG_R[LOG_TERMS] = {
    0x1.5555555555555p-2,  -0x1.0000000000008p-2, 0x1.9999999999bp-3,    -0x1.5555555553019p-3, 0x1.249249248329ap-3,
    -0x1.0000000197cd3p-3, 0x1.c71c71d273a75p-4,  -0x1.9999989b1c71p-4,  0x1.745d1469de6aap-4,  -0x1.5555802e098d4p-4,
    0x1.3b142d5af4da6p-4,  -0x1.248e219d3fb24p-4, 0x1.1103868534d68p-4,  -0x1.003ad1e395604p-4, 0x1.e3b61504b26cep-5,
    -0x1.c3e3b2c4ece66p-5, 0x1.9ca3cc72b8fbfp-5,  -0x1.9c59e665a1174p-5, 0x1.e60091a66d615p-5,  -0x1.d18ea1f2fc025p-5,
    0x1.a3f876757543ap-6};
enum { SOFTPLUS_TERMS = 12, SOFTPLUS_TAIL_TERMS = 15, SINH_TERMS = 6 };
static const double SOFTPLUS_Q[SOFTPLUS_TERMS] = {0x1p-3,
                                                  -0x1.5555555555555p-8,
                                                  0x1.6c16c16c16b22p-12,
                                                  -0x1.ba1ba1ba0b1acp-16,
                                                  0x1.1ea5d39724e91p-19,
                                                  -0x1.833d9aeb903d4p-23,
                                                  0x1.0d0b273617342p-26,
                                                  -0x1.7d9d1a0526241p-30,
                                                  0x1.12aa7b8501f25p-33,
                                                  -0x1.8c0c9f0ed441dp-37,
                                                  0x1.0b8fea8a5208ap-40,
                                                  -0x1.f9c6ac7b5d1f5p-45};
static const double SOFTPLUS_G[SOFTPLUS_TAIL_TERMS] = {-0x1p-1,
                                                       0x1.5555555555528p-2,
                                                       -0x1.fffffffffa81cp-3,
                                                       0x1.99999997b84bdp-3,
                                                       -0x1.55555501a97d3p-3,
                                                       0x1.2492407b11587p-3,
                                                       -0x1.fffed55d15a88p-4,
                                                       0x1.c70ea403ca38ep-4,
                                                       -0x1.99259a8658869p-4,
                                                       0x1.719a5876c9adcp-4,
                                                       -0x1.4900375f93ffbp-4,
                                                       0x1.128884c903db6p-4,
                                                       -0x1.852f003781a64p-5,
                                                       0x1.8c8fac05a8a94p-6,
                                                       -0x1.9fa3f9b6ea4f5p-8};
static const double SINH_S[SINH_TERMS] = {0x1.5555555555555p-3,  0x1.1111111111489p-7,  0x1.a01a019d93092p-13,
                                          0x1.71de465d19c5ap-19, 0x1.ae3230cccb7b7p-26, 0x1.ad6579e08685ep-33};
static const double COSH_C[SINH_TERMS] = {0x1p-1,
                                          0x1.5555555555556p-5,
                                          0x1.6c16c16c15ff9p-10,
                                          0x1.a01a01a8195eep-16,
                                          0x1.27e4d8155dd4ep-22,
                                          0x1.1f78e72213d5fp-29};

static const double GELU_K1 = 0x1.9884533d4364p0, GELU_K1_LOW = 0x1.08d0fcb3c500cp-48;
static const double GELU_K2 = 0x1.2444f2a4d8b4bp-4, GELU_K2_LOW = -0x1.6c843a29d1c7p-61;
static const double SELU_L = 0x1.0cfabd6a91132p0, SELU_L_LOW = 0x1.6fc7d272f2695p-55;
static const double SELU_LA = 0x1.c212cc640f031p0, SELU_LA_LOW = 0x1.05161b045a1fep-56;
