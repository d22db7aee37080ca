// Template: convolution by minimal filtering: its error, what it touches, what must not change its bits.
// Needs: real, wide, UNIT, the entry points that the including file names.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "guarded.h"
#include "harness.h"

enum { ROOM = 1 << 23 };

// Powers of 2 of what x may be so that no bound of a drawn case overflows.
enum { LARGE_POWER = sizeof(real) == sizeof(float) ? 100 : 996 };

// What a case is; everything else follows from the seed.
struct winograd_case {
  ck_conv g;
  ck_conv_algorithm algorithm;
  ck_conv_plan plan;
  uint64_t seed;
  int threads, scale, power;  // 10^scale spans the magnitudes within x, of which the largest is about 2^power
  bool bias, slopes, residual, in_place, right;
  ck_activation activation;
};

struct arenas {
  struct arena x, packed, y, bias, slopes, residual, workspace;
};

static struct arenas make_arenas(void) {
  return (struct arenas){arena_make(ROOM), arena_make(ROOM), arena_make(ROOM),    arena_make(ROOM),
                         arena_make(ROOM), arena_make(ROOM), arena_make(8 * ROOM)};
}

static void free_arenas(struct arenas *a) {
  arena_free(a->x), arena_free(a->packed), arena_free(a->y);
  arena_free(a->bias), arena_free(a->slopes), arena_free(a->residual), arena_free(a->workspace);
}

static real *place(const struct arena *arena, ptrdiff_t count, bool right) {
  const bool keep_off = guards_keep_off && right;
  return arena_place(arena, (size_t)count * sizeof(real), keep_off ? 64 : 0, right);
}

static real next_real(struct rng *rng, int scale) {
  const real x = (real)((double)(int64_t)rng_next(rng) * 0x1p-63);
  return scale == 0 ? x : x * (real)pow(10, (double)rng_range(rng, -scale, 0));
}

static bool plan_case(struct winograd_case *c, const ck_isa *isa) {
  const ck_conv_options options = {.algorithm = c->algorithm};
  ck_fault fault;
  return make_plan(isa, &c->g, &options, &c->plan, &fault) == CK_OK;
}

// More phases than a block has tiles, and rows that hold them.
static void widen_dilation(struct rng *rng, ck_conv *g) {
  g->input[2] = rng_range(rng, 1, 70);
  for (int i = 1; i < 3; ++i) {
    const ptrdiff_t half = g->kernel[i] / 2 * (g->dilation[i] = rng_range(rng, 5, 40));
    g->pad_before[i] = half + rng_range(rng, 0, 3), g->pad_after[i] = half - rng_range(rng, 0, 3);
  }
}

static struct winograd_case random_case(struct rng *rng) {
  struct winograd_case c = {.seed = rng_next(rng), .right = rng_chance(rng, 50), .threads = (int)rng_range(rng, 1, 2)};
  c.algorithm = rng_chance(rng, 50) ? CK_CONV_WINOGRAD_2 : CK_CONV_WINOGRAD_4;
  const ptrdiff_t taps = rng_chance(rng, 60) ? 3 : 5;
  ck_conv *g = &c.g;
  *g = (ck_conv){.batch = rng_range(rng, 1, 2), .groups = rng_chance(rng, 80) ? 1 : rng_range(rng, 1, 3)};
  g->channels = g->groups * rng_range(rng, 1, rng_chance(rng, 10) ? 40 : 12);
  g->filters = g->groups * rng_range(rng, 1, rng_chance(rng, 10) ? 40 : 12);
  const int axes = (int)rng_range(rng, 1, 5);  // 1: height, 2: width, others: both
  g->layout = rng_chance(rng, 50) ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST;
  g->weights = rng_chance(rng, 50) ? CK_FILTERS_FIRST : CK_FILTERS_LAST;
  g->flipped = rng_chance(rng, 20), g->transposed = rng_chance(rng, 25);
  for (int i = 0; i < 3; ++i) {
    g->input[i] = i == 0 ? 1 : rng_range(rng, 1, 13);
    g->kernel[i] = i == 0 || (i == 1 && axes == 2) || (i == 2 && axes == 1) ? 1 : taps;
    g->stride[i] = 1, g->dilation[i] = rng_chance(rng, 70) || i == 0 ? 1 : rng_range(rng, 2, 4);
    g->pad_before[i] = i == 0 ? 0 : rng_range(rng, 0, 2 * g->kernel[i]);
    g->pad_after[i] = i == 0 ? 0 : rng_range(rng, 0, 2 * g->kernel[i]);
  }
  if (rng_chance(rng, 5)) widen_dilation(rng, g);
  if (rng_chance(rng, 30)) c.scale = (int)rng_range(rng, 1, 4);
  if (rng_chance(rng, 10)) c.power = LARGE_POWER;
  c.bias = rng_chance(rng, 50), c.residual = rng_chance(rng, 30), c.in_place = rng_chance(rng, 50);
  return c;
}

