#include "threads/team.h"

#include "include/ck_threads.h"

#ifdef _OPENMP

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

// libomp's functions are declared here because its header lies among another compiler's own headers.
extern int omp_get_num_threads(void);
extern int omp_get_thread_limit(void);
extern int omp_get_thread_num(void);
extern int omp_in_parallel(void);
extern int kmp_get_blocktime(void);
extern void kmp_set_blocktime(int milliseconds);
extern size_t kmp_get_stacksize_s(void);
extern void kmp_set_defaults(const char *settings);

// How long, in milliseconds, a worker spins for the next region before it sleeps.  Waking it costs 50 us or so: calls
// in a row must find it awake, and an idle process must burn nothing (libomp's own default is 200).
enum { SPIN_MS = 1 };

// Rounds of a barrier's spin before it offers its core to others: members may outnumber the cores.
enum { BARRIER_SPINS = 1 << 12 };

static inline void spin_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// The process's only mutable state: how many threads, caller included, the system is known to grant; 0 before the first
// region; BUSY while a caller has the team.  And whether a caller has begun to start libomp.
static atomic_int team;
static atomic_bool entered;
enum { BUSY = -1 };

// Which team this thread is a member of: the arrivals at its barriers; NULL outside a body and on a caller alone.
static _Thread_local struct {
  atomic_size_t *arrived;
  size_t count;
} membership;

// A child has none of its parent's threads, and the one that kept the team busy may not have come along.
static void renew_team(void) { atomic_store(&team, 0); }

// libomp handles forks from some point of its start on.  In a child that was forked in between its locks are held by a
// thread that did not come along: such a child must never enter it, so its team is busy unless renew_team runs too.
static void doubt_team(void) { atomic_store(&team, atomic_load(&entered) ? BUSY : 0); }

__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(NULL, NULL, doubt_team); }

// A child runs the handlers that were registered before its fork began, in that order: renew_team comes after libomp's.
static void start_runtime(void) {
  if (atomic_load(&entered)) return;
  atomic_store(&entered, true);
  kmp_get_blocktime();  // any entry would do that clang does not know: it moves omp_in_parallel before the store
  pthread_atfork(NULL, NULL, renew_team);
}

static bool acquire_team(int *proven) {
  *proven = atomic_load_explicit(&team, memory_order_relaxed);
  return *proven != BUSY && atomic_compare_exchange_strong(&team, proven, BUSY);
}

// Threads that exist at the same time, each started by the one before.
struct chain {
  pthread_attr_t attributes;
  int wanted, started;
};

static void *start_rest(void *argument) {
  struct chain *chain = argument;
  pthread_t next;
  if (++chain->started < chain->wanted && pthread_create(&next, &chain->attributes, start_rest, chain) == 0)
    pthread_join(next, NULL);
  return NULL;
}

// How many threads the system lets this process start now, up to `wanted`.  Asked before the runtime needs them, since
// libomp ends the process when it cannot start a worker.
static int startable(int wanted) {
  struct chain chain = {.wanted = wanted};
  pthread_t first;
  if (pthread_attr_init(&chain.attributes) != 0) return 0;
  if (pthread_attr_setstacksize(&chain.attributes, kmp_get_stacksize_s()) == 0 &&
      pthread_create(&first, &chain.attributes, start_rest, &chain) == 0)
    pthread_join(first, NULL);
  pthread_attr_destroy(&chain.attributes);
  return chain.started;
}

// How many of `threads` a region may have here; raises `proven` to what it found out.
static int granted(int threads, int *proven) {
  start_runtime();
  if (omp_in_parallel()) return 1;
  if (*proven == 0) {
    // By default every thread that ever led a region keeps workers of its own.  Without these "hot teams" all callers
    // draw from one pool, which costs each region half a microsecond.
    kmp_set_defaults("KMP_HOT_TEAMS_MAX_LEVEL=0");
    // Where the environment asks to spin without end, libomp does so whatever a region asks for: a quarter of an hour
    // is an end, and long enough for the caller's own regions.
    if (kmp_get_blocktime() == INT_MAX) kmp_set_defaults("KMP_BLOCKTIME=1000000");
    *proven = 1;
  }
  const int limit = omp_get_thread_limit();
  if (threads > limit) threads = limit;
  if (threads > *proven) *proven += startable(threads - *proven);
  return threads < *proven ? threads : *proven;
}

static void run_alone(void (*body)(void *, int, int), void *context) {
  const __auto_type outer = membership;
  membership.arrived = NULL;
  body(context, 0, 1);
  membership = outer;
}

static void run_together(int threads, void (*body)(void *, int, int), void *context) {
  _Alignas(64) atomic_size_t arrived = 0;
  const int blocktime = kmp_get_blocktime();
  kmp_set_blocktime(SPIN_MS);
#pragma omp parallel num_threads(threads)
  {
    const int count = omp_get_num_threads();
    membership.arrived = &arrived;
    membership.count = (size_t)count;
    body(context, omp_get_thread_num(), count);
    membership.arrived = NULL;
  }
  kmp_set_blocktime(blocktime);
}

bool ck_threads_parallel(void) { return true; }

void ck_team_run(int threads, void (*body)(void *, int, int), void *context) {
  int proven;
  if (threads <= 1 || !acquire_team(&proven)) {
    run_alone(body, context);
    return;
  }
  const int caller_errno = errno;
  threads = granted(threads, &proven);
  if (threads > 1) run_together(threads, body, context);
  atomic_store(&team, proven);
  errno = caller_errno;
  if (threads == 1) run_alone(body, context);
}

void ck_team_barrier(void) {
  if (!membership.arrived) return;
  const size_t arrivals = atomic_fetch_add(membership.arrived, 1);
  const size_t all = (arrivals / membership.count + 1) * membership.count;
  for (int round = 0; atomic_load_explicit(membership.arrived, memory_order_acquire) < all; ++round)
    if (round >= BARRIER_SPINS)
      sched_yield();
    else
      spin_pause();
}

#else

bool ck_threads_parallel(void) { return false; }

void ck_team_run(int threads, void (*body)(void *, int, int), void *context) {
  (void)threads;
  body(context, 0, 1);
}

void ck_team_barrier(void) {}

#endif
