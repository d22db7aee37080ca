// Template: windows along padded rows.  Needs: pool/fold.inc.h, pool/gather.inc.h, load_row, LANE_VECTORS.

// The windows of one row of the output: what they read, from element `start` of the width on, and where results go.
struct pool_view {
  const real *x;
  ptrdiff_t from, to, start;
  real *y;
};

// VL outputs whose first taps lie from x on, two elements apart, taps side by side.  2 VL may be read for every two
// taps.
INLINE vf pool_pairs(const enum pool_op op, ptrdiff_t taps, const real *x) {
  vf all = v_zero();
  for (ptrdiff_t t = 0; t < taps; t += 2) {
    const vf a = v_load(x + t), b = v_load(x + t + VL), evens = v_evens(a, b);
    all = t == 0 ? evens : pool_step(op, all, evens, NULL);
    if (t + 1 < taps) all = pool_step(op, all, v_odds(a, b), NULL);
  }
  return v_in_order(all);
}

// n outputs, VL at most, however far they and their taps are apart.
INLINE vf pool_apart(const enum pool_op op, const struct pool_axis *axis, const real *x, ptrdiff_t n) {
  vf all = load_row(x, axis->stride, n);
  for (ptrdiff_t t = 1; t < axis->taps; ++t)
    all = pool_step(op, all, load_row(x + t * axis->step, axis->stride, n), NULL);
  return all;
}

// One channel.
INLINE void pool_regular_row(const enum pool_op op, const int taps, const struct pool_axis *axis, ptrdiff_t n,
                             const real *x, real *y) {
  if (axis->stride == 2 && axis->step == 1)
    ROLLED for (ptrdiff_t o = 0; o < n; o += VL)
        store_row(y + o, 1, n - o, pool_pairs(op, taps > 0 ? taps : axis->taps, x + 2 * o));
  else
    ROLLED for (ptrdiff_t o = 0; o < n; o += VL)
        store_row(y + o, 1, n - o, pool_apart(op, axis, x + o * axis->stride, n - o));
}

INLINE void pool_regular(const enum pool_op op, const int taps, const struct pool_job *job,
                         const struct pool_view *view) {
  const struct pool_axis *axis = &job->shape->axes[POOL_WIDTH];
  const ptrdiff_t inner = job->shape->inner, n = view->to - view->from;
  const struct pool_fold f = {.depths = 1, .heights = axis->taps, .down = axis->step * inner};
  if (axis->stride == 1)
    pool_fold_row(op, true, &f, n * inner, view->x, view->y);  // NaNs have been noticed before
  else if (inner > 1)
    for (ptrdiff_t o = 0; o < n; ++o)
      pool_fold_row(op, true, &f, inner, view->x + o * axis->stride * inner, view->y + o * inner);
  else
    pool_regular_row(op, taps, axis, n, view->x, view->y);
}

// A row of adjacent taps, tap t in lane t mod LANES.
INLINE real pool_sum_line(const enum pool_op op, int exponent, ptrdiff_t n, const real *x) {
  vf lanes[LANE_VECTORS];
  UNROLL for (int v = 0; v < LANE_VECTORS; ++v)
    lanes[v] = v_zero();
  ROLLED for (ptrdiff_t t = 0; t < n; t += LANES) UNROLL for (int v = 0; v < LANE_VECTORS; ++v) {
    const ptrdiff_t left = n - t - v * VL;
    vf next = left >= VL ? v_load(x + t + v * VL) : left > 0 ? v_load_n(x + t + v * VL, left) : v_zero();
    if (op == POOL_POWERS) next = pool_power(exponent, next);
    lanes[v] = v_add(lanes[v], next);
  }
  UNROLL for (int half = LANE_VECTORS / 2; half > 0; half /= 2) UNROLL
    for (int v = 0; v < half; ++v) lanes[v] = v_add(lanes[v], lanes[v + half]);
  real folded[VL];
  v_store(folded, lanes[0]);
  UNROLL for (int half = VL / 2; half > 0; half /= 2) UNROLL
    for (int lane = 0; lane < half; ++lane) folded[lane] += folded[lane + half];
  return folded[0];
}

