#include "doubles.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 4096 };

static long double sigmoid(long double x) { return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x)); }
static long double softplus(long double x) { return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x)); }
static long double log_sigmoid(long double x) { return -softplus(-x); }
static long double silu(long double x) { return x == -INFINITY ? -0.0L : x / (1 + expl(-x)); }
static long double gelu(long double x) {
  return x == -INFINITY ? -0.0L : x * 0.5L * erfcl(-x * 0.707106781186547524400844362104849L);
}
static long double gelu_tanh(long double x) {
  return x == -INFINITY ? -0.0L : x / (1 + expl(-1.59576912160573071176L * (x + 0.044715L * x * x * x)));
}
static long double mish(long double x) {
  if (x == -INFINITY) return -0.0L;
  const long double t = expl(-fabsl(x));
  return x > 0 ? x * ((1 + 2 * t) / (1 + 2 * t + 2 * t * t)) : x * (t * (t + 2) / (t * (t + 2) + 2));
}
static long double elu(long double x) { return x > 0 ? x : expm1l(x); }
static long double softsign(long double x) { return isinf(x) ? copysignl(1, x) : x / (1 + fabsl(x)); }
static long double rsqrt(long double x) { return 1 / sqrtl(x); }

static const struct {
  ck_function f;
  double p;
  long double (*exact)(long double);
  double bound;
} subjects[] = {
    {CK_EXP, 0, expl, 1},        {CK_EXP2, 0, exp2l, 1},        {CK_EXPM1, 0, expm1l, 2},
    {CK_LOG, 0, logl, 1},        {CK_LOG2, 0, log2l, 2},        {CK_LOG1P, 0, log1pl, 2},
    {CK_TANH, 0, tanhl, 1},      {CK_SINH, 0, sinhl, 2},        {CK_COSH, 0, coshl, 2},
    {CK_SIGMOID, 0, sigmoid, 1}, {CK_SOFTPLUS, 1, softplus, 2}, {CK_LOG_SIGMOID, 0, log_sigmoid, 2},
    {CK_SILU, 0, silu, 2},       {CK_MISH, 0, mish, 2},         {CK_GELU_TANH, 0, gelu_tanh, 2},
    {CK_ELU, 1, elu, 2},         {CK_SOFTSIGN, 0, softsign, 2}, {CK_RSQRT, 0, rsqrt, 2},
    {CK_ERF, 0, erfl, 2},        {CK_ERFC, 0, erfcl, 2},        {CK_GELU, 0, gelu, 2},
    {CK_SIN, 0, sinl, 2},        {CK_COS, 0, cosl, 2},
};

// Half of the inputs are any bit pattern, half lie in -40 ..< 40.
static void fill(double *x, uint64_t *seed) {
  for (int i = 0; i < BLOCK; ++i) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    uint64_t bits = *seed ^ *seed >> 29;
    if (i & 1)
      x[i] = ((double)(bits >> 11) * 0x1p-53 - 0.5) * 80;
    else
      memcpy(x + i, &bits, sizeof bits);
  }
}

typedef struct {
  double ulp, worst, example;
  uint64_t wrong;
} outcome;

static void judge(long double exact, double bound, double x, double got, outcome *o) {
  const double rounded = (double)exact;
  bool good = true;
  if (isnan(exact) || isnan(got))
    good = isnan(exact) && isnan(got);
  else if (isinf(rounded) || isinf(got) || exact == 0)
    good = got == rounded && signbit(got) == signbit(rounded);
  else if (fabsl(exact) < DBL_MIN)
    good = fabsl(got - exact) <= 0x1p-1074L;
  else {
    int exponent;
    frexpl(exact, &exponent);
    const double error = (double)ldexpl(fabsl(got - exact), DBL_MANT_DIG - exponent);
    if (error > o->ulp) o->ulp = error, o->worst = x;
    good = error <= bound;
  }
  if (!good && o->wrong++ == 0) o->example = x;
}

static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b)); }

int check_doubles(const ck_isa *const *isas, int isa_count, int blocks) {
  static double x[BLOCK], y[BLOCK], z[BLOCK];
  int failed = 0;
  for (size_t k = 0; k < sizeof subjects / sizeof *subjects; ++k) {
    outcome o = {0};
    uint64_t seed = 1, differ = 0;
    for (int b = 0; b < blocks; ++b) {
      fill(x, &seed);
      ck_dmap(isas[0], 1, subjects[k].f, subjects[k].p, 0, BLOCK, x, y, NULL);
      for (int i = 1; i < isa_count; ++i) {
        ck_dmap(isas[i], 1, subjects[k].f, subjects[k].p, 0, BLOCK, x, z, NULL);
        for (int j = 0; j < BLOCK; ++j) differ += !same_bits(y[j], z[j]);
      }
      for (int j = 0; j < BLOCK; ++j) judge(subjects[k].exact(x[j]), subjects[k].bound, x[j], y[j], &o);
    }
    printf("| f64 %-12s | %.4f | %a | %.1f | ", ck_function_name(subjects[k].f), o.ulp, o.worst, subjects[k].bound);
    if (o.wrong > 0) printf("%llu wrong, as at %a; ", (unsigned long long)o.wrong, o.example);
    if (differ > 0) printf("%llu with other bits; ", (unsigned long long)differ);
    printf("%s |\n", o.wrong + differ > 0 ? "FAILED" : "ok");
    failed += o.wrong + differ > 0;
  }
  return failed;
}
