// The functions over Double against long double: samples, since there are 2^64 inputs.
#ifndef DOUBLES_H
#define DOUBLES_H

#include "ckernels.h"

// Prints a row for each function; returns how many broke a promise.
int check_doubles(const ck_isa *const *isas, int isa_count, int blocks);

#endif
