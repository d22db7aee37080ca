// The kernels of one instruction set for one element type: function pointers and tile sizes.
// Include real/f32.h or real/f64.h first: `real` is the element type of the translation unit.
#ifndef CK_ISA_KERNELS_H
#define CK_ISA_KERNELS_H

#include "conv/winograd.h"
#include "isa/isa.h"
#include "pool/kernels.h"
#include "rows/kernels.h"

// What follows the product, on C as the kernels see it: bias element (i, j) is bias[i * bias_rs + j * bias_cs], and so
// are the slopes, which CK_LEAKY_RELU takes in the place of p.
struct gemm_finish {
  const real *bias;  // NULL: none
  ptrdiff_t bias_rs, bias_cs;
  const real *slopes;  // NULL: none
  ptrdiff_t slopes_rs, slopes_cs;
  const real *residual;  // NULL: none
  ptrdiff_t residual_rs, residual_cs;
  ck_activation activation;
  real p, q;
  void (*map)(ck_function f, real p, real q, ptrdiff_t n, const real *x, real *y);  // struct kernels
};

// The first row of panel `index` when `rows` are cut into `panels` of nearly equal height.
static inline ptrdiff_t panel_start(ptrdiff_t rows, ptrdiff_t panels, ptrdiff_t index) {
  const ptrdiff_t height = rows / panels, taller = rows % panels;
  return index * height + (index < taller ? index : taller);
}

// What is copied next, and fetched into L2 while tiles are computed: `rows` rows of `bytes`, `stride` bytes apart, of
// which `at` bytes of the first are under way.
struct gemm_fetch {
  const char *row;
  ptrdiff_t at, bytes, stride, rows;
};

// One block of C <- alpha A B + beta C: row panels first_panel ..< last_panel, columns first_column ..< last_column,
// and kc steps of depth.  The m rows of C are cut into `panels` (see panel_start), its columns into panels of NR.
//   A: element (i, p) of a panel is a[(panel - first_panel) * a_panel + i * a_rs + p * a_ps] if packed (a_panel > 0);
//      otherwise element (i, p) of the whole is a[i * a_rs + p * a_ps].
//   B: element (p, j) of a panel is b[(panel - first_column / NR) * b_panel + p * b_ps + j]; b_panel is NR and b_ps the
//      row stride where B is not packed.  b_padded: every row of every panel has NR elements.
//      Where b_source is not NULL, A is packed and the one panel at b is empty: its element (p, j) is b_source[p *
//      b_source_ps + j], and the first tile fills it.
//   C: element (i, j) of the whole is c[i * c_rs + j * c_cs].
struct gemm_block {
  ptrdiff_t m, panels, first_panel, last_panel, first_column, last_column, kc;
  const real *a;
  ptrdiff_t a_rs, a_ps, a_panel;
  const real *b;
  ptrdiff_t b_ps, b_panel;
  bool b_padded;
  const real *b_source;
  ptrdiff_t b_source_ps;
  real alpha, beta;
  real *c;
  ptrdiff_t c_rs, c_cs;
  const struct gemm_finish *finish;  // NULL: C is not complete yet, or nothing follows
  struct gemm_fetch *fetch;          // NULL: nothing
};

// Packs panels first ..< last of the `panels` that an operand `width` wide is cut into: element (w, p) is source[w * ws
// + p * ps].
typedef void pack_panels_of(ptrdiff_t width, ptrdiff_t panels, ptrdiff_t first, ptrdiff_t last, ptrdiff_t depth,
                            const real *source, ptrdiff_t ws, ptrdiff_t ps, real *packed);

// Up to this many rows a large B is read where it lies.
enum { FEW_ROWS = 8 };

