// Template: the properties of elementwise calls.  Needs: real, other, LANES, TYPE, fused_multiply_add, combine, map,
// bias_gradient, prelu_gradient, swish_gradient, cast.
#include <math.h>
#include <string.h>

#include "guarded.h"
#include "harness.h"

enum { OPERAND_A, OPERAND_B, OPERAND_C, RESULT, ARENAS, LARGEST = 1 << 15 };

static const struct arena *arena_of(int operand) {
  static struct arena arenas[ARENAS];
  if (arenas[operand].bytes == 0) arenas[operand] = arena_make(LARGEST * 8 + 4096);
  return &arenas[operand];
}

// Same bits, or NaN both.
static bool same(real x, real y) { return memcmp(&x, &y, sizeof x) == 0 || (x != x && y != y); }

// Small integers, and what trips kernels.
static real value(struct rng *rng) {
  static const double specials[] = {NAN, INFINITY, -INFINITY, 0.0, -0.0, 1e-310, -1e-42, 3e38, -1.5e308};
  if (rng_chance(rng, 25)) return (real)specials[rng_range(rng, 0, 8)];
  return (real)rng_range(rng, -9, 9) * (real)0x1.fp-3;
}

static void *place(struct rng *rng, int operand, ptrdiff_t count, size_t size) {
  const bool right = rng_chance(rng, 60);
  const size_t slack = right ? (guards_keep_off ? 64 : 0) : size * (size_t)rng_range(rng, 0, 15);
  return arena_place(arena_of(operand), (size_t)count * size, slack, right);
}

// MARK: Combinations

struct combination {
  ck_op op;
  ck_broadcast shape;
  ck_function f;
  real p, q;
  int threads, in_place;  // in_place: the operand that y is, or -1
  ptrdiff_t count, counts[3];
  const real *operand[3];
  real *y;
};

// Shapes that are walked in more than one block: rows of two dimensions inside a third, and short rows in strips.
static void draw_blocks(struct rng *rng, struct combination *x) {
  const bool rows = rng_chance(rng, 50);
  x->shape = rows ? (ck_broadcast){3, {rng_range(rng, 2, 5), rng_range(rng, 20, 60), rng_range(rng, 16, 50)}, {0, 5, 2}}
                  : (ck_broadcast){2, {rng_range(rng, 500, 2000), rng_range(rng, 2, 9)}, {0, 2, 1}};
  x->f = rng_chance(rng, 50) ? CK_TANH : CK_LEAKY_RELU;
}

static struct combination draw_combination(struct rng *rng) {
  static const ck_function functions[] = {CK_IDENTITY, CK_IDENTITY, CK_RELU, CK_LEAKY_RELU, CK_CLAMP, CK_TANH, CK_SILU};
  struct combination x = {.op = rng_chance(rng, 20) ? CK_OP_ADD : (ck_op)rng_range(rng, 0, CK_OP_COUNT - 1),
                          .f = functions[rng_range(rng, 0, 6)],
                          .p = (real)0.25,
                          .q = (real)0.75,
                          .threads = (int)rng_range(rng, 1, 3),
                          .in_place = -1};
  x.shape.rank = rng_range(rng, 0, 5);
  ptrdiff_t budget = rng_chance(rng, 15) ? LARGEST / 2 : rng_chance(rng, 20) ? 3000 : 300;
  for (ptrdiff_t i = 0; i < x.shape.rank; ++i) {
    const ptrdiff_t d = i == 0 ? x.shape.rank - 1 : i - 1;  // the last dimension first: it makes the rows
    ptrdiff_t limit = rng_chance(rng, 30) ? 4 : rng_chance(rng, 60) ? 40 : budget;
    if (limit > budget) limit = budget;
    x.shape.size[d] = rng_chance(rng, 2) ? 0 : rng_range(rng, 1, limit);
    if (x.shape.size[d] > 0) budget /= x.shape.size[d];
  }
  for (int k = 0; k < 3; ++k)
    if (rng_chance(rng, 50)) x.shape.repeats[k] = (uint32_t)rng_range(rng, 0, 31);
  if (rng_chance(rng, 10)) draw_blocks(rng, &x);
  x.count = ck_broadcast_count(&x.shape, -1);
  for (int k = 0; k < 3; ++k) x.counts[k] = ck_broadcast_count(&x.shape, k);
  const int k = (int)rng_range(rng, 0, 5);
  if (k < ck_op_operands(x.op) && x.counts[k] == x.count && x.count > 0) x.in_place = k;
  return x;
}

