#include "doubles.h"

#include <stdio.h>

#if __has_include(<mpfr.h>)
#include <float.h>
#include <math.h>

#include "exact.h"

enum { BLOCK = 4096 };

static double uniform(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return (double)((*seed ^ *seed >> 29) >> 11) * 0x1p-53;
}

static double any_pattern(uint64_t *seed) {
  double x;
  const uint64_t high = (uint64_t)(uniform(seed) * 0x1p32), bits = high << 32 | (uint64_t)(uniform(seed) * 0x1p32);
  memcpy(&x, &bits, sizeof x);
  return x;
}

// A quarter each of the inputs are any pattern, lie with even exponents down to 2^-32 of either end, evenly between low
// and high, and evenly within 40 of 0.  Those that no draw would find come first.
static void fill(const double_subject *s, double *x, uint64_t *seed) {
  static const double special[] = {0.0,     -0.0,     INFINITY,  -INFINITY,  NAN,         DBL_MIN,    -DBL_MIN,
                                   DBL_MAX, -DBL_MAX, 0x1p-1074, -0x1p-1074, 1 - 0x1p-53, 0x1p-53 - 1};
  const int count = *seed == 1 ? sizeof special / sizeof *special : 0;
  for (int i = 0; i < BLOCK; ++i) {
    if (i < count)
      x[i] = special[i];
    else if (i == count && count > 0)
      x[i] = s->known;
    else if (i % 4 == 0)
      x[i] = any_pattern(seed);
    else if (i % 4 == 1)
      x[i] = (uniform(seed) < 0.5 ? s->low : s->high) * exp2(-32 * uniform(seed));
    else {
      const double reach = i % 4 == 2 ? INFINITY : 40, low = fmax(s->low, -reach), high = fmin(s->high, reach);
      x[i] = low + (high - low) * uniform(seed);
    }
  }
}

typedef struct {
  errors of_kinds[KINDS];
  double example;
  uint64_t wrong, differ;
} outcome;

// |exact - got| 2^scale
static double distance(const mpfr_t exact, double got, long scale) {
  mpfr_t d;
  mpfr_init2(d, EXACT_BITS);
  mpfr_sub_d(d, exact, got, MPFR_RNDN);
  mpfr_mul_2si(d, d, scale, MPFR_RNDN);
  const double result = fabs(mpfr_get_d(d, MPFR_RNDN));
  mpfr_clear(d);
  return result;
}

static bool is_right(const double_subject *s, const mpfr_t exact, double x, double got, errors *e) {
  const double rounded = mpfr_get_d(exact, MPFR_RNDN);
  if (isnan(rounded) || isnan(got)) return isnan(rounded) && isnan(got);
  if (isinf(rounded) || isinf(got) || mpfr_zero_p(exact)) return got == rounded && signbit(got) == signbit(rounded);
  if (mpfr_get_exp(exact) <= DBL_MIN_EXP - 1) {
    const double error = distance(exact, got, DBL_MANT_DIG - DBL_MIN_EXP);
    if (error > e->subnormal) e->subnormal = error, e->worst_subnormal = x;
    return error <= 1 && signbit(got) == signbit(rounded);
  }
  const double error = distance(exact, got, DBL_MANT_DIG - mpfr_get_exp(exact));
  if (error > e->ulp) e->ulp = error, e->worst = x;
  return error <= s->bound;
}

static void judge(const double_subject *s, isa_kind kind, const double *x, const double *got, const mpfr_t *exact,
                  outcome *o) {
  for (int i = 0; i < BLOCK; ++i)
    if (!is_right(s, exact[i], x[i], got[i], o->of_kinds + kind) && o->wrong++ == 0) o->example = x[i];
}

static void exact_values(const double_subject *s, const double *x, mpfr_t *exact) {
  mpfr_t argument;
  mpfr_init2(argument, EXACT_BITS);
  for (int i = 0; i < BLOCK; ++i) {
    mpfr_set_d(argument, x[i], MPFR_RNDN);
    if (isnan(x[i]))
      mpfr_set_nan(exact[i]);
    else if (s->function)
      s->function(exact[i], argument, MPFR_RNDN);
    else
      s->formula(exact[i], argument, s->p, s->q);
  }
  mpfr_clear(argument);
}

static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b)); }

static outcome sample(const double_subject *s, const ck_isa *const *isas, int isa_count, int blocks, mpfr_t *exact) {
  double x[BLOCK], y[BLOCK], z[BLOCK];
  outcome o = {0};
  uint64_t seed = 1;
  for (int b = 0; b < blocks; ++b) {
    fill(s, x, &seed);
    exact_values(s, x, exact);
    ck_dmap(isas[0], 1, s->f, s->p, s->q, BLOCK, x, y, NULL);
    judge(s, kind_of(isas[0]), x, y, exact, &o);
    for (int i = 1; i < isa_count; ++i) {
      ck_dmap(isas[i], 1, s->f, s->p, s->q, BLOCK, x, z, NULL);
      for (int j = 0; j < BLOCK; ++j) o.differ += !same_bits(y[j], z[j]);
      if (kind_of(isas[i]) != kind_of(isas[0])) judge(s, kind_of(isas[i]), x, z, exact, &o);
    }
  }
  return o;
}

static bool print(const double_subject *s, const outcome *o) {
  print_row(s->name, s->parameters, o->of_kinds, s->bound);
  printf("\n");
  if (o->wrong > 0) printf("FAILED %s: %llu wrong, as at %a\n", s->name, (unsigned long long)o->wrong, o->example);
  if (o->differ > 0) printf("FAILED %s: %llu with other bits\n", s->name, (unsigned long long)o->differ);
  fflush(stdout);
  return o->wrong + o->differ == 0;
}

tally check_doubles(const ck_isa *const *isas, int isa_count, int blocks, selection names) {
  static mpfr_t exact[BLOCK];
  tally t = {0};
  for (int i = 0; i < BLOCK; ++i) mpfr_init2(exact[i], EXACT_BITS);
  printf("\n`Double`, over %d samples of each function, against MPFR with %d bits:\n\n", blocks * BLOCK, EXACT_BITS);
  print_head("");
  for (int k = 0; k < double_subject_count; ++k) {
    if (!selects(names, double_subjects[k].name)) continue;
    const outcome o = sample(double_subjects + k, isas, isa_count, blocks, exact);
    if (print(double_subjects + k, &o))
      ++t.passed;
    else
      ++t.failed;
  }
  for (int i = 0; i < BLOCK; ++i) mpfr_clear(exact[i]);
  return t;
}
#else
tally check_doubles(const ck_isa *const *isas, int isa_count, int blocks, selection names) {
  (void)isas, (void)isa_count, (void)blocks, (void)names;
  printf("\n`Double` is skipped: the build found no mpfr.h (Debian: libmpfr-dev)\n");
  return (tally){.skipped = 1};
}
#endif
