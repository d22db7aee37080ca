#define _GNU_SOURCE
#include "include/ck_threads.h"

#include <limits.h>

#include "threads/quota.h"

#if defined(__linux__)

#include <sched.h>
#include <stdio.h>

enum { MAX_CPUS = 8192 };  // the most that a Linux kernel is built for

typedef struct {
  cpu_set_t sets[MAX_CPUS / CPU_SETSIZE];
} cpus;

static bool is_member(const cpus *set, int cpu) { return CPU_ISSET_S((size_t)cpu, sizeof *set, set->sets); }

// Whether an earlier member of the set is a hardware thread of the same core.
static bool shares_core_with_earlier(const cpus *set, int cpu) {
  char name[96];
  snprintf(name, sizeof name, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
  FILE *file = fopen(name, "re");
  if (!file) return false;
  bool shares = false;
  int first;  // the list reads 0,64 or 0-1
  while (!shares && fscanf(file, "%d", &first) == 1) {
    int last = first;
    int separator = fgetc(file);
    if (separator == '-' && fscanf(file, "%d", &last) == 1) separator = fgetc(file);
    for (int other = first; other <= last && other < cpu && !shares; ++other) shares = is_member(set, other);
    if (separator != ',') break;
  }
  fclose(file);
  return shares;
}

// The cores that the calling thread may run on, hardware threads of one core counted once.
static int available_cores(void) {
  cpus set = {0};
  if (sched_getaffinity(0, sizeof set, set.sets) != 0) return 1;
  int cores = 0;
  for (int cpu = 0; cpu < MAX_CPUS; ++cpu) cores += is_member(&set, cpu) && !shares_core_with_earlier(&set, cpu);
  return cores;
}

#elif defined(__APPLE__)

#include <sys/sysctl.h>

static int available_cores(void) {
  int cores = 1;
  size_t size = sizeof cores;
  return sysctlbyname("hw.physicalcpu", &cores, &size, NULL, 0) == 0 ? cores : 1;
}

#else

#include <unistd.h>

static int available_cores(void) { return (int)sysconf(_SC_NPROCESSORS_ONLN); }

#endif

int ck_threads_allowed(void) {
  const int cores = available_cores(), quota = ck_quota_cpus("");
  const int allowed = cores < quota ? cores : quota;
  return allowed < 1 ? 1 : allowed;
}
