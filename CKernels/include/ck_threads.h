// Threads: how many may be used, and what happens when several callers want them at once.
//
// One team serves the process.  A call that finds the team busy runs on its caller's thread alone, so calls from many
// threads neither wait for each other nor multiply threads, and the result has the same bits either way.
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
