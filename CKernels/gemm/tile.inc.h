// Template: the micro-kernel and the two loops around it, for one instruction set and element type.
// Needs: real, the vector dialect, gemm/finish.inc.h, MR (rows of a tile), NV (vectors in a row of a tile), NR = NV *
// VL.

_Static_assert(NR <= MOST_NR, "MOST_NR is for every instruction set");

// What a tile does with its sums: C <- alpha sum + beta C, where beta == 0 must not read C.  While it makes them it
// may fetch what lies `ahead`, or fill the panel `copy`: see enum fetches.
typedef struct {
  real alpha, beta;
  real *c;
  ptrdiff_t rs, cs;
  const char *ahead;
  ptrdiff_t ahead_step;
  struct gemm_fetch *fetch;
  real *copy;
} tile_update;

// The update where a row of C ends inside a vector or its elements lie apart; `sums` holds mr rows of NR.
static __attribute__((noinline)) void update_edge(ptrdiff_t mr, ptrdiff_t nr, const real *sums, const tile_update *u) {
  const vf alpha = v_set1(u->alpha), beta = v_set1(u->beta);
  for (ptrdiff_t i = 0; i < mr; ++i)
    for (ptrdiff_t j = 0; j < nr; j += VL) {
      real *c = u->c + i * u->rs + j * u->cs;
      const vf sum = v_load(sums + i * NR + j);
      const vf x = u->beta == 0 ? v_mul(alpha, sum) : v_fma(alpha, sum, v_mul(beta, load_row(c, u->cs, nr - j)));
      store_row(c, u->cs, nr - j, x);
    }
}

// A vector of a row, or the n elements with which it ends.
static inline __attribute__((always_inline)) vf load_part(const bool part, const real *p, ptrdiff_t n) {
  return part ? v_load_n(p, n) : v_load(p);
}

static inline __attribute__((always_inline)) void store_part(const bool part, real *p, ptrdiff_t n, vf x) {
  if (part)
    v_store_n(p, n, x);
  else
    v_store(p, x);
}

static inline __attribute__((always_inline)) void update_c(const int mr, const int nv, const bool masked, ptrdiff_t nr,
                                                           vf acc[MR][NV], const tile_update *u) {
  const vf alpha = v_set1(u->alpha), beta = v_set1(u->beta);
  const ptrdiff_t last = nr - (nv - 1) * VL;  // elements in the last vector of a row
  if (u->cs != 1 || (!masked && last < VL)) {
    real sums[MR * NR];
    UNROLL for (int i = 0; i < mr; ++i) UNROLL
      for (int j = 0; j < nv; ++j) v_store(sums + i * NR + j * VL, acc[i][j]);
    update_edge(mr, nr, sums, u);
  } else if (u->beta == 0) {
    UNROLL for (int i = 0; i < mr; ++i) UNROLL
      for (int j = 0; j < nv; ++j)
        store_part(masked && j == nv - 1, u->c + i * u->rs + j * VL, last, v_mul(alpha, acc[i][j]));
  } else {
    UNROLL for (int i = 0; i < mr; ++i) UNROLL
      for (int j = 0; j < nv; ++j) {
        const bool part = masked && j == nv - 1;
        real *c = u->c + i * u->rs + j * VL;
        store_part(part, c, last, v_fma(alpha, acc[i][j], v_mul(beta, load_part(part, c, last))));
      }
  }
}

// Rows of A that share one pointer of the loop.
enum { ROWS_TOGETHER = 3 };

// p, with its origin forgotten: knowing how rows lie apart, compilers make each row's address from the one before, a
// chain as long as the tile is high.
static inline const real *lone_pointer(const real *p) {
  __asm__("" : "+r"(p));
  return p;
}

// What a tile fetches of what lies ahead.  A little of it, `ahead_step` bytes further each time, with each
// STEPS_TOGETHER: all at once would fill the queue of misses, and the sums would wait behind it; with every step, the
// loop would be longer by a tenth.  Or a line with every step, always as far from b: where a panel of B meets few
// tiles, the next must come even while it is read for the second time, when the hardware fetches nothing.  Or it
// fetches nothing but copies B, which it reads where it lies: beside the sums that costs nothing.  Each tile fetches
// its C as well, a row with each STEPS_TOGETHER, and a piece of what is copied next.
enum fetches { FETCH_NOTHING, FETCH_A_LITTLE, FETCH_WITH_B, COPY_B };
enum { STEPS_TOGETHER = 8, FEW_TILES_OF_B = 12 };

