// Template: the gradient of the weights by minimal filtering: its error, what it touches, what must not change its
// bits. Needs: winograd_tests.inc.h, gradient_workspace_of, backward_weights, gradient_growth.

// Operands in guarded memory, a NaN in every element of dw and of the workspace.
struct gradient_run {
  real *x, *dy, *dw, *workspace;
  ptrdiff_t workspace_count;
};

// Tensors are drawn in the order image, channel, height, width, whatever their layout.
static void draw_tensor(const ck_conv *g, ptrdiff_t channels, const ptrdiff_t size[3], struct rng *rng, int scale,
                        int power, real *to) {
  for (ptrdiff_t n = 0; n < g->batch; ++n)
    for (ptrdiff_t c = 0; c < channels; ++c)
      for (ptrdiff_t i = 0; i < size[1]; ++i)
        for (ptrdiff_t j = 0; j < size[2]; ++j)
          to[index_of(g, channels, size, n, c, i, j)] = (real)ldexp((double)next_real(rng, scale), power);
}

static struct gradient_run prepare_gradient(const struct winograd_case *c, const struct arenas *a) {
  const ck_conv_figures *f = &c->plan.figures;
  struct rng rng = {c->seed};
  struct gradient_run r = {.x = place(&a->x, f->x_count, c->right),
                           .dy = place(&a->y, f->y_count, c->right),
                           .dw = place(&a->packed, f->w_count, c->right),
                           .workspace_count = gradient_workspace_of(&c->plan, c->threads)};
  r.workspace = place(&a->workspace, r.workspace_count, c->right);
  draw_tensor(&c->g, c->g.channels, c->g.input, &rng, c->scale, c->power, r.x);
  draw_tensor(&c->g, c->g.filters, f->output, &rng, c->scale, 0, r.dy);
  memset(r.dw, 0xff, (size_t)f->w_count * sizeof(real));
  memset(r.workspace, 0xff, (size_t)r.workspace_count * sizeof(real));
  return r;
}

static bool perform_gradient(struct context *context, const struct winograd_case *c, const struct arenas *a,
                             const struct gradient_run *r) {
  const ck_conv_figures *f = &c->plan.figures;
  ck_fault fault = {0};
  const ck_status status = backward_weights(&c->plan, c->threads, r->x, f->x_count, r->dy, f->y_count, r->dw,
                                            f->w_count, NULL, 0, r->workspace, r->workspace_count, &fault);
  ++context->cases_run;
  if (status != CK_OK) fail(context, "status %d, operand %s", (int)status, fault.operand);
  const bool intact = arena_intact(&a->x, r->x, (size_t)f->x_count * sizeof(real)) &&
                      arena_intact(&a->y, r->dy, (size_t)f->y_count * sizeof(real)) &&
                      arena_intact(&a->packed, r->dw, (size_t)f->w_count * sizeof(real)) &&
                      arena_intact(&a->workspace, r->workspace, (size_t)r->workspace_count * sizeof(real));
  if (!intact) fail(context, "wrote outside an operand");
  return status == CK_OK && intact;
}

// The gradient of the weight of filter f for what lies s and t after the first element that an output sees of channel k
// of f's group.
static wide exact_gradient(const struct winograd_case *c, const struct gradient_run *r, ptrdiff_t f, ptrdiff_t k,
                           ptrdiff_t s, ptrdiff_t t) {
  const ck_conv *g = &c->g;
  const ptrdiff_t *output = c->plan.figures.output,
                  channel = f / (g->filters / g->groups) * (g->channels / g->groups) + k;
  wide sum = 0;
  for (ptrdiff_t n = 0; n < g->batch; ++n)
    for (ptrdiff_t i = 0; i < output[1]; ++i)
      for (ptrdiff_t j = 0; j < output[2]; ++j) {
        const ptrdiff_t y = i + s * g->dilation[1] - padding(g, 1), x = j + t * g->dilation[2] - padding(g, 2);
        if (within(y, g->input[1]) && within(x, g->input[2]))
          sum += (wide)r->dy[index_of(g, g->filters, output, n, f, i, j)] *
                 (wide)r->x[index_of(g, g->channels, g->input, n, channel, y, x)];
      }
  return sum;
}

// |v|^2 over all of a channel, in all images.
static wide channel_norm(const ck_conv *g, ptrdiff_t channels, const ptrdiff_t size[3], ptrdiff_t channel,
                         const real *v) {
  wide sum = 0;
  for (ptrdiff_t n = 0; n < g->batch; ++n)
    for (ptrdiff_t i = 0; i < size[1]; ++i)
      for (ptrdiff_t j = 0; j < size[2]; ++j) {
        const wide e = v[index_of(g, channels, size, n, channel, i, j)];
        sum += e * e;
      }
  return sum;
}

