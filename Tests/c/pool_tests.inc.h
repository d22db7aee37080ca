// Template: pooling, there and back, against its definition.
// Needs: real, wide, wide_power, UNIT, TYPE and the entry points that the including file names.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "guarded.h"
#include "harness.h"

enum { ROOM = 1 << 23 };

// What a case is; everything else follows from the seed.  fill: small integers, reals, reals with special values,
// mostly -infinity.
struct pool_case {
  ck_pool pool;
  uint64_t seed;
  int threads, fill;
  bool indexed, right;
};

struct pool_arenas {
  struct arena x, y, indices, dy, dx;
};

struct pool_run {
  ptrdiff_t inputs, outputs;  // elements
  real *x, *y, *dy, *dx;
  int32_t *indices;
};

static struct pool_arenas make_arenas(void) {
  return (struct pool_arenas){arena_make(ROOM), arena_make(ROOM), arena_make(ROOM), arena_make(ROOM), arena_make(ROOM)};
}

static void free_arenas(const struct pool_arenas *a) {
  arena_free(a->x), arena_free(a->y), arena_free(a->indices), arena_free(a->dy), arena_free(a->dx);
}

static void random_axis(struct rng *rng, ck_pool *p, int i, bool there, bool global) {
  p->input[i] = p->output[i] = p->kernel[i] = p->stride[i] = p->dilation[i] = 1;
  if (!there) return;
  p->input[i] = rng_range(rng, 1, rng_chance(rng, 80) ? 9 : i == 2 ? 90 : 20);
  p->output[i] = rng_range(rng, 1, p->input[i] + 1);
  p->kernel[i] = global ? p->input[i] : rng_range(rng, 1, rng_chance(rng, 75) ? 4 : 10);
  if (global) return;
  p->stride[i] = rng_range(rng, 1, rng_chance(rng, 75) ? 3 : 6);
  p->dilation[i] = rng_chance(rng, 66) ? 1 : rng_range(rng, 1, 4);
  p->pad_before[i] = rng_chance(rng, 50) ? 0 : rng_range(rng, 0, 2 * p->kernel[i]);
  p->pad_after[i] = rng_chance(rng, 50) ? 0 : rng_range(rng, 0, 2 * p->kernel[i]);
}

// What networks are made of: small square windows a stride of 1 or 2 apart, or one over the whole image.  Whether the
// latter.
static bool usual_windows(struct rng *rng, ck_pool *p) {
  const bool global = rng_chance(rng, 33), planes = global || rng_chance(rng, 50);
  p->layout = planes ? CK_CHANNELS_FIRST : CK_CHANNELS_LAST;
  if (!planes) p->channels = 32 * rng_range(rng, 1, 2) + rng_range(rng, 0, 8);
  if (global) p->kind = CK_POOL_MAX;
  p->adaptive = false;
  const ptrdiff_t kernel = rng_range(rng, 2, 3), stride = planes ? rng_range(rng, 1, 2) : 2;
  for (int i = 0; i < 3; ++i) {
    random_axis(rng, p, i, false, global);
    p->pad_before[i] = p->pad_after[i] = 0;
    if (i == 0) continue;
    p->input[i] = rng_range(rng, 5, planes && !global && i == 2 ? 80 : 12);
    p->kernel[i] = global ? p->input[i] : kernel;
    p->stride[i] = global ? 1 : stride;
    if (!global) p->pad_before[i] = rng_range(rng, 0, 1), p->pad_after[i] = rng_range(rng, 0, 1);
  }
  return global;
}

