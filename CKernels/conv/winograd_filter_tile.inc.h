// Template: U = G w G^T of minimal filtering for a panel of filters, a vector of them at a time: in double precision,
// rounded once.  Needs: conv/winograd_tile.inc.h.

typedef double vd __attribute__((vector_size(VL * sizeof(double))));

// u <- G w along one axis: one chain of products and sums from +0 for each point.
static inline __attribute__((always_inline)) void filter_points(const int inputs, const int taps,
                                                                const double g[WINOGRAD_INPUTS][WINOGRAD_TAPS],
                                                                const vd w[WINOGRAD_TAPS], vd u[MOST_INPUTS]) {
  UNROLL for (int i = 0; i < inputs; ++i) {
    u[i] = (vd){0};
    UNROLL for (int t = 0; t < taps; ++t)
      u[i] += g[i][t] * w[t];
  }
}

// The taps of one channel and one vector of filters.
static inline __attribute__((always_inline)) void filter_vector(const struct winograd_axis rows,
                                                                const struct winograd_axis columns,
                                                                const struct winograd_filters *g, const real *w,
                                                                real *u, ptrdiff_t point) {
  const int down = rows.inputs - rows.outputs + 1, across = columns.inputs - columns.outputs + 1;
  vd between[WINOGRAD_TAPS][MOST_INPUTS], from[WINOGRAD_TAPS], to[MOST_INPUTS];
  UNROLL for (int t = 0; t < across; ++t) {
    UNROLL for (int s = 0; s < down; ++s)
      from[s] = __builtin_convertvector(v_load(w + (g->first + s * g->down + t * g->across) * NR), vd);
    filter_points(rows.inputs, down, g->rows, from, between[t]);
  }
  UNROLL for (int i = 0; i < rows.inputs; ++i) {
    UNROLL for (int t = 0; t < across; ++t)
      from[t] = between[t][i];
    filter_points(columns.inputs, across, g->columns, from, to);
    UNROLL for (int j = 0; j < columns.inputs; ++j)
      v_store(u + (i * columns.inputs + j) * point, __builtin_convertvector(to[j], vf));
  }
}

static inline __attribute__((always_inline)) void filter_block(const int row_inputs, const int row_outputs,
                                                               const int column_inputs, const int column_outputs,
                                                               const struct winograd_filters *g, ptrdiff_t channels,
                                                               const real *w, real *u, ptrdiff_t point) {
  const struct winograd_axis rows = {row_inputs, row_outputs}, columns = {column_inputs, column_outputs};
  const ptrdiff_t taps = (row_inputs - row_outputs + 1) * (column_inputs - column_outputs + 1);
  for (ptrdiff_t c = 0; c < channels; ++c, w += taps * NR, u += NR)
    for (ptrdiff_t f = 0; f < NR; f += VL) filter_vector(rows, columns, g, w + f, u + f, point);
}

static void winograd_filters(const struct winograd_filters *g, ptrdiff_t channels, const real *w, real *u,
                             ptrdiff_t point) {
  switch (winograd_kind(&g->form)) {
  case 124: filter_block(4, 2, 4, 2, g, channels, w, u, point); break;
  case 146: filter_block(6, 4, 6, 4, g, channels, w, u, point); break;
  case 126: filter_block(6, 2, 6, 2, g, channels, w, u, point); break;
  case 148: filter_block(6, 2, 8, 4, g, channels, w, u, point); break;
  case 24: filter_block(1, 1, 4, 2, g, channels, w, u, point); break;
  case 46: filter_block(1, 1, 6, 4, g, channels, w, u, point); break;
  case 26: filter_block(1, 1, 6, 2, g, channels, w, u, point); break;
  default: filter_block(1, 1, 8, 4, g, channels, w, u, point);
  }
}
