// Template: copies of a block, as it lies or transposed.  Needs: real, the vector dialect, gemm/tile.inc.h.

// A corner of `high` rows of `wide` elements, at most VL x VL.
static inline __attribute__((always_inline)) void transpose_corner(ptrdiff_t high, ptrdiff_t wide, const real *from,
                                                                   ptrdiff_t from_rs, real *to, ptrdiff_t to_rs) {
  // What a vector has too much of becomes the beginning of the next.
  const bool spills = wide == VL && to_rs == high && 2 * high >= VL;
  vf rows[VL];
  UNROLL for (int r = 0; r < VL; ++r) {
    rows[r] = r < high ? load_row(from, 1, wide) : v_zero();
    from += fleeting(from_rs);
  }
  v_transpose(rows);
  UNROLL for (int r = 0; r < VL; ++r) {
    if (high == VL || (spills && r < VL - 1)) {
      if (r < wide) v_store(to, rows[r]);
    } else if (r < wide) {
      v_store_n(to, high, rows[r]);
    }
    to += fleeting(to_rs);
  }
}

// to[j * to_rs + i] <- from[i * from_rs + j] for i < m, j < n.  The last corners of a side lie partly over those before
// them, so that they are whole.
static void transpose_block(ptrdiff_t m, ptrdiff_t n, const real *from, ptrdiff_t from_rs, real *to, ptrdiff_t to_rs) {
  const ptrdiff_t high = m < VL ? m : VL, wide = n < VL ? n : VL;
  for (ptrdiff_t i = 0; i < m; i += VL)
    for (ptrdiff_t j = 0; j < n; j += VL) {
      const ptrdiff_t top = i < m - high ? i : m - high, left = j < n - wide ? j : n - wide;
      const real *corner = from + top * from_rs + left;
      real *at = to + left * to_rs + top;
      if (high < VL || wide < VL)
        transpose_corner(high, wide, corner, from_rs, at, to_rs);
      else
        transpose_corner(VL, VL, corner, from_rs, at, to_rs);
    }
}

// to[i * to_rs + j] <- from[i * from_rs + j] for i < m, j < n.
static void copy_block(ptrdiff_t m, ptrdiff_t n, const real *from, ptrdiff_t from_rs, real *to, ptrdiff_t to_rs) {
  const ptrdiff_t whole = n - n % VL;
  for (ptrdiff_t i = 0; i < m; ++i, from += from_rs, to += to_rs) {
    for (ptrdiff_t j = 0; j < whole; j += VL) v_store(to + j, v_load(from + j));
    if (whole < n) v_store_n(to + whole, n - whole, v_load_n(from + whole, n - whole));
  }
}
