// Template: windows over pixels of many channels, which are read where they lie.  Needs: pool/step.inc.h.

enum { PIXEL_VECTORS = 4 };

// One output: the taps of each axis from x on, how far they are apart, and whether a column of padding belongs to them.
struct pool_pixel {
  int exponent;
  ptrdiff_t depths, heights, columns, back, down, step;
  bool padded;
  const real *x;
  real *y;
};

// y <- the result for `wide` vectors of channels from c on.  masked: the vector holds `left` channels.
// Sums start from -0, which adds to any number without a change.
// Whether POOL_MAX met a NaN shows in a sum of the elements; infinities of both signs show as well.
INLINE void pool_pixel_block(const enum pool_op op, const int wide, const bool masked, const struct pool_pixel *p,
                             ptrdiff_t c, ptrdiff_t left, vm *nan) {
  const bool adds = op == POOL_SUM || op == POOL_POWERS;
  const vf minus_zero = v_set1((real)-0.0), nothing = adds ? minus_zero : v_set1((real)-INFINITY);
  vf all[PIXEL_VECTORS], column[PIXEL_VECTORS];
  UNROLL for (int v = 0; v < wide; ++v)
    all[v] = nothing, column[v] = minus_zero;
  ptrdiff_t u = 0;
  do {  // at least once, or the compiler takes comparisons of what the loop leaves apart
    for (ptrdiff_t t = 0; t < p->depths; ++t) {
      const real *x = p->x + u * p->step + t * p->back + c;
      ROLLED for (ptrdiff_t s = 0; s < p->heights; ++s, x += p->down) UNROLL for (int v = 0; v < wide; ++v) {
        vf value = masked ? v_load_n(x, left) : v_load(x + v * VL);
        if (op == POOL_POWERS) value = pool_power(p->exponent, value);
        if (adds || op == POOL_MAX) column[v] = v_add(column[v], value);
        if (!adds) all[v] = pool_step(op, all[v], value, NULL);
      }
    }
    UNROLL for (int v = 0; v < wide; ++v)
      if (adds) all[v] = v_add(all[v], column[v]), column[v] = minus_zero;
  } while (++u < p->columns);
  UNROLL for (int v = 0; v < wide; ++v) {
    if (op == POOL_MAX) *nan = vm_or(*nan, v_unordered(column[v], column[v]));
    if (adds && p->padded) all[v] = v_add(all[v], v_zero());
    if (masked)
      v_store_n(p->y + c, left, all[v]);
    else
      v_store(p->y + c + v * VL, all[v]);
  }
}

INLINE void pool_pixels_as(const enum pool_op op, const struct pool_job *job, const struct pool_window *d,
                           const struct pool_window *h, const real *plane, real *y, vm *nan) {
  vm met = *nan;  // in a register: for all the compiler knows, *nan lies in y
  const struct pool_axis *axes = job->shape->axes, *width = &axes[POOL_WIDTH];
  const ptrdiff_t inner = job->shape->inner, row = width->inputs * inner, image = axes[POOL_HEIGHT].inputs * row;
  struct pool_pixel p = {.exponent = job->exponent,
                         .depths = d->count,
                         .heights = h->count,
                         .back = axes[POOL_DEPTH].step * image,
                         .down = axes[POOL_HEIGHT].step * row,
                         .step = width->step * inner,
                         .y = y};
  for (ptrdiff_t o = 0; o < width->outputs; ++o, p.y += inner) {
    const struct pool_window *w = &width->windows[o];
    p.columns = w->count, p.padded = width->regular && w->count < width->taps;
    p.x = plane + d->first * image + h->first * row + w->first * inner;
    if (p.columns == 0) {
      pool_fill_exactly(p.y, inner, pool_nothing(op));
      continue;
    }
    ptrdiff_t c = 0;
    for (; c + PIXEL_VECTORS * VL <= inner; c += PIXEL_VECTORS * VL)
      pool_pixel_block(op, PIXEL_VECTORS, false, &p, c, 0, &met);
    ROLLED for (; c + VL <= inner; c += VL) pool_pixel_block(op, 1, false, &p, c, 0, &met);
    if (c < inner) pool_pixel_block(op, 1, true, &p, c, inner - c, &met);
  }
  *nan = met;
}

// All outputs of one row.
static void pool_pixels(enum pool_op op, const struct pool_job *job, const struct pool_window *d,
                        const struct pool_window *h, const real *plane, real *y, vm *nan) {
  switch (op) {
  case POOL_MAX: pool_pixels_as(POOL_MAX, job, d, h, plane, y, nan); break;
  case POOL_MAX_OR_NAN: pool_pixels_as(POOL_MAX_OR_NAN, job, d, h, plane, y, nan); break;
  case POOL_SUM: pool_pixels_as(POOL_SUM, job, d, h, plane, y, nan); break;
  case POOL_POWERS: pool_pixels_as(POOL_POWERS, job, d, h, plane, y, nan); break;
  }
}
