// The properties of padding and of convolutions as matrices over double.
#define _GNU_SOURCE
#include "real/f64.h"

#define TYPE "f64"
#define pad ck_dpad
#define pad_backward ck_dpad_backward
#define im2col ck_dim2col
#define col2im ck_dcol2im
#define toeplitz ck_dtoeplitz

#include "pad.inc.h"

const struct test pad_f64_tests[] = {
#include "pad_tests.inc.h"
};