// Y <- alpha X B + beta Y for m <= FEW_ROWS rows, n columns, the depth k in chunks: gemv_rows where b_cs is 1,
// gemv_columns where b_rs is 1 and m is 1.  `sums` is room for m rows of n rounded up to whole vectors (gemv_rows); Y
// starts at column `first` of the whole, which is what `finish` counts from.
struct gemv_block {
  ptrdiff_t m, first, n, k, chunk;
  const real *x;
  ptrdiff_t x_rs, x_ps;
  const real *b;
  ptrdiff_t b_rs, b_cs;
  real alpha, beta;
  real *y, *sums;
  ptrdiff_t y_rs, y_cs;
  const struct gemm_finish *finish;  // NULL: nothing follows
};

// y <- alpha A x + beta y for m rows; see gemm/dot.inc.h.  ahead > 0: rows are read one after another, and fetched so
// many elements before their use.
struct dot_block {
  ptrdiff_t m, k, ahead;
  const real *a;
  ptrdiff_t a_rs, a_ps;
  const real *x;
  ptrdiff_t x_ps;
  real alpha, beta;
  real *y;
  ptrdiff_t y_rs;
};

typedef void lanes_function(ptrdiff_t n, const real *x, real *y);

// Where a row of outputs meets a tap: output i at x + i * step, with the weights at w from the first tap's on.
struct conv_tap {
  const real *x;
  ptrdiff_t step, w;
};

// Rows of an implicit GEMM against one panel of filters.  In tiles of at most mr, which may be conv_tall where one
// vector holds the filters of every panel: tile t has heights[t] rows, row i of tap j begins
// at rows[(t * taps + j) * mr + i]; a tap whose first row is NULL adds nothing to that tile.  A row's sum goes to
// out[t * mr + i] + shift ..< + filters.  Or, where `at` is not NULL, a row of `pixels` outputs: see struct conv_tap;
// output i goes to y + i * y_step + shift ..< + filters.  Of each tap, elements first ..< first + steps are done; b
// holds a panel of nr filters for each of them, tap by tap.  Tiles fetch what lies ahead, `ahead_step` bytes further
// with every four steps.
struct conv_block {
  ptrdiff_t tiles, mr, taps;
  const int32_t *heights;
  const real *const *rows;
  real *const *out;
  const struct conv_tap *at;
  ptrdiff_t pixels;
  real *y;
  ptrdiff_t y_step;
  ptrdiff_t first, steps;
  const real *b;
  const char *ahead;
  ptrdiff_t ahead_step;
  ptrdiff_t filters, shift;
  bool add;          // to what is there
  const real *bias;  // of the panel's filters, added at last; NULL: none
  real least;        // what is less becomes this, at last: -infinity, or 0 for CK_RELU
};

// Outputs of a row of a convolution whose lanes are filters of different groups; see conv/grouped_tile.inc.h.  Output i
// meets at[t].x + i * at[t].step with the weights at w + at[t].w, for `taps` of these, and goes to y + i * y_step.
// `count` filters are computed, in groups of `channels` and as many: 1, 4 or 8.  The weights of a vector of filters lie
// `side` after those of the channel before, and `panel` after those of the vector before.
// rows > 0: one or two rows of outputs, y_row apart, of 3 outputs or more, and of a vector of filters or more in groups
// of one.  at[t].x begins a row of `in` pixels, `pixel` elements apart, of which output i meets i * stride - pad ..<
// + across as far as they are there, stride being 1 or 2, across 3 or 5; NULL: it adds nothing.  Row 0 meets it with
// the weights from w + at[t].w on, row 1 with those of `stride` rows of taps before: the first `stride` rows of x are
// row 0's alone, and the last row 1's.
struct conv_grouped {
  ptrdiff_t taps;
  const struct conv_tap *at;
  ptrdiff_t pixels, count;
  ptrdiff_t channels, side, panel;
  ptrdiff_t across, stride, pixel;
  ptrdiff_t rows, in, pad, y_row;
  const real *w;
  real *y;
  ptrdiff_t y_step;
  const real *bias;  // of the filters, added at last; NULL: none
  real least;        // as in struct conv_block
};

