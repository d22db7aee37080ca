// Template: the properties of padding and of convolutions as matrices.  Needs: real, TYPE, pad, pad_backward, im2col,
// col2im, toeplitz.
#include <stdlib.h>
#include <string.h>

#include "guarded.h"
#include "harness.h"

enum { FROM, TO, PAD_ARENAS, PAD_LARGEST = 1 << 15 };

static const struct arena *pad_arena(int operand) {
  static struct arena arenas[PAD_ARENAS];
  if (arenas[operand].bytes == 0) arenas[operand] = arena_make(PAD_LARGEST * sizeof(real) + 4096);
  return &arenas[operand];
}

// Small integers: every sum is exact, but for the sign of zero, which the order decides as well.
static real *pad_place(struct rng *rng, int operand, ptrdiff_t count) {
  const bool right = rng_chance(rng, 60);
  const size_t slack = right ? (guards_keep_off ? 64 : 0) : sizeof(real) * (size_t)rng_range(rng, 0, 15);
  real *values = arena_place(pad_arena(operand), (size_t)count * sizeof(real), slack, right);
  for (ptrdiff_t i = 0; i < count; ++i) values[i] = (real)((double)(int64_t)rng_next(rng) * 0x1p-60);
  return values;
}

static void pad_compare(struct context *context, const real *got, const real *expected, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; ++i)
    if (memcmp(got + i, expected + i, sizeof *got) != 0) {
      fail(context, "element %td is %g, not %g", i, (double)got[i], (double)expected[i]);
      break;
    }
  if (!arena_intact(pad_arena(TO), got, (size_t)count * sizeof(real))) fail(context, "bytes beside the output changed");
  ++context->cases_run;
}

// Where an axis of n elements leads from place i: mirrored until it is inside.
static ptrdiff_t mirrored(ck_pad_mode mode, ptrdiff_t i, ptrdiff_t n) {
  while (i < 0 || i >= n) {
    if (mode == CK_PAD_CONSTANT) return -1;
    if (mode == CK_PAD_REPLICATE || n == 1) return i < 0 ? 0 : n - 1;
    i = i < 0 ? -i : 2 * (n - 1) - i;
  }
  return i;
}

// The element of an image at these coordinates.
static ptrdiff_t place_of(ck_channels layout, const ptrdiff_t *extents, ptrdiff_t channels, ptrdiff_t n, ptrdiff_t c,
                          const ptrdiff_t at[3]) {
  const ptrdiff_t size = extents[0] * extents[1] * extents[2];
  const ptrdiff_t pixel = (at[0] * extents[1] + at[1]) * extents[2] + at[2];
  return layout == CK_CHANNELS_LAST ? (n * size + pixel) * channels + c : (n * channels + c) * size + pixel;
}

static void coordinates(ptrdiff_t index, const ptrdiff_t *extents, ptrdiff_t at[3]) {
  at[0] = index / extents[2] / extents[1];
  at[1] = index / extents[2] % extents[1];
  at[2] = index % extents[2];
}

static ck_pad draw_pad(struct rng *rng, ptrdiff_t padded[3]) {
  ck_pad p = {.batch = rng_range(rng, 0, 3),
              .channels = rng_range(rng, 1, rng_chance(rng, 20) ? 40 : 5),
              .layout = (ck_channels)rng_range(rng, 0, 1),
              .mode = (ck_pad_mode)rng_range(rng, 0, 2)};
  const ptrdiff_t axes = rng_range(rng, 1, 3);
  for (int i = 0; i < 3; ++i) {
    const bool there = i >= 3 - axes;
    p.input[i] = there ? rng_range(rng, 1, i == 2 ? 30 : 5) : 1;
    p.before[i] = there ? rng_range(rng, -1, rng_chance(rng, 20) ? 20 : 3) : 0;
    p.after[i] = there ? rng_range(rng, p.input[i] + p.before[i] > 0 ? -1 : 0, 3) : 0;
    padded[i] = p.input[i] + p.before[i] + p.after[i];
  }
  while (p.batch * p.channels * padded[0] * padded[1] * padded[2] > PAD_LARGEST) --p.batch;
  return p;
}

