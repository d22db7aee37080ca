// The C driver's frame: options, seeded numbers, verdicts with a line that replays them.
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/ckernels.h"

struct rng {
  uint64_t state;
};

uint64_t rng_next(struct rng *rng);                                     // SplitMix64 (Steele, Lea, Flood 2014)
ptrdiff_t rng_range(struct rng *rng, ptrdiff_t first, ptrdiff_t last);  // uniform in first ... last
bool rng_chance(struct rng *rng, int percent);

struct options {
  const char *isa, *expected_isa, *filter;
  uint64_t seed;
  long cases;
  bool in_process;  // leave out what starts threads or processes
};

// --keep-off: leave a vector's width before the guard pages.  For QEMU 7.2, which faults on lanes that a mask turns
// off.
extern bool guards_keep_off;

// What a test is given: the instruction set to force, how many random cases to try and where they start.
struct context {
  const ck_isa *isa;
  struct options options;
  const char *name;
  uint64_t replay_seed;  // with one case: the case that runs now; 0: the whole test
  long cases_run;
  int failures;
};

// Few cases are asked for where an emulator runs them: a test with a list of its own shortens it then.
static inline bool is_brief(const struct context *context) { return context->options.cases < 100; }

struct test {
  const char *name;  // a sentence that states the property
  void (*run)(struct context *);
  bool any_isa;  // runs once, not once for every instruction set
  bool spawns;   // starts threads or processes
};

// Reports a failure; `what` and its arguments say which case.
__attribute__((format(printf, 2, 3))) void fail(struct context *, const char *what, ...);

// Says what runs now, for the report of a crash.
__attribute__((format(printf, 1, 2))) void now_running(const char *what, ...);

// Each ends with an empty name.
extern const struct test gemm_f32_tests[], gemm_f64_tests[], process_tests[];
extern const struct test functions_f32_tests[], functions_f64_tests[];
extern const struct test optimizer_f32_tests[], optimizer_f64_tests[];
extern const struct test random_tests[], random_f32_tests[], random_f64_tests[];
extern const struct test pool_f32_tests[], pool_f64_tests[], resample_f32_tests[], resample_f64_tests[];
extern const struct test winograd_f32_tests[], winograd_f64_tests[];
extern const struct test conv_f32_tests[], conv_f64_tests[];
extern const struct test elementwise_f32_tests[], elementwise_f64_tests[], pad_f32_tests[], pad_f64_tests[];
extern const struct test rows_f32_tests[], rows_f64_tests[];

#endif
