// The properties of elementwise calls over float.
#define _GNU_SOURCE
#include "real/f32.h"

#include <math.h>

#define TYPE "f32"
#define combine ck_selementwise
#define map ck_smap
#define bias_gradient ck_sbias_gradient
#define prelu_gradient ck_sprelu_gradient
#define swish_gradient ck_sswish_gradient
#define cast ck_scast
#define fused_multiply_add fmaf

#include "elementwise.inc.h"

const struct test elementwise_f32_tests[] = {
#include "elementwise_tests.inc.h"
};
