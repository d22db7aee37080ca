// Template: operations on two or three operands.  Needs: real, the vector dialect, isa/kernels.h,
// activation/piecewise.inc.h.

// The lesser, found both ways: they differ where the operands are zeros of different sign, and the sign of either is
// taken, or where one is a NaN, and the bits of a NaN with others added are a NaN.
static inline __attribute__((always_inline)) vf combine_minimum(vf a, vf b) {
  return v_from_bits(vi_or(v_bits(v_min(a, b)), v_bits(v_min(b, a))));
}

static inline __attribute__((always_inline)) vf combine_value(const ck_op op, vf a, vf b, vf c) {
  const vf one = v_set1(1), zero = v_zero();
  switch (op) {
  case CK_OP_ADD: return v_add(a, b);
  case CK_OP_SUBTRACT: return v_sub(a, b);
  case CK_OP_MULTIPLY: return v_mul(a, b);
  case CK_OP_DIVIDE: return v_div(a, b);
  case CK_OP_MINIMUM: return combine_minimum(a, b);
  case CK_OP_MAXIMUM: return -combine_minimum(-a, -b);
  case CK_OP_LESS: return v_select(v_lt(a, b), one, zero);
  case CK_OP_LESS_EQUAL: return v_select(v_le(a, b), one, zero);
  case CK_OP_EQUAL: return v_select(v_eq(a, b), one, zero);
  case CK_OP_NOT_EQUAL: return v_select(v_eq(a, b), zero, one);
  case CK_OP_PRELU: return activate_piecewise(CK_LEAKY_RELU, b, zero, a);
  case CK_OP_MULTIPLY_ADD: return v_fused(a, b, c);
  case CK_OP_SELECT: return v_select(v_eq(a, zero), c, b);
  case CK_OP_PRELU_BACKWARD: return v_select(v_le(a, zero), v_mul(b, c), b);
  default: return a;
  }
}

static inline __attribute__((always_inline)) int combine_operands(const ck_op op) {
  return op >= CK_OP_MULTIPLY_ADD ? 3 : 2;
}

// Vectors of a step: their loads are under way together, and the end of the loop is paid once.
enum { COMBINE_STEP = 4 };

// One row: operand k's elements for the columns from j on are at[k] + j, or the same VL * COMBINE_STEP elements for
// all columns where step[k] is 0, or held[k] where bit k of `kept` is set.
struct combine_row {
  const real *at[3];
  ptrdiff_t step[3];
  vf held[3], p, q;
};

// The columns j ... of a row, n < VL of them or a whole vector.
static inline __attribute__((always_inline)) vf combine_at(const ck_op op, const ck_function f, const int kept,
                                                           const struct combine_row *row, ptrdiff_t j, ptrdiff_t n) {
  vf x[3] = {v_zero(), v_zero(), v_zero()};
  UNROLL for (int k = 0; k < combine_operands(op); ++k) {
    const real *at = row->at[k] + j * row->step[k];
    x[k] = kept >> k & 1 ? row->held[k] : n >= VL ? v_load(at) : v_load_n(at, n);
  }
  return activate_piecewise(f, row->p, row->q, combine_value(op, x[0], x[1], x[2]));
}

// The last vector of a row that has one and is no multiple of it ends with the row: it is computed before anything is
// stored, so that y may be an operand, and stored over what it shares with the one before it.
static inline __attribute__((always_inline)) void combine_columns(const ck_op op, const ck_function f, const int kept,
                                                                  struct combine_row row, ptrdiff_t n, real *y) {
  if (n < VL) {
    v_store_n(y, n, combine_at(op, f, kept, &row, 0, n));
    return;
  }
  const vf last = combine_at(op, f, kept, &row, n - VL, VL);
  ptrdiff_t j = 0;
  for (; j + COMBINE_STEP * VL <= n; j += COMBINE_STEP * VL) {
    vf x[COMBINE_STEP];
    UNROLL for (int s = 0; s < COMBINE_STEP; ++s) {
      struct combine_row part = row;
      UNROLL for (int k = 0; k < combine_operands(op); ++k)
        part.at[k] = row.at[k] + s * VL;
      x[s] = combine_at(op, f, kept, &part, j, VL);
    }
    UNROLL for (int s = 0; s < COMBINE_STEP; ++s)
      v_store(y + j + s * VL, x[s]);
  }
  for (; j + VL <= n; j += VL) v_store(y + j, combine_at(op, f, kept, &row, j, VL));
  v_store(y + n - VL, last);
}

