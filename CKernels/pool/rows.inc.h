// Template: rows of the output.  Needs: pool/find.inc.h, pool/finish.inc.h, pool/pixels.inc.h, pool/lone.inc.h.
//
// The rows of the input under a row of the output become one, padded on both sides so that all windows are alike;
// windows along it give the results.  Where indices are wanted, the rows are padded side by side and searched in order,
// but pixels of many channels where they lie.

// Outputs from ... along the width of one plane and depth, all of a tile.
struct pool_strip {
  const struct pool_job *job;
  ptrdiff_t plane, depth;
  struct pool_span span;
  real *scratch;
};

// One row of the output: its windows of depth and height, its first element, and the padded rows under it.
struct pool_line_of {
  const struct pool_window *d, *h;
  ptrdiff_t at;
  real *padded;
};

INLINE struct pool_line_of pool_line_at(const struct pool_strip *s, ptrdiff_t height, ptrdiff_t slot) {
  const struct pool_axis *axes = s->job->shape->axes;
  const ptrdiff_t row = (s->plane * axes[POOL_DEPTH].outputs + s->depth) * axes[POOL_HEIGHT].outputs + height;
  return (struct pool_line_of){&axes[POOL_DEPTH].windows[s->depth], &axes[POOL_HEIGHT].windows[height],
                               (row * axes[POOL_WIDTH].outputs + s->span.from) * s->job->shape->inner,
                               s->scratch + slot * s->job->pitch};
}

INLINE const real *pool_plane(const struct pool_strip *s) {
  const struct pool_axis *axes = s->job->shape->axes;
  return s->job->x +
         s->plane * axes[POOL_DEPTH].inputs * axes[POOL_HEIGHT].inputs * axes[POOL_WIDTH].inputs * s->job->shape->inner;
}

// Pads the rows.
INLINE void pool_prepare(const enum pool_op op, const bool indexed, const struct pool_strip *s,
                         const struct pool_line_of *line, vm *nan) {
  const struct pool_job *job = s->job;
  const struct pool_window *d = line->d, *h = line->h;
  if (d->count == 0 || h->count == 0 || job->rows == 0) return;
  if (indexed)
    pool_copy(op, job, &s->span, d, h, pool_plane(s), line->padded, nan);
  else
    pool_gather(op, job, &s->span, d, h, pool_plane(s), line->padded, nan);
}

static void pool_empty_row(const struct pool_job *job, ptrdiff_t at, ptrdiff_t n) {
  pool_fill_exactly(job->y + at, n, pool_nothing(job->op));
  if (job->indices != NULL)
    for (ptrdiff_t j = 0; j < n; ++j) job->indices[at + j] = -1;
}

// What follows the sums.
static void pool_complete(enum pool_op op, const struct pool_strip *s, const struct pool_line_of *line) {
  const struct pool_job *job = s->job;
  const ptrdiff_t inner = job->shape->inner, outputs = s->span.to - s->span.from;
  real *y = job->y + line->at;
  if (job->divisors != NULL) {
    const double rows = job->rows_divide ? (double)line->d->counted * (double)line->h->counted : 1;
    pool_divide(outputs, inner, (real)(rows > 0 ? rows : 1), job->divisors + s->span.from, y);
  }
  if (op == POOL_POWERS) pool_root(job->exponent, outputs * inner, y);
}

// The results of windows along padded rows, or of pixels, and what follows.
static void pool_finish(enum pool_op op, bool indexed, const struct pool_strip *s, const struct pool_line_of *line,
                        vm *nan) {
  const struct pool_job *job = s->job;
  const struct pool_window *d = line->d, *h = line->h;
  const ptrdiff_t inner = job->shape->inner, outputs = s->span.to - s->span.from;
  real *y = job->y + line->at;
  struct pool_view view = {line->padded, s->span.from, s->span.to, s->span.start, y};
  if (d->count == 0 || h->count == 0) {
    pool_empty_row(job, line->at, outputs * inner);
    return;
  }
  if (indexed) {
    const struct pool_search search = {job, d, h, &view, job->indices + line->at};
    if (inner > 1) view.x = pool_plane(s);
    (inner > 1 ? pool_find_pixels : pool_find)(&search);
  } else if (job->rows > 0) {
    pool_windows(op, job, &view, nan);
  } else if (inner > 1) {
    const struct pool_fold f = pool_fold_of(job, d, h);
    *nan = vm_or(*nan, pool_pixels(op, job, &f, pool_first_row(job, d, h, pool_plane(s)), y));
  } else {
    view.x = pool_first_row(job, d, h, pool_plane(s));
    view.start = 0;
    pool_in_place(op, job, &view, nan);
  }
  pool_complete(op, s, line);
}