static void say(const struct winograd_case *c) {
  const ck_conv *g = &c->g;
  now_running("%s F%d n%td g%td c%td f%td in %tdx%td k %tdx%td d %td,%td pad %td,%td %td,%td layout %d threads %d "
              "transposed %d",
              TYPE, c->algorithm == CK_CONV_WINOGRAD_2 ? 2 : 4, g->batch, g->groups, g->channels, g->filters,
              g->input[1], g->input[2], g->kernel[1], g->kernel[2], g->dilation[1], g->dilation[2], g->pad_before[1],
              g->pad_before[2], g->pad_after[1], g->pad_after[2], (int)g->layout, c->threads, g->transposed);
}

// Operands in guarded memory, a NaN in every element of y.
struct winograd_run {
  real *x, *packed, *y, *bias, *slopes, *residual, *w, *workspace;
  ptrdiff_t workspace_count;
  epilogue_t epilogue;
};

static struct winograd_run prepare(const struct winograd_case *c, const struct arenas *a) {
  const ck_conv_figures *f = &c->plan.figures;
  struct rng rng = {c->seed};
  struct winograd_run r = {.x = place(&a->x, f->x_count, c->right),
                           .packed = place(&a->packed, c->plan.packed_count, c->right),
                           .y = place(&a->y, f->y_count, c->right),
                           .bias = place(&a->bias, c->g.filters, c->right),
                           .slopes = place(&a->slopes, c->g.filters, c->right),
                           .residual = place(&a->residual, f->y_count, c->right),
                           .w = malloc((size_t)f->w_count * sizeof(real)),
                           .workspace_count = workspace_of(&c->plan, c->threads)};
  r.workspace = place(&a->workspace, r.workspace_count, c->right);
  for (ptrdiff_t i = 0; i < f->w_count; ++i) r.w[i] = next_real(&rng, 0);
  for (ptrdiff_t i = 0; i < f->x_count; ++i) r.x[i] = (real)ldexp((double)next_real(&rng, c->scale), c->power);
  for (ptrdiff_t i = 0; i < c->g.filters; ++i) r.bias[i] = next_real(&rng, 0);
  for (ptrdiff_t i = 0; i < f->y_count; ++i) r.residual[i] = next_real(&rng, 0);
  for (ptrdiff_t i = 0; i < c->g.filters; ++i) r.slopes[i] = next_real(&rng, 0);
  memset(r.y, 0xff, (size_t)f->y_count * sizeof(real));
  memset(r.workspace, 0xff, (size_t)r.workspace_count * sizeof(real));
  if (c->residual && c->in_place) memcpy(r.y, r.residual, (size_t)f->y_count * sizeof(real));
  r.epilogue = (epilogue_t){.bias = c->bias ? r.bias : NULL,
                            .bias_count = c->g.filters,
                            .slopes = c->slopes ? r.slopes : NULL,
                            .slopes_count = c->g.filters,
                            .residual = !c->residual  ? NULL
                                        : c->in_place ? r.y
                                                      : r.residual,
                            .residual_count = f->y_count,
                            .activation = c->activation,
                            .p = (real)-0.25,
                            .q = (real)0.25};
  return r;
}

static bool perform(struct context *context, const struct winograd_case *c, const struct arenas *a,
                    struct winograd_run *r) {
  const ck_conv_figures *f = &c->plan.figures;
  ck_fault fault = {0};
  ck_status status = pack_weights(&c->plan, r->w, f->w_count, NULL, 0, r->packed, c->plan.packed_count, &fault);
  if (status == CK_OK)
    status = convolve(&c->plan, c->threads, r->x, f->x_count, r->packed, c->plan.packed_count, r->y, f->y_count,
                      &r->epilogue, r->workspace, r->workspace_count, &fault);
  ++context->cases_run;
  if (status != CK_OK) fail(context, "status %d, operand %s", (int)status, fault.operand);
  const bool intact = arena_intact(&a->y, r->y, (size_t)f->y_count * sizeof(real)) &&
                      arena_intact(&a->workspace, r->workspace, (size_t)r->workspace_count * sizeof(real)) &&
                      arena_intact(&a->packed, r->packed, (size_t)c->plan.packed_count * sizeof(real));
  if (!intact) fail(context, "wrote outside an operand");
  return status == CK_OK && intact;
}

