// swift-kernels: the C API.  Every contract is written once, in the header of its topic.
//
// Conventions.  Sizes and strides are counted in elements unless a name says `bytes`.  Every function is
// re-entrant, returns a status instead of printing or stopping, reads no environment variable, and neither reads
// nor writes a byte outside the operands it was given.  A call that returns anything but CK_OK changed nothing.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ck_conv.h"
#include "ck_elementwise.h"
#include "ck_gemm.h"
#include "ck_isa.h"
#include "ck_pad.h"
#include "ck_pool.h"
#include "ck_optimizer.h"
#include "ck_random.h"
#include "ck_resample.h"
#include "ck_rows.h"
#include "ck_status.h"
#include "ck_threads.h"
#include "ck_vector.h"

#endif
