// Template: the properties of random numbers of one element type.  Needs: real, bits, TYPE, the five entry points.
#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#include "guarded.h"
#include "harness.h"

enum { UNIFORM, NORMAL, BERNOULLI, DROPOUT, KINDS, WHOLE = 5000, WORD_BITS = 8 * sizeof(real), TILE = 64 };
static const int P = WORD_BITS == 32 ? 24 : 53;

static const real LOW = -3, HIGH = (real)5.5, MEAN = (real)0.25, DEVIATION = 3;
static const double DROPPED = 0.3;

// y[i] <- element offset + i; dropout is of x.
static ck_status draw(const ck_isa *isa, int threads, int kind, const ck_random *random, ptrdiff_t n, const real *x,
                      real *y) {
  switch (kind) {
  case UNIFORM: return uniform(isa, threads, random, LOW, HIGH, n, y, NULL);
  case NORMAL: return normal(isa, threads, random, MEAN, DEVIATION, n, y, NULL);
  case BERNOULLI: return bernoulli(isa, threads, random, DROPPED, n, y, NULL);
  default: return dropout(isa, threads, random, DROPPED, n, x, y, NULL);
  }
}

static real *whole_input(void) {
  real *x = malloc(WHOLE * sizeof *x);
  for (int i = 0; i < WHOLE; ++i) x[i] = (real)(i - WHOLE / 2) / 7;
  return x;
}

static real *draw_whole(const ck_isa *isa, int kind, ck_random random) {
  real *x = whole_input(), *y = malloc(WHOLE * sizeof *y);
  draw(isa, 1, kind, &random, WHOLE, x, y);
  free(x);
  return y;
}

// Any part of a sequence has the bits of the whole, beside guard pages, in place or apart.
static void parts_have_the_bits(struct context *context) {
  struct rng rng = {context->options.seed};
  const struct arena in = arena_make(WHOLE * sizeof(real)), out = arena_make(WHOLE * sizeof(real));
  real *x = whole_input();
  for (int kind = 0; kind < KINDS; ++kind) {
    const ck_random start = {rng_next(&rng), rng_next(&rng), rng_next(&rng) >> rng_range(&rng, 1, 60)};
    real *whole = draw_whole(context->isa, kind, start);
    for (long i = 0; i < context->options.cases / KINDS && context->failures == 0; ++i) {
      const ptrdiff_t at = rng_range(&rng, 0, WHOLE - 1);
      ptrdiff_t n = rng_range(&rng, 0, rng_chance(&rng, 90) ? 200 : WHOLE);
      if (n > WHOLE - at) n = WHOLE - at;
      const size_t bytes = (size_t)n * sizeof(real), slack = guards_keep_off ? 64 : 0;
      const bool right = rng_chance(&rng, 50), in_place = kind == DROPOUT && rng_chance(&rng, 50);
      real *y = arena_place(&out, bytes, slack, right), *from = in_place ? y : arena_place(&in, bytes, slack, right);
      const ck_random random = {start.seed, start.stream, start.offset + (uint64_t)at};
      memcpy(from, x + at, bytes);
      ++context->cases_run;
      now_running(TYPE " kind %d, %td elements from %td, %s", kind, n, at, in_place ? "in place" : "apart");
      if (draw(context->isa, (int)rng_range(&rng, 1, 3), kind, &random, n, from, y) != CK_OK) fail(context, "refused");
      if (memcmp(y, whole + at, bytes)) fail(context, "other bits");
      if (!arena_intact(&out, y, bytes)) fail(context, "wrote outside");
    }
    free(whole);
  }
  free(x), arena_free(in), arena_free(out);
}

static void threads_have_the_bits(struct context *context) {
  enum { N = 100003 };
  real *x = calloc(N, sizeof *x), *one = malloc(N * sizeof *x), *many = malloc(N * sizeof *x);
  for (int i = 0; i < N; ++i) x[i] = (real)i;
  for (int kind = 0; kind < KINDS; ++kind)
    for (int threads = 2; threads <= 8; ++threads, ++context->cases_run) {
      const ck_random random = {1, 2, 3};
      draw(context->isa, 1, kind, &random, N, x, one);
      draw(context->isa, threads, kind, &random, N, x, many);
      if (memcmp(one, many, N * sizeof *x)) fail(context, "kind %d, %d threads", kind, threads);
    }
  free(x), free(one), free(many);
}

// The integer that element i takes.
static uint64_t word_of(const uint32_t *words, ptrdiff_t i) {
  return WORD_BITS == 32 ? words[i] : words[2 * i] | (uint64_t)words[2 * i + 1] << 32;
}

