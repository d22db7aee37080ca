// The properties of padding and of convolutions as matrices over float.
#define _GNU_SOURCE
#include "real/f32.h"

#define TYPE "f32"
#define pad ck_spad
#define pad_backward ck_spad_backward
#define im2col ck_sim2col
#define col2im ck_scol2im
#define toeplitz ck_stoeplitz

#include "pad.inc.h"

const struct test pad_f32_tests[] = {
#include "pad_tests.inc.h"
};
