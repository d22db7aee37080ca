// AVX-512: the kernels over integers.
#if defined(__x86_64__)

#include "isa/words.h"
#include "simd/vec_avx512_u64.h"

#pragma clang attribute push(__attribute__((target(VEC_TARGET))), apply_to = function)
#include "random/philox.inc.h"
#pragma clang attribute pop

const struct word_kernels ck_avx512_u64 = {.philox = philox};

#endif
