// Template: from the caller's words to a job.  Needs: real, epilogue, struct job, packed.inc.h.

// What has one element for each row or each column of C; `kind_name` is what says which.
static ck_status validate_along(const char *name, const char *kind_name, ck_bias kind, const real *v, ptrdiff_t count,
                                const ck_gemm *g, const real *c, ptrdiff_t c_bytes, ck_fault *fault) {
  if (kind < CK_BIAS_NONE || kind > CK_BIAS_PER_COLUMN)
    return ck_fail(fault, CK_BAD_ARGUMENT, kind_name, CK_BIAS_PER_COLUMN, kind);
  if (kind == CK_BIAS_NONE) return CK_OK;
  const ptrdiff_t needed = kind == CK_BIAS_PER_ROW ? g->m : g->n;
  if (count < needed) return ck_fail(fault, CK_SHORT_BUFFER, name, needed, count);
  if (v == NULL) return ck_fail(fault, CK_BAD_ARGUMENT, name, needed, 0);
  return ck_check_apart(name, c, c_bytes, v, needed * (ptrdiff_t)sizeof(real), fault);
}

static ck_status validate_epilogue(const ck_gemm *g, const real *c, ptrdiff_t c_bytes, const epilogue *e,
                                   ck_fault *fault) {
  ptrdiff_t elements;
  ck_status status = validate_along("bias", "bias_kind", e->bias_kind, e->bias, e->bias_count, g, c, c_bytes, fault);
  if (status == CK_OK)
    status = validate_along("slopes", "slopes_kind", e->slopes_kind, e->slopes, e->slopes_count, g, c, c_bytes, fault);
  if (status != CK_OK) return status;
  if (e->residual != NULL) {
    const ck_layout *r = &e->residual_layout;
    status = ck_check_extent("residual", r, g->m, g->n, g->batch, sizeof(real), &elements, fault);
    if (status == CK_OK)
      status = ck_check_apart("residual", c, c_bytes, e->residual, elements * (ptrdiff_t)sizeof(real), fault);
    if (status != CK_OK) return status;
  }
  status = ck_check_function("activation", e->activation, e->p, e->q, fault);
  if (status == CK_OK && e->slopes_kind != CK_BIAS_NONE && e->activation != CK_IDENTITY)
    status = ck_fail(fault, CK_BAD_ARGUMENT, "slopes", CK_IDENTITY, e->activation);
  return status;
}

// One input: its extent, and that C lies apart from it.
static ck_status validate_input(const struct kernels *k, enum side side, const ck_gemm *g, const real *input,
                                const real *c, ptrdiff_t c_bytes, ck_fault *fault) {
  const bool is_a = side == SIDE_A, packed = is_a ? g->a_packed : g->b_packed;
  const char *name = is_a ? "a" : "b";
  const ck_layout *layout = is_a ? &g->a : &g->b;
  const ptrdiff_t width = is_a ? g->m : g->n;
  ptrdiff_t elements;
  ck_status status;
  if (packed) {
    if (layout->batch_stride != 0 && g->batch > 1) return ck_fail(fault, CK_BAD_STRIDE, name, 0, layout->batch_stride);
    status = check_packed(k, side, width, g->k, input, layout->count, fault);
    elements = packed_count(k, side, width, g->k);
  } else {
    status =
        ck_check_extent(name, layout, is_a ? g->m : g->k, is_a ? g->k : g->n, g->batch, sizeof(real), &elements, fault);
  }
  if (status != CK_OK) return status;
  return ck_check_apart(name, c, c_bytes, input, elements * (ptrdiff_t)sizeof(real), fault);
}

static ck_status validate(const struct kernels *k, int threads, const ck_gemm *g, real alpha, const real *a,
                          const real *b, const real *c, const epilogue *e, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  const ptrdiff_t sizes[4] = {g->m, g->n, g->k, g->batch};
  static const char *const names[4] = {"m", "n", "k", "batch"};
  for (int i = 0; i < 4; ++i)
    if (sizes[i] < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, names[i], 0, sizes[i]);
  if (g->m == 0 || g->n == 0 || g->batch == 0) return CK_OK;
  ptrdiff_t elements;
  ck_status status = ck_check_extent("c", &g->c, g->m, g->n, g->batch, sizeof(real), &elements, fault);
  if (status == CK_OK) status = ck_check_distinct("c", &g->c, g->m, g->n, g->batch, fault);
  const ptrdiff_t c_bytes = elements * (ptrdiff_t)sizeof(real);
  if (status == CK_OK && alpha != 0 && g->k != 0) {
    status = validate_input(k, SIDE_A, g, a, c, c_bytes, fault);
    if (status == CK_OK) status = validate_input(k, SIDE_B, g, b, c, c_bytes, fault);
  }
  if (status == CK_OK && e != NULL) status = validate_epilogue(g, c, c_bytes, e, fault);
  return status;
}

