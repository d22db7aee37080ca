// Template: the functions over buffers.  Needs: real, TYPE, BOUND, DIGITS, LEAST_EXPONENT, map, map_backward,
// map_lanes.

enum { LONGEST = 72 };

static const double edges[] = {
    0,     -0.0,  1,        -1,       0.5,    0.499999761581421, 0.34657, 3,     -3,     6,    9.01, -13.2, 88.72,
    -104,  127.5, -149,     709.7,    -745.1, 1023.999,          20,      0.785, 1.5708, 1e10, 1e-9, -17.4, -2.99,
    1e-40, -38.4, INFINITY, -INFINITY};
enum { EDGES = sizeof edges / sizeof *edges };

static real argument(struct rng *rng) {
  const double unit = (double)(int64_t)rng_next(rng) * 0x1p-63;
  switch (rng_range(rng, 0, 4)) {
  case 0: return (real)edges[rng_range(rng, 0, EDGES - 1)];
  case 1: return (real)(unit * 110);
  case 2: return (real)(1 + unit / 16);
  case 3: return (real)ldexp(unit, (int)rng_range(rng, -40, 40));
  default: return (real)(unit * 8);
  }
}

static real p_of(ck_function f) {
  switch (f) {
  case CK_LEAKY_RELU: return (real)0.25;
  case CK_CLAMP: return (real)-1.5;
  case CK_HOMOGENEOUS: return (real)1.5;
  case CK_THRESHOLD: return (real)0.5;
  case CK_HARD_SIGMOID: return (real)1 / 6;
  default: return 1;
  }
}

static real q_of(ck_function f) { return f == CK_CLAMP ? (real)2.25 : f == CK_HOMOGENEOUS ? (real)0.25 : (real)0.5; }

static ck_status apply(const ck_isa *isa, int threads, ck_function f, ptrdiff_t n, const real *x, real *y) {
  return map(isa, threads, f, p_of(f), q_of(f), n, x, y, NULL);
}

static bool same(const real *a, const real *b, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; ++i)
    if (memcmp(a + i, b + i, sizeof *a) && !(isnan(a[i]) && isnan(b[i]))) return false;
  return true;
}

// x (sigmoid z), z where -z may be huge
static long double gated(long double x, long double z) { return x == -INFINITY ? -0.0L : x / (1 + expl(-z)); }

static long double softplus(long double x) { return fmaxl(x, 0) + log1pl(expl(-fabsl(x))); }

// softplus(p x) / p, where p x may be huge
static long double softplus_of(long double p, long double x) {
  const long double z = p * x;
  return z > 0 ? x + log1pl(expl(-z)) / p : log1pl(expl(z)) / p;
}

static long double exact_activation(ck_function f, long double p, long double q, long double x) {
  switch (f) {
  case CK_RELU: return x < 0 ? 0 : x;
  case CK_LEAKY_RELU: return x < 0 ? p * x : x;
  case CK_CLAMP: return x < p ? p : x > q ? q : x;
  case CK_HOMOGENEOUS: return x < 0 ? q * x : p * x;
  case CK_THRESHOLD: return x <= p ? q : x;
  case CK_ELU: return x > 0 ? x : expm1l(x);
  case CK_CELU: return x > 0 ? x : p * expm1l(x / p);
  case CK_SELU: return 1.0507009873554804934L * (x > 0 ? x : 1.6732632423543772848L * expm1l(x));
  case CK_GELU: return x == -INFINITY ? -0.0L : x * 0.5L * erfcl(-x * 0.707106781186547524400844362104849L);
  case CK_GELU_TANH: return gated(x, 1.59576912160573071176L * (x + 0.044715L * x * x * x));
  case CK_SILU: return gated(x, x);
  case CK_SWISH: return gated(x, p * x);
  case CK_MISH: return x == -INFINITY ? -0.0L : x * tanhl(softplus(x));
  case CK_SOFTPLUS: return softplus_of(p, x);
  case CK_SOFTSIGN: return isinf(x) ? copysignl(1, x) : x / (1 + fabsl(x));
  case CK_SIGMOID: return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x));
  case CK_LOG_SIGMOID: return -softplus(-x);
  case CK_TANH: return tanhl(x);
  case CK_HARD_SIGMOID: return fminl(fmaxl(x / 6 + q, 0), 1);
  case CK_HARD_SWISH: return x <= -3 ? -0.0L : x >= 3 ? x : x * (x + 3) / 6;
  default: return x;
  }
}

