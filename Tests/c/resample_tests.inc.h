// Template: resampling, there and back, against its definition.
// Needs: real, wide, UNIT, TYPE and the entry points that the including file names.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "guarded.h"
#include "harness.h"

enum { ROOM = 1 << 24 };

struct resample_case {
  ck_resample shape;
  uint64_t seed;
  int threads;
  bool right;
};

struct resample_run {
  ptrdiff_t inputs, outputs;
  real *x, *y, *dy, *dx;
};

static struct resample_case random_case(struct rng *rng) {
  struct resample_case c = {.seed = rng_next(rng), .threads = (int)rng_range(rng, 1, 3), .right = rng_chance(rng, 50)};
  ck_resample *r = &c.shape;
  r->kind = (ck_resample_kind)rng_range(rng, 0, 3);
  r->layout = rng_chance(rng, 50) ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST;
  r->batch = rng_chance(rng, 95) ? rng_range(rng, 1, 2) : 0;
  r->channels = rng_range(rng, 1, rng_chance(rng, 75) ? 4 : 40);
  const int axes = (int)rng_range(rng, 1, 3);
  for (int i = 0; i < 3; ++i) {
    r->input[i] = i < 3 - axes ? 1 : rng_range(rng, 1, rng_chance(rng, 80) ? 7 : 20);
    r->output[i] = i < 3 - axes ? 1 : rng_range(rng, 1, rng_chance(rng, 80) ? 2 * r->input[i] : 25);
    r->scale[i] = rng_chance(rng, 80) ? 0 : (double)rng_range(rng, 1, 12) / 8;
  }
  return c;
}

static void say(const struct resample_case *c) {
  const ck_resample *r = &c->shape;
  now_running(TYPE " kind %d layout %d n%td c%td %tdx%tdx%td to %tdx%tdx%td scale %g,%g,%g", (int)r->kind,
              (int)r->layout, r->batch, r->channels, r->input[0], r->input[1], r->input[2], r->output[0], r->output[1],
              r->output[2], r->scale[0], r->scale[1], r->scale[2]);
}

struct resample_arenas {
  struct arena x, y, dy, dx;
};

static real *place(const struct arena *arena, ptrdiff_t count, bool right) {
  return arena_place(arena, (size_t)count * sizeof(real), guards_keep_off && right ? 64 : 0, right);
}

static bool perform(struct context *context, const struct resample_case *c, const struct resample_arenas *a,
                    struct resample_run *r) {
  struct rng rng = {c->seed};
  *r = (struct resample_run){.inputs = ck_resample_input_count(&c->shape),
                             .outputs = ck_resample_output_count(&c->shape)};
  r->x = place(&a->x, r->inputs, c->right), r->y = place(&a->y, r->outputs, c->right);
  r->dy = place(&a->dy, r->outputs, c->right), r->dx = place(&a->dx, r->inputs, c->right);
  for (ptrdiff_t i = 0; i < r->inputs; ++i) r->x[i] = (real)((double)(int64_t)rng_next(&rng) * 0x1p-63);
  for (ptrdiff_t i = 0; i < r->outputs; ++i) r->dy[i] = (real)((double)(int64_t)rng_next(&rng) * 0x1p-63);
  memset(r->y, 0xff, (size_t)r->outputs * sizeof(real));
  memset(r->dx, 0xff, (size_t)r->inputs * sizeof(real));
  ck_fault fault = {0};
  ck_status status = forward(c->threads, &c->shape, r->x, r->y, &fault);
  if (status == CK_OK) status = backward(c->threads, &c->shape, r->dy, r->dx, &fault);
  ++context->cases_run;
  const bool intact = arena_intact(&a->y, r->y, (size_t)r->outputs * sizeof(real)) &&
                      arena_intact(&a->dx, r->dx, (size_t)r->inputs * sizeof(real));
  if (status != CK_OK) fail(context, "status %d, operand %s", (int)status, fault.operand);
  if (!intact) fail(context, "wrote outside an operand");
  return status == CK_OK && intact;
}

// The two inputs beside output o of an axis, and what each is worth.
struct pair_of {
  ptrdiff_t at[2];
  wide weight[2];
};