// Filters that share what is loaded of x.
enum { NARROW_FILTERS = 6 };

// Taps of a row, at the most, and channels that are done together.
enum { LONE_MOST = 5, LONE_CHANNELS = 8 };

// Rows of outputs for at most NARROW_FILTERS filters: output i of row r and filter f is the sum over the steps of x[r *
// x_row + offsets[p] + i] w[p * NARROW_FILTERS + f], one chain from +0; vectors may be read past the last.  It goes to
// y[f * y_filter + r * y_row + i].
struct conv_narrow {
  ptrdiff_t steps;
  const ptrdiff_t *offsets;
  const real *x;
  ptrdiff_t x_row, rows, pixels, filters;
  const real *w;
  real *y;
  ptrdiff_t y_row, y_filter;
  const real *bias;  // of the filters, added at last; NULL: none
  real least;        // as in struct conv_block
};

// Copies rows of `in` adjacent elements of every channel apart by their places between two outputs, of which there are
// `phases`, 1 or 2: element j of part i of a row is x[j * phases + i - pad], or 0 outside the row, for j < wide; what
// follows that, up to a vector, is unspecified.  The parts lie `pitch` apart, those of all channels and then those of
// the next row.
struct conv_split {
  ptrdiff_t rows, channels, phases, pitch, wide, pad, in;
  const real *x;
  ptrdiff_t x_row, x_channel;
  real *to;
};

// Rows first ..< last of y, `pixels` wide, of channels with a filter each: x and y as they lie, row by row, x_row and
// y_row apart, and x_channel and y_channel from one to the next.  Output (i, j) is the sum over the `across` x `across`
// taps (t, k) of x[i * stride + t - pad[0]][j * stride + k - pad[1]] w[(t * across + k) * NARROW_FILTERS], where x is 0
// outside its in[0] rows of in[1] elements: one chain from +0, taps in order.  across is 3 or LONE_MOST, stride 1 or 2;
// no output reaches more than across / 2 beyond x.
struct conv_lone {
  ptrdiff_t across, stride, pad[2], in[2];
  const real *x, *zeros;  // zeros: in[1] of them
  ptrdiff_t x_row, x_channel, first, last, pixels, channels;
  const real *w;  // of the first channel; those of the next follow
  real *y;
  ptrdiff_t y_row, y_channel;
  const real *bias;  // of the channels, added at last; NULL: none
  real least;        // as in struct conv_block
};

// Distributions, with their parameters: low, high - low, the greatest value; mean, deviation; p; p, 1 / (1 - p).
enum random_kind { RANDOM_UNIFORM, RANDOM_NORMAL, RANDOM_BERNOULLI, RANDOM_DROPOUT };

// The elements that normal numbers come in: word j pairs with word j + RANDOM_TILE / 2.
enum { RANDOM_TILE = 64 };
// y[i * columns + j] <- f(op) of each operand's element operand[k][i * row_stride[k] + j * column_stride[k]], for
// `rows` rows; column strides are 0 or 1.  f is left out unless combine_fuses holds.
struct combine_block {
  ck_op op;
  ck_function f;
  real p, q;
  ptrdiff_t rows, columns;
  const real *operand[3];
  ptrdiff_t row_stride[3], column_stride[3];
  real *y;
};

// Whether the kernel applies f itself; otherwise `map` follows.
static inline bool combine_fuses(ck_op op, ck_function f) {
  const bool simple = f == CK_RELU || f == CK_LEAKY_RELU || f == CK_CLAMP;
  return f == CK_IDENTITY || (simple && (op == CK_OP_ADD || op == CK_OP_MULTIPLY_ADD));
}

// Terms of sums over channels, from dy and x.
enum channel_term {
  CHANNEL_SUM,    // dy
  CHANNEL_SLOPE,  // x > 0 ? 0 : x dy
  CHANNEL_SWISH,  // dy x^2 s (1 - s), s = sigmoid(p x); only with channels_last
};

