// Template: the micro-kernel of implicit GEMM.
// Needs: real, the vector dialect, gemm/finish.inc.h, MR, NV, NR, isa/kernels.h.

// Rows of a tile of one vector of filters: so many chains hide the latency of each.
enum { TALL = MR < 8 ? 8 : MR };

// Where the rows of a tile meet a tap: row i at row[i]; of a tile of neighbours in a row, whose rows lie `step` apart,
// ROWS_TOGETHER share one pointer of the loop.
struct conv_meeting {
  const real *row[TALL];
  ptrdiff_t step;
};

INLINE void conv_meet_in_row(const int mr, const real *x, ptrdiff_t step, struct conv_meeting *m) {
  m->step = step;
  UNROLL for (int i = 0; i < mr; i += ROWS_TOGETHER)
    m->row[i / ROWS_TOGETHER] = lone_pointer(x + i * step);
}

INLINE void conv_advance_in_row(const int mr, const int steps, struct conv_meeting *m) {
  UNROLL for (int i = 0; i < mr; i += ROWS_TOGETHER)
    m->row[i / ROWS_TOGETHER] = lone_pointer(m->row[i / ROWS_TOGETHER] + steps);
}

// One step of all chains: the p-th element of each row times nr filters.
INLINE void conv_step(const bool in_row, const int mr, const int nv, const struct conv_meeting *m, ptrdiff_t p,
                      const real *b, vf acc[TALL][NV]) {
  vf bp[NV];
  UNROLL for (int j = 0; j < nv; ++j)
    bp[j] = v_load(b + j * VL);
  UNROLL for (int i = 0; i < mr; ++i) {
    const vf a = v_set1(in_row ? m->row[i / ROWS_TOGETHER][i % ROWS_TOGETHER * m->step + p] : m->row[i][p]);
    UNROLL for (int j = 0; j < nv; ++j)
      acc[i][j] = v_fma(a, bp[j], acc[i][j]);
  }
}

// What a tile works on: its part of the tables, or the first of its outputs in a row.
struct conv_place {
  const real *const *rows;
  real *const *out;
  ptrdiff_t pixel;
  const char *ahead;
};

// acc(i, j) = sum over taps and `steps` steps of each of the element of row i times b: one chain from +0, in order.
INLINE void conv_sums(const bool in_row, const int mr, const int nv, const struct conv_block *g,
                      const struct conv_place *place, vf acc[TALL][NV]) {
  UNROLL for (int i = 0; i < mr; ++i) UNROLL
    for (int j = 0; j < nv; ++j) acc[i][j] = v_zero();
  const ptrdiff_t steps = g->steps;
  const char *ahead = place->ahead;
  for (ptrdiff_t tap = 0; tap < g->taps; ++tap) {
    struct conv_meeting m;
    const real *b = g->b;
    if (in_row) {
      const struct conv_tap *at = &g->at[tap];
      conv_meet_in_row(mr, at->x + place->pixel * at->step + g->first, at->step, &m);
      b += at->w;
    } else {
      const real *const *rows = place->rows + tap * g->mr;
      if (rows[0] == NULL) continue;
      UNROLL for (int i = 0; i < mr; ++i)
        m.row[i] = rows[i] + g->first;
      b += tap * steps * NR;
    }
    // Four steps at once: a loop of 16 rounds is one whose end the processor foresees, one of 64 is not.
    ptrdiff_t p = 0;
    for (; p + 4 <= steps; p += 4, b += 4 * NR) {
      if (!in_row) {
        __builtin_prefetch(ahead, 0, 2);
        __builtin_prefetch(ahead + 64, 0, 2);
        ahead += g->ahead_step;
      }
      UNROLL for (int u = 0; u < 4; ++u)
        conv_step(in_row, mr, nv, &m, in_row ? u : p + u, b + u * NR, acc);
      if (in_row) conv_advance_in_row(mr, 4, &m);
    }
    for (; p < steps; ++p, b += NR) {
      conv_step(in_row, mr, nv, &m, in_row ? 0 : p, b, acc);
      if (in_row) conv_advance_in_row(mr, 1, &m);
    }
  }
}

// A bias as conv_result takes it: -0 has become +0.
INLINE vf conv_bias(vf bias) { return v_add(bias, v_zero()); }

// What becomes of a vector of sums: the bias, which is +0 where there is none, so that a sum of -0 (all its products
// underflowed) becomes +0, and the least there may be.
INLINE vf conv_result(vf sum, vf bias, vf least) { return v_max(least, v_add(sum, bias)); }

