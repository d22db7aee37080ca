// Template: maxima and where they lie.  Needs: pool/window.inc.h.

// The rows under one row of the output, `pitch` apart; the first is row `height` of depth `depth` of the input.
struct pool_search {
  const struct pool_job *job;
  const struct pool_window *d, *h;
  const struct pool_view *view;
  int32_t *found;
};

// The flat index of the first element of row s of depth t.
INLINE integer pool_row_index(const struct pool_search *search, ptrdiff_t t, ptrdiff_t s) {
  const struct pool_axis *axes = search->job->shape->axes;
  const ptrdiff_t depth = search->d->first + t * axes[POOL_DEPTH].step;
  const ptrdiff_t height = search->h->first + s * axes[POOL_HEIGHT].step;
  return (integer)((depth * axes[POOL_HEIGHT].inputs + height) * axes[POOL_WIDTH].inputs);
}

// n outputs (or channels of one) from x on, `stride` elements apart (0: as the axis says); their first taps lie in
// column `column` on, as ramp says.  The index of an output none of whose elements exceeds -infinity is -1.
INLINE struct pooled pool_find_block(const int stride, const struct pool_search *search, ptrdiff_t count, const real *x,
                                     ptrdiff_t n, integer column, vi ramp) {
  const struct pool_job *job = search->job;
  const ptrdiff_t step = job->shape->axes[POOL_WIDTH].step, inner = job->shape->inner;
  struct pooled all = {v_set1((real)-INFINITY), vi_set1(-1)};
  for (ptrdiff_t t = 0; t < search->d->count; ++t)
    for (ptrdiff_t s = 0; s < search->h->count; ++s, x += job->pitch) {
      const integer first = pool_row_index(search, t, s) + column;
      ROLLED for (ptrdiff_t u = 0; u < count; ++u) {
        const real *at = x + u * step * inner;
        const vf value = stride == 1   ? v_load(at)
                         : stride == 2 ? v_evens(v_load(at), v_load(at + VL))
                                       : load_row(at, job->shape->axes[POOL_WIDTH].stride, n);
        all = pool_step_at(all, value, vi_add(ramp, vi_set1(first + (integer)(u * step))));
      }
    }
  if (stride == 2) all = (struct pooled){v_in_order(all.value), v_bits(v_in_order(v_from_bits(all.index)))};
  return all;
}

// Where the first taps of neighbours lie, in the order in which pool_find_block holds them.
INLINE vi pool_ramp(const int stride, ptrdiff_t apart) {
  integer ramp[2 * VL];
  for (int lane = 0; lane < 2 * VL; ++lane) ramp[lane] = (integer)(stride == 2 ? lane : lane * apart);
  const vi low = load_integers(ramp), high = load_integers(ramp + VL);
  return stride == 2 ? v_bits(v_evens(v_from_bits(low), v_from_bits(high))) : low;
}

// Elements j ... of the row of results, n at most.
INLINE void pool_store_found(const struct pool_search *search, ptrdiff_t j, ptrdiff_t n, struct pooled block) {
  const struct pool_view *view = search->view;
  const ptrdiff_t inner = search->job->shape->inner;
  store_row(view->y + j, 1, n, block.value);
  integer indices[VL];
  store_integers(indices, block.index);
  for (ptrdiff_t lane = 0; lane < (n < VL ? n : VL); ++lane) {
    integer index = indices[lane];
    if (index < 0) {
      const struct pool_window *w = &search->job->shape->axes[POOL_WIDTH].windows[view->from + (j + lane) / inner];
      if (w->count > 0) index = pool_row_index(search, 0, 0) + (integer)w->first;
    }
    search->found[j + lane] = (int32_t)index;
  }
}

INLINE void pool_find_row(const int stride, const struct pool_search *search) {
  const struct pool_view *view = search->view;
  const struct pool_axis *axis = &search->job->shape->axes[POOL_WIDTH];
  const ptrdiff_t n = view->to - view->from;
  const vi ramp = pool_ramp(stride, axis->stride);
  for (ptrdiff_t j = 0; j < n; j += VL) {
    const ptrdiff_t column = j * axis->stride;
    pool_store_found(
        search, j, n - j,
        pool_find_block(stride, search, axis->taps, view->x + column, n - j, (integer)(view->start + column), ramp));
  }
}

static void pool_find(const struct pool_search *search) {
  const struct pool_view *view = search->view;
  const struct pool_axis *axis = &search->job->shape->axes[POOL_WIDTH];
  const ptrdiff_t inner = search->job->shape->inner, n = view->to - view->from;
  if (inner == 1 && axis->regular) {
    if (axis->stride == 1)
      pool_find_row(1, search);
    else if (axis->stride == 2)
      pool_find_row(2, search);
    else
      pool_find_row(0, search);
    return;
  }
  for (ptrdiff_t o = 0; o < n; ++o) {
    const struct pool_window *w = &axis->windows[view->from + o];
    const ptrdiff_t column = axis->regular ? view->start + o * axis->stride : w->first;
    const real *x = view->x + (column - view->start) * inner;
    for (ptrdiff_t c = 0; c < inner; c += VL)
      pool_store_found(search, o * inner + c, inner - c,
                       pool_find_block(1, search, axis->regular ? axis->taps : w->count, x + c, inner - c,
                                       (integer)column, vi_set1(0)));
  }
}
