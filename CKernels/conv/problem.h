// A convolution as the kernels see it: transposed and flipped ones are folded into strides and offsets.
#ifndef CK_CONV_PROBLEM_H
#define CK_CONV_PROBLEM_H

#include "include/ck_conv.h"

// One axis: output o and tap t meet element (o step + t dilation - pad) / up of the input, where up divides that and
// the element exists.  Taps are numbered in the order of the input.  One of step and up is 1; pad may be negative.
struct conv_axis {
  ptrdiff_t in, out, taps, step, dilation, pad, up;
};

// Where an element lies: strides in elements.
struct conv_strides {
  ptrdiff_t image, group, channel, axis[3];
};

// The weight of filter f, channel c and tap t of a group: w[origin + group g + filter f + channel c + sum axis[i]
// t[i]].
struct conv_weights {
  ptrdiff_t origin, group, filter, channel, axis[3];
};

struct conv_problem {
  ptrdiff_t batch, groups, channels, filters;  // channels and filters of one group
  struct conv_axis axis[3];
  struct conv_strides x, y;
  struct conv_weights w;
  int variant;  // of the algorithm that is asked: struct conv_algorithm
};

// `g` must be valid.
struct conv_problem conv_problem_of(const ck_conv *g, const ck_conv_figures *figures);

// Kernel elements, and positions of the output.
ptrdiff_t conv_taps(const struct conv_problem *p);
ptrdiff_t conv_positions(const struct conv_problem *p);

#endif
