// Operations on elements that lie at the same place of two or three operands, with broadcasting; the gradients of a
// bias, of the slopes of PReLU and of the parameter of swish; conversion between float and double.
#ifndef CK_ELEMENTWISE_H
#define CK_ELEMENTWISE_H

#include "ck_conv.h"

#ifdef __cplusplus
extern "C" {
#endif

// Each operation rounds once, to nearest even.  A NaN that comes out has unspecified sign and payload.
typedef enum ck_op {
  CK_OP_ADD = 0,        // a + b
  CK_OP_SUBTRACT,       // a - b
  CK_OP_MULTIPLY,       // a b
  CK_OP_DIVIDE,         // a / b
  CK_OP_MINIMUM,        // the lesser; NaN where either is NaN; -0 is less than +0   [IEEE 754-2019, 9.6: minimum]
  CK_OP_MAXIMUM,        // the greater; NaN where either is NaN; +0 is greater than -0               [the same: maximum]
  CK_OP_LESS,           // a < b: 1 where it holds, 0 elsewhere, so 0 where either is NaN; so do the next four
  CK_OP_LESS_EQUAL,     // a <= b
  CK_OP_GREATER,        // a > b
  CK_OP_GREATER_EQUAL,  // a >= b
  CK_OP_EQUAL,          // a == b
  CK_OP_NOT_EQUAL,      // a != b: 1 where either is NaN
  CK_OP_PRELU,          // a < 0 ? a b : a, b the slope                                   [He, Zhang, Ren, Sun 2015]
  CK_OP_MULTIPLY_ADD,   // a b + c
  CK_OP_SELECT,         // a != 0 ? b : c, so b where a is NaN
  CK_OP_PRELU_BACKWARD,  // a <= 0 ? b c : b: dx from x, dy and the slope
  CK_OP_COUNT
} ck_op;

// "add", "multiply_add" and so on; NULL outside the enumeration.
const char *ck_op_name(ck_op op);

// How many operands it has: 2 or 3; 0 outside the enumeration.
int ck_op_operands(ck_op op);

enum { CK_MAX_RANK = 8 };

// A row-major array of `rank` dimensions (0: a single element), the last one contiguous, and how the operands fill it.
// Every operand is dense too, but has one element along the dimensions it repeats: bit d of repeats[0] (a), repeats[1]
// (b), repeats[2] (c) says so of dimension d.  With sizes N, C, H W a bias per channel of NCHW repeats dimensions 0 and
// 2; with N H W, C that of NHWC repeats dimension 0; a scalar repeats all: scale is CK_OP_MULTIPLY and axpy
// CK_OP_MULTIPLY_ADD with a scalar for a.
typedef struct ck_broadcast {
  ptrdiff_t rank;
  ptrdiff_t size[CK_MAX_RANK];
  uint32_t repeats[3];
} ck_broadcast;

// How many elements the array (operand -1) or an operand (0, 1, 2) has; -1 where that overflows, a size is negative or
// the rank is outside 0 ... CK_MAX_RANK.
ptrdiff_t ck_broadcast_count(const ck_broadcast *shape, int operand);

// y <- f(a op b) or f(op(a, b, c)), element by element; f is any function of ck_vector.h with its parameters p and q:
// CK_OP_ADD with a residual or a bias and an activation, CK_OP_MULTIPLY_ADD with a scale and a shift per channel.
// Requires:   `threads` >= 1, the most threads to use.  c may be NULL where op has two operands.  `fault` may be NULL.
//             y is dense.  y is an operand that repeats nothing, or shares no byte with it.
// Guarantees: f(x) has the bits that ck_?map gives for x.  Same bits for any position, shape, broadcasting, alignment,
//             thread count and instruction set, `generic` included; in place or not.
// Error:      0.5 ULP, then that of f.
// Returns:    CK_OK, or why nothing was done: CK_BAD_ARGUMENT (threads, op, f, its p, rank), CK_NEGATIVE_SIZE,
//             CK_OVERFLOW, CK_OVERLAP.
ck_status ck_selementwise(const ck_isa *isa, int threads, ck_op op, const ck_broadcast *shape, const float *a,
                          const float *b, const float *c, ck_function f, float p, float q, float *y, ck_fault *fault);
ck_status ck_delementwise(const ck_isa *isa, int threads, ck_op op, const ck_broadcast *shape, const double *a,
                          const double *b, const double *c, ck_function f, double p, double q, double *y,
                          ck_fault *fault);

// The gradient of a bias per channel: db[c] <- the sum of dy over the batch and all pixels of channel c.
// dy is batch x channels x pixels (CK_CHANNELS_FIRST, NCHW) or batch x pixels x channels (CK_CHANNELS_LAST, NHWC).
// Requires:   `threads` >= 1.  db shares no byte with dy.  `fault` may be NULL.
// Guarantees: Same bits for any thread count, alignment, number of channels and instruction set, `generic` included.
//             Let L be 32 (f32) or 16 (f64).  The elements of a channel are cut into chunks: of 128 L pixels of one
//             image where it has as many, else of 128 L / max(pixels, L) whole images; NHWC, and NCHW with one pixel,
//             count as one image of batch * pixels.  Within a chunk pixel p belongs to lane p mod L, each lane is a sum
//             from +0 in ascending order, and the upper half of the lanes is added to the lower until one is left.
//             Chunks are added in pairs, then pairs of pairs, and so on: of two neighbours the left one is complete.
// Error:      |db - exact| <= min(n, 261 + log2 n) u sum |dy|, n = batch * pixels, u = 2^-24 (f32), 2^-53 (f64), first
//             order in u.  Exact while all partial sums are integers below 1/u.
// Stack:      some 150 KiB (sums of 512 channels at a time), so that no memory need be had.
// Returns:    CK_OK, CK_BAD_ARGUMENT (threads), CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_OVERLAP.  batch or pixels of 0
//             writes zeros.
ck_status ck_sbias_gradient(const ck_isa *isa, int threads, ptrdiff_t batch, ptrdiff_t channels, ptrdiff_t pixels,
                            ck_channels layout, const float *dy, float *db, ck_fault *fault);
ck_status ck_dbias_gradient(const ck_isa *isa, int threads, ptrdiff_t batch, ptrdiff_t channels, ptrdiff_t pixels,
                            ck_channels layout, const double *dy, double *db, ck_fault *fault);

// The gradient of the slopes of PReLU, one per channel: da[c] <- the sum of (x <= 0 ? x dy : 0) over the batch and all
// pixels of channel c.  x and dy lie as dy does in ck_?bias_gradient; channels == pixels == 1: one slope for all.
// Requires:   `threads` >= 1.  da shares no byte with x or dy.  `fault` may be NULL.
// Guarantees: each product is rounded, and then they are added in the order of ck_?bias_gradient; the same bits in the
//             same cases.  NaN in x counts as x <= 0.
// Error:      |da - exact| <= min(n + 1, 262 + log2 n) u sum |x dy| over x <= 0, n = batch * pixels.
// Returns:    as ck_?bias_gradient; CK_OVERLAP may name x.
ck_status ck_sprelu_gradient(const ck_isa *isa, int threads, ptrdiff_t batch, ptrdiff_t channels, ptrdiff_t pixels,
                             ck_channels layout, const float *x, const float *dy, float *da, ck_fault *fault);
ck_status ck_dprelu_gradient(const ck_isa *isa, int threads, ptrdiff_t batch, ptrdiff_t channels, ptrdiff_t pixels,
                             ck_channels layout, const double *x, const double *dy, double *da, ck_fault *fault);

// The gradient of the parameter of swish, y = x s, s = sigmoid(beta x): *db <- the sum of dy x^2 s (1 - s), with
// sigmoid(-beta x) for 1 - s.
// Requires:   `threads` >= 1.  *db lies in neither x nor dy.  `fault` may be NULL.
// Guarantees: the order of ck_?bias_gradient for one channel of n pixels; the same bits in the same cases.  An infinite
//             x counts as the largest finite number unless beta is 0.
// Error:      |*db - exact| <= min(n + 8, 269 + log2 n) u sum |term|, barring overflow and underflow.
// Returns:    CK_OK, CK_BAD_ARGUMENT (threads), CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_OVERLAP.  n == 0 writes 0.
ck_status ck_sswish_gradient(const ck_isa *isa, int threads, ptrdiff_t n, float beta, const float *x, const float *dy,
                             float *db, ck_fault *fault);
ck_status ck_dswish_gradient(const ck_isa *isa, int threads, ptrdiff_t n, double beta, const double *x,
                             const double *dy, double *db, ck_fault *fault);

// y[i] <- x[i] in the other type, i < n: exact into double; rounded to nearest even into float, to an infinity beyond
// FLT_MAX and half an ulp of it.  NaN stays NaN.
// Requires:   `threads` >= 1.  y shares no byte with x.  `fault` may be NULL.
// Returns:    CK_OK, CK_BAD_ARGUMENT (threads), CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_OVERLAP.
ck_status ck_scast(const ck_isa *isa, int threads, ptrdiff_t n, const double *x, float *y, ck_fault *fault);
ck_status ck_dcast(const ck_isa *isa, int threads, ptrdiff_t n, const float *x, double *y, ck_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
