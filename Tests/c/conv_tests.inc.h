// Template: convolution by the direct algorithm, forward and backward, against every product of the definition.
// Needs: real, epilogue_t, TYPE, make_plan, workspace_of, pack_weights, convolve, backward_workspace_of,
// backward_weights.
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gemm/chunks.h"
#include "guarded.h"
#include "harness.h"

// What a case computes, each operand beside a page that may not be touched.
enum {
  OPERAND_X,
  OPERAND_W,
  OPERAND_PACKED,
  OPERAND_Y,
  OPERAND_WORKSPACE,
  OPERAND_BIAS,
  OPERAND_SLOPES,
  FORWARD_OPERANDS,
  OPERAND_DY = FORWARD_OPERANDS,
  OPERAND_DW,
  OPERAND_DB,
  OPERAND_BACKWARD_WORKSPACE,
  OPERANDS
};

static const struct arena *arena_of(int operand) {
  static struct arena arenas[OPERANDS];
  if (arenas[operand].bytes == 0) arenas[operand] = arena_make((size_t)4 << 20);
  return &arenas[operand];
}

struct operands {
  ck_conv_plan plan;
  ptrdiff_t counts[OPERANDS];
  real *at[OPERANDS];
  epilogue_t epilogue;
};

// Any small geometry: 1-D to 3-D, groups, padding beyond the kernel, dilation, transposed; false where it is none.
static bool draw(struct rng *rng, ck_conv *g, ck_conv_figures *figures) {
  const ptrdiff_t dimensions = rng_range(rng, 1, 3), groups = rng_chance(rng, 30) ? rng_range(rng, 2, 4) : 1;
  *g = (ck_conv){.batch = rng_range(rng, 1, 2), .groups = groups};
  g->channels = groups * rng_range(rng, 1, rng_chance(rng, 30) ? 40 : 5);
  g->filters = groups * rng_range(rng, 1, rng_chance(rng, 30) ? 40 : 5);
  g->layout = rng_chance(rng, 50) ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST;
  g->weights = rng_chance(rng, 50) ? CK_FILTERS_FIRST : CK_FILTERS_LAST;
  g->flipped = rng_chance(rng, 20), g->transposed = rng_chance(rng, 30);
  for (int i = 0; i < 3; ++i) {
    g->input[i] = g->kernel[i] = g->stride[i] = g->dilation[i] = 1;
    if (i < 3 - dimensions) continue;
    g->input[i] = rng_range(rng, 1, dimensions == 1 ? 40 : 8), g->kernel[i] = rng_range(rng, 1, 4);
    g->stride[i] = rng_range(rng, 1, 3), g->dilation[i] = rng_range(rng, 1, 3);
    g->pad_before[i] = rng_range(rng, 0, 2 * g->kernel[i]), g->pad_after[i] = rng_range(rng, 0, 2 * g->kernel[i]);
  }
  const ptrdiff_t family = rng_range(rng, 1, 8);
  const bool many_taps = family > 6 && rng_chance(rng, 20);
  if (family > 6 && !many_taps) return ck_conv_measure(g, figures, NULL) == CK_OK && figures->products < 40000;
  // What has loops of its own, in two dimensions.
  g->batch = g->groups = 1, g->transposed = false;
  g->input[0] = g->kernel[0] = g->stride[0] = g->dilation[0] = 1, g->pad_before[0] = g->pad_after[0] = 0;
  g->input[1] = rng_range(rng, 1, 4);
  if (many_taps) {
    g->channels = rng_range(rng, 1, 3), g->filters = rng_range(rng, 1, 3);
    g->input[2] = rng_range(rng, 6, 10), g->stride[1] = 1, g->stride[2] = rng_range(rng, 1, 2);
    g->kernel[1] = rng_range(rng, 5, 6), g->kernel[2] = 7, g->dilation[1] = 1, g->dilation[2] = 2;
    for (int i = 1; i < 3; ++i) g->pad_before[i] = g->pad_after[i] = rng_range(rng, 2 * i, 4 * i);
    return ck_conv_measure(g, figures, NULL) == CK_OK;
  }
  if (family == 3 && rng_chance(rng, 15)) {  // so many outputs that the gradient of the weights takes several pieces
    g->channels = rng_range(rng, 1, 2), g->filters = rng_range(rng, 1, 2);
    const bool one_tap = rng_chance(rng, 50);
    for (int i = 1; i < 3; ++i) {
      g->stride[i] = rng_range(rng, 1, 2), g->input[i] = g->stride[i] * rng_range(rng, 10 * i + 10, 10 * i + 16);
      g->kernel[i] = one_tap ? 1 : rng_range(rng, 1, 3), g->dilation[i] = 1;
      g->pad_before[i] = one_tap ? 0 : rng_range(rng, 0, 1), g->pad_after[i] = 0;
    }
    return ck_conv_measure(g, figures, NULL) == CK_OK && figures->products < 40000;
  }
  if (family == 1 && rng_chance(rng, 4)) {  // pixels that alias in L1
    g->layout = CK_CHANNELS_LAST, g->channels = ALIAS_BYTES / (ptrdiff_t)sizeof(real), g->filters = 70;
    g->input[1] = g->kernel[1] = 1, g->pad_before[1] = g->pad_after[1] = 0;
    g->input[2] = rng_range(rng, 1, 3), g->kernel[2] = rng_range(rng, 1, 2);
    g->pad_before[2] = rng_range(rng, 0, 1), g->pad_after[2] = 0;
    return ck_conv_measure(g, figures, NULL) == CK_OK;
  }
  if (family == 1) {  // so many channels that their sums are cut
    g->filters = 8 * rng_range(rng, 1, 2) + rng_range(rng, -1, 1), g->channels = rng_range(rng, 129, 140);
    g->input[1] = g->kernel[1] = 1, g->pad_before[1] = g->pad_after[1] = 0;
    g->input[2] = rng_range(rng, 1, 5), g->kernel[2] = 2, g->pad_before[2] = rng_range(rng, 0, 2), g->pad_after[2] = 0;
  } else if (family == 2) {  // a few channels, and rows that are more than a vector, or more than a piece
    g->channels = rng_range(rng, 1, 4),
    g->filters = rng_chance(rng, 50) ? rng_range(rng, 1, 9) : rng_range(rng, 16, 18);
    g->input[2] = rng_chance(rng, 50) ? rng_range(rng, 1, 30) : rng_range(rng, 60, 90);
    g->stride[2] = rng_range(rng, 1, 2);
    if (rng_chance(rng, 50)) {  // or in groups, more than are taken together
      g->groups = rng_range(rng, 2, 18), g->layout = rng_chance(rng, 50) ? CK_CHANNELS_FIRST : CK_CHANNELS_LAST;
      g->channels = g->groups * rng_range(rng, 1, 8), g->filters = g->groups * rng_range(rng, 1, 8);
      g->batch = 1, g->input[1] = rng_range(rng, 1, 3);
    }
  } else if (family == 3) {  // one tap, and where channels come first whole vectors of pixels, or nearly
    const bool deep = rng_chance(rng, 30);
    g->layout = rng_chance(rng, 70) ? CK_CHANNELS_FIRST : CK_CHANNELS_LAST, g->groups = deep ? 1 : rng_range(rng, 1, 3);
    g->channels = g->groups * (deep ? rng_range(rng, CHUNK + 1, CHUNK + 16) : rng_range(rng, 1, 20));
    g->filters = g->groups * rng_range(rng, 1, deep ? 3 : g->groups == 1 ? 40 : 20);
    for (int i = 1; i < 3; ++i) {
      g->kernel[i] = g->stride[i] = g->dilation[i] = 1;
      g->pad_before[i] = g->pad_after[i] = 0;
    }
    g->input[1] = 1, g->input[2] = 16 * rng_range(rng, 2, deep ? 2 : 4) - rng_range(rng, 0, 1);
    if (deep && rng_chance(rng, 10)) {  // and more filters than a panel of weights has
      g->filters = rng_range(rng, 33, 36);
      return ck_conv_measure(g, figures, NULL) == CK_OK;
    }
  } else if (family == 4) {  // a few channels and as many filters to a group
    const ptrdiff_t few = rng_chance(rng, 50) ? 4 : 8;
    const bool many = rng_chance(rng, 50);  // more weights than stay in L1
    g->groups = many ? 140 / few : rng_range(rng, 2, 10);
    g->channels = g->filters = g->groups * few;
    g->batch = 1, g->input[1] = many ? 1 : rng_range(rng, 1, 2), g->input[2] = rng_range(rng, 1, many ? 3 : 7);
    for (int i = 1; i < 3; ++i) {
      g->kernel[i] = many ? 3 : rng_range(rng, 2, 3);
      g->dilation[i] = g->pad_before[i] = g->pad_after[i] = 1;
    }
  } else {  // a channel to a group
    g->groups = g->channels = g->filters = rng_range(rng, 2, 36);
    g->input[2] = rng_chance(rng, 70) ? rng_range(rng, 1, 30) : rng_range(rng, 31, 75);
    g->kernel[2] = rng_chance(rng, 50) ? 3 : 5;
    g->stride[2] = rng_range(rng, 1, 2), g->dilation[2] = rng_range(rng, 1, 2);
    if (rng_chance(rng, 50)) {  // channels first, rows as they lie
      const bool same = rng_chance(rng, 60), same_end = same && rng_chance(rng, 75);
      g->layout = CK_CHANNELS_FIRST, g->groups = g->channels = g->filters = rng_range(rng, 2, 20);
      g->kernel[1] = g->kernel[2], g->input[1] = rng_range(rng, 1, 8);
      // A vector and little more, of 8 lanes or of 16; or one or two, or nearly.
      if (rng_chance(rng, 50))
        g->input[2] = rng_range(rng, 9, 10) + (rng_chance(rng, 50) ? 8 : 0);
      else if (rng_chance(rng, 60))
        g->input[2] = 8 * rng_range(rng, 1, 4) - rng_range(rng, 0, 1);
      g->stride[1] = g->stride[2], g->dilation[1] = g->dilation[2] = 1;
      for (int i = 1; i < 3; ++i) {
        g->pad_before[i] = same ? g->kernel[i] / 2 : rng_range(rng, 0, g->kernel[i] / 2 + 1);
        g->pad_after[i] = same_end ? g->kernel[i] / 2 : rng_range(rng, 0, g->kernel[i] / 2 + 1);
      }
    } else if (rng_chance(rng, 40)) {  // two rows at once
      g->layout = rng_chance(rng, 80) ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST;
      g->groups = g->channels = g->filters = rng_range(rng, 4, 36);
      g->kernel[1] = rng_range(rng, 2, 3), g->input[1] = rng_range(rng, 2, 5);
      if (rng_chance(rng, 50)) g->input[2] = rng_range(rng, 3, 7), g->pad_before[2] = g->pad_after[2] = 1;
      if (rng_chance(rng, 20)) {  // of more channels than tall kernels take together
        g->groups = g->channels = g->filters = rng_range(rng, 97, 130);
        g->kernel[1] = rng_range(rng, 4, 5), g->pad_before[1] = g->pad_after[1] = 2;
        g->input[1] = rng_range(rng, 1, 3), g->input[2] = rng_range(rng, 3, 5);
      }
      g->stride[1] = g->stride[2], g->dilation[1] = g->dilation[2] = 1;
    }
  }
  return ck_conv_measure(g, figures, NULL) == CK_OK && figures->products < 40000;
}

