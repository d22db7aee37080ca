// One function over a range of bit patterns, on several instruction sets at once.
#ifndef SWEEP_H
#define SWEEP_H

#include "errors.h"
#include "reference.h"

enum { MOST_ISAS = 4, VIOLATIONS = 6 };

// Violations: of special values, of monotony, of symmetry, of the bound; different bits than the first ISA's, and of
// the exact values themselves, which come from the kernels over Double, by the C library.
typedef enum { SPECIAL, MONOTONE, SYMMETRY, BOUND, BITS, REFERENCE } violation;

typedef struct {
  errors of_kinds[KINDS];
  uint64_t inputs, count[VIOLATIONS];
  uint64_t bits;  // a sum over all inputs of a hash of input and result: the same on every machine
  float example[VIOLATIONS];
} sweep_result;

// Every stride-th pattern of first ..< last, in `threads` threads.
sweep_result sweep(const subject *s, const ck_isa *const *isas, int isa_count, uint64_t first, uint64_t last,
                   uint32_t stride, int threads);

#endif
