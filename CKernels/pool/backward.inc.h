// Template: the way back of pooling.  Needs: pool/pool.inc.h, pool/scatter.inc.h.

static void pool_spread_part(void *context, int index, int count) {
  const struct pool_spread *job = context;
  const struct pool_axis *axes = job->shape->axes;
  const ptrdiff_t rows = job->shape->planes * axes[POOL_DEPTH].inputs * axes[POOL_HEIGHT].inputs;
  job->kernels->pool_spread(job, panel_start(rows, count, index), panel_start(rows, count, index + 1),
                            job->scratch + index * (job->gathered + job->pitch));
}

// Columns of a padded row of the input: it holds every window and all the inputs.
static ptrdiff_t pool_padded(const struct pool_axis *axis) {
  const ptrdiff_t windows = axis->regular ? pool_reach(axis, 0, axis->outputs) : 0,
                  inputs = axis->padding + axis->inputs;
  return windows > inputs ? windows : inputs;
}

static ck_status pool_spread_run(const struct kernels *kernels, int threads, const ck_pool *pool,
                                 const struct pool_shape *shape, const real *x, const real *y, const real *dy, real *dx,
                                 ck_fault *fault) {
  const struct pool_axis *width = &shape->axes[POOL_WIDTH];
  struct pool_spread job = {
      .kernels = kernels,
      .shape = shape,
      .op = pool->kind == CK_POOL_AVERAGE ? POOL_SUM : POOL_POWERS,
      .exponent = pool->exponent,
      .x = x,
      .y = y,
      .rows_divide = pool->kind == CK_POOL_AVERAGE && pool->divisor == 0,
      .dy = dy,
      .dx = dx,
      .gathered = width->outputs * shape->inner + PADDED_SLACK,
  };
  threads = pool_threads(threads, shape->inputs);
  ptrdiff_t elements;
  real *scratch = NULL;
  if (!__builtin_mul_overflow(pool_padded(width), shape->inner, &job.pitch) &&
      !__builtin_add_overflow(job.pitch, PADDED_SLACK, &job.pitch) &&
      !__builtin_add_overflow(job.pitch, job.gathered, &elements) &&
      !__builtin_mul_overflow(elements, threads, &elements) &&
      !__builtin_add_overflow(elements, width->outputs, &elements) && elements <= PTRDIFF_MAX / (ptrdiff_t)sizeof(real))
    scratch = malloc((size_t)elements * sizeof(real));
  if (scratch == NULL) return ck_fail(fault, CK_OUT_OF_MEMORY, "rows", job.pitch, 0);
  job.scratch = scratch;
  job.divisors = scratch + elements - width->outputs;
  pool_write_divisors(pool, width, scratch + elements - width->outputs);
  ck_team_run(threads, pool_spread_part, &job);
  free(scratch);
  return CK_OK;
}

static ck_status pool_check_apart(const struct pool_shape *shape, const ck_pool *pool, const real *x, const real *y,
                                  const real *dy, const real *dx, ck_fault *fault) {
  const ptrdiff_t x_bytes = shape->inputs * (ptrdiff_t)sizeof(real), y_bytes = shape->outputs * (ptrdiff_t)sizeof(real);
  ck_status status = ck_check_apart("dy", dx, x_bytes, dy, y_bytes, fault);
  if (status != CK_OK || pool->kind != CK_POOL_LP) return status;
  status = ck_check_apart("x", dx, x_bytes, x, x_bytes, fault);
  return status == CK_OK ? ck_check_apart("y", dx, x_bytes, y, y_bytes, fault) : status;
}

static ck_status pool_backward(const struct kernels *kernels, int threads, const ck_pool *pool, const real *x,
                               const real *y, const int32_t *indices, const real *dy, real *dx, ck_fault *fault) {
  struct pool_shape shape;
  ck_status status = ck_pool_make(pool, sizeof(real), &shape, fault);
  if (status == CK_OK && threads < 1) status = ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  if (status == CK_OK && shape.storage != NULL) {
    const ptrdiff_t images = pool->batch * pool->channels;
    status = pool_check_apart(&shape, pool, x, y, dy, dx, fault);
    if (status == CK_OK && pool->kind == CK_POOL_MAX)
      status = unpool_run(
          threads, SCATTER_ADD,
          &(ck_unpool){pool->layout, pool->batch, pool->channels, shape.outputs / images, shape.inputs / images}, dy,
          indices, dx, fault);
    else if (status == CK_OK)
      status = pool_spread_run(kernels, threads, pool, &shape, x, y, dy, dx, fault);
  }
  ck_pool_free(&shape);
  return status;
}