// Where an element of x or y lies.
static ptrdiff_t index_of(const ck_conv *g, ptrdiff_t channels, const ptrdiff_t size[3], ptrdiff_t n, ptrdiff_t channel,
                          ptrdiff_t i, ptrdiff_t j) {
  return g->layout == CK_CHANNELS_LAST ? ((n * size[1] + i) * size[2] + j) * channels + channel
                                       : ((n * channels + channel) * size[1] + i) * size[2] + j;
}

// The weight that filter f and channel c of its group have for the element of x that is s and t after the first that an
// output sees.  Transposed, filters and channels change places, and the kernel is read backwards.
static ptrdiff_t weight_of(const ck_conv *g, ptrdiff_t f, ptrdiff_t c, ptrdiff_t s, ptrdiff_t t) {
  if (g->flipped != g->transposed) s = g->kernel[1] - 1 - s, t = g->kernel[2] - 1 - t;
  const ptrdiff_t channels = g->channels / g->groups, filters = g->filters / g->groups;
  const ptrdiff_t outers = g->transposed ? g->channels : g->filters, inners = g->transposed ? filters : channels;
  const ptrdiff_t outer = g->transposed ? f / filters * channels + c : f, inner = g->transposed ? f % filters : c;
  return g->weights == CK_FILTERS_FIRST ? ((outer * inners + inner) * g->kernel[1] + s) * g->kernel[2] + t
                                        : ((s * g->kernel[2] + t) * inners + inner) * outers + outer;
}

// Zeros before x, as outputs see them.
static ptrdiff_t padding(const ck_conv *g, int axis) {
  return g->transposed ? g->dilation[axis] * (g->kernel[axis] - 1) - g->pad_before[axis] : g->pad_before[axis];
}

// Outputs of a tile along an axis: those of the algorithm, but 2 along the height where both axes have 5 taps.
static ptrdiff_t tile_outputs(const struct winograd_case *c, int axis) {
  if (c->algorithm == CK_CONV_WINOGRAD_2 || (axis == 1 && c->g.kernel[1] == 5 && c->g.kernel[2] == 5)) return 2;
  return 4;
}

// The first input under the tile that holds output `o`; `inputs` of them, `dilation` apart.
static ptrdiff_t tile_input(const struct winograd_case *c, int axis, ptrdiff_t o, ptrdiff_t *inputs) {
  const ck_conv *g = &c->g;
  const ptrdiff_t d = g->kernel[axis] > 1 ? g->dilation[axis] : 1, m = g->kernel[axis] > 1 ? tile_outputs(c, axis) : 1;
  *inputs = m + g->kernel[axis] - 1;
  return o / d / m * m * d + o % d - padding(g, axis);
}

static bool within(ptrdiff_t i, ptrdiff_t size) { return i >= 0 && i < size; }

// |x|^2 over what the tile of an output covers.
static wide tile_norm(const struct winograd_case *c, const real *x, ptrdiff_t n, ptrdiff_t group, ptrdiff_t oy,
                      ptrdiff_t ox) {
  const ck_conv *g = &c->g;
  const ptrdiff_t channels = g->channels / g->groups;
  ptrdiff_t rows, columns;
  const ptrdiff_t y = tile_input(c, 1, oy, &rows), z = tile_input(c, 2, ox, &columns);
  wide sum = 0;
  for (ptrdiff_t i = 0; i < rows; ++i)
    for (ptrdiff_t j = 0; j < columns; ++j) {
      const ptrdiff_t iy = y + i * g->dilation[1], ix = z + j * g->dilation[2];
      for (ptrdiff_t k = 0; k < channels && within(iy, g->input[1]) && within(ix, g->input[2]); ++k) {
        const wide v = x[index_of(g, g->channels, g->input, n, group * channels + k, iy, ix)];
        sum += v * v;
      }
    }
  return sum;
}

