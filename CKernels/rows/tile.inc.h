// Template: tiles of rows, whichever way they lie.  Needs: rows/along.inc.h, rows/across.inc.h.

// VL rows of at most BLOCK elements are taken together: their lanes are folded at once, and nothing waits for one row.
static inline bool are_together(const struct row_tile *t, ptrdiff_t i) { return t->n <= BLOCK && i + VL <= t->rows; }

static void range_together(ptrdiff_t n, const real *x, ptrdiff_t next, real *greatest, real *least) {
  vf high[VL], low[VL];
  for (int r = 0; r < VL; ++r) {
    const range_lanes lanes = range_of(n, x + r * next);
    high[r] = lanes.greatest, low[r] = -lanes.least;
  }
  v_store(greatest, v_fold_rows(true, high));
  v_store(least, -v_fold_rows(true, low));
}

static void rows_range(const struct row_tile *t, struct row_range *range) {
  if (!row_tile_lies_along(t)) {
    range_across(t, range);
    return;
  }
  ptrdiff_t i = 0;
  for (; are_together(t, i); i += VL)
    range_together(t->n, t->a.data + i * t->a.next, t->a.next, range->greatest + i, range->least + i);
  for (; i < t->rows; ++i) range_along(t->n, t->a.data + i * t->a.next, range->greatest + i, range->least + i);
}

static void exp_together(const struct row_tile *t, ptrdiff_t i, const struct row_range *range, struct pair *sums) {
  const row_shifts all = shifts_of(v_load(range->greatest + i));
  const bool plain = !shifts_matter(&all, v_load(range->least + i));
  real m[VL], lowest[VL], round[VL];
  v_store(m, all.m), v_store(lowest, all.lowest), v_store(round, all.round);
  vf hi[VL], lo[VL];
  for (int r = 0; r < VL; ++r) {
    const row_shifts s = {.m = v_set1(m[r]), .lowest = v_set1(lowest[r]), .round = v_set1(round[r])};
    const pairs lanes = exp_lanes(&s, plain, t->n, 0, t->a.data + (i + r) * t->a.next,
                                  t->y.data == NULL ? NULL : t->y.data + (i + r) * t->y.next);
    hi[r] = lanes.hi, lo[r] = lanes.lo;
  }
  store_pairs(pairs_fold_rows(hi, lo), VL, sums + i);
}

static void rows_exp(const struct row_tile *t, const struct row_range *range, struct pair *sums) {
  if (!row_tile_lies_along(t)) {
    exp_across(t, range, sums);
    return;
  }
  ptrdiff_t i = 0;
  for (; are_together(t, i); i += VL) exp_together(t, i, range, sums);
  for (; i < t->rows; ++i) {
    const row_shifts s = shifts_of(v_set1(range->greatest[i]));
    sums[i] = exp_along(&s, !shifts_matter(&s, v_set1(range->least[i])), t->n, 0, t->a.data + i * t->a.next,
                        t->y.data == NULL ? NULL : t->y.data + i * t->y.next);
  }
}

static inline pairs load_pairs(const struct pair *sums, ptrdiff_t rows) {
  real hi[VL] = {0}, lo[VL] = {0};
  for (ptrdiff_t i = 0; i < rows && i < VL; ++i) hi[i] = sums[i].hi, lo[i] = sums[i].lo;
  return (pairs){v_load(hi), v_load(lo)};
}

static void rows_inverses(ptrdiff_t rows, const struct pair *sums, const real *factors, struct row_constants *c) {
  for (ptrdiff_t i = 0; i < rows; i += VL) {
    const vf factor = factors == NULL ? v_set1(1) : load_row(factors + i, 1, rows - i);
    const pairs y = inverses_of(load_pairs(sums + i, rows - i), factor);
    v_store(c->c[0] + i, y.hi);
    v_store(c->c[1] + i, y.lo);
  }
}

static void rows_logs(ptrdiff_t rows, const struct row_range *range, const struct pair *sums, struct row_constants *c) {
  for (ptrdiff_t i = 0; i < rows; i += VL) {
    const row_shifts s = shifts_of(load_row(range->greatest + i, 1, rows - i));
    const pairs y = logs_of(&s, load_pairs(sums + i, rows - i));
    v_store(c->c[0] + i, s.m);
    v_store(c->c[1] + i, y.hi);
    v_store(c->c[2] + i, y.lo);
  }
}

// The numbers of row i, in every lane.
static inline row_numbers numbers_of_row(const struct row_constants *c, ptrdiff_t i) {
  if (c == NULL) return (row_numbers){{v_zero(), v_zero(), v_zero()}};
  return (row_numbers){{v_set1(c->c[0][i]), v_set1(c->c[1][i]), v_set1(c->c[2][i])}};
}

