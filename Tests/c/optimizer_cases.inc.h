// Template: the properties of optimisers over one element type.  Needs: real, TYPE, the entry points, root.
#include <stdio.h>
#include <stdlib.h>

#include "guarded.h"
#include "harness.h"

enum { SGD, ADAM, ADAGRAD, RMSPROP, RULES, BUFFERS = 5, MOST = 700 };

// One setting of one rule.
struct step {
  int rule;
  ck_sgd sgd;
  ck_adam adam;
  ck_adagrad adagrad;
  ck_rmsprop rmsprop;
};

static struct step random_step(struct rng *rng) {
  const double rate = 0.05, decay = rng_chance(rng, 50) ? 0.25 : 0, momentum = rng_chance(rng, 60) ? 0.9 : 0;
  const bool nesterov = momentum > 0 && rng_chance(rng, 50);
  const int64_t t = rng_range(rng, 1, 3);
  return (struct step){
      .rule = (int)rng_range(rng, 0, RULES - 1),
      .sgd = {rate, momentum, nesterov ? 0 : 0.3, decay, nesterov, t},
      .adam = {rate, 0.9, 0.999, 1e-3, decay, rng_chance(rng, 50), rng_chance(rng, 50), t},
      .adagrad = {rate, 0.1, 1e-3, decay, t},
      .rmsprop = {rate, 0.99, 1e-3, decay, momentum, rng_chance(rng, 50)},
  };
}

// b: g, p and three states.
static ck_status run_step(const ck_isa *isa, int threads, const struct step *s, ptrdiff_t n, real *b[BUFFERS],
                          ck_fault *fault) {
  switch (s->rule) {
  case SGD: return sgd(isa, threads, &s->sgd, n, b[0], b[1], b[2], fault);
  case ADAM: return adam(isa, threads, &s->adam, n, b[0], b[1], b[2], b[3], b[4], fault);
  case ADAGRAD: return adagrad(isa, threads, &s->adagrad, n, b[0], b[1], b[2], fault);
  default: return rmsprop(isa, threads, &s->rmsprop, n, b[0], b[1], b[2], b[3], b[4], fault);
  }
}

static real fma_of(double a, real b, real c) { return fused_multiply_add((real)a, b, c); }

static void sgd_element(const ck_sgd *s, real g, real *x[BUFFERS]) {
  real along = g;
  if (s->momentum != 0) {
    *x[2] = s->step == 1 ? g : fma_of(s->momentum, *x[2], (real)(1 - s->dampening) * g);
    along = s->nesterov ? fma_of(s->momentum, *x[2], g) : *x[2];
  }
  *x[1] = fma_of(-s->learning_rate, along, *x[1]);
}

static void adam_element(const ck_adam *s, real g, real *x[BUFFERS]) {
  double power1 = 1, power2 = 1;
  for (int i = 0; i < s->step; ++i) power1 *= s->beta1, power2 *= s->beta2;
  *x[2] = fma_of(1 - s->beta1, g - *x[2], *x[2]);
  *x[3] = fused_multiply_add((real)(1 - s->beta2) * g, g, (real)s->beta2 * *x[3]);
  if (s->amsgrad) *x[4] = *x[4] > *x[3] ? *x[4] : *x[3];
  const real divisor = fma_of(1 / sqrt(1 - power2), root(*x[s->amsgrad ? 4 : 3]), (real)s->epsilon);
  const real p = s->decoupled ? (real)(1 - s->learning_rate * s->weight_decay) * *x[1] : *x[1];
  *x[1] = fma_of(-s->learning_rate / (1 - power1), *x[2] / divisor, p);
}

static void adagrad_element(const ck_adagrad *s, real g, real *x[BUFFERS]) {
  *x[2] = fused_multiply_add(g, g, *x[2]);
  const double rate = s->learning_rate / (1 + (double)(s->step - 1) * s->learning_rate_decay);
  *x[1] = fma_of(-rate, g / (root(*x[2]) + (real)s->epsilon), *x[1]);
}

static void rmsprop_element(const ck_rmsprop *s, real g, real *x[BUFFERS]) {
  *x[2] = fused_multiply_add((real)(1 - s->alpha) * g, g, (real)s->alpha * *x[2]);
  real square = *x[2];
  if (s->centered) {
    *x[3] = fma_of(1 - s->alpha, g - *x[3], *x[3]);
    square = fused_multiply_add(-*x[3], *x[3], square);
    if (square < 0) square = 0;
  }
  real along = g / (root(square) + (real)s->epsilon);
  if (s->momentum != 0) along = *x[4] = fma_of(s->momentum, *x[4], along);
  *x[1] = fma_of(-s->learning_rate, along, *x[1]);
}

