// NEON: the kernels over integers.
#if defined(__aarch64__)

#include "isa/words.h"
#include "simd/vec_neon_u64.h"

#include "random/philox.inc.h"

const struct word_kernels ck_neon_u64 = {.philox = philox};

#endif
