// Resampling: images of another size, by the nearest element or by linear interpolation, and the way back.
#ifndef CK_RESAMPLE_H
#define CK_RESAMPLE_H

#include "ck_conv.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ck_resample_kind {
  CK_RESAMPLE_NEAREST = 0,     // x at floor(c), c = o * scale
  CK_RESAMPLE_NEAREST_CENTER,  // x at floor(c), c = (o + 1/2) * scale
  CK_RESAMPLE_LINEAR,          // between the two elements beside c = max(0, (o + 1/2) * scale - 1/2)
  CK_RESAMPLE_LINEAR_CORNERS,  // between the two elements beside c = o * (input - 1) / (output - 1); 0 where output is
                               // 1
} ck_resample_kind;

// Arrays are depth, height, width; a dimension that an image lacks has sizes 1.  Tensors lie as `layout` says.
// scale: the distance in x between neighbouring outputs; 0 means input / output.  Coordinates are computed in double
// precision and clamped to the last element; the weights 1 - w and w of two neighbours, w = c - floor(c), are rounded
// to the element type.
typedef struct ck_resample {
  ck_resample_kind kind;
  ck_channels layout;
  ptrdiff_t batch, channels;
  ptrdiff_t input[3], output[3];
  double scale[3];
} ck_resample;

// y <- x resampled.
// Requires:   x holds batch * channels * input, y batch * channels * output elements.  `threads` >= 1; `fault` may be
//             NULL.
// Guarantees: Along depth, then height, then width: (1 - w) a + w b, each product and the sum rounded.  The bits depend
//             on x and the shape alone, whatever the threads, and are the same on every machine.
// Error:      nearest exact; linear 5 u for each dimension with more than one element, relative to (1 - w) |a| + w |b|:
//             a rounding of each weight, which is that of an exact coordinate, and 3 u.  Where `scale` is given the
//             coordinate o is a double: w is then off by up to 2^-52 (o + 1).
// Returns:    CK_OK, CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_OVERLAP, CK_OUT_OF_MEMORY, or CK_BAD_ARGUMENT: threads, kind,
//             input, output, scale (negative or not finite).
ck_status ck_sresample(int threads, const ck_resample *resample, const float *x, float *y, ck_fault *fault);
ck_status ck_dresample(int threads, const ck_resample *resample, const double *x, double *y, ck_fault *fault);

// dx <- the gradient with respect to x from dy: the adjoint.  Each element is a sum over the outputs that see it: for
// each column of outputs over depths and heights in ascending order, then over the columns from left to right, from +0.
// Error:      (n + 10) u relative to the sum of magnitudes of n terms.
// Returns:    as ck_?resample.
ck_status ck_sresample_backward(int threads, const ck_resample *resample, const float *dy, float *dx, ck_fault *fault);
ck_status ck_dresample_backward(int threads, const ck_resample *resample, const double *dy, double *dx,
                                ck_fault *fault);

// How many elements x and y have; -1 where the shape is refused.
ptrdiff_t ck_resample_input_count(const ck_resample *resample);
ptrdiff_t ck_resample_output_count(const ck_resample *resample);

#ifdef __cplusplus
}
#endif

#endif
