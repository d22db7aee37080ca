// The element type of a translation unit that works on Float.
#ifndef CK_REAL_F32_H
#define CK_REAL_F32_H

#include <float.h>
#include <math.h>
#include <string.h>

#include "include/ckernels.h"

typedef float real;
typedef ck_sepilogue epilogue;

#endif
