// Template: rows whose elements are neighbours, one at a time.  Needs: rows/scan.inc.h.

enum { RANGE_VECTORS = 4 };

// The greatest and the least of the lanes are those of a row.
typedef struct {
  vf greatest, least;
} range_lanes;

static inline range_lanes range_of(ptrdiff_t n, const real *x) {
  vf high[RANGE_VECTORS], low[RANGE_VECTORS];
  UNROLL for (int v = 0; v < RANGE_VECTORS; ++v)
    high[v] = v_set1(-INFINITY), low[v] = v_set1(INFINITY);
  ptrdiff_t j = 0;
  for (; j + RANGE_VECTORS * VL <= n; j += RANGE_VECTORS * VL) UNROLL
    for (int v = 0; v < RANGE_VECTORS; ++v) {
      const vf xv = v_load(x + j + v * VL);
      high[v] = v_max(xv, high[v]), low[v] = v_min(xv, low[v]);
    }
  for (; j < n; j += VL) {
    const ptrdiff_t left = n - j;
    const vf xv = left >= VL ? v_load(x + j) : v_first_n(v_load_n(x + j, left), left, v_set1(NAN));
    high[0] = v_max(xv, high[0]), low[0] = v_min(xv, low[0]);
  }
  UNROLL for (int v = 1; v < RANGE_VECTORS; ++v)
    high[0] = v_max(high[v], high[0]), low[0] = v_min(low[v], low[0]);
  return (range_lanes){high[0], low[0]};
}

static void range_along(ptrdiff_t n, const real *x, real *greatest, real *least) {
  const range_lanes lanes = range_of(n, x);
  *greatest = v_fold(true, lanes.greatest);
  *least = -v_fold(true, -lanes.least);
}

// What is known of a loop over a row when it is compiled.
struct exp_kind {
  bool plain, store;  // shifts do not matter; e^x is written to y
};

// One vector of e^x, of which `left` elements are in the row.
static inline vf exp_along_at(const struct exp_kind kind, const row_shifts *s, ptrdiff_t left, const real *x, real *y) {
  if (left >= VL) {
    const vf e = exp_shifted(kind.plain, s, v_load(x));
    if (kind.store) v_store(y, e);
    return e;
  }
  if (left <= 0) return v_zero();
  const vf e = v_first_n(exp_shifted(kind.plain, s, v_load_n(x, left)), left, v_zero());
  if (kind.store) v_store_n(y, left, e);
  return e;
}

enum { EXP_VECTORS = EXP_LANES / VL, EXP_GROUP = EXP_STEP * EXP_LANES, LINE = 64 / sizeof(real) };

// A group of a row, or what is left of it; `ahead` elements further on lies what will be wanted next.
static inline __attribute__((always_inline)) void exp_group(const struct exp_kind kind, const bool whole,
                                                            const row_shifts *s, ptrdiff_t n, ptrdiff_t ahead,
                                                            const real *x, real *y, pairs lanes[EXP_VECTORS]) {
  UNROLL for (int line = 0; line < EXP_GROUP; line += LINE)
    __builtin_prefetch(x + line + ahead);
  UNROLL for (int v = 0; v < EXP_VECTORS; ++v) {
    vf e[EXP_STEP];
    UNROLL for (int k = 0; k < EXP_STEP; ++k) {
      const ptrdiff_t at = k * EXP_LANES + v * VL;
      e[k] = whole ? v_load(x + at) : exp_along_at(kind, s, n - at, x + at, kind.store ? y + at : NULL);
    }
    if (whole) exp_shifted_all(EXP_STEP, kind.plain, s, e, e);
    UNROLL for (int k = 0; k < EXP_STEP; ++k) {
      if (whole && kind.store) v_store(y + k * EXP_LANES + v * VL, e[k]);
      lanes[v] = exp_lane_add(lanes[v], e[k]);
    }
  }
}

// y <- e^x scaled for n <= BLOCK elements, and the sum, which is that of the lanes.
static inline __attribute__((always_inline)) pairs exp_block(const struct exp_kind kind, const row_shifts *shifts,
                                                             ptrdiff_t n, ptrdiff_t ahead, const real *x, real *y) {
  pairs lanes[EXP_VECTORS];
  const row_shifts s = *shifts;
  UNROLL for (int v = 0; v < EXP_VECTORS; ++v)
    lanes[v] = exp_lane_start();
  ptrdiff_t j = 0;
  for (; j + EXP_GROUP <= n; j += EXP_GROUP)
    exp_group(kind, true, &s, EXP_GROUP, ahead, x + j, kind.store ? y + j : NULL, lanes);
  if (j < n) exp_group(kind, false, &s, n - j, ahead, x + j, kind.store ? y + j : NULL, lanes);
  UNROLL for (int v = 0; v < EXP_VECTORS; ++v)
    lanes[v] = exp_lane_end(lanes[v]);
  UNROLL for (int half = EXP_VECTORS / 2; half > 0; half /= 2) UNROLL
    for (int v = 0; v < half; ++v) lanes[v] = pairs_add(lanes[v], lanes[v + half]);
  return lanes[0];
}