static void element(const struct step *s, real *x[BUFFERS]) {
  const double decay = s->rule == SGD       ? s->sgd.weight_decay
                       : s->rule == ADAGRAD ? s->adagrad.weight_decay
                       : s->rule == RMSPROP ? s->rmsprop.weight_decay
                                            : s->adam.weight_decay;
  const bool coupled = decay != 0 && !(s->rule == ADAM && s->adam.decoupled);
  const real g = coupled ? fma_of(decay, *x[1], *x[0]) : *x[0];
  if (s->rule == SGD) sgd_element(&s->sgd, g, x);
  if (s->rule == ADAM) adam_element(&s->adam, g, x);
  if (s->rule == ADAGRAD) adagrad_element(&s->adagrad, g, x);
  if (s->rule == RMSPROP) rmsprop_element(&s->rmsprop, g, x);
}

// Gradients, parameters and first states of either sign; states that hold squares are not below those they bound.
static real random_value(struct rng *rng, int buffer) {
  const real x = (real)(int32_t)rng_next(rng) * (real)0x1p-30;
  return buffer < 2 || buffer == 4 ? x : x < 0 ? -x : x;
}

static void steps_are_the_formulas(struct context *context) {
  struct rng rng = {context->options.seed};
  struct arena arenas[BUFFERS];
  for (int b = 0; b < BUFFERS; ++b) arenas[b] = arena_make(MOST * sizeof(real));
  for (long i = 0; i < context->options.cases && context->failures == 0; ++i, ++context->cases_run) {
    const struct step s = random_step(&rng);
    const ptrdiff_t n = rng_range(&rng, 0, rng_chance(&rng, 80) ? 40 : MOST);
    const size_t bytes = (size_t)n * sizeof(real);
    real *buffers[BUFFERS], expected[BUFFERS][MOST];
    for (int b = 0; b < BUFFERS; ++b) {
      buffers[b] = arena_place(&arenas[b], bytes, guards_keep_off ? 64 : 0, rng_chance(&rng, 50));
      for (ptrdiff_t k = 0; k < n; ++k) expected[b][k] = buffers[b][k] = random_value(&rng, b);
    }
    for (ptrdiff_t k = 0; k < n; ++k) {
      real *x[BUFFERS];
      for (int b = 0; b < BUFFERS; ++b) x[b] = &expected[b][k];
      element(&s, x);
    }
    now_running(TYPE " rule %d, %td elements, case %ld", s.rule, n, i);
    if (run_step(context->isa, (int)rng_range(&rng, 1, 2), &s, n, buffers, NULL) != CK_OK) fail(context, "refused");
    for (int b = 0; b < BUFFERS; ++b) {
      for (ptrdiff_t k = 0; k < n; ++k)
        if (memcmp(&buffers[b][k], &expected[b][k], sizeof(real))) {
          fail(context, "rule %d, buffer %d [%td] is %.17g, not %.17g", s.rule, b, k, (double)buffers[b][k],
               (double)expected[b][k]);
          break;
        }
      if (!arena_intact(&arenas[b], buffers[b], bytes)) fail(context, "wrote outside buffer %d", b);
    }
  }
  for (int b = 0; b < BUFFERS; ++b) arena_free(arenas[b]);
}

// The hash of all states after a step of each rule, and of a clipped gradient.
static uint64_t hash_of_steps(const struct context *context, const ck_isa *isa, int threads) {
  const ptrdiff_t n = is_brief(context) ? 5021 : 50021;
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  struct rng rng = {3};
  real *all = malloc((size_t)(BUFFERS * n) * sizeof *all), *b[BUFFERS];
  for (int i = 0; i < 12; ++i) {
    struct step s = random_step(&rng);
    s.rule = i % RULES;
    for (ptrdiff_t k = 0; k < BUFFERS * n; ++k) all[k] = random_value(&rng, (int)(k / n));
    for (int k = 0; k < BUFFERS; ++k) b[k] = all + k * n;
    run_step(isa, threads, &s, n, b, NULL);
    double sum = 0;
    add_squares(isa, threads, n, b[0], &sum, NULL);
    clip(isa, threads, ck_clip_factor(sum, 1), n, b[0], NULL);
    const unsigned char *bytes = (const unsigned char *)all;
    for (size_t k = 0; k < (size_t)(BUFFERS * n) * sizeof *all; ++k) hash = (hash ^ bytes[k]) * 0x100000001b3;
  }
  free(all);
  return hash;
}

static void isas_and_threads_agree(struct context *context) {
  const uint64_t hash = hash_of_steps(context, context->isa, 1);
  printf("hash optimizers %s %s %016llx\n", TYPE, ck_isa_fused(context->isa) ? "fused" : ck_isa_name(context->isa),
         (unsigned long long)hash);
  for (int threads = 2; threads <= 4; ++threads, ++context->cases_run)
    if (hash_of_steps(context, context->isa, threads) != hash) fail(context, "other bits with %d threads", threads);
  for (ptrdiff_t i = 0; ck_isa_fused(context->isa) && ck_isa_at(i) != NULL; ++i)
    if (ck_isa_fused(ck_isa_at(i)) && hash_of_steps(context, ck_isa_at(i), 1) != hash)
      fail(context, "other bits than %s", ck_isa_name(ck_isa_at(i)));
}

