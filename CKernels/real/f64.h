// The element type of a translation unit that works on Double.
#ifndef CK_REAL_F64_H
#define CK_REAL_F64_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "include/ckernels.h"

typedef double real;
typedef ck_depilogue epilogue;

#endif
