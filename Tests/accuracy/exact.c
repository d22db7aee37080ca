#if __has_include(<mpfr.h>)
#include "exact.h"

#include <math.h>

// y <- 1 / (1 + e^-x)
static void sigmoid(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)p, (void)q;
  mpfr_neg(y, x, MPFR_RNDN);
  mpfr_exp(y, y, MPFR_RNDN);
  mpfr_add_ui(y, y, 1, MPFR_RNDN);
  mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

// y <- x gate, -0 where the gate is 0: at -infinity, too.
static void gated(mpfr_t y, const mpfr_t x, const mpfr_t gate) {
  if (mpfr_zero_p(gate))
    mpfr_set_zero(y, -1);
  else
    mpfr_mul(y, x, gate, MPFR_RNDN);
}

// x sigmoid(p x)
static void swish(mpfr_t y, const mpfr_t x, double p, double q) {
  mpfr_t gate;
  mpfr_init2(gate, EXACT_BITS);
  mpfr_mul_d(gate, x, p, MPFR_RNDN);
  sigmoid(gate, gate, p, q);
  gated(y, x, gate);
  mpfr_clear(gate);
}

// log(1 + e^(p x)) / p = (max(z, 0) + log(1 + e^-|z|)) / p, z = p x
static void softplus(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)q;
  mpfr_t z;
  mpfr_init2(z, EXACT_BITS);
  mpfr_mul_d(z, x, p, MPFR_RNDN);
  mpfr_abs(y, z, MPFR_RNDN);
  mpfr_neg(y, y, MPFR_RNDN);
  mpfr_exp(y, y, MPFR_RNDN);
  mpfr_log1p(y, y, MPFR_RNDN);
  if (mpfr_cmp_ui(z, 0) > 0) mpfr_add(y, y, z, MPFR_RNDN);
  mpfr_div_d(y, y, p, MPFR_RNDN);
  mpfr_clear(z);
}

// -log(1 + e^-x)
static void log_sigmoid(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)p;
  softplus(y, x, -1, q);
}

// x erfc(-x / sqrt(2)) / 2
static void gelu(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)p, (void)q;
  mpfr_t gate;
  mpfr_init2(gate, EXACT_BITS);
  mpfr_sqrt_ui(gate, 2, MPFR_RNDN);
  mpfr_div(gate, x, gate, MPFR_RNDN);
  mpfr_neg(gate, gate, MPFR_RNDN);
  mpfr_erfc(gate, gate, MPFR_RNDN);
  mpfr_div_2ui(gate, gate, 1, MPFR_RNDN);
  gated(y, x, gate);
  mpfr_clear(gate);
}

// x sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3))
static void gelu_tanh(mpfr_t y, const mpfr_t x, double p, double q) {
  mpfr_t z, gate;
  mpfr_inits2(EXACT_BITS, z, gate, (mpfr_ptr)NULL);
  mpfr_set_str(z, "0.044715", 10, MPFR_RNDN);
  mpfr_mul(z, z, x, MPFR_RNDN);
  mpfr_mul(z, z, x, MPFR_RNDN);
  mpfr_add_ui(z, z, 1, MPFR_RNDN);
  mpfr_mul(z, z, x, MPFR_RNDN);
  mpfr_const_pi(gate, MPFR_RNDN);
  mpfr_ui_div(gate, 8, gate, MPFR_RNDN);
  mpfr_sqrt(gate, gate, MPFR_RNDN);
  mpfr_mul(z, z, gate, MPFR_RNDN);
  sigmoid(gate, z, p, q);
  gated(y, x, gate);
  mpfr_clears(z, gate, (mpfr_ptr)NULL);
}

// x tanh(log(1 + e^x)) = x n / (n + 2), n = e^x (e^x + 2); for x > 0 x (1 - 2 t^2 / (2 t^2 + 2 t + 1)), t = e^-x
static void mish(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)p, (void)q;
  mpfr_t t, n;
  mpfr_inits2(EXACT_BITS, t, n, (mpfr_ptr)NULL);
  const bool positive = mpfr_cmp_ui(x, 0) > 0;
  mpfr_abs(t, x, MPFR_RNDN);
  mpfr_neg(t, t, MPFR_RNDN);
  mpfr_exp(t, t, MPFR_RNDN);
  mpfr_add_ui(n, t, 2, MPFR_RNDN);
  mpfr_mul(n, n, t, MPFR_RNDN);  // t^2 + 2 t
  mpfr_sqr(t, t, MPFR_RNDN);
  if (positive) {
    mpfr_add(n, n, t, MPFR_RNDN);  // 2 t^2 + 2 t
    mpfr_mul_2ui(t, t, 1, MPFR_RNDN);
    mpfr_add_ui(n, n, 1, MPFR_RNDN);
    mpfr_div(n, t, n, MPFR_RNDN);
    mpfr_ui_sub(n, 1, n, MPFR_RNDN);
  } else {
    mpfr_add_ui(t, n, 2, MPFR_RNDN);
    mpfr_div(n, n, t, MPFR_RNDN);
  }
  gated(y, x, n);
  mpfr_clears(t, n, (mpfr_ptr)NULL);
}