// The worst error of a filter's gradients over |dy| |x|, or infinity where one is no number.
static double worst_gradient(const struct winograd_case *c, const struct gradient_run *r, ptrdiff_t f) {
  const ck_conv *g = &c->g;
  const ptrdiff_t channels = g->channels / g->groups;
  const wide dy = channel_norm(g, g->filters, c->plan.figures.output, f, r->dy);
  double worst = 0;
  for (ptrdiff_t k = 0; k < channels; ++k) {
    const ptrdiff_t channel = f / (g->filters / g->groups) * channels + k;
    const double size = sqrt((double)(dy * channel_norm(g, g->channels, g->input, channel, r->x)));
    for (ptrdiff_t s = 0; s < g->kernel[1]; ++s)
      for (ptrdiff_t t = 0; t < g->kernel[2]; ++t) {
        const wide got = r->dw[weight_of(g, f, k, s, t)];
        const double error = fabs((double)(got - exact_gradient(c, r, f, k, s, t)));
        if (!(error <= worst * size)) worst = error <= TINY ? worst : isnan(error) ? INFINITY : error / size;
      }
  }
  return worst;
}

static void gradient_stays_within_growth(struct context *context) {
  struct arenas arenas = make_arenas();
  for (long i = 0; i < context->options.cases && context->failures == 0; ++i) {
    struct rng rng = {context->replay_seed = context->options.seed + (uint64_t)i};
    struct winograd_case c = random_case(&rng);
    while (!plan_case(&c, context->isa)) c = random_case(&rng);
    // So many tiles that they are several pieces; so many threads that some have no channels.
    if (rng_chance(&rng, 10)) c.g.batch = rng_range(&rng, 5, 20);
    if (!context->options.in_process && rng_chance(&rng, 20)) c.threads = 3;
    plan_case(&c, context->isa);
    say(&c);
    const struct gradient_run r = prepare_gradient(&c, &arenas);
    const double bound = gradient_growth(&c.plan) * UNIT;
    if (perform_gradient(context, &c, &arenas, &r))
      for (ptrdiff_t f = rng_range(&rng, 0, 3); f < c.g.filters; f += 4) {
        const double worst = worst_gradient(&c, &r, f);
        if (!(worst <= bound)) fail(context, "f %td: %g of |dy| |x|, bound %g", f, worst, bound);
      }
  }
  context->replay_seed = 0;
  free_arenas(&arenas);
}

// Sets of phases that are longer than a piece, of which some are empty.
static void gradient_of_long_sets_of_phases(struct context *context) {
  struct arenas arenas = make_arenas();
  for (int i = 0; i < 2 * 2 * 3; ++i) {
    const ptrdiff_t apart = i / 4 == 0 ? 66 : i / 4 == 1 ? 90 : 130;
    struct winograd_case c = {.algorithm = i % 2 == 0 ? CK_CONV_WINOGRAD_2 : CK_CONV_WINOGRAD_4,
                              .seed = 600 + (uint64_t)i,
                              .threads = context->options.in_process ? 1 : 1 + i / 4,
                              .right = true};
    c.g = (ck_conv){.batch = 2,
                    .groups = 1,
                    .channels = i / 4 == 1 ? 40 : 3,
                    .filters = 7,
                    .input = {1, 3, 200},
                    .kernel = {1, 1, 3},
                    .stride = {1, 1, 1},
                    .dilation = {1, 1, apart},
                    .pad_before = {0, 0, apart},
                    .pad_after = {0, 0, apart},
                    .layout = i / 2 % 2 == 0 ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST};
    plan_case(&c, context->isa);
    say(&c);
    const struct gradient_run r = prepare_gradient(&c, &arenas);
    if (perform_gradient(context, &c, &arenas, &r))
      for (ptrdiff_t f = 0; f < c.g.filters; ++f) {
        const double worst = worst_gradient(&c, &r, f);
        if (!(worst <= gradient_growth(&c.plan) * UNIT)) fail(context, "case %d, f %td: %g of |dy| |x|", i, f, worst);
      }
  }
  free_arenas(&arenas);
}