static real *placed(struct operands *o, int operand, ptrdiff_t count, bool right) {
  o->counts[operand] = count;
  o->at[operand] = arena_place(arena_of(operand), (size_t)count * sizeof(real), guards_keep_off ? 64 : 0, right);
  return o->at[operand];
}

static bool prepare(struct context *context, struct rng *rng, const ck_conv *g, int threads, struct operands *o) {
  const ck_conv_options options = {.strict = true};
  const bool right = rng_chance(rng, 50);
  if (make_plan(context->isa, g, &options, &o->plan, NULL) != CK_OK) return false;
  real *x = placed(o, OPERAND_X, o->plan.figures.x_count, right);
  real *w = placed(o, OPERAND_W, o->plan.figures.w_count, right);
  placed(o, OPERAND_PACKED, o->plan.packed_count, right);
  placed(o, OPERAND_Y, o->plan.figures.y_count, right);
  placed(o, OPERAND_WORKSPACE, workspace_of(&o->plan, threads), right);
  real *bias = placed(o, OPERAND_BIAS, g->filters, right), *slopes = placed(o, OPERAND_SLOPES, g->filters, right);
  o->epilogue = (epilogue_t){.bias = rng_chance(rng, 50) ? bias : NULL,
                             .bias_count = g->filters,
                             .activation = rng_chance(rng, 50)   ? CK_RELU
                                           : rng_chance(rng, 50) ? CK_IDENTITY
                                                                 : CK_CLAMP,
                             .p = -20,
                             .q = 30,
                             .slopes_count = g->filters};
  if (o->epilogue.activation == CK_IDENTITY && rng_chance(rng, 50)) o->epilogue.slopes = slopes;
  for (ptrdiff_t i = 0; i < g->filters; ++i) bias[i] = (real)rng_range(rng, -9, 9);
  for (ptrdiff_t i = 0; i < g->filters; ++i) slopes[i] = (real)rng_range(rng, -3, 3);
  for (ptrdiff_t i = 0; i < o->counts[OPERAND_X]; ++i) x[i] = (real)rng_range(rng, -4, 4);
  for (ptrdiff_t i = 0; i < o->counts[OPERAND_W]; ++i) w[i] = (real)rng_range(rng, -4, 4);
  return true;
}

