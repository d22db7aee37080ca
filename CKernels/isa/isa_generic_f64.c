// portable C: the kernels over Double.
#include "real/f64.h"
#include "isa/kernels.h"
#include "simd/vec_generic.h"

// 4 x 2 accumulators, 2 of B and 1 of A: 11 of 16 registers.
#define TILE_ROWS 4
enum { MR = TILE_ROWS, NV = 2, NR = NV * VL, A_BLOCK = 192 << 10, B_BLOCK = 3 << 20 };

#include "vmath/f64/templates.inc.h"
#include "isa/templates.inc.h"

const struct kernels ck_generic_f64 = {
#include "isa/table.inc.h"
};
