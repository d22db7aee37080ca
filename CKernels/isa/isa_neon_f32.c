// NEON: the kernels over Float.
#if defined(__aarch64__)

#include "real/f32.h"
#include "isa/kernels.h"
#include "simd/vec_neon_f32.h"

// 8 x 3 accumulators, 3 of B and 2 of A: 29 of 32 registers.
#define TILE_ROWS 8
enum { MR = TILE_ROWS, NV = 3, NR = NV * VL, MC = 128, NC = 3072 };

#include "vmath/f32/constants.inc.h"
#include "vmath/base.inc.h"
#include "vmath/exp.inc.h"
#include "vmath/hyperbolic.inc.h"
#include "vmath/sinhcosh.inc.h"
#include "vmath/log.inc.h"
#include "vmath/softplus.inc.h"
#include "vmath/f32/erf.inc.h"
#include "vmath/f32/trig.inc.h"
#include "vmath/rsqrt.inc.h"
#include "activation/piecewise.inc.h"
#include "activation/forward.inc.h"
#include "activation/backward.inc.h"
#include "vmath/map.inc.h"
#include "gemm/finish.inc.h"
#include "gemm/tile.inc.h"
#include "gemm/pack.inc.h"
#include "gemm/gemv.inc.h"
#include "gemm/dot.inc.h"

const struct kernels ck_neon_f32 = {
    .mr = MR,
    .nr = NR,
    .mc = MC,
    .nc = NC,
    .gemm_block = gemm_block,
    .pack_a = pack_a,
    .pack_b = pack_b,
    .gemv_rows = gemv_rows,
    .gemv_columns = gemv_columns,
    .dot_rows = dot_rows,
    .dot_add_columns = dot_add_columns,
    .dot_fold_columns = dot_fold_columns,
    .finish = finish,
    .gemm_scale = gemm_scale,
    .map = map,
    .map_backward = map_backward,
};

#endif