// Fetches two more lines, those in which they end: where rows begin inside a line, it came with their neighbours.
static inline void fetch_piece(struct gemm_fetch *f) {
  enum { LINE_BYTES = 64, LEVEL_2 = 2 };
  if (f->rows == 0) return;
  const char *at = f->row + f->at;
  __builtin_prefetch(at + LINE_BYTES - 1, 0, LEVEL_2);
  __builtin_prefetch(at + 2 * LINE_BYTES - 1, 0, LEVEL_2);
  f->at += 2 * LINE_BYTES;
  if (f->at < f->bytes) return;
  f->at = 0;
  f->row += f->stride;
  --f->rows;
}

// n, for one step of a loop: a mask made of it anew costs less than a register that the sums need.
static inline ptrdiff_t fleeting(ptrdiff_t n) {
  __asm__("" : "+r"(n));
  return n;
}

// acc(i, j) = sum over p < kc of a(i, p) b(p, j), one chain of multiply-adds from +0 in ascending p.
// masked: the last of the nv vectors of each row of B holds only nr - (nv - 1) VL elements.
static inline __attribute__((always_inline)) void tile(const int mr, const int nv, const bool masked,
                                                       const enum fetches fetches, ptrdiff_t nr, ptrdiff_t kc,
                                                       const real *a, ptrdiff_t a_rs, ptrdiff_t a_ps, const real *b,
                                                       ptrdiff_t b_ps, const tile_update *u) {
  vf acc[MR][NV];
  UNROLL for (int i = 0; i < mr; ++i) UNROLL
    for (int j = 0; j < nv; ++j) acc[i][j] = v_zero();
  const int groups = (mr + ROWS_TOGETHER - 1) / ROWS_TOGETHER;
  const real *rows[MR] = {a};
  UNROLL for (int g = 1; g < groups; ++g)
    rows[g] = a + g * ROWS_TOGETHER * a_rs;
  const real *c = u->c;
  const char *ahead = u->ahead;
  const ptrdiff_t from_b = ahead - (const char *)b;
  ptrdiff_t rows_ahead = mr;
  real *copy = u->copy;
  for (ptrdiff_t left = kc; left > 0; left -= STEPS_TOGETHER) {
    if (fetches == FETCH_A_LITTLE) __builtin_prefetch(ahead, 0, 2);
    if (rows_ahead-- > 0) {
      UNROLL for (int j = 0; j < nv; ++j)
        __builtin_prefetch(c + j * VL * u->cs, 1);
      __builtin_prefetch(c + (nv * VL - 1) * u->cs, 1);
      c += u->rs;
    }
    if (u->fetch != NULL) fetch_piece(u->fetch);
    ahead += u->ahead_step;
    const ptrdiff_t steps = left < STEPS_TOGETHER ? left : STEPS_TOGETHER;
    for (ptrdiff_t p = 0; p < steps; ++p, b += b_ps) {  // rank-1 updates
      vf bp[NV];
      if (fetches == FETCH_WITH_B) __builtin_prefetch((const char *)b + from_b);
      UNROLL for (int j = 0; j < nv; ++j)
        bp[j] = masked && j == nv - 1 ? v_load_n(b + j * VL, fleeting(nr - j * VL)) : v_load(b + j * VL);
      if (fetches == COPY_B) {
        UNROLL for (int j = 0; j < nv; ++j)
          v_store(copy + j * VL, bp[j]);
        copy += NR;
      }
      UNROLL for (int i = 0; i < mr; ++i) {
        const vf ai = v_set1(rows[i / ROWS_TOGETHER][i % ROWS_TOGETHER * a_rs]);
        UNROLL for (int j = 0; j < nv; ++j)
          acc[i][j] = v_fma(ai, bp[j], acc[i][j]);
      }
      UNROLL for (int g = 0; g < groups; ++g)
        rows[g] = lone_pointer(rows[g] + a_ps);
    }
  }
  update_c(mr, nv, masked, nr, acc, u);
}