static inline void numbers_of_rows(const struct row_constants *c, row_numbers numbers[TILE_VECTORS]) {
  for (int v = 0; v < TILE_VECTORS; ++v)
    for (int k = 0; k < 3; ++k) numbers[v].c[k] = c == NULL ? v_zero() : v_load(c->c[k] + v * VL);
}

static inline __attribute__((always_inline)) void map_tile(const enum row_map f, const struct row_tile *t,
                                                           const struct row_constants *c) {
  if (!row_tile_lies_along(t)) {
    row_numbers numbers[TILE_VECTORS];
    numbers_of_rows(c, numbers);
    map_across(f, t, numbers);
    return;
  }
  for (ptrdiff_t i = 0; i < t->rows; ++i) {
    const row_numbers numbers = numbers_of_row(c, i);
    map_along(f, t->n, t->a.data + i * t->a.next, t->b.data == NULL ? NULL : t->b.data + i * t->b.next,
              t->y.data + i * t->y.next, &numbers);
  }
}

static void rows_map(enum row_map f, const struct row_tile *t, const struct row_constants *c) {
  switch (f) {
  case ROW_SCALE: map_tile(ROW_SCALE, t, c); break;
  case ROW_SUBTRACT: map_tile(ROW_SUBTRACT, t, c); break;
  case ROW_SOFTMAX_BACKWARD: map_tile(ROW_SOFTMAX_BACKWARD, t, c); break;
  case ROW_LOG_BACKWARD: map_tile(ROW_LOG_BACKWARD, t, c); break;
  case ROW_LOSS_BACKWARD: map_tile(ROW_LOSS_BACKWARD, t, c); break;
  }
}

static void sum_together(enum row_sum f, const struct row_tile *t, const struct row_constants *c, ptrdiff_t i,
                         struct pair *sums) {
  vf lanes[VL];
  for (int r = 0; r < VL; ++r) {
    const row_numbers numbers = numbers_of_row(c, i + r);
    lanes[r] = sum_block_as(f, t->n, t->a.data + (i + r) * t->a.next,
                            t->b.data == NULL ? NULL : t->b.data + (i + r) * t->b.next, &numbers);
  }
  store_pairs((pairs){v_fold_rows(false, lanes), v_zero()}, VL, sums + i);
}

static void rows_sum(enum row_sum f, const struct row_tile *t, const struct row_constants *c, struct pair *sums) {
  if (!row_tile_lies_along(t)) {
    row_numbers numbers[TILE_VECTORS];
    numbers_of_rows(c, numbers);
    sum_across(f, t, numbers, sums);
    return;
  }
  ptrdiff_t i = 0;
  for (; are_together(t, i); i += VL) sum_together(f, t, c, i, sums);
  for (; i < t->rows; ++i) {
    const row_numbers numbers = numbers_of_row(c, i);
    sums[i] =
        sum_along(f, t->n, t->a.data + i * t->a.next, t->b.data == NULL ? NULL : t->b.data + i * t->b.next, &numbers);
  }
}

// All rows at once, step by step.
static void softmax_by_steps(bool log, const struct row_tile *t) {
  struct row_range range;
  struct pair sums[TILE];
  struct row_constants c;
  struct row_tile here = *t;
  rows_range(t, &range);
  if (log) here.y.data = NULL;
  rows_exp(&here, &range, sums);
  here = *t;
  if (log) {
    rows_logs(t->rows, &range, sums, &c);
  } else {
    here.a = (struct row_input){t->y.data, t->y.stride, t->y.next};
    rows_inverses(t->rows, sums, NULL, &c);
  }
  rows_map(log ? ROW_SUBTRACT : ROW_SCALE, &here, &c);
}

static void softmax_along(bool log, ptrdiff_t n, ptrdiff_t ahead, const real *x, real *y) {
  real greatest, least;
  range_along(n, x, &greatest, &least);
  const row_shifts s = shifts_of(v_set1(greatest));
  const struct pair sum = exp_along(&s, !shifts_matter(&s, v_set1(least)), n, ahead, x, log ? NULL : y);
  const pairs sums = {v_set1(sum.hi), v_set1(sum.lo)};
  if (log) {
    const pairs c = logs_of(&s, sums);
    map_along(ROW_SUBTRACT, n, x, NULL, y, &(row_numbers){{s.m, c.hi, c.lo}});
  } else {
    const pairs c = inverses_of(sums, v_set1(1));
    map_along(ROW_SCALE, n, y, NULL, y, &(row_numbers){{c.hi, c.lo}});
  }
}

static void rows_softmax(bool log, const struct row_tile *t) {
  if (!row_tile_lies_along(t) || are_together(t, 0)) {
    softmax_by_steps(log, t);
    return;
  }
  for (ptrdiff_t i = 0; i < t->rows; ++i)
    softmax_along(log, t->n, i + 1 < t->rows ? t->a.next : 0, t->a.data + i * t->a.next, t->y.data + i * t->y.next);
}
