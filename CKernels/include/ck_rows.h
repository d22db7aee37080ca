// Rows: sums along one axis of an array, softmax and the losses that stand on it.
//
// Rows.  An array is seen as outer x n x inner; a row is the n elements at one (o, i), in any strides, and every row
// has its own result.  A row of more than 4096 elements is cut into blocks of 4096.
//
// Order of summation.  Element j of a block belongs to lane j mod L, L = 32 (f32) or 16 (f64); a lane adds in ascending
// j, and the upper half of the lanes is added to the lower until one is left.  Sums of blocks are added as unevaluated
// sums of two.  Exponentials have L / 2 lanes, which are unevaluated sums of two from the first element on.  So a
// result depends on n and the elements of its row alone: not on its position, strides, alignment, further rows,
// threads, nor on which fused instruction set ran.  u = 2^-24 (f32), 2^-53 (f64).
#ifndef CK_ROWS_H
#define CK_ROWS_H

#include "ck_isa.h"

#ifdef __cplusplus
extern "C" {
#endif

// outer x n x inner; rows run along n.
typedef struct ck_rows {
  ptrdiff_t outer, n, inner;
} ck_rows;

// Where they lie: element j of row (o, i) is data[o * outer_stride + j * stride + i * inner_stride].  `count` elements
// may be touched from data[0] on.  Inputs may have any strides >= 0; outputs must not repeat an address.
typedef struct ck_axis {
  ptrdiff_t count;
  ptrdiff_t outer_stride, stride, inner_stride;
} ck_axis;

// What a row is reduced to.  g = min(n, 4096) / L + log2 L + 2, rounded up; errors barring underflow and overflow.
typedef enum ck_reduction {
  CK_SUM = 0,      // sum of x_j; 0 if empty                          error g u sum of |x_j|
  CK_MEAN,         // sum of x_j / n; NaN if empty                    error (g + 2) u sum of |x_j| / n
  CK_MAX,          // the greatest x_j; -infinity if empty            exact
  CK_MIN,          // the least x_j; infinity if empty                exact
  CK_L1_NORM,      // sum of |x_j|                                    error g u y
  CK_L2_NORM,      // sqrt(sum of x_j^2), however small or large      error (g / 2 + 2) u y
  CK_LOG_SUM_EXP,  // log(sum of e^(x_j)); -infinity if empty         error (2 |y| + 2 log n + 6) u
  CK_REDUCTION_COUNT
} ck_reduction;

// y[o * inner + i] <- a reduction of row (o, i).
// Guarantees: CK_MAX, CK_MIN: NaN if the row holds one; a zero is +0.  CK_LOG_SUM_EXP: NaN if the row holds one, else
//             infinity if it holds that, else -infinity if it holds nothing but that.  Sums of no negative zeros alone.
//             CK_L2_NORM: where the sum of the squares overflows or loses digits, the row is read once more, scaled by
//             a power of two: no overflow and no underflow where the result is representable.
// Returns:    CK_OK, or why nothing was done: CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_SHORT_BUFFER, CK_BAD_STRIDE, CK_OVERLAP
//             (of y with x), CK_BAD_ARGUMENT (threads, op).
ck_status ck_sreduce(const ck_isa *isa, int threads, ck_reduction op, const ck_rows *rows, const float *x,
                     const ck_axis *x_axis, float *y, ptrdiff_t y_count, ck_fault *fault);
ck_status ck_dreduce(const ck_isa *isa, int threads, ck_reduction op, const ck_rows *rows, const double *x,
                     const ck_axis *x_axis, double *y, ptrdiff_t y_count, ck_fault *fault);

// index[o * inner + i] <- the lowest j where row (o, i) has its greatest element or, with `least`, its least one: the
// first NaN if there is one; zeros of both signs are equal.
// Returns:    as ck_?reduce; CK_BAD_ARGUMENT names `n` where rows are empty and there are any.
ck_status ck_sarg(const ck_isa *isa, int threads, bool least, const ck_rows *rows, const float *x,
                  const ck_axis *x_axis, ptrdiff_t *index, ptrdiff_t index_count, ck_fault *fault);
ck_status ck_darg(const ck_isa *isa, int threads, bool least, const ck_rows *rows, const double *x,
                  const ck_axis *x_axis, ptrdiff_t *index, ptrdiff_t index_count, ck_fault *fault);

// The gradient of CK_MAX, and so of maxout, y = max of the pieces of a unit [Goodfellow et al. 2013]: row r = o * inner
// + i of dx has dy[r] at the place that ck_?arg gives for that row of x, and +0 elsewhere.
// Requires:   `threads` >= 1.  dx is x with the same strides, or shares no byte with it; it shares none with dy.
// Guarantees: n == 0 or no rows does nothing.
// Error:      exact.
// Returns:    as ck_?reduce.
ck_status ck_smax_backward(const ck_isa *isa, int threads, const ck_rows *rows, const float *x, const ck_axis *x_axis,
                           const float *dy, ptrdiff_t dy_count, float *dx, const ck_axis *dx_axis, ck_fault *fault);
ck_status ck_dmax_backward(const ck_isa *isa, int threads, const ck_rows *rows, const double *x, const ck_axis *x_axis,
                           const double *dy, ptrdiff_t dy_count, double *dx, const ck_axis *dx_axis, ck_fault *fault);

// z[o * inner + i] <- sum over j of x_j y_j in row (o, i); each product is fused into its lane's sum.
// Error:      g u sum of |x_j y_j|
// Returns:    as ck_?reduce.
ck_status ck_sdot(const ck_isa *isa, int threads, const ck_rows *rows, const float *x, const ck_axis *x_axis,
                  const float *y, const ck_axis *y_axis, float *z, ptrdiff_t z_count, ck_fault *fault);
ck_status ck_ddot(const ck_isa *isa, int threads, const ck_rows *rows, const double *x, const ck_axis *x_axis,
                  const double *y, const ck_axis *y_axis, double *z, ptrdiff_t z_count, ck_fault *fault);

// y <- softmax x: y_j = e^(x_j) / sum of e^(x_i), or with `log` its logarithm x_j - log sum of e^(x_i).
// Requires:   `threads` >= 1, the most threads to use.  y is x with the same strides, or shares no byte with it.
// Guarantees: no overflow for any finite x but where the result itself lies beyond the least number: with `log` that of
//             {MAX, -MAX} is {0, -infinity}.  A row that holds NaN or +infinity, or nothing but -infinity, is all NaN;
//             in any other row -infinity gives 0, with `log` -infinity.  With `log` nothing is above 0.  n == 0 or no
//             rows does nothing.
// Error:      |y - exact| <= 4 ULP, subnormal results within one smallest subnormal; a row adds up to 1 within
//             (n + 2) u.  Every addition is compensated: the error of the sum is that of its terms, 1.43 u, whatever
//             n is.  An entry has that, 1.43 u of its own e^x and its last rounding: less than 3.5 ULP.
//             log: |y - exact| <= (3 |y| + 2 log n + 6) u.
// Returns:    CK_OK, or why nothing was done: CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_SHORT_BUFFER, CK_BAD_STRIDE,
//             CK_OVERLAP, CK_BAD_ARGUMENT (threads).
ck_status ck_ssoftmax(const ck_isa *isa, int threads, bool log, const ck_rows *rows, const float *x,
                      const ck_axis *x_axis, float *y, const ck_axis *y_axis, ck_fault *fault);
ck_status ck_dsoftmax(const ck_isa *isa, int threads, bool log, const ck_rows *rows, const double *x,
                      const ck_axis *x_axis, double *y, const ck_axis *y_axis, ck_fault *fault);

// dx <- the gradient with respect to x, from y = softmax x and dy: dx_j = y_j (dy_j - sum of y_i dy_i); with `log`,
// from y = log softmax x: dx_j = dy_j - e^(y_j) sum of dy_i.
// Requires:   dx is y or dy with the same strides, or shares no byte with it.
// Error:      with s the sum and S the sum of its terms' magnitudes, and g = min(n, 4096) / L + log2 L + 3:
//             softmax: |dx - exact| <= (2 |dy_j - s| + g S) |y_j| u; log: (|dx_j| + (g + 2) e^(y_j) S) u.
// Returns:    as ck_?softmax.
ck_status ck_ssoftmax_backward(const ck_isa *isa, int threads, bool log, const ck_rows *rows, const float *y,
                               const ck_axis *y_axis, const float *dy, const ck_axis *dy_axis, float *dx,
                               const ck_axis *dx_axis, ck_fault *fault);
ck_status ck_dsoftmax_backward(const ck_isa *isa, int threads, bool log, const ck_rows *rows, const double *y,
                               const ck_axis *y_axis, const double *dy, const ck_axis *dy_axis, double *dx,
                               const ck_axis *dx_axis, ck_fault *fault);

// What becomes of the losses of the rows.
typedef enum ck_loss { CK_LOSS_NONE = 0, CK_LOSS_MEAN, CK_LOSS_SUM } ck_loss;

// A softmax-cross-entropy: from logits straight to losses and gradients.  Row r = o * inner + i has a target t(r) in
// 0 ..< n, or a row of probabilities p.  Exactly one of the two is given.
//   target:        loss = w(t) (log sum of e^(x_j) - x_t),       gradient_j = w(t) (softmax_j - [j == t])
//   probabilities: loss = sum of p_j (log sum of e^(x_i) - x_j), gradient_j = softmax_j sum of p_i - p_j;
//                  p_j == 0 adds nothing, whatever x_j is.
// A row whose target is `ignored` has loss and gradient 0, and counts for nothing.
// CK_LOSS_NONE: loss[r], one for each row.  CK_LOSS_SUM: loss[0], their sum.  CK_LOSS_MEAN: loss[0], their sum divided
// by the sum of the w(t), or the number of rows (probabilities); NaN where that is 0, with gradients of 0.
typedef struct ck_scross_entropy_targets {
  const ptrdiff_t *targets;  // outer x inner, dense, of at least as many; NULL: probabilities
  ptrdiff_t targets_count;
  ptrdiff_t ignored;
  const float *weights;  // w, n of them; NULL: 1.  Not with probabilities.
  ptrdiff_t weights_count;
  const float *probabilities;
  ck_axis probabilities_axis;
} ck_scross_entropy_targets;

typedef struct ck_dcross_entropy_targets {
  const ptrdiff_t *targets;
  ptrdiff_t targets_count;
  ptrdiff_t ignored;
  const double *weights;
  ptrdiff_t weights_count;
  const double *probabilities;
  ck_axis probabilities_axis;
} ck_dcross_entropy_targets;

// loss, and dx <- the gradient with respect to x times `upstream`, in one pass over x.
// Requires:   dx is NULL (no gradient is wanted) or lies apart from everything else; with targets it may be x with the
//             same strides.  `upstream`, the gradient of the result, has as many elements as `loss` has, or is NULL: 1.
// Guarantees: a difference log sum of e^(x_j) - x_t beyond the greatest number is infinity, and so is its loss, however
//             small w or p is (w = 0: NaN).  Likewise the sum of the losses, before it is divided for the mean.
//             No logarithm above comes out below 0, so no loss does where weights and probabilities are not negative.
// Error:      loss of a row: (3 |loss| + 2 log n + 6) w u; the sum of losses as an unevaluated sum of two, (1 + 1) u
//             more, and one division for the mean.  Gradient of a row: (8 |gradient_j| + 4 [j == t]) u w |upstream|,
//             first order in u.  Both with probabilities: g = min(n, 4096) / L + log2 L + 3 in the place of 2 and 8.
// Returns:    as ck_?softmax; CK_BAD_ARGUMENT names `targets` where one is neither ignored nor in 0 ..< n.
ck_status ck_scross_entropy(const ck_isa *isa, int threads, ck_loss reduction, const ck_rows *rows, const float *x,
                            const ck_axis *x_axis, const ck_scross_entropy_targets *targets, float *loss,
                            ptrdiff_t loss_count, const float *upstream, ptrdiff_t upstream_count, float *dx,
                            const ck_axis *dx_axis, ck_fault *fault);
ck_status ck_dcross_entropy(const ck_isa *isa, int threads, ck_loss reduction, const ck_rows *rows, const double *x,
                            const ck_axis *x_axis, const ck_dcross_entropy_targets *targets, double *loss,
                            ptrdiff_t loss_count, const double *upstream, ptrdiff_t upstream_count, double *dx,
                            const ck_axis *dx_axis, ck_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