// What lets `automatic` use it: at most 16 times the worst error of the products themselves on the same data.
static void gradient_errs_little_more(struct context *context) {
  struct arenas arenas = make_arenas();
  for (int i = 0; i < 2 * 2 * 3 * 3 * (is_brief(context) ? 2 : 6); ++i) {
    static const ptrdiff_t sizes[] = {5, 8, 12, 16, 24, 60};
    static const int scales[] = {0, 3, 12};
    const ptrdiff_t taps = i % 2 == 0 ? 3 : 5, form = i / 12 % 3, apart = form == 2 ? 2 : 1, size = sizes[i / 36];
    double worst[2] = {0, 0};
    for (int way = 0; way < 2; ++way) {
      struct winograd_case c = {.seed = 300 + (uint64_t)i, .threads = 1, .right = true, .scale = scales[i / 4 % 3]};
      c.algorithm = way == 1 ? CK_CONV_DIRECT : i / 2 % 2 == 0 ? CK_CONV_WINOGRAD_2 : CK_CONV_WINOGRAD_4;
      c.g = (ck_conv){.batch = 1,
                      .groups = 1,
                      .channels = 16,
                      .filters = 16,
                      .input = {1, size, size},
                      .kernel = {1, form == 1 ? 1 : taps, taps},
                      .stride = {1, 1, 1},
                      .dilation = {1, apart, apart},
                      .pad_before = {0, form == 1 ? 0 : taps / 2, taps / 2},
                      .pad_after = {0, form == 1 ? 0 : taps / 2, taps / 2}};
      plan_case(&c, context->isa);
      const struct gradient_run r = prepare_gradient(&c, &arenas);
      perform_gradient(context, &c, &arenas, &r);
      for (ptrdiff_t f = 0; f < c.g.filters; f += 5) worst[way] = fmax(worst[way], worst_gradient(&c, &r, f));
    }
    if (!(worst[0] <= 16 * worst[1]))
      fail(context, "case %d, %td taps, %td pixels: %g u, products %g u", i, taps, size, worst[0] / UNIT,
           worst[1] / UNIT);
  }
  free_arenas(&arenas);
}

// The gradient of a case in memory of its own.
static real *gradient_of_case(struct context *context, struct winograd_case c, const struct arenas *a) {
  plan_case(&c, context->isa);
  say(&c);
  const struct gradient_run r = prepare_gradient(&c, a);
  perform_gradient(context, &c, a, &r);
  const size_t bytes = (size_t)c.plan.figures.w_count * sizeof(real);
  return memcpy(malloc(bytes), r.dw, bytes);
}

// In threads, in layouts, in memory that the call finds itself.
static void gradient_keeps_its_bits(struct context *context) {
  struct arenas arenas = make_arenas();
  const bool brief = context->options.cases < 100;
  for (int i = 0; i < LARGE_CASES && context->failures == 0; i += brief ? 3 : 1) {
    struct winograd_case c = large_case(i);
    if (i % 4 == 1) c.g.channels *= 2, c.g.filters *= 2, c.g.groups = 2;
    // As many groups as several threads do not share out evenly, each on its own.
    if (i % 4 == 3) c.g.groups = 17, c.g.channels = c.g.filters = 34;
    plan_case(&c, context->isa);
    const size_t bytes = (size_t)c.plan.figures.w_count * sizeof(real);
    real *expected = gradient_of_case(context, c, &arenas);
    for (int way = 0; way < (brief ? 3 : 6); ++way) {
      struct winograd_case other = c;
      other.g.layout = way % 2 == 0 ? CK_CHANNELS_FIRST : CK_CHANNELS_LAST, other.right = way % 3 == 0;
      other.threads = context->options.in_process ? 1 : 1 + way;
      real *got = gradient_of_case(context, other, &arenas);
      if (memcmp(got, expected, bytes)) fail(context, "case %d: other bits in way %d", i, way);
      free(got);
    }
    free(expected);
  }
  free_arenas(&arenas);
}

static uint64_t hash_of_gradients(struct context *context, const struct arenas *arenas) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (int i = 0; i < LARGE_CASES; ++i) {
    struct winograd_case c = large_case(i);
    real *dw = gradient_of_case(context, c, arenas);
    plan_case(&c, context->isa);
    const unsigned char *bytes = (const unsigned char *)dw;
    for (size_t k = 0; k < (size_t)c.plan.figures.w_count * sizeof(real); ++k) hash = (hash ^ bytes[k]) * 0x100000001b3;
    free(dw);
  }
  return hash;
}

static void gradients_agree(struct context *context) {
  struct arenas arenas = make_arenas();
  const uint64_t hash = hash_of_gradients(context, &arenas);
  printf("hash winograd gradient %s %s %016llx\n", TYPE,
         ck_isa_fused(context->isa) ? "fused" : ck_isa_name(context->isa), (unsigned long long)hash);
  for (ptrdiff_t i = 0; ck_isa_fused(context->isa) && ck_isa_at(i) != NULL; ++i) {
    struct context other = *context;
    other.isa = ck_isa_at(i);
    if (ck_isa_fused(other.isa) && hash_of_gradients(&other, &arenas) != hash)
      fail(context, "other bits than %s", ck_isa_name(other.isa));
  }
  free_arenas(&arenas);
}

// No images, no gradient: zeros.
static void gradient_of_nothing(struct context *context) {
  struct arenas arenas = make_arenas();
  for (int i = 0; i < LARGE_CASES; ++i) {
    struct winograd_case c = large_case(i);
    c.g.batch = 0;
    real *dw = gradient_of_case(context, c, &arenas);
    plan_case(&c, context->isa);
    for (ptrdiff_t k = 0; k < c.plan.figures.w_count; ++k)
      if (dw[k] != 0) fail(context, "case %d: element %td is %g", i, k, (double)dw[k]);
    free(dw);
  }
  free_arenas(&arenas);
}
