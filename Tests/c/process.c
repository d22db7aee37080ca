// Properties that need threads and processes: one team, forks, limits.
#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "threads/quota.h"
#include "threads/team.h"

enum { SIDE = 120 };  // large enough for several threads, small enough to start often

static void fill(float *x, uint64_t seed) {
  struct rng rng = {seed};
  for (int i = 0; i < SIDE * SIDE; ++i) x[i] = (float)(int64_t)rng_next(&rng) * 0x1p-63f;
}

// Whether a product by `threads` threads has the bits that one thread gives.
static bool multiply_agrees(const ck_isa *isa, int threads, uint64_t seed) {
  float *memory = malloc(sizeof(float) * 4 * SIDE * SIDE);
  float *a = memory, *b = a + SIDE * SIDE, *alone = b + SIDE * SIDE, *together = alone + SIDE * SIDE;
  const ck_layout square = {SIDE * SIDE, SIDE, 1, 0};
  const ck_gemm g = {.m = SIDE, .n = SIDE, .k = SIDE, .batch = 1, .a = square, .b = square, .c = square};
  fill(a, seed);
  fill(b, seed + 1);
  memset(alone, 0xff, sizeof(float) * 2 * SIDE * SIDE);  // NaN
  const bool right = ck_sgemm(isa, 1, &g, 1, a, b, 0, alone, NULL, NULL) == CK_OK &&
                     ck_sgemm(isa, threads, &g, 1, a, b, 0, together, NULL, NULL) == CK_OK &&
                     memcmp(alone, together, sizeof(float) * SIDE * SIDE) == 0;
  free(memory);
  return right;
}

static int threads_alive(void) {
  DIR *tasks = opendir("/proc/self/task");
  int count = 0;
  for (struct dirent *entry; tasks && (entry = readdir(tasks));) count += entry->d_name[0] != '.';
  if (tasks) closedir(tasks);
  return count;
}

// How the last child ended that did not succeed.
static char ending[64];

// Runs `body` in a child that has `seconds` to return true.
static bool child_succeeds(bool (*body)(const ck_isa *), const ck_isa *isa, unsigned seconds) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    alarm(seconds);
    _exit(body(isa) ? 0 : 1);
  }
  int status = -1;
  if (child < 0 || waitpid(child, &status, 0) != child)
    snprintf(ending, sizeof ending, "there was no child");
  else if (WIFSIGNALED(status))
    snprintf(ending, sizeof ending, "the child ended by signal %d", WTERMSIG(status));
  else
    snprintf(ending, sizeof ending, "the child returned %d", WEXITSTATUS(status));
  return status == 0;
}

static atomic_int largest_team;
static void count_members(void *context, int index, int count) {
  (void)context, (void)index;
  atomic_store(&largest_team, count);
}

static bool team_forms(void) {
  ck_team_run(2, count_members, NULL);
  return largest_team == (ck_threads_parallel() ? 2 : 1);
}

static bool use_threads(const ck_isa *isa) {
  return team_forms() && multiply_agrees(isa, 2, 5) && multiply_agrees(isa, 4, 6);
}
static bool fork_and_use_threads(const ck_isa *isa) {
  return use_threads(isa) && child_succeeds(use_threads, isa, 4) && use_threads(isa);
}

static void forks(struct context *context) {
  now_running("a fork before the first region");
  if (!child_succeeds(fork_and_use_threads, context->isa, 10)) fail(context, "before the first region: %s", ending);
  now_running("a fork after a region");
  if (!use_threads(context->isa)) fail(context, "the parent itself");
  for (int round = 0; round < 20 && context->failures == 0; ++round, ++context->cases_run)
    if (!child_succeeds(fork_and_use_threads, context->isa, 10))
      fail(context, "after a region, nested twice: %s", ending);
}

struct background {
  const ck_isa *isa;
  atomic_bool stop;
  atomic_int wrong;
  atomic_long rounds;
  uint64_t seed;
};

static void *multiply_on_and_on(void *argument) {
  struct background *background = argument;
  for (uint64_t round = background->seed; !atomic_load(&background->stop); ++round) {
    if (!multiply_agrees(background->isa, 1 + (int)(round % 4), round)) atomic_fetch_add(&background->wrong, 1);
    atomic_fetch_add(&background->rounds, 1);
  }
  return NULL;
}