// A pooling that has an output.
static struct pool_case random_case(struct rng *rng) {
  struct pool_case c;
  ptrdiff_t output[3];
  do {
    c = (struct pool_case){.seed = rng_next(rng), .threads = (int)rng_range(rng, 1, 3), .right = rng_chance(rng, 50)};
    ck_pool *p = &c.pool;
    p->kind = (ck_pool_kind)rng_range(rng, 0, 2);
    p->layout = rng_chance(rng, 50) ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST;
    p->adaptive = rng_chance(rng, 15), p->ceil_mode = rng_chance(rng, 50), p->count_padding = rng_chance(rng, 50);
    p->divisor = rng_chance(rng, 20) ? rng_range(rng, 1, 9) : 0;
    p->exponent = (int)rng_range(rng, 1, rng_chance(rng, 75) ? 4 : 9);
    p->batch = rng_chance(rng, 95) ? rng_range(rng, 1, 2) : 0;
    p->channels = rng_range(rng, 1, rng_chance(rng, 75) ? 4 : 40);
    const int axes = (int)rng_range(rng, 1, 3);
    const bool global = rng_chance(rng, 10);
    for (int i = 0; i < 3; ++i) random_axis(rng, p, i, i >= 3 - axes, global);
    const bool whole = rng_chance(rng, 20) && usual_windows(rng, p);
    c.fill = whole ? 2 : (int)rng_range(rng, 0, 3);
    c.indexed = p->kind == CK_POOL_MAX && !whole && rng_chance(rng, 50);
  } while (ck_pool_output(&c.pool, output, NULL) != CK_OK);
  return c;
}

static void say(const struct pool_case *c) {
  const ck_pool *p = &c->pool;
  now_running(TYPE " kind %d layout %d adaptive %d ceil %d padding %d divisor %td exponent %d n%td c%td fill %d %s; "
                   "input %tdx%tdx%td k %tdx%tdx%td s %td,%td,%td d %td,%td,%td pad %td:%td,%td:%td,%td:%td",
              (int)p->kind, (int)p->layout, p->adaptive, p->ceil_mode, p->count_padding, p->divisor, p->exponent,
              p->batch, p->channels, c->fill, c->indexed ? "indices" : "", p->input[0], p->input[1], p->input[2],
              p->kernel[0], p->kernel[1], p->kernel[2], p->stride[0], p->stride[1], p->stride[2], p->dilation[0],
              p->dilation[1], p->dilation[2], p->pad_before[0], p->pad_after[0], p->pad_before[1], p->pad_after[1],
              p->pad_before[2], p->pad_after[2]);
}

static real next_element(struct rng *rng, int fill) {
  if (fill == 0) return (real)rng_range(rng, -4, 4);
  static const real specials[] = {NAN, INFINITY, -INFINITY, -0.0, 0};
  if (fill == 2 && rng_chance(rng, 10)) return specials[rng_range(rng, 0, 4)];
  if (fill == 3 && rng_chance(rng, 80)) return -INFINITY;
  // At least 1/16, so that powers do not underflow.
  const real x = (real)((double)(rng_next(rng) >> 11) * 0x1p-53 * 0.9375 + 0.0625);
  return rng_chance(rng, 50) ? x : -x;
}

static void *place(const struct arena *arena, ptrdiff_t count, size_t size, bool right) {
  return arena_place(arena, (size_t)count * size, guards_keep_off && right ? 64 : 0, right);
}

static struct pool_run prepare(const struct pool_case *c, const struct pool_arenas *a) {
  struct rng rng = {c->seed};
  struct pool_run r = {.inputs = ck_pool_input_count(&c->pool), .outputs = ck_pool_output_count(&c->pool)};
  r.x = place(&a->x, r.inputs, sizeof(real), c->right), r.y = place(&a->y, r.outputs, sizeof(real), c->right);
  r.dy = place(&a->dy, r.outputs, sizeof(real), c->right), r.dx = place(&a->dx, r.inputs, sizeof(real), c->right);
  if (c->indexed) r.indices = place(&a->indices, r.outputs, sizeof(int32_t), c->right);
  // Sums of powers up to 2^80 and down to 2^-80 and less: a root is hardest far from 1.
  const int reach = c->pool.kind == CK_POOL_LP && c->fill == 1 ? 80 / c->pool.exponent : 0;
  const real scale = (real)ldexp(1, (int)rng_range(&rng, -reach, reach));
  for (ptrdiff_t i = 0; i < r.inputs; ++i) r.x[i] = scale * next_element(&rng, c->fill);
  for (ptrdiff_t i = 0; i < r.outputs; ++i) r.dy[i] = next_element(&rng, c->fill == 0 ? 0 : 1);
  memset(r.y, 0xff, (size_t)r.outputs * sizeof(real));
  memset(r.dx, 0xff, (size_t)r.inputs * sizeof(real));
  return r;
}

