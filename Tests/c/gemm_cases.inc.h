// Template: the product against its oracles, shape by shape.  Needs: problem.inc.h.
#include "gemm/chunks.h"

// Every shape up to two tiles and one more, transposed or not, for each beta, against either guard page.
static void small_shapes(struct context *context) {
  static const ptrdiff_t depths[] = {0, 1, 2, 3, 5, 8, 9, 17};
  static const real betas[] = {0, 1, (real)0.5};
  const struct kernels *kernels = kernels_of(context->isa);
  const ptrdiff_t rows = 2 * kernels->mr + 2, columns = 2 * kernels->nr + 2, all = rows * columns * 8 * 4 * 3 * 2;
  const ptrdiff_t wanted = context->options.cases * 40, step = wanted < all ? all / wanted | 1 : 1;
  for (ptrdiff_t index = 0; index < all && context->failures == 0; index += step) {
    ptrdiff_t rest = index;
    struct problem p = {.batch = 1, .alpha = 1, .integers = true, .threads = 1, .seed = (uint64_t)index};
    p.right = rest % 2, rest /= 2;
    p.beta = betas[rest % 3], rest /= 3;
    const ptrdiff_t transposes = rest % 4, gap = rest % 3;
    rest /= 4;
    p.k = depths[rest % 8], rest /= 8;
    p.n = rest % columns;
    p.m = rest / columns;
    p.a = transposes & 1 ? column_major(p.m, p.k, gap) : row_major(p.m, p.k, gap);
    p.b = transposes & 2 ? column_major(p.k, p.n, gap) : row_major(p.k, p.n, gap);
    p.c = row_major(p.m, p.n, gap);
    check_problem(context, &p);
  }
}

static ptrdiff_t random_size(struct rng *rng, ptrdiff_t tile) {
  const ptrdiff_t edges[] = {0, 1, 2, 3, tile - 1, tile, tile + 1, 2 * tile - 1, 2 * tile + 1, 5 * tile};
  if (rng_chance(rng, 50)) return edges[rng_range(rng, 0, sizeof edges / sizeof *edges - 1)];
  return rng_range(rng, 0, (ptrdiff_t)1 << rng_range(rng, 0, 6));
}

static ptrdiff_t random_depth(struct rng *rng) {
  static const ptrdiff_t edges[] = {255, 256, 257, 512, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1};
  if (rng_chance(rng, 10)) return edges[rng_range(rng, 0, sizeof edges / sizeof *edges - 1)];
  return rng_range(rng, 0, (ptrdiff_t)1 << rng_range(rng, 0, 7));
}

static ck_layout random_layout(struct rng *rng, ptrdiff_t rows, ptrdiff_t columns, bool output) {
  const ptrdiff_t gap = rng_chance(rng, 50) ? 0 : rng_range(rng, 0, 20);
  ck_layout layout = rng_chance(rng, 50) ? row_major(rows, columns, gap) : column_major(rows, columns, gap);
  const ptrdiff_t stretch = rng_chance(rng, 20) ? rng_range(rng, 2, 3) : 1;
  layout.row_stride *= stretch;
  layout.column_stride *= stretch;
  layout.batch_stride = layout.batch_stride * stretch + (rng_chance(rng, 50) ? gap : 0);
  if (!output && rng_chance(rng, 5)) layout.row_stride = 0;
  if (!output && rng_chance(rng, 5)) layout.column_stride = 0;
  if (!output && rng_chance(rng, 20)) layout.batch_stride = 0;
  return layout;
}

static struct problem random_problem(const ck_isa *isa, uint64_t seed) {
  static const real scalars[] = {0, 1, -1, 2, (real)0.5, -3};
  struct rng rng = {seed};
  const struct kernels *kernels = kernels_of(isa);
  struct problem p = {.seed = seed, .batch = rng_chance(&rng, 80) ? 1 : rng_range(&rng, 0, 4)};
  p.m = random_size(&rng, kernels->mr);
  p.n = random_size(&rng, kernels->nr);
  p.k = random_depth(&rng);
  if (rng_chance(&rng, 2)) {  // enough for several threads
    p.m += 100;
    p.n += 120;
    p.k += 60;
    p.batch = 1;
    if (rng_chance(&rng, 3)) {  // enough for copies of both operands, in several blocks
      p.m += 100;
      p.n = 16 * kernels->nr + rng_range(&rng, 1, 100);
      p.k += rng_range(&rng, 130, 200);
    }
  }
  p.a = random_layout(&rng, p.m, p.k, false);
  p.b = random_layout(&rng, p.k, p.n, false);
  p.c = random_layout(&rng, p.m, p.n, true);
  p.alpha = scalars[rng_chance(&rng, 50) ? 1 : rng_range(&rng, 0, 5)];
  p.beta = scalars[rng_chance(&rng, 50) ? 0 : rng_range(&rng, 0, 5)];
  p.right = rng_chance(&rng, 70);
  p.slack = rng_chance(&rng, 50) ? 0 : (size_t)rng_range(&rng, 0, 63);
  p.threads = (int)rng_range(&rng, 1, 4);
  p.packed_a = rng_chance(&rng, 15);
  p.packed_b = rng_chance(&rng, 15);
  if (p.packed_a) p.a.batch_stride = 0;
  if (p.packed_b) p.b.batch_stride = 0;
  if (p.packed_a || p.packed_b) p.batch += p.batch == 0;
  return p;
}