// ASan locks what was freed while a thread frees, and a child that is made in that moment finds it locked for ever: the
// first of its threads to end would wait.
static bool frees_leave_locks(void) {
#if __has_feature(address_sanitizer)
  printf("     children of a process at work are skipped: ASan's own locks do not survive the fork\n");
  return true;
#else
  return false;
#endif
}

static void forks_amid_work(struct context *context) {
  if (frees_leave_locks()) return;
  if (!use_threads(context->isa)) fail(context, "the parent itself");  // and the runtime has started
  struct background background = {.isa = context->isa, .seed = context->options.seed};
  pthread_t thread;
  pthread_create(&thread, NULL, multiply_on_and_on, &background);
  for (int round = 0; round < 100 && context->failures == 0; ++round, ++context->cases_run) {
    now_running("fork %d while another thread computes", round);
    if (!child_succeeds(use_threads, context->isa, 4)) fail(context, "round %d: %s", round, ending);
  }
  atomic_store(&background.stop, true);
  pthread_join(thread, NULL);
  if (background.wrong) fail(context, "%d wrong products in the parent", background.wrong);
}

enum { CALLERS = 64, STARTERS = 4 };

static bool computes(const ck_isa *isa) { return multiply_agrees(isa, 2, 5) && multiply_agrees(isa, 4, 6); }
// Of a child that may have no team: what it forks has none either.
static bool forks_and_computes(const ck_isa *isa) {
  return computes(isa) && child_succeeds(computes, isa, 4) && computes(isa);
}

static bool forks_while_threads_start(const ck_isa *isa) {
  struct background background = {.isa = isa};
  pthread_t threads[STARTERS];
  int begun = 0;
  while (begun < STARTERS && pthread_create(&threads[begun], NULL, multiply_on_and_on, &background) == 0) ++begun;
  bool right = begun > 0;
  for (int i = 0; i < 3; ++i) right = child_succeeds(forks_and_computes, isa, 10) && right;
  atomic_store(&background.stop, true);
  for (int i = 0; i < begun; ++i) pthread_join(threads[i], NULL);
  return right && background.wrong == 0;
}

static void forks_amid_start(struct context *context) {
  if (frees_leave_locks()) return;
  for (int round = 0; round < 15 && context->failures == 0; ++round, ++context->cases_run) {
    now_running("forks while other threads make the first product, round %d", round);
    if (!child_succeeds(forks_while_threads_start, context->isa, 40)) fail(context, "round %d: %s", round, ending);
  }
}

static void *nothing(void *argument) { return argument; }

static void callers_share_a_team(struct context *context) {
  struct background background = {.isa = context->isa, .seed = context->options.seed};
  pthread_t threads[CALLERS];
  // A race detector has a thread of its own once there has been another.
  if (pthread_create(&threads[0], NULL, nothing, NULL) == 0) pthread_join(threads[0], NULL);
  const int before = threads_alive();
  for (int i = 0; i < CALLERS; ++i) pthread_create(&threads[i], NULL, multiply_on_and_on, &background);
  int most = 0;
  for (int i = 0; i < 20; ++i) {
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    const int alive = threads_alive();
    if (alive > most) most = alive;
  }
  atomic_store(&background.stop, true);
  for (int i = 0; i < CALLERS; ++i) pthread_join(threads[i], NULL);
  context->cases_run = background.rounds;
  if (background.wrong) fail(context, "%d wrong products", background.wrong);
  if (most > before + CALLERS + 3) fail(context, "%d threads for %d callers of at most 4 each", most, CALLERS);
  if (threads_alive() > before + 3) fail(context, "%d threads are left of %d", threads_alive(), before);
}

struct nested {
  const ck_isa *isa;
  atomic_int wrong, inner_members;
};

static void inner_body(void *argument, int index, int count) {
  struct nested *nested = argument;
  (void)index;
  ck_team_barrier();  // of the inner team, which has one member
  if (count != 1) atomic_fetch_add(&nested->inner_members, count);
}

static void outer_body(void *argument, int index, int count) {
  struct nested *nested = argument;
  (void)count;
  ck_team_run(4, inner_body, nested);
  ck_team_barrier();
  if (!multiply_agrees(nested->isa, 2, (uint64_t)index)) atomic_fetch_add(&nested->wrong, 1);
}