static bool run(struct operands *o, int threads) {
  return pack_weights(&o->plan, o->at[OPERAND_W], o->counts[OPERAND_W], NULL, 0, o->at[OPERAND_PACKED],
                      o->counts[OPERAND_PACKED], NULL) == CK_OK &&
         convolve(&o->plan, threads, o->at[OPERAND_X], o->counts[OPERAND_X], o->at[OPERAND_PACKED],
                  o->counts[OPERAND_PACKED], o->at[OPERAND_Y], o->counts[OPERAND_Y], &o->epilogue,
                  o->at[OPERAND_WORKSPACE], o->counts[OPERAND_WORKSPACE], NULL) == CK_OK;
}

static ptrdiff_t image_index(const ck_conv *g, ptrdiff_t n, ptrdiff_t c, ptrdiff_t channels, const ptrdiff_t at[3],
                             const ptrdiff_t size[3]) {
  const ptrdiff_t pixel = (at[0] * size[1] + at[1]) * size[2] + at[2], pixels = size[0] * size[1] * size[2];
  return g->layout == CK_CHANNELS_LAST ? (n * pixels + pixel) * channels + c : (n * channels + c) * pixels + pixel;
}

// Adds to the sums of y and of dw every product of the definition; dy is what `gradient` holds.
static void sum_products(const ck_conv *g, const ck_conv_figures *figures, const real *x, const real *w,
                         const real *gradient, double *y, double *dw) {
  const ptrdiff_t *k = g->kernel, taps = k[0] * k[1] * k[2];
  const ptrdiff_t *wide = g->transposed ? figures->output : g->input,
                  *narrow = g->transposed ? g->input : figures->output;
  const ptrdiff_t outer = g->transposed ? g->channels : g->filters, inner = g->transposed ? g->filters : g->channels;
  const ptrdiff_t inners = inner / g->groups;
  for (ptrdiff_t place = 0; place < narrow[0] * narrow[1] * narrow[2] * taps; ++place) {
    const ptrdiff_t t = place % taps, o = place / taps;
    const ptrdiff_t tap[3] = {t / (k[1] * k[2]), t / k[2] % k[1], t % k[2]};
    const ptrdiff_t out[3] = {o / (narrow[1] * narrow[2]), o / narrow[2] % narrow[1], o % narrow[2]};
    ptrdiff_t at[3];
    bool inside = true;
    for (int i = 0; i < 3; ++i) {
      at[i] = out[i] * g->stride[i] + tap[i] * g->dilation[i] - g->pad_before[i];
      inside = inside && at[i] >= 0 && at[i] < wide[i];
    }
    if (!inside) continue;
    const ptrdiff_t element = g->flipped ? taps - 1 - t : t;
    for (ptrdiff_t n = 0; n < g->batch; ++n)
      for (ptrdiff_t f = 0; f < outer; ++f)
        for (ptrdiff_t c = 0; c < inners; ++c) {
          const ptrdiff_t weight =
              g->weights == CK_FILTERS_FIRST ? (f * inners + c) * taps + element : (element * inners + c) * outer + f;
          const ptrdiff_t whole = f / (outer / g->groups) * inners + c;
          const ptrdiff_t high = image_index(g, n, whole, inner, at, wide),
                          low = image_index(g, n, f, outer, out, narrow);
          const ptrdiff_t from = g->transposed ? low : high, to = g->transposed ? high : low;
          y[to] += (double)w[weight] * (double)x[from];
          dw[weight] += (double)gradient[to] * (double)x[from];
        }
  }
}

