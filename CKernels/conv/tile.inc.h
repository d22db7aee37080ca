// Template: the micro-kernel of implicit GEMM, and transposition.
// Needs: real, the vector dialect, gemm/finish.inc.h, MR, NV, NR, isa/kernels.h.

// One step of all chains: the p-th element of each row times nr filters.
static inline __attribute__((always_inline)) void conv_step(const int mr, const int nv, const real *const *row,
                                                            ptrdiff_t p, const real *b, vf acc[MR][NV]) {
  vf bp[NV];
  UNROLL for (int j = 0; j < nv; ++j)
    bp[j] = v_load(b + j * VL);
  UNROLL for (int i = 0; i < mr; ++i) {
    const vf a = v_set1(row[i][p]);
    UNROLL for (int j = 0; j < nv; ++j)
      acc[i][j] = v_fma(a, bp[j], acc[i][j]);
  }
}

// acc(i, j) = sum over taps and `steps` steps of each of the element of row i times b: one chain from +0, in order.
static inline __attribute__((always_inline)) void conv_sums(const int mr, const int nv, const struct conv_block *g,
                                                            const real *const *rows, vf acc[MR][NV]) {
  UNROLL for (int i = 0; i < mr; ++i) UNROLL
    for (int j = 0; j < nv; ++j) acc[i][j] = v_zero();
  const real *b = g->b;
  const ptrdiff_t steps = g->steps;
  for (ptrdiff_t tap = 0; tap < g->taps; ++tap, rows += MR) {
    if (rows[0] == NULL) {
      b += steps * NR;
      continue;
    }
    const real *row[MR];
    UNROLL for (int i = 0; i < mr; ++i)
      row[i] = rows[i] + g->first;
    ptrdiff_t p = 0;
    // Four steps at once: a loop of 16 rounds is one whose end the processor foresees, one of 64 is not.
    for (; p + 4 <= steps; p += 4, b += 4 * NR) {
      UNROLL for (int u = 0; u < 4; ++u)
        conv_step(mr, nv, row, p + u, b + u * NR, acc);
    }
    for (; p < steps; ++p, b += NR) conv_step(mr, nv, row, p, b, acc);
  }
}

// What becomes of a vector of sums: to `there`, which is +0 where nothing is, so that a sum of -0 (all its products
// underflowed) becomes +0; then the bias, and the least there may be.
INLINE vf conv_result(vf sum, vf there, vf bias, vf least) { return v_max(least, v_add(v_add(sum, there), bias)); }

// One tile: y <- the results of its sums.
static inline __attribute__((always_inline)) void conv_tile(const int mr, const int nv, const struct conv_block *g,
                                                            const real *const *rows, real *const *out) {
  vf acc[MR][NV], bias[NV];
  conv_sums(mr, nv, g, rows, acc);
  const vf least = v_set1(g->least);
  UNROLL for (int j = 0; j < nv; ++j)
    bias[j] = g->bias == NULL ? v_zero() : load_row(g->bias + j * VL, 1, g->filters - j * VL);
  UNROLL for (int i = 0; i < mr; ++i) UNROLL
    for (int j = 0; j < nv; ++j) {
      real *y = out[i] + g->shift + j * VL;
      const ptrdiff_t left = g->filters - j * VL;
      if (j < nv - 1 || left >= VL)
        v_store(y, conv_result(acc[i][j], g->add ? v_load(y) : v_zero(), bias[j], least));
      else
        v_store_n(y, left, conv_result(acc[i][j], g->add ? v_load_n(y, left) : v_zero(), bias[j], least));
    }
}

static inline __attribute__((always_inline)) void conv_tile_of(const int nv, ptrdiff_t mr, const struct conv_block *g,
                                                               const real *const *rows, real *const *out) {
  switch (mr) {
  case 1: conv_tile(1, nv, g, rows, out); break;
  case 2: conv_tile(2, nv, g, rows, out); break;
  case 3: conv_tile(3, nv, g, rows, out); break;
  case 4: conv_tile(4, nv, g, rows, out); break;
#if TILE_ROWS > 4
  case 5: conv_tile(5, nv, g, rows, out); break;
  case 6: conv_tile(6, nv, g, rows, out); break;
#endif
#if TILE_ROWS > 6
  case 7: conv_tile(7, nv, g, rows, out); break;
  case 8: conv_tile(8, nv, g, rows, out); break;
#endif
#if TILE_ROWS > 8
  case 9: conv_tile(9, nv, g, rows, out); break;
  case 10: conv_tile(10, nv, g, rows, out); break;
  case 11: conv_tile(11, nv, g, rows, out); break;
  case 12: conv_tile(12, nv, g, rows, out); break;
  case 13: conv_tile(13, nv, g, rows, out); break;
  case 14: conv_tile(14, nv, g, rows, out); break;
#endif
  }
}

static void conv_block(const struct conv_block *g) {
  const real *const *rows = g->rows;
  real *const *out = g->out;
  for (ptrdiff_t t = 0; t < g->tiles; ++t, rows += g->taps * MR, out += MR) {
    if (NV > 2 && g->filters > 2 * VL)
      conv_tile_of(NV, g->heights[t], g, rows, out);
    else if (NV > 1 && g->filters > VL)
      conv_tile_of(NV > 1 ? 2 : 1, g->heights[t], g, rows, out);
    else
      conv_tile_of(1, g->heights[t], g, rows, out);
  }
}