static void describe(const struct combination *x) {
  const ptrdiff_t *s = x->shape.size;
  now_running(TYPE " %s rank %td: %td %td %td %td %td repeats %x %x %x then %s threads %d in place %d",
              ck_op_name(x->op), x->shape.rank, s[0], s[1], s[2], s[3], s[4], x->shape.repeats[0], x->shape.repeats[1],
              x->shape.repeats[2], ck_function_name(x->f), x->threads, x->in_place);
}

static real operate(ck_op op, real a, real b, real c) {
  switch (op) {
  case CK_OP_ADD: return a + b;
  case CK_OP_SUBTRACT: return a - b;
  case CK_OP_MULTIPLY: return a * b;
  case CK_OP_DIVIDE: return a / b;
  case CK_OP_MINIMUM: return a != a || b != b ? (real)NAN : a < b || (a == b && signbit(a)) ? a : b;
  case CK_OP_MAXIMUM: return a != a || b != b ? (real)NAN : a > b || (a == b && !signbit(a)) ? a : b;
  case CK_OP_LESS: return a < b;
  case CK_OP_LESS_EQUAL: return a <= b;
  case CK_OP_GREATER: return a > b;
  case CK_OP_GREATER_EQUAL: return a >= b;
  case CK_OP_EQUAL: return a == b;
  case CK_OP_NOT_EQUAL: return a != b;
  case CK_OP_PRELU: return a < 0 ? a * b : a;
  case CK_OP_MULTIPLY_ADD: return fused_multiply_add(a, b, c);
  case CK_OP_PRELU_BACKWARD: return a <= 0 ? b * c : b;
  default: return a != 0 ? b : c;
  }
}

// Where element `index` of the whole lies in operand k.
static ptrdiff_t source(const struct combination *x, int k, ptrdiff_t index) {
  ptrdiff_t at = 0, step = 1;
  for (ptrdiff_t d = x->shape.rank - 1; d >= 0; --d) {
    const bool repeats = x->shape.repeats[k] >> d & 1;
    if (!repeats) at += index % x->shape.size[d] * step;
    if (!repeats) step *= x->shape.size[d];
    index /= x->shape.size[d];
  }
  return at;
}

static real *place_combination(struct rng *rng, struct combination *x) {
  for (int k = 0; k < 3; ++k) {
    real *values = place(rng, k, x->counts[k], sizeof(real));
    for (ptrdiff_t i = 0; i < x->counts[k]; ++i) values[i] = value(rng);
    x->operand[k] = values;
    if (x->in_place == k) x->y = values;
  }
  if (x->in_place < 0) {
    x->y = place(rng, RESULT, x->count, sizeof(real));
    memset(x->y, 0x5a, (size_t)x->count * sizeof(real));
  }
  static real expected[LARGEST];
  for (ptrdiff_t i = 0; i < x->count; ++i)
    expected[i] =
        operate(x->op, x->operand[0][source(x, 0, i)], x->operand[1][source(x, 1, i)], x->operand[2][source(x, 2, i)]);
  return expected;
}

static void combinations(struct context *context) {
  for (long i = 0; i < context->options.cases; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i};
    context->replay_seed = rng.state;
    struct combination x = draw_combination(&rng);
    if (context->options.in_process) x.threads = 1;
    describe(&x);
    real *expected = place_combination(&rng, &x);
    map(context->isa, 1, x.f, x.p, x.q, x.count, expected, expected, NULL);
    const ck_status status = combine(context->isa, x.threads, x.op, &x.shape, x.operand[0], x.operand[1], x.operand[2],
                                     x.f, x.p, x.q, x.y, NULL);
    if (status != CK_OK) fail(context, "status %d", status);
    for (ptrdiff_t e = 0; e < x.count; ++e)
      if (!same(x.y[e], expected[e])) {
        fail(context, "element %td is %g, not %g", e, (double)x.y[e], (double)expected[e]);
        break;
      }
    for (int k = 0; k < 3; ++k)
      if (!arena_intact(arena_of(k), x.operand[k], (size_t)x.counts[k] * sizeof(real)))
        fail(context, "bytes beside operand %d changed", k);
    if (x.in_place < 0 && !arena_intact(arena_of(RESULT), x.y, (size_t)x.count * sizeof(real)))
      fail(context, "bytes beside y changed");
    ++context->cases_run;
  }
}

