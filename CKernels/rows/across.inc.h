// Template: rows side by side, one in each lane, whose elements may be anywhere.  Needs: rows/scan.inc.h.
//
// The same sums in the same order as along a row: see exp.inc.h and along.inc.h.

enum { TILE_VECTORS = TILE / VL };

// `count` vectors of the rows from vector v on, whose elements j are read one after the other.
static inline __attribute__((always_inline)) void range_side(const int count, const struct row_tile *t, ptrdiff_t v,
                                                             struct row_range *range) {
  vf greatest[RANGE_VECTORS], least[RANGE_VECTORS];
  UNROLL for (int i = 0; i < count; ++i)
    greatest[i] = v_set1(-INFINITY), least[i] = v_set1(INFINITY);
  for (ptrdiff_t j = 0; j < t->n; ++j) UNROLL
    for (int i = 0; i < count; ++i) {
      const vf x = load_side(&t->a, j, v + i, t->rows);
      greatest[i] = v_max(x, greatest[i]), least[i] = v_min(x, least[i]);
    }
  UNROLL for (int i = 0; i < count; ++i) {
    v_store(range->greatest + (v + i) * VL, greatest[i]);
    v_store(range->least + (v + i) * VL, least[i]);
  }
}

static void range_across(const struct row_tile *t, struct row_range *range) {
  ptrdiff_t v = 0;
  for (; (v + RANGE_VECTORS) * VL <= t->rows; v += RANGE_VECTORS) range_side(RANGE_VECTORS, t, v, range);
  for (; v * VL < t->rows; ++v) range_side(1, t, v, range);
}

// Elements of one block in one vector of the rows.
struct exp_across {
  struct row_tile t;  // `rows` of that vector, n of that block
  row_shifts shifts;
};

// What is known of it when it is compiled: shifts do not matter; vectors are full and dense.
struct exp_side_kind {
  bool plain, whole;
};

// Elements j ..< j + count: y <- e^x, which is added to their lanes.
static inline __attribute__((always_inline)) void exp_side(const int count, const struct exp_side_kind kind,
                                                           const struct exp_across *x, ptrdiff_t j, pairs *lanes) {
  vf e[EXP_STEP];
  UNROLL for (int i = 0; i < count; ++i)
    e[i] = kind.whole ? v_load(x->t.a.data + (j + i) * x->t.a.stride) : load_side(&x->t.a, j + i, 0, x->t.rows);
  exp_shifted_all(count, kind.plain, &x->shifts, e, e);
  UNROLL for (int i = 0; i < count; ++i) {
    if (x->t.y.data != NULL && kind.whole) v_store(x->t.y.data + (j + i) * x->t.y.stride, e[i]);
    if (x->t.y.data != NULL && !kind.whole) store_side(&x->t.y, j + i, 0, x->t.rows, e[i]);
    pairs *lane = lanes + j % EXP_LANES + i;
    *lane = exp_lane_add(j < EXP_LANES ? exp_lane_start() : *lane, e[i]);
  }
}

// Lanes that no element belongs to are +0 and add nothing.
static inline __attribute__((always_inline)) pairs exp_side_block(const struct exp_side_kind kind,
                                                                  const struct exp_across *x) {
  pairs lanes[EXP_LANES];
  const ptrdiff_t n = x->t.n, used = n < EXP_LANES ? n : EXP_LANES;
  ptrdiff_t j = 0;
  for (; j + EXP_STEP <= n; j += EXP_STEP) exp_side(EXP_STEP, kind, x, j, lanes);
  for (; j < n; ++j) exp_side(1, kind, x, j, lanes);
  for (ptrdiff_t l = 0; l < used; ++l) lanes[l] = exp_lane_end(lanes[l]);
  for (ptrdiff_t half = EXP_LANES / 2; half > 0; half /= 2)
    for (ptrdiff_t l = 0; l < half && l + half < used; ++l) lanes[l] = pairs_add(lanes[l], lanes[l + half]);
  return lanes[0];
}

