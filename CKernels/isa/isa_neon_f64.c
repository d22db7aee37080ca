// NEON: the kernels over Double.
#if defined(__aarch64__)

#include "real/f64.h"
#include "isa/kernels.h"
#include "simd/vec_neon_f64.h"

// 8 x 3 accumulators, 3 of B and 2 of A: 29 of 32 registers.
#define TILE_ROWS 8
enum { MR = TILE_ROWS, NV = 3, NR = NV * VL, A_BLOCK = 192 << 10, B_BLOCK = 3 << 20 };

#include "vmath/f64/templates.inc.h"
#include "isa/templates.inc.h"

const struct kernels ck_neon_f64 = {
#include "isa/table.inc.h"
};

#endif