// Sums of squares of whole numbers are exact up to 1 / u, whatever the length.
static void squares_add_up(struct context *context) {
  struct rng rng = {context->options.seed};
  const struct arena arena = arena_make(70000 * sizeof(real));
  for (int i = 0; i < 300 && context->failures == 0; ++i, ++context->cases_run) {
    const ptrdiff_t n = rng_range(&rng, 0, i % 10 ? 600 : 70000);
    real *g = arena_place(&arena, (size_t)n * sizeof *g, guards_keep_off ? 64 : 0, rng_chance(&rng, 50));
    double sum = 5, expected = 5;
    for (ptrdiff_t k = 0; k < n; ++k) g[k] = (real)rng_range(&rng, -6, 6), expected += (double)(g[k] * g[k]);
    if (add_squares(context->isa, (int)rng_range(&rng, 1, 3), n, g, &sum, NULL) != CK_OK) fail(context, "refused");
    if (sum != expected) fail(context, "%td squares add up to %.17g, not %.17g", n, sum, expected);
  }
  // Squares and sums of squares that lie beyond either end of float.
  for (int i = 0; sizeof(real) == sizeof(float) && i < 3; ++i, ++context->cases_run) {
    static const double sizes[] = {0x1p100, 0x1p-80, 0x1p58};
    double sum = 0;
    real *g = arena_place(&arena, MOST * sizeof *g, guards_keep_off ? 64 : 0, true);
    for (ptrdiff_t k = 0; k < MOST; ++k) g[k] = (real)sizes[i];
    add_squares(context->isa, 1, MOST, g, &sum, NULL);
    if (sum != MOST * sizes[i] * sizes[i]) fail(context, "squares of %g add up to %g", sizes[i], sum);
  }
  if (ck_clip_factor(4, 4) != 1 || ck_clip_factor(4, 1) != 1 / (2 + 1e-6) || !isnan(ck_clip_factor(NAN, 1)))
    fail(context, "the factor");
  arena_free(arena);
}

static void refuses_misuse(struct context *context) {
  real x[5][8] = {{0}}, *b[BUFFERS] = {x[0], x[1], x[2], x[3], x[4]};
  struct rng rng = {1};
  struct step sound = random_step(&rng);
  sound.sgd = (ck_sgd){0.1, 0.9, 0, 0, true, 1}, sound.adam.amsgrad = sound.rmsprop.centered = true;
  sound.rmsprop.momentum = 0.5;
  for (int i = 0; i < 23; ++i, ++context->cases_run) {
    struct step s = sound;
    real *spoilt[BUFFERS];
    memcpy(spoilt, b, sizeof spoilt);
    int threads = 1;
    ptrdiff_t n = 8;
    ck_status expected = CK_BAD_ARGUMENT;
    s.rule = i == 22 ? ADAGRAD : i / 6 % RULES;
    switch (i) {
    case 0: s.sgd.learning_rate = -1; break;
    case 1: s.sgd.dampening = 0.5; break;  // with nesterov
    case 2: s.sgd.step = 0; break;
    case 3: s.sgd.momentum = NAN; break;
    case 4: spoilt[2] = NULL; break;
    case 5: threads = 0; break;
    case 6: s.adam.beta1 = 1; break;
    case 7: s.adam.beta2 = -0.1; break;
    case 8: s.adam.epsilon = INFINITY; break;
    case 9: spoilt[4] = NULL; break;
    case 10: s.adam.step = 0; break;
    case 11: n = -1, expected = CK_NEGATIVE_SIZE; break;
    case 12: s.adagrad.learning_rate_decay = -1; break;
    case 13: s.adagrad.weight_decay = -1; break;
    case 14: spoilt[2] = NULL; break;
    case 15: spoilt[1] = x[0] + 7, expected = CK_OVERLAP; break;
    case 16: spoilt[2] = x[1], expected = CK_OVERLAP; break;
    case 17: n = PTRDIFF_MAX, expected = CK_OVERFLOW; break;
    case 18: s.rmsprop.alpha = 1.5; break;
    case 19: s.rmsprop.momentum = -1; break;
    case 20: spoilt[3] = NULL; break;
    case 22: s.adagrad.step = INT64_MIN; break;
    default: spoilt[4] = NULL; break;
    }
    ck_fault f = {0};
    const ck_status got = run_step(context->isa, threads, &s, n, spoilt, &f);
    if (got != expected || f.operand == NULL) fail(context, "call %d gives %d", i, got);
  }
  for (int k = 0; k < 40; ++k)
    if (x[k / 8][k % 8] != 0) fail(context, "a refused call wrote");
}
