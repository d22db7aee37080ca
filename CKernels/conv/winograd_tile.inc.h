// Template: the transforms of minimal filtering, one tile at a time, a vector of channels at a time.
// Needs: real, the vector dialect, gemm/finish.inc.h, isa/kernels.h.
//
// Point i * columns + j of a tile is the product of point i along the rows and point j along the columns; points of an
// axis come in the order 0, +p_1, -p_1, +p_2, ..., infinity; see winograd.py for the matrices and for where they come
// from.  An axis without taps has one point, one input and one output.

enum { MOST_INPUTS = WINOGRAD_INPUTS, MOST_PAIRS = WINOGRAD_PAIRS };

// v <- B^T d along one axis.
static inline __attribute__((always_inline)) void input_axis(const int inputs, const vf d[MOST_INPUTS],
                                                             vf v[MOST_INPUTS]) {
  if (inputs == 1) {
    v[0] = d[0];
    return;
  }
  const struct winograd_points *points = winograd_points_of(inputs);
  const int pairs = inputs / 2 - 1;
  v[0] = d[2 * pairs], v[inputs - 1] = d[2 * pairs + 1];
  UNROLL for (int j = 0; j < pairs; ++j) {
    v[0] = v_fma(v_set1(points->zero[j]), d[2 * j], v[0]);
    v[inputs - 1] = v_fma(v_set1(points->zero[j]), d[2 * j + 1], v[inputs - 1]);
  }
  UNROLL for (int k = 0; k < pairs; ++k) {
    vf even = d[2 * pairs], odd = d[2 * pairs - 1];
    UNROLL for (int j = 0; j < pairs - 1; ++j) {
      even = v_fma(v_set1(points->pair[k][j]), d[2 * j + 2], even);
      odd = v_fma(v_set1(points->pair[k][j]), d[2 * j + 1], odd);
    }
    const real p = points->power[1][k];
    v[1 + 2 * k] = v_fma(v_set1(p), odd, even);
    v[2 + 2 * k] = v_fma(v_set1(-p), odd, even);
  }
}

// y <- A^T m along one axis.
static inline __attribute__((always_inline)) void output_axis(const int inputs, const int outputs,
                                                              const vf m[MOST_INPUTS], vf y[MOST_INPUTS]) {
  if (inputs == 1) {
    y[0] = m[0];
    return;
  }
  const struct winograd_points *points = winograd_points_of(inputs);
  const int pairs = inputs / 2 - 1;
  vf sum[MOST_PAIRS], difference[MOST_PAIRS];
  UNROLL for (int k = 0; k < pairs; ++k) {
    sum[k] = v_add(m[1 + 2 * k], m[2 + 2 * k]);
    difference[k] = v_sub(m[1 + 2 * k], m[2 + 2 * k]);
  }
  UNROLL for (int i = 0; i < outputs; ++i) {
    y[i] = i == 0 ? v_add(m[0], sum[0]) : v_mul(v_set1(points->power[i][0]), i % 2 == 0 ? sum[0] : difference[0]);
    UNROLL for (int k = 1; k < pairs; ++k)
      y[i] = v_fma(v_set1(points->power[i][k]), i % 2 == 0 ? sum[k] : difference[k], y[i]);
    if (i == outputs - 1) y[i] = v_add(y[i], m[inputs - 1]);
  }
}

// Points 0 (`last` false) or infinity (`last` true) along the rows, of column x.
static inline __attribute__((always_inline)) vf input_end(const int rows, const bool last, const real *x,
                                                          ptrdiff_t row) {
  const struct winograd_points *points = winograd_points_of(rows);
  const int pairs = rows / 2 - 1;
  vf v = v_load(x + (2 * pairs + last) * row);
  UNROLL for (int j = 0; j < pairs; ++j)
    v = v_fma(v_set1(points->zero[j]), v_load(x + (2 * j + last) * row), v);
  return v;
}

// Points +-p_k along the rows, of column x.
static inline __attribute__((always_inline)) void input_pair(const int rows, const int k, const real *x, ptrdiff_t row,
                                                             vf *plus, vf *minus) {
  const struct winograd_points *points = winograd_points_of(rows);
  const int pairs = rows / 2 - 1;
  vf even = v_load(x + 2 * pairs * row), odd = v_load(x + (2 * pairs - 1) * row);
  UNROLL for (int j = 0; j < pairs - 1; ++j) {
    even = v_fma(v_set1(points->pair[k][j]), v_load(x + (2 * j + 2) * row), even);
    odd = v_fma(v_set1(points->pair[k][j]), v_load(x + (2 * j + 1) * row), odd);
  }
  *plus = v_fma(v_set1(points->power[1][k]), odd, even);
  *minus = v_fma(v_set1(-points->power[1][k]), odd, even);
}