static void pads(struct context *context) {
  static real expected[PAD_LARGEST];
  for (long i = 0; i < context->options.cases; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i};
    context->replay_seed = rng.state;
    ptrdiff_t padded[3];
    const ck_pad p = draw_pad(&rng, padded);
    const bool backward = rng_chance(&rng, 50);
    const int threads = context->options.in_process ? 1 : (int)rng_range(&rng, 1, 3);
    now_running(TYPE " pad%s mode %d last %d %tdx%td: %tdx%tdx%td before %td %td %td after %td %td %td",
                backward ? " backward" : "", p.mode, p.layout == CK_CHANNELS_LAST, p.batch, p.channels, p.input[0],
                p.input[1], p.input[2], p.before[0], p.before[1], p.before[2], p.after[0], p.after[1], p.after[2]);
    ptrdiff_t inner, outer;
    if (ck_pad_measure(&p, &inner, &outer, NULL) != CK_OK) fail(context, "refused");
    real *from = pad_place(&rng, FROM, backward ? outer : inner), *to = pad_place(&rng, TO, backward ? inner : outer);
    if (backward) memset(expected, 0, sizeof *expected * (size_t)inner);
    const ptrdiff_t pixels = padded[0] * padded[1] * padded[2];
    for (ptrdiff_t n = 0; n < p.batch; ++n)
      for (ptrdiff_t c = 0; c < p.channels; ++c)
        for (ptrdiff_t o = 0; o < pixels; ++o) {
          ptrdiff_t at[3], source[3];
          bool inside = true;
          coordinates(o, padded, at);
          for (int a = 0; a < 3; ++a) {
            source[a] = mirrored(p.mode, at[a] - p.before[a], p.input[a]);
            inside &= source[a] >= 0;
          }
          const ptrdiff_t y = place_of(p.layout, padded, p.channels, n, c, at);
          const ptrdiff_t x = place_of(p.layout, p.input, p.channels, n, c, source);
          if (backward && inside) expected[x] += from[y];
          if (!backward) expected[y] = inside ? from[x] : (real)2.5;
        }
    const ck_status status = backward ? pad_backward(context->isa, threads, &p, from, to, NULL)
                                      : pad(context->isa, threads, &p, (real)2.5, from, to, NULL);
    if (status != CK_OK) fail(context, "status %d", status);
    pad_compare(context, to, expected, backward ? inner : outer);
  }
}

static ck_conv draw_geometry(struct rng *rng, ck_conv_figures *figures) {
  for (;;) {
    ck_conv g = {.batch = rng_range(rng, 1, 2),
                 .groups = rng_range(rng, 1, 2),
                 .layout = (ck_channels)rng_range(rng, 0, 1),
                 .weights = (ck_filters)rng_range(rng, 0, 1),
                 .flipped = rng_chance(rng, 30)};
    g.channels = g.groups * rng_range(rng, 1, rng_chance(rng, 10) ? 9 : 3);
    g.filters = g.groups * rng_range(rng, 1, 2);
    const ptrdiff_t axes = rng_range(rng, 1, 3);
    for (int i = 0; i < 3; ++i) {
      const bool there = i >= 3 - axes;
      g.input[i] = there ? rng_range(rng, 1, i == 2 ? 12 : 5) : 1;
      g.kernel[i] = there ? rng_range(rng, 1, 4) : 1;
      g.stride[i] = there ? rng_range(rng, 1, rng_chance(rng, 50) ? 1 : 3) : 1;
      g.dilation[i] = there ? rng_range(rng, 1, rng_chance(rng, 50) ? 1 : 3) : 1;
      g.pad_before[i] = there ? rng_range(rng, 0, 5) : 0;
      g.pad_after[i] = there ? rng_range(rng, -1, 5) : 0;
    }
    const ptrdiff_t columns = ck_conv_columns_count(&g), matrix = ck_conv_toeplitz_count(&g);
    if (columns < 0 || columns > PAD_LARGEST || matrix > PAD_LARGEST) continue;
    if (ck_conv_measure(&g, figures, NULL) == CK_OK) return g;
  }
}

static void describe_geometry(const ck_conv *g, const char *what) {
  now_running(TYPE
              " %s n%td g%td c%td f%td i %td %td %td k %td %td %td s %td %td %td d %td %td %td p %td %td %td after "
              "%td %td %td last %d flipped %d",
              what, g->batch, g->groups, g->channels, g->filters, g->input[0], g->input[1], g->input[2], g->kernel[0],
              g->kernel[1], g->kernel[2], g->stride[0], g->stride[1], g->stride[2], g->dilation[0], g->dilation[1],
              g->dilation[2], g->pad_before[0], g->pad_before[1], g->pad_before[2], g->pad_after[0], g->pad_after[1],
              g->pad_after[2], g->layout == CK_CHANNELS_LAST, g->flipped);
}

