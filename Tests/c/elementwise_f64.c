// The properties of elementwise calls over double.
#define _GNU_SOURCE
#include "real/f64.h"

#include <math.h>

#define TYPE "f64"
#define combine ck_delementwise
#define map ck_dmap
#define bias_gradient ck_dbias_gradient
#define prelu_gradient ck_dprelu_gradient
#define swish_gradient ck_dswish_gradient
#define cast ck_dcast
#define fused_multiply_add fma

#include "elementwise.inc.h"

const struct test elementwise_f64_tests[] = {
#include "elementwise_tests.inc.h"
};
