#include "sweep.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { BLOCK = 4096, SLICES = 256 };

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static void violate(sweep_result *r, violation v, float x) {
  if (r->count[v]++ == 0) r->example[v] = x;
}

// |got - exact| in ulps of a Float of exact's size, for normal exact: 1 / ulp = 2^(23 - exponent).
static double ulps(float got, double exact) {
  uint64_t bits;
  double inverse;
  memcpy(&bits, &exact, sizeof bits);
  bits = (uint64_t)(2 * 1023 + 23 - (int)(bits >> 52 & 2047)) << 52;
  memcpy(&inverse, &bits, sizeof inverse);
  return fabs(got - exact) * inverse;
}

// SplitMix64's finisher (Steele, Lea & Flood 2014).
static uint64_t hash(float x, float y) {
  uint64_t z = (uint64_t)bits_of(x) << 32 | (isnan(y) ? 0x7FC00000 : bits_of(y));
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

// NaN, infinities and zeros.
static bool special_is_right(float got, double exact) {
  if (isnan(exact) || isnan(got)) return isnan(exact) && isnan(got);
  return bits_of(got) == bits_of((float)exact);
}

static void judge(const subject *s, float x, float got, double exact, errors *e, sweep_result *r) {
  const double size = fabs(exact);
  if (size >= FLT_MIN && size <= FLT_MAX && fabsf(got) <= FLT_MAX) {
    const double error = ulps(got, exact);
    if (error > e->ulp) e->ulp = error, e->worst = x;
    if (error > s->bound) violate(r, BOUND, x);
  } else if (size > 0 && size < FLT_MIN) {
    const double error = fabs(got - exact) * 0x1p149;
    if (error > e->subnormal) e->subnormal = error, e->worst_subnormal = x;
    if (!(error <= 1) || signbit(got) != signbit(exact)) violate(r, BOUND, x);
  } else if (!special_is_right(got, exact)) {
    violate(r, SPECIAL, x);
  }
}

// Patterns of one sign rise in size: before is the value at the pattern before x.
static void judge_order(const subject *s, float x, float before, float got, sweep_result *r) {
  const bool rises = (s->monotone > 0) == !signbit(x);
  if (s->monotone != 0 && (rises ? got < before : got > before)) violate(r, MONOTONE, x);
}

static void map(const ck_isa *isa, const subject *s, const float *x, float *y, ptrdiff_t n) {
  ck_smap(isa, 1, s->f, (float)s->p, (float)s->q, n, x, y, NULL);
}

// The sign and the payload of a NaN are nobody's promise.
static void compare(const float *x, const float *y, const float *z, ptrdiff_t n, uint32_t flip, violation v,
                    sweep_result *r) {
  for (ptrdiff_t i = 0; i < n; ++i)
    if ((bits_of(y[i]) ^ flip) != bits_of(z[i]) && !(isnan(y[i]) && isnan(z[i]))) violate(r, v, x[i]);
}

typedef struct {
  const subject *s;
  const ck_isa *const *isas;
  int isa_count;
  uint64_t first, last;
  uint32_t stride;
  atomic_int *next;
  sweep_result result;
} worker;

// The exact values: by the kernels over Double, which are 2^28 times finer, and every 128th by the C library too.
static void exact_values(worker *w, const float *x, double *exact, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; ++i) exact[i] = x[i];
  ck_dmap(w->isas[0], 1, w->s->f, w->s->p, w->s->q, n, exact, exact, NULL);
  for (ptrdiff_t i = 0; i < n; i += 128) {
    const double c = w->s->exact(x[i]), size = fabs(c);
    const bool agree = isnan(c) ? isnan(exact[i]) : c == exact[i] || fabs(c - exact[i]) <= size * 0x1p-44;
    if (!agree && size >= 0x1p-160) violate(&w->result, REFERENCE, x[i]);
  }
}

static errors judge_block(worker *w, const float *x, const float *y, const double *exact, ptrdiff_t n) {
  errors e = {0};
  for (ptrdiff_t i = 0; i < n; ++i) judge(w->s, x[i], y[i], exact[i], &e, &w->result);
  return e;
}