// There, and back unless it is a maximum without indices.
static bool perform(struct context *context, const struct pool_case *c, const struct pool_arenas *a,
                    const struct pool_run *r) {
  ck_fault fault = {0};
  ck_status status = forward(context->isa, c->threads, &c->pool, r->x, r->y, r->indices, &fault);
  if (status == CK_OK && (c->pool.kind != CK_POOL_MAX || c->indexed))
    status = backward(context->isa, c->threads, &c->pool, r->x, r->y, r->indices, r->dy, r->dx, &fault);
  ++context->cases_run;
  const bool intact = arena_intact(&a->y, r->y, (size_t)r->outputs * sizeof(real)) &&
                      arena_intact(&a->dx, r->dx, (size_t)r->inputs * sizeof(real)) &&
                      (!c->indexed || arena_intact(&a->indices, r->indices, (size_t)r->outputs * sizeof(int32_t)));
  if (status != CK_OK) fail(context, "status %d, operand %s", (int)status, fault.operand);
  if (!intact) fail(context, "wrote outside an operand");
  return status == CK_OK && intact;
}

// ------------------------------------------------------------------------------------------------- the definition

// The window of an output: its start, size and step, what lies inside the input, and what counts as a mean's divisor.
struct window {
  ptrdiff_t start[3], count[3], step[3], inside, counted;
};

static struct window window_of(const ck_pool *p, const ptrdiff_t output[3], const ptrdiff_t o[3]) {
  struct window w = {.inside = 1, .counted = 1};
  for (int i = 0; i < 3; ++i) {
    w.start[i] = p->adaptive ? o[i] * p->input[i] / output[i] : o[i] * p->stride[i] - p->pad_before[i];
    w.count[i] = p->adaptive ? ((o[i] + 1) * p->input[i] + output[i] - 1) / output[i] - w.start[i] : p->kernel[i];
    w.step[i] = p->adaptive ? 1 : p->dilation[i];
    ptrdiff_t inside = 0, padded = 0;
    for (ptrdiff_t t = 0; t < w.count[i]; ++t) {
      const ptrdiff_t at = w.start[i] + t * w.step[i];
      inside += at >= 0 && at < p->input[i];
      padded += p->adaptive ? at < p->input[i] : at < p->input[i] + p->pad_after[i];
    }
    w.inside *= inside;
    w.counted *= p->count_padding ? padded : inside;
  }
  return w;
}

// The flat index of tap t of a window, or -1 in the padding.
static ptrdiff_t tap_index(const ck_pool *p, const struct window *w, ptrdiff_t t) {
  ptrdiff_t at[3];
  for (int i = 2; i >= 0; --i) {
    at[i] = w->start[i] + t % w->count[i] * w->step[i];
    t /= w->count[i];
    if (at[i] < 0 || at[i] >= p->input[i]) return -1;
  }
  return (at[0] * p->input[1] + at[1]) * p->input[2] + at[2];
}

static ptrdiff_t element(const ck_pool *p, ptrdiff_t plane, ptrdiff_t size, ptrdiff_t at) {
  if (p->layout == CK_CHANNELS_FIRST) return plane * size + at;
  return (plane / p->channels * size + at) * p->channels + plane % p->channels;
}

static wide divisor_of(const ck_pool *p, const struct window *w) {
  const ptrdiff_t divisor = p->divisor > 0 ? p->divisor : w->counted;
  return (wide)(divisor > 0 ? divisor : 1);
}

struct expected {
  wide *dx, *scale;  // of each input: the gradient and the sum of magnitudes
  int32_t *terms;
};

