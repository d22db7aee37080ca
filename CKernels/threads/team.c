#include "threads/team.h"

#include "include/ck_threads.h"

#ifdef _OPENMP

#include <stdatomic.h>

// Declared here because the header of an installed libomp lies among another compiler's own headers.
extern int omp_in_parallel(void);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);

static atomic_flag busy = ATOMIC_FLAG_INIT;

bool ck_threads_parallel(void) { return true; }

void ck_team_run(int threads, void (*body)(void *, int, int), void *context) {
  if (threads <= 1 || omp_in_parallel() || atomic_flag_test_and_set(&busy)) {
    body(context, 0, 1);
    return;
  }
#pragma omp parallel num_threads(threads)
  body(context, omp_get_thread_num(), omp_get_num_threads());
  atomic_flag_clear(&busy);
}

void ck_team_barrier(void) {
#pragma omp barrier
}

#else

bool ck_threads_parallel(void) { return false; }

void ck_team_run(int threads, void (*body)(void *, int, int), void *context) {
  (void)threads;
  body(context, 0, 1);
}

void ck_team_barrier(void) {}

#endif
