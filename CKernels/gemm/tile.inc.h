// Template: the micro-kernel and the two loops around it, for one instruction set and element type.
// Needs: real, the vector dialect, MR (rows of a tile), NV (vectors in a row of a tile), NR = NV * VL.

#define UNROLL _Pragma("clang loop unroll(full)")

// What a tile does with its sums: C <- alpha sum + beta C, where beta == 0 must not read C.
typedef struct {
  real alpha, beta;
  real *c;
  ptrdiff_t rs, cs;
} tile_update;

// The vector of row i of C that starts at column j, `n` <= VL of its elements inside C.
static inline __attribute__((always_inline)) vf load_c(const tile_update *u, ptrdiff_t i, ptrdiff_t j, ptrdiff_t n) {
  const real *c = u->c + i * u->rs + j * u->cs;
  if (u->cs == 1) return n >= VL ? v_load(c) : v_load_n(c, n);
  real gathered[VL] = {0};
  for (ptrdiff_t lane = 0; lane < (n < VL ? n : VL); ++lane) gathered[lane] = c[lane * u->cs];
  return v_load(gathered);
}

static inline __attribute__((always_inline)) void store_c(const tile_update *u, ptrdiff_t i, ptrdiff_t j, ptrdiff_t n,
                                                          vf x) {
  real *c = u->c + i * u->rs + j * u->cs;
  if (u->cs == 1) {
    if (n >= VL) v_store(c, x);
    else v_store_n(c, n, x);
    return;
  }
  real scattered[VL];
  v_store(scattered, x);
  for (ptrdiff_t lane = 0; lane < (n < VL ? n : VL); ++lane) c[lane * u->cs] = scattered[lane];
}

static inline __attribute__((always_inline)) void update_c(const int mr, const int nv, ptrdiff_t nr,
                                                           vf acc[MR][NV], const tile_update *u) {
  const vf alpha = v_set1(u->alpha), beta = v_set1(u->beta);
  UNROLL for (int i = 0; i < mr; ++i)
    UNROLL for (int j = 0; j < nv; ++j) {
      const ptrdiff_t left = nr - j * VL;
      const vf x = u->beta == 0 ? v_mul(alpha, acc[i][j])
                                : v_fma(alpha, acc[i][j], v_mul(beta, load_c(u, i, j * VL, left)));
      store_c(u, i, j * VL, left, x);
    }
}

// acc(i, j) = sum over p < kc of a(i, p) b(p, j), one chain of multiply-adds from +0 in ascending p.
// masked: the last of the nv vectors of each row of B holds only nr - (nv - 1) VL elements.
static inline __attribute__((always_inline)) void tile(const int mr, const int nv, const bool masked, ptrdiff_t nr,
                                                       ptrdiff_t kc, const real *a, ptrdiff_t a_rs, ptrdiff_t a_ps,
                                                       const real *b, ptrdiff_t b_ps, const tile_update *u) {
  vf acc[MR][NV];
  UNROLL for (int i = 0; i < mr; ++i)
    UNROLL for (int j = 0; j < nv; ++j) acc[i][j] = v_zero();
  for (ptrdiff_t p = 0; p < kc; ++p, a += a_ps, b += b_ps) {  // kc rank-1 updates
    vf bp[NV];
    UNROLL for (int j = 0; j < nv; ++j)
      bp[j] = masked && j == nv - 1 ? v_load_n(b + j * VL, nr - j * VL) : v_load(b + j * VL);
    UNROLL for (int i = 0; i < mr; ++i) {
      const vf ai = v_set1(a[i * a_rs]);
      UNROLL for (int j = 0; j < nv; ++j) acc[i][j] = v_fma(ai, bp[j], acc[i][j]);
    }
  }
  update_c(mr, nv, nr, acc, u);
}