// db[c] <- the sum of the terms over batch and pixels, first <= c < last; see ck_?bias_gradient.  channels_last has
// batch 1.
struct channel_block {
  enum channel_term term;
  ptrdiff_t batch, channels, pixels, first, last;
  bool channels_last;
  const real *dy, *x;
  real p;
  real *db;
};

// c <- (add ? c : +0) + sum over r < rows, p < steps of a[r * a_row + p * a_ps + i] b[r * b_row + p * nr + j], one
// chain from +0 in that order, for i < high and j < wide; then the bias of row i, and the least there may be.  Element
// (i, j) of c is c[i * c_row + j].  Where b_source is not NULL, b is empty: its one row's element (p, j) is b_source[p
// * b_source_ps + j], j < nr, and the tile fills it.
struct conv_outer {
  ptrdiff_t high, wide, rows, steps;
  const real *a;
  ptrdiff_t a_row, a_ps;
  const real *b;
  ptrdiff_t b_row;
  const real *b_source;
  ptrdiff_t b_source_ps;
  real *c;
  ptrdiff_t c_row;
  bool add;
  const real *bias;          // NULL: none
  real least;                // as in struct conv_block
  struct gemm_fetch *fetch;  // NULL: nothing
};

enum optimizer_rule { OPTIMIZER_SGD, OPTIMIZER_ADAM, OPTIMIZER_ADAGRAD, OPTIMIZER_RMSPROP };

// A step of an optimiser with its coefficients.  States that the settings do not need are NULL.
struct optimizer {
  enum optimizer_rule rule;
  bool first, nesterov;
  real rate, decay, shrink;       // of the step, of g + decay p, of shrink p
  real keep, take;                // a state that follows g keeps so much of itself and takes so much of g
  real keep_square, take_square;  // one that follows g^2
  real scale, epsilon;            // divisor: scale sqrt(square) + epsilon
  const real *g;
  real *p, *state[3];
};

typedef void winograd_transform(const struct winograd_form *form, ptrdiff_t channels, const real *x, ptrdiff_t row,
                                ptrdiff_t column, real *v, ptrdiff_t point);

// The widest register tile of any instruction set.
enum { MOST_NR = 128 / sizeof(real) };

