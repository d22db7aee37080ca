// What the functions over buffers promise besides their errors.
#ifndef CONTRACT_H
#define CONTRACT_H

#include "ckernels.h"

// Prints each broken promise; returns how many there are.
int check_contract(const ck_isa *isa);

#endif
