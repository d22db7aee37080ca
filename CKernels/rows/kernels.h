// Rows as the kernels see them.  Included by isa/kernels.h: `real` is the element type of the translation unit.
#ifndef CK_ROWS_KERNELS_H
#define CK_ROWS_KERNELS_H

// Every order of summation is a function of n, the elements in a row, alone.  A row of up to PARTS blocks of BLOCK
// elements adds the sums of its blocks as pairs, in ascending order; a longer one is cut into at most PARTS parts, of
// the same number of blocks each, and adds theirs.  Tiles are up to TILE rows side by side, 256 bytes where they are
// neighbours.
enum { BLOCK = 4096, PARTS = 64, TILE = 256 / sizeof(real) };

// Threads part between rows side by side, and parts of a sum over rows, at multiples of this many.
enum { ROWS_APART = 16 };

// How many elements make a part.
static inline ptrdiff_t row_part(ptrdiff_t n) {
  const ptrdiff_t blocks = n / BLOCK + (n % BLOCK != 0);
  return (blocks / PARTS + (blocks % PARTS != 0)) * BLOCK;
}

// A sum as an unevaluated sum of two.
struct pair {
  real hi, lo;
};

// x + y with what rounding loses in the sum of the upper halves [Knuth's TwoSum].
static inline struct pair pair_add(struct pair x, struct pair y) {
  const real sum = x.hi + y.hi, part = sum - x.hi;
  return (struct pair){sum, (x.lo + y.lo) + ((x.hi - (sum - part)) + (y.hi - part))};
}

static inline real pair_value(struct pair x) { return isfinite(x.hi) ? x.hi + x.lo : x.hi; }

// Element j of row i is data[j * stride + i * next].
struct row_input {
  const real *data;
  ptrdiff_t stride, next;
};
struct row_output {
  real *data;
  ptrdiff_t stride, next;
};

// `rows` <= TILE rows of n elements each; where not everything has stride 1, the rows are taken side by side.
struct row_tile {
  ptrdiff_t rows, n;
  struct row_input a, b;
  struct row_output y;  // where data is not NULL
};

static inline bool row_tile_lies_along(const struct row_tile *t) {
  return t->n == 1 || ((t->a.data == NULL || t->a.stride == 1) && (t->b.data == NULL || t->b.stride == 1) &&
                       (t->y.data == NULL || t->y.stride == 1));
}

// The part of a tile that starts at element j.
static inline struct row_tile row_tile_part(struct row_tile t, ptrdiff_t j, ptrdiff_t n) {
  if (t.a.data != NULL) t.a.data += j * t.a.stride;
  if (t.b.data != NULL) t.b.data += j * t.b.stride;
  if (t.y.data != NULL) t.y.data += j * t.y.stride;
  t.n = n;
  return t;
}

// `rows` of a tile from row i on.
static inline struct row_tile row_tile_rows(struct row_tile t, ptrdiff_t i, ptrdiff_t rows) {
  if (t.a.data != NULL) t.a.data += i * t.a.next;
  if (t.b.data != NULL) t.b.data += i * t.b.next;
  if (t.y.data != NULL) t.y.data += i * t.y.next;
  t.rows = rows;
  return t;
}

// Sums along rows of f(a, b, c), c a number for each row.
enum row_sum {
  ROW_SUM,             // a
  ROW_SUM_MAGNITUDES,  // |a|
  ROW_SUM_SQUARES,     // (c a)^2
  ROW_SUM_PRODUCTS,    // a b
  ROW_SUM_LOSSES,      // b max(0, log sum e^a - a), 0 where b is 0; c0 + (c1 + c2) is the logarithm
};

// y <- f(a, b, c), elements of rows.
enum row_map {
  ROW_SCALE,             // a (c0 + c1)
  ROW_SUBTRACT,          // min(0, a - c0 - c1 - c2)
  ROW_SOFTMAX_BACKWARD,  // a (b - c0)
  ROW_LOG_BACKWARD,      // b - e^a c0
  ROW_LOSS_BACKWARD,     // a (c0 + c1) - c2 b
};

// Three numbers for each row of a tile.
struct row_constants {
  real c[3][TILE];
};

// The greatest and the least element of each row of a tile; NaN counts for nothing.
struct row_range {
  real greatest[TILE], least[TILE];
};

struct row_kernels {
  void (*range)(const struct row_tile *t, struct row_range *range);
  // sums[i] <- the sum of e^a in row i, scaled as rows/exp.inc.h says; y <- those numbers.
  void (*exp)(const struct row_tile *t, const struct row_range *range, struct pair *sums);
  // c <- what ROW_SCALE takes to make softmax of those numbers, times factors[i].
  void (*inverses)(ptrdiff_t rows, const struct pair *sums, const real *factors, struct row_constants *c);
  // c <- what ROW_SUBTRACT takes: log of the sum of e^a as a sum of three.
  void (*logs)(ptrdiff_t rows, const struct row_range *range, const struct pair *sums, struct row_constants *c);
  void (*map)(enum row_map f, const struct row_tile *t, const struct row_constants *c);
  void (*sum)(enum row_sum f, const struct row_tile *t, const struct row_constants *c, struct pair *sums);
  // The greatest or, with `least`, the least element of each row, NaN if there is one; index (NULL: not wanted): the
  // first place where it is.
  void (*peak)(bool least, const struct row_tile *t, real *peaks, ptrdiff_t *index);
  // y <- b, of which each row has one, where a row of a has its greatest element for the first time, +0 elsewhere.
  void (*route)(const struct row_tile *t);
  // y <- softmax a, log softmax a.
  void (*softmax)(bool log, const struct row_tile *t);
};

#endif