static void nests(struct context *context) {
  struct nested nested = {.isa = context->isa};
  for (int round = 0; round < 100; ++round, ++context->cases_run) {
    ck_team_run(3, outer_body, &nested);
#ifdef _OPENMP
#pragma omp parallel num_threads(3)
    outer_body(&nested, 0, 3);
#endif
  }
  if (nested.wrong) fail(context, "%d wrong products", nested.wrong);
  if (nested.inner_members) fail(context, "a team inside a team");
}

struct barrier_check {
  atomic_int arrived[1000];
  atomic_int early;
};

static void barrier_body(void *argument, int index, int count) {
  struct barrier_check *check = argument;
  (void)index;
  for (int round = 0; round < 1000; ++round) {
    atomic_fetch_add(&check->arrived[round], 1);
    ck_team_barrier();
    if (atomic_load(&check->arrived[round]) != count) atomic_fetch_add(&check->early, 1);
  }
}

static void barriers_hold(struct context *context) {
  for (int threads = 1; threads <= 9; ++threads, ++context->cases_run) {
    struct barrier_check check = {0};
    ck_team_run(threads, barrier_body, &check);
    if (check.early) fail(context, "%d members went on too early", check.early);
  }
}

enum { MOST_MEMBERS = 5 };

// Who did which part of a call.
struct parts {
  pthread_t caller;
  atomic_int visits[MOST_MEMBERS], by_caller;
  atomic_bool all_on_first_cpu;
};

static void confine_to_first_cpu(void) {
  cpu_set_t usual, one;
  CPU_ZERO(&one);
  sched_getaffinity(0, sizeof usual, &usual);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &usual)) CPU_SET(cpu, &one);
  sched_setaffinity(0, sizeof one, &one);
}

static void do_part(void *argument, int index, int count) {
  struct parts *parts = argument;
  (void)count;
  if (atomic_load(&parts->all_on_first_cpu)) {
    confine_to_first_cpu();
    ck_team_barrier();  // every member is confined once
  }
  atomic_fetch_add(&parts->visits[index], 1);
  if (index > 0 && pthread_equal(pthread_self(), parts->caller)) atomic_fetch_add(&parts->by_caller, 1);
}

// One call of `threads`, after which every part must be done, once.
static bool does_each_part_once(struct parts *parts, int threads) {
  atomic_store(&largest_team, 0);
  ck_team_run(threads, count_members, NULL);
  const int members = largest_team;
  bool right = members >= 1 && members <= threads;
  ck_team_run(threads, do_part, parts);
  for (int i = 0; i < MOST_MEMBERS; ++i) right = atomic_exchange(&parts->visits[i], 0) == (i < members) && right;
  return right;
}

static void does_parts_once(struct context *context) {
  struct parts parts = {.caller = pthread_self()};
  struct rng rng = {context->options.seed};
  for (int round = 0; round < 4000 && context->failures == 0; ++round, ++context->cases_run) {
    const uint64_t draw = rng_next(&rng);
    const int threads = 1 + (int)(draw % MOST_MEMBERS);
    if (draw >> 32 & 1) nanosleep(&(struct timespec){.tv_nsec = (long)(draw >> 40) % 1200000}, NULL);  // some sleep
    now_running("call %d, of %d threads", round, threads);
    if (!does_each_part_once(&parts, threads)) fail(context, "a part done twice or never");
  }
}

// On one CPU a member's first chance to begin is after the caller's part.
static bool caller_stands_in(const ck_isa *isa) {
  (void)isa;
  struct parts parts = {.caller = pthread_self(), .all_on_first_cpu = true};
  bool right = does_each_part_once(&parts, 2);
  parts.all_on_first_cpu = false;
  for (int round = 0; round < 1000; ++round) right = does_each_part_once(&parts, 2) && right;
  return right && (!ck_threads_parallel() || parts.by_caller > 0);
}

static void stands_in(struct context *context) {
  ++context->cases_run;
  if (!child_succeeds(caller_stands_in, context->isa, 20))
    fail(context, "it never did, or a part was left: %s", ending);
}

static void *multiply_once(void *argument) {
  struct background *background = argument;
  if (!multiply_agrees(background->isa, 3, 7)) atomic_fetch_add(&background->wrong, 1);
  return NULL;
}

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { SMALL_STACK = 512 << 10 };  // sanitizers give every array of an inlined function room of its own
#else
enum { SMALL_STACK = 64 << 10 };
#endif

static void small_stacks(struct context *context) {
  struct background background = {.isa = context->isa};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, SMALL_STACK);
  for (int round = 0; round < 20; ++round, ++context->cases_run) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, multiply_once, &background) != 0) continue;
    pthread_join(thread, NULL);
  }
  if (background.wrong) fail(context, "%d wrong products", background.wrong);
}

