// Template: the way back of sums over windows.  Needs: pool/step.inc.h, load_row, store_row.
//
// The outputs above one another whose windows hold a row of the input add up to one row; its elements go to the columns
// of their windows in a padded row, each column's from left to right.

// What an output passes on to each element of its window: dy over the divisor, or over y^(exponent - 1).
INLINE vf pool_share(const enum pool_op op, int exponent, vf dy, vf y, vf divisor) {
  const vf one = v_set1(1);
  if (op == POOL_SUM) return v_div(dy, v_select(v_lt(v_zero(), divisor), divisor, one));
  const vm positive = v_lt(v_zero(), y);
  const vf slope = exponent == 1 ? one : pool_power(exponent - 1, v_select(positive, y, one));
  return v_select(positive, v_div(dy, slope), v_zero());
}

// to[j] += share of output `at` + j, j < n; the divisors are divisors[0 ..< n], or all the first one.
INLINE void pool_add_shares(const enum pool_op op, const struct pool_spread *job, ptrdiff_t at, ptrdiff_t n, vf rows,
                            const real *divisors, const bool one_divisor, real *to) {
  for (ptrdiff_t j = 0; j < n; j += VL) {
    const ptrdiff_t left = n - j;
    const vf dy = load_row(job->dy + at + j, 1, left);
    const vf y = op == POOL_SUM ? dy : load_row(job->y + at + j, 1, left);
    vf divisor = rows;
    if (op == POOL_SUM) divisor = v_mul(rows, one_divisor ? v_set1(*divisors) : load_row(divisors + j, 1, left));
    v_store(to + j, v_add(v_load(to + j), pool_share(op, job->exponent, dy, y, divisor)));
  }
}

// to <- the sum over the outputs above one another whose windows hold row `height` of depth `depth`.
INLINE void pool_add_outputs(const enum pool_op op, const struct pool_spread *job, ptrdiff_t plane, ptrdiff_t depth,
                             ptrdiff_t height, real *to) {
  const struct pool_axis *axes = job->shape->axes, *d = &axes[POOL_DEPTH], *h = &axes[POOL_HEIGHT];
  const ptrdiff_t inner = job->shape->inner, columns = axes[POOL_WIDTH].outputs, n = columns * inner;
  memset(to, 0, (size_t)(n + VL) * sizeof(real));
  ptrdiff_t d_from, d_to, h_from, h_to;
  pool_axis_outputs(d, depth, &d_from, &d_to);
  pool_axis_outputs(h, height, &h_from, &h_to);
  for (ptrdiff_t od = d_from; od < d_to; ++od)
    for (ptrdiff_t oh = h_from; oh < h_to; ++oh) {
      if (!pool_axis_holds(d, od, depth) || !pool_axis_holds(h, oh, height)) continue;
      const ptrdiff_t at = ((plane * d->outputs + od) * h->outputs + oh) * n;
      const vf rows =
          v_set1((real)(job->rows_divide ? (double)d->windows[od].counted * (double)h->windows[oh].counted : 1));
      if (inner == 1 || op == POOL_POWERS)
        pool_add_shares(op, job, at, n, rows, job->divisors, false, to);
      else
        for (ptrdiff_t o = 0; o < columns; ++o)
          pool_add_shares(op, job, at + o * inner, inner, rows, job->divisors + o, true, to + o * inner);
    }
}

// to[j] += from[j]
INLINE void pool_add_to(ptrdiff_t n, const real *from, real *to) {
  for (ptrdiff_t j = 0; j < n; j += VL)
    store_row(to + j, 1, n - j, v_add(load_row(to + j, 1, n - j), load_row(from + j, 1, n - j)));
}

// The columns of `from` to their windows in `to`, a padded row: column o's first tap is o * stride, or
// windows[o].first.
static void pool_spread_columns(const struct pool_spread *job, const real *from, real *to) {
  const struct pool_axis *axis = &job->shape->axes[POOL_WIDTH];
  const ptrdiff_t inner = job->shape->inner, step = axis->step * inner;
  if (axis->regular && axis->stride == 1) {
    // The last tap belongs to the leftmost column.
    for (ptrdiff_t t = axis->taps - 1; t >= 0; --t) pool_add_to(axis->outputs * inner, from, to + t * step);
    return;
  }
  for (ptrdiff_t o = 0; o < axis->outputs; ++o) {
    const ptrdiff_t count = axis->regular ? axis->taps : axis->windows[o].count;
    real *first = to + (axis->regular ? o * axis->stride : axis->windows[o].first) * inner;
    if (inner == 1)
      for (ptrdiff_t t = 0; t < count; ++t) first[t * step] += from[o];
    else
      for (ptrdiff_t t = 0; t < count; ++t) pool_add_to(inner, from + o * inner, first + t * step);
  }
}

// dx <- x's part of a norm's slope times g: sign(x) |x|^(exponent - 1).
static void pool_slope(int exponent, ptrdiff_t n, const real *x, const real *g, real *dx) {
  for (ptrdiff_t j = 0; j < n; j += VL) {
    const ptrdiff_t left = n - j;
    const vf value = load_row(x + j, 1, left), one = v_set1(1);
    const vf power = exponent == 1 ? v_select(v_eq(value, v_zero()), v_zero(), one) : pool_power(exponent - 1, value);
    store_row(dx + j, 1, left, v_mul(v_with_sign(power, v_sign(value)), load_row(g + j, 1, left)));
  }
}

static void pool_spread(const struct pool_spread *job, ptrdiff_t first, ptrdiff_t last, real *scratch) {
  const struct pool_axis *axes = job->shape->axes, *width = &axes[POOL_WIDTH];
  const ptrdiff_t depths = axes[POOL_DEPTH].inputs, heights = axes[POOL_HEIGHT].inputs, inner = job->shape->inner;
  const ptrdiff_t n = width->inputs * inner;
  real *padded = scratch + job->gathered;
  for (ptrdiff_t row = first; row < last; ++row) {
    const ptrdiff_t height = row % heights, depth = row / heights % depths, plane = row / heights / depths;
    if (job->op == POOL_SUM)
      pool_add_outputs(POOL_SUM, job, plane, depth, height, scratch);
    else
      pool_add_outputs(POOL_POWERS, job, plane, depth, height, scratch);
    memset(padded, 0, (size_t)job->pitch * sizeof(real));
    pool_spread_columns(job, scratch, padded);
    const real *inside = padded + width->padding * inner;
    if (job->op == POOL_SUM)
      memcpy(job->dx + row * n, inside, (size_t)n * sizeof(real));
    else
      pool_slope(job->exponent, n, job->x + row * n, inside, job->dx + row * n);
  }
}