// y <- what becomes of `nv` vectors of sums.  masked: the last holds `left`.
INLINE void conv_store(const int nv, const bool masked, ptrdiff_t left, bool add, const vf *sums, const vf *bias,
                       vf least, real *y) {
  UNROLL for (int j = 0; j < nv; ++j, y += VL) {
    if (masked && j == nv - 1)
      v_store_n(y, left, conv_result(add ? v_add(sums[j], v_load_n(y, left)) : sums[j], bias[j], least));
    else
      v_store(y, conv_result(add ? v_add(sums[j], v_load(y)) : sums[j], bias[j], least));
  }
}

// One tile: y <- the results of its sums.
INLINE void conv_tile(const bool in_row, const int mr, const int nv, const struct conv_block *g,
                      const struct conv_place *place) {
  vf acc[TALL][NV], bias[NV];
  conv_sums(in_row, mr, nv, g, place, acc);
  const vf least = v_set1(g->least);
  const ptrdiff_t left = g->filters - (nv - 1) * VL, shift = g->shift, step = g->y_step;
  const bool add = g->add;
  UNROLL for (int j = 0; j < nv; ++j)
    bias[j] = g->bias == NULL ? v_zero() : conv_bias(load_row(g->bias + j * VL, 1, g->filters - j * VL));
  real *const y = in_row ? g->y + place->pixel * step + shift : NULL;
  if (left >= VL && !add) {
    UNROLL for (int i = 0; i < mr; ++i)
      conv_store(nv, false, left, false, acc[i], bias, least, in_row ? y + i * step : place->out[i] + shift);
  } else if (left >= VL) {
    UNROLL for (int i = 0; i < mr; ++i)
      conv_store(nv, false, left, true, acc[i], bias, least, in_row ? y + i * step : place->out[i] + shift);
  } else {
    UNROLL for (int i = 0; i < mr; ++i)
      conv_store(nv, true, left, add, acc[i], bias, least, in_row ? y + i * step : place->out[i] + shift);
  }
}

INLINE void conv_tile_of(const bool in_row, const int nv, ptrdiff_t mr, const struct conv_block *g,
                         const struct conv_place *place) {
  switch (mr) {
  case 1: conv_tile(in_row, 1, nv, g, place); break;
  case 2: conv_tile(in_row, 2, nv, g, place); break;
  case 3: conv_tile(in_row, 3, nv, g, place); break;
  case 4: conv_tile(in_row, 4, nv, g, place); break;
  case 5:
    if (nv == 1 || MR >= 5) conv_tile(in_row, 5, nv, g, place);
    break;
  case 6:
    if (nv == 1 || MR >= 6) conv_tile(in_row, 6, nv, g, place);
    break;
  case 7:
    if (nv == 1 || MR >= 7) conv_tile(in_row, 7, nv, g, place);
    break;
  case 8:
    if (nv == 1 || MR >= 8) conv_tile(in_row, 8, nv, g, place);
    break;
#if TILE_ROWS > 8
  case 9: conv_tile(in_row, 9, nv, g, place); break;
  case 10: conv_tile(in_row, 10, nv, g, place); break;
  case 11: conv_tile(in_row, 11, nv, g, place); break;
  case 12: conv_tile(in_row, 12, nv, g, place); break;
  case 13: conv_tile(in_row, 13, nv, g, place); break;
  case 14: conv_tile(in_row, 14, nv, g, place); break;
#endif
  }
}

INLINE void conv_tiles(const bool in_row, const int nv, const struct conv_block *g) {
  // A row is cut into tiles of nearly equal height, the taller ones first.
  const ptrdiff_t most = nv == 1 ? TALL : MR, tiles = in_row ? (g->pixels + most - 1) / most : g->tiles;
  const ptrdiff_t least = in_row ? g->pixels / tiles : 0, taller = g->pixels - least * tiles;
  struct conv_place place = {g->rows, g->out, 0, g->ahead};
  for (ptrdiff_t t = 0; t < tiles; ++t) {
    const ptrdiff_t height = in_row ? least + (t < taller) : g->heights[t];
    conv_tile_of(in_row, nv, height, g, &place);
    if (in_row) {
      place.pixel += height;
    } else {
      place.rows += g->taps * g->mr, place.out += g->mr;
      place.ahead += g->taps * (g->steps / 4) * g->ahead_step;
    }
  }
}

