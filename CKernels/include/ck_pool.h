// Pooling: the maximum, the mean or the p-norm of windows of an image, and its way back.
#ifndef CK_POOL_H
#define CK_POOL_H

#include "ck_conv.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ck_pool_kind {
  CK_POOL_MAX = 0,  // the largest element
  CK_POOL_AVERAGE,  // the sum over a divisor
  CK_POOL_LP,       // (sum of |x|^exponent)^(1/exponent)
} ck_pool_kind;

// The shape of a pooling.  Arrays are depth, height, width; a dimension that an image lacks has input, kernel, stride
// and dilation 1 and no padding.  Tensors lie as `layout` says.
// Output o of a dimension sees the inputs o * stride - pad_before + t * dilation, 0 <= t < kernel; what lies outside
// the input is padding: less than everything to a maximum, 0 to a sum.  Padding may exceed the kernel.
// The size of the output is floor((input + pad_before + pad_after - dilation * (kernel - 1) - 1) / stride) + 1, or with
// ceil_mode the ceiling, less one where the last window would start beyond the input and pad_before.
// adaptive: output o sees the inputs floor(o * input / output) ... ceil((o + 1) * input / output) - 1 instead, where
// `output` is read from here, and kernel, stride, dilation, padding and ceil_mode are ignored.
typedef struct ck_pool {
  ck_pool_kind kind;
  ck_channels layout;
  bool adaptive;
  bool ceil_mode;
  // Average: the divisor is `divisor` if that is not 0; otherwise the number of taps inside the input and, with
  // count_padding, inside its padding (not in what ceil_mode adds beyond that).
  bool count_padding;
  ptrdiff_t divisor;
  int exponent;  // Lp: 1 ... 64
  ptrdiff_t batch, channels;
  ptrdiff_t input[3], output[3], kernel[3], stride[3], dilation[3], pad_before[3], pad_after[3];
} ck_pool;

// output <- the size of the output.
// Returns:    CK_OK, CK_NEGATIVE_SIZE, CK_OVERFLOW, or CK_BAD_ARGUMENT: kind, input, output (no window fits), kernel,
//             stride, dilation, padding, divisor, exponent.
ck_status ck_pool_output(const ck_pool *pool, ptrdiff_t output[3], ck_fault *fault);

// y <- the pooling of x; indices <- where each maximum lies: its flat index in the D x H x W of its channel.
// Requires:   x holds batch * channels * input, y (and indices) batch * channels * output elements.  `indices` is NULL
//             unless the kind is CK_POOL_MAX, and then may be.  `threads` >= 1; `fault` may be NULL.
// Guarantees: The maximum of a window is its largest element (where there is no index, a zero of either sign), and the
//             index that of the first of equals.  Where the window holds NaNs, the maximum is NaN and the index that of
//             the last.  Without any tap inside the input it is -infinity with index -1; the mean and norm are 0.
//             Order of summation: each column of the window is added from its first element on, through heights, then
//             depths; then the columns from left to right; a column of padding is +0.  A window that is the whole image
//             is one row.  With channels first, a row of L or more columns of an adaptive window, or of one over the
//             whole width, goes to lanes: column t to lane t mod L, L = 32 (f32) or 16 (f64), each from +0; the upper
//             half of the lanes is added to the lower until one is left.  |x|^e is e - 1 products.
//             So an output depends on its window's elements and the shape, not on batch, other channels, threads,
//             alignment or which instruction set ran (generic included).
// Error:      Maximum exact.  Average of n taps: n u relative to the mean of |x|.  Lp: ((n + e - 2) / e + 4) u
//             relative, barring overflow and underflow of the powers and their sum; u = 2^-24 (f32), 2^-53 (f64).
// Returns:    as ck_pool_output, and CK_OVERLAP, CK_BAD_ARGUMENT: threads, indices; CK_OUT_OF_MEMORY.
ck_status ck_spool(const ck_isa *isa, int threads, const ck_pool *pool, const float *x, float *y, int32_t *indices,
                   ck_fault *fault);
ck_status ck_dpool(const ck_isa *isa, int threads, const ck_pool *pool, const double *x, double *y, int32_t *indices,
                   ck_fault *fault);

// dx <- the gradient with respect to x, from dy, that with respect to y = ck_?pool(x).
// Maximum:    dx[i] is the sum of the dy of outputs whose index is i; indices of -1 are passed over.
// Average:    dx[i] is the sum of dy / divisor over the windows that hold i.
// Lp:         dx[i] = sign(x[i]) |x[i]|^(e-1) times the sum of dy / y^(e-1) over the windows that hold i and whose y is
//             not 0.
// Requires:   `indices` as ck_?pool wrote them (maximum); x and y (Lp); NULL otherwise.
// Guarantees: Order of summation: a maximum's in ascending order of the outputs.  Otherwise, for each output column,
//             over the outputs above one another in ascending order, then over the columns from left to right, from +0.
//             Bits as for ck_?pool.
// Error:      an average's is (n + 2) u relative to the sum of magnitudes of n terms.  Lp: (n + 3 e) u, barring
//             overflow and underflow of powers.
// Returns:    as ck_?pool, and CK_BAD_ARGUMENT where an index is below -1 or beyond the channel.
ck_status ck_spool_backward(const ck_isa *isa, int threads, const ck_pool *pool, const float *x, const float *y,
                            const int32_t *indices, const float *dy, float *dx, ck_fault *fault);
ck_status ck_dpool_backward(const ck_isa *isa, int threads, const ck_pool *pool, const double *x, const double *y,
                            const int32_t *indices, const double *dy, double *dx, ck_fault *fault);

// The inverse of a max-pooling: images of `inputs` elements in each channel become images of `outputs`.
typedef struct ck_unpool {
  ck_channels layout;
  ptrdiff_t batch, channels, inputs, outputs;
} ck_unpool;

// y[indices[o]] <- x[o] in each channel, the last of those that share an index; the rest of y is 0.  An index of -1 is
// passed over.
// Requires:   x and indices hold batch * channels * inputs, y batch * channels * outputs elements.
// Returns:    CK_OK, CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_OVERLAP, or CK_BAD_ARGUMENT: threads, an index below -1 or
//             beyond the outputs.
ck_status ck_sunpool(int threads, const ck_unpool *unpool, const float *x, const int32_t *indices, float *y,
                     ck_fault *fault);
ck_status ck_dunpool(int threads, const ck_unpool *unpool, const double *x, const int32_t *indices, double *y,
                     ck_fault *fault);

// dx[o] <- dy[indices[o]], 0 where the index is -1.
ck_status ck_sunpool_backward(int threads, const ck_unpool *unpool, const float *dy, const int32_t *indices, float *dx,
                              ck_fault *fault);
ck_status ck_dunpool_backward(int threads, const ck_unpool *unpool, const double *dy, const int32_t *indices,
                              double *dx, ck_fault *fault);

// How many elements x and y have; -1 where the shape is refused.
ptrdiff_t ck_pool_input_count(const ck_pool *pool);
ptrdiff_t ck_pool_output_count(const ck_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