static inline __attribute__((always_inline)) void combine_as(const ck_op op, const ck_function f, const int kept,
                                                             const struct combine_block *b) {
  struct combine_row row = {.p = v_set1(b->p), .q = v_set1(b->q)};
  real copies[3][COMBINE_STEP * VL];
  for (ptrdiff_t i = 0; i < b->rows; ++i) {
    UNROLL for (int k = 0; k < combine_operands(op); ++k) {
      row.at[k] = b->operand[k] + i * b->row_stride[k];
      row.step[k] = b->column_stride[k];
      if (kept >> k & 1) {
        row.held[k] = v_set1(*row.at[k]);
      } else if (row.step[k] == 0) {
        const vf x = v_set1(*row.at[k]);
        UNROLL for (int s = 0; s < COMBINE_STEP; ++s)
          v_store(copies[k] + s * VL, x);
        row.at[k] = copies[k];
      }
    }
    combine_columns(op, f, kept, row, b->columns, b->y + i * b->columns);
  }
}

// One loop of its own for a second operand that stays the same along a row, as a scalar or a bias of NCHW does.
static inline __attribute__((always_inline)) void combine_two(const ck_op op, const ck_function f,
                                                              const struct combine_block *b) {
  if (b->column_stride[1] == 0)
    combine_as(op, f, 2, b);
  else
    combine_as(op, f, 0, b);
}

// The same for a scalar factor, as in axpy, and for a factor and a term per row, as in a folded normalisation of NCHW.
static inline __attribute__((always_inline)) void combine_multiply_add(const ck_function f,
                                                                       const struct combine_block *b) {
  if (b->column_stride[0] == 0)
    combine_as(CK_OP_MULTIPLY_ADD, f, 1, b);
  else if (b->column_stride[1] == 0 && b->column_stride[2] == 0)
    combine_as(CK_OP_MULTIPLY_ADD, f, 6, b);
  else
    combine_as(CK_OP_MULTIPLY_ADD, f, 0, b);
}

// The same for a slope per row, as NCHW has.
static void combine_prelu_backward(const struct combine_block *b) {
  if (b->column_stride[2] == 0)
    combine_as(CK_OP_PRELU_BACKWARD, CK_IDENTITY, 4, b);
  else
    combine_as(CK_OP_PRELU_BACKWARD, CK_IDENTITY, 0, b);
}

static void combine_add_activated(const struct combine_block *b) {
  switch (b->f) {
  case CK_RELU: combine_two(CK_OP_ADD, CK_RELU, b); break;
  case CK_LEAKY_RELU: combine_two(CK_OP_ADD, CK_LEAKY_RELU, b); break;
  case CK_CLAMP: combine_two(CK_OP_ADD, CK_CLAMP, b); break;
  default: combine_two(CK_OP_ADD, CK_IDENTITY, b); break;
  }
}

static void combine_multiply_add_activated(const struct combine_block *b) {
  switch (b->f) {
  case CK_RELU: combine_multiply_add(CK_RELU, b); break;
  case CK_LEAKY_RELU: combine_multiply_add(CK_LEAKY_RELU, b); break;
  case CK_CLAMP: combine_multiply_add(CK_CLAMP, b); break;
  default: combine_multiply_add(CK_IDENTITY, b); break;
  }
}

static void combine(const struct combine_block *b) {
  switch (b->op) {
  case CK_OP_ADD: combine_add_activated(b); break;
  case CK_OP_SUBTRACT: combine_as(CK_OP_SUBTRACT, CK_IDENTITY, 0, b); break;
  case CK_OP_MULTIPLY: combine_two(CK_OP_MULTIPLY, CK_IDENTITY, b); break;
  case CK_OP_DIVIDE: combine_as(CK_OP_DIVIDE, CK_IDENTITY, 0, b); break;
  case CK_OP_MINIMUM: combine_as(CK_OP_MINIMUM, CK_IDENTITY, 0, b); break;
  case CK_OP_MAXIMUM: combine_as(CK_OP_MAXIMUM, CK_IDENTITY, 0, b); break;
  case CK_OP_LESS: combine_as(CK_OP_LESS, CK_IDENTITY, 0, b); break;
  case CK_OP_LESS_EQUAL: combine_as(CK_OP_LESS_EQUAL, CK_IDENTITY, 0, b); break;
  case CK_OP_EQUAL: combine_as(CK_OP_EQUAL, CK_IDENTITY, 0, b); break;
  case CK_OP_NOT_EQUAL: combine_as(CK_OP_NOT_EQUAL, CK_IDENTITY, 0, b); break;
  case CK_OP_PRELU: combine_two(CK_OP_PRELU, CK_IDENTITY, b); break;
  case CK_OP_MULTIPLY_ADD: combine_multiply_add_activated(b); break;
  case CK_OP_SELECT: combine_as(CK_OP_SELECT, CK_IDENTITY, 0, b); break;
  case CK_OP_PRELU_BACKWARD: combine_prelu_backward(b); break;
  default: break;
  }
}

static void cast(ptrdiff_t n, const other *x, real *y) {
  ptrdiff_t i = 0;
  for (; i + VL <= n; i += VL) v_store(y + i, v_convert(x + i));
  if (i < n) v_store_n(y + i, n - i, v_convert_n(x + i, n - i));
}
