// Padding, and convolutions written out as matrices: im2col, col2im and the Toeplitz matrix.
#ifndef CK_PAD_H
#define CK_PAD_H

#include "ck_conv.h"

#ifdef __cplusplus
extern "C" {
#endif

// What lies beyond the edges of an image.
typedef enum ck_pad_mode {
  CK_PAD_CONSTANT = 0,  // a value
  CK_PAD_REFLECT,       // the image mirrored at its first and last element, as often as needed: 2 1 | 0 1 2 3 | 2 1
  CK_PAD_REPLICATE,     // the nearest element: 0 0 | 0 1 2 3 | 3 3
  CK_PAD_MODE_COUNT
} ck_pad_mode;

// Padding of dense images; arrays are indexed by axis: 0 depth, 1 height, 2 width; an axis that is not there has input
// 1 and padding 0.  Negative padding leaves out elements.
typedef struct ck_pad {
  ptrdiff_t batch, channels, input[3], before[3], after[3];
  ck_channels layout;
  ck_pad_mode mode;
} ck_pad;

// Elements of the images before (`*inner`) and after padding (`*outer`).
// Returns:    CK_OK, CK_NEGATIVE_SIZE, CK_BAD_ARGUMENT or CK_OVERFLOW, as ck_?pad.
ck_status ck_pad_measure(const ck_pad *pad, ptrdiff_t *inner, ptrdiff_t *outer, ck_fault *fault);

// y[n, c, o] <- x[n, c, source(o - before)], or `value` where a constant lies there.
// Requires:   `threads` >= 1; 0 <= batch, channels, input and input + before + after; an axis that is mirrored or
//             repeated has elements, or none when padded.  y shares no byte with x.  `fault` may be NULL.
// Guarantees: Copies bits.
// Returns:    CK_OK, CK_BAD_ARGUMENT (threads, mode, input), CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_OVERLAP.
ck_status ck_spad(const ck_isa *isa, int threads, const ck_pad *pad, float value, const float *x, float *y,
                  ck_fault *fault);
ck_status ck_dpad(const ck_isa *isa, int threads, const ck_pad *pad, double value, const double *x, double *y,
                  ck_fault *fault);

// dx[n, c, i] <- the sum of dy[n, c, o] over all o that ck_?pad fills from i: the adjoint.
// Guarantees: Each sum starts from +0 and takes o in ascending order: the same bits for any threads, batch, channels
//             and instruction set.
// Error:      |dx - exact| <= (m - 1) u sum |dy|, m the number of terms; exact for constants.
// Requires, Returns: as ck_?pad.
ck_status ck_spad_backward(const ck_isa *isa, int threads, const ck_pad *pad, const float *dy, float *dx,
                           ck_fault *fault);
ck_status ck_dpad_backward(const ck_isa *isa, int threads, const ck_pad *pad, const double *dy, double *dx,
                           ck_fault *fault);

// Elements of the columns of g, and of the Toeplitz matrix of one image; -1 where the functions below would refuse g.
ptrdiff_t ck_conv_columns_count(const ck_conv *g);
ptrdiff_t ck_conv_toeplitz_count(const ck_conv *g);

// The patches that the outputs of a convolution see, as a matrix for each image.  With K taps and O outputs:
//   CK_CHANNELS_FIRST: columns[n, c, t, o], (channels K) x O, so that y = W columns with W filters x (channels K);
//   CK_CHANNELS_LAST:  columns[n, o, t, c], O x (K channels), so that y = columns W.
// columns[.., t, ..] is x[n, c, o stride + t dilation - pad_before], 0 outside x; where g is flipped, t is counted
// backwards along every axis, so that the products above need no other W.  Groups make no difference.
// Requires:   `threads` >= 1; g is sound (ck_conv_measure) and not transposed.  The output shares no byte with the
//             input.
// Guarantees: Copies bits.
// Returns:    as ck_conv_measure; CK_BAD_ARGUMENT (threads, transposed), CK_OVERFLOW (columns), CK_OVERLAP.
ck_status ck_sim2col(const ck_isa *isa, int threads, const ck_conv *g, const float *x, float *columns, ck_fault *fault);
ck_status ck_dim2col(const ck_isa *isa, int threads, const ck_conv *g, const double *x, double *columns,
                     ck_fault *fault);

// The adjoint: x[n, c, i] <- the sum of all elements of `columns` that im2col fills from it.
// Guarantees: Each sum starts from +0 and takes t in ascending order: the same bits for any threads, batch, channels,
//             layout and instruction set.
// Error:      |x - exact| <= (K - 1) u sum |columns|.
// Requires, Returns: as im2col.
ck_status ck_scol2im(const ck_isa *isa, int threads, const ck_conv *g, const float *columns, float *x, ck_fault *fault);
ck_status ck_dcol2im(const ck_isa *isa, int threads, const ck_conv *g, const double *columns, double *x,
                     ck_fault *fault);

// The matrix of the convolution of one image: y = matrix x, with x and y as g lays them out.  A row for each element of
// y, a column for each element of x: filters output x channels input elements, weights where they meet, 0 elsewhere.
// Requires, Returns: as im2col; CK_OVERFLOW (matrix).
ck_status ck_stoeplitz(const ck_isa *isa, int threads, const ck_conv *g, const float *w, float *matrix,
                       ck_fault *fault);
ck_status ck_dtoeplitz(const ck_isa *isa, int threads, const ck_conv *g, const double *w, double *matrix,
                       ck_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
