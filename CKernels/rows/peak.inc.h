// Template: the greatest or least element of rows, and where it is.  Needs: rows/scan.inc.h.

typedef struct {
  vf peak, nan;  // nan: a NaN where there was one, else 0
} peaks;

static inline peaks peak_start(const bool least) { return (peaks){v_set1(least ? INFINITY : -INFINITY), v_zero()}; }

static inline peaks peak_step(const bool least, peaks p, vf x) {
  return (peaks){least ? v_min(x, p.peak) : v_max(x, p.peak), v_select(v_eq(x, x), p.nan, x)};
}

// Zeros become +0.
static inline vf peak_end(peaks p) { return v_add(v_add(p.peak, v_zero()), p.nan); }

enum { PEAK_VECTORS = 4 };

static inline __attribute__((always_inline)) real peak_block(const bool least, ptrdiff_t n, const real *x) {
  peaks p[PEAK_VECTORS];
  UNROLL for (int v = 0; v < PEAK_VECTORS; ++v)
    p[v] = peak_start(least);
  ptrdiff_t j = 0;
  for (; j + PEAK_VECTORS * VL <= n; j += PEAK_VECTORS * VL) UNROLL
    for (int v = 0; v < PEAK_VECTORS; ++v) p[v] = peak_step(least, p[v], v_load(x + j + v * VL));
  for (; j < n; j += VL) {
    const ptrdiff_t left = n - j;
    const vf xv = left >= VL ? v_load(x + j) : v_first_n(v_load_n(x + j, left), left, peak_start(least).peak);
    p[0] = peak_step(least, p[0], xv);
  }
  UNROLL for (int v = 1; v < PEAK_VECTORS; ++v) {
    p[0].peak = least ? v_min(p[v].peak, p[0].peak) : v_max(p[v].peak, p[0].peak);
    p[0].nan = v_add(p[0].nan, p[v].nan);
  }
  const vf peak = least ? -p[0].peak : p[0].peak;
  const real value = v_fold(true, peak), nan = v_fold(false, p[0].nan);
  return (least ? -value : value) + nan + 0;
}

static real peak_along(bool least, ptrdiff_t n, const real *x) {
  return least ? peak_block(true, n, x) : peak_block(false, n, x);
}

// The first of n elements that is `peak`, or NaN if that is; there is one.
static ptrdiff_t first_along(real peak, ptrdiff_t n, const real *x) {
  ptrdiff_t j = 0;
  if (peak == peak)
    while (j + VL <= n && !vm_any(v_eq(v_load(x + j), v_set1(peak)))) j += VL;
  while (j + 1 < n && (peak == peak ? x[j] != peak : x[j] == x[j])) ++j;
  return j;
}

// The block that holds the peak is read once more, while it is near.
static real arg_along(bool least, ptrdiff_t n, const real *x, ptrdiff_t *index) {
  real best = least ? INFINITY : -INFINITY;
  ptrdiff_t block = 0;
  for (ptrdiff_t j = 0; j < n && best == best; j += BLOCK) {
    const real peak = peak_along(least, n - j < BLOCK ? n - j : BLOCK, x + j);
    if (peak != peak || (least ? peak < best : peak > best)) best = peak, block = j;
  }
  *index = block + first_along(best, n - block < BLOCK ? n - block : BLOCK, x + block);
  return best;
}

static inline __attribute__((always_inline)) void peak_across(const bool least, const struct row_tile *t,
                                                              real *values) {
  peaks p[TILE_VECTORS];
  for (int v = 0; v < TILE_VECTORS; ++v) p[v] = peak_start(least);
  for (ptrdiff_t j = 0; j < t->n; ++j)
    for (ptrdiff_t v = 0; v * VL < t->rows; ++v) p[v] = peak_step(least, p[v], load_side(&t->a, j, v, t->rows));
  for (ptrdiff_t v = 0; v * VL < t->rows; ++v) store_row(values + v * VL, 1, t->rows - v * VL, peak_end(p[v]));
}

// Where row i has its peak: one row of many is at its place at a time.
static ptrdiff_t first_across(const struct row_tile *t, ptrdiff_t i, real peak) {
  const real *x = t->a.data + i * t->a.next;
  ptrdiff_t j = 0;
  while (j + 1 < t->n && (peak == peak ? x[j * t->a.stride] != peak : x[j * t->a.stride] == x[j * t->a.stride])) ++j;
  return j;
}

// Vector v of the rows: rows that are found drop out of the comparison as NaN, and so do those whose peak is NaN.
static void places_across(const struct row_tile *t, ptrdiff_t v, const real *values, ptrdiff_t *index) {
  const ptrdiff_t rows = t->rows - v * VL < VL ? t->rows - v * VL : VL;
  real wanted[VL];
  v_store(wanted, v_set1(NAN));
  ptrdiff_t open = 0;
  for (ptrdiff_t i = 0; i < rows; ++i) {
    wanted[i] = values[v * VL + i];
    if (wanted[i] == wanted[i])
      ++open;
    else
      index[v * VL + i] = first_across(t, v * VL + i, wanted[i]);
  }
  for (ptrdiff_t j = 0; j < t->n && open > 0; ++j) {
    if (!vm_any(v_eq(load_side(&t->a, j, v, t->rows), v_load(wanted)))) continue;
    for (ptrdiff_t i = 0; i < rows; ++i) {
      if (t->a.data[j * t->a.stride + (v * VL + i) * t->a.next] != wanted[i]) continue;
      index[v * VL + i] = j, wanted[i] = NAN, --open;
    }
  }
}

static void rows_peak(bool least, const struct row_tile *t, real *values, ptrdiff_t *index) {
  if (row_tile_lies_along(t)) {
    for (ptrdiff_t i = 0; i < t->rows; ++i) {
      const real *x = t->a.data + i * t->a.next;
      values[i] = index == NULL ? peak_along(least, t->n, x) : arg_along(least, t->n, x, index + i);
    }
    return;
  }
  if (least)
    peak_across(true, t, values);
  else
    peak_across(false, t, values);
  for (ptrdiff_t v = 0; index != NULL && v * VL < t->rows; ++v) places_across(t, v, values, index);
}

// Rows side by side.  A row of which an element is NaN has a NaN for its peak, which equals nothing.
static void route_across(const struct row_tile *t, ptrdiff_t v) {
  peaks p = peak_start(false);
  for (ptrdiff_t j = 0; j < t->n; ++j) p = peak_step(false, p, load_side(&t->a, j, v, t->rows));
  const vf peak = peak_end(p), zero = v_zero();
  vf left = load_side(&t->b, 0, v, t->rows);
  for (ptrdiff_t j = 0; j < t->n; ++j) {
    const vf x = load_side(&t->a, j, v, t->rows);
    const vm hit = vm_or(v_eq(x, peak), v_unordered(x, x));
    store_side(&t->y, j, v, t->rows, v_select(hit, left, zero));
    left = v_select(hit, zero, left);
  }
}

static void rows_route(const struct row_tile *t) {
  if (t->a.stride != 1 || t->y.stride != 1 || t->n < 2 * VL) {
    for (ptrdiff_t v = 0; v * VL < t->rows; ++v) route_across(t, v);
    return;
  }
  for (ptrdiff_t i = 0; i < t->rows; ++i) {
    ptrdiff_t place;
    real *y = t->y.data + i * t->y.next;
    arg_along(false, t->n, t->a.data + i * t->a.next, &place);
    memset(y, 0, (size_t)t->n * sizeof *y);
    y[place] = t->b.data[i * t->b.next];
  }
}