// The other instruction sets; what has the bits of y has its errors, too.
static void block_elsewhere(worker *w, const float *x, const float *y, const double *exact, ptrdiff_t n,
                            const errors *of_y) {
  float z[BLOCK];
  for (int i = 1; i < w->isa_count; ++i) {
    const isa_kind kind = kind_of(w->isas[i]);
    map(w->isas[i], w->s, x, z, n);
    const bool same = memcmp(y, z, (size_t)n * sizeof *y) == 0;
    const errors of_z = same ? *of_y : judge_block(w, x, z, exact, n);
    if (!same) compare(x, y, z, n, 0, BITS, &w->result);
    merge_errors(w->result.of_kinds + kind, &of_z);
  }
}

static void block(worker *w, const float *x, ptrdiff_t n, float *before) {
  float y[BLOCK], z[BLOCK], opposite[BLOCK];
  double exact[BLOCK];
  map(w->isas[0], w->s, x, y, n);
  exact_values(w, x, exact, n);
  const errors of_y = judge_block(w, x, y, exact, n);
  merge_errors(w->result.of_kinds + kind_of(w->isas[0]), &of_y);
  block_elsewhere(w, x, y, exact, n, &of_y);
  if (w->s->symmetry) {
    for (ptrdiff_t i = 0; i < n; ++i) opposite[i] = -x[i];
    map(w->isas[0], w->s, opposite, z, n);
    compare(x, y, z, n, w->s->symmetry == 1 ? 0x80000000 : 0, SYMMETRY, &w->result);
  }
  w->result.inputs += (uint64_t)n;
  for (ptrdiff_t i = 0; i < n; ++i) {
    judge_order(w->s, x[i], *before, y[i], &w->result);
    w->result.bits += hash(x[i], y[i]);
    *before = y[i];
  }
}

static void *work(void *argument) {
  worker *w = argument;
  const uint64_t length = (w->last - w->first + SLICES - 1) / SLICES;
  for (int slice = atomic_fetch_add(w->next, 1); slice < SLICES; slice = atomic_fetch_add(w->next, 1)) {
    const uint64_t from = w->first + (uint64_t)slice * length;
    const uint64_t to = from + length < w->last ? from + length : w->last;
    float x[BLOCK], before = NAN;
    // A slice starts one pattern early, so that its first value has one before it.
    uint64_t bits = slice == 0 || from < w->stride || (from & 0x7FFFFFFF) == 0 ? from : from - w->stride;
    while (bits < to) {
      ptrdiff_t n = 0;
      for (; n < BLOCK && bits < to; bits += w->stride) x[n++] = float_of((uint32_t)bits);
      block(w, x, n, &before);
    }
  }
  return NULL;
}

static void merge(sweep_result *into, const sweep_result *from) {
  for (int kind = 0; kind < KINDS; ++kind) merge_errors(into->of_kinds + kind, from->of_kinds + kind);
  into->inputs += from->inputs;
  into->bits += from->bits;
  for (int v = 0; v < VIOLATIONS; ++v) {
    if (into->count[v] == 0) into->example[v] = from->example[v];
    into->count[v] += from->count[v];
  }
}

enum { MOST_THREADS = 64 };

sweep_result sweep(const subject *s, const ck_isa *const *isas, int isa_count, uint64_t first, uint64_t last,
                   uint32_t stride, int threads) {
  static worker workers[MOST_THREADS];
  pthread_t handles[MOST_THREADS];
  atomic_int next = 0;
  if (threads > MOST_THREADS) threads = MOST_THREADS;
  for (int i = 0; i < threads; ++i) {
    workers[i] = (worker){s, isas, isa_count, first, last, stride, &next, {0}};
    if (i > 0) pthread_create(handles + i, NULL, work, workers + i);
  }
  work(workers);
  sweep_result result = workers[0].result;
  for (int i = 1; i < threads; ++i) {
    pthread_join(handles[i], NULL);
    merge(&result, &workers[i].result);
  }
  return result;
}