// Rows first ..< last of a strip of one channel.  Whether POOL_MAX may have met a NaN.
INLINE bool pool_lone_strip(const enum pool_op op, const struct pool_strip *s, const struct pool_lone *lone,
                            ptrdiff_t first, ptrdiff_t last) {
  const struct pool_job *job = s->job;
  const struct pool_axis *axis = &job->shape->axes[POOL_WIDTH];
  const ptrdiff_t n = s->span.to - s->span.from, column = s->span.from * axis->stride - axis->padding;
  vf sums[LONE_POOL_LOADS];
  UNROLL for (int l = 0; l < LONE_POOL_LOADS; ++l)
    sums[l] = v_zero();
  for (ptrdiff_t height = first; height < last; ++height) {
    const struct pool_line_of line = pool_line_at(s, height, 0);
    if (line.d->count == 0 || line.h->count == 0) {
      pool_empty_row(job, line.at, n);
      continue;
    }
    const struct pool_fold f = pool_fold_of(job, line.d, line.h);
    pool_lone_row_often(op, axis, lone, &f, pool_first_row(job, line.d, line.h, pool_plane(s)), column, n,
                        job->y + line.at, sums);
    pool_complete(op, s, &line);
  }
  return op == POOL_MAX && vm_any(vm_or(v_unordered(sums[0], sums[1]), v_unordered(sums[2], sums[3])));
}

// Rows first ..< last of the strip, a few at a time: what was just stored cannot be loaded at once in other pieces,
// which is what windows along one channel do.
// Whether POOL_MAX may have met a NaN, and so may be wrong.
INLINE bool pool_strip_as(const enum pool_op op, const bool indexed, const struct pool_strip *s, ptrdiff_t first,
                          ptrdiff_t last) {
  const struct pool_job *job = s->job;
  const ptrdiff_t group = indexed || job->shape->inner > 1 ? 1 : POOL_GROUP;
  vm nan = v_unordered(v_zero(), v_zero());
  for (ptrdiff_t start = first; start < last; start += group) {
    const ptrdiff_t end = start + group < last ? start + group : last;
    for (ptrdiff_t height = start; height < end; ++height) {
      const struct pool_line_of line = pool_line_at(s, height, height - start);
      pool_prepare(op, indexed, s, &line, &nan);
    }
    for (ptrdiff_t height = start; height < end; ++height) {
      const struct pool_line_of line = pool_line_at(s, height, height - start);
      pool_finish(op, indexed, s, &line, &nan);
    }
  }
  return op == POOL_MAX && vm_any(nan);
}

static __attribute__((noinline)) void pool_run_lone(const struct pool_strip *s, const struct pool_lone *lone,
                                                    ptrdiff_t first, ptrdiff_t last) {
  if (s->job->op == POOL_SUM)
    pool_lone_strip(POOL_SUM, s, lone, first, last);
  else if (pool_lone_strip(POOL_MAX, s, lone, first, last))
    pool_lone_strip(POOL_MAX_OR_NAN, s, lone, first, last);
}

static void pool_run_strip(const struct pool_strip *s, ptrdiff_t first, ptrdiff_t last) {
  struct pool_lone lone;
  if (pool_lone_of(s->job, s->span.from, s->span.to, &lone)) {
    pool_run_lone(s, &lone, first, last);
    return;
  }
  switch (s->job->op) {
  case POOL_SUM: pool_strip_as(POOL_SUM, false, s, first, last); break;
  case POOL_POWERS: pool_strip_as(POOL_POWERS, false, s, first, last); break;
  default:
    if (s->job->indices != NULL)
      pool_strip_as(POOL_MAX_OR_NAN, true, s, first, last);
    else if (pool_strip_as(POOL_MAX, false, s, first, last))
      pool_strip_as(POOL_MAX_OR_NAN, false, s, first, last);
  }
}

static void pool_rows(const struct pool_job *job, ptrdiff_t first, ptrdiff_t last, real *scratch) {
  const struct pool_axis *axes = job->shape->axes;
  const ptrdiff_t depths = axes[POOL_DEPTH].outputs, heights = axes[POOL_HEIGHT].outputs;
  for (ptrdiff_t row = first, next; row < last; row = next) {
    const ptrdiff_t from = row % heights, to = from + last - row < heights ? from + last - row : heights;
    next = row + to - from;
    struct pool_strip strip = {.job = job, .plane = row / heights / depths, .depth = row / heights % depths};
    strip.scratch = scratch;
    for (ptrdiff_t o = 0; o < axes[POOL_WIDTH].outputs; o = strip.span.to) {
      strip.span = pool_span_of(job, o);
      pool_run_strip(&strip, from, to);
    }
  }
}
