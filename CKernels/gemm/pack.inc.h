// Template: copies a panel of A or B into the order in which the micro-kernel reads it.
// Needs: real, the vector dialect, MR, NR.
//
//   packed:  w = 0 ... panel_width-1 of depth 0 | the same of depth 1 | ...
//
// Where the panel is wider than its source, the last element across is repeated: nothing reads what is computed from it.

// Depth runs along memory: VL x VL blocks are transposed in registers.  A vector that overhangs the panel's width spills
// into the next depth, which is written later: blocks go from the last to the first across, and down the depth.
static inline __attribute__((always_inline)) void pack_along_depth(const ptrdiff_t panel_width, ptrdiff_t width,
                                                                   ptrdiff_t depth, const real *source, ptrdiff_t ws,
                                                                   real *packed) {
  const real *end = packed + panel_width * depth;
  for (ptrdiff_t p = 0; p < depth; p += VL)
    for (ptrdiff_t w0 = (panel_width - 1) / VL * VL; w0 >= 0; w0 -= VL) {
      const ptrdiff_t left = depth - p;
      vf rows[VL];
      UNROLL for (int w = 0; w < VL; ++w) {
        const real *row = source + (w0 + w < width ? w0 + w : width - 1) * ws + p;
        rows[w] = w0 + w >= panel_width ? v_zero() : left >= VL ? v_load(row) : v_load_n(row, left);
      }
      v_transpose(rows);
      real *to = packed + p * panel_width + w0;
      if (left > VL || (left == VL && panel_width % VL == 0)) {  // what spills lands inside the panel
        UNROLL for (int i = 0; i < VL; ++i) v_store(to + i * panel_width, rows[i]);
      } else {
        for (ptrdiff_t i = 0; i < left; ++i, to += panel_width) {
          if (end - to >= VL) v_store(to, rows[i]);
          else v_store_n(to, end - to, rows[i]);
        }
      }
    }
}

// Width runs along memory: rows of panel_width are copied.
static inline __attribute__((always_inline)) void pack_along_width(const ptrdiff_t panel_width, ptrdiff_t width,
                                                                   ptrdiff_t depth, const real *source, ptrdiff_t ps,
                                                                   real *packed) {
  const ptrdiff_t whole = panel_width / VL * VL;
  for (ptrdiff_t p = 0; p < depth; ++p, source += ps, packed += panel_width) {
    if (width == panel_width) {
      UNROLL for (ptrdiff_t w = 0; w < whole; w += VL) v_store(packed + w, v_load(source + w));
      UNROLL for (ptrdiff_t w = whole; w < panel_width; ++w) packed[w] = source[w];
    } else {
      for (ptrdiff_t w = 0; w < panel_width; ++w) packed[w] = source[w < width ? w : width - 1];
    }
  }
}

static inline __attribute__((always_inline)) void pack_width(const ptrdiff_t panel_width, ptrdiff_t width,
                                                             ptrdiff_t depth, const real *source, ptrdiff_t ws,
                                                             ptrdiff_t ps, real *packed) {
  if (ps == 1) return pack_along_depth(panel_width, width, depth, source, ws, packed);
  if (ws == 1) return pack_along_width(panel_width, width, depth, source, ps, packed);
  for (ptrdiff_t p = 0; p < depth; ++p)
    for (ptrdiff_t w = 0; w < panel_width; ++w)
      packed[p * panel_width + w] = source[(w < width ? w : width - 1) * ws + p * ps];
}

static void pack_a(ptrdiff_t width, ptrdiff_t depth, const real *source, ptrdiff_t ws, ptrdiff_t ps, real *packed) {
  pack_width(MR, width, depth, source, ws, ps, packed);
}

static void pack_b(ptrdiff_t width, ptrdiff_t depth, const real *source, ptrdiff_t ws, ptrdiff_t ps, real *packed) {
  pack_width(NR, width, depth, source, ws, ps, packed);
}