static inline __attribute__((always_inline)) void input_row(const int columns, const vf d[MOST_INPUTS], real *v,
                                                            ptrdiff_t point) {
  vf to[MOST_INPUTS];
  input_axis(columns, d, to);
  UNROLL for (int j = 0; j < columns; ++j)
    v_store(v + j * point, to[j]);
}

// One vector of channels: one or two rows of points at a time, which stay in registers between the two axes.
static inline __attribute__((always_inline)) void input_vector(const int rows, const int columns, const real *x,
                                                               ptrdiff_t row, ptrdiff_t column, real *v,
                                                               ptrdiff_t point) {
  vf first[MOST_INPUTS], second[MOST_INPUTS];
  UNROLL for (int j = 0; j < columns; ++j)
    first[j] = rows == 1 ? v_load(x + j * column) : input_end(rows, false, x + j * column, row);
  input_row(columns, first, v, point);
  if (rows == 1) return;
  UNROLL for (int k = 0; k < rows / 2 - 1; ++k) {
    UNROLL for (int j = 0; j < columns; ++j)
      input_pair(rows, k, x + j * column, row, first + j, second + j);
    input_row(columns, first, v + (1 + 2 * k) * columns * point, point);
    input_row(columns, second, v + (2 + 2 * k) * columns * point, point);
  }
  UNROLL for (int j = 0; j < columns; ++j)
    first[j] = input_end(rows, true, x + j * column, row);
  input_row(columns, first, v + (rows - 1) * columns * point, point);
}

static inline __attribute__((always_inline)) void input_tile(const int rows, const int columns, ptrdiff_t channels,
                                                             const real *x, ptrdiff_t row, ptrdiff_t column, real *v,
                                                             ptrdiff_t point) {
  ptrdiff_t c = 0;
  for (; c + VL <= channels; c += VL) input_vector(rows, columns, x + c, row, column, v + c, point);
  if (c == channels) return;
  real patch[MOST_INPUTS * MOST_INPUTS * VL];
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j)
      v_store(patch + (i * columns + j) * VL, v_load_n(x + c + i * row + j * column, channels - c));
  input_vector(rows, columns, patch, columns * VL, VL, v + c, point);
}

static void winograd_input(const struct winograd_form *form, ptrdiff_t channels, const real *x, ptrdiff_t row,
                           ptrdiff_t column, real *v, ptrdiff_t point) {
  const bool plane = form->rows.inputs > 1 && form->columns.inputs > 1;
  const int inputs = form->columns.inputs > 1 ? form->columns.inputs : form->rows.inputs;
  const ptrdiff_t along = form->columns.inputs > 1 ? column : row;
  switch ((plane ? 10 : 0) + inputs) {
  case 14: input_tile(4, 4, channels, x, row, column, v, point); break;
  case 16: input_tile(6, 6, channels, x, row, column, v, point); break;
  case 18: input_tile(6, 8, channels, x, row, column, v, point); break;
  case 4: input_tile(1, 4, channels, x, 0, along, v, point); break;
  case 6: input_tile(1, 6, channels, x, 0, along, v, point); break;
  default: input_tile(1, 8, channels, x, 0, along, v, point);
  }
}

static inline __attribute__((always_inline)) void activate_row(const ck_activation f, const int count, vf p, vf q,
                                                               vf x[MOST_INPUTS]) {
  UNROLL for (int j = 0; j < count; ++j)
    x[j] = activate_piecewise(f, p, q, x[j]);
}

// x[j] <- f(x[j] + bias + residual) for the `left` filters from `filter` on of `count` outputs in a row, `column` apart
// from `at` on; as finish_as does it.
static inline __attribute__((always_inline)) void finish_row(const struct gemm_finish *e, const int count,
                                                             ptrdiff_t filter, ptrdiff_t at, ptrdiff_t column,
                                                             const ptrdiff_t left, vf x[MOST_INPUTS]) {
  if (e->bias != NULL) {
    const vf bias = load_row(e->bias + filter, 1, left);
    UNROLL for (int j = 0; j < count; ++j)
      x[j] = v_add(x[j], bias);
  }
  if (e->residual != NULL) {
    UNROLL for (int j = 0; j < count; ++j)
      x[j] = v_add(x[j], load_row(e->residual + filter + at + j * column, 1, left));
  }
  const vf p = v_set1(e->p), q = v_set1(e->q);
  if (e->activation == CK_RELU)
    activate_row(CK_RELU, count, p, q, x);
  else if (e->activation == CK_LEAKY_RELU)
    activate_row(CK_LEAKY_RELU, count, e->slopes == NULL ? p : load_row(e->slopes + filter, 1, left), q, x);
  else if (e->activation == CK_CLAMP)
    activate_row(CK_CLAMP, count, p, q, x);
}

