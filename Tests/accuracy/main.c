// accuracy [--stride N] [--generic] [NAME ...]: errors of the functions over all Floats (stride 1), or every N-th.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "doubles.h"
#include "sweep.h"

static const char *const violation_names[VIOLATIONS] = {"special", "monotone", "symmetry",
                                                        "bound",   "bits",     "reference"};

static bool wanted(const char *name, char **names, int count) {
  for (int i = 0; i < count; ++i)
    if (strcmp(names[i], name) == 0) return true;
  return count == 0;
}

static bool print(const subject *s, sweep_result r) {
  printf("| %-12s | %4.2g %4.2g | %.4f | %+.7a | %.3f | %+.7a | %.1f | %016llx |", ck_function_name(s->f), s->p, s->q,
         r.ulp, r.worst, r.subnormal, r.worst_subnormal, s->bound, (unsigned long long)r.bits);
  bool good = true;
  for (int v = 0; v < VIOLATIONS; ++v)
    if (r.count[v] > 0) {
      printf(" %s: %llu, as at %a;", violation_names[v], (unsigned long long)r.count[v], r.example[v]);
      good = false;
    }
  printf(good ? " ok |\n" : " FAILED |\n");
  fflush(stdout);
  return good;
}

int main(int argc, char **argv) {
  uint32_t stride = 1021;
  bool with_generic = false, good = true;
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; ++at) {
    if (strcmp(argv[at], "--stride") == 0 && at + 1 < argc)
      stride = (uint32_t)strtoul(argv[++at], NULL, 10);
    else if (strcmp(argv[at], "--generic") == 0)
      with_generic = true;
    else
      return fprintf(stderr, "usage: accuracy [--stride N] [--generic] [NAME ...]\n"), 2;
  }
  if (stride == 0) return fprintf(stderr, "accuracy: --stride must be positive\n"), 2;
  const ck_isa *isas[MOST_ISAS];
  int count = 0;
  printf("Every %u. Float on", stride);
  for (const ck_isa *isa; count < MOST_ISAS && (isa = ck_isa_at(count)) != NULL; ++count) {
    if (count > 0 && !ck_isa_fused(isa) && !with_generic) break;
    isas[count] = isa;
    printf(" %s", ck_isa_name(isa));
  }
  for (int i = 0; i < count; ++i) good &= check_contract(isas[i]) == 0;
  printf(" (bits compared)\n\n| function | p q | max ULP | at | max of subnormal results | at | bound | bits | |\n"
         "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (int i = 0; i < subject_count; ++i)
    if (wanted(ck_function_name(subjects[i].f), argv + at, argc - at))
      good &= print(subjects + i, sweep(subjects + i, isas, count, 0, (uint64_t)1 << 32, stride, ck_threads_allowed()));
  if (at == argc) good &= check_doubles(isas, count, 64) == 0;
  return good ? 0 : 1;
}
