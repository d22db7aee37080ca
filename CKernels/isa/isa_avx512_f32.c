// AVX-512 (F, BW, DQ, VL): the kernels over Float.
#if defined(__x86_64__)

#include "real/f32.h"
#include "isa/kernels.h"
#include "simd/vec_avx512_f32.h"

// 14 x 2 accumulators, 2 of B and 1 of A: 31 of 32 registers.
#define TILE_ROWS 14
enum { MR = TILE_ROWS, NV = 2, NR = NV * VL, A_BLOCK = 420 << 10, B_BLOCK = 6 << 20 };

#pragma clang attribute push(__attribute__((target(VEC_TARGET))), apply_to = function)
#include "vmath/f32/templates.inc.h"
#include "isa/templates.inc.h"
#pragma clang attribute pop

const struct kernels ck_avx512_f32 = {
#include "isa/table.inc.h"
};

#endif
