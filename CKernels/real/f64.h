// The element type of a translation unit that works on Double.
#ifndef CK_REAL_F64_H
#define CK_REAL_F64_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "include/ckernels.h"

typedef double real;
typedef float other;      // what casts convert from
typedef int64_t integer;  // as wide
typedef uint64_t natural;
typedef ck_depilogue epilogue;

// Lanes of a sum along a row, on every instruction set: 128 bytes, enough chains to hide the latency of an addition.
enum { LANES = 16 };

#endif
