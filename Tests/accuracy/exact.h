// What the functions over Double should be, by MPFR (Fousse et al. 2007), and what is promised of them.
#ifndef EXACT_H
#define EXACT_H

#include <mpfr.h>

#include "ckernels.h"

enum { EXACT_BITS = 160 };  // of a reference; the formulas lose a few of them

typedef struct {
  const char *name, *parameters;  // as Swift spells them
  ck_function f;
  double p, q;
  int (*function)(mpfr_t y, const mpfr_t x, mpfr_rnd_t);          // MPFR's own, or
  void (*formula)(mpfr_t y, const mpfr_t x, double p, double q);  // ours
  double bound;                                                   // ULP
  double low, high;  // between them the function is neither constant nor infinite
  double known;      // the worst input of other draws, if not 0
} double_subject;

extern const double_subject double_subjects[];
extern const int double_subject_count;

#endif
