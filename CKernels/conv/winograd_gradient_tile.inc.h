// Template: the two transforms of minimal filtering that the gradient of the weights has besides B^T x B.
// Needs: conv/winograd_tile.inc.h.

// v <- A d along one axis.
static inline __attribute__((always_inline)) void spread_axis(const int inputs, const int outputs,
                                                              const vf d[MOST_INPUTS], vf v[MOST_INPUTS]) {
  v[0] = d[0];
  if (inputs == 1) return;
  const struct winograd_points *points = winograd_points_of(inputs);
  v[inputs - 1] = d[outputs - 1];
  UNROLL for (int k = 0; k < inputs / 2 - 1; ++k) {
    vf even = d[0], odd = v_mul(v_set1(points->power[1][k]), d[1]);
    UNROLL for (int i = 2; i < outputs; i += 2)
      even = v_fma(v_set1(points->power[i][k]), d[i], even);
    UNROLL for (int i = 3; i < outputs; i += 2)
      odd = v_fma(v_set1(points->power[i][k]), d[i], odd);
    v[1 + 2 * k] = v_add(even, odd);
    v[2 + 2 * k] = v_sub(even, odd);
  }
}

static inline __attribute__((always_inline)) void spread_vector(const struct winograd_axis rows,
                                                                const struct winograd_axis columns, const real *dy,
                                                                ptrdiff_t row, ptrdiff_t column, real *v,
                                                                ptrdiff_t point) {
  vf between[MOST_INPUTS][MOST_INPUTS], from[MOST_INPUTS], to[MOST_INPUTS];
  UNROLL for (int j = 0; j < columns.outputs; ++j) {
    UNROLL for (int i = 0; i < rows.outputs; ++i)
      from[i] = v_load(dy + i * row + j * column);
    spread_axis(rows.inputs, rows.outputs, from, to);
    UNROLL for (int i = 0; i < rows.inputs; ++i)
      between[i][j] = to[i];
  }
  UNROLL for (int i = 0; i < rows.inputs; ++i) {
    spread_axis(columns.inputs, columns.outputs, between[i], to);
    UNROLL for (int j = 0; j < columns.inputs; ++j)
      v_store(v + (i * columns.inputs + j) * point, to[j]);
  }
}

static inline __attribute__((always_inline)) void spread_tile(const int row_inputs, const int row_outputs,
                                                              const int column_inputs, const int column_outputs,
                                                              ptrdiff_t filters, const real *dy, ptrdiff_t row,
                                                              ptrdiff_t column, real *v, ptrdiff_t point) {
  const struct winograd_axis rows = {row_inputs, row_outputs}, columns = {column_inputs, column_outputs};
  ptrdiff_t f = 0;
  for (; f + VL <= filters; f += VL) spread_vector(rows, columns, dy + f, row, column, v + f, point);
  if (f == filters) return;
  real patch[WINOGRAD_OUTPUTS * WINOGRAD_OUTPUTS * VL];
  for (int i = 0; i < row_outputs; ++i)
    for (int j = 0; j < column_outputs; ++j)
      v_store(patch + (i * column_outputs + j) * VL, v_load_n(dy + f + i * row + j * column, filters - f));
  spread_vector(rows, columns, patch, column_outputs * VL, VL, v + f, point);
}

static void winograd_spread(const struct winograd_form *form, ptrdiff_t filters, const real *dy, ptrdiff_t row,
                            ptrdiff_t column, real *v, ptrdiff_t point) {
  const ptrdiff_t along = form->columns.inputs > 1 ? column : row;
  switch (winograd_kind(form)) {
  case 124: spread_tile(4, 2, 4, 2, filters, dy, row, column, v, point); break;
  case 146: spread_tile(6, 4, 6, 4, filters, dy, row, column, v, point); break;
  case 126: spread_tile(6, 2, 6, 2, filters, dy, row, column, v, point); break;
  case 148: spread_tile(6, 2, 8, 4, filters, dy, row, column, v, point); break;
  case 24: spread_tile(1, 1, 4, 2, filters, dy, 0, along, v, point); break;
  case 46: spread_tile(1, 1, 6, 4, filters, dy, 0, along, v, point); break;
  case 26: spread_tile(1, 1, 6, 2, filters, dy, 0, along, v, point); break;
  default: spread_tile(1, 1, 8, 4, filters, dy, 0, along, v, point);
  }
}

