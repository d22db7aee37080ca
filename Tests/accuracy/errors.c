#include "errors.h"

#include <stdio.h>

void merge_errors(errors *a, const errors *b) {
  if (b->ulp > a->ulp) a->ulp = b->ulp, a->worst = b->worst;
  if (b->subnormal > a->subnormal) a->subnormal = b->subnormal, a->worst_subnormal = b->worst_subnormal;
}

void print_head(const char *last_column) {
  printf("| function | parameters | fused | subnormal | generic | subnormal | bound |%s\n"
         "|---|---|---|---|---|---|---|%s\n",
         last_column, *last_column ? "---|" : "");
}

static void print_error(const char *format, double error, double x) {
  if (error > 0)
    printf(format, error, x);
  else
    printf(" 0 |");
}

void print_row(const char *name, const char *parameters, const errors *of_kinds, double bound) {
  printf("| `%s` | %s |", name, parameters);
  for (const errors *e = of_kinds; e < of_kinds + KINDS; ++e) {
    print_error(" %.4f at `%a` |", e->ulp, e->worst);
    print_error(" %.3f at `%a` |", e->subnormal, e->worst_subnormal);
  }
  printf(" %.1f |", bound);
}