static pairs exp_across_block(const bool plain, const struct exp_across *x) {
  const bool dense = x->t.a.next == 1 && (x->t.y.data == NULL || x->t.y.next == 1);
  if (!dense || x->t.rows < VL) return exp_side_block((struct exp_side_kind){false, false}, x);
  return plain ? exp_side_block((struct exp_side_kind){true, true}, x)
               : exp_side_block((struct exp_side_kind){false, true}, x);
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
  for (ptrdiff_t i = 0; i < t->rows; i += VL) {
    const struct row_tile side = row_tile_rows(*t, i, t->rows - i < VL ? t->rows - i : VL);
    // Of rows that lie along memory the range is that of t->rows alone, not of whole vectors.
    struct exp_across x = {.shifts = shifts_of(load_row(range->greatest + i, 1, side.rows))};
    const bool plain = !shifts_matter(&x.shifts, load_row(range->least + i, 1, side.rows));
    pairs sum = {v_zero(), v_zero()};
    for (ptrdiff_t j = 0; j < t->n; j += BLOCK) {
      x.t = row_tile_part(side, j, t->n - j < BLOCK ? t->n - j : BLOCK);
      sum = pairs_add(sum, exp_across_block(plain, &x));
    }
    store_pairs(sum, side.rows, sums + i);
  }
}

// n <= BLOCK elements: element j goes to lane j mod LANES, which is lanes[j mod LANES].
static inline __attribute__((always_inline)) void sum_across_block(const enum row_sum f, const struct row_tile *t,
                                                                   const row_numbers *c, real lanes[LANES][TILE]) {
  for (ptrdiff_t j = 0; j < t->n; ++j)
    for (ptrdiff_t v = 0; v * VL < t->rows; ++v) {
      real *lane = lanes[j % LANES] + v * VL;
      const vf b = t->b.data == NULL ? v_zero() : load_side(&t->b, j, v, t->rows);
      v_store(lane, sum_step(f, j < LANES ? v_zero() : v_load(lane), load_side(&t->a, j, v, t->rows), b, c + v));
    }
}

// The sums are in lanes[0].  Lanes that no element belongs to are +0 and add nothing.
static void sum_across_block_as(enum row_sum f, const struct row_tile *t, const row_numbers *c,
                                real lanes[LANES][TILE]) {
  switch (f) {
  case ROW_SUM: sum_across_block(ROW_SUM, t, c, lanes); break;
  case ROW_SUM_MAGNITUDES: sum_across_block(ROW_SUM_MAGNITUDES, t, c, lanes); break;
  case ROW_SUM_SQUARES: sum_across_block(ROW_SUM_SQUARES, t, c, lanes); break;
  case ROW_SUM_PRODUCTS: sum_across_block(ROW_SUM_PRODUCTS, t, c, lanes); break;
  case ROW_SUM_LOSSES: sum_across_block(ROW_SUM_LOSSES, t, c, lanes); break;
  }
  const ptrdiff_t used = t->n < LANES ? t->n : LANES;
  for (ptrdiff_t half = LANES / 2; half > 0; half /= 2)
    for (ptrdiff_t l = 0; l < half && l + half < used; ++l)
      for (ptrdiff_t i = 0; i < t->rows; i += VL)
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

enum { MAP_VECTORS = 4 };

// `count` vectors of the rows from vector v on; `whole`: they are full, and dense.
static inline __attribute__((always_inline)) void map_side(const int count, const bool whole, const enum row_map f,
                                                           const struct row_tile *t, ptrdiff_t v,
                                                           const row_numbers *numbers) {
  row_numbers c[MAP_VECTORS];
  UNROLL for (int i = 0; i < count; ++i)
    c[i] = numbers[v + i];
  for (ptrdiff_t j = 0; j < t->n; ++j) UNROLL
    for (int i = 0; i < count; ++i) {
      const ptrdiff_t at = (v + i) * VL;
      if (whole) {
        const vf b = t->b.data == NULL ? v_zero() : v_load(t->b.data + j * t->b.stride + at);
        v_store(t->y.data + j * t->y.stride + at, map_value(f, v_load(t->a.data + j * t->a.stride + at), b, c + i));
      } else {
        const vf b = t->b.data == NULL ? v_zero() : load_side(&t->b, j, v + i, t->rows);
        store_side(&t->y, j, v + i, t->rows, map_value(f, load_side(&t->a, j, v + i, t->rows), b, c + i));
      }
    }
}

static inline __attribute__((always_inline)) void map_across(const enum row_map f, const struct row_tile *t,
                                                             const row_numbers *c) {
  const bool dense = t->a.next == 1 && t->y.next == 1 && (t->b.data == NULL || t->b.next == 1);
  ptrdiff_t v = 0;
  for (; dense && (v + MAP_VECTORS) * VL <= t->rows; v += MAP_VECTORS) map_side(MAP_VECTORS, true, f, t, v, c);
  for (; v * VL < t->rows; ++v) map_side(1, false, f, t, v, c);
}
