// Template: windows over pixels of many channels, which are read where they lie.  Needs: pool/fold.inc.h.

// One output: `columns` from x on, one at the least, `step` apart.
struct pool_pixel {
  struct pool_fold fold;
  ptrdiff_t columns, step, inner;
  bool padded;  // a column of padding belongs to them
  const real *x;
  real *y;
};

// all <- all and the column from x on.
INLINE void pool_pixel_column(const enum pool_op op, const int high, const int wide, const bool masked,
                              const struct pool_pixel *p, const real *x, ptrdiff_t left, vf *all, vf *sums) {
  vf column[FOLD_VECTORS];
  pool_fold(op, high, wide, masked, &p->fold, x, left, column, sums);
  UNROLL for (int v = 0; v < wide; ++v)
    all[v] = pool_step(op, all[v], column[v], NULL);
}

// y <- the result for `wide` vectors of channels from c on.  masked: the vector holds `left` channels.
// Sums start from -0, which adds to any number without a change.
INLINE void pool_pixel_block(const enum pool_op op, const int high, const int wide, const bool masked,
                             const struct pool_pixel *p, ptrdiff_t c, ptrdiff_t left, vm *nan) {
  const bool adds = op == POOL_SUM || op == POOL_POWERS;
  const real *x = p->x + c;
  vf all[FOLD_VECTORS], sums[FOLD_SUMS] = {v_zero(), v_zero()};
  UNROLL for (int v = 0; v < wide; ++v)
    all[v] = v_set1(adds ? (real)-0.0 : (real)-INFINITY);
  if (high > 0 && p->columns == high) {  // square, as most windows are
    UNROLL for (int u = 0; u < high; ++u)
      pool_pixel_column(op, high, wide, masked, p, x + u * p->step, left, all, sums);
  } else {
    ROLLED for (ptrdiff_t u = 0; u < p->columns; ++u)
        pool_pixel_column(op, 0, wide, masked, p, x + u * p->step, left, all, sums);
  }
  if (op == POOL_MAX) *nan = vm_or(*nan, v_unordered(sums[0], sums[1]));
  UNROLL for (int v = 0; v < wide; ++v) {
    if (adds && p->padded) all[v] = v_add(all[v], v_zero());
    if (masked)
      v_store_n(p->y + c, left, all[v]);
    else
      v_store(p->y + c + v * VL, all[v]);
  }
}

// All channels of an output.
INLINE void pool_pixel(const enum pool_op op, const int high, const struct pool_pixel *p, vm *nan) {
  ptrdiff_t c = 0;
  for (; c + FOLD_VECTORS * VL <= p->inner; c += FOLD_VECTORS * VL)
    pool_pixel_block(op, high, FOLD_VECTORS, false, p, c, 0, nan);
  ROLLED for (; c + VL <= p->inner; c += VL) pool_pixel_block(op, 0, 1, false, p, c, 0, nan);
  if (c < p->inner) pool_pixel_block(op, 0, 1, true, p, c, p->inner - c, nan);
}

INLINE vm pool_pixels_as(const enum pool_op op, const int high, const struct pool_job *job, const struct pool_fold *f,
                         const real *x, real *y) {
  vm nan = v_unordered(v_zero(), v_zero());
  const struct pool_axis *width = &job->shape->axes[POOL_WIDTH];
  const ptrdiff_t inner = job->shape->inner;
  struct pool_pixel p = {.fold = *f, .step = width->step * inner, .inner = inner, .y = y};
  for (ptrdiff_t o = 0; o < width->outputs; ++o, p.y += inner) {
    const struct pool_window *w = &width->windows[o];
    if (w->count == 0) {
      pool_fill_exactly(p.y, inner, pool_nothing(op));
      continue;
    }
    p.x = x + w->first * inner;
    p.columns = w->count, p.padded = width->regular && w->count < width->taps;
    pool_pixel(op, high, &p, &nan);
  }
  return nan;
}

INLINE vm pool_pixels_often(const enum pool_op op, const struct pool_job *job, const struct pool_fold *f, const real *x,
                            real *y) {
  switch (pool_known_height(f)) {
  case 3: return pool_pixels_as(op, 3, job, f, x, y);
  case 2: return pool_pixels_as(op, 2, job, f, x, y);
  default: return pool_pixels_as(op, 0, job, f, x, y);
  }
}

// All outputs of one row.  Returns where POOL_MAX may have met a NaN.
static vm pool_pixels(enum pool_op op, const struct pool_job *job, const struct pool_fold *f, const real *x, real *y) {
  switch (op) {
  case POOL_MAX: return pool_pixels_often(POOL_MAX, job, f, x, y);
  case POOL_SUM: return pool_pixels_often(POOL_SUM, job, f, x, y);
  case POOL_POWERS: return pool_pixels_as(POOL_POWERS, 0, job, f, x, y);
  default: return pool_pixels_as(POOL_MAX_OR_NAN, 0, job, f, x, y);
  }
}
