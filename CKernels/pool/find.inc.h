// Template: maxima and where they lie.  Needs: pool/window.inc.h, load_part.

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

// One more element; *sum becomes NaN where one is.
INLINE struct pooled pool_found(const bool numbers, struct pooled so_far, vf x, vi index, vf *sum) {
  if (!numbers) return pool_step_at(so_far, x, index);
  *sum = v_add(*sum, x);
  return pool_number_at(so_far, x, index);
}

// n outputs (or channels of one) from x on, `stride` elements apart (0: as the axis says); their first taps lie in
// column `column` on, as ramp says.  The index of an output none of whose elements exceeds -infinity is -1.
// numbers: wrong where an element is NaN, which *nan tells: it may be.
INLINE struct pooled pool_find_some(const int stride, const bool numbers, const struct pool_search *search,
                                    ptrdiff_t count, const real *x, ptrdiff_t n, integer column, vi ramp, vm *nan) {
  const struct pool_job *job = search->job;
  const ptrdiff_t step = job->shape->axes[POOL_WIDTH].step, inner = job->shape->inner;
  struct pooled all = {v_set1((real)-INFINITY), vi_set1(-1)};
  vf sum = v_zero();
  for (ptrdiff_t t = 0; t < search->d->count; ++t)
    for (ptrdiff_t s = 0; s < search->h->count; ++s, x += job->pitch) {
      const integer first = pool_row_index(search, t, s) + column;
      ROLLED for (ptrdiff_t u = 0; u < count; ++u) {
        const real *at = x + u * step * inner;
        const vf value = stride == 1   ? v_load(at)
                         : stride == 2 ? v_evens(v_load(at), v_load(at + VL))
                                       : load_row(at, job->shape->axes[POOL_WIDTH].stride, n);
        const vi index = vi_add(ramp, vi_set1(first + (integer)(u * step)));
        all = pool_found(numbers, all, value, index, &sum);
      }
    }
  *nan = v_unordered(sum, sum);
  if (stride == 2) all = (struct pooled){v_in_order(all.value), v_bits(v_in_order(v_from_bits(all.index)))};
  return all;
}

INLINE struct pooled pool_find_block(const int stride, const struct pool_search *search, ptrdiff_t count, const real *x,
                                     ptrdiff_t n, integer column, vi ramp) {
  vm nan;
  const struct pooled found = pool_find_some(stride, true, search, count, x, n, column, ramp, &nan);
  return vm_any(nan) ? pool_find_some(stride, false, search, count, x, n, column, ramp, &nan) : found;
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
  const bool whole = n >= VL && !vm_any(v_unordered(as_floats, as_floats));  // the bits of -1 are a NaN's
  if (whole && sizeof(integer) == sizeof(int32_t)) {
    memcpy(found, &block.index, sizeof block.index);
    return;
  }
  integer indices[VL];
  store_integers(indices, block.index);
  if (whole) {
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

// What is the same for all outputs of a row: rows and columns of a window, and from one to the next, in pixels.
struct pool_grid {
  ptrdiff_t depths, heights, deep, down, across, inner;
};

static struct pool_grid pool_grid_of(const struct pool_search *search) {
  const struct pool_shape *shape = search->job->shape;
  const struct pool_axis *axes = shape->axes;
  return (struct pool_grid){.depths = search->d->count,
                            .heights = search->h->count,
                            .deep = axes[POOL_DEPTH].step * axes[POOL_HEIGHT].inputs * axes[POOL_WIDTH].inputs,
                            .down = axes[POOL_HEIGHT].step * axes[POOL_WIDTH].inputs,
                            .across = axes[POOL_WIDTH].step,
                            .inner = shape->inner};
}

// A vector of channels of one output, x that of its first tap, which is pixel `first`, the index where nothing exceeds
// -infinity.  numbers: as in pool_find_some.  wide: how many columns there are, or 0; part: x has `channels` of a
// vector.
INLINE struct pooled pool_find_channels(const int wide, const bool part, const bool numbers, struct pool_grid g,
                                        ptrdiff_t columns, ptrdiff_t first, const real *x, ptrdiff_t channels,
                                        vm *nan) {
  struct pooled all = {v_set1((real)-INFINITY), vi_set1((integer)(columns > 0 ? first : -1))};
  vf sum = v_zero();
  ROLLED for (ptrdiff_t t = 0; t < g.depths; ++t) ROLLED for (ptrdiff_t s = 0; s < g.heights; ++s) {
    const ptrdiff_t row = t * g.deep + s * g.down, next = g.across * g.inner;
    const real *at = x + row * g.inner;
    const vi across = vi_set1((integer)g.across);
    vi index = vi_set1((integer)(first + row));
    if (wide > 0) {
      UNROLL for (int u = 0; u < wide; ++u) {
        all = pool_found(numbers, all, load_part(part, at + u * next, channels), index, &sum);
        index = vi_add(index, across);
      }
    } else {
      ROLLED for (ptrdiff_t u = 0; u < columns; ++u) {
        all = pool_found(numbers, all, load_part(part, at + u * next, channels), index, &sum);
        index = vi_add(index, across);
      }
    }
  }
  *nan = v_unordered(sum, sum);
  return all;
}

// Channels c ... of one output, whose results are those from `to` on.
INLINE void pool_find_vector(const int wide, const bool part, const struct pool_search *search, struct pool_grid g,
                             ptrdiff_t columns, ptrdiff_t first, ptrdiff_t c, ptrdiff_t to) {
  const real *x = search->view->x + first * g.inner + c;
  const ptrdiff_t channels = part ? g.inner - c : VL;
  vm nan;
  struct pooled found = pool_find_channels(wide, part, true, g, columns, first, x, channels, &nan);
  if (vm_any(nan)) found = pool_find_channels(0, part, false, g, columns, first, x, channels, &nan);
  pool_store_found(search, to + c, channels, found);
}

INLINE void pool_find_pixel(const int wide, const struct pool_search *search, struct pool_grid g, ptrdiff_t columns,
                            ptrdiff_t first, ptrdiff_t to) {
  ptrdiff_t c = 0;
  for (; c + VL <= g.inner; c += VL) pool_find_vector(wide, false, search, g, columns, first, c, to);
  if (c < g.inner) pool_find_vector(0, true, search, g, columns, first, c, to);
}

// Many channels, whose pixels are read where they lie: view->x is the plane.
static void pool_find_pixels(const struct pool_search *search) {
  const struct pool_view *view = search->view;
  const struct pool_window *windows = search->job->shape->axes[POOL_WIDTH].windows;
  const struct pool_grid g = pool_grid_of(search);
  const ptrdiff_t row = pool_row_index(search, 0, 0);
  for (ptrdiff_t o = view->from; o < view->to; ++o) {
    const ptrdiff_t columns = windows[o].count, first = row + windows[o].first, to = (o - view->from) * g.inner;
    switch (columns) {
    case 3: pool_find_pixel(3, search, g, 3, first, to); break;
    case 2: pool_find_pixel(2, search, g, 2, first, to); break;
    default: pool_find_pixel(0, search, g, columns, first, to);
    }
  }
}