// MARK: Gradients of parameters

// The sum of terms x[i * step] in lanes, i = 0 ... n - 1 for each of `images` images, as the header promises.
static real chunk_sum(const real *x, ptrdiff_t images, ptrdiff_t image, ptrdiff_t n, ptrdiff_t step) {
  real lanes[LANES] = {0};
  for (ptrdiff_t m = 0; m < images; ++m)
    for (ptrdiff_t i = 0; i < n; ++i) lanes[i % LANES] += x[m * image + i * step];
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  return lanes[0];
}

// The sum of chunks[0 ..< count]: of the largest power of two that is less, and of the rest.
static real tree_sum(const real *chunks, ptrdiff_t count) {
  if (count < 2) return count == 1 ? chunks[0] : 0;
  ptrdiff_t left = 1;
  while (left * 2 < count) left *= 2;
  return tree_sum(chunks, left) + tree_sum(chunks + left, count - left);
}

static real promised_gradient(const real *dy, ptrdiff_t batch, ptrdiff_t image, ptrdiff_t pixels, ptrdiff_t step) {
  static real chunks[LARGEST];
  ptrdiff_t count = 0;
  const ptrdiff_t most = 128 * LANES, filled = pixels > LANES ? pixels : LANES;
  const ptrdiff_t together = filled >= most ? 1 : most / filled;
  for (ptrdiff_t i = 0; i < batch; i += together)
    for (ptrdiff_t p = 0; p < pixels; p += most) {
      const ptrdiff_t images = batch - i < together ? batch - i : together, n = pixels - p < most ? pixels - p : most;
      chunks[count++] = chunk_sum(dy + i * image + p * step, images, image, n, step);
    }
  return tree_sum(chunks, count);
}

// The terms of a gradient: dy, or with `slopes` those of PReLU for an x that is drawn.
static void draw_terms(struct rng *rng, ptrdiff_t count, real *dy, real *x, real *terms) {
  for (ptrdiff_t e = 0; e < count; ++e) {
    terms[e] = dy[e] = (real)((double)(int64_t)rng_next(rng) * 0x1p-63);
    if (x == NULL) continue;
    x[e] = rng_chance(rng, 5) ? -(real)0 : (real)((double)(int64_t)rng_next(rng) * 0x1p-62);
    terms[e] = x[e] <= 0 ? x[e] * dy[e] : 0;
  }
}

static void bias_gradients(struct context *context) {
  static real terms[LARGEST];
  for (long i = 0; i < context->options.cases / 4; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i};
    context->replay_seed = rng.state;
    ptrdiff_t sizes[3] = {rng_range(&rng, 0, 9), rng_range(&rng, 0, 90), rng_range(&rng, 0, 60)};
    if (rng_chance(&rng, 10)) sizes[0] = rng_range(&rng, 1, 400), sizes[1] = rng_range(&rng, 1, 4);
    if (rng_chance(&rng, 5)) sizes[2] = rng_range(&rng, 1, 30000), sizes[0] = sizes[1] = 1;
    if (rng_chance(&rng, 5)) sizes[1] = 1, sizes[0] = 3, sizes[2] = rng_range(&rng, 1, 9000);
    while (sizes[0] * sizes[1] * sizes[2] > LARGEST) sizes[1] /= 2;
    const ptrdiff_t batch = sizes[0], channels = sizes[1], pixels = sizes[2], count = batch * channels * pixels;
    const bool last = rng_chance(&rng, 50), flat = last || pixels == 1;
    const int threads = context->options.in_process ? 1 : (int)rng_range(&rng, 1, 3);
    const ck_channels layout = last ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST;
    real *dy = place(&rng, OPERAND_A, count, sizeof(real));
    real *x = rng_chance(&rng, 50) ? place(&rng, OPERAND_B, count, sizeof(real)) : NULL;
    now_running(TYPE " gradient of a %s %tdx%tdx%td last %d", x ? "slope" : "bias", batch, channels, pixels, last);
    draw_terms(&rng, count, dy, x, terms);
    real *db = place(&rng, RESULT, channels, sizeof(real));
    memset(db, 0x5a, (size_t)channels * sizeof(real));
    if (x == NULL)
      bias_gradient(context->isa, threads, batch, channels, pixels, layout, dy, db, NULL);
    else
      prelu_gradient(context->isa, threads, batch, channels, pixels, layout, x, dy, db, NULL);
    for (ptrdiff_t c = 0; c < channels; ++c) {
      const real expected = flat ? promised_gradient(terms + c, 1, 0, batch * pixels, channels)
                                 : promised_gradient(terms + c * pixels, batch, channels * pixels, pixels, 1);
      if (same(db[c], expected)) continue;
      fail(context, "channel %td is %g, not %g", c, (double)db[c], (double)expected);
      break;
    }
    if (!arena_intact(arena_of(RESULT), db, (size_t)channels * sizeof(real))) fail(context, "bytes beside db changed");
    ++context->cases_run;
  }
}

