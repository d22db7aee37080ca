// The shape of an elementwise call with as few dimensions as its broadcasting needs.
#ifndef CK_ELEMENTWISE_SHAPE_H
#define CK_ELEMENTWISE_SHAPE_H

#include "include/ckernels.h"

// stride[k][d]: how far apart the elements of operand k are along dimension d; 0 where it repeats one.
struct broadcast {
  int rank;         // at least 1
  ptrdiff_t count;  // elements of the whole
  ptrdiff_t size[CK_MAX_RANK], stride[3][CK_MAX_RANK];
};

ck_status ck_check_broadcast(const ck_broadcast *shape, ptrdiff_t element_bytes, ck_fault *fault);

// Leaves out dimensions of size 1 and joins neighbours that the same operands repeat.
struct broadcast ck_collapse(const ck_broadcast *shape, int operands);

// Whether operand k repeats nothing.
bool ck_is_dense(const struct broadcast *shape, int k);

// Where in operand k element `index` of the whole lies; its coordinates go to `at`.
ptrdiff_t ck_locate(const struct broadcast *shape, int k, ptrdiff_t index, ptrdiff_t at[CK_MAX_RANK]);

// The product of the fewest trailing sizes such that every operand that is not dense repeats all dimensions before
// them: such an operand is a period of that many elements.
ptrdiff_t ck_period(const struct broadcast *shape, int operands);

#endif