// The maximum of n >= LANES elements.  The last LANES may be met twice, which changes nothing.
INLINE real pool_max_line(const enum pool_op op, ptrdiff_t n, const real *x, vm *nan) {
  vf lanes[LANE_VECTORS];
  UNROLL for (int v = 0; v < LANE_VECTORS; ++v) {
    lanes[v] = v_load(x + v * VL);
    *nan = vm_or(*nan, v_unordered(lanes[v], lanes[v]));
  }
  ROLLED for (ptrdiff_t t = LANES; t < n; t += LANES) UNROLL for (int v = 0; v < LANE_VECTORS; ++v) lanes[v] =
      pool_step(op, lanes[v], v_load(x + (t + LANES <= n ? t : n - LANES) + v * VL), nan);
  UNROLL for (int half = LANE_VECTORS / 2; half > 0; half /= 2) UNROLL
    for (int v = 0; v < half; ++v) lanes[v] = pool_step(op, lanes[v], lanes[v + half], NULL);
  real folded[VL];
  v_store(folded, lanes[0]);
  UNROLL for (int half = VL / 2; half > 0; half /= 2) UNROLL
    for (int lane = 0; lane < half; ++lane) folded[lane] = pool_step_one(op, folded[lane], folded[lane + half]);
  return folded[0];
}

// One output of one channel: `count` adjacent taps.
INLINE real pool_line(const enum pool_op op, int exponent, ptrdiff_t count, const real *x, vm *nan) {
  if (count >= LANES)
    return op == POOL_SUM || op == POOL_POWERS ? pool_sum_line(op, exponent, count, x)
                                               : pool_max_line(op, count, x, nan);
  real first[VL];
  v_store(first, op == POOL_POWERS ? pool_power(exponent, v_set1(x[0])) : v_set1(x[0]));
  real all = first[0];
  bool met = all != all;
  ROLLED for (ptrdiff_t t = 1; t < count; ++t) {
    v_store(first, op == POOL_POWERS ? pool_power(exponent, v_set1(x[t])) : v_set1(x[t]));
    met |= first[0] != first[0];
    all = pool_step_one(op, all, first[0]);
  }
  if (met) *nan = v_unordered(v_set1((real)NAN), v_zero());
  return all;
}

// Windows of one channel and of any size, one by one.
INLINE void pool_irregular(const enum pool_op op, const struct pool_job *job, const struct pool_view *view, vm *nan) {
  for (ptrdiff_t o = view->from; o < view->to; ++o) {
    const struct pool_window *w = &job->shape->axes[POOL_WIDTH].windows[o];
    view->y[o - view->from] = pool_line(op, job->exponent, w->count, view->x + w->first - view->start, nan);
  }
}

INLINE void pool_windows_as(const enum pool_op op, const struct pool_job *job, const struct pool_view *view, vm *nan) {
  const struct pool_axis *axis = &job->shape->axes[POOL_WIDTH];
  if (!axis->regular)
    pool_irregular(op, job, view, nan);
  else if (axis->taps == 3 && op != POOL_MAX_OR_NAN)
    pool_regular(op, 3, job, view);
  else if (axis->taps == 2 && op != POOL_MAX_OR_NAN)
    pool_regular(op, 2, job, view);
  else
    pool_regular(op, 0, job, view);
}

// The rows have been padded: powers are sums by now.
static void pool_windows(enum pool_op op, const struct pool_job *job, const struct pool_view *view, vm *nan) {
  switch (op) {
  case POOL_MAX: pool_windows_as(POOL_MAX, job, view, nan); break;
  case POOL_MAX_OR_NAN: pool_windows_as(POOL_MAX_OR_NAN, job, view, nan); break;
  default: pool_windows_as(POOL_SUM, job, view, nan);
  }
}

// The same where one row of x serves as it lies.
static void pool_in_place(enum pool_op op, const struct pool_job *job, const struct pool_view *view, vm *nan) {
  switch (op) {
  case POOL_MAX: pool_irregular(POOL_MAX, job, view, nan); break;
  case POOL_MAX_OR_NAN: pool_irregular(POOL_MAX_OR_NAN, job, view, nan); break;
  case POOL_SUM: pool_irregular(POOL_SUM, job, view, nan); break;
  case POOL_POWERS: pool_irregular(POOL_POWERS, job, view, nan); break;
  }
}
