// The kernels of one instruction set for one element type: function pointers and tile sizes.
// Include real/f32.h or real/f64.h first: `real` is the element type of the translation unit.
#ifndef CK_ISA_KERNELS_H
#define CK_ISA_KERNELS_H

#include "isa/isa.h"

// C <- alpha A B + beta C for one block: all of A~ (m x kc) against all of B~ (kc x n).
//   A: rows are cut into `ceil(m / MR)` panels of nearly equal height; element (i, p) of the panel that starts at row
//      i0 is a[(panel * a_panel) + i * a_rs + p * a_ps] (packed), or a[i0 * a_rs + i * a_rs + p * a_ps] (a_panel == 0).
//   B: columns are cut into panels of NR; element (p, j) of a panel is b[panel * b_panel + p * b_ps + j], where
//      b_panel is NR for a B that is not packed.  b_padded: NR elements may be read in every row of every panel.
struct gemm_block {
  ptrdiff_t m, n, kc;
  const real *a;
  ptrdiff_t a_rs, a_ps, a_panel;
  const real *b;
  ptrdiff_t b_ps, b_panel;
  bool b_padded;
  real alpha, beta;
  real *c;
  ptrdiff_t c_rs, c_cs;
};

// Copies element (w, p) = source[w * ws + p * ps], w < width, p < depth, to packed[p * panel_width + w] and fills
// width ... panel_width - 1 with zeros.  May write up to one vector beyond the panel's end.
typedef void pack_panel(ptrdiff_t panel_width, ptrdiff_t width, ptrdiff_t depth, const real *source, ptrdiff_t ws,
                        ptrdiff_t ps, real *packed);

struct kernels {
  ptrdiff_t mr, nr;  // register tile
  ptrdiff_t mc, nc;  // cache blocks: A~ is mc x KC in L2, B~ is KC x nc in L3
  void (*gemm_block)(const struct gemm_block *block);
  pack_panel *pack;
};

#endif