// What follows the sums.
static void complete(const ck_conv *g, const ck_conv_figures *figures, const epilogue_t *e, double *y) {
  const ptrdiff_t pixels = figures->output[0] * figures->output[1] * figures->output[2];
  for (ptrdiff_t i = 0; i < figures->y_count; ++i) {
    const ptrdiff_t f = g->layout == CK_CHANNELS_LAST ? i % g->filters : i / pixels % g->filters;
    if (e->bias != NULL) y[i] += (double)e->bias[f];
    if (e->slopes != NULL && y[i] < 0) y[i] *= (double)e->slopes[f];
    if (e->activation == CK_RELU && y[i] < 0) y[i] = 0;
    if (e->activation == CK_CLAMP) y[i] = y[i] < e->p ? e->p : y[i] > e->q ? e->q : y[i];
  }
}

// Any NaN is as good as another.
static bool equals(const real *got, const double *expected, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; ++i)
    if ((double)got[i] != expected[i] && !(isnan(got[i]) && isnan(expected[i]))) return false;
  return true;
}

static void check_intact(struct context *context, const struct operands *o, int first, int end) {
  for (int i = first; i < end; ++i)
    if (!arena_intact(arena_of(i), o->at[i], (size_t)o->counts[i] * sizeof(real)))
      fail(context, "operand %d damaged", i);
}

