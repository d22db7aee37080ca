// The functions over Double against a multiple-precision reference: samples, since there are 2^64 inputs.
#ifndef DOUBLES_H
#define DOUBLES_H

#include "errors.h"
#include "select.h"

// Prints a table: blocks of 4096 inputs for each function.  Skips all of it where the build found no MPFR.
tally check_doubles(const ck_isa *const *isas, int isa_count, int blocks, selection names);

#endif
