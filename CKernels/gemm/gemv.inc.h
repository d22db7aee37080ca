// Template: the product of a few rows with a large matrix, Y <- alpha X B + beta Y, limited by how fast B is read; and
// of a matrix with one column. Needs: real, the vector dialect, gemm/finish.inc.h, isa/kernels.h.
//
// Each element of Y is the same chain of multiply-adds as in a tile of the matrix product.

// Vectors of columns whose sums are held: so much of a row of B, read at once, is what the hardware fetches ahead best.
enum { VECTORS_TOGETHER = 8 };

// The same as add_rows for one row of x, which is at xs, and whole sets of vectors; returns the columns done.
static inline __attribute__((always_inline)) ptrdiff_t add_rows_to_one(const int depth, const real *xs, const real *b,
                                                                       ptrdiff_t b_rs, ptrdiff_t n, real *sums) {
  ptrdiff_t j = 0;
  for (; j + VECTORS_TOGETHER * VL <= n; j += VECTORS_TOGETHER * VL) {
    vf sum[VECTORS_TOGETHER];
    UNROLL for (int v = 0; v < VECTORS_TOGETHER; ++v)
      sum[v] = v_load(sums + j + v * VL);
    UNROLL for (int p = 0; p < depth; ++p) UNROLL
      for (int v = 0; v < VECTORS_TOGETHER; ++v)
        sum[v] = v_fma(v_set1(xs[p]), v_load(b + p * b_rs + j + v * VL), sum[v]);
    UNROLL for (int v = 0; v < VECTORS_TOGETHER; ++v)
      v_store(sums + j + v * VL, sum[v]);
  }
  return j;
}

// sums(i, j) += sum over p < depth of x(i, p) B(p, j): depth rows of B at once, so that sums are read and written once
// for all of them.  x is copied first: where its rows lie a power of two apart they would push each other out of L1.
static inline __attribute__((always_inline)) void add_rows(const int depth, ptrdiff_t m, const real *x, ptrdiff_t x_rs,
                                                           ptrdiff_t x_ps, const real *b, ptrdiff_t b_rs, ptrdiff_t n,
                                                           real *sums) {
  real xs[FEW_ROWS * 8];
  for (ptrdiff_t i = 0; i < m; ++i)
    for (int p = 0; p < depth; ++p) xs[i * depth + p] = x[i * x_rs + p * x_ps];
  ptrdiff_t j = m == 1 ? add_rows_to_one(depth, xs, b, b_rs, n, sums) : 0;
  for (sums += j; j < n; j += VL) {
    vf bs[8];
    UNROLL for (int p = 0; p < depth; ++p)
      bs[p] = load_row(b + p * b_rs + j, 1, n - j);
    for (ptrdiff_t i = 0; i < m; ++i, sums += VL) {
      vf sum = v_load(sums);
      UNROLL for (int p = 0; p < depth; ++p)
        sum = v_fma(v_set1(xs[i * depth + p]), bs[p], sum);
      v_store(sums, sum);
    }
  }
}

// The sums of one chunk of depth: those of VL columns lie together, row by row.
static inline __attribute__((always_inline)) void sum_along_rows(ptrdiff_t m, ptrdiff_t n, ptrdiff_t kc, const real *x,
                                                                 ptrdiff_t x_rs, ptrdiff_t x_ps, const real *b,
                                                                 ptrdiff_t b_rs, real *sums) {
  for (ptrdiff_t j = 0; j < n; j += VL)
    for (ptrdiff_t i = 0; i < m; ++i) v_store(sums + j * m + i * VL, v_zero());
  ptrdiff_t p = 0;
  for (; p + 8 <= kc; p += 8) add_rows(8, m, x + p * x_ps, x_rs, x_ps, b + p * b_rs, b_rs, n, sums);
  for (; p < kc; ++p) add_rows(1, m, x + p * x_ps, x_rs, x_ps, b + p * b_rs, b_rs, n, sums);
}

static void gemv_rows(const struct gemv_block *g) {
  const vf alpha = v_set1(g->alpha), beta = v_set1(g->beta);
  for (ptrdiff_t pc = 0, kc; pc < g->k; pc += kc) {
    kc = g->k - pc < g->chunk ? g->k - pc : g->chunk;
    const real *x = g->x + pc * g->x_ps, *b = g->b + pc * g->b_rs;
    if (g->m == 1)
      sum_along_rows(1, g->n, kc, x, 0, g->x_ps, b, g->b_rs, g->sums);
    else
      sum_along_rows(g->m, g->n, kc, x, g->x_rs, g->x_ps, b, g->b_rs, g->sums);
    for (ptrdiff_t i = 0; i < g->m; ++i)
      for (ptrdiff_t j = 0; j < g->n; j += VL) {
        real *y = g->y + i * g->y_rs + j * g->y_cs;
        const vf sum = v_load(g->sums + j * g->m + i * VL);
        const bool fresh = pc == 0 && g->beta == 0;
        const vf old = fresh ? v_zero() : load_row(y, g->y_cs, g->n - j);
        store_row(y, g->y_cs, g->n - j,
                  fresh ? v_mul(alpha, sum) : v_fma(alpha, sum, pc == 0 ? v_mul(beta, old) : old));
      }
  }
  if (g->finish != NULL) finish(0, g->m, g->first, g->n, g->y - g->first * g->y_cs, g->y_rs, g->y_cs, g->finish);
}

