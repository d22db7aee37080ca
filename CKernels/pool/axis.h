// The windows of a pooling, dimension by dimension.
#ifndef CK_POOL_AXIS_H
#define CK_POOL_AXIS_H

#include "include/ckernels.h"

// The taps of one output that lie inside the input: first, first + step ...; `counted` of them make a mean's divisor.
struct pool_window {
  ptrdiff_t first, count, counted;
};

// One dimension.  Regular: output o sees `taps` inputs and paddings, `step` apart, from o * stride - padding on.
// Otherwise `taps` is the size of the largest window.
struct pool_axis {
  ptrdiff_t inputs, outputs, taps, stride, step, padding;
  bool regular;
  struct pool_window *windows;  // one for each output
};

enum { POOL_DEPTH, POOL_HEIGHT, POOL_WIDTH, POOL_AXES };

// A pooling whose arguments have been found good: its dimensions, those that one window covers merged into the last.
struct pool_shape {
  struct pool_axis axes[POOL_AXES];
  ptrdiff_t planes, inner;  // images that share no element, and elements of one pixel
  ptrdiff_t inputs, outputs;
  struct pool_window *storage;  // NULL where there is nothing to do
};

// Outputs *from ..< *to are those whose windows may hold input i; pool_axis_holds says whether one does.
static inline void pool_axis_outputs(const struct pool_axis *axis, ptrdiff_t i, ptrdiff_t *from, ptrdiff_t *to) {
  *from = 0;
  *to = axis->outputs;
  if (!axis->regular) return;
  const ptrdiff_t last = i + axis->padding, first = last - (axis->taps - 1) * axis->step;
  if (first > 0) *from = (first - 1) / axis->stride + 1;
  if (last / axis->stride + 1 < *to) *to = last / axis->stride + 1;
}

static inline bool pool_axis_holds(const struct pool_axis *axis, ptrdiff_t output, ptrdiff_t i) {
  const struct pool_window *w = &axis->windows[output];
  const ptrdiff_t apart = i - w->first;
  return apart >= 0 && apart % axis->step == 0 && apart / axis->step < w->count;
}

// *shape <- what `pool` says; free it with ck_pool_free.
ck_status ck_pool_make(const ck_pool *pool, ptrdiff_t element_bytes, struct pool_shape *shape, ck_fault *fault);
void ck_pool_free(struct pool_shape *shape);

#endif