static wide quarter_sine(wide f) { return sin_wide((wide)1.57079632679489661923132169163975144L * f); }
static wide quarter_cosine(wide f) { return cos_wide((wide)1.57079632679489661923132169163975144L * f); }

// cos or sin of 2 pi u: u is reduced exactly, so that the result is near also in relative terms.
static wide turn(real u, bool sine) {
  const int n = (int)(4 * u + (real)0.5), quadrant = n + (sine ? 3 : 0);
  const wide f = 4 * (wide)u - n;
  const wide value = quadrant % 2 ? quarter_sine(f) : quarter_cosine(f);
  return quadrant % 4 == 1 || quadrant % 4 == 2 ? -value : value;
}

static void definitions_hold(struct context *context) {
  uint32_t *words = malloc(WHOLE * 2 * sizeof *words + 16);
  const ck_random random = {context->options.seed, 77, 0};
  if (ck_philox(context->isa, 1, &random, (WHOLE * WORD_BITS / 32 + 3) / 4, words, NULL) != CK_OK)
    fail(context, "words");
  real *y[KINDS], *x = whole_input();
  for (int kind = 0; kind < KINDS; ++kind) y[kind] = draw_whole(context->isa, kind, random);
  real z[WHOLE];
  normal(context->isa, 1, &random, 0, 1, WHOLE, z, NULL);
  const real scale = (real)(1 / (1 - DROPPED));
  for (ptrdiff_t i = 0; i < WHOLE; ++i, ++context->cases_run) {
    const real u = (real)(word_of(words, i) >> (WORD_BITS - P)) * (real)(WORD_BITS == 32 ? 0x1p-24 : 0x1p-53);
    const bool dropped = u < (real)DROPPED;
    if (y[UNIFORM][i] != fused_multiply_add(HIGH - LOW, u, LOW)) fail(context, "uniform %td", i);
    if (y[BERNOULLI][i] != dropped) fail(context, "bernoulli %td", i);
    if (y[DROPOUT][i] != x[i] * (dropped ? 0 : scale)) fail(context, "dropout %td", i);
    if (y[NORMAL][i] != fused_multiply_add(DEVIATION, z[i], MEAN)) fail(context, "deviation and mean %td", i);
    const ptrdiff_t first = i - (i % TILE >= TILE / 2 ? TILE / 2 : 0), second = first + TILE / 2;
    if (second >= WHOLE) continue;
    const real v = (real)(((wide)word_of(words, first) + (wide)0.5) * (WORD_BITS == 32 ? 0x1p-32 : 0x1p-64));
    const real angle = (real)(word_of(words, second) >> (WORD_BITS - P)) * (real)(WORD_BITS == 32 ? 0x1p-24 : 0x1p-53);
    const wide exact = sqrt_wide(-2 * log_wide(v)) * turn(angle, i == second);
    if (fabsl((long double)(z[i] - exact)) > 4 * EPSILON * fabsl((long double)exact))
      fail(context, "normal %td is %.17g, not %.17g", i, (double)z[i], (double)exact);
  }
  for (int kind = 0; kind < KINDS; ++kind) free(y[kind]);
  free(words), free(x);
}

// The greatest u that there is leaves [low, high) nowhere, and p = 0 copies every bit.
static void ends_hold(struct context *context) {
  const ck_random random = {5, 6, 7};
  real y[WHOLE];
  const real lows[] = {0, -1, 1, (real)1e30, -(real)1e-30}, widths[] = {EPSILON, 2 * EPSILON, 1, (real)1e30};
  for (int i = 0; i < 20; ++i, ++context->cases_run) {
    const real low = lows[i % 5], high = low + widths[i / 5];
    const ck_status status = uniform(context->isa, 1, &random, low, high, WHOLE, y, NULL);
    if (status != (low < high ? CK_OK : CK_BAD_ARGUMENT)) fail(context, "range %d gives %d", i, status);
    for (int k = 0; status == CK_OK && k < WHOLE; ++k)
      if (!(y[k] >= low && y[k] < high)) fail(context, "%g outside [%g, %g)", (double)y[k], (double)low, (double)high);
  }
  real x[7] = {NAN, INFINITY, -(real)0.0, -1, 1, REAL_LEAST, 0};
  // A signalling NaN: an infinity with the lowest bit set.
  memcpy(x + 6, x + 1, sizeof *x);
  ((unsigned char *)(x + 6))[0] |= 1;
  for (ptrdiff_t k = 0; k < WHOLE; k += 7) memcpy(y + k, x, (size_t)(WHOLE - k < 7 ? WHOLE - k : 7) * sizeof *x);
  real z[WHOLE] = {0};
  dropout(context->isa, 3, &random, 0, WHOLE, y, z, NULL);
  if (memcmp(z, y, sizeof z)) fail(context, "p = 0 is no copy");
  dropout(context->isa, 1, &random, 0, WHOLE, z, z, NULL);
  if (memcmp(z, y, sizeof z)) fail(context, "p = 0 changes what is in place");
  const double nearly = WORD_BITS == 32 ? 1 - 1e-9 : 1 - 0x1p-53;
  for (ptrdiff_t k = 0; k < WHOLE; ++k) y[k] = 1;
  const ck_status status = dropout(context->isa, 1, &random, nearly, WHOLE, y, y, NULL);
  for (ptrdiff_t k = 0; k < WHOLE; ++k)
    if (status != CK_OK || y[k] != 0) fail(context, "p = %.17g keeps %g", nearly, (double)y[k]);
}

