// Template: resampling.  Needs: real, isa/kernels.h (panel_start), gemm/check.h, threads/team.h, <stdlib.h>.
//
// The rows of x beside a row of y become one, then its columns are interpolated; the way back is the same from its end.
// Contiguous loops without fused steps: the compiler makes vectors of them, and every machine has the same bits.

enum { RESAMPLE_PER_THREAD = 4096 };

struct resample_job {
  const struct resample_shape *shape;
  bool backward;
  const real *from;
  real *to;
  ptrdiff_t room;  // elements of two rows for each thread
  real *scratch;
};

static void resample_add(ptrdiff_t n, real weight, const real *restrict x, real *restrict y) {
  for (ptrdiff_t j = 0; j < n; ++j) y[j] = y[j] + weight * x[j];
}

// y <- the row of x between `low` and `high`.
static void resample_blend(ptrdiff_t n, const struct resample_point *p, const real *low, const real *high, real *y) {
  if (p->weight == 0) {
    memmove(y, low, (size_t)n * sizeof(real));
    return;
  }
  const real w = (real)p->weight, rest = (real)p->rest;
  for (ptrdiff_t j = 0; j < n; ++j) y[j] = rest * low[j] + w * high[j];
}

static void resample_columns(const struct resample_axis *axis, ptrdiff_t inner, const real *x, real *y) {
  for (ptrdiff_t o = 0; o < axis->outputs; ++o) {
    const struct resample_point *p = &axis->points[o];
    if (inner > 1) {
      resample_blend(inner, p, x + p->low * inner, x + p->high * inner, y + o * inner);
    } else {
      const real w = (real)p->weight, rest = (real)p->rest;
      y[o] = p->weight == 0 ? x[p->low] : rest * x[p->low] + w * x[p->high];
    }
  }
}

// Row `row` of y.
static void resample_row(const struct resample_job *job, ptrdiff_t row, real *scratch) {
  const struct resample_axis *axes = job->shape->axes;
  const ptrdiff_t inner = job->shape->inner, n = axes[2].inputs * inner, height = row % axes[1].outputs;
  const ptrdiff_t plane = row / axes[1].outputs / axes[0].outputs, depth = row / axes[1].outputs % axes[0].outputs;
  const struct resample_point *d = &axes[0].points[depth], *h = &axes[1].points[height];
  const real *image = job->from + plane * axes[0].inputs * axes[1].inputs * n;
  real *low = scratch, *high = scratch + job->room / 2;
  const ptrdiff_t front = d->low * axes[1].inputs, back = d->high * axes[1].inputs;
  resample_blend(n, d, image + (front + h->low) * n, image + (back + h->low) * n, low);
  if (h->weight != 0) {
    resample_blend(n, d, image + (front + h->high) * n, image + (back + h->high) * n, high);
    resample_blend(n, h, low, high, low);
  }
  resample_columns(&axes[2], inner, low, job->to + row * axes[2].outputs * inner);
}

// The part of an output that comes from input i.
static double resample_weight(const struct resample_point *p, ptrdiff_t i) {
  if (p->weight == 0) return p->low == i ? 1 : 0;
  return p->low == i ? p->rest : p->high == i ? p->weight : 0;
}

static void resample_columns_back(const struct resample_axis *axis, ptrdiff_t inner, const real *dy, real *dx) {
  memset(dx, 0, (size_t)(axis->inputs * inner) * sizeof(real));
  for (ptrdiff_t o = 0; o < axis->outputs; ++o) {
    const struct resample_point *p = &axis->points[o];
    resample_add(inner, (real)p->rest, dy + o * inner, dx + p->low * inner);
    if (p->weight != 0) resample_add(inner, (real)p->weight, dy + o * inner, dx + p->high * inner);
  }
}

// Row `row` of dx.
static void resample_row_back(const struct resample_job *job, ptrdiff_t row, real *scratch) {
  const struct resample_axis *axes = job->shape->axes;
  const ptrdiff_t inner = job->shape->inner, n = axes[2].outputs * inner, height = row % axes[1].inputs;
  const ptrdiff_t plane = row / axes[1].inputs / axes[0].inputs, depth = row / axes[1].inputs % axes[0].inputs;
  const real *image = job->from + plane * axes[0].outputs * axes[1].outputs * n;
  memset(scratch, 0, (size_t)n * sizeof(real));
  for (ptrdiff_t d = axes[0].first[depth]; d < axes[0].last[depth]; ++d)
    for (ptrdiff_t h = axes[1].first[height]; h < axes[1].last[height]; ++h) {
      const double of_depth = resample_weight(&axes[0].points[d], depth);
      const double weight = of_depth * resample_weight(&axes[1].points[h], height);
      if (weight != 0) resample_add(n, (real)weight, image + (d * axes[1].outputs + h) * n, scratch);
    }
  resample_columns_back(&axes[2], inner, scratch, job->to + row * axes[2].inputs * inner);
}

static void resample_part(void *context, int index, int count) {
  const struct resample_job *job = context;
  const struct resample_axis *axes = job->shape->axes;
  const ptrdiff_t high = job->backward ? axes[0].inputs * axes[1].inputs : axes[0].outputs * axes[1].outputs;
  const ptrdiff_t rows = job->shape->planes * high, end = panel_start(rows, count, index + 1);
  for (ptrdiff_t row = panel_start(rows, count, index); row < end; ++row)
    (job->backward ? resample_row_back : resample_row)(job, row, job->scratch + index * job->room);
}

static ck_status resample_run(int threads, const ck_resample *r, bool backward, const real *from, real *to,
                              ck_fault *fault) {
  struct resample_shape shape;
  ck_status status = ck_resample_make(r, sizeof(real), &shape, fault);
  if (status == CK_OK && threads < 1) status = ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  if (status == CK_OK && shape.storage != NULL) {
    const ptrdiff_t x_bytes = shape.inputs * (ptrdiff_t)sizeof(real), y_bytes = shape.outputs * (ptrdiff_t)sizeof(real);
    status = backward ? ck_check_apart("dy", to, x_bytes, from, y_bytes, fault)
                      : ck_check_apart("x", to, y_bytes, from, x_bytes, fault);
  }
  if (status == CK_OK && shape.storage != NULL) {
    const ptrdiff_t gaining = (shape.inputs + shape.outputs) / RESAMPLE_PER_THREAD;
    threads = gaining < threads ? (gaining < 1 ? 1 : (int)gaining) : threads;
    // A row of x or y is a part of them, so twice that fits; so many threads have elements each.
    struct resample_job job = {.shape = &shape, .backward = backward, .from = from, .to = to};
    job.room = 2 * (backward ? shape.axes[2].outputs : shape.axes[2].inputs) * shape.inner;
    job.scratch = malloc((size_t)job.room * (size_t)threads * sizeof(real));
    if (job.scratch != NULL)
      ck_team_run(threads, resample_part, &job);
    else
      status = ck_fail(fault, CK_OUT_OF_MEMORY, "rows", job.room, 0);
    free(job.scratch);
  }
  ck_resample_free(&shape);
  return status;
}