// The sum of one output, and |w|^2.
static wide exact_sum(const struct winograd_case *c, const struct winograd_run *r, ptrdiff_t n, ptrdiff_t f,
                      ptrdiff_t oy, ptrdiff_t ox, wide *norm) {
  const ck_conv *g = &c->g;
  const ptrdiff_t channels = g->channels / g->groups, group = f / (g->filters / g->groups);
  wide sum = 0;
  *norm = 0;
  for (ptrdiff_t s = 0; s < g->kernel[1]; ++s)
    for (ptrdiff_t t = 0; t < g->kernel[2]; ++t) {
      const ptrdiff_t iy = oy + s * g->dilation[1] - padding(g, 1), ix = ox + t * g->dilation[2] - padding(g, 2);
      for (ptrdiff_t k = 0; k < channels; ++k) {
        const wide w = r->w[weight_of(g, f, k, s, t)];
        *norm += w * w;
        if (within(iy, g->input[1]) && within(ix, g->input[2]))
          sum += w * (wide)r->x[index_of(g, g->channels, g->input, n, group * channels + k, iy, ix)];
      }
    }
  return sum;
}

static void check_output(struct context *context, const struct winograd_case *c, const struct winograd_run *r,
                         ptrdiff_t n, ptrdiff_t f, ptrdiff_t oy, ptrdiff_t ox) {
  const ck_conv *g = &c->g;
  const ptrdiff_t at = index_of(g, g->filters, c->plan.figures.output, n, f, oy, ox);
  wide norm, exact = exact_sum(c, r, n, f, oy, ox, &norm);
  const wide norms = norm * tile_norm(c, r->x, n, f / (g->filters / g->groups), oy, ox);
  const wide bound = c->plan.error_growth * UNIT * (wide)sqrtl((long double)norms);
  wide size = exact < 0 ? -exact : exact;
  if (c->bias) exact += r->bias[f], size += fabs((double)r->bias[f]);
  if (c->residual) exact += r->residual[at], size += fabs((double)r->residual[at]);
  const wide error = (wide)r->y[at] - exact;
  // Two more roundings, of a bias and of a residual; results below the normal numbers are a multiple of the smallest.
  if (!(fabs((double)error) <= (double)(bound + 2 * UNIT * (size + bound)) + TINY))
    fail(context, "n %td f %td (%td, %td): %a, exact %a, bound %a", n, f, oy, ox, (double)r->y[at], (double)exact,
         (double)bound);
}

static void stays_within_growth(struct context *context) {
  struct arenas arenas = make_arenas();
  for (long i = 0; i < context->options.cases && context->failures == 0; ++i) {
    struct rng rng = {context->replay_seed = context->options.seed + (uint64_t)i};
    struct winograd_case c = random_case(&rng);
    while (!plan_case(&c, context->isa)) c = random_case(&rng);
    say(&c);
    struct winograd_run r = prepare(&c, &arenas);
    const ptrdiff_t *output = c.plan.figures.output;
    if (perform(context, &c, &arenas, &r))
      for (ptrdiff_t n = 0; n < c.g.batch; ++n)
        for (ptrdiff_t f = rng_range(&rng, 0, 3); f < c.g.filters; f += 4)
          for (ptrdiff_t y = 0; y < output[1]; ++y)
            for (ptrdiff_t x = 0; x < output[2]; ++x) check_output(context, &c, &r, n, f, y, x);
    free(r.w);
  }
  context->replay_seed = 0;
  free_arenas(&arenas);
}

// The worst error of a filter's outputs over |x| |w|, norms as in the bound of tiles of `outputs`.
static double worst_error(struct context *context, struct winograd_case *c, ck_conv_algorithm algorithm,
                          const struct arenas *a) {
  struct winograd_case run = *c;
  run.algorithm = algorithm;
  plan_case(&run, context->isa);
  struct winograd_run r = prepare(&run, a);
  const ptrdiff_t *output = run.plan.figures.output;
  double worst = 0;
  perform(context, &run, a, &r);
  for (ptrdiff_t f = 0; f < c->g.filters; f += 3)
    for (ptrdiff_t y = 0; y < output[1]; ++y)
      for (ptrdiff_t x = 0; x < output[2]; ++x) {
        wide norm;
        const double error =
            (double)(r.y[index_of(&c->g, c->g.filters, output, 0, f, y, x)] - exact_sum(c, &r, 0, f, y, x, &norm));
        const double size = sqrt((double)(norm * tile_norm(c, r.x, 0, 0, y, x)));
        worst = fabs(error) > worst * size ? fabs(error) / size : worst;
      }
  free(r.w);
  return worst;
}

