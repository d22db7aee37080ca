// A few pinned threads that start a piece of work at the same moment, again and again.
#ifndef CB_TEAM_H
#define CB_TEAM_H

typedef void (*cb_work)(void *context, int thread, int threads);

// Runs `work` on every thread `passes` times, starting each pass together.  Returns the seconds that the shortest pass
// took, from the first thread's start to the last one's end.
double cb_shortest_pass(const int *cpus, int threads, int passes, cb_work work, void *context);

// Runs it once, untimed, on `threads` threads.
void cb_run_team(const int *cpus, int threads, cb_work work, void *context);

#endif