// x > 0 ? x : p (e^x - 1)
static void elu(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)q;
  if (mpfr_cmp_ui(x, 0) > 0) {
    mpfr_set(y, x, MPFR_RNDN);
    return;
  }
  mpfr_expm1(y, x, MPFR_RNDN);
  mpfr_mul_d(y, y, p, MPFR_RNDN);
}

// L (x > 0 ? x : A (e^x - 1)), the constants of Klambauer et al. (2017)
static void selu(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)p;
  mpfr_t constant;
  mpfr_init2(constant, EXACT_BITS);
  elu(y, x, 1, q);
  mpfr_set_str(constant, "1.6732632423543772848170429916717", 10, MPFR_RNDN);
  if (mpfr_cmp_ui(x, 0) <= 0) mpfr_mul(y, y, constant, MPFR_RNDN);
  mpfr_set_str(constant, "1.0507009873554804934193349852946", 10, MPFR_RNDN);
  mpfr_mul(y, y, constant, MPFR_RNDN);
  mpfr_clear(constant);
}

// x > 0 ? x : p (e^(x/p) - 1)
static void celu(mpfr_t y, const mpfr_t x, double p, double q) {
  mpfr_div_d(y, x, p, MPFR_RNDN);
  elu(y, y, p, q);
  if (mpfr_cmp_ui(x, 0) > 0) mpfr_set(y, x, MPFR_RNDN);
}

// x / (1 + |x|)
static void softsign(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)p, (void)q;
  if (mpfr_inf_p(x)) {
    mpfr_set_si(y, mpfr_sgn(x), MPFR_RNDN);
    return;
  }
  mpfr_abs(y, x, MPFR_RNDN);
  mpfr_add_ui(y, y, 1, MPFR_RNDN);
  mpfr_div(y, x, y, MPFR_RNDN);
}

static void rsqrt(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)p, (void)q;
  mpfr_sqrt(y, x, MPFR_RNDN);
  mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

// min(max(x, p), q)
static void clamp(mpfr_t y, const mpfr_t x, double p, double q) {
  if (mpfr_cmp_d(x, p) < 0)
    mpfr_set_d(y, p, MPFR_RNDN);
  else if (mpfr_cmp_d(x, q) > 0)
    mpfr_set_d(y, q, MPFR_RNDN);
  else
    mpfr_set(y, x, MPFR_RNDN);
}

// x < 0 ? q x : p x
static void homogeneous(mpfr_t y, const mpfr_t x, double p, double q) {
  mpfr_mul_d(y, x, mpfr_cmp_ui(x, 0) < 0 ? q : p, MPFR_RNDN);
}

// x < 0 ? p x : x
static void leaky(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)q;
  homogeneous(y, x, 1, p);
}

// x <= p ? q : x
static void threshold(mpfr_t y, const mpfr_t x, double p, double q) {
  mpfr_set(y, x, MPFR_RNDN);
  if (mpfr_cmp_d(x, p) <= 0) mpfr_set_d(y, q, MPFR_RNDN);
}

// min(max((x + 3) / 6, 0), 1)
static void hard_sigmoid(mpfr_t y, const mpfr_t x, double p, double q) {
  (void)p, (void)q;
  clamp(y, x, -3, 3);
  mpfr_add_ui(y, y, 3, MPFR_RNDN);
  mpfr_div_ui(y, y, 6, MPFR_RNDN);
}

static void hard_swish(mpfr_t y, const mpfr_t x, double p, double q) {
  mpfr_t gate;
  mpfr_init2(gate, EXACT_BITS);
  hard_sigmoid(gate, x, p, q);
  gated(y, x, gate);
  mpfr_clear(gate);
}