// The gradients of weights and bias from dy, with memory of the caller's or without.
static void check_gradient(struct context *context, struct rng *rng, struct operands *o, int threads,
                           const double *dw) {
  const ck_conv *g = &o->plan.geometry;
  const bool right = rng_chance(rng, 50), lends = rng_chance(rng, 50), biased = rng_chance(rng, 50);
  const ptrdiff_t weights = o->plan.figures.w_count, outputs = o->plan.figures.y_count;
  real *to = placed(o, OPERAND_DW, weights, right), *db = placed(o, OPERAND_DB, g->filters, right);
  real *workspace = placed(o, OPERAND_BACKWARD_WORKSPACE, backward_workspace_of(&o->plan, threads), right);
  const ck_status status = backward_weights(&o->plan, threads, o->at[OPERAND_X], o->counts[OPERAND_X],
                                            o->at[OPERAND_DY], outputs, to, weights, biased ? db : NULL, g->filters,
                                            lends ? workspace : NULL, o->counts[OPERAND_BACKWARD_WORKSPACE], NULL);
  if (status != CK_OK || !equals(to, dw, weights)) fail(context, "dw differs");
  check_intact(context, o, FORWARD_OPERANDS, OPERANDS);
  if (!biased) return;
  double *sums = calloc((size_t)g->filters, sizeof *sums);
  const ptrdiff_t pixels = outputs / (g->batch * g->filters);
  for (ptrdiff_t i = 0; i < outputs; ++i)
    sums[g->layout == CK_CHANNELS_LAST ? i % g->filters : i / pixels % g->filters] += (double)o->at[OPERAND_DY][i];
  if (!equals(db, sums, g->filters)) fail(context, "db differs");
  free(sums);
}

// Another plan for the same weights: everything else differs, or may.
static bool draw_kin(struct context *context, struct rng *rng, const ck_conv *g, ck_conv_plan *plan) {
  const ck_conv_options options = {.strict = true};
  ck_conv kin = *g;
  kin.batch = rng_range(rng, 1, 2);
  if (rng_chance(rng, 20)) kin.layout = rng_chance(rng, 50) ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST;
  for (int i = 0; i < 3; ++i) {
    if (rng_chance(rng, 50)) kin.input[i] = rng_range(rng, 1, i == 0 ? 2 : 8);
    if (rng_chance(rng, 30)) kin.stride[i] = rng_range(rng, 1, 2);
    if (rng_chance(rng, 30)) kin.dilation[i] = rng_range(rng, 1, 2);
    kin.pad_before[i] = kin.pad_after[i] = kin.dilation[i] * (kin.kernel[i] - 1) / (kin.transposed ? 2 : 1);
  }
  return make_plan(context->isa, &kin, &options, plan, NULL) == CK_OK && plan->figures.products < 40000;
}

// Weights packed for one plan serve another as those packed for it do, or are refused.
static void check_kin(struct context *context, struct rng *rng, const struct operands *o) {
  ck_conv_plan plan;
  if (!draw_kin(context, rng, &o->plan.geometry, &plan)) return;
  const ptrdiff_t x_count = plan.figures.x_count, y_count = plan.figures.y_count, packed = plan.packed_count;
  real *x = malloc((size_t)(x_count + 2 * y_count + packed) * sizeof *x), *y = x + x_count, *own = y + y_count;
  for (ptrdiff_t i = 0; i < x_count; ++i) x[i] = (real)rng_range(rng, -4, 4);
  ck_status status = pack_weights(&plan, o->at[OPERAND_W], o->counts[OPERAND_W], NULL, 0, own + y_count, packed, NULL);
  if (status == CK_OK)
    status = convolve(&plan, 1, x, x_count, own + y_count, packed, own, y_count, NULL, NULL, 0, NULL);
  if (status != CK_OK) fail(context, "its kin is refused");
  status =
      convolve(&plan, 1, x, x_count, o->at[OPERAND_PACKED], o->counts[OPERAND_PACKED], y, y_count, NULL, NULL, 0, NULL);
  if (status == CK_OK ? memcmp(y, own, (size_t)y_count * sizeof *y) != 0 : status != CK_WRONG_PACKING)
    fail(context, "the packed weights serve a kin otherwise: status %d", (int)status);
  free(x);
}

