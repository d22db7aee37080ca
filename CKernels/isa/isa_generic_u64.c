// portable C: the kernels over integers.
#include "isa/words.h"
#include "simd/vec_generic_u64.h"

#include "random/philox.inc.h"

const struct word_kernels ck_generic_u64 = {.philox = philox};