static double cpu_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// What 300 ms after a region cost.
static double seconds_burnt(const ck_isa *isa) {
  multiply_agrees(isa, 2, 3);
  const double before = cpu_seconds();
  nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
  return cpu_seconds() - before;
}

// A worker may spin for a millisecond; the limit leaves room for a slow clock and a busy machine.
static const double MOST_BURNT = 0.02;

static void idles(struct context *context) {
  for (int round = 0; round < 5; ++round, ++context->cases_run) {
    const double burnt = seconds_burnt(context->isa);
    if (burnt > MOST_BURNT) fail(context, "%.1f ms of CPU in 300 ms after a region", burnt * 1e3);
  }
}

static bool idles_with(const ck_isa *isa, const char *name, const char *value) {
  setenv(name, value, 1);
  return seconds_burnt(isa) <= MOST_BURNT && seconds_burnt(isa) <= MOST_BURNT;
}
static bool idles_unbounded(const ck_isa *isa) { return idles_with(isa, "KMP_BLOCKTIME", "infinite"); }
static bool idles_active(const ck_isa *isa) { return idles_with(isa, "OMP_WAIT_POLICY", "active"); }

static void idles_against_environment(struct context *context) {
  context->cases_run += 2;
  if (!child_succeeds(idles_unbounded, context->isa, 10)) fail(context, "KMP_BLOCKTIME=infinite: %s", ending);
  if (!child_succeeds(idles_active, context->isa, 10)) fail(context, "OMP_WAIT_POLICY=active: %s", ending);
}

