// Template: what must not change the bits.  Needs: gemm_cases.inc.h.

static struct problem real_problem(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, ptrdiff_t batch, uint64_t seed) {
  return (struct problem){.m = m,
                          .n = n,
                          .k = k,
                          .batch = batch,
                          .alpha = (real)1.25,
                          .beta = (real)-0.75,
                          .a = row_major(m, k, 0),
                          .b = row_major(k, n, 0),
                          .c = row_major(m, n, 0),
                          .threads = 1,
                          .right = true,
                          .seed = seed};
}

static void same_bits(struct context *context, const struct problem *p, const real *expected, const char *what) {
  real *got = result_of(context, p);
  if (got == NULL) return;
  const ptrdiff_t count = p->m * p->n * p->batch;
  for (ptrdiff_t i = 0; i < count; ++i)
    if (memcmp(got + i, expected + i, sizeof *got)) {
      fail(context, "%s: element %td: %a, elsewhere %a", what, i, (double)got[i], (double)expected[i]);
      break;
    }
  free(got);
}

// A product of every kind of shape: tiny, skinny, long, square, several blocks, a batch, a few rows.
static struct problem nth_shape(int index, uint64_t seed) {
  static const ptrdiff_t shapes[][4] = {
      {1, 1, 1000, 1},   {1, 500, 300, 1},  {500, 1, 300, 1},  {7, 9, 5, 1},       {64, 64, 64, 1},
      {97, 101, 103, 1}, {130, 70, 700, 1}, {33, 600, 260, 1}, {700, 33, 260, 1},  {12, 20, 30, 6},
      {60, 70, 80, 5},   {200, 210, 1, 1},  {4, 401, 403, 1},  {7, 1103, 1001, 1}, {260, 1, 1100, 1},
  };
  const ptrdiff_t *s = shapes[index];
  return real_problem(s[0], s[1], s[2], s[3], seed);
}
enum { SHAPES = 15 };

static void threads_keep_bits(struct context *context) {
  for (int shape = 0; shape < SHAPES && context->failures == 0; ++shape) {
    struct problem p = nth_shape(shape, context->options.seed);
    real *base = result_of(context, &p);
    for (p.threads = 2; base != NULL && p.threads <= (is_brief(context) ? 2 : 8); ++p.threads)
      same_bits(context, &p, base, "threads");
    free(base);
  }
}

// Products that are copied block by block: several blocks of rows against several steps of B~, one block against
// several chunks, and one too shallow for blocks of more than a panel.
static struct problem nth_blocked_shape(int index, uint64_t seed) {
  static const ptrdiff_t shapes[][3] = {{1100, 1050, 19}, {90, 700, 700}, {420, 11264 / sizeof(real), 576}};
  return real_problem(shapes[index][0], shapes[index][1], shapes[index][2], 1, seed);
}
enum { BLOCKED_SHAPES = 3 };

static void blocks_keep_bits(struct context *context) {
  for (int shape = 0; shape < (is_brief(context) ? 1 : BLOCKED_SHAPES) && context->failures == 0; ++shape) {
    struct problem p = nth_blocked_shape(shape, context->options.seed);
    real *base = result_of(context, &p);
    for (int variant = 1; base != NULL && variant < (is_brief(context) ? 2 : 8); ++variant) {
      p.threads = 1 + variant;
      p.packed_a = variant & 1;
      p.packed_b = variant == 5;
      p.b = variant & 2 ? column_major(p.k, p.n, 3) : row_major(p.k, p.n, 0);
      same_bits(context, &p, base, "threads, packed operands, transposition");
    }
    struct context other = *context;
    other.isa = ck_isa_at(ck_isa_at(1) != NULL && context->isa == ck_isa_at(0));
    p = nth_blocked_shape(shape, context->options.seed);
    if (base != NULL && !is_brief(context) && ck_isa_fused(context->isa) && ck_isa_fused(other.isa))
      same_bits(&other, &p, base, "another instruction set");
    context->failures = other.failures;
    free(base);
  }
}