static __attribute__((noinline)) pairs exp_block_plain(const row_shifts *s, ptrdiff_t n, ptrdiff_t ahead, const real *x,
                                                       real *y) {
  return y == NULL ? exp_block((struct exp_kind){true, false}, s, n, ahead, x, y)
                   : exp_block((struct exp_kind){true, true}, s, n, ahead, x, y);
}

static __attribute__((noinline)) pairs exp_block_shifted(const row_shifts *s, ptrdiff_t n, ptrdiff_t ahead,
                                                         const real *x, real *y) {
  return y == NULL ? exp_block((struct exp_kind){false, false}, s, n, ahead, x, y)
                   : exp_block((struct exp_kind){false, true}, s, n, ahead, x, y);
}

static pairs exp_lanes(const row_shifts *s, bool plain, ptrdiff_t n, ptrdiff_t ahead, const real *x, real *y) {
  return plain ? exp_block_plain(s, n, ahead, x, y) : exp_block_shifted(s, n, ahead, x, y);
}

// A whole row; y: NULL if only the sum is wanted.
static struct pair exp_along(const row_shifts *s, bool plain, ptrdiff_t n, ptrdiff_t ahead, const real *x, real *y) {
  struct pair sum = {0, 0};
  const ptrdiff_t part = row_part(n);
  for (ptrdiff_t j = 0; j < n; j += part) {
    const ptrdiff_t left = n - j < part ? n - j : part;
    real *yj = y == NULL ? NULL : y + j;
    sum = pair_add(sum, part > BLOCK ? exp_along(s, plain, left, ahead, x + j, yj)
                                     : pair_of(pairs_fold(exp_lanes(s, plain, left, ahead, x + j, yj))));
  }
  return sum;
}

// n <= BLOCK elements: element j goes to lane j mod LANES.  The sum is that of the lanes returned.
static inline __attribute__((always_inline)) vf sum_block(const enum row_sum f, ptrdiff_t n, const real *a,
                                                          const real *b, const row_numbers *numbers) {
  const row_numbers kept = *numbers, *c = &kept;
  vf lanes[LANE_VECTORS];
  UNROLL for (int v = 0; v < LANE_VECTORS; ++v)
    lanes[v] = v_zero();
  ptrdiff_t j = 0;
  for (; j + LANES <= n; j += LANES) UNROLL
    for (int v = 0; v < LANE_VECTORS; ++v) {
      const ptrdiff_t at = j + v * VL;
      lanes[v] = sum_step(f, lanes[v], v_load(a + at), b == NULL ? v_zero() : v_load(b + at), c);
    }
  for (int v = 0; j + v * VL < n; ++v) {
    const ptrdiff_t at = j + v * VL, left = n - at;
    lanes[v] = sum_step(f, lanes[v], load_row(a + at, 1, left), b == NULL ? v_zero() : load_row(b + at, 1, left), c);
  }
  UNROLL for (int half = LANE_VECTORS / 2; half > 0; half /= 2) UNROLL
    for (int v = 0; v < half; ++v) lanes[v] = v_add(lanes[v], lanes[v + half]);
  return lanes[0];
}

static vf sum_block_as(enum row_sum f, ptrdiff_t n, const real *a, const real *b, const row_numbers *c) {
  switch (f) {
  case ROW_SUM: return sum_block(ROW_SUM, n, a, b, c);
  case ROW_SUM_MAGNITUDES: return sum_block(ROW_SUM_MAGNITUDES, n, a, b, c);
  case ROW_SUM_SQUARES: return sum_block(ROW_SUM_SQUARES, n, a, b, c);
  case ROW_SUM_PRODUCTS: return sum_block(ROW_SUM_PRODUCTS, n, a, b, c);
  case ROW_SUM_LOSSES: return sum_block(ROW_SUM_LOSSES, n, a, b, c);
  }
}

static struct pair sum_along(enum row_sum f, ptrdiff_t n, const real *a, const real *b, const row_numbers *c) {
  struct pair sum = {0, 0};
  const ptrdiff_t part = row_part(n);
  for (ptrdiff_t j = 0; j < n; j += part) {
    const ptrdiff_t left = n - j < part ? n - j : part;
    const real *bj = b == NULL ? NULL : b + j;
    sum = pair_add(sum, part > BLOCK ? sum_along(f, left, a + j, bj, c)
                                     : (struct pair){v_fold(false, sum_block_as(f, left, a + j, bj, c)), 0});
  }
  return sum;
}

static inline __attribute__((always_inline)) void map_along(const enum row_map f, ptrdiff_t n, const real *a,
                                                            const real *b, real *y, const row_numbers *c) {
  ptrdiff_t j = 0;
  for (; j + LANES <= n; j += LANES) UNROLL
    for (int v = 0; v < LANE_VECTORS; ++v) {
      const ptrdiff_t at = j + v * VL;
      v_store(y + at, map_value(f, v_load(a + at), b == NULL ? v_zero() : v_load(b + at), c));
    }
  for (; j < n; j += VL) {
    const ptrdiff_t left = n - j;
    const vf bv = b == NULL ? v_zero() : load_row(b + j, 1, left);
    store_row(y + j, 1, left, map_value(f, load_row(a + j, 1, left), bv, c));
  }
}
