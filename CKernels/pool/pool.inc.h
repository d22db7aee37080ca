// Template: the driver of pooling.  Needs: real, isa/kernels.h, gemm/check.h, threads/team.h, <stdlib.h>.

// Bytes of the padded rows of a thread, to share L1 with what they are made of; outputs of one channel that are done at
// once at the least; elements that vectors reach past the end; elements that are worth a thread.
enum { PADDED_BYTES = 16384, TILE_LEAST = 64, PADDED_SLACK = 64, POOL_PER_THREAD = 4096 };

static void pool_part(void *context, int index, int count) {
  const struct pool_job *job = context;
  const struct pool_axis *axes = job->shape->axes;
  const ptrdiff_t rows = job->shape->planes * axes[POOL_DEPTH].outputs * axes[POOL_HEIGHT].outputs;
  job->kernels->pool_rows(job, panel_start(rows, count, index), panel_start(rows, count, index + 1),
                          job->scratch + index * job->rows * job->pitch);
}

// The columns of the input and its padding under outputs from ..< to.
static ptrdiff_t pool_reach(const struct pool_axis *axis, ptrdiff_t from, ptrdiff_t to) {
  const struct pool_window *last = &axis->windows[to - 1];
  return axis->regular ? (to - from - 1) * axis->stride + (axis->taps - 1) * axis->step + 1
                       : last->first + last->count - axis->windows[from].first;
}

// The most inputs in a window.
static ptrdiff_t pool_rows_of(const struct pool_axis *axis) {
  return axis->taps < axis->inputs ? axis->taps : axis->inputs;
}

// rows, tile and pitch of a job; false on overflow.
static bool pool_plan(struct pool_job *job) {
  const struct pool_axis *axes = job->shape->axes, *width = &axes[POOL_WIDTH];
  const ptrdiff_t high = pool_rows_of(&axes[POOL_DEPTH]) * pool_rows_of(&axes[POOL_HEIGHT]), inner = job->shape->inner;
  const bool one_window = high == 1 && width->outputs == 1 && !width->regular;
  // Pixels of many channels are whole vectors where they lie; padded rows pay where windows share most of their taps.
  const bool apart = !width->regular || (width->stride > 1 && width->taps <= 2 * width->stride);
  const bool in_place = job->indices != NULL ? inner > 1 : one_window || (inner > 1 && apart);
  job->rows = in_place ? 0 : job->indices != NULL ? high : inner == 1 ? POOL_GROUP : 1;
  const ptrdiff_t room = PADDED_BYTES / (ptrdiff_t)sizeof(real) / (in_place ? 1 : job->rows) / inner;
  const ptrdiff_t most = room / (width->regular ? width->stride : width->taps), least = inner == 1 ? TILE_LEAST : 1;
  const ptrdiff_t tile = most > least ? most : least;
  job->tile = tile < width->outputs && !in_place ? tile : width->outputs;
  ptrdiff_t reach = 0;
  for (ptrdiff_t o = 0, next; o < width->outputs; o = next) {
    next = o + job->tile < width->outputs ? o + job->tile : width->outputs;
    const ptrdiff_t columns = pool_reach(width, o, next);
    reach = columns > reach ? columns : reach;
  }
  return !__builtin_mul_overflow(reach, inner, &job->pitch) &&
         !__builtin_add_overflow(job->pitch, PADDED_SLACK, &job->pitch);
}

// divisors[o] <- what output o along the width is divided by, but for rows.
static void pool_write_divisors(const ck_pool *pool, const struct pool_axis *width, real *divisors) {
  for (ptrdiff_t o = 0; o < width->outputs; ++o) {
    const ptrdiff_t counted = pool->divisor > 0 ? pool->divisor : width->windows[o].counted;
    divisors[o] = (real)(counted > 0 ? counted : 1);
  }
}

// Room for `threads` threads and the divisors, in one allocation; NULL where there is none.
static real *pool_allocate(struct pool_job *job, const ck_pool *pool, int threads) {
  const struct pool_axis *width = &job->shape->axes[POOL_WIDTH];
  const ptrdiff_t divisors = pool->kind == CK_POOL_AVERAGE ? width->outputs : 0;
  ptrdiff_t elements;
  if (!pool_plan(job) || __builtin_mul_overflow(job->rows, job->pitch, &elements) ||
      __builtin_mul_overflow(elements, threads, &elements) ||
      __builtin_add_overflow(elements, divisors + 1, &elements) || elements > PTRDIFF_MAX / (ptrdiff_t)sizeof(real))
    return NULL;
  real *scratch = calloc((size_t)elements, sizeof(real));
  if (scratch == NULL) return NULL;
  real *const divisor = scratch + elements - divisors;
  if (divisors > 0) pool_write_divisors(pool, width, divisor);
  job->divisors = divisors > 0 ? divisor : NULL;
  return job->scratch = scratch;
}

static ck_status pool_check(int threads, const ck_pool *pool, const struct pool_shape *shape, const real *x,
                            const real *y, const int32_t *indices, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  const ptrdiff_t x_bytes = shape->inputs * (ptrdiff_t)sizeof(real), y_bytes = shape->outputs * (ptrdiff_t)sizeof(real);
  ck_status status = ck_check_apart("x", y, y_bytes, x, x_bytes, fault);
  if (indices == NULL || status != CK_OK) return status;
  if (pool->kind != CK_POOL_MAX) return ck_fail(fault, CK_BAD_ARGUMENT, "indices", CK_POOL_MAX, pool->kind);
  const ptrdiff_t plane = shape->storage == NULL ? 0 : shape->inputs / shape->planes / shape->inner;
  if (plane > INT32_MAX) return ck_fail(fault, CK_OVERFLOW, "indices", INT32_MAX, plane);
  const ptrdiff_t index_bytes = shape->outputs * (ptrdiff_t)sizeof *indices;
  status = ck_check_apart("x", indices, index_bytes, x, x_bytes, fault);
  return status == CK_OK ? ck_check_apart("indices", y, y_bytes, indices, index_bytes, fault) : status;
}

static int pool_threads(int threads, ptrdiff_t elements) {
  const ptrdiff_t gaining = elements / POOL_PER_THREAD;
  return gaining < threads ? (gaining < 1 ? 1 : (int)gaining) : threads;
}

static ck_status pool_forward(const struct kernels *kernels, int threads, const ck_pool *pool, const real *x, real *y,
                              int32_t *indices, ck_fault *fault) {
  struct pool_shape shape;
  ck_status status = ck_pool_make(pool, sizeof(real), &shape, fault);
  if (status == CK_OK) status = pool_check(threads, pool, &shape, x, y, indices, fault);
  if (status == CK_OK && shape.storage != NULL) {
    static const enum pool_op ops[] = {
        [CK_POOL_MAX] = POOL_MAX, [CK_POOL_AVERAGE] = POOL_SUM, [CK_POOL_LP] = POOL_POWERS};
    struct pool_job job = {
        .kernels = kernels,
        .shape = &shape,
        .op = ops[pool->kind],
        .exponent = pool->exponent,
        .x = x,
        .rows_divide = pool->divisor == 0,
        .y = y,
        .indices = indices,
    };
    threads = pool_threads(threads, shape.inputs);
    real *scratch = pool_allocate(&job, pool, threads);
    if (scratch != NULL)
      ck_team_run(threads, pool_part, &job);
    else
      status = ck_fail(fault, CK_OUT_OF_MEMORY, "rows", job.pitch, 0);
    free(scratch);
  }
  ck_pool_free(&shape);
  return status;
}