static long double exact(ck_function f, long double p, long double q, long double x) {
  switch (f) {
  case CK_EXP: return expl(x);
  case CK_EXP2: return exp2l(x);
  case CK_EXPM1: return expm1l(x);
  case CK_LOG: return logl(x);
  case CK_LOG2: return log2l(x);
  case CK_LOG1P: return log1pl(x);
  case CK_SIN: return sinl(x);
  case CK_COS: return cosl(x);
  case CK_SINH: return sinhl(x);
  case CK_COSH: return coshl(x);
  case CK_ERF: return erfl(x);
  case CK_ERFC: return erfcl(x);
  case CK_RSQRT: return 1 / sqrtl(x);
  default: return exact_activation(f, p, q, x);
  }
}

// In units in the last place of the exact value; a smallest number in the subnormal range.
static long double error_of(real got, long double want) {
  const real nearest = (real)want;
  if (isnan(got) || isnan(want)) return isnan(got) && isnan(want) ? 0 : INFINITY;
  if (isinf(got) || isinf(nearest)) return got == nearest ? 0 : INFINITY;
  int exponent;
  frexpl(want, &exponent);
  return ldexpl(fabsl(got - want), DIGITS - (want == 0 || exponent < LEAST_EXPONENT ? LEAST_EXPONENT : exponent));
}

static void functions_are_exact(struct context *context) {
  struct rng rng = {context->options.seed};
  for (int f = 0; f < CK_FUNCTION_COUNT; ++f)
    for (int i = 0; i < (is_brief(context) ? 60 : 3000); ++i, ++context->cases_run) {
      const real x = i < EDGES ? (real)edges[i] : argument(&rng);
      real y;
      apply(context->isa, 1, (ck_function)f, 1, &x, &y);
      const long double want = exact((ck_function)f, p_of((ck_function)f), q_of((ck_function)f), x);
      if (!(error_of(y, want) <= BOUND))
        fail(context, "%s(%a) is %a, not %La", ck_function_name((ck_function)f), (double)x, (double)y, want);
    }
}

// Arguments, one for each type, at which an intermediate value leaves the range or loses bits that the result needs.
static const struct {
  ck_function f;
  double p, x[2];
} hard_arguments[] = {
    {CK_SWISH, 0, {1e30, 1e300}},
    {CK_SWISH, 0, {-3e38, -1e308}},
    {CK_SWISH, 0x1p-119, {3e38, 1e308}},
    {CK_SWISH, 0x1p-100, {-0x1.ep106, -0x1.7cp109}},  // p x is -120 and -760
    {CK_SWISH, -0x1p-100, {0x1.7p107, 0x1.7cp109}},
    {CK_SWISH, 0x1p-10, {-0x1.aep16, -0x1.74p19}},
    {CK_SOFTPLUS, 1.5, {-45.0155, -460.123}},
    {CK_SOFTPLUS, -1.5, {45.0155, 460.123}},
    {CK_SOFTPLUS, 0x1.8p-10, {-64000, -508000}},
    {CK_SOFTPLUS, 1.5, {-0x1.333336p-1, -0x1.3333333333333p-1}},  // p x is rounded
    {CK_SOFTPLUS, 2, {3e38, 1e308}},
    {CK_SOFTPLUS, -20, {-3e38, -1e308}},
    {CK_CELU, 100, {-1.3e-38, -2.3e-308}},
    {CK_CELU, 0x1p100, {-1.3e-30, -2.3e-300}},
    {CK_GELU, 0, {-13.14, -38.6}},
    {CK_GELU, 0, {-14.1, -38.47}},
    {CK_GELU, 0, {3e38, 1e308}},
};
enum { HARD_ARGUMENTS = sizeof hard_arguments / sizeof *hard_arguments };

// In a whole strip, in one less than that, and alone.
static void functions_of_hard_arguments(struct context *context) {
  const ptrdiff_t counts[] = {256, 255, 1};
  real x[256], y[256];
  for (int k = 0; k < HARD_ARGUMENTS; ++k)
    for (int c = 0; c < 3; ++c, ++context->cases_run) {
      const ck_function f = hard_arguments[k].f;
      const real p = (real)hard_arguments[k].p, argument = (real)hard_arguments[k].x[sizeof(real) / 8];
      for (ptrdiff_t i = 0; i < counts[c]; ++i) x[i] = argument;
      map(context->isa, 1, f, p, 0, counts[c], x, y, NULL);
      const long double want = exact(f, p, 0, argument);
      for (ptrdiff_t i = 0; i < counts[c]; ++i)
        if (!(error_of(y[i], want) <= BOUND) || signbit(y[i]) != signbit(want))
          fail(context, "%s(%a), p %a, %td of %td, is %a, not %La", ck_function_name(f), (double)argument, (double)p, i,
               counts[c], (double)y[i], want);
    }
}

