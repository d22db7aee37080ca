// Template: copies panels of A or B into the order in which the micro-kernel reads them.
// Needs: real, the vector dialect, MR, NR, isa/kernels.h.
//
//   one panel:  w = 0 ... panel_width-1 of depth 0 | the same of depth 1 | ...
//
// Where a panel is wider than its source, zeros or the last element across follow: nothing reads what is computed from
// them.

#include "gemm/chunks.h"

// The two sides: A's panels have nearly equal heights (see panel_start), B's are whole but for the last.
enum side { SIDE_A, SIDE_B };

// The extent of one panel.
struct panel {
  ptrdiff_t start, width;
};

static inline __attribute__((always_inline)) struct panel panel_of(const enum side side, ptrdiff_t width,
                                                                   ptrdiff_t panels, ptrdiff_t index) {
  if (side == SIDE_A) {
    const ptrdiff_t start = panel_start(width, panels, index);
    return (struct panel){start, panel_start(width, panels, index + 1) - start};
  }
  const ptrdiff_t start = index * NR;
  return (struct panel){start, width - start < NR ? width - start : NR};
}

// How far rows are fetched ahead: too many lie side by side for the processor to see where they go.
enum { ROW_AHEAD = 128 / sizeof(real) };
// How many rows are fetched ahead where each is read in one piece, which ends before the processor has seen one.
enum { ROWS_AHEAD = 2 };
// Panels that are packed together: more of each row is read in one piece, and more lines are written at a time.  Where
// all of those fall into one set of a cache, few.
enum { TOGETHER = 2 * VL, TOGETHER_ALIASING = 4 };

// Depth runs along memory: VL x VL blocks are transposed in registers.  A vector that overhangs the panel's width
// spills into the next depth, which is written later: blocks go from the last to the first across, and down the depth.
static inline __attribute__((always_inline)) void pack_along_depth(const ptrdiff_t panel_width, ptrdiff_t width,
                                                                   ptrdiff_t depth, const real *source, ptrdiff_t ws,
                                                                   real *packed) {
  const real *end = packed + panel_width * depth;
  for (ptrdiff_t p = 0; p < depth; p += VL)
    for (ptrdiff_t w0 = (panel_width - 1) / VL * VL; w0 >= 0; w0 -= VL) {
      const ptrdiff_t left = depth - p, ahead = left < ROW_AHEAD ? left : ROW_AHEAD;
      vf rows[VL];
      UNROLL for (int w = 0; w < VL; ++w) {
        const real *row = source + (w0 + w < width ? w0 + w : width - 1) * ws + p;
        __builtin_prefetch(row + ahead);
        rows[w] = w0 + w >= panel_width ? v_zero() : left >= VL ? v_load(row) : v_load_n(row, left);
      }
      v_transpose(rows);
      real *to = packed + p * panel_width + w0;
      if (left > VL || (left == VL && panel_width % VL == 0)) {  // what spills lands inside the panel
        UNROLL for (int i = 0; i < VL; ++i)
          v_store(to + i * panel_width, rows[i]);
      } else {
        for (ptrdiff_t i = 0; i < left; ++i, to += panel_width) {
          if (end - to >= VL)
            v_store(to, rows[i]);
          else
            v_store_n(to, end - to, rows[i]);
        }
      }
    }
}

// One row of a panel: `width` elements, then zeros.  What overhangs the panel's width spills into the next depth,
// unless this is the last.
static inline __attribute__((always_inline)) void pack_row(const ptrdiff_t panel_width, ptrdiff_t width, bool last,
                                                           const real *from, real *to) {
  UNROLL for (ptrdiff_t w = 0; w < panel_width; w += VL) {
    const ptrdiff_t left = width - w, room = panel_width - w;
    const vf x = left >= VL ? v_load(from + w) : left > 0 ? v_load_n(from + w, left) : v_zero();
    if (room >= VL || (!last && VL - room <= panel_width))
      v_store(to + w, x);
    else
      v_store_n(to + w, room, x);
  }
}

// Width runs along memory: panels of one width side by side, so that each row is read in one long piece.
static inline __attribute__((always_inline)) void pack_along_width(const ptrdiff_t panel_width, ptrdiff_t width,
                                                                   ptrdiff_t panels, ptrdiff_t depth,
                                                                   const real *source, ptrdiff_t ps, real *packed) {
  for (ptrdiff_t p = 0; p < depth; ++p, source += ps, packed += panel_width) {
    const real *from = source;
    real *to = packed;
    for (ptrdiff_t i = 0; i < panels; ++i, from += width, to += panel_width * depth) {
      UNROLL for (ptrdiff_t w = 0; w < panel_width; w += VL)
        __builtin_prefetch(from + w + ROWS_AHEAD * ps);
      pack_row(panel_width, width, p + 1 == depth, from, to);
    }
  }
}

static inline __attribute__((always_inline)) void pack_element_wise(const ptrdiff_t panel_width, ptrdiff_t width,
                                                                    ptrdiff_t depth, const real *source, ptrdiff_t ws,
                                                                    ptrdiff_t ps, real *packed) {
  for (ptrdiff_t p = 0; p < depth; ++p)
    for (ptrdiff_t w = 0; w < panel_width; ++w)
      packed[p * panel_width + w] = source[(w < width ? w : width - 1) * ws + p * ps];
}

static inline __attribute__((always_inline)) void pack_panels(const enum side side, ptrdiff_t width, ptrdiff_t panels,
                                                              ptrdiff_t first, ptrdiff_t last, ptrdiff_t depth,
                                                              const real *source, ptrdiff_t ws, ptrdiff_t ps,
                                                              real *packed) {
  const ptrdiff_t panel_width = side == SIDE_A ? MR : NR;
  const ptrdiff_t most = aliases(panel_width * depth * (ptrdiff_t)sizeof(real)) ? TOGETHER_ALIASING : TOGETHER;
  for (ptrdiff_t i = first, together; i < last; i += together, packed += together * panel_width * depth) {
    const struct panel from = panel_of(side, width, panels, i);
    const real *here = source + from.start * ws;
    together = 1;
    if (ps != 1 && ws == 1) {
      while (together < most && i + together < last && panel_of(side, width, panels, i + together).width == from.width)
        ++together;
      if (from.width == panel_width)
        pack_along_width(panel_width, panel_width, together, depth, here, ps, packed);
      else
        pack_along_width(panel_width, from.width, together, depth, here, ps, packed);
    } else if (ps == 1) {
      pack_along_depth(panel_width, from.width, depth, here, ws, packed);
    } else {
      pack_element_wise(panel_width, from.width, depth, here, ws, ps, packed);
    }
  }
}

static void pack_a(ptrdiff_t m, ptrdiff_t panels, ptrdiff_t first, ptrdiff_t last, ptrdiff_t depth, const real *source,
                   ptrdiff_t ws, ptrdiff_t ps, real *packed) {
  pack_panels(SIDE_A, m, panels, first, last, depth, source, ws, ps, packed);
}

static void pack_b(ptrdiff_t n, ptrdiff_t panels, ptrdiff_t first, ptrdiff_t last, ptrdiff_t depth, const real *source,
                   ptrdiff_t ws, ptrdiff_t ps, real *packed) {
  pack_panels(SIDE_B, n, panels, first, last, depth, source, ws, ps, packed);
}
