// Template: the product of a matrix with one column, y <- alpha A x + beta y, limited by how fast A is read.
// Needs: real, the vector dialect, gemm/finish.inc.h, isa/kernels.h.
//
// Element p of a row goes to lane p mod LANES; each lane is one chain of multiply-adds from +0 in ascending p, where
// elements past the end count as +0 times +0; then the upper half of the lanes is added to the lower, down to one lane.

enum { LANE_VECTORS = LANES / VL };

// The lanes of `rows` rows along memory, folded to one vector each: two, to hide the latency of a chain; or one, which
// fetches the elements that lie so far `ahead`.
static inline __attribute__((always_inline)) void sum_rows(const int rows, ptrdiff_t k, const real *a, ptrdiff_t a_rs,
                                                           const real *x, ptrdiff_t ahead, vf *folded) {
  enum { LINE_ELEMENTS = 64 / sizeof(real) };
  vf acc[2][LANE_VECTORS];
  UNROLL for (int r = 0; r < rows; ++r) UNROLL
    for (int v = 0; v < LANE_VECTORS; ++v) acc[r][v] = v_zero();
  ptrdiff_t p = 0;
  for (; p + LANES <= k; p += LANES) UNROLL
    for (int v = 0; v < LANE_VECTORS; ++v) {
      if (rows == 1 && v * VL % LINE_ELEMENTS == 0) __builtin_prefetch(a + p + v * VL + ahead);
      const vf xv = v_load(x + p + v * VL);
      UNROLL for (int r = 0; r < rows; ++r)
        acc[r][v] = v_fma(v_load(a + r * a_rs + p + v * VL), xv, acc[r][v]);
    }
  if (p < k) UNROLL
    for (int v = 0; v < LANE_VECTORS; ++v) {
      const ptrdiff_t at = p + v * VL, left = at >= k ? 0 : k - at;
      UNROLL for (int r = 0; r < rows; ++r) {
        const vf av = left == 0 ? v_zero() : load_row(a + r * a_rs + at, 1, left);
        acc[r][v] = v_fma(av, left == 0 ? v_zero() : load_row(x + at, 1, left), acc[r][v]);
      }
    }
  UNROLL for (int half = LANE_VECTORS / 2; half > 0; half /= 2) UNROLL
    for (int v = 0; v < half; ++v) UNROLL
      for (int r = 0; r < rows; ++r) acc[r][v] = v_add(acc[r][v], acc[r][v + half]);
  UNROLL for (int r = 0; r < rows; ++r)
    folded[r] = acc[r][0];
}

// y <- alpha sums + beta y for n <= VL elements.
static inline void update_column(const struct dot_block *g, ptrdiff_t first, ptrdiff_t n, vf sums) {
  real *y = g->y + first * g->y_rs;
  const vf alpha = v_set1(g->alpha);
  store_row(y, g->y_rs, n,
            g->beta == 0 ? v_mul(alpha, sums) : v_fma(alpha, sums, v_mul(v_set1(g->beta), load_row(y, g->y_rs, n))));
}

// Rows of A and x lie along memory.
static void dot_rows(const struct dot_block *g) {
  for (ptrdiff_t i = 0; i < g->m; i += VL) {
    const ptrdiff_t rows = g->m - i < VL ? g->m - i : VL;
    vf folded[VL];
    ptrdiff_t r = 0;
    for (; r + 2 <= rows && g->ahead == 0; r += 2)
      sum_rows(2, g->k, g->a + (i + r) * g->a_rs, g->a_rs, g->x, 0, folded + r);
    for (; r < VL; ++r) {
      folded[r] = v_zero();
      if (r < rows) sum_rows(1, g->k, g->a + (i + r) * g->a_rs, g->a_rs, g->x, g->ahead, folded + r);
    }
    update_column(g, i, rows, v_fold_rows(false, folded));
  }
}

// A in any strides, depth p0 ..< p0 + kc of it: lane l of row i is lanes[l * width + i], width a multiple of VL.
static void dot_add_columns(const struct dot_block *g, ptrdiff_t p0, ptrdiff_t kc, ptrdiff_t width, real *lanes) {
  for (ptrdiff_t p = 0; p < kc; ++p) {
    real *lane = lanes + (p0 + p) % LANES * width;
    const vf xp = v_set1(g->x[(p0 + p) * g->x_ps]);
    for (ptrdiff_t i = 0; i < g->m; i += VL) {
      const vf a = load_row(g->a + i * g->a_rs + p * g->a_ps, g->a_rs, g->m - i);
      v_store(lane + i, v_fma(a, xp, v_load(lane + i)));
    }
  }
}

static void dot_fold_columns(const struct dot_block *g, ptrdiff_t width, real *lanes) {
  for (ptrdiff_t l = g->k % LANES; l % LANES != 0; ++l)
    for (ptrdiff_t i = 0; i < width; i += VL)
      v_store(lanes + l * width + i, v_fma(v_zero(), v_zero(), v_load(lanes + l * width + i)));
  for (ptrdiff_t half = LANES / 2; half > 0; half /= 2)
    for (ptrdiff_t i = 0; i < half * width; i += VL)
      v_store(lanes + i, v_add(v_load(lanes + i), v_load(lanes + half * width + i)));
  for (ptrdiff_t i = 0; i < g->m; i += VL) update_column(g, i, g->m - i < VL ? g->m - i : VL, v_load(lanes + i));
}