// What lets `automatic` use it: at most 16 times the worst error of the direct kernel on the same data.
static void errs_little_more_than_direct(struct context *context) {
  struct arenas arenas = make_arenas();
  for (int i = 0; i < 2 * 2 * 3 * 3 * (is_brief(context) ? 1 : 3); ++i) {
    static const ptrdiff_t channels[] = {8, 64, 600};
    static const int scales[] = {0, 3, 12};
    struct winograd_case c = {.seed = 100 + (uint64_t)i, .threads = 1, .right = true, .scale = scales[i / 4 % 3]};
    const ptrdiff_t taps = i % 2 == 0 ? 3 : 5, form = i / 12 % 3, down = form == 1 ? 1 : taps,
                    apart = form == 2 ? 2 : 1;
    c.algorithm = i / 2 % 2 == 0 ? CK_CONV_WINOGRAD_2 : CK_CONV_WINOGRAD_4;
    c.g = (ck_conv){.batch = 1,
                    .groups = 1,
                    .channels = channels[i / 36],
                    .filters = 16,
                    .input = {1, 16, 16},
                    .kernel = {1, down, taps},
                    .stride = {1, 1, 1},
                    .dilation = {1, apart, apart},
                    .pad_before = {0, 1, 1},
                    .pad_after = {0, 1, 1}};
    // More channels are not for tiles of 2 x 4 with 5 x 5 taps: plans_follow_the_shape.
    if (taps == 5 && down == 5 && c.algorithm == CK_CONV_WINOGRAD_4 && c.g.channels > 256) c.g.channels = 256;
    const double tiles = worst_error(context, &c, c.algorithm, &arenas);
    const double direct = worst_error(context, &c, CK_CONV_DIRECT, &arenas);
    if (!(tiles <= 16 * direct))
      fail(context, "F(%d, %tdx%td), %td channels, 10^%d: %g u, direct %g u", c.algorithm == CK_CONV_WINOGRAD_2 ? 2 : 4,
           down, taps, c.g.channels, c.scale, tiles / UNIT, direct / UNIT);
  }
  free_arenas(&arenas);
}

// The outputs of a case in the order batch, filter, height, width.
static real *outputs_of(struct context *context, const struct winograd_case *c, const struct arenas *a) {
  struct winograd_case planned = *c;
  if (!plan_case(&planned, context->isa)) return NULL;
  say(c);
  struct winograd_run r = prepare(&planned, a);
  const ck_conv *g = &c->g;
  const ptrdiff_t *output = planned.plan.figures.output;
  real *all = malloc((size_t)planned.plan.figures.y_count * sizeof(real)), *to = all;
  perform(context, &planned, a, &r);
  for (ptrdiff_t n = 0; n < g->batch; ++n)
    for (ptrdiff_t f = 0; f < g->filters; ++f)
      for (ptrdiff_t y = 0; y < output[1]; ++y)
        for (ptrdiff_t x = 0; x < output[2]; ++x) *to++ = r.y[index_of(g, g->filters, output, n, f, y, x)];
  free(r.w);
  return all;
}

static struct winograd_case large_case(int index) {
  // Channels, filters, height, width, taps, dilation.  Under a row of tiles lies more than stays in L2 of the sixth;
  // planes of y of the last meet in one set of L1.
  static const ptrdiff_t shapes[][6] = {{64, 48, 20, 23, 3, 1}, {600, 33, 9, 7, 3, 1},  {36, 70, 17, 33, 5, 1},
                                        {50, 20, 33, 21, 3, 2}, {24, 17, 40, 19, 5, 3}, {40, 9, 10, 601, 3, 1},
                                        {20, 18, 30, 31, 3, 1}};
  const ptrdiff_t *s = shapes[index / 2];
  struct winograd_case c = {.algorithm = index % 2 == 0 ? CK_CONV_WINOGRAD_2 : CK_CONV_WINOGRAD_4,
                            .seed = 7 + (uint64_t)index,
                            .threads = 1,
                            .right = true,
                            .bias = true,
                            .activation = CK_RELU};
  c.g = (ck_conv){.batch = 2,
                  .groups = 1,
                  .channels = s[0],
                  .filters = s[1],
                  .input = {1, s[2], s[3]},
                  .kernel = {1, s[4], s[4]},
                  .stride = {1, 1, 1},
                  .dilation = {1, s[5], s[5]},
                  .pad_before = {0, 1, 2},
                  .pad_after = {0, 3, 1}};
  return c;
}
enum { LARGE_CASES = 14 };

