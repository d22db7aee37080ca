// Threads: how many may be used, and what happens when several callers want them at once.
//
// One team serves the process.  A call that finds the team busy runs on its caller's thread alone, so calls from many
// threads neither wait for each other nor multiply threads, and the result has the same bits either way.
//
// A forked child has a team of its own, also where its parent's was busy.  Only one that was forked while another
// thread was starting the OpenMP runtime, in the process's first call with several threads, computes on its callers'
// threads alone, and so do its own children: the runtime's locks are held there by a thread that did not come along.
//
// Idle threads sleep after a millisecond, whatever KMP_BLOCKTIME and OMP_WAIT_POLICY say; the caller's own parallel
// regions keep what these say.
//
// The runtime aborts the process if OMP_NUM_THREADS is set but empty, or huge (2147483647), or if
// KMP_DEVICE_THREAD_LIMIT, also called KMP_ALL_THREADS, is 2 or less: unset them, or ask for one thread in every call,
// which never enters the runtime.  (The Swift functions do the latter.)
//
// A shared library that holds this code stays loaded from its first call with several threads on: dlclose does not
// take the code away from threads that still run it.
#ifndef CK_THREADS_H
#define CK_THREADS_H

#include "ck_status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Whether this library was built with OpenMP.  Without it every call runs on its caller's thread.
bool ck_threads_parallel(void);

// How many threads this process may run at once: the least of the affinity mask, the cgroup (v1 or v2) CPU quota
// rounded up, and the number of physical cores where the system tells it; at least 1.  Reads the system afresh on
// each call (a fraction of a millisecond): keep the answer.
int ck_threads_allowed(void);

#ifdef __cplusplus
}
#endif

#endif
