#include "contract.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 40000 };

static int failures;

static void expect(bool truth, const ck_isa *isa, ck_function f, const char *what) {
  if (truth) return;
  ++failures;
  printf("FAILED %s %s: %s\n", ck_isa_name(isa), f < CK_FUNCTION_COUNT ? ck_function_name(f) : "?", what);
}

// Spread over the interesting range, special values among them.
static void fill(float *x, ptrdiff_t n, uint32_t seed) {
  static const float special[] = {0, -0.0f, INFINITY, -INFINITY, NAN, 0x1p-149f, -0x1p-140f, 0x1.fffffep127f, 1, -1};
  for (ptrdiff_t i = 0; i < n; ++i) {
    seed = seed * 1664525u + 1013904223u;
    x[i] = seed % 97 < 10 ? special[seed % 97] : ((float)(seed >> 8) / (1 << 24) - 0.5f) * 40;
  }
}

static bool same(const float *a, const float *b, ptrdiff_t n) { return memcmp(a, b, (size_t)n * sizeof *a) == 0; }

// Every length and offset gives the bits of the long call, and nothing beyond the end is written.
static void check_positions(const ck_isa *isa, ck_function f, const float *x, const float *y) {
  float out[80];
  for (ptrdiff_t n = 0; n <= 35; ++n)
    for (ptrdiff_t offset = 0; offset < 17; offset += 4) {
      for (int i = 0; i < 80; ++i) out[i] = 77;
      ck_smap(isa, 1, f, 0.25f, 1.5f, n, x + offset + n, out + offset, NULL);
      expect(same(out + offset, y + offset + n, n), isa, f, "another position, other bits");
      expect(out[offset + n] == 77 && (offset == 0 || out[offset - 1] == 77), isa, f, "wrote outside");
    }
}

static void check_forward(const ck_isa *isa, ck_function f, float *x, float *y, float *z) {
  fill(x, N, 1);
  expect(ck_smap(isa, 1, f, 0.25f, 1.5f, N, x, y, NULL) == CK_OK, isa, f, "failed");
  check_positions(isa, f, x, y);
  expect(ck_smap(isa, 3, f, 0.25f, 1.5f, N, x, z, NULL) == CK_OK && same(y, z, N), isa, f, "threads change bits");
  memcpy(z, x, N * sizeof *x);
  expect(ck_smap(isa, 2, f, 0.25f, 1.5f, N, z, z, NULL) == CK_OK && same(y, z, N), isa, f, "in place changes bits");
  for (ptrdiff_t i = 0; i < N; ++i) expect(!isnan(x[i]) || isnan(y[i]), isa, f, "NaN became a number");
  expect(ck_smap(isa, 1, f, 0.25f, 1.5f, N - 1, x, x + 1, NULL) == CK_OVERLAP, isa, f, "overlap accepted");
}

// f in double by the same formula, for derivatives by central differences of the reference.
static double phi(double x) { return 0.5 * erfc(-x * 0.70710678118654752440); }
static double value(ck_function f, double p, double q, double x) {
  switch (f) {
  case CK_RELU: return x > 0 ? x : 0;
  case CK_LEAKY_RELU: return x < 0 ? p * x : x;
  case CK_CLAMP: return fmin(fmax(x, p), q);
  case CK_HOMOGENEOUS: return x < 0 ? q * x : p * x;
  case CK_THRESHOLD: return x <= p ? q : x;
  case CK_ELU: return x > 0 ? x : p * expm1(x);
  case CK_SELU: return 1.0507009873554804934 * (x > 0 ? x : 1.6732632423543772848 * expm1(x));
  case CK_CELU: return x > 0 ? x : p * expm1(x / p);
  case CK_GELU: return x * phi(x);
  case CK_GELU_TANH: return x / (1 + exp(-1.5957691216057307117 * (x + 0.044715 * x * x * x)));
  case CK_SILU: return x / (1 + exp(-x));
  case CK_SWISH: return x / (1 + exp(-p * x));
  case CK_MISH: return x * tanh(log1p(exp(x)));
  case CK_SOFTPLUS: return log1p(exp(p * x)) / p;
  case CK_SOFTSIGN: return x / (1 + fabs(x));
  case CK_SIGMOID: return 1 / (1 + exp(-x));
  case CK_LOG_SIGMOID: return -log1p(exp(-x));
  case CK_TANH: return tanh(x);
  case CK_HARD_SIGMOID: return fmin(fmax(p * x + q, 0), 1);
  case CK_HARD_SWISH: return x * fmin(fmax(x / 6 + 0.5, 0), 1);
  case CK_EXP: return exp(x);
  default: return x;
  }
}

