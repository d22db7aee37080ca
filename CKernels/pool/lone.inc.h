// Template: windows of two or three taps along the rows of one channel, which are read where they lie: the lanes of a
// vector are neighbouring outputs.  Needs: pool/gather.inc.h, v_load_within, v_evens, v_odds, v_in_order.
//
// Rows are added up, or their maximum is taken, before the taps along the width are: the order of pool/window.inc.h.

enum {
  LONE_POOL_LOADS = 4,  // of a row of x, for a vector of outputs
  LONE_POOL_EDGES = 3,  // vectors that reach beyond a row: the first and the last two
  // Vectors of outputs up to which windows of three taps, two elements apart, may load most of what is under them
  // twice.
  LONE_POOL_TWICE = 2,
  LONE_POOL_FAR = 1 << 19,   // elements of x that do not stay in L2,
  LONE_POOL_AHEAD = 1 << 10  // and how far ahead they are fetched
};

// A vector of outputs: the first of them, and the column where its windows begin.
struct pool_lone_vector {
  ptrdiff_t output, column;
  v_range within[LONE_POOL_LOADS];  // what each load finds in a row
  vf outside[LONE_POOL_LOADS];      // what the padding is, in the other lanes
};

// The vectors of a row that may reach beyond it, and where the others begin and end.
struct pool_lone {
  int edges;
  struct pool_lone_vector edge[LONE_POOL_EDGES];
  ptrdiff_t inner, outer;
  bool far;
};

INLINE int pool_lone_loads(const int taps, const int stride) { return stride == 1 ? taps : (taps + 1) / 2 * 2; }

// Where a load begins: at a tap, or with a stride of 2 at every other, two vectors from each.
INLINE ptrdiff_t pool_lone_offset(const int stride, const int load) {
  return stride == 1 ? load : load / 2 * 2 + load % 2 * VL;
}

static ptrdiff_t pool_lane(ptrdiff_t at) { return at < 0 ? 0 : at < VL ? at : VL; }

static struct pool_lone_vector pool_lone_edge(enum pool_op op, const struct pool_axis *axis, ptrdiff_t output,
                                              ptrdiff_t column) {
  const int stride = (int)axis->stride;
  struct pool_lone_vector v = {.output = output, .column = column};
  real nothing[VL];
  v_store(nothing, v_set1(pool_nothing(op)));
  for (int l = 0; l < pool_lone_loads((int)axis->taps, stride); ++l) {
    const ptrdiff_t from = column + pool_lone_offset(stride, l);
    const ptrdiff_t first = pool_lane(-from), last = pool_lane(axis->inputs - from);
    v.within[l] = v_within(first, last);
    v.outside[l] = v_from_bits(
        vi_or(v_bits(v_load_within(nothing, v_within(0, first))), v_bits(v_load_within(nothing, v_within(last, VL)))));
  }
  return v;
}

// Whether outputs from ..< to of a row can be computed so, and how.
static bool pool_lone_of(const struct pool_job *job, ptrdiff_t from, ptrdiff_t to, struct pool_lone *lone) {
  const struct pool_axis *axis = &job->shape->axes[POOL_WIDTH];
  const ptrdiff_t n = to - from, stride = axis->stride;
  if (job->shape->inner > 1 || job->indices != NULL || job->op == POOL_POWERS || !axis->regular || axis->step != 1 ||
      stride > 2 || axis->taps < 2 || axis->taps > 3 || (axis->taps == 3 && stride == 2 && n > LONE_POOL_TWICE * VL))
    return false;
  const int loads = pool_lone_loads((int)axis->taps, (int)stride);
  const ptrdiff_t reach = pool_lone_offset((int)stride, loads - 1) + VL;
  *lone = (struct pool_lone){.far = job->shape->inputs > LONE_POOL_FAR};
  for (ptrdiff_t o = 0; o < n; o += VL) {
    const ptrdiff_t output = o + VL <= n ? o : n < VL ? 0 : n - VL;
    const ptrdiff_t column = (from + output) * stride - axis->padding;
    if (o + VL <= n && column >= 0 && column + reach <= axis->inputs) {
      if (lone->outer == 0) lone->inner = o;
      lone->outer = o + VL;
      continue;
    }
    if (lone->edges == LONE_POOL_EDGES) return false;
    lone->edge[lone->edges++] = pool_lone_edge(job->op, axis, output, column);
  }
  return true;
}

INLINE vf pool_lone_load(const bool inside, const struct pool_lone_vector *v, const int load, const real *x) {
  return inside ? v_load(x) : v_load_within(x, v->within[load]);
}