// Coordinates in parts of `unit`: 1 / (2 m), 1 / (m - 1), or 1 / 16 for the scales that are drawn here.
static struct pair_of beside(const ck_resample *r, int i, ptrdiff_t o) {
  const ptrdiff_t n = r->input[i], m = r->output[i], scale = (ptrdiff_t)(r->scale[i] * 8);
  const bool corners = r->kind == CK_RESAMPLE_LINEAR_CORNERS;
  const ptrdiff_t unit = corners ? (m > 1 ? m - 1 : 1) : scale > 0 ? 16 : 2 * m;
  const ptrdiff_t center = scale > 0 ? (2 * o + 1) * scale : (2 * o + 1) * n;
  ptrdiff_t c = scale > 0 ? 2 * o * scale : 2 * o * n;
  if (r->kind == CK_RESAMPLE_NEAREST_CENTER) c = center;
  if (r->kind == CK_RESAMPLE_LINEAR) c = center < unit / 2 ? 0 : center - unit / 2;
  if (corners) c = o * (n - 1);
  if (c > (n - 1) * unit) c = (n - 1) * unit;
  const ptrdiff_t low = c / unit, part = c % unit;
  const bool linear = r->kind >= CK_RESAMPLE_LINEAR && low + 1 < n;
  if (!linear) return (struct pair_of){{low, low}, {1, 0}};
  return (struct pair_of){{low, low + 1}, {(wide)(unit - part) / (wide)unit, (wide)part / (wide)unit}};
}

static ptrdiff_t element(const ck_resample *r, ptrdiff_t plane, ptrdiff_t size, ptrdiff_t at) {
  if (r->layout == CK_CHANNELS_FIRST) return plane * size + at;
  return (plane / r->channels * size + at) * r->channels + plane % r->channels;
}

struct gradient {
  wide *sum, *scale;
  int32_t *terms;
};

// One output against its eight neighbours, and what it passes back to them.
static void check_output(struct context *context, const struct resample_case *c, const struct resample_run *run,
                         ptrdiff_t plane, const ptrdiff_t o[3], struct gradient *g) {
  const ck_resample *r = &c->shape;
  const ptrdiff_t size = r->input[0] * r->input[1] * r->input[2];
  const ptrdiff_t outputs = r->output[0] * r->output[1] * r->output[2];
  const ptrdiff_t at = element(r, plane, outputs, (o[0] * r->output[1] + o[1]) * r->output[2] + o[2]);
  struct pair_of beside_axis[3];
  for (int i = 0; i < 3; ++i) beside_axis[i] = beside(r, i, o[i]);
  wide sum = 0, scale = 0;
  for (int corner = 0; corner < 8; ++corner) {
    wide weight = 1;
    ptrdiff_t flat = 0;
    for (int i = 0; i < 3; ++i) {
      weight *= beside_axis[i].weight[corner >> i & 1];
      flat = flat * r->input[i] + beside_axis[i].at[corner >> i & 1];
    }
    if (weight == 0) continue;
    const ptrdiff_t from = element(r, plane, size, flat);
    sum += weight * run->x[from], scale += weight * (wide)fabs((double)run->x[from]);
    g->sum[from] += weight * run->dy[at], g->scale[from] += weight * (wide)fabs((double)run->dy[at]);
    ++g->terms[from];
  }
  const wide error = (wide)run->y[at] - sum, bound = 15 * UNIT * scale;
  if (!((error < 0 ? -error : error) <= bound)) fail(context, "output %td is %.17g", at, (double)run->y[at]);
}

static void check_case(struct context *context, const struct resample_case *c, const struct resample_run *run) {
  const ck_resample *r = &c->shape;
  const size_t n = (size_t)run->inputs + 1;
  struct gradient g = {calloc(n, sizeof(wide)), calloc(n, sizeof(wide)), calloc(n, sizeof(int32_t))};
  for (ptrdiff_t plane = 0; plane < r->batch * r->channels; ++plane)
    for (ptrdiff_t i = 0; i < r->output[0] * r->output[1] * r->output[2]; ++i) {
      const ptrdiff_t o[3] = {i / r->output[2] / r->output[1], i / r->output[2] % r->output[1], i % r->output[2]};
      check_output(context, c, run, plane, o, &g);
    }
  for (ptrdiff_t i = 0; i < run->inputs; ++i) {
    const wide error = (wide)run->dx[i] - g.sum[i], bound = (g.terms[i] + 10) * UNIT * g.scale[i];
    if (!((error < 0 ? -error : error) <= bound)) fail(context, "gradient %td is %.17g", i, (double)run->dx[i]);
  }
  free(g.sum), free(g.scale), free(g.terms);
}