// One tile of each number of rows, so that ragged rows cost what they compute.
static inline __attribute__((always_inline)) void tile_of_rows(ptrdiff_t mr, const int nv, const bool masked,
                                                               const enum fetches fetches, ptrdiff_t nr, ptrdiff_t kc,
                                                               const real *a, ptrdiff_t a_rs, ptrdiff_t a_ps,
                                                               const real *b, ptrdiff_t b_ps, const tile_update *u) {
  switch (mr) {
  case 1: tile(1, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 2: tile(2, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 3: tile(3, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 4: tile(4, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
#if TILE_ROWS > 4
  case 5: tile(5, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 6: tile(6, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
#endif
#if TILE_ROWS > 6
  case 7: tile(7, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 8: tile(8, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
#endif
#if TILE_ROWS > 8
  case 9: tile(9, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 10: tile(10, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 11: tile(11, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 12: tile(12, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 13: tile(13, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
  case 14: tile(14, nv, masked, fetches, nr, kc, a, a_rs, a_ps, b, b_ps, u); break;
#endif
  }
}

// A~ is packed, so its strides are constants, and rows of B are whole vectors.
static void tile_packed(ptrdiff_t mr, ptrdiff_t nr, ptrdiff_t kc, const real *a, const real *b, ptrdiff_t b_ps,
                        const tile_update *u) {
  if (nr > 2 * VL && NV > 2)
    tile_of_rows(mr, NV, false, FETCH_A_LITTLE, nr, kc, a, 1, MR, b, b_ps, u);
  else if (nr > VL)
    tile_of_rows(mr, 2, false, FETCH_A_LITTLE, nr, kc, a, 1, MR, b, b_ps, u);
  else
    tile_of_rows(mr, 1, false, FETCH_A_LITTLE, nr, kc, a, 1, MR, b, b_ps, u);
}

// A in any strides; masked: rows of B end inside the last vector.
static void tile_strided(ptrdiff_t mr, ptrdiff_t nr, bool masked, ptrdiff_t kc, const real *a, ptrdiff_t a_rs,
                         ptrdiff_t a_ps, const real *b, ptrdiff_t b_ps, const tile_update *u) {
  if (nr > 2 * VL && NV > 2) {
    if (masked)
      tile_of_rows(mr, NV, true, FETCH_NOTHING, nr, kc, a, a_rs, a_ps, b, b_ps, u);
    else
      tile_of_rows(mr, NV, false, FETCH_NOTHING, nr, kc, a, a_rs, a_ps, b, b_ps, u);
  } else if (nr > VL) {
    if (masked)
      tile_of_rows(mr, 2, true, FETCH_NOTHING, nr, kc, a, a_rs, a_ps, b, b_ps, u);
    else
      tile_of_rows(mr, 2, false, FETCH_NOTHING, nr, kc, a, a_rs, a_ps, b, b_ps, u);
  } else {
    if (masked)
      tile_of_rows(mr, 1, true, FETCH_NOTHING, nr, kc, a, a_rs, a_ps, b, b_ps, u);
    else
      tile_of_rows(mr, 1, false, FETCH_NOTHING, nr, kc, a, a_rs, a_ps, b, b_ps, u);
  }
}

// A in any strides, and a whole panel of B that meets few tiles.
static void tile_hasty(ptrdiff_t mr, ptrdiff_t kc, const real *a, ptrdiff_t a_rs, ptrdiff_t a_ps, const real *b,
                       ptrdiff_t b_ps, const tile_update *u) {
  tile_of_rows(mr, NV, false, FETCH_WITH_B, NR, kc, a, a_rs, a_ps, b, b_ps, u);
}

// A~, and a whole panel of B where it lies, which is copied on the way.
static void tile_copying(ptrdiff_t mr, ptrdiff_t kc, const real *a, const real *b, ptrdiff_t b_ps,
                         const tile_update *u) {
  tile_of_rows(mr, NV, false, COPY_B, NR, kc, a, 1, MR, b, b_ps, u);
}

// A tile of few rows and several whole panels of B: one panel is too few chains to hide the latency of a multiply-add,
// and too few streams to keep memory busy.
static inline __attribute__((always_inline)) void
wide_tile(const int rows, const int panels, const struct gemm_block *g, const real *b, const tile_update *u) {
  vf acc[4][MR][NV];
  UNROLL for (int q = 0; q < panels; ++q) UNROLL
    for (int i = 0; i < rows; ++i) UNROLL
      for (int j = 0; j < NV; ++j) acc[q][i][j] = v_zero();
  const real *a = g->a;
  for (ptrdiff_t p = 0; p < g->kc; ++p, a += g->a_ps, b += g->b_ps) {
    vf ap[MR];
    UNROLL for (int i = 0; i < rows; ++i)
      ap[i] = v_set1(a[i * g->a_rs]);
    UNROLL for (int q = 0; q < panels; ++q) UNROLL
      for (int j = 0; j < NV; ++j) {
        const vf bp = v_load(b + q * g->b_panel + j * VL);
        UNROLL for (int i = 0; i < rows; ++i)
          acc[q][i][j] = v_fma(ap[i], bp, acc[q][i][j]);
      }
  }
  UNROLL for (int q = 0; q < panels; ++q) {
    const tile_update at = {.alpha = u->alpha, .beta = u->beta, .c = u->c + q * NR * u->cs, .rs = u->rs, .cs = u->cs};
    update_c(rows, NV, false, NR, acc[q], &at);
  }
}

// The panels of a wide tile, for C of so many rows.
static const ptrdiff_t WIDE_PANELS[] = {0, 4, 3, 2};
enum { LOW_ROWS = 3 };

// All columns of a low block that wide tiles cover; the first column after them.
static ptrdiff_t low_block(const struct gemm_block *g) {
  const ptrdiff_t panels = WIDE_PANELS[g->m], wide = panels * NR;
  const real *b = g->b;
  ptrdiff_t jr = g->first_column;
  for (; jr + wide <= g->last_column; jr += wide, b += panels * g->b_panel) {
    const tile_update u = {.alpha = g->alpha, .beta = g->beta, .c = g->c + jr * g->c_cs, .rs = g->c_rs, .cs = g->c_cs};
    switch (g->m) {
    case 1: wide_tile(1, 4, g, b, &u); break;
    case 2: wide_tile(2, 3, g, b, &u); break;
    case 3: wide_tile(3, 2, g, b, &u); break;
    }
    if (g->finish != NULL) finish(0, g->m, jr, wide, g->c, g->c_rs, g->c_cs, g->finish);
  }
  return jr;
}

// Loops 2 and 1: every tile of one block of C.
static void gemm_block(const struct gemm_block *g) {
  const ptrdiff_t height = g->m / g->panels, taller = g->m % g->panels;  // see panel_start; here without its divisions
  const ptrdiff_t top = panel_start(g->m, g->panels, g->first_panel);
  const ptrdiff_t bottom = panel_start(g->m, g->panels, g->last_panel);
  const ptrdiff_t left = g->m <= LOW_ROWS ? low_block(g) : g->first_column;
  const real *b = g->b + (left - g->first_column) / NR * g->b_panel;
  const ptrdiff_t tiles = g->last_panel - g->first_panel;
  for (ptrdiff_t jr = left; jr < g->last_column; jr += NR, b += g->b_panel) {  // loop 2: B~ panel in L1
    const ptrdiff_t nr = g->last_column - jr < NR ? g->last_column - jr : NR;
    const bool masked = !g->b_padded && nr % VL != 0;
    const bool hasty = nr == NR && tiles < FEW_TILES_OF_B;
    const real *a = g->a_panel != 0 ? g->a : g->a + top * g->a_rs;
    tile_update u = {.alpha = g->alpha,
                     .beta = g->beta,
                     .c = g->c + top * g->c_rs + jr * g->c_cs,
                     .rs = g->c_rs,
                     .cs = g->c_cs,
                     .fetch = g->fetch,
                     .copy = (real *)b,
                     .ahead = (const char *)(hasty || g->b_padded ? b + g->b_panel : b)};
    // Of the next panel of B~ each panel of A~ fetches another part.
    if (g->b_padded) u.ahead_step = STEPS_TOGETHER * NR * (ptrdiff_t)sizeof(real) / tiles + 1;
    const ptrdiff_t part = hasty ? 64 : g->kc / STEPS_TOGETHER * u.ahead_step;
    for (ptrdiff_t ip = g->first_panel; ip < g->last_panel; ++ip) {  // loop 1: panels of A~
      const ptrdiff_t mr = ip < taller ? height + 1 : height;
      if (g->b_source != NULL && ip == g->first_panel)
        tile_copying(mr, g->kc, a, g->b_source, g->b_source_ps, &u);
      else if (hasty)
        tile_hasty(mr, g->kc, a, g->a_rs, g->a_ps, b, g->b_ps, &u);
      else if (g->a_panel != 0 && !masked)
        tile_packed(mr, nr, g->kc, a, b, g->b_ps, &u);
      else
        tile_strided(mr, nr, masked, g->kc, a, g->a_rs, g->a_ps, b, g->b_ps, &u);
      a += g->a_panel != 0 ? g->a_panel : mr * g->a_rs;
      u.c += mr * g->c_rs;
      u.ahead += part;
    }
    if (g->finish != NULL) finish(top, bottom - top, jr, nr, g->c, g->c_rs, g->c_cs, g->finish);
  }
}