static struct gemm_finish make_finish(const struct kernels *k, const epilogue *e) {
  const bool slopes = e->slopes_kind != CK_BIAS_NONE;
  return (struct gemm_finish){
      .bias = e->bias_kind == CK_BIAS_NONE ? NULL : e->bias,
      .bias_rs = e->bias_kind == CK_BIAS_PER_ROW,
      .bias_cs = e->bias_kind == CK_BIAS_PER_COLUMN,
      .slopes = slopes ? e->slopes : NULL,
      .slopes_rs = e->slopes_kind == CK_BIAS_PER_ROW,
      .slopes_cs = e->slopes_kind == CK_BIAS_PER_COLUMN,
      .residual = e->residual,
      .residual_rs = e->residual_layout.row_stride,
      .residual_cs = e->residual_layout.column_stride,
      .activation = slopes ? CK_LEAKY_RELU : e->activation,
      .p = e->p,
      .q = e->q,
      .map = k->map,
  };
}

static void swap(ptrdiff_t *x, ptrdiff_t *y) {
  const ptrdiff_t kept = *x;
  *x = *y;
  *y = kept;
}

// C^T = B^T A^T, which has the same sums.
static void transpose_job(struct job *job) {
  swap(&job->m, &job->n);
  const real *a = job->a;
  job->a = job->b;
  job->b = a;
  const ptrdiff_t a_rs = job->a_rs, a_cs = job->a_cs, a_bs = job->a_bs;
  job->a_rs = job->b_cs, job->a_cs = job->b_rs, job->a_bs = job->b_bs;
  job->b_rs = a_cs, job->b_cs = a_rs, job->b_bs = a_bs;
  swap(&job->c_rs, &job->c_cs);
  swap(&job->finish.bias_rs, &job->finish.bias_cs);
  swap(&job->finish.slopes_rs, &job->finish.slopes_cs);
  swap(&job->finish.residual_rs, &job->finish.residual_cs);
}

// The stride of a size of 1 and those of packed operands lead nowhere and may be any numbers: here they are harmless.
static void settle_strides(struct job *job) {
  if (job->m == 1) job->a_rs = job->c_rs = 1;
  if (job->n == 1) job->b_cs = job->c_cs = 1;
  if (job->k == 1) job->a_cs = job->b_rs = 1;
  if (job->a_prepacked) job->a_rs = job->a_cs = 0;
  if (job->b_prepacked) job->b_rs = job->b_cs = 0;
}

static struct job make_job(const struct kernels *kernels, const ck_gemm *g, real alpha, const real *a, const real *b,
                           real beta, real *c, const epilogue *e) {
  struct job job = {
      .kernels = kernels,
      .m = g->m,
      .n = g->n,
      .k = g->k,
      .batch = g->batch,
      .a = g->a_packed ? a + HEADER_ELEMENTS : a,
      .b = g->b_packed ? b + HEADER_ELEMENTS : b,
      .c = c,
      .a_rs = g->a.row_stride,
      .a_cs = g->a.column_stride,
      .a_bs = g->a_packed ? 0 : g->a.batch_stride,
      .b_rs = g->b.row_stride,
      .b_cs = g->b.column_stride,
      .b_bs = g->b_packed ? 0 : g->b.batch_stride,
      .c_rs = g->c.row_stride,
      .c_cs = g->c.column_stride,
      .c_bs = g->c.batch_stride,
      .a_prepacked = g->a_packed,
      .b_prepacked = g->b_packed,
      .alpha = alpha,
      .beta = beta,
  };
  if (e != NULL) {
    job.finish = make_finish(kernels, e);
    job.finishes = job.finish.bias != NULL || job.finish.residual != NULL || job.finish.activation != CK_IDENTITY;
    job.residual_bs = e->residual_layout.batch_stride;
  }
  job.one_column = job.n == 1;
  settle_strides(&job);
  const bool columns_along_memory = job.c_cs != 1 && job.c_rs == 1;
  // One row's kernels read B along memory either way and put C's elements apart.
  const bool one_row = job.m == 1 && (job.b_cs == 1 || job.b_rs == 1);
  if (columns_along_memory && !one_row && !job.one_column && !job.a_prepacked && !job.b_prepacked) transpose_job(&job);
  if (job.one_column && job.b_prepacked) job.b_rs = kernels->nr;
  return job;
}
