// Template: the elements of rows that lie apart, one above the other.  Needs: pool/step.inc.h.

// Vectors side by side, and sums that they share.
enum { FOLD_VECTORS = 4, FOLD_SUMS = 2 };

// depths x heights elements, `back` and `down` apart.
struct pool_fold {
  int exponent;  // of POOL_POWERS
  ptrdiff_t depths, heights, back, down;
};

// `wide` vectors from x on.  masked: the vector holds `left` elements.  Whether POOL_MAX met a NaN shows in `sums` of
// the elements; infinities of both signs show as well.
INLINE void pool_fold_load(const enum pool_op op, const int wide, const bool masked, const struct pool_fold *f,
                           const real *x, ptrdiff_t left, vf *values, vf *sums) {
  UNROLL for (int v = 0; v < wide; ++v) {
    values[v] = masked ? v_load_n(x, left) : v_load(x + v * VL);
    if (op == POOL_POWERS) values[v] = pool_power(f->exponent, values[v]);
    if (op == POOL_MAX) sums[v % FOLD_SUMS] = v_add(sums[v % FOLD_SUMS], values[v]);
  }
}

// all <- all and one more row.
INLINE void pool_fold_step(const enum pool_op op, const int wide, const bool masked, const struct pool_fold *f,
                           const real *x, ptrdiff_t left, vf *all, vf *sums) {
  vf values[FOLD_VECTORS];
  pool_fold_load(op, wide, masked, f, x, left, values, sums);
  UNROLL for (int v = 0; v < wide; ++v)
    all[v] = pool_step(op, all[v], values[v], NULL);
}

// all <- what lies from x on.  `high` is the number of heights, depth 1, where it is known, or 0.
INLINE void pool_fold(const enum pool_op op, const int high, const int wide, const bool masked,
                      const struct pool_fold *f, const real *x, ptrdiff_t left, vf *all, vf *sums) {
  if (high > 0) {
    UNROLL for (int v = 0; v < wide; ++v) {
      const real *at = x + v * VL;
      vf *sum = &sums[v % FOLD_SUMS];
      const vf a = v_load(at), b = v_load(at + f->down);
      const vf c = high > 2 ? v_load(at + 2 * f->down) : *sum;
      all[v] = pool_step(op, a, b, NULL);
      if (high > 2) all[v] = pool_step(op, all[v], c, NULL);
      if (op == POOL_MAX) *sum = high > 2 ? v_add(*sum, v_fma(a, b, c)) : v_fma(a, b, *sum);
    }
    return;
  }
  pool_fold_load(op, wide, masked, f, x, left, all, sums);
  for (ptrdiff_t t = 0; t < f->depths; ++t, x += f->back) {
    const real *at = t > 0 ? x : x + f->down;
    ROLLED for (ptrdiff_t s = t > 0 ? 0 : 1; s < f->heights; ++s, at += f->down)
        pool_fold_step(op, wide, masked, f, at, left, all, sums);
  }
}

// to <- the results for `wide` vectors.  exact: nothing may be written past them.
INLINE void pool_fold_block(const enum pool_op op, const int high, const int wide, const bool masked, bool exact,
                            const struct pool_fold *f, const real *x, ptrdiff_t left, real *to, vm *nan) {
  vf all[FOLD_VECTORS], sums[FOLD_SUMS] = {v_zero(), v_zero()};
  pool_fold(op, high, wide, masked, f, x, left, all, sums);
  if (op == POOL_MAX) *nan = vm_or(*nan, v_unordered(sums[0], sums[1]));
  UNROLL for (int v = 0; v < wide; ++v) {
    if (masked && exact)
      v_store_n(to, left, all[v]);
    else
      v_store(to + v * VL, all[v]);
  }
}

INLINE vm pool_fold_row_as(const enum pool_op op, const int high, bool exact, const struct pool_fold *f, ptrdiff_t n,
                           const real *x, real *to) {
  vm nan = v_unordered(v_zero(), v_zero());
  ptrdiff_t j = 0;
  ROLLED for (; j + FOLD_VECTORS * VL <= n; j += FOLD_VECTORS * VL)
      pool_fold_block(op, high, FOLD_VECTORS, false, exact, f, x + j, 0, to + j, &nan);
  ROLLED for (; j + VL <= n; j += VL) pool_fold_block(op, high, 1, false, exact, f, x + j, 0, to + j, &nan);
  if (j < n) pool_fold_block(op, 0, 1, true, exact, f, x + j, n - j, to + j, &nan);
  return nan;
}

// The number of heights where there is code for it alone, or 0.
INLINE int pool_known_height(const struct pool_fold *f) {
  return f->depths == 1 && (f->heights == 2 || f->heights == 3) ? (int)f->heights : 0;
}

INLINE vm pool_fold_row_often(const enum pool_op op, bool exact, const struct pool_fold *f, ptrdiff_t n, const real *x,
                              real *to) {
  switch (pool_known_height(f)) {
  case 3: return pool_fold_row_as(op, 3, exact, f, n, x, to);
  case 2: return pool_fold_row_as(op, 2, exact, f, n, x, to);
  default: return pool_fold_row_as(op, 0, exact, f, n, x, to);
  }
}

// to[j] <- the result of what lies from x[j] on, j < n.  exact: nothing may be written past them.  Returns where
// POOL_MAX may have met a NaN.
static vm pool_fold_row(enum pool_op op, bool exact, const struct pool_fold *f, ptrdiff_t n, const real *x, real *to) {
  switch (op) {
  case POOL_MAX: return pool_fold_row_often(POOL_MAX, exact, f, n, x, to);
  case POOL_SUM: return pool_fold_row_often(POOL_SUM, exact, f, n, x, to);
  case POOL_POWERS: return pool_fold_row_as(POOL_POWERS, 0, exact, f, n, x, to);
  default: return pool_fold_row_as(POOL_MAX_OR_NAN, 0, exact, f, n, x, to);
  }
}
