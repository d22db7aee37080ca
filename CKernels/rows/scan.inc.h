// Template: what the kernels along rows and across them share.  Needs: real, the vector dialect, gemm/finish.inc.h.

static const real LANE_NUMBERS[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// The first n lanes of x, `rest` in the others.
static inline vf v_first_n(vf x, ptrdiff_t n, vf rest) {
  return v_select(v_lt(v_load(LANE_NUMBERS), v_set1((real)n)), x, rest);
}

// The upper half of the lanes added to the lower, down to one.
static inline pairs pairs_fold_half(pairs x, const int half) {
  return half >= VL ? x : pairs_add(x, (pairs){v_upper(x.hi, half), v_upper(x.lo, half)});
}
static inline pairs pairs_fold(pairs x) {
  return pairs_fold_half(pairs_fold_half(pairs_fold_half(pairs_fold_half(x, 8), 4), 2), 1);
}

static inline vf v_fold_half(const bool max, vf x, const int half) {
  if (half >= VL) return x;
  return max ? v_max(x, v_upper(x, half)) : v_add(x, v_upper(x, half));
}
static inline real v_fold(const bool max, vf x) {
  return v_fold_half(max, v_fold_half(max, v_fold_half(max, v_fold_half(max, x, 8), 4), 2), 1)[0];
}

static inline struct pair pair_of(pairs x) { return (struct pair){x.hi[0], x.lo[0]}; }

// Lanes as the sums of `rows` <= VL rows.
static inline void store_pairs(pairs x, ptrdiff_t rows, struct pair *sums) {
  real hi[VL], lo[VL];
  v_store(hi, x.hi), v_store(lo, x.lo);
  for (ptrdiff_t r = 0; r < rows; ++r) sums[r] = (struct pair){hi[r], lo[r]};
}

// VL of them at a time; see v_fold_rows.
static inline pairs pairs_fold_rows(vf hi[VL], vf lo[VL]) {
  v_transpose(hi), v_transpose(lo);
  UNROLL for (int half = VL / 2; half > 0; half /= 2) UNROLL
    for (int l = 0; l < half; ++l) {
      const pairs sum = pairs_add((pairs){hi[l], lo[l]}, (pairs){hi[l + half], lo[l + half]});
      hi[l] = sum.hi, lo[l] = sum.lo;
    }
  return (pairs){hi[0], lo[0]};
}

// Where vector v of the rows of a tile that lie side by side has its elements j, and how many.
static inline vf load_side(const struct row_input *x, ptrdiff_t j, ptrdiff_t v, ptrdiff_t rows) {
  return load_row(x->data + j * x->stride + v * VL * x->next, x->next, rows - v * VL);
}

static inline void store_side(const struct row_output *y, ptrdiff_t j, ptrdiff_t v, ptrdiff_t rows, vf x) {
  store_row(y->data + j * y->stride + v * VL * y->next, y->next, rows - v * VL, x);
}

// The numbers of one row in every lane, or of VL rows in one lane each.
typedef struct {
  vf c[3];
} row_numbers;

// sum + f(a, b, c).  Absent elements are +0 and add nothing.
static inline vf sum_step(const enum row_sum f, vf sum, vf a, vf b, const row_numbers *c) {
  switch (f) {
  case ROW_SUM: return v_add(sum, a);
  case ROW_SUM_MAGNITUDES: return v_add(sum, v_abs(a));
  case ROW_SUM_SQUARES: a = v_mul(a, c->c[0]); return v_fma(a, a, sum);
  case ROW_SUM_PRODUCTS: return v_fma(a, b, sum);
  case ROW_SUM_LOSSES: {
    // No term is greater than their sum, so no logarithm is below 0; v_max keeps NaN.
    const vf loss = v_max(v_zero(), v_add(v_sub(c->c[1], v_sub(a, c->c[0])), c->c[2]));
    return v_add(sum, v_select(v_eq(b, v_zero()), v_zero(), v_mul(b, loss)));
  }
  }
}

static inline vf map_value(const enum row_map f, vf a, vf b, const row_numbers *c) {
  switch (f) {
  case ROW_SCALE: return v_fused(a, c->c[0], v_mul(a, c->c[1]));
  case ROW_SUBTRACT: return v_min(v_zero(), v_sub(v_sub(v_sub(a, c->c[0]), c->c[1]), c->c[2]));
  case ROW_SOFTMAX_BACKWARD: return v_mul(a, v_sub(b, c->c[0]));
  case ROW_LOG_BACKWARD: return v_fused(v_exp(a), -c->c[0], b);
  case ROW_LOSS_BACKWARD: return v_fused(a, c->c[0], v_fused(a, c->c[1], -v_mul(b, c->c[2])));
  }
}
