#define _GNU_SOURCE
// Runs every property on every instruction set that this CPU has.
//   --isa NAME  --expect-isa NAME  --filter TEXT|TEXT  --seed N  --cases N  --in-process  --keep-off
//   --list   the names of these instruction sets instead
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

bool guards_keep_off;
static int passed, failed;
static char running[256] = "start-up";

uint64_t rng_next(struct rng *rng) {
  uint64_t z = rng->state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

ptrdiff_t rng_range(struct rng *rng, ptrdiff_t first, ptrdiff_t last) {
  return first + (ptrdiff_t)(rng_next(rng) % (uint64_t)(last - first + 1));
}

bool rng_chance(struct rng *rng, int percent) { return rng_range(rng, 0, 99) < percent; }

void fail(struct context *context, const char *what, ...) {
  if (context->failures++ >= 5) return;  // the first few tell the story
  va_list arguments;
  va_start(arguments, what);
  printf("FAIL %s %s: ", ck_isa_name(context->isa), context->name);
  vprintf(what, arguments);
  printf("\n     in: %s\n     replay: --isa %s --filter '%s' --seed %llu --cases %ld\n", running,
         ck_isa_name(context->isa), context->name,
         (unsigned long long)(context->replay_seed ? context->replay_seed : context->options.seed),
         context->replay_seed ? 1 : context->options.cases);
  va_end(arguments);
}

void now_running(const char *what, ...) {
  va_list arguments;
  va_start(arguments, what);
  vsnprintf(running, sizeof running, what, arguments);
  va_end(arguments);
}

static void crashed(int signal) {
  char line[400];
  const int length = snprintf(line, sizeof line, "FAIL signal %d (SIGILL %d, SIGSEGV %d) in: %s\n0 passed, 1 failed\n",
                              signal, SIGILL, SIGSEGV, running);
  if (write(STDOUT_FILENO, line, (size_t)length) < 0) _exit(3);
  _exit(2);
}

// Whether a name holds one of a filter's texts, which stand between bars.
static bool is_wanted(const char *name, const char *filter) {
  if (filter == NULL) return true;
  for (size_t length; filter[0] != '\0'; filter += length + (filter[length] == '|')) {
    char text[256];
    length = strcspn(filter, "|");
    snprintf(text, sizeof text, "%.*s", (int)length, filter);
    if (strstr(name, text) != NULL) return true;
  }
  return false;
}

static void run_test(const struct test *test, const ck_isa *isa, const struct options *options) {
  struct context context = {.isa = isa, .options = *options, .name = test->name};
  if (!is_wanted(test->name, options->filter)) return;
  if (options->in_process && test->spawns) return;
  now_running("%s %s", ck_isa_name(isa), test->name);
  test->run(&context);
  if (context.failures > 0) {
    ++failed;
    printf("FAIL %s %s: %d failures\n", ck_isa_name(isa), test->name, context.failures);
  } else {
    ++passed;
    printf("ok   %s %s (%ld cases)\n", ck_isa_name(isa), test->name, context.cases_run);
  }
  fflush(stdout);
}

static void list_isas(void) {
  for (ptrdiff_t i = 0; ck_isa_at(i) != NULL; ++i) puts(ck_isa_name(ck_isa_at(i)));
  exit(0);
}

static struct options parse(int count, char **words) {
  struct options options = {.seed = 1, .cases = 10000};
  for (int i = 1; i < count; ++i) {
    const char *name = words[i], *value = i + 1 < count ? words[i + 1] : NULL;
    if (!strcmp(name, "--in-process")) {
      options.in_process = true;
      continue;
    }
    if (!strcmp(name, "--keep-off")) {
      guards_keep_off = true;
      continue;
    }
    if (!strcmp(name, "--list")) list_isas();
    if (value == NULL) value = name = "";
    ++i;
    if (!strcmp(name, "--isa"))
      options.isa = value;
    else if (!strcmp(name, "--expect-isa"))
      options.expected_isa = value;
    else if (!strcmp(name, "--filter"))
      options.filter = value;
    else if (!strcmp(name, "--seed"))
      options.seed = strtoull(value, NULL, 0);
    else if (!strcmp(name, "--cases"))
      options.cases = strtol(value, NULL, 0);
    else {
      fprintf(stderr,
              "usage: %s [--isa NAME] [--expect-isa NAME] [--filter TEXT|TEXT] [--seed N] [--cases N] "
              "[--in-process] [--keep-off] [--list]\n",
              words[0]);
      exit(64);
    }
  }
  return options;
}

static bool expected(const struct options *options) {
  const char *best = ck_isa_name(ck_isa_at(0));
  if (options->expected_isa == NULL) return true;
  const bool right = !strcmp(best, options->expected_isa);
  printf("%s the best instruction set here is %s, expected %s\n", right ? "ok  " : "FAIL", best, options->expected_isa);
  *(right ? &passed : &failed) += 1;
  return right;
}

int main(int count, char **words) {
  const struct options options = parse(count, words);
  const int signals[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; ++i) signal(signals[i], crashed);
  const struct test *const lists[] = {
      process_tests,         gemm_f32_tests,        gemm_f64_tests,      random_tests,       random_f32_tests,
      random_f64_tests,      winograd_f32_tests,    winograd_f64_tests,  conv_f32_tests,     conv_f64_tests,
      elementwise_f32_tests, elementwise_f64_tests, pad_f32_tests,       pad_f64_tests,      pool_f32_tests,
      pool_f64_tests,        rows_f32_tests,        rows_f64_tests,      resample_f32_tests, resample_f64_tests,
      functions_f32_tests,   functions_f64_tests,   optimizer_f32_tests, optimizer_f64_tests};
  bool found = false;
  if (expected(&options))
    for (ptrdiff_t i = 0; ck_isa_at(i) != NULL; ++i) {
      if (options.isa != NULL && strcmp(options.isa, ck_isa_name(ck_isa_at(i))) != 0) continue;
      for (size_t list = 0; list < sizeof lists / sizeof *lists; ++list)
        for (const struct test *test = lists[list]; test->name != NULL; ++test)
          if (!test->any_isa || !found) run_test(test, ck_isa_at(i), &options);
      found = true;
    }
  if (!found) printf("FAIL no instruction set %s on this CPU\n", options.isa ? options.isa : ""), ++failed;
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0;
}