// Sets of phases that are longer than a block: of 30 tiles, of 28 and 2 by turns, of 75, of 40 and 4.
static void blocks_hold_whole_sets_of_phases(struct context *context) {
  static const ptrdiff_t shapes[][5] = {{1, 9, 61, 30, 3}, {3, 1, 30, 28, 3}, {2, 5, 190, 75, 3}, {2, 6, 44, 40, 5}};
  struct arenas arenas = make_arenas();
  for (int i = 0; i < 4 * 2 * 2 * 3; ++i) {
    const ptrdiff_t *s = shapes[i % 4], apart = s[3], pad = apart * (s[4] / 2);
    struct winograd_case c = {.algorithm = i / 4 % 2 == 0 ? CK_CONV_WINOGRAD_2 : CK_CONV_WINOGRAD_4,
                              .seed = 500 + (uint64_t)i,
                              .threads = context->options.in_process ? 1 : 1 + i / 16,
                              .right = true};
    c.g = (ck_conv){.batch = s[0],
                    .groups = 1,
                    .channels = 5,
                    .filters = 3,
                    .input = {1, s[1], s[2]},
                    .kernel = {1, s[4], s[4]},
                    .stride = {1, 1, 1},
                    .dilation = {1, apart, apart},
                    .pad_before = {0, pad, pad},
                    .pad_after = {0, pad, pad},
                    .layout = i / 8 % 2 == 0 ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST};
    plan_case(&c, context->isa);
    say(&c);
    struct winograd_run r = prepare(&c, &arenas);
    const ptrdiff_t *output = c.plan.figures.output;
    if (perform(context, &c, &arenas, &r))
      for (ptrdiff_t n = 0; n < c.g.batch; ++n)
        for (ptrdiff_t y = 0; y < output[1]; ++y)
          for (ptrdiff_t x = 0; x < output[2]; ++x) check_output(context, &c, &r, n, 1, y, x);
    free(r.w);
  }
  free_arenas(&arenas);
}

static void threads_keep_the_bits(struct context *context) {
  struct arenas arenas = make_arenas();
  for (int i = 0; i < LARGE_CASES && context->failures == 0; i += context->options.cases < 100 ? 3 : 1) {
    struct winograd_case c = large_case(i);
    real *expected = outputs_of(context, &c, &arenas);
    plan_case(&c, context->isa);
    const size_t bytes = (size_t)c.plan.figures.y_count * sizeof(real);
    for (c.threads = 2; c.threads <= (context->options.cases < 100 ? 2 : 5); ++c.threads) {
      real *got = outputs_of(context, &c, &arenas);
      if (memcmp(got, expected, bytes)) fail(context, "other bits on %d threads", c.threads);
      free(got);
    }
    free(expected);
  }
  free_arenas(&arenas);
}

// Channels first hold the same numbers as channels last; the bits of all outputs are the same.
static void layouts_keep_the_bits(struct context *context) {
  struct arenas arenas = make_arenas();
  for (int i = 0; i < LARGE_CASES && context->failures == 0; i += context->options.cases < 100 ? 3 : 1) {
    struct winograd_case c = large_case(i);
    real *got[2];
    for (int layout = 0; layout < 2; ++layout) {
      c.g.layout = layout == 0 ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST;
      plan_case(&c, context->isa);
      struct winograd_run r = prepare(&c, &arenas);
      const ptrdiff_t *in = c.g.input, *out = c.plan.figures.output;
      struct rng rng = {c.seed};
      for (ptrdiff_t n = 0; n < c.g.batch; ++n)
        for (ptrdiff_t k = 0; k < c.g.channels; ++k)
          for (ptrdiff_t y = 0; y < in[1]; ++y)
            for (ptrdiff_t x = 0; x < in[2]; ++x)
              r.x[index_of(&c.g, c.g.channels, in, n, k, y, x)] = next_real(&rng, 0);
      perform(context, &c, &arenas, &r);
      real *to = got[layout] = malloc((size_t)c.plan.figures.y_count * sizeof(real));
      for (ptrdiff_t n = 0; n < c.g.batch; ++n)
        for (ptrdiff_t f = 0; f < c.g.filters; ++f)
          for (ptrdiff_t y = 0; y < out[1]; ++y)
            for (ptrdiff_t x = 0; x < out[2]; ++x) *to++ = r.y[index_of(&c.g, c.g.filters, out, n, f, y, x)];
      free(r.w);
    }
    if (memcmp(got[0], got[1], (size_t)c.plan.figures.y_count * sizeof(real))) fail(context, "case %d", i);
    free(got[0]), free(got[1]);
  }
  free_arenas(&arenas);
}

