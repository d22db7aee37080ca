// The element type of a translation unit that works on Float.
#ifndef CK_REAL_F32_H
#define CK_REAL_F32_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "include/ckernels.h"

typedef float real;
typedef double other;     // what casts convert from
typedef int32_t integer;  // as wide
typedef uint32_t natural;
typedef ck_sepilogue epilogue;

// Lanes of a sum along a row, on every instruction set: 128 bytes, enough chains to hide the latency of an addition.
enum { LANES = 32 };

#endif
