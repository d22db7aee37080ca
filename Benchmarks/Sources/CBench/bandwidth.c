// How fast memory is read and copied, and how fast a cache line travels between two cores.
#define _GNU_SOURCE
#include "include/cbench.h"
#include "team.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// MARK: Reading

// A line from each of four places of the range in turn: several streams keep more lines in flight than one does.
typedef uint64_t chunk __attribute__((vector_size(64), aligned(8)));
enum { STREAMS = 4, LINE = 64 };

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
static bool has_wide(void) { return __builtin_cpu_supports("avx2"); }
#else
#define WIDE
static bool has_wide(void) { return true; }
#endif

// The body of the two readers below, which differ in their target alone.
static inline __attribute__((always_inline)) uint64_t fold(const char *start, size_t bytes) {
  const size_t lines = bytes / LINE / STREAMS;
  const chunk *stream[STREAMS];
  chunk folded[STREAMS] = {0};
  for (int s = 0; s < STREAMS; ++s) stream[s] = (const chunk *)(start + (size_t)s * lines * LINE);
#pragma clang loop unroll_count(2)
  for (size_t i = 0; i < lines; ++i)
#pragma clang loop unroll(full)
    for (int s = 0; s < STREAMS; ++s) folded[s] ^= stream[s][i];
  return (folded[0] ^ folded[1] ^ folded[2] ^ folded[3])[0];
}

WIDE static uint64_t read_wide(const char *start, size_t bytes) { return fold(start, bytes); }
static uint64_t read_baseline(const char *start, size_t bytes) { return fold(start, bytes); }

static void read_range(const char *start, size_t bytes) {
  volatile uint64_t sink = has_wide() ? read_wide(start, bytes) : read_baseline(start, bytes);
  (void)sink;
}

typedef struct memory_work {
  char *from, *to;
  size_t bytes;
  int repeats;
  const cb_range *ranges;
  ptrdiff_t range_count;
} memory_work;

// Thread `thread` takes this part of `bytes`, in whole pages.
static size_t part_start(size_t bytes, int thread, int threads) {
  return bytes / (size_t)threads * (size_t)thread / 4096 * 4096;
}

static size_t part_end(size_t bytes, int thread, int threads) {
  return thread + 1 == threads ? bytes : part_start(bytes, thread + 1, threads);
}

static void read_part(void *context, int thread, int threads) {
  const memory_work *work = context;
  const size_t start = part_start(work->bytes, thread, threads), end = part_end(work->bytes, thread, threads);
  for (int i = 0; i < work->repeats; ++i) read_range(work->from + start, end - start);
}

static void copy_part(void *context, int thread, int threads) {
  const memory_work *work = context;
  const size_t start = part_start(work->bytes, thread, threads), end = part_end(work->bytes, thread, threads);
  const chunk *from = (const chunk *)(work->from + start);
  chunk *to = (chunk *)(work->to + start);
  for (size_t i = 0; i < (end - start) / LINE; ++i) to[i] = from[i];
}

static void fill_part(void *context, int thread, int threads) {
  const memory_work *work = context;
  const size_t start = part_start(work->bytes, thread, threads), end = part_end(work->bytes, thread, threads);
  memset(work->from + start, 1, end - start);
  if (work->to) memset(work->to + start, 2, end - start);
}

static char *new_pages(size_t bytes) {
  void *pages = NULL;
  return posix_memalign(&pages, 2 << 20, bytes) == 0 ? pages : NULL;
}

double cb_read_bandwidth(const int *cpus, int threads, size_t bytes) {
  enum { PASSES = 15, LEAST_PER_PASS = 64 << 20 };  // 64 MiB take about a millisecond from a cache
  memory_work work = {.from = new_pages(bytes), .bytes = bytes};
  if (!work.from) return NAN;
  work.repeats = (int)((LEAST_PER_PASS + bytes - 1) / bytes);
  cb_run_team(cpus, threads, fill_part, &work);
  const double seconds = cb_shortest_pass(cpus, threads, PASSES, read_part, &work);
  free(work.from);
  return (double)bytes * work.repeats / seconds;
}

double cb_copy_bandwidth(const int *cpus, int threads, size_t bytes) {
  enum { PASSES = 15 };
  memory_work work = {.from = new_pages(bytes), .to = new_pages(bytes), .bytes = bytes};
  double rate = NAN;
  if (work.from && work.to) {
    cb_run_team(cpus, threads, fill_part, &work);
    rate = 2.0 * (double)bytes / cb_shortest_pass(cpus, threads, PASSES, copy_part, &work);
  }
  free(work.from);
  free(work.to);
  return rate;
}

static void read_ranges(void *context, int thread, int threads) {
  const memory_work *work = context;
  for (ptrdiff_t i = 0; i < work->range_count; ++i) {
    const cb_range range = work->ranges[i];
    const size_t start = part_start(range.bytes, thread, threads);
    read_range((const char *)range.start + start, part_end(range.bytes, thread, threads) - start);
  }
}

double cb_read_once(const int *cpus, int threads, const cb_range *ranges, ptrdiff_t count) {
  memory_work work = {.ranges = ranges, .range_count = count};
  return cb_shortest_pass(cpus, threads, 3, read_ranges, &work);
}

// MARK: From core to core

typedef struct rally {
  _Alignas(128) atomic_int ball;
  int cpu, count;
} rally;

static void *return_ball(void *argument) {
  rally *r = argument;
  cb_confine_caller(&r->cpu, 1);
  for (int i = 0; i < r->count; ++i) {
    while (atomic_load_explicit(&r->ball, memory_order_acquire) != 2 * i + 1) {
    }
    atomic_store_explicit(&r->ball, 2 * i + 2, memory_order_release);
  }
  return NULL;
}

static int compare_doubles(const void *x, const void *y) {
  const double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

double cb_round_trip(int cpu, int other) {
  enum { SERIES = 41, PER_SERIES = 1000 };
  double seconds[SERIES];
  int before[1024];
  const ptrdiff_t allowed = cb_allowed_cpus(before, 1024);
  rally r = {.cpu = other, .count = SERIES * PER_SERIES};
  pthread_t partner;
  if (pthread_create(&partner, NULL, return_ball, &r) != 0) return NAN;
  cb_confine_caller(&cpu, 1);
  for (int s = 0, i = 0; s < SERIES; ++s) {
    const double start = cb_now();
    for (int end = i + PER_SERIES; i < end; ++i) {
      atomic_store_explicit(&r.ball, 2 * i + 1, memory_order_release);
      while (atomic_load_explicit(&r.ball, memory_order_acquire) != 2 * i + 2) {
      }
    }
    seconds[s] = (cb_now() - start) / PER_SERIES;
  }
  pthread_join(partner, NULL);
  if (allowed > 0 && allowed <= 1024) cb_confine_caller(before, allowed);
  qsort(seconds, SERIES, sizeof *seconds, compare_doubles);
  return seconds[SERIES / 2];
}