// The rows under one load.  A NaN that POOL_MAX met shows in `sum`, and so do infinities of both signs.
INLINE vf pool_lone_fold(const enum pool_op op, const int high, const bool inside, const struct pool_fold *f,
                         const struct pool_lone_vector *v, const int load, const real *x, vf *sum) {
  vf all = pool_lone_load(inside, v, load, x), met = all;
  const ptrdiff_t depths = high > 0 ? 1 : f->depths, heights = high > 0 ? high : f->heights;
  for (ptrdiff_t t = 0; t < depths; ++t, x += f->back)
    for (ptrdiff_t s = t > 0 ? 0 : 1; s < heights; ++s) {
      const vf element = pool_lone_load(inside, v, load, x + s * f->down);
      all = pool_step(op, all, element, NULL), met = v_add(met, element);
    }
  if (op == POOL_MAX) *sum = v_add(*sum, met);
  return inside ? all : v_from_bits(vi_or(v_bits(all), v_bits(v->outside[load])));
}

// A vector of outputs, whose windows begin at x.
INLINE vf pool_lone_outputs(const enum pool_op op, const int high, const int taps, const int stride, const bool inside,
                            const struct pool_fold *f, const struct pool_lone_vector *v, const real *x, vf *sums) {
  vf columns[LONE_POOL_LOADS];
  UNROLL for (int l = 0; l < pool_lone_loads(taps, stride); ++l)
    columns[l] = pool_lone_fold(op, high, inside, f, v, l, x + pool_lone_offset(stride, l), sums + l);
  if (stride == 1) {
    const vf two = pool_step(op, columns[0], columns[1], NULL);
    return taps < 3 ? two : pool_step(op, two, columns[2], NULL);
  }
  const vf two = pool_step(op, v_evens(columns[0], columns[1]), v_odds(columns[0], columns[1]), NULL);
  return v_in_order(taps < 3 ? two : pool_step(op, two, v_evens(columns[2], columns[3]), NULL));
}

// y <- n outputs of a row.  `first`: the column where the windows of the first begin.
INLINE void pool_lone_row(const enum pool_op op, const int high, const int taps, const int stride,
                          const struct pool_lone *lone, const struct pool_fold *f, const real *x, ptrdiff_t first,
                          ptrdiff_t n, real *y, vf *sums) {
  if (lone->far)
    for (ptrdiff_t j = 0; j < stride * f->down; j += 64 / (ptrdiff_t)sizeof(real))
      __builtin_prefetch(x + f->heights * f->down + LONE_POOL_AHEAD + j);
  ROLLED for (const struct pool_lone_vector *v = lone->edge; v < lone->edge + lone->edges; ++v) store_row(
      y + v->output, 1, n - v->output, pool_lone_outputs(op, high, taps, stride, false, f, v, x + v->column, sums));
  ROLLED for (ptrdiff_t o = lone->inner; o < lone->outer; o += VL)
      v_store(y + o, pool_lone_outputs(op, high, taps, stride, true, f, NULL, x + first + o * stride, sums));
}

// The same for any size that pool_lone_of accepts.
INLINE void pool_lone_row_of(const enum pool_op op, const int high, const struct pool_axis *axis,
                             const struct pool_lone *lone, const struct pool_fold *f, const real *x, ptrdiff_t first,
                             ptrdiff_t n, real *y, vf *sums) {
  if (axis->taps == 3)
    axis->stride == 2 ? pool_lone_row(op, high, 3, 2, lone, f, x, first, n, y, sums)
                      : pool_lone_row(op, high, 3, 1, lone, f, x, first, n, y, sums);
  else
    axis->stride == 2 ? pool_lone_row(op, high, 2, 2, lone, f, x, first, n, y, sums)
                      : pool_lone_row(op, high, 2, 1, lone, f, x, first, n, y, sums);
}

INLINE void pool_lone_row_often(const enum pool_op op, const struct pool_axis *axis, const struct pool_lone *lone,
                                const struct pool_fold *f, const real *x, ptrdiff_t first, ptrdiff_t n, real *y,
                                vf *sums) {
  switch (op == POOL_MAX ? pool_known_height(f) : 0) {
  case 3: pool_lone_row_of(op, 3, axis, lone, f, x, first, n, y, sums); break;
  case 2: pool_lone_row_of(op, 2, axis, lone, f, x, first, n, y, sums); break;
  default: pool_lone_row_of(op, 0, axis, lone, f, x, first, n, y, sums);
  }
}