// f' where it is told by comparisons: at v, and at the numbers beside it.
static const struct {
  ck_function f;
  double p, q, v, before, at, after;
} kinks[] = {
    {CK_RELU, 0, 0, 0, 0, 0, 1},
    {CK_LEAKY_RELU, 0.25, 0, 0, 0.25, 0.25, 1},
    {CK_CLAMP, -1, 2, -1, 0, 0, 1},
    {CK_CLAMP, -1, 2, 2, 1, 1, 0},
    {CK_HOMOGENEOUS, 3, 2, 0, 2, 2, 3},
    {CK_THRESHOLD, 0.5, 0, 0.5, 0, 0, 1},
    {CK_HARD_SIGMOID, 0, 0.5, -3, 0, 0, 1},  // p is 1/6
    {CK_HARD_SIGMOID, 0, 0.5, 3, 1, 1, 0},
    {CK_HARD_SIGMOID, 0.25, 0.25, -1, 0, 0, 0.25},
    {CK_HARD_SIGMOID, 0.25, 0.25, 3, 0.25, 0.25, 0},
    {CK_HARD_SIGMOID, -0.25, 0.25, -3, 0, 0, -0.25},
    {CK_HARD_SIGMOID, -0.25, 0.25, 1, -0.25, -0.25, 0},
    {CK_HARD_SIGMOID, 0x1p-20, 1 - 0x1p-24, 0x1p-4, 0x1p-20, 0x1p-20, 0},
};
enum { KINKS = sizeof kinks / sizeof *kinks };

// The next number, or one a little further.
static real neighbour(real x, int direction) {
  const real step = (real)ldexp(fmax(fabs((double)x), 0x1p-100), 1 - DIGITS);
  return x + (real)direction * step;
}

static void derivatives_at_kinks(struct context *context) {
  const real sixth = (real)1 / 6, dy[4] = {1, 1, 1, 1};
  for (int k = 0; k < KINKS; ++k, ++context->cases_run) {
    const bool is_sixth = kinks[k].p == 0 && kinks[k].f == CK_HARD_SIGMOID;
    const real p = is_sixth ? sixth : (real)kinks[k].p, at = (real)kinks[k].v, unit = is_sixth ? sixth : 1;
    const real v[4] = {neighbour(at, -1), at, neighbour(at, 1), NAN};
    const double want[4] = {kinks[k].before, kinks[k].at, kinks[k].after,
                            kinks[k].f == CK_CLAMP          ? 0
                            : kinks[k].f == CK_HARD_SIGMOID ? 0
                                                            : kinks[k].after};
    real dx[4];
    map_backward(context->isa, 1, kinks[k].f, p, (real)kinks[k].q, 4, v, dy, dx, NULL);
    for (int i = 0; i < 4; ++i)
      if (dx[i] != (real)want[i] * unit)
        fail(context, "derivative of %s at %a is %a", ck_function_name(kinks[k].f), (double)v[i], (double)dx[i]);
  }
}

static void beside_guards(struct context *context, ck_function f, const real *x, const real *whole, ptrdiff_t n) {
  const struct arena in = arena_make(LONGEST * sizeof(real) + 64), out = arena_make(LONGEST * sizeof(real) + 64);
  const size_t bytes = (size_t)n * sizeof(real), slack = guards_keep_off ? 64 : 0;
  for (int right = 0; right < 2; ++right, ++context->cases_run) {
    real *from = arena_place(&in, bytes, slack, right), *to = arena_place(&out, bytes, slack, right);
    memcpy(from, x + LONGEST - n, bytes);
    apply(context->isa, 1, f, n, from, to);
    if (!same(to, whole + LONGEST - n, n) || memcmp(from, x + LONGEST - n, bytes) || !arena_intact(&in, from, bytes) ||
        !arena_intact(&out, to, bytes))
      fail(context, "%s of %td elements, %s", ck_function_name(f), n, right ? "right" : "left");
  }
  arena_free(in);
  arena_free(out);
}