// A corner of at most VL x VL.
static inline __attribute__((always_inline)) void transpose_corner(ptrdiff_t high, ptrdiff_t wide, const real *from,
                                                                   ptrdiff_t from_rs, real *to, ptrdiff_t to_rs) {
  vf rows[VL];
  UNROLL for (int r = 0; r < VL; ++r)
    rows[r] = r < high ? load_row(from + r * from_rs, 1, wide) : v_zero();
  v_transpose(rows);
  if (wide == VL && to_rs == high && 2 * high >= VL) {  // what a row has too much becomes the beginning of the next
    UNROLL for (int r = 0; r < VL - 1; ++r)
      v_store(to + r * to_rs, rows[r]);
    v_store_n(to + (VL - 1) * to_rs, high, rows[VL - 1]);
    return;
  }
  for (ptrdiff_t r = 0; r < wide; ++r) store_row(to + r * to_rs, 1, high, rows[r]);
}

// One tile: see struct conv_outer.
static inline __attribute__((always_inline)) void outer_tile(const int mr, const int nv, const struct conv_outer *g) {
  vf acc[MR][NV];
  UNROLL for (int i = 0; i < mr; ++i) UNROLL
    for (int j = 0; j < nv; ++j) acc[i][j] = v_zero();
  for (ptrdiff_t r = 0; r < g->rows; ++r) {
    const real *a = g->a + r * g->a_row, *b = g->b + r * g->b_row;
    for (ptrdiff_t p = 0; p < g->steps; ++p, a += g->a_ps, b += NR) {
      vf bp[NV];
      UNROLL for (int j = 0; j < nv; ++j)
        bp[j] = v_load(b + j * VL);
      UNROLL for (int i = 0; i < mr; ++i) {
        const vf ai = v_set1(a[i]);
        UNROLL for (int j = 0; j < nv; ++j)
          acc[i][j] = v_fma(ai, bp[j], acc[i][j]);
      }
    }
  }
  const vf least = v_set1(g->least);
  UNROLL for (int i = 0; i < mr; ++i) {
    const vf bias = v_set1(g->bias == NULL ? 0 : g->bias[i]);
    UNROLL for (int j = 0; j < nv; ++j) {
      real *c = g->c + i * g->c_row + j * VL;
      const ptrdiff_t left = g->wide - j * VL;
      if (j < nv - 1 || left >= VL)
        v_store(c, conv_result(acc[i][j], g->add ? v_load(c) : v_zero(), bias, least));
      else
        v_store_n(c, left, conv_result(acc[i][j], g->add ? v_load_n(c, left) : v_zero(), bias, least));
    }
  }
}

static inline __attribute__((always_inline)) void outer_tile_of(const int nv, const struct conv_outer *g) {
  switch (g->high) {
  case 1: outer_tile(1, nv, g); break;
  case 2: outer_tile(2, nv, g); break;
  case 3: outer_tile(3, nv, g); break;
  case 4: outer_tile(4, nv, g); break;
#if TILE_ROWS > 4
  case 5: outer_tile(5, nv, g); break;
  case 6: outer_tile(6, nv, g); break;
#endif
#if TILE_ROWS > 6
  case 7: outer_tile(7, nv, g); break;
  case 8: outer_tile(8, nv, g); break;
#endif
#if TILE_ROWS > 8
  case 9: outer_tile(9, nv, g); break;
  case 10: outer_tile(10, nv, g); break;
  case 11: outer_tile(11, nv, g); break;
  case 12: outer_tile(12, nv, g); break;
  case 13: outer_tile(13, nv, g); break;
  case 14: outer_tile(14, nv, g); break;
#endif
  }
}

static void conv_outer(const struct conv_outer *g) {
  if (NV > 2 && g->wide > 2 * VL)
    outer_tile_of(NV, g);
  else if (NV > 1 && g->wide > VL)
    outer_tile_of(NV > 1 ? 2 : 1, g);
  else
    outer_tile_of(1, g);
}

// to[j * to_rs + i] <- from[i * from_rs + j] for i < m, j < n.
static void transpose_block(ptrdiff_t m, ptrdiff_t n, const real *from, ptrdiff_t from_rs, real *to, ptrdiff_t to_rs) {
  for (ptrdiff_t i = 0; i < m; i += VL)
    for (ptrdiff_t j = 0; j < n; j += VL) {
      const ptrdiff_t high = m - i, wide = n - j;
      const real *corner = from + i * from_rs + j;
      real *at = to + j * to_rs + i;
      if (high < VL || wide < VL) {
        transpose_corner(high < VL ? high : VL, wide < VL ? wide : VL, corner, from_rs, at, to_rs);
        continue;
      }
      vf rows[VL];
      UNROLL for (int r = 0; r < VL; ++r)
        rows[r] = v_load(corner + r * from_rs);
      v_transpose(rows);
      UNROLL for (int r = 0; r < VL; ++r)
        v_store(at + r * to_rs, rows[r]);
    }
}
