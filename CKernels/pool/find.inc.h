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

// The index of element j of the row of results where nothing exceeds -infinity: the first tap, if there is one.
static integer pool_first_index(const struct pool_search *search, ptrdiff_t j) {
  const struct pool_shape *shape = search->job->shape;
  const struct pool_window *w = &shape->axes[POOL_WIDTH].windows[search->view->from + j / shape->inner];
  return w->count > 0 ? pool_row_index(search, 0, 0) + (integer)w->first : -1;
}

// Elements j ... of the row of results, n at most.
INLINE void pool_store_found(const struct pool_search *search, ptrdiff_t j, ptrdiff_t n, struct pooled block) {
  const vf as_floats = v_from_bits(block.index);
  int32_t *found = search->found + j;
  store_row(search->view->y + j, 1, n, block.value);
  integer indices[VL];
  store_integers(indices, block.index);
  if (n >= VL && !vm_any(v_unordered(as_floats, as_floats))) {  // the bits of -1 are a NaN's
    for (int lane = 0; lane < VL; ++lane) found[lane] = (int32_t)indices[lane];
    return;
  }
  ROLLED for (ptrdiff_t lane = 0; lane < (n < VL ? n : VL); ++lane) found[lane] =
      (int32_t)(indices[lane] < 0 ? pool_first_index(search, j + lane) : indices[lane]);
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

// One channel, along padded rows.
static void pool_find(const struct pool_search *search) {
  const struct pool_view *view = search->view;
  const struct pool_axis *axis = &search->job->shape->axes[POOL_WIDTH];
  if (axis->regular && axis->stride == 1)
    pool_find_row(1, search);
  else if (axis->regular && axis->stride == 2)
    pool_find_row(2, search);
  else if (axis->regular)
    pool_find_row(0, search);
  else
    for (ptrdiff_t o = view->from; o < view->to; ++o) {
      const struct pool_window *w = &axis->windows[o];
      const real *x = view->x + w->first - view->start;
      pool_store_found(search, o - view->from, 1,
                       pool_find_block(1, search, w->count, x, 1, (integer)w->first, vi_set1(0)));
    }
}

// A vector of channels of one output: `first` is the index of the first tap, x the vector in the plane's first pixel.
INLINE struct pooled pool_find_channels(const struct pool_search *search, ptrdiff_t columns, ptrdiff_t first,
                                        const real *x, ptrdiff_t channels) {
  const struct pool_shape *shape = search->job->shape;
  const struct pool_axis *axes = shape->axes;
  const ptrdiff_t down = axes[POOL_HEIGHT].step * axes[POOL_WIDTH].inputs, across = axes[POOL_WIDTH].step;
  const ptrdiff_t deep = axes[POOL_DEPTH].step * axes[POOL_HEIGHT].inputs * axes[POOL_WIDTH].inputs;
  struct pooled all = {v_set1((real)-INFINITY), vi_set1(-1)};
  for (ptrdiff_t t = 0; t < search->d->count; ++t)
    for (ptrdiff_t s = 0; s < search->h->count; ++s) {
      const ptrdiff_t row = first + t * deep + s * down;
      const real *at = x + row * shape->inner;
      vi index = vi_set1((integer)row);
      ROLLED for (ptrdiff_t u = 0; u < columns; ++u, at += across * shape->inner) {
        all = pool_step_at(all, load_row(at, 1, channels), index);
        index = vi_add(index, vi_set1((integer)across));
      }
    }
  return all;
}

// Many channels, whose pixels are read where they lie: view->x is the plane.
static void pool_find_pixels(const struct pool_search *search) {
  const struct pool_view *view = search->view;
  const struct pool_window *windows = search->job->shape->axes[POOL_WIDTH].windows;
  const ptrdiff_t inner = search->job->shape->inner, row = pool_row_index(search, 0, 0);
  for (ptrdiff_t o = view->from; o < view->to; ++o)
    for (ptrdiff_t c = 0; c < inner; c += VL)
      pool_store_found(search, (o - view->from) * inner + c, inner - c,
                       pool_find_channels(search, windows[o].count, row + windows[o].first, view->x + c, inner - c));
}