static void refuses_misuse(struct context *context) {
  real y[8] = {0};
  const ck_random random = {0, 0, 0}, end = {0, 0, UINT64_MAX - 2};
  const ck_isa *isa = context->isa;
  ck_fault f = {0};
  const struct {
    ck_status got, expected;
    const char *operand;
  } calls[] = {
      {uniform(isa, 0, &random, 0, 1, 8, y, &f), CK_BAD_ARGUMENT, f.operand},
      {uniform(isa, 1, &random, 0, 1, -1, y, &f), CK_NEGATIVE_SIZE, f.operand},
      {uniform(isa, 1, &random, 0, 1, PTRDIFF_MAX, y, &f), CK_OVERFLOW, f.operand},
      {uniform(isa, 1, &end, 0, 1, 4, y, &f), CK_OVERFLOW, f.operand},
      {uniform(isa, 1, &end, 0, 1, 3, y, &f), CK_OK, "offset"},
      {uniform(isa, 1, &random, 1, 1, 8, y, &f), CK_BAD_ARGUMENT, f.operand},
      {uniform(isa, 1, &random, 0, NAN, 8, y, &f), CK_BAD_ARGUMENT, f.operand},
      {uniform(isa, 1, &random, -REAL_MOST, REAL_MOST, 8, y, &f), CK_BAD_ARGUMENT, f.operand},
      {normal(isa, 1, &random, NAN, 1, 8, y, &f), CK_BAD_ARGUMENT, f.operand},
      {normal(isa, 1, &random, 0, -1, 8, y, &f), CK_BAD_ARGUMENT, f.operand},
      {normal(isa, 1, &random, 0, INFINITY, 8, y, &f), CK_BAD_ARGUMENT, f.operand},
      {bernoulli(isa, 1, &random, 1.5, 8, y, &f), CK_BAD_ARGUMENT, f.operand},
      {bernoulli(isa, 1, &random, 1, 8, y, &f), CK_OK, f.operand},
      {dropout(isa, 1, &random, 1, 8, y, y, &f), CK_BAD_ARGUMENT, f.operand},
      {dropout(isa, 1, &random, -0.1, 8, y, y, &f), CK_BAD_ARGUMENT, f.operand},
      {dropout(isa, 1, &random, NAN, 8, y, y, &f), CK_BAD_ARGUMENT, f.operand},
      {dropout(isa, 1, &random, 0.5, 7, y, y + 1, &f), CK_OVERLAP, f.operand},
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; ++i, ++context->cases_run)
    if (calls[i].got != calls[i].expected || calls[i].operand == NULL)
      fail(context, "call %zu gives %d", i, calls[i].got);
}

// Every instruction set, fused or not.
static void isas_agree(struct context *context) {
  uint64_t hashes[2] = {0};
  for (int which = 0; which < 2; ++which) {
    const ck_isa *isa = which ? ck_isa_at(0) : context->isa;
    uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (int kind = 0; kind < KINDS; ++kind) {
      real *y = draw_whole(isa, kind, (ck_random){9, 8, 7});
      const unsigned char *bytes = (const unsigned char *)y;
      for (size_t i = 0; i < WHOLE * sizeof *y; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3;
      free(y);
    }
    hashes[which] = hash;
  }
  printf("hash random %s %s %016llx\n", TYPE, ck_isa_fused(context->isa) ? "fused" : ck_isa_name(context->isa),
         (unsigned long long)hashes[0]);
  if (hashes[0] != hashes[1]) fail(context, "other bits than %s", ck_isa_name(ck_isa_at(0)));
}
