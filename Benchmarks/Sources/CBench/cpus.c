// CPU affinity, and waiting for other threads to fall asleep.
#define _GNU_SOURCE
#include "include/cbench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double cb_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#if defined(__linux__)
#include <sched.h>
#include <sys/syscall.h>

ptrdiff_t cb_allowed_cpus(int *cpus, ptrdiff_t room) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  ptrdiff_t count = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) {
      if (count < room) cpus[count] = cpu;
      ++count;
    }
  return count;
}

static cpu_set_t set_of(const int *cpus, ptrdiff_t count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (ptrdiff_t i = 0; i < count; ++i) CPU_SET(cpus[i], &set);
  return set;
}

bool cb_confine_caller(const int *cpus, ptrdiff_t count) {
  const cpu_set_t set = set_of(cpus, count);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

// Calls `visit` with each thread of this process until it returns false.
static void each_thread(bool (*visit)(pid_t thread, void *context), void *context) {
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return;
  for (struct dirent *entry; (entry = readdir(tasks));) {
    const pid_t thread = (pid_t)atoi(entry->d_name);
    if (thread > 0 && !visit(thread, context)) break;
  }
  closedir(tasks);
}

static bool confine(pid_t thread, void *context) {
  sched_setaffinity(thread, sizeof(cpu_set_t), context);
  return true;
}

bool cb_confine_process(const int *cpus, ptrdiff_t count) {
  cpu_set_t set = set_of(cpus, count);
  each_thread(confine, &set);
  return cb_confine_caller(cpus, count);
}

// Which CPUs are dealt out, and how many threads have one.
struct deal {
  const int *cpus;
  ptrdiff_t count, dealt;
};

static bool place(pid_t thread, void *context) {
  struct deal *deal = context;
  if (thread == (pid_t)syscall(SYS_gettid)) return true;
  const cpu_set_t set = set_of(deal->cpus + deal->dealt++ % deal->count, 1);
  sched_setaffinity(thread, sizeof set, &set);
  return true;
}

void cb_place_threads(const int *cpus, ptrdiff_t count) {
  struct deal others = {cpus + 1, count - 1, 0};
  if (count > 1) each_thread(place, &others);
  cb_confine_caller(cpus, 1);
}

// The state letter stands after the command name, whose own text may hold anything but ends at the last ')'.
static bool is_running(pid_t thread) {
  char path[64], line[512];
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)thread);
  FILE *file = fopen(path, "r");
  if (!file) return false;
  const size_t length = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[length] = 0;
  const char *end = strrchr(line, ')');
  return end && end[1] == ' ' && end[2] == 'R';
}

static bool stop_at_running(pid_t thread, void *context) {
  if (thread == (pid_t)syscall(SYS_gettid) || !is_running(thread)) return true;
  *(bool *)context = true;
  return false;
}

double cb_wait_until_alone(double limit) {
  const double start = cb_now();
  for (;;) {
    bool busy = false;
    each_thread(stop_at_running, &busy);
    const double waited = cb_now() - start;
    if (!busy || waited >= limit) return waited;
    usleep(200);
  }
}

#else

ptrdiff_t cb_allowed_cpus(int *cpus, ptrdiff_t room) {
  (void)cpus, (void)room;
  return 0;
}

bool cb_confine_caller(const int *cpus, ptrdiff_t count) {
  (void)cpus, (void)count;
  return false;
}

bool cb_confine_process(const int *cpus, ptrdiff_t count) {
  (void)cpus, (void)count;
  return false;
}

void cb_place_threads(const int *cpus, ptrdiff_t count) { (void)cpus, (void)count; }

// No way to see other threads' state: a short sleep lets a bounded spin run out.
double cb_wait_until_alone(double limit) {
  const double millisecond = 1e-3, pause = limit < millisecond ? limit : millisecond;
  usleep((useconds_t)(pause * 1e6));
  return pause;
}

#endif
