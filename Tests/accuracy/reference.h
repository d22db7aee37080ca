// What the functions should be, in double, and what is promised of them.
#ifndef REFERENCE_H
#define REFERENCE_H

#include "ckernels.h"

typedef struct {
  const char *name, *parameters;  // as Swift spells them
  ck_function f;
  double p, q;                // Floats, but for one sixth
  double (*exact)(double x);  // for these p and q; error well below 2^-40 of the value
  double bound;               // ULP
  int monotone;               // 1 rising, -1 falling, 0 neither
  int symmetry;               // 1 odd, 2 even, 0 neither
} subject;

extern const subject subjects[];
extern const int subject_count;

#endif