// w <- G^T m along one axis.
static inline __attribute__((always_inline)) void taps_axis(const int inputs, const int taps,
                                                            const struct winograd_filter *g, const vf m[MOST_INPUTS],
                                                            vf w[MOST_INPUTS]) {
  w[0] = m[0];
  if (inputs == 1) return;
  const int pairs = inputs / 2 - 1;
  vf sum[MOST_PAIRS], difference[MOST_PAIRS];
  UNROLL for (int k = 0; k < pairs; ++k) {
    sum[k] = v_add(m[1 + 2 * k], m[2 + 2 * k]);
    difference[k] = v_sub(m[1 + 2 * k], m[2 + 2 * k]);
  }
  UNROLL for (int t = 0; t < taps; ++t) {
    w[t] = v_mul(v_set1(g->pair[t][0]), t % 2 == 0 ? sum[0] : difference[0]);
    UNROLL for (int k = 1; k < pairs; ++k)
      w[t] = v_fma(v_set1(g->pair[t][k]), t % 2 == 0 ? sum[k] : difference[k], w[t]);
    if (t == 0) w[t] = v_fma(v_set1(g->zero), m[0], w[t]);
    if (t == taps - 1) w[t] = v_add(w[t], m[inputs - 1]);
  }
}

static inline __attribute__((always_inline)) void taps_vector(const struct winograd_axis rows,
                                                              const struct winograd_axis columns,
                                                              const struct winograd_taps *g, const real *m,
                                                              ptrdiff_t point, bool add, real *dw) {
  const int row_taps = rows.inputs - rows.outputs + 1, column_taps = columns.inputs - columns.outputs + 1;
  vf between[MOST_INPUTS][MOST_INPUTS], from[MOST_INPUTS], to[MOST_INPUTS];
  UNROLL for (int j = 0; j < columns.inputs; ++j) {
    UNROLL for (int i = 0; i < rows.inputs; ++i)
      from[i] = v_load(m + (i * columns.inputs + j) * point);
    taps_axis(rows.inputs, row_taps, &g->rows, from, to);
    UNROLL for (int s = 0; s < row_taps; ++s)
      between[s][j] = to[s];
  }
  UNROLL for (int s = 0; s < row_taps; ++s) {
    taps_axis(columns.inputs, column_taps, &g->columns, between[s], to);
    UNROLL for (int t = 0; t < column_taps; ++t) {
      real *w = dw + (s * column_taps + t) * NR;
      v_store(w, add ? v_add(v_load(w), to[t]) : to[t]);
    }
  }
}

static inline __attribute__((always_inline)) void taps_block(const int row_inputs, const int row_outputs,
                                                             const int column_inputs, const int column_outputs,
                                                             const struct winograd_taps *g, ptrdiff_t high,
                                                             ptrdiff_t wide, const real *m, ptrdiff_t point, bool add,
                                                             real *dw) {
  const struct winograd_axis rows = {row_inputs, row_outputs}, columns = {column_inputs, column_outputs};
  const ptrdiff_t taps = (row_inputs - row_outputs + 1) * (column_inputs - column_outputs + 1);
  for (ptrdiff_t i = 0; i < high; ++i, m += NR, dw += taps * NR)
    for (ptrdiff_t j = 0; j < wide; j += VL) taps_vector(rows, columns, g, m + j, point, add, dw + j);
}

static void winograd_taps(const struct winograd_taps *g, ptrdiff_t high, ptrdiff_t wide, const real *m, ptrdiff_t point,
                          bool add, real *dw) {
  switch (winograd_kind(&g->form)) {
  case 124: taps_block(4, 2, 4, 2, g, high, wide, m, point, add, dw); break;
  case 146: taps_block(6, 4, 6, 4, g, high, wide, m, point, add, dw); break;
  case 126: taps_block(6, 2, 6, 2, g, high, wide, m, point, add, dw); break;
  case 148: taps_block(6, 2, 8, 4, g, high, wide, m, point, add, dw); break;
  case 24: taps_block(1, 1, 4, 2, g, high, wide, m, point, add, dw); break;
  case 46: taps_block(1, 1, 6, 4, g, high, wide, m, point, add, dw); break;
  case 26: taps_block(1, 1, 6, 2, g, high, wide, m, point, add, dw); break;
  default: taps_block(1, 1, 8, 4, g, high, wide, m, point, add, dw);
  }
}