static void check_maximum(struct context *context, const struct pool_case *c, const struct pool_run *r,
                          const struct window *w, ptrdiff_t plane, ptrdiff_t size, ptrdiff_t at,
                          struct expected *expected) {
  real best = -INFINITY;
  ptrdiff_t where = -1;
  for (ptrdiff_t t = 0; t < w->count[0] * w->count[1] * w->count[2]; ++t) {
    const ptrdiff_t i = tap_index(&c->pool, w, t);
    if (i < 0) continue;
    const real x = r->x[element(&c->pool, plane, size, i)];
    if (where < 0 || x > best || x != x) best = x, where = i;
  }
  const real got = r->y[at];
  const bool same = best != best ? got != got : got == best && (!c->indexed || signbit(got) == signbit(best));
  if (!same) fail(context, "maximum %td is %g, not %g", at, (double)got, (double)best);
  if (!c->indexed) return;
  if (r->indices[at] != where) fail(context, "index %td is %d, not %td", at, r->indices[at], where);
  if (where < 0) return;
  const ptrdiff_t to = element(&c->pool, plane, size, where);
  expected->dx[to] += (wide)r->dy[at], expected->scale[to] += fabs((double)r->dy[at]), ++expected->terms[to];
}

static void check_sum(struct context *context, const struct pool_case *c, const struct pool_run *r,
                      const struct window *w, ptrdiff_t plane, ptrdiff_t size, ptrdiff_t at,
                      struct expected *expected) {
  const ck_pool *p = &c->pool;
  const bool mean = p->kind == CK_POOL_AVERAGE;
  const wide divisor = divisor_of(p, w);
  const ptrdiff_t taps = w->count[0] * w->count[1] * w->count[2];
  wide sum = 0, scale = 0;
  for (ptrdiff_t t = 0; t < taps; ++t) {
    const ptrdiff_t i = tap_index(p, w, t);
    if (i < 0) continue;
    const wide x = r->x[element(p, plane, size, i)], term = mean ? x : wide_power(x < 0 ? -x : x, p->exponent);
    sum += term, scale += term < 0 ? -term : term;
  }
  const wide want = mean ? sum / divisor : wide_power(sum, (wide)1 / p->exponent);
  const wide roundings = mean ? (wide)w->inside : (wide)(w->inside + p->exponent - 2) / p->exponent + 4;
  const wide bound = roundings * UNIT * (mean ? scale / divisor : want), error = (wide)r->y[at] - want;
  if (!((error < 0 ? -error : error) <= bound * (1 + 64 * (wide)UNIT)))
    fail(context, "output %td is %.17g, not %.17g, %td taps", at, (double)r->y[at], (double)want, w->inside);
  const wide y = r->y[at];
  const wide share = mean ? r->dy[at] / divisor : y > 0 ? r->dy[at] / wide_power(y, p->exponent - 1) : 0;
  for (ptrdiff_t t = 0; t < taps; ++t) {
    const ptrdiff_t i = tap_index(p, w, t);
    if (i < 0) continue;
    const ptrdiff_t to = element(p, plane, size, i);
    const wide x = r->x[to], slope = mean ? 1 : x == 0 ? 0 : wide_power(x < 0 ? -x : x, p->exponent - 1);
    const wide term = share * slope;
    expected->dx[to] += x < 0 && !mean ? -term : term, expected->scale[to] += term < 0 ? -term : term;
    ++expected->terms[to];
  }
}

static void check_gradient(struct context *context, const struct pool_case *c, const struct pool_run *r,
                           const struct expected *expected) {
  for (ptrdiff_t i = 0; i < r->inputs; ++i) {
    const int roundings = expected->terms[i] + (c->pool.kind == CK_POOL_AVERAGE ? 2 : 3 * c->pool.exponent);
    const wide error = (wide)r->dx[i] - expected->dx[i], bound = roundings * UNIT * expected->scale[i];
    if (!((error < 0 ? -error : error) <= bound * (1 + 64 * (wide)UNIT)))
      fail(context, "gradient %td is %.17g, not %.17g", i, (double)r->dx[i], (double)expected->dx[i]);
  }
}