// The stride of a size of 1 leads nowhere and may be any number, as may those of a packed operand.
static void unused_strides_keep_bits(struct context *context) {
  static const ptrdiff_t sizes[][3] = {{1, 1, 1},  {1, 300, 200}, {300, 1, 200}, {90, 110, 1},
                                       {1, 90, 1}, {90, 1, 1},    {1, 1, 700},   {90, 110, 700}};
  static const ptrdiff_t strides[] = {PTRDIFF_MAX, PTRDIFF_MIN, -1, 0};
  for (int index = 0; index < 8 * 4 * 8 && context->failures == 0; index += is_brief(context) ? 7 : 1) {
    const ptrdiff_t *size = sizes[index / 32], stride = strides[index / 8 % 4];
    struct problem p = real_problem(size[0], size[1], size[2], 1, context->options.seed);
    real *base = result_of(context, &p);
    p.packed_a = index & 1, p.packed_b = index & 2, p.threads = index & 4 ? 2 : 1;
    if (index & 4) p.a = column_major(p.m, p.k, 1), p.b = column_major(p.k, p.n, 1), p.c = column_major(p.m, p.n, 1);
    if (p.m == 1) p.a.row_stride = p.c.row_stride = stride;
    if (p.n == 1) p.b.column_stride = p.c.column_stride = stride;
    if (p.k == 1) p.a.column_stride = p.b.row_stride = stride;
    if (!p.packed_a && !p.packed_b) p.a.batch_stride = p.b.batch_stride = p.c.batch_stride = stride;
    p.unused_stride = stride;
    if (base != NULL) same_bits(context, &p, base, "unused strides");
    free(base);
  }
}

static void layout_keeps_bits(struct context *context) {
  for (int shape = 0; shape < SHAPES && context->failures == 0; ++shape) {
    const struct problem first = nth_shape(shape, context->options.seed);
    real *base = result_of(context, &first);
    struct rng rng = {context->options.seed};
    for (int variant = 0; variant < 16 && base != NULL; variant += is_brief(context) ? 5 : 1) {
      struct problem p = first;
      const ptrdiff_t gap = rng_range(&rng, 0, 9);
      p.a = variant & 1 ? column_major(p.m, p.k, gap) : row_major(p.m, p.k, gap);
      p.b = variant & 2 ? column_major(p.k, p.n, gap) : row_major(p.k, p.n, gap);
      p.c = variant & 4 ? column_major(p.m, p.n, gap) : row_major(p.m, p.n, gap);
      p.threads = variant & 8 ? 2 : 1;
      p.right = rng_chance(&rng, 50);
      p.slack = (size_t)rng_range(&rng, 0, 63);
      same_bits(context, &p, base, "layout, alignment");
    }
    free(base);
  }
}

static void packing_keeps_bits(struct context *context) {
  for (int shape = 0; shape < SHAPES && context->failures == 0; ++shape) {
    struct problem p = nth_shape(shape, context->options.seed);
    p.a.batch_stride = p.b.batch_stride = 0;
    real *base = result_of(context, &p);
    for (int variant = 1; variant < 8 && base != NULL; variant += is_brief(context) ? 3 : 1) {
      p.packed_a = variant & 1;
      p.packed_b = variant & 2;
      p.threads = variant & 4 ? 3 : 1;
      same_bits(context, &p, base, "packed operands");
    }
    free(base);
  }
}

// Row i and column j of a large product are those of the product of row i with column j.
static void position_keeps_bits(struct context *context) {
  struct problem whole = real_problem(45, 77, 333, 3, context->options.seed);
  struct operands o = make_operands(&whole);
  real *expected = gather(&whole, o.c);
  whole.threads = 2;
  if (multiply_on(context->isa, &whole, &o, o.a, o.b, NULL) != CK_OK) fail(context, "refused");
  struct rng rng = {context->options.seed};
  for (int i = 0; i < (is_brief(context) ? 30 : 500); ++i) {
    const ptrdiff_t item = rng_range(&rng, 0, 2), row = rng_range(&rng, 0, 44), column = rng_range(&rng, 0, 75);
    // Two columns at least: a single one has an order of summation of its own.
    const ptrdiff_t rows = rng_range(&rng, 1, 45 - row), columns = rng_range(&rng, 2, 77 - column);
    ck_gemm g = {
        .m = rows, .n = columns, .k = 333, .batch = 1, .a = whole.a, .b = whole.b, .c = {PTRDIFF_MAX, 77, 1, 0}};
    const ptrdiff_t at = item * whole.c.batch_stride + row * 77 + column;
    real *part = copy_of(expected, whole.m * whole.n * whole.batch);
    ++context->cases_run;
    product(context->isa, 1, &g, whole.alpha, o.a + item * whole.a.batch_stride + row * 333,
            o.b + item * whole.b.batch_stride + column, whole.beta, part + at, NULL, NULL);
    for (ptrdiff_t y = 0; y < rows; ++y)
      if (memcmp(part + at + y * 77, o.c + at + y * 77, (size_t)columns * sizeof(real)))
        fail(context, "product %td, %tdx%td at (%td, %td)", item, rows, columns, row, column), y = rows;
    free(part);
  }
  free(expected);
  free(o.c_before);
}

