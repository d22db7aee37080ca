// Template: products that are limited by how fast a matrix is read: a few rows times B, and A times one column.
// Needs: real, struct job.

// A few rows of C by all threads of the team, each its own columns, in strips whose sums stay in L2.
static void multiply_few_rows(const struct job *job, ptrdiff_t item, int count, int index) {
  const ptrdiff_t lines = panels_of(job->n, LINE), strip = STRIP / job->m / LINE * LINE;
  const ptrdiff_t end = min(job->n, panel_start(lines, count, index + 1) * LINE);
  struct gemm_finish finish = job->finish;
  if (finish.residual != NULL) finish.residual += item * job->residual_bs;
  struct gemv_block block = {
      .m = job->m,
      .k = job->k,
      .chunk = job->depth,
      .x = job->a + item * job->a_bs,
      .x_rs = job->a_rs,
      .x_ps = job->a_cs,
      .b_rs = job->b_rs,
      .b_cs = job->b_cs,
      .alpha = job->alpha,
      .beta = job->beta,
      .sums = job->b_workspace + index * STRIP,
      .y_rs = job->c_rs,
      .y_cs = job->c_cs,
      .finish = job->finishes ? &finish : NULL,
  };
  for (block.first = panel_start(lines, count, index) * LINE; block.first < end; block.first += block.n) {
    block.n = min(strip, end - block.first);
    block.y = job->c + item * job->c_bs + block.first * job->c_cs;
    block.b = job->b + item * job->b_bs + block.first * job->b_cs;
    if (job->b_cs == 1)
      job->kernels->gemv_rows(&block);
    else
      job->kernels->gemv_columns(&block);
  }
}

// Rows first ..< first + block->m through lanes in memory, one chunk of a packed A or all of a strided one at a time.
static void add_by_columns(const struct job *job, struct dot_block *block, const real *a, ptrdiff_t panel,
                           real *lanes) {
  const ptrdiff_t mr = job->kernels->mr, width = panels_of(block->m, LINE) * LINE;
  memset(lanes, 0, (size_t)(LANES * width) * sizeof(real));
  for (ptrdiff_t pc = 0, kc; pc < job->k; pc += kc) {
    kc = job->a_prepacked ? min(job->depth, job->k - pc) : job->k;
    block->a = job->a_prepacked ? job->a + (pc * job->a_panels + panel * kc) * mr : a;
    job->kernels->dot_add_columns(block, pc, kc, width, lanes);
  }
  job->kernels->dot_fold_columns(block, width, lanes);
}

// How many elements ahead rows of A are read that lie further away than L2, where they are long enough to hide the
// latency of their chains, and x stays in L1 beside them; 0: two rows at once, which the hardware fetches less well.
static ptrdiff_t dot_ahead(const struct job *job) {
  enum { FAR_BYTES = 1 << 20, LEAST = 4096 / sizeof(real), MOST = 16384 / sizeof(real) };
  const bool far = (double)job->m * (double)job->k * sizeof(real) > FAR_BYTES;
  return far && job->k >= LEAST && job->k <= MOST ? min(job->a_rs, MOST) : 0;
}

// One column of C by all threads of the team, each its own rows.
static void multiply_column(const struct job *job, ptrdiff_t item, int count, int index) {
  const real *a = job->a + item * job->a_bs, *x = job->b + item * job->b_bs;
  real *workspace = job->b_workspace + index * (DOT_LANES + job->copied_x);
  const bool along_rows = job->a_cs == 1 && !job->a_prepacked;
  const ptrdiff_t height = job->a_prepacked ? 1 : along_rows ? LINE : DOT_LANES / LANES;  // rows, or panels, in a step
  const ptrdiff_t units = panels_of(job->a_prepacked ? job->a_panels : job->m, height);
  const ptrdiff_t last = panel_start(units, count, index + 1);
  struct dot_block block = {.k = job->k,
                            .a_rs = job->a_rs,
                            .a_ps = job->a_cs,
                            .x = x,
                            .x_ps = job->b_rs,
                            .alpha = job->alpha,
                            .beta = job->beta,
                            .y_rs = job->c_rs};
  if (job->a_prepacked) block.a_rs = 1, block.a_ps = job->kernels->mr;
  if (along_rows) block.ahead = dot_ahead(job);
  if (job->copied_x > 0) {
    for (ptrdiff_t p = 0; p < job->k; ++p) workspace[DOT_LANES + p] = x[p * job->b_rs];
    block.x = workspace + DOT_LANES, block.x_ps = 1;
  }
  struct gemm_finish finish = job->finish;
  if (finish.residual != NULL) finish.residual += item * job->residual_bs;
  for (ptrdiff_t unit = panel_start(units, count, index); unit < last; ++unit) {
    const ptrdiff_t first = job->a_prepacked ? panel_start(job->m, job->a_panels, unit) : unit * height;
    const ptrdiff_t end = job->a_prepacked ? panel_start(job->m, job->a_panels, unit + 1) : min(job->m, first + height);
    real *y = job->c + item * job->c_bs;
    block.m = end - first, block.a = a + first * job->a_rs, block.y = y + first * job->c_rs;
    if (along_rows)
      job->kernels->dot_rows(&block);
    else
      add_by_columns(job, &block, block.a, unit, workspace);
    if (job->finishes) job->kernels->finish(first, end - first, 0, 1, y, job->c_rs, job->c_cs, &finish);
  }
}