// Bias, residual and activation fused: the bits of the separate steps.
static void epilogues_keep_the_bits(struct context *context) {
  static const ck_activation activations[] = {CK_IDENTITY, CK_RELU, CK_LEAKY_RELU, CK_CLAMP, CK_TANH, CK_ELU};
  struct arenas arenas = make_arenas();
  for (int i = 0; i < 2 * 8 * 7 && context->failures == 0; i += context->options.cases < 100 ? 9 : 1) {
    struct winograd_case c = large_case(i % 2 == 0 ? 4 : 7);
    c.g.layout = i % 16 / 8 == 0 ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST;
    c.activation = CK_IDENTITY, c.bias = false, c.threads = 1 + i % 2;
    real *steps = outputs_of(context, &c, &arenas);
    c.bias = i % 4 / 2, c.residual = i % 8 / 4, c.in_place = i % 3 == 0;
    c.slopes = i % 7 == 6, c.activation = c.slopes ? CK_IDENTITY : activations[i % 7];
    plan_case(&c, context->isa);
    struct winograd_run r = prepare(&c, &arenas);
    const ptrdiff_t *out = c.plan.figures.output;
    const real *step = steps;
    real *expected = malloc((size_t)c.plan.figures.y_count * sizeof(real));
    for (ptrdiff_t n = 0; n < c.g.batch; ++n)
      for (ptrdiff_t f = 0; f < c.g.filters; ++f)
        for (ptrdiff_t y = 0; y < out[1]; ++y)
          for (ptrdiff_t x = 0; x < out[2]; ++x, ++step) {
            const ptrdiff_t at = index_of(&c.g, c.g.filters, out, n, f, y, x);
            expected[at] = c.bias ? *step + r.bias[f] : *step;
            if (c.residual) expected[at] += r.residual[at];
            if (c.slopes && expected[at] < 0) expected[at] *= r.slopes[f];
          }
    apply(context->isa, c.activation, r.epilogue.p, r.epilogue.q, c.plan.figures.y_count, expected);
    if (perform(context, &c, &arenas, &r))
      if (memcmp(expected, r.y, (size_t)c.plan.figures.y_count * sizeof(real))) fail(context, "case %d", i);
    free(expected), free(steps), free(r.w);
  }
  free_arenas(&arenas);
}

// Weights packed with a scale for each filter: those of weights that were multiplied before.
static void scales_keep_the_bits(struct context *context) {
  for (long i = 0; i < context->options.cases && context->failures == 0; ++i) {
    struct rng rng = {context->replay_seed = context->options.seed + (uint64_t)i};
    struct winograd_case c = random_case(&rng);
    while (!plan_case(&c, context->isa)) c = random_case(&rng);
    say(&c);
    const ptrdiff_t weights = c.plan.figures.w_count, packed = c.plan.packed_count, filters = c.g.filters;
    const ptrdiff_t channels = c.g.channels / c.g.groups;
    real *w = malloc((size_t)(2 * weights + filters + 2 * packed) * sizeof *w), *scaled = w + weights;
    real *scale = scaled + weights, *got = scale + filters, *expected = got + packed;
    for (ptrdiff_t k = 0; k < weights; ++k) w[k] = next_real(&rng, 0);
    for (ptrdiff_t f = 0; f < filters; ++f) {
      scale[f] = next_real(&rng, 0);
      for (ptrdiff_t tap = 0; tap < channels * c.g.kernel[1] * c.g.kernel[2]; ++tap) {
        const ptrdiff_t t = tap % c.g.kernel[2], s = tap / c.g.kernel[2] % c.g.kernel[1];
        const ptrdiff_t at = weight_of(&c.g, f, tap / c.g.kernel[2] / c.g.kernel[1], s, t);
        scaled[at] = w[at] * scale[f];
      }
    }
    ++context->cases_run;
    if (pack_weights(&c.plan, w, weights, scale, filters, got, packed, NULL) != CK_OK ||
        pack_weights(&c.plan, scaled, weights, NULL, 0, expected, packed, NULL) != CK_OK)
      fail(context, "refused");
    else if (memcmp(got, expected, (size_t)packed * sizeof *got) != 0)
      fail(context, "other bits");
    free(w);
  }
  context->replay_seed = 0;
}

