// Template: the product of one row with a matrix, y <- alpha x B + beta y, limited by how fast B is read.
// Needs: real, the vector dialect, gemm/finish.inc.h, isa/kernels.h.
//
// Each y(j) is the same chain of multiply-adds as in a tile of the matrix product.

// sums(j) += sum over p < depth of x(p) B(p, j): depth rows of B at once, so that sums are read and written once for all.
static inline __attribute__((always_inline)) void add_rows(const int depth, const real *x, ptrdiff_t x_stride,
                                                           const real *b, ptrdiff_t b_rs, ptrdiff_t n, real *sums) {
  vf xs[8];
  UNROLL for (int p = 0; p < depth; ++p) xs[p] = v_set1(x[p * x_stride]);
  ptrdiff_t j = 0;
  for (; j + VL <= n; j += VL) {
    vf sum = v_load(sums + j);
    UNROLL for (int p = 0; p < depth; ++p) sum = v_fma(xs[p], v_load(b + p * b_rs + j), sum);
    v_store(sums + j, sum);
  }
  if (j == n) return;
  vf sum = v_load_n(sums + j, n - j);
  UNROLL for (int p = 0; p < depth; ++p) sum = v_fma(xs[p], v_load_n(b + p * b_rs + j, n - j), sum);
  v_store_n(sums + j, n - j, sum);
}

// B's rows lie along memory: they are streamed.
static void sum_along_rows(ptrdiff_t n, ptrdiff_t kc, const real *x, ptrdiff_t x_stride, const real *b, ptrdiff_t b_rs,
                            real *sums) {
  for (ptrdiff_t j = 0; j < n; ++j) sums[j] = 0;
  ptrdiff_t p = 0;
  for (; p + 8 <= kc; p += 8) add_rows(8, x + p * x_stride, x_stride, b + p * b_rs, b_rs, n, sums);
  for (; p < kc; ++p) add_rows(1, x + p * x_stride, x_stride, b + p * b_rs, b_rs, n, sums);
}

static void gemv_rows(const struct gemv_block *g) {
  const vf alpha = v_set1(g->alpha), beta = v_set1(g->beta);
  for (ptrdiff_t pc = 0, kc; pc < g->k; pc += kc) {
    kc = g->k - pc < g->chunk ? g->k - pc : g->chunk;
    sum_along_rows(g->n, kc, g->x + pc * g->x_stride, g->x_stride, g->b + pc * g->b_rs, g->b_rs, g->sums);
    for (ptrdiff_t j = 0; j < g->n; j += VL) {
      const vf sum = load_row(g->sums + j, 1, g->n - j);
      real *y = g->y + j * g->y_stride;
      const bool fresh = pc == 0 && g->beta == 0;
      const vf old = fresh ? v_zero() : load_row(y, g->y_stride, g->n - j);
      store_row(y, g->y_stride, g->n - j,
                fresh ? v_mul(alpha, sum) : v_fma(alpha, sum, pc == 0 ? v_mul(beta, old) : old));
    }
  }
  if (g->finish != NULL) finish(0, 1, g->first, g->n, g->y - g->first * g->y_stride, 0, g->y_stride, g->finish);
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
  UNROLL for (int p = 0; p < VL; ++p)
    if (p < depth) sum = v_fma(v_set1(x[p * x_stride]), rows[p], sum);
  return sum;
}

// The sums of `chains` whole chunks side by side: each is one chain of multiply-adds, several hide its latency, and in
// each chunk a cache line of every column is used up at once.
static inline __attribute__((always_inline)) void sum_along_columns(const int chains, ptrdiff_t columns, ptrdiff_t chunk,
                                                                    const real *x, ptrdiff_t x_stride, const real *b,
                                                                    ptrdiff_t b_cs, vf sums[4]) {
  UNROLL for (int i = 0; i < chains; ++i) sums[i] = v_zero();
  ptrdiff_t p = 0;
  for (; p + 2 * VL <= chunk; p += 2 * VL)
    UNROLL for (int i = 0; i < chains; ++i)
      UNROLL for (int half = 0; half < 2; ++half) {
        const ptrdiff_t at = i * chunk + p + half * VL;
        sums[i] = add_columns(columns, VL, x + at * x_stride, x_stride, b + at, b_cs, sums[i]);
      }
  for (; p < chunk; p += VL)
    UNROLL for (int i = 0; i < chains; ++i)
      sums[i] = add_columns(columns, chunk - p, x + (i * chunk + p) * x_stride, x_stride, b + i * chunk + p, b_cs, sums[i]);
}

// alpha B^T x + beta y for up to VL columns from j on.
static inline __attribute__((always_inline)) void gemv_column_group(const struct gemv_block *g, ptrdiff_t j,
                                                                    ptrdiff_t columns) {
  const vf alpha = v_set1(g->alpha);
  const real *b = g->b + j * g->b_cs;
  real *y = g->y + j * g->y_stride;
  vf total = g->beta == 0 ? v_zero() : v_mul(v_set1(g->beta), load_row(y, g->y_stride, columns));
  for (ptrdiff_t pc = 0, chains; pc < g->k; pc += chains * g->chunk) {
    vf sums[4];
    const real *x = g->x + pc * g->x_stride;
    chains = g->k - pc >= 4 * g->chunk ? 4 : 1;
    if (chains == 4) sum_along_columns(4, columns, g->chunk, x, g->x_stride, b + pc, g->b_cs, sums);
    else sum_along_columns(1, columns, g->k - pc < g->chunk ? g->k - pc : g->chunk, x, g->x_stride, b + pc, g->b_cs, sums);
    for (int i = 0; i < chains; ++i)
      total = pc == 0 && i == 0 && g->beta == 0 ? v_mul(alpha, sums[i]) : v_fma(alpha, sums[i], total);
  }
  store_row(y, g->y_stride, columns, total);
}

static void gemv_columns(const struct gemv_block *g) {
  ptrdiff_t j = 0;
  for (; j + VL <= g->n; j += VL) gemv_column_group(g, j, VL);
  if (j < g->n) gemv_column_group(g, j, g->n - j);
  if (g->finish != NULL) finish(0, 1, g->first, g->n, g->y - g->first * g->y_stride, 0, g->y_stride, g->finish);
}