static void check_case(struct context *context, const struct pool_case *c, const struct pool_run *r) {
  const ck_pool *p = &c->pool;
  struct expected e = {calloc((size_t)r->inputs + 1, sizeof(wide)), calloc((size_t)r->inputs + 1, sizeof(wide)),
                       calloc((size_t)r->inputs + 1, sizeof(int32_t))};
  ptrdiff_t output[3];
  ck_pool_output(p, output, NULL);
  const ptrdiff_t size = p->input[0] * p->input[1] * p->input[2], outputs = output[0] * output[1] * output[2];
  for (ptrdiff_t plane = 0; plane < p->batch * p->channels; ++plane)
    for (ptrdiff_t i = 0; i < outputs; ++i) {
      const ptrdiff_t o[3] = {i / output[2] / output[1], i / output[2] % output[1], i % output[2]};
      const struct window w = window_of(p, output, o);
      const ptrdiff_t at = element(p, plane, outputs, i);
      if (p->kind == CK_POOL_MAX)
        check_maximum(context, c, r, &w, plane, size, at, &e);
      else if (c->fill < 2)
        check_sum(context, c, r, &w, plane, size, at, &e);
    }
  if (p->kind == CK_POOL_MAX ? c->indexed : c->fill < 2) check_gradient(context, c, r, &e);
  free(e.dx), free(e.scale), free(e.terms);
}

// ------------------------------------------------------------------------------------------------- the properties

static void match_the_definition(struct context *context) {
  const struct pool_arenas arenas = make_arenas();
  const uint64_t seed = context->replay_seed ? context->replay_seed : context->options.seed;
  for (long i = 0; i < context->options.cases && context->failures == 0; ++i) {
    struct rng rng = {seed + (uint64_t)i * 0x9e3779b97f4a7c15};
    const struct pool_case c = random_case(&rng);
    say(&c);
    const struct pool_run r = prepare(&c, &arenas);
    if (perform(context, &c, &arenas, &r)) check_case(context, &c, &r);
  }
  free_arenas(&arenas);
}

static uint64_t hash_of_poolings(struct context *context, int threads) {
  const struct pool_arenas arenas = make_arenas();
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (long i = 0; i < (is_brief(context) ? 30 : 300); ++i) {
    struct rng rng = {(uint64_t)i * 0xd1342543de82ef95};
    struct pool_case c = random_case(&rng);
    // Enough images for several threads; NaN, in x or as infinity over infinity, has no bits of its own.
    c.threads = threads;
    if (i % 8 == 0) c.pool.batch = 16384 / (c.pool.input[0] * c.pool.input[1] * c.pool.input[2]) + 1, c.fill = 1;
    if (i % 8 == 0 && c.pool.channels > 4) c.pool.channels = 4;
    if (c.fill == 2 || (c.fill == 3 && c.pool.kind != CK_POOL_MAX)) c.fill = 1;
    say(&c);
    const struct pool_run r = prepare(&c, &arenas);
    perform(context, &c, &arenas, &r);
    const unsigned char *const parts[] = {(const void *)r.y, (const void *)r.dx, (const void *)r.indices};
    const size_t bytes[] = {(size_t)r.outputs * sizeof(real), (size_t)r.inputs * sizeof(real),
                            c.indexed ? (size_t)r.outputs * sizeof(int32_t) : 0};
    for (int part = 0; part < 3; ++part)
      for (size_t b = 0; b < bytes[part]; ++b) hash = (hash ^ parts[part][b]) * 0x100000001b3;
  }
  free_arenas(&arenas);
  return hash;
}

static void isas_agree(struct context *context) {
  const uint64_t hash = hash_of_poolings(context, 1);
  printf("hash pool %s %s %016llx\n", TYPE, ck_isa_fused(context->isa) ? "fused" : ck_isa_name(context->isa),
         (unsigned long long)hash);
  struct context other = *context;
  other.isa = ck_isa_at(0);
  if (hash_of_poolings(&other, 1) != hash) fail(context, "other bits than %s", ck_isa_name(other.isa));
}

static void threads_keep_the_bits(struct context *context) {
  const uint64_t hash = hash_of_poolings(context, 1);
  for (int threads = 2; threads <= (is_brief(context) ? 2 : 4); ++threads)
    if (hash_of_poolings(context, threads) != hash) fail(context, "other bits with %d threads", threads);
}

