// Template: rows of C in any stride, and what follows the product.
// Needs: real, the vector dialect, activation/piecewise.inc.h.

#define UNROLL _Pragma("clang loop unroll(full)")

// The first n of VL elements at p, `stride` apart; all VL where n > VL.
static inline __attribute__((always_inline)) vf load_row(const real *p, ptrdiff_t stride, ptrdiff_t n) {
  if (stride == 1) return n >= VL ? v_load(p) : v_load_n(p, n);
  real gathered[VL] = {0};
  for (ptrdiff_t lane = 0; lane < (n < VL ? n : VL); ++lane) gathered[lane] = p[lane * stride];
  return v_load(gathered);
}

static inline __attribute__((always_inline)) void store_row(real *p, ptrdiff_t stride, ptrdiff_t n, vf x) {
  if (stride == 1) {
    if (n >= VL)
      v_store(p, x);
    else
      v_store_n(p, n, x);
    return;
  }
  real scattered[VL];
  v_store(scattered, x);
  for (ptrdiff_t lane = 0; lane < (n < VL ? n : VL); ++lane) p[lane * stride] = scattered[lane];
}

// The sum of the lanes of each of VL vectors, or the greatest: of rows[i] in lane i.  The upper half of the lanes goes
// to the lower until one is left.
static inline vf v_fold_rows(const bool max, vf rows[VL]) {
  v_transpose(rows);
  UNROLL for (int half = VL / 2; half > 0; half /= 2) UNROLL
    for (int l = 0; l < half; ++l) rows[l] = max ? v_max(rows[l], rows[l + half]) : v_add(rows[l], rows[l + half]);
  return rows[0];
}

// Row i, columns j ..., `left` of them, of what has one element for each row or for each column, as a bias does.
static inline __attribute__((always_inline)) vf load_along(const real *v, ptrdiff_t rs, ptrdiff_t cs, ptrdiff_t i,
                                                           ptrdiff_t j, ptrdiff_t left) {
  return cs == 0 ? v_set1(v[i * rs]) : load_row(v + j, 1, left);
}

// C <- f(C + bias + residual) on rows i0 ..< i0 + m, columns j0 ..< j0 + n of the whole; `slopes`: with them for p.
static inline __attribute__((always_inline)) void finish_as(const ck_activation f, const bool slopes, ptrdiff_t i0,
                                                            ptrdiff_t m, ptrdiff_t j0, ptrdiff_t n, real *c,
                                                            ptrdiff_t c_rs, ptrdiff_t c_cs,
                                                            const struct gemm_finish *e) {
  const vf one_p = v_set1(e->p), q = v_set1(e->q);
  for (ptrdiff_t i = i0; i < i0 + m; ++i)
    for (ptrdiff_t j = j0; j < j0 + n; j += VL) {
      const ptrdiff_t left = j0 + n - j;
      real *at = c + i * c_rs + j * c_cs;
      vf x = load_row(at, c_cs, left);
      if (e->bias != NULL) x = v_add(x, load_along(e->bias, e->bias_rs, e->bias_cs, i, j, left));
      if (e->residual != NULL)
        x = v_add(x, load_row(e->residual + i * e->residual_rs + j * e->residual_cs, e->residual_cs, left));
      const vf p = slopes ? load_along(e->slopes, e->slopes_rs, e->slopes_cs, i, j, left) : one_p;
      store_row(at, c_cs, left, activate_piecewise(f, p, q, x));
    }
}

// With a slope for each row or column: apart from the other loops, which have the registers for themselves.
static __attribute__((noinline)) void finish_with_slopes(ptrdiff_t i0, ptrdiff_t m, ptrdiff_t j0, ptrdiff_t n, real *c,
                                                         ptrdiff_t c_rs, ptrdiff_t c_cs, const struct gemm_finish *e) {
  finish_as(CK_LEAKY_RELU, true, i0, m, j0, n, c, c_rs, c_cs, e);
}

// C <- f(C) by the function over buffers, row by row.
static void finish_by_map(ptrdiff_t i0, ptrdiff_t m, ptrdiff_t j0, ptrdiff_t n, real *c, ptrdiff_t c_rs, ptrdiff_t c_cs,
                          const struct gemm_finish *e) {
  enum { STRIP = 64 };
  for (ptrdiff_t i = i0; i < i0 + m; ++i) {
    real *row = c + i * c_rs + j0 * c_cs, strip[STRIP];
    if (c_cs == 1) {
      e->map(e->activation, e->p, e->q, n, row, row);
      continue;
    }
    for (ptrdiff_t j = 0; j < n; j += STRIP) {
      const ptrdiff_t width = n - j < STRIP ? n - j : STRIP;
      for (ptrdiff_t l = 0; l < width; ++l) strip[l] = row[(j + l) * c_cs];
      e->map(e->activation, e->p, e->q, width, strip, strip);
      for (ptrdiff_t l = 0; l < width; ++l) row[(j + l) * c_cs] = strip[l];
    }
  }
}

static __attribute__((noinline)) void finish_without_slopes(ptrdiff_t i0, ptrdiff_t m, ptrdiff_t j0, ptrdiff_t n,
                                                            real *c, ptrdiff_t c_rs, ptrdiff_t c_cs,
                                                            const struct gemm_finish *e) {
  switch (e->activation) {
  case CK_RELU: finish_as(CK_RELU, false, i0, m, j0, n, c, c_rs, c_cs, e); break;
  case CK_LEAKY_RELU: finish_as(CK_LEAKY_RELU, false, i0, m, j0, n, c, c_rs, c_cs, e); break;
  case CK_CLAMP: finish_as(CK_CLAMP, false, i0, m, j0, n, c, c_rs, c_cs, e); break;
  default:
    if (e->bias != NULL || e->residual != NULL) finish_as(CK_IDENTITY, false, i0, m, j0, n, c, c_rs, c_cs, e);
    if (e->activation != CK_IDENTITY) finish_by_map(i0, m, j0, n, c, c_rs, c_cs, e);
  }
}

static void finish(ptrdiff_t i0, ptrdiff_t m, ptrdiff_t j0, ptrdiff_t n, real *c, ptrdiff_t c_rs, ptrdiff_t c_cs,
                   const struct gemm_finish *e) {
  (e->slopes != NULL ? finish_with_slopes : finish_without_slopes)(i0, m, j0, n, c, c_rs, c_cs, e);
}

static void gemm_scale(ptrdiff_t m, ptrdiff_t n, real beta, real *c, ptrdiff_t c_rs, ptrdiff_t c_cs,
                       const struct gemm_finish *e) {
  for (ptrdiff_t i = 0; i < m; ++i)
    for (ptrdiff_t j = 0; j < n; j += VL) {
      real *at = c + i * c_rs + j * c_cs;
      store_row(at, c_cs, n - j, beta == 0 ? v_zero() : v_mul(v_set1(beta), load_row(at, c_cs, n - j)));
    }
  if (e != NULL) finish(0, m, 0, n, c, c_rs, c_cs, e);
}
