// The team is one region of OpenMP that stays open.  A thread of its own leads it, so that whoever calls finds the
// others awake at their posts: handing out work is a store for each of them, where libomp takes a microsecond to begin
// and end a region.
#define _GNU_SOURCE
#include "threads/team.h"

#include "include/ck_threads.h"

#ifdef _OPENMP

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

// libomp's functions are declared here because its header lies among another compiler's own headers.
extern int omp_get_num_threads(void);
extern int omp_get_thread_limit(void);
extern int omp_get_thread_num(void);
extern int omp_in_parallel(void);
extern int kmp_get_blocktime(void);
extern size_t kmp_get_stacksize_s(void);

// How long a member looks out for its next call before it sleeps.  Waking it costs 50 us or so: calls in a row must
// find it awake, and an idle process must burn nothing.
static const long WATCH_NANOSECONDS = 1000000;
// Rounds of a spin before it offers its core to others: members may outnumber the cores.
enum { PATIENT_ROUNDS = 1 << 12 };
// Rounds of a spin between looks at the clock.
enum { ROUNDS_PER_LOOK = 64 };

enum { LINE = 64 };

// What a member does, and what others make it do.
enum post { WATCHING, ASLEEP, CALLED, DISMISSED };

// Where a member other than the caller waits.
struct member {
  _Alignas(LINE) atomic_int post;
  pthread_mutex_t mutex;
  pthread_cond_t roused;
};

// The process's only mutable state, which belongs to whoever has the team.  How many threads, caller included, the
// system is known to grant; 0 before the first region; BUSY while a caller has the team.  And whether a caller has
// begun to start libomp.
static atomic_int team;
static atomic_bool entered;
enum { BUSY = -1 };

// The members of the open region.
static struct {
  pthread_t leader;
  struct member *members;
  int wanted, count;  // without the caller: how many were asked for, and how many came
} region;

// What they were called for.
static struct {
  _Alignas(LINE) void (*body)(void *, int, int);
  void *context;
  unsigned long control;
  int count;
  _Alignas(LINE) atomic_int running;     // members that have not returned from the body
  _Alignas(LINE) atomic_size_t arrived;  // at barriers
} call;

// How many members the team has of which this thread is one; 0 outside a body and on a caller alone.
static _Thread_local int membership;

// One round of a spin, of which there have been *round, or many.
static void pass_round(int *round) {
  if (*round == PATIENT_ROUNDS) {
    sched_yield();
    return;
  }
  ++*round;
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Rounding, flushing and trapping of this thread's floating-point unit.
static unsigned long control_word(void) {
  unsigned long word = 0;
#if defined(__x86_64__)
  word = __builtin_ia32_stmxcsr();
#elif defined(__aarch64__)
  __asm__ volatile("mrs %0, fpcr" : "=r"(word));
#endif
  return word;
}

static void set_control_word(unsigned long word) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr((unsigned)word);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(word));
#endif
  (void)word;
}

// MARK: Members

// Takes the call to `member`, its own or in its stead; false where another was faster.
static bool take_call(struct member *member) {
  int post = CALLED;
  return atomic_compare_exchange_strong(&member->post, &post, WATCHING);
}

static bool watched_long_enough(const struct timespec *since) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - since->tv_sec) * 1000000000 + now.tv_nsec - since->tv_nsec > WATCH_NANOSECONDS;
}

static void sleep_at_post(struct member *self) {
  int post = WATCHING;
  if (!atomic_compare_exchange_strong(&self->post, &post, ASLEEP)) return;
  pthread_mutex_lock(&self->mutex);
  while (atomic_load(&self->post) == ASLEEP) pthread_cond_wait(&self->roused, &self->mutex);
  pthread_mutex_unlock(&self->mutex);
}

// Waits for a call and accepts it; false once dismissed.
static bool await_call(struct member *self) {
  int round = 0;
  struct timespec start;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (;;) {
    const int post = atomic_load_explicit(&self->post, memory_order_relaxed);
    if (post == DISMISSED) return false;
    if (post == CALLED && take_call(self)) return true;
    pass_round(&round);
    if (round % ROUNDS_PER_LOOK == 0 && watched_long_enough(&start)) sleep_at_post(self);
  }
}

static void summon(struct member *member, enum post post) {
  if (atomic_exchange(&member->post, post) != ASLEEP) return;
  pthread_mutex_lock(&member->mutex);
  pthread_cond_signal(&member->roused);
  pthread_mutex_unlock(&member->mutex);
}

static void serve(int index) {
  while (await_call(&region.members[index - 1])) {
    set_control_word(call.control);
    membership = call.count;
    call.body(call.context, index, call.count);
    membership = 0;
    atomic_fetch_sub_explicit(&call.running, 1, memory_order_release);
  }
}

// MARK: Opening and closing the region

// A region to be opened: how many members it should have, and how many it got.
struct opening {
  int wanted;
  atomic_int got;
};

static void *lead_region(void *argument) {
  struct opening *opening = argument;
#pragma omp parallel num_threads(opening->wanted)
  {
    const int index = omp_get_thread_num() + 1;
    if (index == 1) atomic_store(&opening->got, omp_get_num_threads());  // the last use of it: the opener goes on
    serve(index);
  }
  return NULL;
}

// Starts a thread on a stack of the runtime's size.
static bool start_thread(pthread_t *thread, void *(*body)(void *), void *argument) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  const bool starts = pthread_attr_setstacksize(&attributes, kmp_get_stacksize_s()) == 0 &&
                      pthread_create(thread, &attributes, body, argument) == 0;
  pthread_attr_destroy(&attributes);
  return starts;
}

