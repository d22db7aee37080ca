#include "reference.h"

#include <math.h>

// The products of the tails are 0 at -infinity, where the formula is infinity times 0.
static double silu(double x) { return x == -INFINITY ? -0.0 : x / (1 + exp(-x)); }
static double sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static double softplus(double x) { return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)); }
static double log_sigmoid(double x) { return -softplus(-x); }
static double gelu(double x) { return x == -INFINITY ? -0.0 : x * 0.5 * erfc(-x * 0.70710678118654752440); }
static double gelu_tanh(double x) {
  return x == -INFINITY ? -0.0 : x / (1 + exp(-1.5957691216057307117 * (x + 0.044715 * x * x * x)));
}
static double mish(double x) {
  if (x == -INFINITY) return -0.0;
  if (x > 0) {
    const double t = exp(-x);
    return x * ((1 + 2 * t) / (1 + 2 * t + 2 * t * t));
  }
  const double e = exp(x), n = e * (e + 2);
  return x * (n / (n + 2));
}
static double softplus_scaled(double x) { return softplus(1.5 * x) / 1.5; }
static double relu(double x) { return x < 0 ? 0 : x; }
static double leaky(double x) { return x < 0 ? x * (double)0.01f : x; }
static double relu6(double x) { return x < 0 ? 0 : x > 6 ? 6 : x; }
static double hard_tanh(double x) { return x < -1 ? -1 : x > 1 ? 1 : x; }
static double threshold(double x) { return x <= 0.5 ? 0 : x; }
static double homogeneous(double x) { return x < 0 ? (double)0.3f * x : 1.5 * x; }
static double hard_sigmoid(double x) { return x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6; }
static double hard_fifth(double x) {
  const double y = (double)0.2f * x + 0.5;
  return y < 0 ? 0 : y > 1 ? 1 : y;
}
static double hard_swish(double x) { return x <= -3 ? -0.0 : x >= 3 ? x : x * ((x + 3) / 6); }
static double elu(double x) { return x > 0 ? x : expm1(x); }
static double elu_alpha(double x) { return x > 0 ? x : (double)0.7f * expm1(x); }
static double selu(double x) { return 1.0507009873554804934 * (x > 0 ? x : 1.6732632423543772848 * expm1(x)); }
static double celu(double x) { return x > 0 ? x : 3.0 * expm1(x / 3.0); }
static double swish(double x) { return x == -INFINITY ? -0.0 : x / (1 + exp(-(double)1.7f * x)); }
static double softsign(double x) { return isinf(x) ? copysign(1, x) : x / (1 + fabs(x)); }
static double rsqrt(double x) { return 1 / sqrt(x); }

const subject subjects[] = {
    {"exp", "", CK_EXP, 0, 0, exp, 1, 1, 0},
    {"exp2", "", CK_EXP2, 0, 0, exp2, 1, 1, 0},
    {"expm1", "", CK_EXPM1, 0, 0, expm1, 1, 1, 0},
    {"log", "", CK_LOG, 0, 0, log, 1, 1, 0},
    {"log2", "", CK_LOG2, 0, 0, log2, 1, 1, 0},
    {"log1p", "", CK_LOG1P, 0, 0, log1p, 1, 1, 0},
    {"tanh", "", CK_TANH, 0, 0, tanh, 1, 1, 1},
    {"sinh", "", CK_SINH, 0, 0, sinh, 1, 1, 1},
    {"cosh", "", CK_COSH, 0, 0, cosh, 1, 0, 2},
    {"erf", "", CK_ERF, 0, 0, erf, 1, 1, 1},
    {"erfc", "", CK_ERFC, 0, 0, erfc, 1.5, -1, 0},
    {"sigmoid", "", CK_SIGMOID, 0, 0, sigmoid, 1, 1, 0},
    {"logSigmoid", "", CK_LOG_SIGMOID, 0, 0, log_sigmoid, 1, 1, 0},
    {"softplus", "1", CK_SOFTPLUS, 1, 0, softplus, 1, 1, 0},
    {"softplus", "1.5", CK_SOFTPLUS, 1.5f, 0, softplus_scaled, 2, 1, 0},
    {"rsqrt", "", CK_RSQRT, 0, 0, rsqrt, 1, -1, 0},
    {"sin", "", CK_SIN, 0, 0, sin, 1, 0, 1},
    {"cos", "", CK_COS, 0, 0, cos, 1, 0, 2},
    {"silu", "", CK_SILU, 0, 0, silu, 1.5, 0, 0},
    {"swish", "1.7", CK_SWISH, 1.7f, 0, swish, 1.5, 0, 0},
    {"gelu", "", CK_GELU, 0, 0, gelu, 2, 0, 0},
    {"geluTanh", "", CK_GELU_TANH, 0, 0, gelu_tanh, 2, 0, 0},
    {"mish", "", CK_MISH, 0, 0, mish, 1.5, 0, 0},
    {"elu", "1", CK_ELU, 1, 0, elu, 1.5, 1, 0},
    {"elu", "0.7", CK_ELU, 0.7f, 0, elu_alpha, 1.5, 1, 0},
    {"selu", "", CK_SELU, 0, 0, selu, 2, 1, 0},
    {"celu", "3", CK_CELU, 3, 0, celu, 2.5, 1, 0},
    {"softsign", "", CK_SOFTSIGN, 0, 0, softsign, 1.5, 1, 1},
    {"relu", "", CK_RELU, 0, 0, relu, 0, 1, 0},
    {"leakyReLU", "0.01", CK_LEAKY_RELU, 0.01f, 0, leaky, 0.5, 1, 0},
    {"clamp", "0, 6 (relu6)", CK_CLAMP, 0, 6, relu6, 0, 1, 0},
    {"clamp", "-1, 1 (hardTanh)", CK_CLAMP, -1, 1, hard_tanh, 0, 1, 1},
    {"threshold", "0.5, 0", CK_THRESHOLD, 0.5f, 0, threshold, 0, 0, 0},
    {"homogeneous", "1.5, 0.3", CK_HOMOGENEOUS, 1.5f, 0.3f, homogeneous, 0.5, 1, 0},
    {"hardSigmoid", "1/6, 1/2", CK_HARD_SIGMOID, 1.0 / 6, 0.5f, hard_sigmoid, 1.5, 1, 0},
    {"hardSigmoid", "0.2, 1/2", CK_HARD_SIGMOID, 0.2f, 0.5f, hard_fifth, 1.5, 1, 0},
    {"hardSwish", "", CK_HARD_SWISH, 0, 0, hard_swish, 2.5, 0, 0},
};
const int subject_count = sizeof subjects / sizeof *subjects;