static void functions_stay_inside(struct context *context) {
  struct rng rng = {context->options.seed};
  real x[LONGEST], whole[LONGEST], lanes[LONGEST];
  for (int f = 0; f < CK_FUNCTION_COUNT; ++f) {
    for (int i = 0; i < LONGEST; ++i) x[i] = argument(&rng);
    apply(context->isa, 1, (ck_function)f, LONGEST, x, whole);
    for (ptrdiff_t n = 0; n <= LONGEST; n += is_brief(context) ? 7 : 1)
      beside_guards(context, (ck_function)f, x, whole, n);
    for (ptrdiff_t n = 1; n <= 64; ++n) {
      memcpy(lanes, x, sizeof lanes);
      map_lanes(context->isa, (ck_function)f, p_of((ck_function)f), q_of((ck_function)f), n, lanes, lanes);
      if (!same(lanes, whole, n) || !same(lanes + n, x + n, LONGEST - n))
        fail(context, "%s of %td lanes", ck_function_name((ck_function)f), n);
    }
  }
}

enum { LONG = 70001 };

static void functions_keep_bits(struct context *context) {
  struct rng rng = {context->options.seed};
  const ptrdiff_t n = is_brief(context) ? 33000 : LONG;
  real *x = malloc(4 * LONG * sizeof *x), *y = x + LONG, *z = y + LONG, *dy = z + LONG;
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = argument(&rng), dy[i] = argument(&rng);
  for (int k = 0; k < CK_FUNCTION_COUNT; ++k, ++context->cases_run) {
    const ck_function f = (ck_function)k;
    apply(context->isa, 1, f, n, x, y);
    apply(context->isa, 3, f, n, x, z);
    if (!same(y, z, n)) fail(context, "%s on 3 threads", ck_function_name(f));
    memcpy(z, x, (size_t)n * sizeof *z);
    apply(context->isa, 2, f, n, z, z);
    if (!same(y, z, n)) fail(context, "%s in place", ck_function_name(f));
    if (ck_function_backward_operand(f) == CK_NO_OPERAND) continue;
    const real *v = ck_function_backward_operand(f) == CK_OPERAND_X ? x : z;
    map_backward(context->isa, 1, f, p_of(f), q_of(f), n, v, dy, y, NULL);
    real *over = malloc((size_t)n * sizeof *over);
    memcpy(over, dy, (size_t)n * sizeof *over);
    map_backward(context->isa, 3, f, p_of(f), q_of(f), n, v, over, over, NULL);
    if (!same(y, over, n)) fail(context, "derivative of %s over its gradient, on 3 threads", ck_function_name(f));
    memcpy(over, v, (size_t)n * sizeof *over);
    map_backward(context->isa, 1, f, p_of(f), q_of(f), n, over, dy, over, NULL);
    if (!same(y, over, n)) fail(context, "derivative of %s over its operand", ck_function_name(f));
    free(over);
  }
  free(x);
}

// Loops over buffers take many vectors together, and a shorter way where all of them suit it; these take few.
enum { STRIPS = 1100, FEW = 13 };

static void functions_of_strips(struct context *context) {
  struct rng rng = {context->options.seed};
  static real x[STRIPS], dy[STRIPS], together[STRIPS], apart[STRIPS];
  static const double widths[3] = {8, 40, 0};  // 0: anything
  for (int k = 0; k < 3 * CK_FUNCTION_COUNT; ++k, ++context->cases_run) {
    const ck_function f = (ck_function)(k / 3);
    const double width = widths[k % 3];
    for (int i = 0; i < STRIPS; ++i) {
      x[i] = width == 0 ? argument(&rng) : (real)(width * (double)(int64_t)rng_next(&rng) * 0x1p-63);
      dy[i] = (real)((double)(int64_t)rng_next(&rng) * 0x1p-63);
    }
    apply(context->isa, 1, f, STRIPS, x, together);
    for (int i = 0; i < STRIPS; i += FEW)
      apply(context->isa, 1, f, STRIPS - i < FEW ? STRIPS - i : FEW, x + i, apart + i);
    if (!same(together, apart, STRIPS)) fail(context, "%s of many, up to %g", ck_function_name(f), width);
    if (ck_function_backward_operand(f) == CK_NO_OPERAND) continue;
    map_backward(context->isa, 1, f, p_of(f), q_of(f), STRIPS, x, dy, together, NULL);
    for (int i = 0; i < STRIPS; i += FEW)
      map_backward(context->isa, 1, f, p_of(f), q_of(f), STRIPS - i < FEW ? STRIPS - i : FEW, x + i, dy + i, apart + i,
                   NULL);
    if (!same(together, apart, STRIPS)) fail(context, "derivative of %s of many, up to %g", ck_function_name(f), width);
  }
}

