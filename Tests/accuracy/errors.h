// The largest errors of a function, where they occur, and the table of them that the documentation shows.
#ifndef ERRORS_H
#define ERRORS_H

#include "ckernels.h"

typedef struct {
  double ulp, worst;                  // of normal results, in ULP
  double subnormal, worst_subnormal;  // of subnormal ones, in smallest subnormals
} errors;

// Instruction sets of one kind give the same bits, and share columns.
typedef enum { FUSED, GENERIC, KINDS } isa_kind;

static inline isa_kind kind_of(const ck_isa *isa) { return ck_isa_fused(isa) ? FUSED : GENERIC; }

// Takes over what is larger in b.
void merge_errors(errors *a, const errors *b);

void print_head(const char *last_column);

// A row without its end.
void print_row(const char *name, const char *parameters, const errors *of_kinds, double bound);

#endif
