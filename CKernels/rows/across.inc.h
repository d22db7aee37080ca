// Template: rows side by side, one in each lane, whose elements may be anywhere.  Needs: rows/scan.inc.h.
//
// The same sums in the same order as along a row: see exp.inc.h and along.inc.h.

enum { TILE_VECTORS = TILE / VL };

static void range_across(const struct row_tile *t, struct row_range *range) {
  for (ptrdiff_t v = 0; v * VL < t->rows; ++v) {
    v_store(range->greatest + v * VL, v_set1(-INFINITY));
    v_store(range->least + v * VL, v_set1(INFINITY));
  }
  for (ptrdiff_t j = 0; j < t->n; ++j)
    for (ptrdiff_t v = 0; v * VL < t->rows; ++v) {
      const vf x = load_side(&t->a, j, v, t->rows);
      real *greatest = range->greatest + v * VL, *least = range->least + v * VL;
      v_store(greatest, v_max(x, v_load(greatest)));
      v_store(least, v_min(x, v_load(least)));
    }
}

// What e^x across the rows needs to know.
struct exp_across {
  const struct row_tile *t;
  ptrdiff_t first, n;  // the elements of this block
  bool plain;
};

// Element j of the block in vector v of the rows.
static inline vf exp_across_at(const struct exp_across *e, const row_shifts *s, ptrdiff_t j, ptrdiff_t v) {
  const vf x = load_side(&e->t->a, e->first + j, v, e->t->rows);
  const vf y = e->plain ? exp_shifted(true, s, x) : exp_shifted(false, s, x);
  if (e->t->y.data != NULL) store_side(&e->t->y, e->first + j, v, e->t->rows, y);
  return y;
}

// The sum of one block in vector v of the rows.
static pairs exp_across_block(const struct exp_across *e, const row_shifts *s, ptrdiff_t v) {
  pairs lanes[EXP_LANES];
  for (int l = 0; l < EXP_LANES; ++l) lanes[l] = exp_lane_start();
  for (ptrdiff_t j = 0; j < e->n; ++j)
    lanes[j % EXP_LANES] = exp_lane_add(lanes[j % EXP_LANES], exp_across_at(e, s, j, v));
  for (int l = 0; l < EXP_LANES; ++l) lanes[l] = exp_lane_end(lanes[l]);
  for (int half = EXP_LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lanes[l] = pairs_add(lanes[l], lanes[l + half]);
  return lanes[0];
}

static void exp_across(const struct row_tile *t, const struct row_range *range, struct pair *sums) {
  if (t->n > BLOCK * PARTS) {
    struct pair of_part[TILE];
    for (ptrdiff_t i = 0; i < t->rows; ++i) sums[i] = (struct pair){0, 0};
    for (ptrdiff_t j = 0, part = row_part(t->n); j < t->n; j += part) {
      const struct row_tile here = row_tile_part(*t, j, t->n - j < part ? t->n - j : part);
      exp_across(&here, range, of_part);
      for (ptrdiff_t i = 0; i < t->rows; ++i) sums[i] = pair_add(sums[i], of_part[i]);
    }
    return;
  }
  struct exp_across e = {.t = t};
  for (ptrdiff_t v = 0; v * VL < t->rows; ++v) {
    const row_shifts s = shifts_of(v_load(range->greatest + v * VL));
    e.plain = !shifts_matter(&s, v_load(range->least + v * VL));
    pairs sum = {v_zero(), v_zero()};
    for (e.first = 0; e.first < t->n; e.first += BLOCK) {
      e.n = t->n - e.first < BLOCK ? t->n - e.first : BLOCK;
      sum = pairs_add(sum, exp_across_block(&e, &s, v));
    }
    for (ptrdiff_t i = v * VL; i < t->rows && i < (v + 1) * VL; ++i)
      sums[i] = (struct pair){sum.hi[i - v * VL], sum.lo[i - v * VL]};
  }
}

// n <= BLOCK elements: element j goes to lane j mod LANES, which is lanes[j mod LANES].
static inline __attribute__((always_inline)) void sum_across_block(const enum row_sum f, const struct row_tile *t,
                                                                   const row_numbers *c, real lanes[LANES][TILE]) {
  for (ptrdiff_t j = 0; j < t->n; ++j)
    for (ptrdiff_t v = 0; v * VL < t->rows; ++v) {
      real *lane = lanes[j % LANES] + v * VL;
      const vf b = t->b.data == NULL ? v_zero() : load_side(&t->b, j, v, t->rows);
      v_store(lane, sum_step(f, v_load(lane), load_side(&t->a, j, v, t->rows), b, c + v));
    }
}

static void sum_across_block_as(enum row_sum f, const struct row_tile *t, const row_numbers *c,
                                real lanes[LANES][TILE]) {
  const ptrdiff_t width = (t->rows + VL - 1) / VL * VL;
  for (int l = 0; l < LANES; ++l)
    for (ptrdiff_t i = 0; i < width; i += VL) v_store(lanes[l] + i, v_zero());
  switch (f) {
  case ROW_SUM: sum_across_block(ROW_SUM, t, c, lanes); break;
  case ROW_SUM_MAGNITUDES: sum_across_block(ROW_SUM_MAGNITUDES, t, c, lanes); break;
  case ROW_SUM_SQUARES: sum_across_block(ROW_SUM_SQUARES, t, c, lanes); break;
  case ROW_SUM_PRODUCTS: sum_across_block(ROW_SUM_PRODUCTS, t, c, lanes); break;
  case ROW_SUM_LOSSES: sum_across_block(ROW_SUM_LOSSES, t, c, lanes); break;
  }
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l)
      for (ptrdiff_t i = 0; i < width; i += VL)
        v_store(lanes[l] + i, v_add(v_load(lanes[l] + i), v_load(lanes[l + half] + i)));
}

static void sum_across(enum row_sum f, const struct row_tile *t, const row_numbers *c, struct pair *sums) {
  struct pair of_part[TILE];
  real lanes[LANES][TILE];
  for (ptrdiff_t i = 0; i < t->rows; ++i) sums[i] = (struct pair){0, 0};
  for (ptrdiff_t j = 0, part = row_part(t->n); j < t->n; j += part) {
    const struct row_tile here = row_tile_part(*t, j, t->n - j < part ? t->n - j : part);
    if (part > BLOCK)
      sum_across(f, &here, c, of_part);
    else
      sum_across_block_as(f, &here, c, lanes);
    for (ptrdiff_t i = 0; i < t->rows; ++i)
      sums[i] = pair_add(sums[i], part > BLOCK ? of_part[i] : (struct pair){lanes[0][i], 0});
  }
}

static inline __attribute__((always_inline)) void map_across(const enum row_map f, const struct row_tile *t,
                                                             const row_numbers *c) {
  for (ptrdiff_t j = 0; j < t->n; ++j)
    for (ptrdiff_t v = 0; v * VL < t->rows; ++v) {
      const vf b = t->b.data == NULL ? v_zero() : load_side(&t->b, j, v, t->rows);
      store_side(&t->y, j, v, t->rows, map_value(f, load_side(&t->a, j, v, t->rows), b, c + v));
    }
}
