// Convolution in one, two and three dimensions: geometry, plans, forward, backward and transposed.
#ifndef CK_CONV_H
#define CK_CONV_H

#include "ck_gemm.h"

#ifdef __cplusplus
extern "C" {
#endif

// How a batch of images lies in memory, dense: batch, depth, height, width, channels, or batch, channels, depth,
// height, width.
typedef enum ck_channels { CK_CHANNELS_LAST = 0, CK_CHANNELS_FIRST } ck_channels;

// How weights lie, dense: filters, channels of a group, depth, height, width, or depth, height, width, channels of a
// group, filters.
typedef enum ck_filters { CK_FILTERS_FIRST = 0, CK_FILTERS_LAST } ck_filters;

// What a convolution is.  Arrays are indexed by axis: 0 depth, 1 height, 2 width; an axis that is not there has size,
// kernel, stride and dilation 1 and padding 0.
//
//   y[n, f, o] = sum over c, t of w[f, c, t] x[n, c, o stride + t dilation - pad_before]
//
// where x is 0 outside itself, c runs over the channels of f's group and t over the kernel (cross-correlation).
// output = floor((input + pad_before + pad_after - (dilation (kernel - 1) + 1)) / stride) + 1.
// flipped:    w is read backwards along every axis (true convolution).
// transposed: the adjoint of the convolution that has these strides, dilations and paddings, `channels` filters and
//             `filters` channels, and the same weights as they lie (so filters of the layout are `channels` here):
//               y[n, f, i] = sum over c, t, o with o stride + t dilation - pad_before = i of w[c, f, t] x[n, c, o];
//             output = (input - 1) stride + dilation (kernel - 1) + 1 - pad_before - pad_after + output_padding.
typedef struct ck_conv {
  ptrdiff_t batch, groups, channels, filters;  // channels and filters of all groups together
  ptrdiff_t input[3], kernel[3], stride[3], dilation[3], pad_before[3], pad_after[3], output_padding[3];
  ck_channels layout;
  ck_filters weights;
  bool flipped, transposed;
} ck_conv;

// What follows from a geometry.
typedef struct ck_conv_figures {
  ptrdiff_t output[3];
  ptrdiff_t x_count, w_count, y_count;  // elements
  int64_t products;                     // multiply-adds of the formula, those with padding included
  int64_t inner_products;               // multiply-adds that meet an element of x
} ck_conv_figures;

// Requires:   0 <= batch, input, pad_before; 1 <= groups, channels, filters, kernel, stride, dilation; kernel <= 2^24;
//             0 <= output_padding, below stride or dilation where transposed, 0 otherwise; groups divides channels and
//             filters; the output is at least 1 along every axis.  A negative pad_after leaves out the end of x.
// Returns:    CK_OK, CK_BAD_ARGUMENT (the operand names the field and its axis) or CK_OVERFLOW.
ck_status ck_conv_measure(const ck_conv *g, ck_conv_figures *figures, ck_fault *fault);

// Elements in_first ... in_last of the input along `axis`, padding included, are what elements first ... last of the
// output can depend on; in_last = in_first - 1 where a transposed convolution makes them of none.  `g` must be valid;
// what does not fit becomes PTRDIFF_MIN or PTRDIFF_MAX.
void ck_conv_receptive_field(const ck_conv *g, int axis, ptrdiff_t first, ptrdiff_t last, ptrdiff_t *in_first,
                             ptrdiff_t *in_last);

// The geometry whose forward pass is the backward pass of g with respect to x: its input is dy, its output dx, its
// weights those of g as they lie.
// Returns:    as ck_conv_measure.
ck_status ck_conv_adjoint(const ck_conv *g, ck_conv *adjoint, ck_fault *fault);

typedef enum ck_conv_algorithm {
  CK_CONV_AUTOMATIC = 0,
  CK_CONV_DIRECT,  // implicit GEMM: every geometry
  // Minimal filtering F(2, r) and F(4, r): kernels of r = 3 or 5 along the height and the width, or along one of them;
  // stride 1, any dilation, no depth.  _4 with 5 taps along both has tiles of 2 x 4.
  CK_CONV_WINOGRAD_2,
  CK_CONV_WINOGRAD_4,
  // Groups of one channel and one filter, of four and four, or of eight and eight where vectors hold two: the sums of
  // CK_CONV_DIRECT, bit for bit.
  CK_CONV_GROUPED,
  CK_CONV_ALGORITHM_COUNT
} ck_conv_algorithm;

// "automatic", "direct" and so on; NULL outside the enumeration.
const char *ck_conv_algorithm_name(ck_conv_algorithm algorithm);

// algorithm: one by name, or CK_CONV_AUTOMATIC: the fastest for the shape, whatever the batch and the threads.
// strict:    only algorithms that add up the products themselves.
typedef struct ck_conv_options {
  ck_conv_algorithm algorithm;
  bool strict;
} ck_conv_options;

// Everything a convolution needs to know but its operands.  A value: nothing to free, nothing shared.
typedef struct ck_conv_plan {
  const ck_isa *isa;
  ck_conv geometry;
  ck_conv_figures figures;
  ck_conv_algorithm algorithm;
  ptrdiff_t tile[2];       // outputs and filters that a kernel computes at once
  ptrdiff_t packed_count;  // elements of the packed weights
  double error_growth;     // see ck_?conv: E
  int32_t element_bytes;
  bool strict;      // was asked for
  bool transforms;  // the algorithm sums other products than the formula's
} ck_conv_plan;

// Plans a convolution: microseconds, no allocation.
// Returns:    as ck_conv_measure, CK_OVERFLOW where the packed weights or the workspace of one thread are too many
//             (operands "packed" and "workspace"), and CK_BAD_ARGUMENT for an algorithm that cannot do this (operand
//             "algorithm").
ck_status ck_sconv_plan(const ck_isa *isa, const ck_conv *g, const ck_conv_options *options, ck_conv_plan *plan,
                        ck_fault *fault);
ck_status ck_dconv_plan(const ck_isa *isa, const ck_conv *g, const ck_conv_options *options, ck_conv_plan *plan,
                        ck_fault *fault);

// Why `algorithm` is not the plan's choice, a string constant; NULL where it is.
const char *ck_sconv_why_not(const ck_conv_plan *plan, ck_conv_algorithm algorithm);
const char *ck_dconv_why_not(const ck_conv_plan *plan, ck_conv_algorithm algorithm);

// Elements of workspace that a call with so many threads takes; -1 where that overflows, as it may with a dilation
// beyond all memory: such a call returns CK_OVERFLOW.
ptrdiff_t ck_sconv_workspace_count(const ck_conv_plan *plan, int threads);
ptrdiff_t ck_dconv_workspace_count(const ck_conv_plan *plan, int threads);

// Writes the weights in the order in which the plan's algorithm reads them; serves every plan for weights of this shape
// that has the same algorithm, tile and instruction set, whatever its batch, image size, strides, dilation and padding.
// (Few channels have tiles of their own where there is one plane and results lie along rows: see ck_conv_plan's tile.)
//   scale: NULL, or one factor for each filter that is multiplied into its weights (a folded batch normalisation), each
//          product rounded once.
// Returns:    CK_OK, CK_SHORT_BUFFER, CK_OVERLAP or CK_BAD_ARGUMENT (a plan for another element type).
ck_status ck_sconv_pack(const ck_conv_plan *plan, const float *w, ptrdiff_t w_count, const float *scale,
                        ptrdiff_t scale_count, float *packed, ptrdiff_t packed_count, ck_fault *fault);
ck_status ck_dconv_pack(const ck_conv_plan *plan, const double *w, ptrdiff_t w_count, const double *scale,
                        ptrdiff_t scale_count, double *packed, ptrdiff_t packed_count, ck_fault *fault);

// What follows the sums: y <- activation(y + bias[filter] + residual), the code and the bits of ck_?gemm's epilogue.
// `residual` lies like y, and may be y itself.  `slopes` are the activation x < 0 ? slopes[filter] x : x (CK_OP_PRELU
// of ck_elementwise.h), where `activation` is CK_IDENTITY.
typedef struct ck_sconv_epilogue {
  const float *bias;  // NULL: none; otherwise one for each filter
  ptrdiff_t bias_count;
  const float *slopes;  // NULL: none; otherwise one for each filter
  ptrdiff_t slopes_count;
  const float *residual;  // NULL: none
  ptrdiff_t residual_count;
  ck_activation activation;
  float p, q;
} ck_sconv_epilogue;

typedef struct ck_dconv_epilogue {
  const double *bias;
  ptrdiff_t bias_count;
  const double *slopes;
  ptrdiff_t slopes_count;
  const double *residual;
  ptrdiff_t residual_count;
  ck_activation activation;
  double p, q;
} ck_dconv_epilogue;

// y <- epilogue(convolution of x with the packed weights).
// Requires:   `threads` >= 1, the most threads to use.  `workspace` holds ck_?conv_workspace_count elements for them,
//             or is NULL: then the call allocates it.  `epilogue` and `fault` may be NULL.
// Guarantees: y is not read, unless it is the residual.
//             Order of summation of CK_CONV_DIRECT (and of CK_CONV_GROUPED, bit for bit):
//             the channels of a group are cut into chunks, for a kernel of one
//             element as ck_?gemm cuts its depth (n > 1), for any other into nearly equal parts of at most 128; the
//             terms of a chunk, ordered by the position of x along depth, height and width and then by channel, are one
//             chain of fused multiply-adds from +0, and the chunks are added up in order, from +0.  A term outside x is
//             +0 times its weight.  So an output depends on the elements of x under it, the weights of its filter and
//             the number of channels, and on nothing else: not on batch, image size, groups, other filters, layout,
//             strides, alignment, threads, nor on which fused instruction set ran; and padding x explicitly, or writing
//             a dilated kernel out with zeros, changes no bit.  A transposed convolution is the same over x with
//             stride - 1 zeros between its elements.
//             CK_CONV_WINOGRAD_2, _4: tiles of outputs start at output 0 of each phase (outputs d apart, d the
//             dilation); the sum at a point over the channels of a group is cut as ck_?gemm cuts k = channels (n > 1).
//             So an output depends on what is under its tile and on the weights of its filter, and on nothing else but
//             its place in the tile: not on batch, groups, other filters, layout, alignment, threads, nor on which
//             fused instruction set ran.  A NaN or an infinity reaches every output of its tile.
// Error:      |y - exact| <= (K + 2) u sum |w| |x| before the epilogue for CK_CONV_DIRECT and CK_CONV_GROUPED, K
//             products in a sum; for the others |y - exact| <= E u |x| |w|, with E the plan's error_growth and
//             Euclidean norms of the filter's weights and of what is under the output's tile.
//             CK_CONV_WINOGRAD_2, _4: E = G (C + R), G the product over the two axes of 3.87 for F(2, 3), 9.46 for
//             F(4, 3), 11.46 for F(2, 5), 27.3 for F(4, 5) and 1 along an axis without taps; C channels of a group;
//             R = 4 plus 4, 6, 6, 8 for each axis with taps.  This holds unless something overflows or falls below the
//             smallest normal number on the way, which E |x| |w| and the transforms of x, up to G times its elements,
//             may do though y does not.  The worst error measured on uniform data, those of magnitudes 10^-3 ... 1
//             among them, is at most 16 times that of CK_CONV_DIRECT wherever a plan chooses them by itself.
// Returns:    CK_OK, CK_SHORT_BUFFER, CK_OVERLAP, CK_WRONG_PACKING, CK_BAD_ARGUMENT, CK_OVERFLOW or CK_OUT_OF_MEMORY.
ck_status ck_sconv(const ck_conv_plan *plan, int threads, const float *x, ptrdiff_t x_count, const float *packed,
                   ptrdiff_t packed_count, float *y, ptrdiff_t y_count, const ck_sconv_epilogue *epilogue,
                   float *workspace, ptrdiff_t workspace_count, ck_fault *fault);
ck_status ck_dconv(const ck_conv_plan *plan, int threads, const double *x, ptrdiff_t x_count, const double *packed,
                   ptrdiff_t packed_count, double *y, ptrdiff_t y_count, const ck_dconv_epilogue *epilogue,
                   double *workspace, ptrdiff_t workspace_count, ck_fault *fault);

// The backward pass: what the gradient dy of y makes of the weights and the bias.  For that of x, run the plan of
// ck_conv_adjoint on dy.
//
//   dw[f, c, t] = sum over images and outputs o of dy[f, o] x[c, o stride + t dilation - pad_before],  db[f] = sum of
//   dy
//
// Requires:   `threads` >= 1; db may be NULL, and so may `workspace` (ck_?conv_backward_weights_workspace_count) and
//             `fault`.  dw lies as the weights do.
// Guarantees: The algorithm is ck_?conv_backward_weights_algorithm's.
//             Order of summation of CK_CONV_DIRECT: outputs are taken image by image in pieces of a few whole rows, or
//             parts of one, that depend on the image's size alone, at most 576 outputs; each piece is one chain of
//             fused multiply-adds from +0 over the products that meet an element of x, and their sums are added up in
//             order.
//             CK_CONV_WINOGRAD_2, _4: the tiles of all images, in order, are cut into nearly equal pieces of at most
//             64, between whole sets of phases where the convolution is dilated; each piece is one chain at each point,
//             is transformed back, and the results are added up in order.  A NaN or an infinity reaches every tap.
//             The same bits for any threads, layout, alignment and fused instruction set.  Where the convolution is
//             transposed, x and dy change places.
// Error:      |dw - exact| <= E u sum |dy| |x| for CK_CONV_DIRECT, E = P + Q + 2 for Q pieces of at most P outputs; for
//             db the same.  For the others |dw - exact| <= E u |dy| |x|, Euclidean norms of all outputs of the filter
//             and of all of the channel, E = G (P + Q + R) for Q pieces of at most P tiles: G the product over the two
//             axes of 4.83 for F(2, 3), 14.6 for F(4, 3), 14.9 for F(2, 5), 36.5 for F(4, 5) and 1 along an axis
//             without taps; R = 2 plus 7, 10, 9, 12 for each axis with taps; with the exceptions that ck_?conv has. The
//             worst error measured on uniform data, those of magnitudes 10^-12 ... 1 among them, is at most 16 times
//             that of CK_CONV_DIRECT.
// Returns:    CK_OK, CK_SHORT_BUFFER, CK_OVERLAP, CK_BAD_ARGUMENT, CK_OVERFLOW or CK_OUT_OF_MEMORY.
ck_status ck_sconv_backward_weights(const ck_conv_plan *plan, int threads, const float *x, ptrdiff_t x_count,
                                    const float *dy, ptrdiff_t dy_count, float *dw, ptrdiff_t dw_count, float *db,
                                    ptrdiff_t db_count, float *workspace, ptrdiff_t workspace_count, ck_fault *fault);
ck_status ck_dconv_backward_weights(const ck_conv_plan *plan, int threads, const double *x, ptrdiff_t x_count,
                                    const double *dy, ptrdiff_t dy_count, double *dw, ptrdiff_t dw_count, double *db,
                                    ptrdiff_t db_count, double *workspace, ptrdiff_t workspace_count, ck_fault *fault);
ptrdiff_t ck_sconv_backward_weights_workspace_count(const ck_conv_plan *plan, int threads);
ptrdiff_t ck_dconv_backward_weights_workspace_count(const ck_conv_plan *plan, int threads);

// The algorithm of the gradient of the weights: the plan's own where that is minimal filtering, else CK_CONV_DIRECT.
// But few products err so little that the larger tiles would err more than 16 times as much: images of fewer than 144
// outputs have CK_CONV_WINOGRAD_2 for 3 taps and CK_CONV_DIRECT for 5, those of fewer than 576 CK_CONV_WINOGRAD_2 for 5
// x 5.
ck_conv_algorithm ck_sconv_backward_weights_algorithm(const ck_conv_plan *plan);
ck_conv_algorithm ck_dconv_backward_weights_algorithm(const ck_conv_plan *plan);

// E of its error: see ck_?conv_backward_weights.
double ck_sconv_backward_weights_error_growth(const ck_conv_plan *plan);
double ck_dconv_backward_weights_error_growth(const ck_conv_plan *plan);

#ifdef __cplusplus
}
#endif

#endif