INLINE void conv_vectors(const bool in_row, const struct conv_block *g) {
  if (NV > 2 && g->filters > 2 * VL)
    conv_tiles(in_row, NV, g);
  else if (NV > 1 && g->filters > VL)
    conv_tiles(in_row, NV > 1 ? 2 : 1, g);
  else
    conv_tiles(in_row, 1, g);
}

static void conv_block(const struct conv_block *g) {
  if (g->at != NULL)
    conv_vectors(true, g);
  else
    conv_vectors(false, g);
}

// One tile: see struct conv_outer.
static inline __attribute__((always_inline)) void outer_tile(const int mr, const int nv, const bool copies,
                                                             const struct conv_outer *g) {
  vf acc[MR][NV];
  UNROLL for (int i = 0; i < mr; ++i) UNROLL
    for (int j = 0; j < nv; ++j) acc[i][j] = v_zero();
  for (ptrdiff_t r = 0; r < g->rows; ++r) {
    const real *a = g->a + r * g->a_row, *b = copies ? g->b_source : g->b + r * g->b_row;
    const ptrdiff_t b_ps = copies ? g->b_source_ps : NR;
    real *copy = copies ? (real *)g->b : NULL;
    for (ptrdiff_t p = 0; p < g->steps; ++p, a += g->a_ps, b += b_ps) {
      vf bp[NV];
      __builtin_prefetch(a + mr + VL - 1);  // where a lies in memory, the next tile begins there
      if (p % STEPS_TOGETHER == 0 && g->fetch != NULL) fetch_piece(g->fetch);
      UNROLL for (int j = 0; j < nv; ++j)
        bp[j] = v_load(b + j * VL);
      if (copies) {
        UNROLL for (int j = 0; j < nv; ++j)
          v_store(copy + j * VL, bp[j]);
        copy += NR;
      }
      UNROLL for (int i = 0; i < mr; ++i) {
        const vf ai = v_set1(a[i]);
        UNROLL for (int j = 0; j < nv; ++j)
          acc[i][j] = v_fma(ai, bp[j], acc[i][j]);
      }
    }
  }
  const vf least = v_set1(g->least);
  UNROLL for (int i = 0; i < mr; ++i) {
    const vf bias = conv_bias(v_set1(g->bias == NULL ? 0 : g->bias[i]));
    UNROLL for (int j = 0; j < nv; ++j) {
      real *c = g->c + i * g->c_row + j * VL;
      const ptrdiff_t left = g->wide - j * VL;
      if (j < nv - 1 || left >= VL)
        v_store(c, conv_result(g->add ? v_add(acc[i][j], v_load(c)) : acc[i][j], bias, least));
      else
        v_store_n(c, left, conv_result(g->add ? v_add(acc[i][j], v_load_n(c, left)) : acc[i][j], bias, least));
    }
  }
}

static inline __attribute__((always_inline)) void outer_tile_of(const int nv, const bool copies,
                                                                const struct conv_outer *g) {
  switch (g->high) {
  case 1: outer_tile(1, nv, copies, g); break;
  case 2: outer_tile(2, nv, copies, g); break;
  case 3: outer_tile(3, nv, copies, g); break;
  case 4: outer_tile(4, nv, copies, g); break;
#if TILE_ROWS > 4
  case 5: outer_tile(5, nv, copies, g); break;
  case 6: outer_tile(6, nv, copies, g); break;
#endif
#if TILE_ROWS > 6
  case 7: outer_tile(7, nv, copies, g); break;
  case 8: outer_tile(8, nv, copies, g); break;
#endif
#if TILE_ROWS > 8
  case 9: outer_tile(9, nv, copies, g); break;
  case 10: outer_tile(10, nv, copies, g); break;
  case 11: outer_tile(11, nv, copies, g); break;
  case 12: outer_tile(12, nv, copies, g); break;
  case 13: outer_tile(13, nv, copies, g); break;
  case 14: outer_tile(14, nv, copies, g); break;
#endif
  }
}

static void conv_outer(const struct conv_outer *g) {
  if (g->b_source != NULL)
    outer_tile_of(NV, true, g);
  else if (NV > 2 && g->wide > 2 * VL)
    outer_tile_of(NV, false, g);
  else if (NV > 1 && g->wide > VL)
    outer_tile_of(NV > 1 ? 2 : 1, false, g);
  else
    outer_tile_of(1, false, g);
}