const double_subject double_subjects[] = {
    {"exp", "", CK_EXP, 0, 0, mpfr_exp, NULL, 1, -746, 710, 0},
    {"exp2", "", CK_EXP2, 0, 0, mpfr_exp2, NULL, 1, -1076, 1024, -0x1.ff0e93bcfb20dp9},
    {"expm1", "", CK_EXPM1, 0, 0, mpfr_expm1, NULL, 2, -40, 710, 0x1.836f437144cdp-2},
    {"log", "", CK_LOG, 0, 0, mpfr_log, NULL, 1, 0, 4, 0},
    {"log2", "", CK_LOG2, 0, 0, mpfr_log2, NULL, 2, 0, 4, 0x1.6706006773d14p0},
    {"log1p", "", CK_LOG1P, 0, 0, mpfr_log1p, NULL, 2, -1, 4, 0},
    {"tanh", "", CK_TANH, 0, 0, mpfr_tanh, NULL, 1, -20, 20, 0x1.2b70e9b1f0dfp4},
    {"sinh", "", CK_SINH, 0, 0, mpfr_sinh, NULL, 2, -711, 711, -0x1.6c900748da08p-2},
    {"cosh", "", CK_COSH, 0, 0, mpfr_cosh, NULL, 2, -711, 711, 0x1.261322338dc6p4},
    {"erf", "", CK_ERF, 0, 0, mpfr_erf, NULL, 2, -6, 6, -0x0.b31e55445d426p-1022},
    {"erfc", "", CK_ERFC, 0, 0, mpfr_erfc, NULL, 2, -6, 28, -0x1.8afbda722754p-1},
    {"sigmoid", "", CK_SIGMOID, 0, 0, NULL, sigmoid, 1, -746, 40, -0x1.f9457f1fc6e22p4},
    {"logSigmoid", "", CK_LOG_SIGMOID, 0, 0, NULL, log_sigmoid, 2, -40, 746, 0x1.fb7a1a8b6a9bp-1},
    {"softplus", "1", CK_SOFTPLUS, 1, 0, NULL, softplus, 2, -746, 40, -0x1.6265e3616bbf8p9},
    {"rsqrt", "", CK_RSQRT, 0, 0, NULL, rsqrt, 2, 0, 4, 0},
    {"sin", "", CK_SIN, 0, 0, mpfr_sin, NULL, 2, -1000, 1000, -0x1.deba63c412e5ep3},
    {"cos", "", CK_COS, 0, 0, mpfr_cos, NULL, 2, -1000, 1000, 0x1.9d9846bb474fp-1},
    {"silu", "", CK_SILU, 1, 0, NULL, swish, 2, -753, 40, -0x1.475ce189b3e3ap4},
    {"swish", "1.7", CK_SWISH, 1.7, 0, NULL, swish, 2, -442, 24, 0},
    {"gelu", "", CK_GELU, 0, 0, NULL, gelu, 2, -39, 9, -0x1.2cfbade87a226p5},
    {"geluTanh", "", CK_GELU_TANH, 0, 0, NULL, gelu_tanh, 2, -22, 9, 0},
    {"mish", "", CK_MISH, 0, 0, NULL, mish, 2, -753, 40, -0x1.51d8ad1fb4288p4},
    {"elu", "1", CK_ELU, 1, 0, NULL, elu, 2, -40, 1, -0x1.84378aeca31dp-2},
    {"elu", "0.7", CK_ELU, 0.7, 0, NULL, elu, 2, -40, 1, -0x1.38ec59e6b269bp-2},
    {"selu", "", CK_SELU, 0, 0, NULL, selu, 2, -40, 1, 0x0.ebe0dee1e3d65p-1022},
    {"celu", "3", CK_CELU, 3, 0, NULL, celu, 2.5, -120, 1, -0x1.bd9385cd1ceecp-24},
    {"softsign", "", CK_SOFTSIGN, 0, 0, NULL, softsign, 2, -1000, 1000, 0},
    {"relu", "", CK_RELU, 0, INFINITY, NULL, clamp, 0, -1, 1, 0},
    {"leakyReLU", "0.01", CK_LEAKY_RELU, 0.01, 0, NULL, leaky, 0.5, -1, 1, 0},
    {"clamp", "0, 6 (relu6)", CK_CLAMP, 0, 6, NULL, clamp, 0, -1, 7, 0},
    {"clamp", "-1, 1 (hardTanh)", CK_CLAMP, -1, 1, NULL, clamp, 0, -2, 2, 0},
    {"threshold", "0.5, 0", CK_THRESHOLD, 0.5, 0, NULL, threshold, 0, -1, 1, 0},
    {"homogeneous", "1.5, 0.3", CK_HOMOGENEOUS, 1.5, 0.3, NULL, homogeneous, 0.5, -1, 1, 0},
    {"hardSigmoid", "1/6, 1/2", CK_HARD_SIGMOID, 1.0 / 6, 0.5, NULL, hard_sigmoid, 1.5, -4, 4, 0},
    {"hardSwish", "", CK_HARD_SWISH, 0, 0, NULL, hard_swish, 2.5, -4, 4, 0},
};
const int double_subject_count = sizeof double_subjects / sizeof *double_subjects;
#endif