struct kernels {
  ptrdiff_t mr, nr;            // register tile
  ptrdiff_t a_block, b_block;  // cache blocks, in bytes: of A~, to stay in L2, and of B~, in L3
  void (*gemm_block)(const struct gemm_block *block);
  pack_panels_of *pack_a, *pack_b;
  void (*gemv_rows)(const struct gemv_block *block);
  void (*gemv_columns)(const struct gemv_block *block);
  void (*dot_rows)(const struct dot_block *block);
  void (*dot_add_columns)(const struct dot_block *block, ptrdiff_t p0, ptrdiff_t kc, ptrdiff_t width, real *lanes);
  void (*dot_fold_columns)(const struct dot_block *block, ptrdiff_t width, real *lanes);
  void (*finish)(ptrdiff_t i0, ptrdiff_t m, ptrdiff_t j0, ptrdiff_t n, real *c, ptrdiff_t c_rs, ptrdiff_t c_cs,
                 const struct gemm_finish *finish);
  // C <- beta C (0 without reading it), then `finish` if it is not NULL.
  void (*gemm_scale)(ptrdiff_t m, ptrdiff_t n, real beta, real *c, ptrdiff_t c_rs, ptrdiff_t c_cs,
                     const struct gemm_finish *finish);
  ptrdiff_t vl, conv_tall;  // elements of a vector; rows of a tile of conv_block for one vector of filters
  void (*conv_block)(const struct conv_block *block);
  void (*conv_narrow)(const struct conv_narrow *rows);
  void (*conv_split)(const struct conv_split *rows);
  void (*conv_lone)(const struct conv_lone *plane);
  void (*conv_outer)(const struct conv_outer *tile);
  void (*conv_grouped)(const struct conv_grouped *row);
  // to[j * to_rs + i] <- from[i * from_rs + j] for i < m, j < n.
  void (*transpose_block)(ptrdiff_t m, ptrdiff_t n, const real *from, ptrdiff_t from_rs, real *to, ptrdiff_t to_rs);
  // to[i * to_rs + j] <- from[i * from_rs + j] for i < m, j < n.
  void (*copy_block)(ptrdiff_t m, ptrdiff_t n, const real *from, ptrdiff_t from_rs, real *to, ptrdiff_t to_rs);
  // One tile, see conv/winograd_tile.inc.h: v[p * point + c] <- point p of channel c of x[i * row + j * column + c],
  // the rest of its last vector unspecified; y[i * row + j * column + f] <- output (i, j) of filter f of m[p * point +
  // f], which has whole vectors, then f(y + bias + residual) if `finish` is not NULL: its operands start where y does,
  // and f is CK_IDENTITY, CK_RELU, CK_LEAKY_RELU or CK_CLAMP.
  winograd_transform *winograd_input;
  void (*winograd_output)(const struct winograd_form *form, ptrdiff_t filters, const real *m, ptrdiff_t point, real *y,
                          ptrdiff_t row, ptrdiff_t column, const struct gemm_finish *finish);
  // As winograd_input, of one tile's outputs: point p of A dy A^T.
  winograd_transform *winograd_spread;
  // u[p * point + c * nr + f] <- point p of G w G^T of channel c < channels and filter f < nr, whose taps are rows of
  // nr filters each.
  void (*winograd_filters)(const struct winograd_filters *g, ptrdiff_t channels, const real *w, real *u,
                           ptrdiff_t point);
  // dw[(i * taps + t) * nr + j] <- (add ? itself : 0) + tap t of G^T M G of m[p * point + i * nr + j], i < high,
  // j < wide rounded up to whole vectors.
  void (*winograd_taps)(const struct winograd_taps *g, ptrdiff_t high, ptrdiff_t wide, const real *m, ptrdiff_t point,
                        bool add, real *dw);
  // y[i] <- f(x[i]); dx[i] <- dy[i] f'(x[i]) from v[i] (ck_function_backward_operand), i < n.  In place or apart.
  void (*map)(ck_function f, real p, real q, ptrdiff_t n, const real *x, real *y);
  void (*map_backward)(ck_function f, real p, real q, ptrdiff_t n, const real *v, const real *dy, real *dx);
  // Of each function, or NULL: y[i] <- f(x[i]), i < n, a multiple of vl; p is 1 if f has one.  x is read in the parts
  // in which it was stored.
  lanes_function *const *lanes;
  // y[i] <- a number from the word in bits[i], and from x[i] where kind is RANDOM_DROPOUT, i < n.  Up to a vector past
  // n is read of `bits`.  RANDOM_NORMAL: n is a multiple of RANDOM_TILE, and y may be `bits`.
  void (*random_numbers)(enum random_kind kind, const real parameters[3], ptrdiff_t n, const real *bits, const real *x,
                         real *y);
  struct row_kernels rows;
  void (*combine)(const struct combine_block *block);
  void (*sum_channels)(const struct channel_block *block);
  void (*cast)(ptrdiff_t n, const other *x, real *y);
  // Rows first ..< last of the output, counted through planes, depths and heights; with room for rows * pitch elements.
  void (*pool_rows)(const struct pool_job *job, ptrdiff_t first, ptrdiff_t last, real *scratch);
  // Rows first ..< last of dx, counted in the same way; with room for gathered + pitch elements.
  void (*pool_spread)(const struct pool_spread *job, ptrdiff_t first, ptrdiff_t last, real *scratch);
  // Elements from ..< to.
  void (*optimize)(const struct optimizer *o, ptrdiff_t from, ptrdiff_t to);
};

#endif