static void open_region(int wanted) {
  struct opening opening = {.wanted = wanted};
  region.members = aligned_alloc(LINE, (size_t)wanted * sizeof *region.members);
  if (region.members == NULL) return;
  for (int i = 0; i < wanted; ++i) {
    atomic_init(&region.members[i].post, WATCHING);
    pthread_mutex_init(&region.members[i].mutex, NULL);
    pthread_cond_init(&region.members[i].roused, NULL);
  }
  if (start_thread(&region.leader, lead_region, &opening)) {
    region.wanted = wanted;
    int round = 0;
    while ((region.count = atomic_load(&opening.got)) == 0) pass_round(&round);
  } else {
    free(region.members);
  }
}

static void close_region(void) {
  if (region.count == 0) return;
  for (int i = 0; i < region.count; ++i) summon(&region.members[i], DISMISSED);
  pthread_join(region.leader, NULL);
  free(region.members);
  region.wanted = region.count = 0;
}

// MARK: Forks

// A child has none of its parent's threads, and the one that kept the team busy may not have come along.
static void renew_team(void) {
  region.wanted = region.count = 0;
  atomic_store(&team, 0);
}

// libomp handles forks from some point of its start on.  In a child that was forked in between its locks are held by a
// thread that did not come along: such a child must never enter it, so its team is busy unless renew_team runs too.
static void doubt_team(void) { atomic_store(&team, atomic_load(&entered) ? BUSY : 0); }

__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(NULL, NULL, doubt_team); }

// Weak, since what is linked statically may have neither, and nothing to keep loaded.
#pragma weak dladdr
#pragma weak dlopen

// Members look out for calls when the caller may already unload the library that holds their code: it stays.
static void stay_loaded(void) {
  Dl_info here;
  if (dladdr && dlopen && dladdr(&region, &here) != 0 && here.dli_fname != NULL)
    dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);  // refused where it is the program itself
}

// A child runs the handlers that were registered before its fork began, in that order: renew_team comes after libomp's.
static void start_runtime(void) {
  if (atomic_load(&entered)) return;
  atomic_store(&entered, true);
  stay_loaded();
  kmp_get_blocktime();  // any entry would do that clang does not know: it moves omp_in_parallel before the store
  pthread_atfork(NULL, NULL, renew_team);
}

// MARK: The team

static bool acquire_team(int *proven) {
  *proven = atomic_load_explicit(&team, memory_order_relaxed);
  return *proven != BUSY && atomic_compare_exchange_strong(&team, proven, BUSY);
}

// Threads that exist at the same time, each started by the one before.
struct chain {
  int wanted, started;
};

static void *start_rest(void *argument) {
  struct chain *chain = argument;
  pthread_t next;
  if (++chain->started < chain->wanted && start_thread(&next, start_rest, chain)) pthread_join(next, NULL);
  return NULL;
}

// How many threads the system lets this process start now, up to `wanted`.  Asked before the runtime needs them, since
// libomp ends the process when it cannot start a worker.
static int startable(int wanted) {
  struct chain chain = {.wanted = wanted};
  pthread_t first;
  if (start_thread(&first, start_rest, &chain)) pthread_join(first, NULL);
  return chain.started;
}

// How many of `threads` a call may have here, with a region that has them; raises `proven` to what it found out.
static int granted(int threads, int *proven) {
  start_runtime();
  if (omp_in_parallel()) return 1;
  if (threads <= region.count + 1) return threads;
  const int limit = omp_get_thread_limit();
  if (threads > limit) threads = limit;
  if (*proven == 0) *proven = 1;
  if (threads > *proven) *proven += startable(threads - *proven);
  if (threads > *proven) threads = *proven;
  if (threads > region.wanted + 1) {
    close_region();
    open_region(threads - 1);
  }
  return threads <= region.count ? threads : region.count + 1;
}

static void run_alone(void (*body)(void *, int, int), void *context) {
  const int outer = membership;
  membership = 0;
  body(context, 0, 1);
  membership = outer;
}

// Does the parts of members that have not begun: they are asleep, or their cores are busy with other things.  Where
// members wait for each other all have begun before the caller is done.
static void stand_in(int threads) {
  for (int i = 1; i < threads && atomic_load_explicit(&call.running, memory_order_relaxed) > 0; ++i)
    if (atomic_load_explicit(&region.members[i - 1].post, memory_order_relaxed) == CALLED &&
        take_call(&region.members[i - 1])) {
      call.body(call.context, i, threads);
      atomic_fetch_sub_explicit(&call.running, 1, memory_order_relaxed);
    }
}

static void run_together(int threads, void (*body)(void *, int, int), void *context) {
  call.body = body;
  call.context = context;
  call.control = control_word();
  call.count = threads;
  atomic_store_explicit(&call.arrived, 0, memory_order_relaxed);
  atomic_store_explicit(&call.running, threads - 1, memory_order_relaxed);
  for (int i = 0; i < threads - 1; ++i) summon(&region.members[i], CALLED);
  membership = threads;
  body(context, 0, threads);
  stand_in(threads);
  membership = 0;
  int round = 0;
  while (atomic_load_explicit(&call.running, memory_order_acquire) > 0) pass_round(&round);
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
  if (membership == 0) return;
  const size_t members = (size_t)membership, arrivals = atomic_fetch_add(&call.arrived, 1);
  const size_t all = (arrivals / members + 1) * members;
  int round = 0;
  while (atomic_load_explicit(&call.arrived, memory_order_acquire) < all) pass_round(&round);
}

#else

bool ck_threads_parallel(void) { return false; }

void ck_team_run(int threads, void (*body)(void *, int, int), void *context) {
  (void)threads;
  body(context, 0, 1);
}

void ck_team_barrier(void) {}

#endif
