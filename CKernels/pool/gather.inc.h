// Template: the rows of the input under a row of windows, padded.  Needs: pool/step.inc.h, store_row.

// The part of the width under outputs from ..< to: `before` elements of padding, n from x[offset] on, `after` of
// padding.
struct pool_span {
  ptrdiff_t from, to, start, before, n, after, offset;
};

INLINE struct pool_span pool_span_of(const struct pool_job *job, ptrdiff_t from) {
  const struct pool_axis *axis = &job->shape->axes[POOL_WIDTH];
  const ptrdiff_t to = from + job->tile < axis->outputs ? from + job->tile : axis->outputs;
  const struct pool_window *last = &axis->windows[to - 1];
  const ptrdiff_t start = axis->regular ? from * axis->stride - axis->padding : axis->windows[from].first;
  const ptrdiff_t end = axis->regular ? (to - 1) * axis->stride - axis->padding + (axis->taps - 1) * axis->step + 1
                                      : last->first + last->count;
  // A tile may lie in the padding altogether.
  const ptrdiff_t near = end < 0 ? end : 0, in = start > near ? start : near;
  const ptrdiff_t far = in > axis->inputs ? in : axis->inputs, out = end < far ? end : far;
  const ptrdiff_t inner = job->shape->inner;
  return (struct pool_span){
      from, to, start, (in - start) * inner, (out - in) * inner, (end - out) * inner, out > in ? in * inner : 0};
}

// With room for a vector past the end.
INLINE void pool_fill(real *to, ptrdiff_t n, vf x) { ROLLED for (ptrdiff_t j = 0; j < n; j += VL) v_store(to + j, x); }

static void pool_fill_exactly(real *to, ptrdiff_t n, real x) {
  ROLLED for (ptrdiff_t j = 0; j < n; j += VL) store_row(to + j, 1, n - j, v_set1(x));
}

// to <- the rows of depths x heights under the span, added up or their maximum.  `high` is the number of heights, depth
// 1, where it is known, or 0.
INLINE void pool_gather(const enum pool_op op, const int high, const struct pool_job *job, const struct pool_span *span,
                        const struct pool_window *d, const struct pool_window *h, const real *plane, real *to,
                        vm *nan) {
  const struct pool_axis *axes = job->shape->axes;
  const ptrdiff_t width = axes[POOL_WIDTH].inputs * job->shape->inner, heights = axes[POOL_HEIGHT].inputs;
  const ptrdiff_t down = axes[POOL_HEIGHT].step * width, back = axes[POOL_DEPTH].step * heights * width;
  const real *x = plane + (d->first * heights + h->first) * width + span->offset;
  const vf nothing = v_set1(pool_nothing(op));
  vm met = *nan;  // in a register: for all the compiler knows, *nan lies where rows are written
  pool_fill(to, span->before, nothing);
  to += span->before;
  ROLLED for (ptrdiff_t j = 0; j < span->n; j += VL) {
    const ptrdiff_t left = span->n - j;
    vf all = nothing;
    for (ptrdiff_t t = 0; t < (high > 0 ? 1 : d->count); ++t)
      for (ptrdiff_t s = 0; s < (high > 0 ? high : h->count); ++s) {
        const real *at = x + t * back + s * down + j;
        vf value = left >= VL ? v_load(at) : v_load_n(at, left);
        if (op == POOL_POWERS) value = pool_power(job->exponent, value);
        if (t + s > 0)
          all = pool_step(op, all, value, &met);
        else
          all = value;
      }
    if (op == POOL_MAX && high <= 1) met = vm_or(met, v_unordered(all, all));
    v_store(to + j, all);
  }
  *nan = met;
  pool_fill(to + span->n, span->after, nothing);
}

// The rows one below the other, `pitch` apart.
INLINE void pool_copy(const enum pool_op op, const struct pool_job *job, const struct pool_span *span,
                      const struct pool_window *d, const struct pool_window *h, const real *plane, real *to, vm *nan) {
  const struct pool_axis *axes = job->shape->axes;
  for (ptrdiff_t t = 0; t < d->count; ++t)
    for (ptrdiff_t s = 0; s < h->count; ++s, to += job->pitch) {
      const struct pool_window depth = {d->first + t * axes[POOL_DEPTH].step, 1, 1};
      const struct pool_window height = {h->first + s * axes[POOL_HEIGHT].step, 1, 1};
      pool_gather(op, 1, job, span, &depth, &height, plane, to, nan);
    }
}
