// Where the outputs of a resampling lie between its inputs, dimension by dimension.
#ifndef CK_RESAMPLE_AXIS_H
#define CK_RESAMPLE_AXIS_H

#include "include/ckernels.h"

// Output o is `rest` of input `low` and `weight` of input `high`; they add up to 1, and each is rounded by itself.
struct resample_point {
  ptrdiff_t low, high;
  double weight, rest;
};

// One dimension: a point for each output; the outputs that see input i are among first[i] ..< last[i].
struct resample_axis {
  ptrdiff_t inputs, outputs;
  struct resample_point *points;
  ptrdiff_t *first, *last;
};

struct resample_shape {
  struct resample_axis axes[3];
  ptrdiff_t planes, inner;    // images that share no element, and elements of one pixel
  ptrdiff_t inputs, outputs;  // elements of all; 0 where there is nothing to do
  void *storage;
};

// *shape <- what `r` says; free it with ck_resample_free.
ck_status ck_resample_make(const ck_resample *r, ptrdiff_t element_bytes, struct resample_shape *shape,
                           ck_fault *fault);
void ck_resample_free(struct resample_shape *shape);

#endif