static inline __attribute__((always_inline)) void output_vector(const struct winograd_axis rows,
                                                                const struct winograd_axis columns, ptrdiff_t filter,
                                                                const real *m, ptrdiff_t point, real *y, ptrdiff_t row,
                                                                ptrdiff_t column, const struct gemm_finish *finish) {
  vf between[MOST_INPUTS][MOST_INPUTS], from[MOST_INPUTS], to[MOST_INPUTS];
  for (int j = 0; j < columns.inputs; ++j) {
    UNROLL for (int i = 0; i < rows.inputs; ++i)
      from[i] = v_load(m + (i * columns.inputs + j) * point);
    output_axis(rows.inputs, rows.outputs, from, to);
    UNROLL for (int i = 0; i < rows.outputs; ++i)
      between[i][j] = to[i];
  }
  for (int i = 0; i < rows.outputs; ++i) {
    output_axis(columns.inputs, columns.outputs, between[i], to);
    if (finish != NULL) finish_row(finish, columns.outputs, filter, i * row, column, VL, to);
    UNROLL for (int j = 0; j < columns.outputs; ++j)
      v_store(y + i * row + j * column, to[j]);
  }
}

static inline __attribute__((always_inline)) void output_tile(const int row_inputs, const int row_outputs,
                                                              const int column_inputs, const int column_outputs,
                                                              ptrdiff_t filters, const real *m, ptrdiff_t point,
                                                              real *y, ptrdiff_t row, ptrdiff_t column,
                                                              const struct gemm_finish *finish) {
  const struct winograd_axis rows = {row_inputs, row_outputs}, columns = {column_inputs, column_outputs};
  ptrdiff_t f = 0;
  for (; f + VL <= filters; f += VL) output_vector(rows, columns, f, m + f, point, y + f, row, column, finish);
  if (f == filters) return;
  real last[WINOGRAD_OUTPUTS * WINOGRAD_OUTPUTS * VL];
  output_vector(rows, columns, f, m + f, point, last, column_outputs * VL, VL, NULL);
  for (int i = 0; i < row_outputs; ++i)
    for (int j = 0; j < column_outputs; ++j) {
      const ptrdiff_t at = i * row + j * column, left = filters - f;
      vf x[MOST_INPUTS] = {v_load(last + (i * column_outputs + j) * VL)};
      if (finish != NULL) finish_row(finish, 1, f, at, 0, left, x);
      v_store_n(y + f + at, left, x[0]);
    }
}

// Outputs and inputs along the width, or along the height where there is no other axis, as two digits; 100 more where
// there are two axes.
static inline int winograd_kind(const struct winograd_form *form) {
  const bool plane = form->rows.inputs > 1 && form->columns.inputs > 1;
  const struct winograd_axis axis = form->columns.inputs > 1 ? form->columns : form->rows;
  return (plane ? 100 : 0) + axis.outputs * 10 + axis.inputs;
}

static void winograd_output(const struct winograd_form *form, ptrdiff_t filters, const real *m, ptrdiff_t point,
                            real *y, ptrdiff_t row, ptrdiff_t column, const struct gemm_finish *e) {
  const ptrdiff_t along = form->columns.inputs > 1 ? column : row;
  switch (winograd_kind(form)) {
  case 124: output_tile(4, 2, 4, 2, filters, m, point, y, row, column, e); break;
  case 146: output_tile(6, 4, 6, 4, filters, m, point, y, row, column, e); break;
  case 126: output_tile(6, 2, 6, 2, filters, m, point, y, row, column, e); break;
  case 148: output_tile(6, 2, 8, 4, filters, m, point, y, row, column, e); break;
  case 24: output_tile(1, 1, 4, 2, filters, m, point, y, 0, along, e); break;
  case 46: output_tile(1, 1, 6, 4, filters, m, point, y, 0, along, e); break;
  case 26: output_tile(1, 1, 6, 2, filters, m, point, y, 0, along, e); break;
  default: output_tile(1, 1, 8, 4, filters, m, point, y, 0, along, e);
  }
}