static void check_case(struct context *context, struct rng *rng, const ck_conv *g, const ck_conv_figures *figures) {
  struct operands o;
  const int threads = context->options.in_process ? 1 : (int)rng_range(rng, 1, 3);
  now_running(TYPE " convolution %td channels %td filters, kernel %td %td %td, transposed %d", g->channels, g->filters,
              g->kernel[0], g->kernel[1], g->kernel[2], g->transposed);
  if (!prepare(context, rng, g, threads, &o) || !run(&o, threads)) {
    fail(context, "refused");
    return;
  }
  double *y = calloc((size_t)(figures->y_count + figures->w_count), sizeof *y), *dw = y + figures->y_count;
  real *dy = placed(&o, OPERAND_DY, figures->y_count, rng_chance(rng, 50));
  for (ptrdiff_t i = 0; i < figures->y_count; ++i) dy[i] = (real)rng_range(rng, -4, 4);
  if (rng_chance(rng, 15))
    dy[rng_range(rng, 0, figures->y_count - 1)] = rng_chance(rng, 70) ? (real)INFINITY : (real)NAN;
  sum_products(g, figures, o.at[OPERAND_X], o.at[OPERAND_W], dy, y, dw);
  complete(g, figures, &o.epilogue, y);
  if (!equals(o.at[OPERAND_Y], y, figures->y_count)) fail(context, "y differs");
  check_intact(context, &o, 0, FORWARD_OPERANDS);
  check_gradient(context, rng, &o, threads, dw);
  check_kin(context, rng, &o);
  free(y);
}

// y where every weight is `weight`.
static void outputs_of_weight(struct context *context, struct operands *o, real weight, const real *scale, real *y) {
  for (ptrdiff_t i = 0; i < o->counts[OPERAND_W]; ++i) o->at[OPERAND_W][i] = weight;
  ck_status status = pack_weights(&o->plan, o->at[OPERAND_W], o->counts[OPERAND_W], scale, o->plan.geometry.filters,
                                  o->at[OPERAND_PACKED], o->counts[OPERAND_PACKED], NULL);
  if (status == CK_OK)
    status = convolve(&o->plan, 1, o->at[OPERAND_X], o->counts[OPERAND_X], o->at[OPERAND_PACKED],
                      o->counts[OPERAND_PACKED], y, o->counts[OPERAND_Y], NULL, NULL, 0, NULL);
  if (status != CK_OK) fail(context, "status %d", (int)status);
}

// Weights of a filter that overflow by its scale are infinite ones: what they meet of the padding is NaN.
static void overflowing_scales(struct context *context) {
  const real large = sizeof(real) == sizeof(float) ? (real)1e30 : (real)1e200;
  for (long i = 0; i < context->options.cases; ++i, ++context->cases_run) {
    struct rng rng = {context->replay_seed = context->options.seed + (uint64_t)i};
    ck_conv g;
    ck_conv_figures figures;
    struct operands o;
    while (!draw(&rng, &g, &figures) || !prepare(context, &rng, &g, 1, &o)) continue;
    const ptrdiff_t outputs = figures.y_count, pixels = figures.output[0] * figures.output[1] * figures.output[2];
    real *scale = malloc((size_t)(g.filters + 3 * outputs) * sizeof *scale);
    real *got = scale + g.filters, *plain = got + outputs, *infinite = plain + outputs;
    for (ptrdiff_t f = 0; f < g.filters; ++f) scale[f] = rng_chance(&rng, 30) ? -large : -1;
    outputs_of_weight(context, &o, large, scale, got);
    outputs_of_weight(context, &o, -large, NULL, plain);
    outputs_of_weight(context, &o, -(real)INFINITY, NULL, infinite);
    for (ptrdiff_t k = 0; k < outputs; ++k) {
      const ptrdiff_t f = g.layout == CK_CHANNELS_LAST ? k % g.filters : k / pixels % g.filters;
      const double expected = scale[f] == -1 ? plain[k] : infinite[k];
      if (!equals(got + k, &expected, 1)) fail(context, "output %td: %g, expected %g", k, (double)got[k], expected);
    }
    free(scale);
  }
  context->replay_seed = 0;
}

static void random_geometries(struct context *context) {
  for (long i = 0; i < context->options.cases; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i};
    ck_conv g;
    ck_conv_figures figures;
    context->replay_seed = rng.state;
    while (!draw(&rng, &g, &figures)) continue;
    check_case(context, &rng, &g, &figures);
    ++context->cases_run;
  }
}

