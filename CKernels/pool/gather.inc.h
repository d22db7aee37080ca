// Template: the rows of the input under a row of windows, padded.  Needs: pool/fold.inc.h, store_row.

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

// The rows of a plane under windows of depth and height, and where the first begins.
INLINE struct pool_fold pool_fold_of(const struct pool_job *job, const struct pool_window *d,
                                     const struct pool_window *h) {
  const struct pool_axis *axes = job->shape->axes;
  const ptrdiff_t row = axes[POOL_WIDTH].inputs * job->shape->inner, image = axes[POOL_HEIGHT].inputs * row;
  return (struct pool_fold){job->exponent, d->count, h->count, axes[POOL_DEPTH].step * image,
                            axes[POOL_HEIGHT].step * row};
}

INLINE const real *pool_first_row(const struct pool_job *job, const struct pool_window *d, const struct pool_window *h,
                                  const real *plane) {
  const struct pool_axis *axes = job->shape->axes;
  return plane + (d->first * axes[POOL_HEIGHT].inputs + h->first) * axes[POOL_WIDTH].inputs * job->shape->inner;
}

// to <- the rows under the span, added up or their maximum.
INLINE void pool_gather(const enum pool_op op, const struct pool_job *job, const struct pool_span *span,
                        const struct pool_window *d, const struct pool_window *h, const real *plane, real *to,
                        vm *nan) {
  const struct pool_fold f = pool_fold_of(job, d, h);
  const vf nothing = v_set1(pool_nothing(op));
  pool_fill(to, span->before, nothing);
  to += span->before;
  *nan = vm_or(*nan, pool_fold_row(op, false, &f, span->n, pool_first_row(job, d, h, plane) + span->offset, to));
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
      pool_gather(op, job, span, &depth, &height, plane, to, nan);
    }
}