static uint64_t hash_of_outputs(struct context *context, const struct arenas *arenas) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (int i = 0; i < LARGE_CASES; ++i) {
    struct winograd_case c = large_case(i);
    plan_case(&c, context->isa);
    real *all = outputs_of(context, &c, arenas);
    const unsigned char *bytes = (const unsigned char *)all;
    for (size_t k = 0; k < (size_t)c.plan.figures.y_count * sizeof(real); ++k) hash = (hash ^ bytes[k]) * 0x100000001b3;
    free(all);
  }
  return hash;
}

static void instruction_sets_agree(struct context *context) {
  struct arenas arenas = make_arenas();
  const uint64_t hash = hash_of_outputs(context, &arenas);
  printf("hash winograd %s %s %016llx\n", TYPE, ck_isa_fused(context->isa) ? "fused" : ck_isa_name(context->isa),
         (unsigned long long)hash);
  for (ptrdiff_t i = 0; ck_isa_fused(context->isa) && ck_isa_at(i) != NULL; ++i) {
    struct context other = *context;
    other.isa = ck_isa_at(i);
    if (ck_isa_fused(other.isa) && hash_of_outputs(&other, &arenas) != hash)
      fail(context, "other bits than %s", ck_isa_name(other.isa));
  }
  free_arenas(&arenas);
}

// An automatic plan follows from the shape alone; a strict one has no transform; each kind of refusal is one.
static void plans_follow_the_shape(struct context *context) {
  ck_conv g = large_case(0).g;
  g.input[1] = g.input[2] = 28, g.channels = g.filters = 128;
  ck_conv_plan plan;
  ck_fault fault;
  ck_conv_options options = {0};
  for (g.batch = 1; g.batch <= 16; g.batch *= 4, ++context->cases_run)
    if (make_plan(context->isa, &g, &options, &plan, &fault) != CK_OK || plan.algorithm != CK_CONV_WINOGRAD_4)
      fail(context, "batch %td: algorithm %d", g.batch, (int)plan.algorithm);
  struct winograd_case empty = large_case(0);
  struct arenas arenas = make_arenas();
  empty.g.batch = 0;
  if (!plan_case(&empty, context->isa)) fail(context, "an empty batch is refused");
  struct winograd_run run = prepare(&empty, &arenas);
  perform(context, &empty, &arenas, &run);
  free(run.w);
  free_arenas(&arenas);
  ck_conv deep = g;
  deep.kernel[1] = deep.kernel[2] = 5;
  for (deep.channels = 256; deep.channels <= 257; ++deep.channels, ++context->cases_run)
    if (make_plan(context->isa, &deep, &options, &plan, &fault) != CK_OK ||
        plan.algorithm != (deep.channels == 256 ? CK_CONV_WINOGRAD_4 : CK_CONV_WINOGRAD_2))
      fail(context, "%td channels: algorithm %d", deep.channels, (int)plan.algorithm);
  const char *reason = why_not(&plan, CK_CONV_DIRECT);
  if (reason == NULL || strcmp(reason, "another was asked for") == 0)
    fail(context, "direct is passed by for no reason");
  // A picture of mere padding is planned as fast as any.
  ck_conv vast = g;
  vast.input[1] = vast.kernel[1] = 1, vast.pad_before[1] = vast.pad_after[1] = 0, vast.channels = vast.filters = 16;
  vast.pad_before[2] = vast.pad_after[2] = (ptrdiff_t)1 << 40;
  if (make_plan(context->isa, &vast, &options, &plan, &fault) != CK_OK) fail(context, "refused: %s", fault.operand);
  options.strict = true;
  if (make_plan(context->isa, &g, &options, &plan, &fault) != CK_OK || plan.algorithm != CK_CONV_DIRECT)
    fail(context, "strict: algorithm %d", (int)plan.algorithm);
  for (int kind = 0; kind < 4; ++kind, ++context->cases_run) {
    ck_conv other = g;
    if (kind == 0) other.stride[2] = 2;
    if (kind == 1) other.kernel[1] = 4;
    if (kind == 2) other.kernel[1] = 5;
    if (kind == 3) other.input[0] = 2;
    options = (ck_conv_options){.algorithm = CK_CONV_WINOGRAD_4};
    if (make_plan(context->isa, &other, &options, &plan, &fault) != CK_BAD_ARGUMENT || fault.reason == NULL)
      fail(context, "kind %d", kind);
  }
}