// Where in x tap t of output o lies; false outside.
static bool tap_place(const ck_conv *g, const ck_conv_figures *f, ptrdiff_t o, ptrdiff_t t, ptrdiff_t at[3]) {
  ptrdiff_t out[3], tap[3];
  coordinates(o, f->output, out);
  coordinates(t, g->kernel, tap);
  for (int a = 0; a < 3; ++a) {
    const ptrdiff_t step = g->flipped ? g->kernel[a] - 1 - tap[a] : tap[a];
    at[a] = out[a] * g->stride[a] + step * g->dilation[a] - g->pad_before[a];
    if (at[a] < 0 || at[a] >= g->input[a]) return false;
  }
  return true;
}

static void columns(struct context *context) {
  static real expected[PAD_LARGEST];
  for (long i = 0; i < context->options.cases / 2; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i};
    context->replay_seed = rng.state;
    ck_conv_figures f;
    const ck_conv g = draw_geometry(&rng, &f);
    const bool backward = rng_chance(&rng, 50);
    describe_geometry(&g, backward ? "col2im" : "im2col");
    const ptrdiff_t count = ck_conv_columns_count(&g), taps = g.kernel[0] * g.kernel[1] * g.kernel[2];
    const ptrdiff_t outputs = f.output[0] * f.output[1] * f.output[2];
    real *from = pad_place(&rng, FROM, backward ? count : f.x_count);
    real *to = pad_place(&rng, TO, backward ? f.x_count : count);
    memset(expected, 0, sizeof expected);
    for (ptrdiff_t n = 0; n < g.batch; ++n)
      for (ptrdiff_t c = 0; c < g.channels; ++c)
        for (ptrdiff_t t = 0; t < taps; ++t)
          for (ptrdiff_t o = 0; o < outputs; ++o) {
            const ptrdiff_t column = g.layout == CK_CHANNELS_LAST ? ((n * outputs + o) * taps + t) * g.channels + c
                                                                  : ((n * g.channels + c) * taps + t) * outputs + o;
            ptrdiff_t at[3];
            if (!tap_place(&g, &f, o, t, at)) continue;
            const ptrdiff_t x = place_of(g.layout, g.input, g.channels, n, c, at);
            if (backward)
              expected[x] += from[column];
            else
              expected[column] = from[x];
          }
    const int threads = context->options.in_process ? 1 : (int)rng_range(&rng, 1, 3);
    const ck_status status = backward ? col2im(context->isa, threads, &g, from, to, NULL)
                                      : im2col(context->isa, threads, &g, from, to, NULL);
    if (status != CK_OK) fail(context, "status %d", status);
    pad_compare(context, to, expected, backward ? f.x_count : count);
  }
}

static void toeplitz_matrices(struct context *context) {
  static real expected[PAD_LARGEST];
  for (long i = 0; i < context->options.cases / 4; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i};
    context->replay_seed = rng.state;
    ck_conv_figures f;
    const ck_conv g = draw_geometry(&rng, &f);
    describe_geometry(&g, "toeplitz");
    const ptrdiff_t count = ck_conv_toeplitz_count(&g), taps = g.kernel[0] * g.kernel[1] * g.kernel[2];
    const ptrdiff_t outputs = f.output[0] * f.output[1] * f.output[2], depth = g.channels / g.groups;
    real *w = pad_place(&rng, FROM, f.w_count), *matrix = pad_place(&rng, TO, count);
    memset(expected, 0, sizeof expected);
    for (ptrdiff_t k = 0; k < g.filters; ++k)
      for (ptrdiff_t c = 0; c < depth; ++c)
        for (ptrdiff_t t = 0; t < taps; ++t)
          for (ptrdiff_t o = 0; o < outputs; ++o) {
            ptrdiff_t at[3], out[3];
            if (!tap_place(&g, &f, o, t, at)) continue;
            coordinates(o, f.output, out);
            const ptrdiff_t channel = k / (g.filters / g.groups) * depth + c;
            const ptrdiff_t y = place_of(g.layout, f.output, g.filters, 0, k, out);
            const ptrdiff_t x = place_of(g.layout, g.input, g.channels, 0, channel, at);
            expected[y * (f.x_count / g.batch) + x] =
                w[g.weights == CK_FILTERS_LAST ? (t * depth + c) * g.filters + k : (k * depth + c) * taps + t];
          }
    const ck_status status = toeplitz(context->isa, 1, &g, w, matrix, NULL);
    if (status != CK_OK) fail(context, "status %d", status);
    pad_compare(context, matrix, expected, count);
  }
}