// sum += VL steps of depth of VL columns of B, which lie along memory; `columns` and `depth` of them are there.
static inline __attribute__((always_inline)) vf add_columns(ptrdiff_t columns, ptrdiff_t depth, const real *x,
                                                            ptrdiff_t x_stride, const real *b, ptrdiff_t b_cs, vf sum) {
  vf rows[VL];
  UNROLL for (int j = 0; j < VL; ++j) {
    const real *column = b + (j < columns ? j : columns - 1) * b_cs;
    rows[j] = depth >= VL ? v_load(column) : v_load_n(column, depth);
  }
  v_transpose(rows);
  if (depth >= VL) {
    UNROLL for (int p = 0; p < VL; ++p)
      sum = v_fma(v_set1(x[p * x_stride]), rows[p], sum);
  } else {
    for (ptrdiff_t p = 0; p < depth; ++p) sum = v_fma(v_set1(x[p * x_stride]), rows[p], sum);
  }
  return sum;
}

// The sums of `chains` whole chunks side by side: each is one chain of multiply-adds, several hide its latency, and in
// each chunk a cache line of every column is used up at once.
static inline __attribute__((always_inline)) void sum_along_columns(const int chains, ptrdiff_t columns,
                                                                    ptrdiff_t chunk, const real *x, ptrdiff_t x_stride,
                                                                    const real *b, ptrdiff_t b_cs, vf sums[4]) {
  UNROLL for (int i = 0; i < chains; ++i)
    sums[i] = v_zero();
  ptrdiff_t p = 0;
  for (; p + 2 * VL <= chunk; p += 2 * VL) UNROLL
    for (int i = 0; i < chains; ++i) UNROLL
      for (int half = 0; half < 2; ++half) {
        const ptrdiff_t at = i * chunk + p + half * VL;
        sums[i] = add_columns(columns, VL, x + at * x_stride, x_stride, b + at, b_cs, sums[i]);
      }
  for (; p < chunk; p += VL) UNROLL
    for (int i = 0; i < chains; ++i)
      sums[i] =
          add_columns(columns, chunk - p, x + (i * chunk + p) * x_stride, x_stride, b + i * chunk + p, b_cs, sums[i]);
}

// alpha B^T x + beta y for up to VL columns from j on.
static inline __attribute__((always_inline)) void gemv_column_group(const struct gemv_block *g, ptrdiff_t j,
                                                                    ptrdiff_t columns) {
  const vf alpha = v_set1(g->alpha);
  const real *b = g->b + j * g->b_cs;
  real *y = g->y + j * g->y_cs;
  vf total = g->beta == 0 ? v_zero() : v_mul(v_set1(g->beta), load_row(y, g->y_cs, columns));
  for (ptrdiff_t pc = 0, chains; pc < g->k; pc += chains * g->chunk) {
    vf sums[4];
    const real *x = g->x + pc * g->x_ps;
    chains = g->k - pc >= 4 * g->chunk ? 4 : 1;
    if (chains == 4)
      sum_along_columns(4, columns, g->chunk, x, g->x_ps, b + pc, g->b_cs, sums);
    else
      sum_along_columns(1, columns, g->k - pc < g->chunk ? g->k - pc : g->chunk, x, g->x_ps, b + pc, g->b_cs, sums);
    for (int i = 0; i < chains; ++i)
      total = pc == 0 && i == 0 && g->beta == 0 ? v_mul(alpha, sums[i]) : v_fma(alpha, sums[i], total);
  }
  store_row(y, g->y_cs, columns, total);
}

static void gemv_columns(const struct gemv_block *g) {
  ptrdiff_t j = 0;
  for (; j + VL <= g->n; j += VL) gemv_column_group(g, j, VL);
  if (j < g->n) gemv_column_group(g, j, g->n - j);
  if (g->finish != NULL) finish(0, 1, g->first, g->n, g->y - g->first * g->y_cs, 0, g->y_cs, g->finish);
}
