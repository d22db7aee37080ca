// What the kernels of pooling are given.  Include real/f32.h or real/f64.h first.
#ifndef CK_POOL_KERNELS_H
#define CK_POOL_KERNELS_H

#include "pool/axis.h"

// What a pooling does with the elements of a window; POOL_MAX is wrong where one of them is NaN.
enum pool_op { POOL_MAX, POOL_MAX_OR_NAN, POOL_SUM, POOL_POWERS };

struct kernels;

// Rows of the output that are done together where each needs one padded row.
enum { POOL_GROUP = 4 };

// One pooling; see pool/rows.inc.h.
struct pool_job {
  const struct kernels *kernels;
  const struct pool_shape *shape;
  enum pool_op op;
  int exponent;  // of POOL_POWERS
  const real *x;
  const real *divisors;  // of each output along the width; NULL: nothing is divided
  bool rows_divide;      // and by how many rows count
  real *y;
  int32_t *indices;       // NULL: not wanted
  ptrdiff_t tile, pitch;  // outputs along the width that are done at once, elements of the padded row under them
  // Padded rows of a thread: those of a window where indices are wanted; 0 where x serves, and one tile is all outputs.
  ptrdiff_t rows;
  real *scratch;  // rows * pitch elements for each thread
};

// The way back of sums; see pool/spread.inc.h.
struct pool_spread {
  const struct kernels *kernels;
  const struct pool_shape *shape;
  enum pool_op op;       // POOL_SUM or POOL_POWERS
  int exponent;          // of POOL_POWERS
  const real *x, *y;     // of POOL_POWERS
  const real *divisors;  // of each output along the width; NULL: nothing is divided
  bool rows_divide;
  const real *dy;
  real *dx;
  ptrdiff_t gathered, pitch;  // elements of a row of dy, and of a padded row of dx, each with a vector to spare
  real *scratch;              // gathered + pitch elements for each thread
};

#endif