// A call without a residual, in memory of its own.
static ck_status convolved(const struct operands *o, int threads, ck_fault *fault) {
  return convolve(&o->plan, threads, o->at[OPERAND_X], o->counts[OPERAND_X], o->at[OPERAND_PACKED],
                  o->counts[OPERAND_PACKED], o->at[OPERAND_Y], o->counts[OPERAND_Y], NULL, NULL, 0, fault);
}

// Kernels that reach far beyond x: memory is what x takes, or is refused with its name, and never wraps around.
static void far_taps(struct context *context) {
  static const int threads[] = {1, 2, 7, INT_MAX};
  enum { MUCH = 1 << 22, SIZE = 8, CASES = 7 * 2 * 2 * CK_CONV_ALGORITHM_COUNT };
  for (int i = 0; i < CASES; ++i, ++context->cases_run) {
    const ptrdiff_t far = (ptrdiff_t)1 << (27 + 5 * (i % 7)), channels = i / 7 % 2 == 0 ? 4 : 8;
    const ck_conv g = {.batch = 1,
                       .groups = i / 28 == CK_CONV_GROUPED ? channels : 1,
                       .channels = channels,
                       .filters = channels,
                       .input = {1, 1, SIZE},
                       .kernel = {1, 1, 3},
                       .stride = {1, 1, 1},
                       .dilation = {1, 1, far},
                       .pad_before = {0, 0, far},
                       .pad_after = {0, 0, far},
                       .layout = i / 14 % 2 == 0 ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST};
    struct operands o;
    struct rng rng = {(uint64_t)i};
    ck_fault fault = {0};
    const ck_conv_options options = {.algorithm = (ck_conv_algorithm)(i / 28)};
    const ck_status planned = make_plan(context->isa, &g, &options, &o.plan, &fault);
    if (planned == CK_OVERFLOW && strcmp(fault.operand, "workspace") == 0 && far > (ptrdiff_t)1 << 40) continue;
    if (planned != CK_OK) fail(context, "far %td, algorithm %d: status %d", far, i / 28, (int)planned);
    const ck_conv_plan plan = o.plan;
    if (planned != CK_OK || !prepare(context, &rng, &g, 1, &o)) continue;
    o.plan = plan;
    placed(&o, OPERAND_PACKED, plan.packed_count, true);
    real *dw = placed(&o, OPERAND_DW, plan.figures.w_count, true);
    double expected[SIZE * SIZE] = {0}, gradient[SIZE * SIZE * 3] = {0};
    sum_products(&g, &plan.figures, o.at[OPERAND_X], o.at[OPERAND_W], o.at[OPERAND_X], expected, gradient);
    if (pack_weights(&plan, o.at[OPERAND_W], o.counts[OPERAND_W], NULL, 0, o.at[OPERAND_PACKED], plan.packed_count,
                     NULL) != CK_OK)
      fail(context, "far %td: not packed", far);
    for (int t = 0; t < 4; ++t) {
      const ptrdiff_t count = workspace_of(&plan, threads[t]);
      const ptrdiff_t back = backward_workspace_of(&plan, threads[t]);
      if (count < -1 || back < -1) fail(context, "far %td: counts %td and %td", far, count, back);
      if (!plan.transforms && count > MUCH && t < 3) fail(context, "far %td: %td elements", far, count);
      if (threads[t] > 2) continue;
      if (count < MUCH && convolved(&o, threads[t], &fault) != (count < 0 ? CK_OVERFLOW : CK_OK))
        fail(context, "far %td: count %td, operand %s", far, count, fault.operand);
      if (count >= 0 && count < MUCH && !plan.transforms && !equals(o.at[OPERAND_Y], expected, plan.figures.y_count))
        fail(context, "far %td: y differs", far);
      if (back < MUCH && backward_weights(&plan, threads[t], o.at[OPERAND_X], o.counts[OPERAND_X], o.at[OPERAND_X],
                                          plan.figures.y_count, dw, plan.figures.w_count, NULL, 0, NULL, 0,
                                          &fault) != (back < 0 ? CK_OVERFLOW : CK_OK))
        fail(context, "far %td: count %td of the gradient, operand %s", far, back, fault.operand);
      if (back >= 0 && back < MUCH && !plan.transforms && !equals(dw, gradient, plan.figures.w_count))
        fail(context, "far %td: dw differs", far);
    }
  }
}

