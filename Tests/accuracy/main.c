// accuracy [--stride N] [NAME ...]: the table of errors of the functions, or of those named, on every instruction set:
// over all Floats (stride 1) or every N-th, and over samples of Doubles.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "doubles.h"
#include "sweep.h"

static const char *const violation_names[VIOLATIONS] = {"special", "monotone", "symmetry",
                                                        "bound",   "bits",     "reference"};

static bool print(const subject *s, const sweep_result *r) {
  bool good = true;
  print_row(s->name, s->parameters, r->of_kinds, s->bound);
  printf(" `%016llx` |\n", (unsigned long long)r->bits);
  for (int v = 0; v < VIOLATIONS; ++v)
    if (r->count[v] > 0) {
      printf("FAILED %s(%s): %s: %llu, as at %a\n", s->name, s->parameters, violation_names[v],
             (unsigned long long)r->count[v], r->example[v]);
      good = false;
    }
  fflush(stdout);
  return good;
}

static void print_introduction(uint32_t stride, const ck_isa *const *isas, int isa_count) {
  printf("`Float`, over ");
  if (stride == 1)
    printf("every float");
  else
    printf("one in %u floats", stride);
  printf("; fused is");
  for (int i = 0; i < isa_count; ++i)
    if (kind_of(isas[i]) == FUSED) printf("%s %s", i == 0 ? "" : " =", ck_isa_name(isas[i]));
  printf(", every bit compared:\n\n");
  print_head(" bits |");
}

// A part of the tests by the rules of Tests/run.sh, which takes this line for its tally.
static int conclude(tally floats, tally doubles) {
  fprintf(stderr, "%d passed, %d failed, %d skipped\n", floats.passed + doubles.passed, floats.failed + doubles.failed,
          doubles.skipped);
  return floats.failed + doubles.failed > 0;
}

// Says which of the names is no function's, and what there is; returns whether one is not.
static bool refuse_unknown(char **names, int count) {
  for (int n = 0; n < count; ++n) {
    int i = 0;
    while (i < subject_count && strcmp(subjects[i].name, names[n]) != 0) ++i;
    if (i < subject_count) continue;
    fprintf(stderr, "accuracy: no function is called '%s'; there are", names[n]);
    for (i = 0; i < subject_count; ++i)
      if (i == 0 || strcmp(subjects[i].name, subjects[i - 1].name) != 0) fprintf(stderr, " %s", subjects[i].name);
    fputc('\n', stderr);
    return true;
  }
  return false;
}

int main(int argc, char **argv) {
  uint32_t stride = 1021;
  int at = 1, isa_count = 0;
  for (; at < argc && argv[at][0] == '-'; ++at) {
    if (strcmp(argv[at], "--stride") != 0 || at + 1 == argc || (stride = (uint32_t)strtoul(argv[++at], NULL, 10)) == 0)
      return fprintf(stderr, "usage: accuracy [--stride N] [NAME ...], N positive\n"), 2;
  }
  if (refuse_unknown(argv + at, argc - at)) return 2;
  const ck_isa *isas[MOST_ISAS];
  tally floats = {0};
  while (isa_count < MOST_ISAS && (isas[isa_count] = ck_isa_at(isa_count)) != NULL) ++isa_count;
  for (int i = 0; i < isa_count; ++i) floats.failed += check_contract(isas[i]);
  const selection names = {argv + at, argc - at};
  print_introduction(stride, isas, isa_count);
  for (int i = 0; i < subject_count; ++i) {
    if (!selects(names, subjects[i].name)) continue;
    const sweep_result r = sweep(subjects + i, isas, isa_count, 0, (uint64_t)1 << 32, stride, ck_threads_allowed());
    if (print(subjects + i, &r))
      ++floats.passed;
    else
      ++floats.failed;
  }
  return conclude(floats, check_doubles(isas, isa_count, stride == 1 ? 64 : 8, names));
}