// A call with one element gives its term; the sum of many has the promised order.
static void swish_gradients(struct context *context) {
  static real terms[LARGEST];
  for (long i = 0; i < context->options.cases / 20; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i};
    context->replay_seed = rng.state;
    const ptrdiff_t n = rng_chance(&rng, 5) ? rng_range(&rng, 4000, 9000) : rng_range(&rng, 0, 200);
    const real beta = (real)(2 * rng_range(&rng, -10, 9) + 1) / 8;
    now_running(TYPE " gradient of swish %td beta %g", n, (double)beta);
    real *dy = place(&rng, OPERAND_A, n, sizeof(real)), *x = place(&rng, OPERAND_B, n, sizeof(real));
    real *db = place(&rng, RESULT, 1, sizeof(real));
    for (ptrdiff_t e = 0; e < n; ++e) {
      dy[e] = (real)((double)(int64_t)rng_next(&rng) * 0x1p-63);
      x[e] = dy[e] * (real)rng_range(&rng, -99, 99);
      if (rng_chance(&rng, 3)) x[e] = x[e] < 0 ? -(real)INFINITY : (real)INFINITY;
      swish_gradient(context->isa, 1, 1, beta, x + e, dy + e, terms + e, NULL);
      if (terms[e] != terms[e]) fail(context, "the term of %g is a NaN", (double)x[e]);
    }
    swish_gradient(context->isa, 1, n, beta, x, dy, db, NULL);
    const real expected = promised_gradient(terms, 1, 0, n, 1);
    if (!same(*db, expected)) fail(context, "%g, not %g", (double)*db, (double)expected);
    if (!arena_intact(arena_of(RESULT), db, sizeof(real))) fail(context, "bytes beside db changed");
    ++context->cases_run;
  }
}

// MARK: Casts

static void casts(struct context *context) {
  for (long i = 0; i < context->options.cases; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i};
    context->replay_seed = rng.state;
    const ptrdiff_t n = rng_range(&rng, 0, 70);
    now_running(TYPE " cast %td", n);
    other *x = place(&rng, OPERAND_A, n, sizeof(other));
    real *y = place(&rng, RESULT, n, sizeof(real));
    for (ptrdiff_t e = 0; e < n; ++e) {
      const uint64_t any = rng_next(&rng);
      double near = ldexp((double)any * 0x1p-63, (int)rng_range(&rng, -152, 130));
      x[e] = (other)(rng_chance(&rng, 50) ? near : rng_chance(&rng, 50) ? -near : (double)value(&rng));
    }
    if (cast(context->isa, 1, n, x, y, NULL) != CK_OK) fail(context, "refused");
    for (ptrdiff_t e = 0; e < n; ++e)
      if (!same(y[e], (real)x[e])) fail(context, "element %td of %td: %a became %a", e, n, (double)x[e], (double)y[e]);
    if (!arena_intact(arena_of(RESULT), y, (size_t)n * sizeof(real))) fail(context, "bytes beside y changed");
    ++context->cases_run;
  }
}

// MARK: Threads and misuse

