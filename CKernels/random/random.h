// What random numbers share between the element types.
#ifndef CK_RANDOM_RANDOM_H
#define CK_RANDOM_RANDOM_H

#include "include/ckernels.h"

// That n elements from random->offset on have an index below 2^64 and fit ptrdiff_t bytes.
ck_status ck_check_random(int threads, const ck_random *random, ptrdiff_t n, ptrdiff_t element_bytes, ck_fault *fault);

#endif
