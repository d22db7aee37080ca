// The kernels of one instruction set for one element type: function pointers and tile sizes.
// Include real/f32.h or real/f64.h first: `real` is the element type of the translation unit.
#ifndef CK_ISA_KERNELS_H
#define CK_ISA_KERNELS_H

#include "isa/isa.h"

// What follows the product, on C as the kernels see it: bias element (i, j) is bias[i * bias_rs + j * bias_cs].
struct gemm_finish {
  const real *bias;  // NULL: none
  ptrdiff_t bias_rs, bias_cs;
  const real *residual;  // NULL: none
  ptrdiff_t residual_rs, residual_cs;
  ck_activation activation;
  real p, q;
};

// The first row of panel `index` when `rows` are cut into `panels` of nearly equal height.
static inline ptrdiff_t panel_start(ptrdiff_t rows, ptrdiff_t panels, ptrdiff_t index) {
  const ptrdiff_t height = rows / panels, taller = rows % panels;
  return index * height + (index < taller ? index : taller);
}

// One block of C <- alpha A B + beta C: row panels first_panel ..< last_panel, columns first_column ..< last_column,
// and kc steps of depth.  The m rows of C are cut into `panels` (see panel_start), its columns into panels of NR.
//   A: element (i, p) of a panel is a[(panel - first_panel) * a_panel + i * a_rs + p * a_ps] if packed (a_panel > 0);
//      otherwise element (i, p) of the whole is a[i * a_rs + p * a_ps].
//   B: element (p, j) of a panel is b[(panel - first_column / NR) * b_panel + p * b_ps + j]; b_panel is NR and b_ps the
//      row stride where B is not packed.  b_padded: every row of every panel has NR elements.
//   C: element (i, j) of the whole is c[i * c_rs + j * c_cs].
struct gemm_block {
  ptrdiff_t m, panels, first_panel, last_panel, first_column, last_column, kc;
  const real *a;
  ptrdiff_t a_rs, a_ps, a_panel;
  const real *b;
  ptrdiff_t b_ps, b_panel;
  bool b_padded;
  real alpha, beta;
  real *c;
  ptrdiff_t c_rs, c_cs;
  const struct gemm_finish *finish;  // NULL: C is not complete yet, or nothing follows
};

// Copies element (w, p) = source[w * ws + p * ps], w < width, p < depth, to packed[p * MR + w] for A, to
// packed[p * NR + w] for B, and repeats the last w up to the panel's width.
typedef void pack_panel(ptrdiff_t width, ptrdiff_t depth, const real *source, ptrdiff_t ws, ptrdiff_t ps, real *packed);

struct kernels {
  ptrdiff_t mr, nr;  // register tile
  ptrdiff_t mc, nc;  // cache blocks: A~ is mc x KC in L2, B~ is KC x nc in L3
  void (*gemm_block)(const struct gemm_block *block);
  pack_panel *pack_a, *pack_b;
  // C <- beta C (0 without reading it), then `finish` if it is not NULL.
  void (*gemm_scale)(ptrdiff_t m, ptrdiff_t n, real beta, real *c, ptrdiff_t c_rs, ptrdiff_t c_cs,
                     const struct gemm_finish *finish);
};

#endif
