// Template: copies a panel of A or B into the order in which the micro-kernel reads it.
// Needs: real, the vector dialect.
//
//   packed:  w = 0 ... panel_width-1 of depth 0 | the same of depth 1 | ...

// Depth runs along memory: VL x VL blocks are transposed in registers.
static void pack_along_depth(ptrdiff_t panel_width, ptrdiff_t width, ptrdiff_t depth, const real *source, ptrdiff_t ws,
                             real *packed) {
  for (ptrdiff_t w0 = 0; w0 < panel_width; w0 += VL) {
    const ptrdiff_t lanes = panel_width - w0 < VL ? panel_width - w0 : VL;
    for (ptrdiff_t p = 0; p < depth; p += VL) {
      const ptrdiff_t left = depth - p < VL ? depth - p : VL;
      vf rows[VL];
      UNROLL for (int w = 0; w < VL; ++w) {
        const real *row = source + (w0 + w) * ws + p;
        rows[w] = w0 + w >= width ? v_zero() : left == VL ? v_load(row) : v_load_n(row, left);
      }
      v_transpose(rows);
      real *to = packed + p * panel_width + w0;
      for (ptrdiff_t i = 0; i < left; ++i) {
        if (lanes == VL) v_store(to + i * panel_width, rows[i]);
        else v_store_n(to + i * panel_width, lanes, rows[i]);
      }
    }
  }
}

// Width runs along memory: rows of `width` are copied.
static void pack_along_width(ptrdiff_t panel_width, ptrdiff_t width, ptrdiff_t depth, const real *source, ptrdiff_t ps,
                             real *packed) {
  const ptrdiff_t whole = width / VL * VL;
  for (ptrdiff_t p = 0; p < depth; ++p, source += ps, packed += panel_width) {
    for (ptrdiff_t w = 0; w < whole; w += VL) v_store(packed + w, v_load(source + w));
    for (ptrdiff_t w = whole; w < panel_width; ++w) packed[w] = w < width ? source[w] : 0;
  }
}

static void pack(ptrdiff_t panel_width, ptrdiff_t width, ptrdiff_t depth, const real *source, ptrdiff_t ws,
                 ptrdiff_t ps, real *packed) {
  if (ps == 1) return pack_along_depth(panel_width, width, depth, source, ws, packed);
  if (ws == 1) return pack_along_width(panel_width, width, depth, source, ps, packed);
  for (ptrdiff_t p = 0; p < depth; ++p)
    for (ptrdiff_t w = 0; w < panel_width; ++w) packed[p * panel_width + w] = w < width ? source[w * ws + p * ps] : 0;
}