// Large enough for every thread to get a part, in rows, in periods, in strips and with a function that follows.
static void elementwise_threads(struct context *context) {
  enum { COUNT = 1 << 21 };
  static const ptrdiff_t sizes[][3] = {{1, 1, COUNT}, {5, 1021, 401}, {1, 600007, 3}, {290, 1000, 7}, {2, 2048, 512}};
  static const ck_function functions[] = {CK_RELU, CK_SIGMOID};
  static real a[COUNT], b[COUNT], one[COUNT], more[COUNT];
  struct rng rng = {context->options.seed};
  for (ptrdiff_t i = 0; i < COUNT; ++i) a[i] = value(&rng), b[i] = value(&rng);
  for (int i = 0; i < 20; ++i) {
    const ptrdiff_t *s = sizes[i % 5];
    const ck_broadcast shape = {3, {s[0], s[1], s[2]}, {0, (uint32_t)(i < 10 ? 5 : 2), 1}};
    const ck_function f = functions[i & 1];
    const ptrdiff_t n = s[0] * s[1] * s[2];
    now_running(TYPE " %tdx%tdx%td threads", s[0], s[1], s[2]);
    combine(context->isa, 1, CK_OP_MULTIPLY_ADD, &shape, a, b, a, f, 0, 0, one, NULL);
    for (int threads = 2; threads <= 4; ++threads) {
      memset(more, 0, sizeof more);
      combine(context->isa, threads, CK_OP_MULTIPLY_ADD, &shape, a, b, a, f, 0, 0, more, NULL);
      for (ptrdiff_t e = 0; e < n; ++e)
        if (!same(one[e], more[e])) {
          fail(context, "%d threads: element %td is %g, not %g", threads, e, (double)more[e], (double)one[e]);
          break;
        }
      ++context->cases_run;
    }
  }
}

// Enough pixels for every thread to get pieces, which are joined by the same tree.  Every third is that of a slope, and
// every third that of swish.
static void bias_threads(struct context *context) {
  enum { COUNT = 1 << 22, CHANNELS = 20 };
  static real dy[COUNT], one[CHANNELS], more[CHANNELS];
  struct rng rng = {context->options.seed};
  for (ptrdiff_t i = 0; i < COUNT; ++i) dy[i] = (real)((double)(int64_t)rng_next(&rng) * 0x1p-63);
  for (int i = 0; i < 12; ++i) {
    const ptrdiff_t channels = rng_range(&rng, 1, CHANNELS), batch = rng_range(&rng, 1, 5);
    const ptrdiff_t pixels = COUNT / channels / batch - rng_range(&rng, 0, 9999);
    now_running(TYPE " bias gradient %tdx%tdx%td threads", batch, channels, pixels);
    for (int threads = 1; threads <= 5; ++threads) {
      real *sums = threads == 1 ? one : more;
      memset(sums, 0, sizeof one);
      if (i % 3 == 0)
        bias_gradient(context->isa, threads, batch, channels, pixels, (ck_channels)(i & 1), dy, sums, NULL);
      else if (i % 3 == 1)
        prelu_gradient(context->isa, threads, batch, channels, pixels, (ck_channels)(i & 1), dy, dy, sums, NULL);
      else
        swish_gradient(context->isa, threads, pixels / 4, 1, dy, dy, sums, NULL);
      if (threads > 1 && memcmp(one, more, sizeof one) != 0) fail(context, "%d threads and one differ", threads);
      ++context->cases_run;
    }
  }
}

static void elementwise_refusal(struct context *context, ck_status got, const ck_fault *fault, ck_status expected,
                                const char *operand) {
  ++context->cases_run;
  if (got != expected) fail(context, "status %d, not %d", got, expected);
  if (operand != NULL && (fault->operand == NULL || strcmp(fault->operand, operand) != 0))
    fail(context, "blames %s, not %s", fault->operand ? fault->operand : "nothing", operand);
  if (got == CK_OVERFLOW && fault->got <= fault->expected) fail(context, "%s fits the bound that it is told", operand);
}