// The adjoint of unpooling is a gather, and unpooling puts maxima back in their places.
static void unpools(struct context *context) {
  const struct pool_arenas arenas = make_arenas();
  for (long i = 0; i < context->options.cases / 10 && context->failures == 0; ++i) {
    struct rng rng = {context->options.seed + (uint64_t)i * 0x9e3779b97f4a7c15};
    struct pool_case c = random_case(&rng);
    if (c.pool.kind != CK_POOL_MAX) continue;
    c.indexed = true, c.fill = 1;
    say(&c);
    const struct pool_run r = prepare(&c, &arenas);
    if (!perform(context, &c, &arenas, &r) || r.inputs == 0) continue;
    const ptrdiff_t images = c.pool.batch * c.pool.channels;
    const ck_unpool u = {c.pool.layout, c.pool.batch, c.pool.channels, r.outputs / images, r.inputs / images};
    if (unpool(c.threads, &u, r.y, r.indices, r.dx, NULL) != CK_OK) fail(context, "unpooling refused");
    for (ptrdiff_t k = 0; k < r.inputs; ++k)
      if (r.dx[k] != 0 && r.dx[k] != r.x[k]) fail(context, "element %td is not where it was", k);
    if (unpool_backward(c.threads, &u, r.dx, r.indices, r.dy, NULL) != CK_OK) fail(context, "its adjoint refused");
    for (ptrdiff_t k = 0; k < r.outputs; ++k)
      if (r.indices[k] >= 0 && r.dy[k] != r.y[k]) fail(context, "maximum %td did not come back", k);
    if (!arena_intact(&arenas.dx, r.dx, (size_t)r.inputs * sizeof(real))) fail(context, "wrote outside");
  }
  free_arenas(&arenas);
}

