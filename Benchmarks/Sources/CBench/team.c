#define _GNU_SOURCE
#include "team.h"
#include "include/cbench.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct team team;

typedef struct member {
  team *team;
  int index;
  pthread_t thread;
  double start, end;
} member;

struct team {
  const int *cpus;
  int threads, passes;
  cb_work work;
  void *context;
  atomic_int arrived, generation;
  double shortest;
  member *members;
};

// A barrier that spins: waking a sleeper takes longer than some of the work.  The last to arrive runs `at_end`.
static void meet(team *t, void (*at_end)(team *)) {
  const int generation = atomic_load(&t->generation);
  if (atomic_fetch_add(&t->arrived, 1) + 1 == t->threads) {
    if (at_end) at_end(t);
    atomic_store(&t->arrived, 0);
    atomic_fetch_add(&t->generation, 1);
  } else {
    while (atomic_load(&t->generation) == generation) {
    }
  }
}

static void note_pass(team *t) {
  double start = INFINITY, end = -INFINITY;
  for (int i = 0; i < t->threads; ++i) {
    start = fmin(start, t->members[i].start);
    end = fmax(end, t->members[i].end);
  }
  t->shortest = fmin(t->shortest, end - start);
}

static void *run_member(void *argument) {
  member *me = argument;
  team *t = me->team;
  if (t->cpus) cb_confine_caller(&t->cpus[me->index], 1);
  for (int pass = 0; pass < t->passes; ++pass) {
    meet(t, NULL);
    me->start = cb_now();
    t->work(t->context, me->index, t->threads);
    me->end = cb_now();
    meet(t, note_pass);
  }
  return NULL;
}

double cb_shortest_pass(const int *cpus, int threads, int passes, cb_work work, void *context) {
  enum { MOST_CPUS = 1024 };
  int before[MOST_CPUS];
  const ptrdiff_t allowed = cb_allowed_cpus(before, MOST_CPUS);
  member *members = calloc((size_t)threads, sizeof *members);
  if (!members) return NAN;
  team t = {.cpus = cpus,
            .threads = threads,
            .passes = passes,
            .work = work,
            .context = context,
            .shortest = INFINITY,
            .members = members};
  for (int i = 0; i < threads; ++i) {
    members[i].team = &t;
    members[i].index = i;
    if (i > 0 && pthread_create(&members[i].thread, NULL, run_member, &members[i]) != 0) abort();
  }
  run_member(&members[0]);
  for (int i = 1; i < threads; ++i) pthread_join(members[i].thread, NULL);
  free(members);
  if (cpus && allowed > 0 && allowed <= MOST_CPUS) cb_confine_caller(before, allowed);
  return t.shortest;
}

void cb_run_team(const int *cpus, int threads, cb_work work, void *context) {
  cb_shortest_pass(cpus, threads, 1, work, context);
}