// A hash of results.
static uint64_t hash_of_functions(const ck_isa *isa, uint64_t seed) {
  struct rng rng = {seed};
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  real x[LONGEST], y[LONGEST];
  for (int f = 0; f < CK_FUNCTION_COUNT; ++f)
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < LONGEST; ++i) x[i] = argument(&rng);
      apply(isa, 1, (ck_function)f, LONGEST, x, y);
      for (int i = 0; i < LONGEST; ++i) {
        const real number = isnan(y[i]) ? 0 : y[i];
        unsigned char bytes[sizeof(real)];
        memcpy(bytes, &number, sizeof bytes);
        for (size_t b = 0; b < sizeof bytes; ++b) hash = (hash ^ bytes[b]) * 0x100000001b3;
      }
    }
  return hash;
}

static void isas_agree_on_functions(struct context *context) {
  const uint64_t hash = hash_of_functions(context->isa, 1);
  printf("hash functions/%s %s %016llx\n", TYPE, ck_isa_fused(context->isa) ? "fused" : ck_isa_name(context->isa),
         (unsigned long long)hash);
  for (ptrdiff_t i = 0; ck_isa_at(i) != NULL; ++i, ++context->cases_run)
    if (hash_of_functions(ck_isa_at(i), 1) != hash) fail(context, "other bits than %s", ck_isa_name(ck_isa_at(i)));
}

static void refuse(struct context *context, ck_status got, ck_status want, const ck_fault *fault, const char *operand) {
  ++context->cases_run;
  if (got != want || strcmp(fault->operand, operand) != 0)
    fail(context, "status %d and operand %s, not %d and %s", got, fault->operand, want, operand);
  if (got == CK_OVERFLOW && fault->got <= fault->expected) fail(context, "%s fits the bound that it is told", operand);
}

static void misused_functions(struct context *context) {
  const ck_isa *isa = context->isa;
  real x[8] = {1, 2, 3, 4, 5, 6, 7, 8}, y[8] = {9, 9, 9, 9, 9, 9, 9, 9};
  const real before[8] = {9, 9, 9, 9, 9, 9, 9, 9};
  ck_fault fault = {0};
  refuse(context, map(isa, 0, CK_EXP, 1, 0, 8, x, y, &fault), CK_BAD_ARGUMENT, &fault, "threads");
  refuse(context, map(isa, 1, CK_EXP, 1, 0, -1, x, y, &fault), CK_NEGATIVE_SIZE, &fault, "n");
  refuse(context, map(isa, 1, CK_FUNCTION_COUNT, 1, 0, 8, x, y, &fault), CK_BAD_ARGUMENT, &fault, "f");
  refuse(context, map(isa, 1, CK_CLAMP, 1, 0, 8, x, y, &fault), CK_BAD_ARGUMENT, &fault, "clamp");
  refuse(context, map(isa, 1, CK_CELU, 0, 0, 8, x, y, &fault), CK_BAD_ARGUMENT, &fault, "celu");
  refuse(context, map(isa, 1, CK_CELU, -1, 0, 8, x, y, &fault), CK_BAD_ARGUMENT, &fault, "celu");
  refuse(context, map_backward(isa, 1, CK_CELU, (real)NAN, 0, 8, x, x, y, &fault), CK_BAD_ARGUMENT, &fault, "celu");
  refuse(context, map(isa, 1, CK_SOFTPLUS, -(real)0, 0, 8, x, y, &fault), CK_BAD_ARGUMENT, &fault, "softplus");
  refuse(context, map(isa, 1, CK_EXP, 1, 0, 7, y, y + 1, &fault), CK_OVERLAP, &fault, "x");
  refuse(context, map(isa, 1, CK_EXP, 1, 0, PTRDIFF_MAX / 2, x, y, &fault), CK_OVERFLOW, &fault, "n");
  if (fault.expected != PTRDIFF_MAX / (ptrdiff_t)sizeof *x) fail(context, "n is told the bound %td", fault.expected);
  refuse(context, map_backward(isa, 1, CK_SIN, 1, 0, 8, x, x, y, &fault), CK_BAD_ARGUMENT, &fault, "f");
  refuse(context, map_backward(isa, 1, CK_RELU, 1, 0, 7, y, x, y + 1, &fault), CK_OVERLAP, &fault, "v");
  refuse(context, map_backward(isa, 1, CK_RELU, 1, 0, 7, x, y, y + 1, &fault), CK_OVERLAP, &fault, "dy");
  if (map(isa, 1, CK_EXP, 1, 0, 0, NULL, NULL, NULL) != CK_OK) fail(context, "an empty call");
  if (memcmp(y, before, sizeof y) != 0) fail(context, "a refused call wrote");
}