static void write_file(const char *root, const char *path, const char *text) {
  char name[PATH_MAX];
  snprintf(name, sizeof name, "%s%s", root, path);
  for (char *slash = strchr(name + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    mkdir(name, 0700);
    *slash = '/';
  }
  FILE *file = fopen(name, "w");
  if (!file || fputs(text, file) < 0 || fclose(file) != 0) perror(name);
}

// Made-up control groups: what /proc and /sys would say, and the CPUs that leaves.
static const struct quota_case {
  const char *name;
  const char *files[5][2];
  int cpus;
} quota_cases[] = {
    {"none", {{"/proc/self/cgroup", "0::/\n"}}, INT_MAX},
    {"no proc", {{"/other", ""}}, INT_MAX},
    {"version 2, one and a half",
     {{"/proc/self/cgroup", "0::/a/b\n"},
      {"/proc/self/mountinfo", "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"},
      {"/sys/fs/cgroup/a/cpu.max", "150000 100000\n"},
      {"/sys/fs/cgroup/a/b/cpu.max", "max 100000\n"}},
     2},
    {"version 2, half, seen from a container",
     {{"/proc/self/cgroup", "0::/\n"},
      {"/proc/self/mountinfo", "1 0 0:9 / / rw - overlay o rw\n2 1 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n"},
      {"/sys/fs/cgroup/cpu.max", "50000 100000\n"}},
     1},
    {"version 1, three above one, the container's part mounted",
     {{"/proc/self/cgroup", "3:cpuset:/docker/x\n2:cpu,cpuacct:/docker/x/y\n"},
      {"/proc/self/mountinfo", "7 1 0:9 /docker/x /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"},
      {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "300000\n"},
      {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"},
      {"/sys/fs/cgroup/cpu,cpuacct/y/cpu.cfs_quota_us", "-1\n"}},
     3},
    {"version 1, the mounted group's name begins the name of this one",
     {{"/proc/self/cgroup", "2:cpu:/docker/xy\n"},
      {"/proc/self/mountinfo", "7 1 0:9 /docker/x /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n"},
      {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n"},
      {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
     3},
    {"version 1, cpuset is not cpu",
     {{"/proc/self/cgroup", "3:cpuset:/\n"},
      {"/proc/self/mountinfo", "7 1 0:9 / /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset\n"},
      {"/sys/fs/cgroup/cpuset/cpu.cfs_quota_us", "100000\n"},
      {"/sys/fs/cgroup/cpuset/cpu.cfs_period_us", "100000\n"}},
     INT_MAX},
    {"nonsense",
     {{"/proc/self/cgroup", "0::/\nx\n:\n::\n"},
      {"/proc/self/mountinfo", "7 1 0:9 / /c - cgroup2 c rw\n - \n"},
      {"/c/cpu.max", "0 0\n"}},
     INT_MAX},
};

static void quotas(struct context *context) {
  char words[] = "first second";
  if (strcmp(strtok(words, " "), "first") != 0) return;
  for (size_t i = 0; i < sizeof quota_cases / sizeof *quota_cases; ++i, ++context->cases_run) {
    const struct quota_case *quota = &quota_cases[i];
    char root[] = "/tmp/kernels-quota-XXXXXX", command[64];
    if (!mkdtemp(root)) continue;
    for (int file = 0; file < 5 && quota->files[file][0]; ++file)
      write_file(root, quota->files[file][0], quota->files[file][1]);
    const int cpus = ck_quota_cpus(root);
    if (cpus != quota->cpus) fail(context, "%s: %d CPUs, not %d", quota->name, cpus, quota->cpus);
    snprintf(command, sizeof command, "rm -r %s", root);
    if (system(command) != 0) perror(command);
  }
  const char *const second = strtok(NULL, " ");
  if (!second || strcmp(second, "second") != 0) fail(context, "the caller's strtok lost its place");
}

static void affinity(struct context *context) {
  cpu_set_t usual, one;
  sched_getaffinity(0, sizeof usual, &usual);
  const int allowed = ck_threads_allowed();
  if (allowed < 1 || allowed > CPU_COUNT(&usual)) fail(context, "%d of %d CPUs", allowed, CPU_COUNT(&usual));
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &usual)) continue;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) continue;  // an emulator may refuse
    ++context->cases_run;
    if (ck_threads_allowed() != 1) fail(context, "%d threads on CPU %d alone", ck_threads_allowed(), cpu);
  }
  sched_setaffinity(0, sizeof usual, &usual);
}

// The limit counts what all processes of a user run: root takes a user of this process's own, or another run of the
// tests could take a thread between the library's trial and the runtime's.
static bool few_threads_to_be_had(const ck_isa *isa) {
  const struct rlimit limit = {3, 3};
  const uid_t user = 30000 + (uid_t)getpid() % 30000;
  if ((geteuid() == 0 && setuid(user) != 0) || setrlimit(RLIMIT_NPROC, &limit) != 0) return false;
  for (int threads = 8; threads > 1; --threads) {
    ck_team_run(threads, count_members, NULL);
    if (largest_team < 1 || largest_team > 8 || !multiply_agrees(isa, threads, 1)) return false;
  }
  return true;
}

static void limited_threads(struct context *context) {
  ++context->cases_run;
  if (!child_succeeds(few_threads_to_be_had, context->isa, 10))
    fail(context, "the process did not get through: %s", ending);
}

const struct test process_tests[] = {
    // Children of a process that has not started the runtime start it themselves: these two stand before all others.
    {.name = "a child forked amid the first product computes",
     .run = forks_amid_start,
     .any_isa = true,
     .spawns = true},
    {.name = "an idle process burns no CPU though its environment asks for it",
     .run = idles_against_environment,
     .any_isa = true,
     .spawns = true},
    {.name = "a child computes like its parent, nested twice", .run = forks, .any_isa = true, .spawns = true},
    {.name = "a child forked amid a product computes", .run = forks_amid_work, .any_isa = true, .spawns = true},
    {.name = "64 callers share one team and get the bits of one thread",
     .run = callers_share_a_team,
     .any_isa = true,
     .spawns = true},
    {.name = "a team inside a team runs on its caller", .run = nests, .any_isa = true, .spawns = true},
    {.name = "no member passes a barrier before all are there", .run = barriers_hold, .any_isa = true, .spawns = true},
    {.name = "every part of a call is done once, by a team awake or asleep",
     .run = does_parts_once,
     .any_isa = true,
     .spawns = true},
    {.name = "the caller does what members have not begun", .run = stands_in, .any_isa = true, .spawns = true},
    {.name = "a stack of 64 KiB is enough", .run = small_stacks, .any_isa = true, .spawns = true},
    {.name = "an idle process burns no CPU after a region", .run = idles, .any_isa = true, .spawns = true},
    {.name = "a refused thread does not end the process", .run = limited_threads, .any_isa = true, .spawns = true},
    {.name = "control group quotas of both versions limit the threads", .run = quotas, .any_isa = true, .spawns = true},
    {.name = "an affinity of one CPU allows one thread", .run = affinity, .any_isa = true, .spawns = true},
    {.name = NULL},
};