static uint64_t case_seed(struct context *context, long index) {
  return context->replay_seed = context->options.seed + (uint64_t)index * 0x9e3779b97f4a7c15;
}

static void random_integers(struct context *context) {
  for (long i = 0; i < context->options.cases && context->failures == 0; ++i) {
    struct problem p = random_problem(context->isa, case_seed(context, i));
    struct rng rng = {p.seed + 1};
    p.integers = true;
    if (rng_chance(&rng, 30)) p.bias = (ck_bias)rng_range(&rng, 0, 2);
    if (rng_chance(&rng, 20)) p.residual = true;
    if (rng_chance(&rng, 30)) set_activation(&p, (int)rng_range(&rng, 0, ACTIVATIONS - 1));
    check_problem(context, &p);
  }
}

static void random_reals(struct context *context) {
  for (long i = 0; i < context->options.cases && context->failures == 0; ++i) {
    const struct problem p = random_problem(context->isa, case_seed(context, i));
    check_problem(context, &p);
  }
}

// One special value in one operand, at every element of it in turn.
static void special_values(struct context *context) {
  const real specials[] = {(real)NAN, (real)INFINITY, -(real)INFINITY, (real)-0.0};
  const struct kernels *kernels = kernels_of(context->isa);
  struct problem p = {.m = kernels->mr + 1,
                      .n = kernels->nr + kernels->nr / 2 + 1,
                      .k = 3,
                      .batch = 1,
                      .alpha = 1,
                      .beta = 1,
                      .integers = true,
                      .threads = 1,
                      .right = true,
                      .seed = context->options.seed};
  p.a = row_major(p.m, p.k, 0), p.b = row_major(p.k, p.n, 0), p.c = row_major(p.m, p.n, 0);
  for (int operand = OPERAND_A; operand <= OPERAND_C; ++operand)
    for (size_t special = 0; special < sizeof specials / sizeof *specials && context->failures == 0; ++special) {
      const ptrdiff_t count = operand == OPERAND_A ? p.m * p.k : operand == OPERAND_B ? p.k * p.n : p.m * p.n;
      for (ptrdiff_t at = 0; at < count && context->failures == 0; ++at) {
        for (int activation = 0; activation < ACTIVATIONS; ++activation) {
          set_activation(&p, activation);
          struct operands o = make_operands(&p);
          (operand == OPERAND_A ? o.a : operand == OPERAND_B ? o.b : o.c)[at] = specials[special];
          if (operand == OPERAND_C) o.c_before[at] = specials[special];
          describe(&p);
          ++context->cases_run;
          if (multiply_on(context->isa, &p, &o, o.a, o.b, NULL) != CK_OK)
            fail(context, "refused");
          else
            check_result(context, &p, &o);
          free(o.c_before);
        }
      }
    }
}

// alpha == 0 or k == 0: A and B may lie where nothing can be read.
static void inputs_untouched(struct context *context) {
  for (int variant = 0; variant < 8; ++variant) {
    struct problem p = {.m = 7,
                        .n = 37,
                        .k = variant & 1 ? 0 : 5,
                        .batch = 1,
                        .alpha = variant & 1 ? 1 : 0,
                        .beta = variant & 2 ? 2 : 0,
                        .integers = true,
                        .threads = 2,
                        .right = true,
                        .bias = variant & 4 ? CK_BIAS_PER_COLUMN : CK_BIAS_NONE};
    p.a = row_major(p.m, 5, 0), p.b = row_major(5, p.n, 0), p.c = row_major(p.m, p.n, 0);
    struct operands o = make_operands(&p);
    const struct arena *a = arena_of(OPERAND_A), *b = arena_of(OPERAND_B);
    describe(&p);
    ++context->cases_run;
    const ck_status status = multiply_on(context->isa, &p, &o, (const real *)(const void *)(a->start + a->bytes),
                                         (const real *)(const void *)(b->start + b->bytes), NULL);
    if (status != CK_OK)
      fail(context, "status %d", status);
    else
      check_result(context, &p, &o);
    free(o.c_before);
  }
}