static void elementwise_misuse(struct context *context) {
  enum { N = 40 };
  real memory[3 * N] = {0}, *a = memory, *y = memory + 2 * N;
  static const struct {
    int threads;
    ck_op op;
    ck_broadcast shape;
    ck_function f;
    ptrdiff_t b, y;  // where in memory
    ck_status status;
    const char *operand;
  } calls[] = {
      {0, CK_OP_ADD, {1, {N}, {0}}, CK_RELU, N, 2 * N, CK_BAD_ARGUMENT, "threads"},
      {1, CK_OP_COUNT, {1, {N}, {0}}, CK_RELU, N, 2 * N, CK_BAD_ARGUMENT, "op"},
      {1, CK_OP_ADD, {1, {N}, {0}}, CK_FUNCTION_COUNT, N, 2 * N, CK_BAD_ARGUMENT, "f"},
      {1, CK_OP_ADD, {1, {N}, {0}}, CK_CLAMP, N, 2 * N, CK_BAD_ARGUMENT, "clamp"},
      {1, CK_OP_ADD, {9, {N}, {0}}, CK_RELU, N, 2 * N, CK_BAD_ARGUMENT, "rank"},
      {1, CK_OP_ADD, {-1, {N}, {0}}, CK_RELU, N, 2 * N, CK_BAD_ARGUMENT, "rank"},
      {1, CK_OP_ADD, {2, {N, -1}, {0}}, CK_RELU, N, 2 * N, CK_NEGATIVE_SIZE, "size"},
      {1, CK_OP_ADD, {2, {PTRDIFF_MAX / 2, 3}, {0}}, CK_RELU, N, 2 * N, CK_OVERFLOW, "size"},
      {1, CK_OP_ADD, {1, {PTRDIFF_MAX / 2}, {0}}, CK_RELU, N, 2 * N, CK_OVERFLOW, "size"},
      {1, CK_OP_ADD, {3, {1 << 22, 1 << 22, 1 << 22}, {0}}, CK_RELU, N, 2 * N, CK_OVERFLOW, "size"},
      {1, CK_OP_ADD, {1, {N}, {0}}, CK_RELU, N, N - 1, CK_OVERLAP, "a"},
      {1, CK_OP_ADD, {1, {N}, {0}}, CK_RELU, N, 2 * N - 1, CK_OVERLAP, "b"},
      {1, CK_OP_ADD, {1, {N}, {0, 1}}, CK_RELU, N, N, CK_OVERLAP, "b"},
      {1, CK_OP_ADD, {1, {N}, {0, 1}}, CK_RELU, N, N + 1, CK_OK, NULL},
      {1, CK_OP_ADD, {2, {PTRDIFF_MAX, 0}, {0}}, CK_RELU, N, N - 1, CK_OK, NULL},
      {1, CK_OP_ADD, {1, {N}, {0}}, CK_RELU, N, N, CK_OK, NULL},
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; ++i) {
    ck_fault fault = {0};
    now_running(TYPE " elementwise misuse %zu", i);
    memset(memory, 0, sizeof memory);
    const ck_status status = combine(context->isa, calls[i].threads, calls[i].op, &calls[i].shape, a,
                                     memory + calls[i].b, NULL, calls[i].f, 1, -1, memory + calls[i].y, &fault);
    elementwise_refusal(context, status, &fault, calls[i].status, calls[i].operand);
  }
  ck_fault fault = {0};
  elementwise_refusal(context, bias_gradient(context->isa, 0, 2, 2, 2, CK_CHANNELS_LAST, a, y, &fault), &fault,
                      CK_BAD_ARGUMENT, "threads");
  elementwise_refusal(context, bias_gradient(context->isa, 1, 2, -2, 2, CK_CHANNELS_LAST, a, y, &fault), &fault,
                      CK_NEGATIVE_SIZE, "channels");
  elementwise_refusal(context, bias_gradient(context->isa, 1, 2, 2, 2, CK_CHANNELS_LAST, a, a + 7, &fault), &fault,
                      CK_OVERLAP, "dy");
  elementwise_refusal(context, bias_gradient(context->isa, 1, PTRDIFF_MAX / 3, 2, 4, CK_CHANNELS_LAST, a, y, &fault),
                      &fault, CK_OVERFLOW, "batch");
  elementwise_refusal(context, bias_gradient(context->isa, 1, 4, PTRDIFF_MAX / 8, 4, CK_CHANNELS_FIRST, a, y, &fault),
                      &fault, CK_OVERFLOW, "channels");
  elementwise_refusal(context, prelu_gradient(context->isa, 1, 2, 2, 2, CK_CHANNELS_LAST, y, a, y + 7, &fault), &fault,
                      CK_OVERLAP, "x");
  elementwise_refusal(context, swish_gradient(context->isa, 1, -1, 1, a, a, y, &fault), &fault, CK_NEGATIVE_SIZE, "n");
  elementwise_refusal(context, swish_gradient(context->isa, 1, 8, 1, y, a, a + 7, &fault), &fault, CK_OVERLAP, "dy");
  elementwise_refusal(context, cast(context->isa, 0, 1, (other *)a, y, &fault), &fault, CK_BAD_ARGUMENT, "threads");
  elementwise_refusal(context, cast(context->isa, 1, -1, (other *)a, y, &fault), &fault, CK_NEGATIVE_SIZE, "n");
  elementwise_refusal(context, cast(context->isa, 1, 4, (other *)a, a + 1, &fault), &fault, CK_OVERLAP, "x");
  elementwise_refusal(context, cast(context->isa, 1, PTRDIFF_MAX / 4, (other *)a, y, &fault), &fault, CK_OVERFLOW, "n");
}