static void match_the_definition(struct context *context) {
  const struct resample_arenas arenas = {arena_make(ROOM), arena_make(ROOM), arena_make(ROOM), arena_make(ROOM)};
  for (long i = 0; i < context->options.cases && context->failures == 0; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i * 0x9e3779b97f4a7c15};
    const struct resample_case c = random_case(&rng);
    struct resample_run run;
    say(&c);
    if (perform(context, &c, &arenas, &run)) check_case(context, &c, &run);
  }
  arena_free(arenas.x), arena_free(arenas.y), arena_free(arenas.dy), arena_free(arenas.dx);
}

static uint64_t hash_of_resamplings(struct context *context, int threads) {
  const struct resample_arenas arenas = {arena_make(ROOM), arena_make(ROOM), arena_make(ROOM), arena_make(ROOM)};
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (long i = 0; i < (is_brief(context) ? 20 : 200); ++i) {
    struct rng rng = {(uint64_t)i * 0xd1342543de82ef95};
    struct resample_case c = random_case(&rng);
    struct resample_run run;
    c.threads = threads;
    if (i % 4 == 0) c.shape.batch = 3, c.shape.input[2] = 90, c.shape.output[2] = 181, c.shape.channels = 40;
    if (i % 4 == 0) c.shape.input[0] = c.shape.output[0] = 1;
    say(&c);
    perform(context, &c, &arenas, &run);
    const unsigned char *const parts[] = {(const void *)run.y, (const void *)run.dx};
    const size_t bytes[] = {(size_t)run.outputs * sizeof(real), (size_t)run.inputs * sizeof(real)};
    for (int part = 0; part < 2; ++part)
      for (size_t b = 0; b < bytes[part]; ++b) hash = (hash ^ parts[part][b]) * 0x100000001b3;
  }
  arena_free(arenas.x), arena_free(arenas.y), arena_free(arenas.dy), arena_free(arenas.dx);
  return hash;
}

static void keep_the_bits(struct context *context) {
  const uint64_t hash = hash_of_resamplings(context, 1);
  printf("hash resample %s fused %016llx\n", TYPE, (unsigned long long)hash);
  for (int threads = 2; threads <= (is_brief(context) ? 2 : 4); ++threads)
    if (hash_of_resamplings(context, threads) != hash) fail(context, "other bits with %d threads", threads);
}

static void refuses(struct context *context, const ck_resample *r, ck_status status, const char *operand) {
  const real x[16] = {0};
  real y[64] = {7};
  ck_fault fault = {0};
  const ck_status got = forward(1, r, x, y, &fault);
  if (got != status || strcmp(fault.operand, operand) || y[0] != 7) fail(context, "status %d: %s", (int)got, operand);
  ++context->cases_run;
}

static void refuses_misuse(struct context *context) {
  const ck_resample good = {.batch = 1, .channels = 1, .input = {1, 4, 4}, .output = {1, 8, 8}};
  ck_resample r = good;
  r.kind = (ck_resample_kind)4, refuses(context, &r, CK_BAD_ARGUMENT, "kind"), r = good;
  r.input[1] = 0, refuses(context, &r, CK_BAD_ARGUMENT, "input"), r = good;
  r.output[2] = -1, refuses(context, &r, CK_BAD_ARGUMENT, "output"), r = good;
  r.scale[0] = -1, refuses(context, &r, CK_BAD_ARGUMENT, "scale"), r = good;
  r.scale[0] = INFINITY, refuses(context, &r, CK_BAD_ARGUMENT, "scale"), r = good;
  r.batch = -1, refuses(context, &r, CK_NEGATIVE_SIZE, "batch"), r = good;
  r.channels = PTRDIFF_MAX / 4, refuses(context, &r, CK_OVERFLOW, "input"), r = good;
  real x[80] = {0};
  if (forward(0, &good, x, x + 16, NULL) != CK_BAD_ARGUMENT) fail(context, "took 0 threads");
  if (forward(1, &good, x, x + 15, NULL) != CK_OVERLAP) fail(context, "took y within x");
  if (backward(1, &good, x, x + 63, NULL) != CK_OVERLAP) fail(context, "took dx within dy");
}
