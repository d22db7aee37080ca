// portable C: the kernels over Double.
#include "real/f64.h"
#include "isa/kernels.h"
#include "simd/vec_generic_f64.h"

// 4 x 2 accumulators, 2 of B and 1 of A: 11 of 16 registers.
#define TILE_ROWS 4
enum { MR = TILE_ROWS, NV = 2, NR = NV * VL, MC = 128, NC = 1024 };

#include "vmath/f64/constants.inc.h"
#include "vmath/base.inc.h"
#include "vmath/exp.inc.h"
#include "vmath/hyperbolic.inc.h"
#include "vmath/sinhcosh.inc.h"
#include "vmath/log.inc.h"
#include "vmath/softplus.inc.h"
#include "vmath/rsqrt.inc.h"
#include "vmath/f64/library.inc.h"
#include "activation/piecewise.inc.h"
#include "activation/forward.inc.h"
#include "activation/backward.inc.h"
#include "vmath/map.inc.h"
#include "gemm/finish.inc.h"
#include "gemm/tile.inc.h"
#include "gemm/pack.inc.h"
#include "gemm/gemv.inc.h"
#include "gemm/dot.inc.h"

const struct kernels ck_generic_f64 = {
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