// The truncation of a central difference in double is about 1e-10 of the function's scale; the derivatives here are
// at most about 2, so 2^-20 tells a wrong formula from a rounding.
static void check_backward(const ck_isa *isa, ck_function f, float *x, float *y, float *dx) {
  const float p = 0.25f, q = 1.5f;
  if (ck_function_backward_operand(f) == CK_NO_OPERAND) {
    expect(ck_smap_backward(isa, 1, f, p, q, 1, x, y, dx, NULL) == CK_BAD_ARGUMENT, isa, f, "has no backward, yet");
    return;
  }
  float one[N], v[N];
  for (ptrdiff_t i = 0; i < N; ++i) x[i] = ((float)i / N - 0.5f) * 9 + 0.0001f, one[i] = 1;
  ck_smap(isa, 1, f, p, q, N, x, y, NULL);
  memcpy(v, ck_function_backward_operand(f) == CK_OPERAND_X ? x : y, sizeof v);
  expect(ck_smap_backward(isa, 2, f, p, q, N, v, one, dx, NULL) == CK_OK, isa, f, "backward failed");
  for (ptrdiff_t i = 0; i < N; ++i) {
    const double h = 0x1p-18, at = x[i], left = value(f, p, q, at - h), right = value(f, p, q, at + h);
    const double here = value(f, p, q, at), slope = (right - left) / (2 * h);
    const bool kink = fabs((right - here) - (here - left)) > 0x1p-30;
    if (!kink && fabs(dx[i] - slope) > 0x1p-20 * fmax(1, fabs(slope))) {
      printf("%a: %a instead of %a; ", x[i], dx[i], slope);
      expect(false, isa, f, "wrong derivative");
      break;
    }
  }
  expect(ck_smap_backward(isa, 2, f, p, q, N, v, one, one, NULL) == CK_OK && same(one, dx, N), isa, f, "in place");
}

// f' where e^z is tiny: c e^z, and c e^z (1 + x z') where x multiplies a gate.
typedef struct {
  ck_function f;
  float p;
  double c;
  bool gated;
} tail;

static const tail tails[] = {
    {CK_ELU, 0.75f, 0.75, false}, {CK_SELU, 0, 1.0507009873554804934 * 1.6732632423543772848, false},
    {CK_CELU, 3, 1, false},       {CK_SOFTPLUS, 1.5f, 1, false},
    {CK_SILU, 1, 1, true},        {CK_SWISH, 1.75f, 1, true},
    {CK_MISH, 1, 1, true},        {CK_GELU_TANH, 1, 1, true}};
enum { TAILS = sizeof tails / sizeof *tails };

// z at x, and x z'.
static double exponent(const tail *t, double x, double *weight) {
  const double u = 1.5957691216057307117 * x;
  *weight = t->f == CK_GELU_TANH ? u * (1 + 3 * 0.044715 * x * x) : x;
  if (t->f == CK_SWISH || t->f == CK_SOFTPLUS) *weight = t->p * x;
  if (t->f == CK_CELU) *weight = x / t->p;
  return t->f == CK_GELU_TANH ? u * (1 + 0.044715 * x * x) : *weight;
}