static real activated_real(const epilogue *e, real x) {
  if (e->activation == CK_RELU) return x > 0 || x != x ? x : 0;
  if (e->activation == CK_LEAKY_RELU) return x < 0 ? x * e->p : x;
  if (e->activation == CK_CLAMP) return x < e->p ? e->p : x > e->q ? e->q : x;
  return x;
}

// Bias, residual and activation fused: the bits of the separate steps.
static void epilogue_keeps_bits(struct context *context) {
  for (int variant = 0; variant < SHAPES * 6 * ACTIVATIONS && context->failures == 0;
       variant += is_brief(context) ? 37 : 1) {
    struct problem p = nth_shape(variant % SHAPES, context->options.seed);
    real *steps = result_of(context, &p);
    const int kind = variant / SHAPES;
    p.bias = (ck_bias)(kind % 3), p.residual = kind / 3 % 2;
    set_activation(&p, kind / 6);
    p.threads = 1 + variant % 2;
    struct operands o = make_operands(&p);
    real *residual = p.residual ? gather(&p, o.residual) : NULL;
    for (ptrdiff_t i = 0; steps != NULL && i < p.m * p.n * p.batch; ++i) {
      if (p.bias) steps[i] += o.bias[p.bias == CK_BIAS_PER_ROW ? i / p.n % p.m : i % p.n];
      if (p.residual) steps[i] += residual[i];
      steps[i] = activated_real(&o.epilogue, steps[i]);
      if (p.slopes && steps[i] < 0) steps[i] *= o.slopes[p.slopes == CK_BIAS_PER_ROW ? i / p.n % p.m : i % p.n];
    }
    free(o.c_before);
    free(residual);
    if (steps != NULL) same_bits(context, &p, steps, "fused steps");
    free(steps);
  }
}

// A hash of results over shapes and scalars, the same for every fused instruction set of every machine.
static uint64_t hash_of_results(struct context *context) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (int index = 0; index < 3 * SHAPES; index += is_brief(context) ? 3 : 1) {
    struct problem p = nth_shape(index % SHAPES, 20 + (uint64_t)index);
    if (index >= SHAPES) p.beta = 0;
    if (index >= 2 * SHAPES) p.alpha = 1, p.b = column_major(p.k, p.n, 3);
    real *c = result_of(context, &p);
    const unsigned char *bytes = (const unsigned char *)c;
    for (size_t i = 0; c != NULL && i < (size_t)(p.m * p.n * p.batch) * sizeof(real); ++i)
      hash = (hash ^ bytes[i]) * 0x100000001b3;
    free(c);
  }
  return hash;
}

static void isas_agree(struct context *context) {
  const uint64_t hash = hash_of_results(context);
  printf("hash %s %s %016llx\n", TYPE, ck_isa_fused(context->isa) ? "fused" : ck_isa_name(context->isa),
         (unsigned long long)hash);
  for (ptrdiff_t i = 0; ck_isa_fused(context->isa) && ck_isa_at(i) != NULL; ++i) {
    struct context other = *context;
    other.isa = ck_isa_at(i);
    if (ck_isa_fused(other.isa) && hash_of_results(&other) != hash)
      fail(context, "other bits than %s", ck_isa_name(other.isa));
  }
}
