// The one team of threads.  team.c is the only place that knows the parallel runtime.
#ifndef CK_THREADS_TEAM_H
#define CK_THREADS_TEAM_H

#include <stddef.h>

// Runs body(context, index, count) for every index < count, where 1 <= count <= threads: on a team that includes the
// caller, or on the caller alone (count 1) while the team is busy, inside another parallel region, where the system
// grants no thread, or without OpenMP.  Every member runs with the caller's floating-point control word.
void ck_team_run(int threads, void (*body)(void *context, int index, int count), void *context);

// Waits, inside a body, until all `count` members are here.  Either all of them call it or none does.
void ck_team_barrier(void);

#endif
