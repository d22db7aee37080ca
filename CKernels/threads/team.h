// The one team of threads.  The only file pair that knows the parallel runtime.
#ifndef CK_THREADS_TEAM_H
#define CK_THREADS_TEAM_H

#include <stddef.h>

// Runs body(context, index, count) for every index < count, where 1 <= count <= threads: on a team that includes the
// caller, or on the caller alone (count 1) while the team is busy, inside another parallel region, or without OpenMP.
void ck_team_run(int threads, void (*body)(void *context, int index, int count), void *context);

// Waits, inside a body, until all `count` of them are here.
void ck_team_barrier(void);

#endif