// A last window that would start beyond the input and the padding before it does not count.
static void knows_its_output(struct context *context) {
  static const ptrdiff_t cases[][7] = {// input, kernel, stride, before, after, rounds up, output
                                       {3, 1, 3, 0, 0, 1, 1}, {4, 2, 3, 0, 0, 1, 2}, {4, 2, 3, 0, 0, 0, 1},
                                       {5, 2, 3, 1, 1, 1, 2}, {4, 1, 3, 1, 1, 1, 2}, {9, 3, 2, 1, 1, 0, 5},
                                       {1, 2, 2, 0, 0, 1, 1}, {6, 1, 4, 2, 4, 1, 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i, ++context->cases_run) {
    const ptrdiff_t *c = cases[i];
    const ck_pool pool = {.batch = 1,
                          .channels = 1,
                          .input = {1, 1, c[0]},
                          .kernel = {1, 1, c[1]},
                          .stride = {1, 1, c[2]},
                          .dilation = {1, 1, 1},
                          .pad_before = {0, 0, c[3]},
                          .pad_after = {0, 0, c[4]},
                          .ceil_mode = c[5] != 0};
    ptrdiff_t output[3] = {0};
    if (ck_pool_output(&pool, output, NULL) != CK_OK || output[2] != c[6])
      fail(context, "case %zu has %td outputs, not %td", i, output[2], c[6]);
  }
}

static void refuses(struct context *context, const ck_pool *pool, ck_status status, const char *operand) {
  real x[64] = {0}, y[64];
  int32_t indices[64];
  memset(y, 0xff, sizeof y);
  real before[64];
  memcpy(before, y, sizeof y);
  ck_fault fault = {0};
  const ck_status got = forward(context->isa, 1, pool, x, y, pool->kind == CK_POOL_MAX ? indices : NULL, &fault);
  if (got != status || strcmp(fault.operand, operand)) fail(context, "status %d for %s", (int)got, operand);
  if (memcmp(before, y, sizeof y)) fail(context, "wrote although %s", operand);
  ++context->cases_run;
}

// Padding that counts: 2^32 times 2^32 elements, of which one is there.
static void counts_vast_windows(struct context *context) {
  const ptrdiff_t side = (ptrdiff_t)1 << 32;
  const ck_pool vast = {.kind = CK_POOL_AVERAGE,
                        .batch = 1,
                        .channels = 1,
                        .input = {1, 1, 1},
                        .kernel = {side, side, 1},
                        .stride = {1, 1, 1},
                        .dilation = {1, 1, 1},
                        .pad_before = {side / 2, side / 2, 0},
                        .pad_after = {side / 2 - 1, side / 2 - 1, 0},
                        .count_padding = true};
  const real one = 1;
  real y = 0, dx = 0;
  context->cases_run += 2;
  if (forward(context->isa, 1, &vast, &one, &y, NULL, NULL) != CK_OK || y != (real)0x1p-64)
    fail(context, "y is %g", (double)y);
  if (backward(context->isa, 1, &vast, NULL, NULL, NULL, &one, &dx, NULL) != CK_OK || dx != (real)0x1p-64)
    fail(context, "dx is %g", (double)dx);
}

static void refuses_misuse(struct context *context) {
  const ck_pool good = {.exponent = 2,
                        .batch = 1,
                        .channels = 1,
                        .input = {1, 4, 4},
                        .kernel = {1, 2, 2},
                        .stride = {1, 2, 2},
                        .dilation = {1, 1, 1}};
  ck_pool p = good;
  p.kernel[1] = 0, refuses(context, &p, CK_BAD_ARGUMENT, "kernel"), p = good;
  p.kernel[2] = 5, refuses(context, &p, CK_BAD_ARGUMENT, "output"), p = good;
  p.stride[0] = 0, refuses(context, &p, CK_BAD_ARGUMENT, "stride"), p = good;
  p.dilation[2] = -1, refuses(context, &p, CK_BAD_ARGUMENT, "dilation"), p = good;
  p.pad_before[1] = -1, refuses(context, &p, CK_BAD_ARGUMENT, "padding"), p = good;
  p.input[1] = 0, refuses(context, &p, CK_BAD_ARGUMENT, "input"), p = good;
  p.kind = (ck_pool_kind)3, refuses(context, &p, CK_BAD_ARGUMENT, "kind"), p = good;
  p.kind = CK_POOL_LP, p.exponent = 65, refuses(context, &p, CK_BAD_ARGUMENT, "exponent"), p = good;
  p.kind = CK_POOL_AVERAGE, p.divisor = -1, refuses(context, &p, CK_BAD_ARGUMENT, "divisor"), p = good;
  p.adaptive = true, refuses(context, &p, CK_BAD_ARGUMENT, "output"), p = good;
  p.batch = -1, refuses(context, &p, CK_NEGATIVE_SIZE, "batch"), p = good;
  p.channels = -2, refuses(context, &p, CK_NEGATIVE_SIZE, "channels"), p = good;
  p.batch = PTRDIFF_MAX / 8, refuses(context, &p, CK_OVERFLOW, "input"), p = good;
  p.pad_after[2] = PTRDIFF_MAX, refuses(context, &p, CK_OVERFLOW, "padding"), p = good;
  p.dilation[1] = PTRDIFF_MAX, p.kernel[1] = 3, refuses(context, &p, CK_OVERFLOW, "kernel");
  real x[16] = {0}, y[16];
  const int32_t wild[4] = {0, 16, 2, 3}, wilder[4] = {0, -2, 2, 3};
  ck_fault fault = {0};
  if (forward(context->isa, 0, &good, x, y, NULL, &fault) != CK_BAD_ARGUMENT) fail(context, "took 0 threads");
  if (forward(context->isa, 1, &good, x, x + 1, NULL, &fault) != CK_OVERLAP) fail(context, "took y within x");
  if (backward(context->isa, 1, &good, NULL, NULL, wild, x, y, &fault) != CK_BAD_ARGUMENT || fault.got != 16)
    fail(context, "took an index beyond the image");
  if (backward(context->isa, 1, &good, NULL, NULL, wilder, x, y, &fault) != CK_BAD_ARGUMENT || fault.got != -2)
    fail(context, "took a negative index");
  const ck_unpool u = {CK_CHANNELS_LAST, 1, 1, 4, 4};
  const int32_t sound[4] = {0, 1, 2, 3};
  if (unpool_backward(1, &u, x, sound, x + 2, &fault) != CK_OVERLAP || strcmp(fault.operand, "dy") != 0)
    fail(context, "dx within dy: operand %s", fault.operand);
  if (unpool(1, &u, x, sound, x + 2, &fault) != CK_OVERLAP || strcmp(fault.operand, "x") != 0)
    fail(context, "y within x: operand %s", fault.operand);
}