static void pad_refusal(struct context *context, int number, ck_status got, const ck_fault *fault, ck_status expected,
                        const char *operand) {
  ++context->cases_run;
  if (got != expected || fault->operand == NULL || strcmp(fault->operand, operand) != 0)
    fail(context, "call %d: status %d blames %s, not %d and %s", number, got,
         fault->operand ? fault->operand : "nothing", expected, operand);
}

// A tall image takes time in proportion to its height.  Of ones, dx counts the places that an element goes to.
static void pad_tall(struct context *context) {
  enum { HEIGHT = 1 << 19, BEFORE = 3, AFTER = 5 };
  real *dy = malloc((2 * HEIGHT + BEFORE + AFTER) * sizeof *dy), *dx = dy + HEIGHT + BEFORE + AFTER;
  for (ptrdiff_t i = 0; i < HEIGHT + BEFORE + AFTER; ++i) dy[i] = 1;
  for (int mode = 0; mode < CK_PAD_MODE_COUNT; ++mode, ++context->cases_run) {
    const ck_pad tall = {1, 1, {1, HEIGHT, 1}, {0, BEFORE, 0}, {0, AFTER, 0}, CK_CHANNELS_LAST, (ck_pad_mode)mode};
    if (pad_backward(context->isa, 1, &tall, dy, dx, NULL) != CK_OK) fail(context, "mode %d is refused", mode);
    for (ptrdiff_t i = 0; i < HEIGHT; ++i) {
      const bool mirrored = (i >= 1 && i <= BEFORE) || (i >= HEIGHT - 1 - AFTER && i < HEIGHT - 1);
      real expected = 1 + (mode == CK_PAD_REFLECT && mirrored);
      if (mode == CK_PAD_REPLICATE) expected += (i == 0 ? BEFORE : 0) + (i == HEIGHT - 1 ? AFTER : 0);
      if (dx[i] != expected) fail(context, "mode %d, row %td: %g", mode, i, (double)dx[i]);
    }
  }
  free(dy);
}

static void pad_misuse(struct context *context) {
  real memory[200] = {0};
  const ck_pad sound = {1, 2, {1, 3, 4}, {0, 1, 1}, {0, 1, 1}, CK_CHANNELS_LAST, CK_PAD_REFLECT};
  ck_pad bad[5] = {sound, sound, sound, sound, sound};
  bad[0].mode = CK_PAD_MODE_COUNT;
  bad[1].channels = -1;
  bad[2].input[1] = 0;
  bad[3].after[2] = -6;
  bad[4].before[0] = PTRDIFF_MAX;
  static const struct {
    ck_status status;
    const char *operand;
  } answers[] = {{CK_BAD_ARGUMENT, "mode"},
                 {CK_NEGATIVE_SIZE, "channels"},
                 {CK_BAD_ARGUMENT, "input"},
                 {CK_NEGATIVE_SIZE, "padded"},
                 {CK_OVERFLOW, "before"}};
  for (int i = 0; i < 5; ++i) {
    ck_fault fault = {0};
    const ck_status status = pad(context->isa, 1, &bad[i], 0, memory, memory + 50, &fault);
    pad_refusal(context, i, status, &fault, answers[i].status, answers[i].operand);
  }
  ck_fault fault = {0};
  pad_refusal(context, 5, pad(context->isa, 0, &sound, 0, memory, memory + 50, &fault), &fault, CK_BAD_ARGUMENT,
              "threads");
  pad_refusal(context, 6, pad(context->isa, 1, &sound, 0, memory, memory + 23, &fault), &fault, CK_OVERLAP, "x");
  pad_refusal(context, 7, pad_backward(context->isa, 1, &sound, memory, memory + 59, &fault), &fault, CK_OVERLAP, "dy");
  ck_conv g = {.batch = 1, .groups = 1, .channels = 2, .filters = 1, .input = {1, 3, 4}, .kernel = {1, 2, 2}};
  for (int i = 0; i < 3; ++i) g.stride[i] = g.dilation[i] = 1;
  pad_refusal(context, 8, im2col(context->isa, 1, &g, memory, memory + 23, &fault), &fault, CK_OVERLAP, "x");
  pad_refusal(context, 9, col2im(context->isa, 1, &g, memory, memory + 47, &fault), &fault, CK_OVERLAP, "columns");
  pad_refusal(context, 10, toeplitz(context->isa, 1, &g, memory, memory + 7, &fault), &fault, CK_OVERLAP, "w");
  g.transposed = true;
  pad_refusal(context, 11, im2col(context->isa, 1, &g, memory, memory + 50, &fault), &fault, CK_BAD_ARGUMENT,
              "transposed");
}