// A small convolution, which has run once.
static ck_conv small_case(struct context *context, struct operands *o) {
  ck_conv g = {.batch = 1, .groups = 1, .channels = 3, .filters = 5, .input = {1, 4, 4}, .kernel = {1, 3, 3}};
  for (int i = 0; i < 3; ++i) g.stride[i] = g.dilation[i] = 1;
  struct rng rng = {7};
  if (!prepare(context, &rng, &g, 1, o) || !run(o, 1)) fail(context, "refused");
  return g;
}

// What follows the sums may not lie in the workspace; counts that overflow are named with what they are.
static void overlaps_and_overflows(struct context *context) {
  struct operands o;
  ck_fault fault = {0};
  const ck_conv g = small_case(context, &o);
  real *const workspace = o.at[OPERAND_WORKSPACE];
  const epilogue_t within[] = {{.bias = workspace, .bias_count = 5},
                               {.slopes = workspace + 1, .slopes_count = 5},
                               {.residual = workspace, .residual_count = o.counts[OPERAND_Y]}};
  for (int i = 0; i < 3; ++i, ++context->cases_run) {
    const ck_status status =
        convolve(&o.plan, 1, o.at[OPERAND_X], o.counts[OPERAND_X], o.at[OPERAND_PACKED], o.counts[OPERAND_PACKED],
                 o.at[OPERAND_Y], o.counts[OPERAND_Y], &within[i], workspace, o.counts[OPERAND_WORKSPACE], &fault);
    if (status != CK_OVERLAP || strcmp(fault.operand, "workspace") != 0) fail(context, "operand %d: %d", i, status);
  }
  static const char *const names[] = {"elements", "products", "dilation width", "stride width"};
  for (int i = 0; i < 4; ++i, ++context->cases_run) {
    ck_conv large = g;
    ck_conv_figures figures;
    if (i == 0) large.input[1] = large.input[2] = (ptrdiff_t)1 << 40;
    if (i == 1) large.channels = large.filters = 1 << 20, large.input[2] = (ptrdiff_t)1 << 30;
    if (i == 2) large.kernel[2] = 1 << 20, large.dilation[2] = (ptrdiff_t)1 << 50;
    if (i == 3) large.transposed = true, large.stride[2] = (ptrdiff_t)1 << 59;
    const ck_status status = ck_conv_measure(&large, &figures, &fault);
    if (status != CK_OVERFLOW || strcmp(fault.operand, names[i]) != 0 || fault.got <= fault.expected)
      fail(context, "%s: status %d, %s, expected %lld, got %lld", names[i], (int)status, fault.operand,
           (long long)fault.expected, (long long)fault.got);
  }
}

// Short operands, foreign weights and impossible geometries are refused by name.
static void misuse(struct context *context) {
  struct operands o;
  ck_fault fault = {0};
  ck_conv g = small_case(context, &o);
  static const int shortened[] = {OPERAND_X, OPERAND_PACKED, OPERAND_Y, OPERAND_WORKSPACE};
  static const char *const names[] = {"x", "packed", "y", "workspace"};
  for (int i = 0; i < 4; ++i, ++context->cases_run) {
    ptrdiff_t counts[OPERANDS];
    memcpy(counts, o.counts, sizeof counts);
    --counts[shortened[i]];
    const ck_status status =
        convolve(&o.plan, 1, o.at[OPERAND_X], counts[OPERAND_X], o.at[OPERAND_PACKED], counts[OPERAND_PACKED],
                 o.at[OPERAND_Y], counts[OPERAND_Y], NULL, o.at[OPERAND_WORKSPACE], counts[OPERAND_WORKSPACE], &fault);
    if (status != CK_SHORT_BUFFER || strcmp(fault.operand, names[i]) != 0) fail(context, "short %s", names[i]);
  }
  o.at[OPERAND_PACKED][0] = 1;
  if (convolve(&o.plan, 1, o.at[OPERAND_X], o.counts[OPERAND_X], o.at[OPERAND_PACKED], o.counts[OPERAND_PACKED],
               o.at[OPERAND_Y], o.counts[OPERAND_Y], NULL, NULL, 0, &fault) != CK_WRONG_PACKING)
    fail(context, "foreign weights");
  g.kernel[2] = 9;
  if (make_plan(context->isa, &g, &(ck_conv_options){.strict = true}, &o.plan, &fault) != CK_BAD_ARGUMENT)
    fail(context, "empty output");
  g.kernel[2] = 3, g.groups = 2;
  if (make_plan(context->isa, &g, &(ck_conv_options){.strict = true}, &o.plan, &fault) != CK_BAD_ARGUMENT)
    fail(context, "groups that do not divide");
}