// As ck_vector.h states it.
static bool tail_is_right(const tail *t, double x, double dy, double got) {
  double weight;
  const double power = exp(exponent(t, x, &weight)), unit = t->c * power * dy;
  const double value = t->gated ? unit * (1 + weight) : unit, scale = t->gated ? unit * (1 - weight) : unit;
  int binade;
  frexp(scale, &binade);
  const double ulps = ldexp(4, binade < -125 ? -149 : binade - 24);
  const bool normal = power >= 0x1p-126 && fabs(value) >= 0x1p-126 && fabs(value) >= dy * 0x1p-126;
  return fabs(got - value) <= (normal ? ulps : ulps + (2 + dy * (1 + fabs(weight))) * 0x1p-149);
}

// Derivatives times dy where e^z, or what it is multiplied to, is normal no more.
static void check_tails(const ck_isa *isa, float *x, float *dys, float *dx, float dy) {
  for (const tail *t = tails; t < tails + TAILS; ++t) {
    const float low = t->f == CK_GELU_TANH ? -11 : t->f == CK_CELU ? -324 : t->p > 1 ? -108 / t->p : -108;
    for (ptrdiff_t i = 0; i < N; ++i) x[i] = low * (1 - 0.25f * (float)i / N), dys[i] = dy;
    ck_smap_backward(isa, 1, t->f, t->p, 0, N, x, dys, dx, NULL);
    ptrdiff_t i = 0;
    while (i < N && tail_is_right(t, x[i], dy, dx[i])) ++i;
    if (i < N) printf("%a times %a: %a; ", x[i], dy, dx[i]);
    expect(i == N, isa, t->f, "derivative in the tail");
  }
}

// The derivative of mish where e^x still counts beside 1, times 1.5: each of its roundings, and dy's, shows.
static void check_mish(const ck_isa *isa, float *x, float *dys, float *dx) {
  for (ptrdiff_t i = 0; i < N; ++i) x[i] = -0x1.12ba16p4f + 0x1p-19f * (float)(i - N / 2), dys[i] = 1.5f;
  ck_smap_backward(isa, 1, CK_MISH, 0, 0, N, x, dys, dx, NULL);
  for (ptrdiff_t i = 0; i < N; ++i) {
    const double e = exp(x[i]), n = e * (e + 2), gate = n / (n + 2), rest = x[i] * (1 - gate * gate) * e / (1 + e);
    int binade;
    frexp(1.5 * (gate - rest), &binade);
    if (fabs(dx[i] - 1.5 * (gate + rest)) <= ldexp(4, binade - 24)) continue;
    printf("%a: %a; ", x[i], dx[i]);
    expect(false, isa, CK_MISH, "derivative");
    break;
  }
}

static void check_arguments(const ck_isa *isa, float *x, float *y) {
  ck_fault fault;
  expect(ck_smap(isa, 0, CK_EXP, 0, 0, 1, x, y, &fault) == CK_BAD_ARGUMENT, isa, CK_EXP, "no threads accepted");
  expect(ck_smap(isa, 1, CK_EXP, 0, 0, -1, x, y, &fault) == CK_NEGATIVE_SIZE, isa, CK_EXP, "negative size accepted");
  expect(ck_smap(isa, 1, CK_FUNCTION_COUNT, 0, 0, 1, x, y, &fault) == CK_BAD_ARGUMENT, isa, CK_EXP, "any f accepted");
  expect(ck_smap(isa, 1, CK_CLAMP, 1, 0, 1, x, y, &fault) == CK_BAD_ARGUMENT, isa, CK_CLAMP, "p > q accepted");
}

int check_contract(const ck_isa *isa) {
  float *x = malloc(3 * N * sizeof *x), *y = x + N, *z = y + N;
  failures = 0;
  for (int f = 0; f < CK_FUNCTION_COUNT; ++f) {
    check_forward(isa, (ck_function)f, x, y, z);
    check_backward(isa, (ck_function)f, x, y, z);
  }
  check_tails(isa, x, y, z, 1);
  check_tails(isa, x, y, z, 0x1p-8f);
  check_tails(isa, x, y, z, 0x1p16f);
  check_mish(isa, x, y, z);
  check_arguments(isa, x, y);
  free(x);
  return failures;
}
