// Functions of one element, over buffers.
//
// Accuracy.  ULP means |result - exact| / ulp(exact), against the exact value of the formula for the given element and
// parameters; the bounds hold for every Float on every instruction set, for parameters with which the formula is the
// plain one (alpha = beta = 1).  Subnormal results are within one smallest subnormal or 1 ULP.  Over Double the bounds
// are 1 ULP for exp, exp2, log, tanh and sigmoid and 2 ULP for the rest (celu and hardSwish: 2.5), on samples.
// NaN gives a NaN of unspecified sign and payload.  exp, exp2, expm1, log*, tanh, sinh, erf, erfc, sigmoid, logSigmoid
// and softplus are monotone; tanh, sinh, sin and erf are odd, cosh and cos even, bit for bit.
// Same bits for any position, alignment, length, thread count and instruction set, `generic` included.
#ifndef CK_VECTOR_H
#define CK_VECTOR_H

#include "ck_isa.h"

#ifdef __cplusplus
extern "C" {
#endif

// p and q are the parameters of a call; `Y` and `X` say what the backward function is given.
// Methods: Cody & Waite (1980) reduction and minimax polynomials from CKernels/vmath/coefficients, sums and quotients
// carried as unevaluated pairs up to the last rounding (Dekker 1971).
typedef enum ck_function {
  CK_IDENTITY = 0,  // x                                                                                           X
  CK_RELU,          // max(x, 0)                                                              exact                X
  CK_LEAKY_RELU,    // x < 0 ? p x : x                                                        0.5 ULP              X
  CK_CLAMP,         // min(max(x, p), q), p <= q: ReLU6, hardTanh                             exact                X
  CK_HOMOGENEOUS,   // x < 0 ? q x : p x                                                      0.5 ULP              X
  CK_THRESHOLD,     // x <= p ? q : x                                                         exact                X
  CK_ELU,           // x > 0 ? x : p (e^x - 1)                                                1.5 ULP              X
  CK_SELU,          // L (x > 0 ? x : A (e^x - 1)), L = 1.0507..., A = 1.6732...              2.0 ULP              X
  CK_CELU,          // x > 0 ? x : p (e^(x/p) - 1), p > 0                                     2.5 ULP              X
  CK_GELU,          // x Phi(x); -0 at -infinity                                              2.0 ULP              X
  CK_GELU_TANH,     // x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2; -0 at -infinity       2.0 ULP              X
  CK_SILU,          // x / (1 + e^-x); -0 at -infinity                                        1.5 ULP              X
  CK_SWISH,         // x / (1 + e^(-p x)); NaN at infinities for p = 0                        1.5 ULP              X
  CK_MISH,          // x tanh(log(1 + e^x)); -0 at -infinity                                  1.5 ULP              X
  CK_SOFTPLUS,      // log(1 + e^(p x)) / p, p != 0; 2 ULP unless p is a power of two         1.0 ULP              X
  CK_SOFTSIGN,      // x / (1 + |x|); 1 at infinity                                           1.5 ULP              X
  CK_SIGMOID,       // 1 / (1 + e^-x)                                                         1.0 ULP              Y
  CK_LOG_SIGMOID,   // -log(1 + e^-x)                                                         1.0 ULP              X
  CK_TANH,          // (e^x - e^-x) / (e^x + e^-x)                                            1.0 ULP              Y
  CK_HARD_SIGMOID,  // min(max(p x + q, 0), 1); p = 1/6 (exactly) and q = 1/2 are usual       1.5 ULP              X
  CK_HARD_SWISH,    // x min(max(x/6 + 1/2, 0), 1); -0 at -infinity                           2.5 ULP              X
  CK_EXP,           // e^x                                                                    1.0 ULP              Y
  CK_EXP2,          // 2^x; exact for integers                                                1.0 ULP
  CK_EXPM1,         // e^x - 1                                                                1.0 ULP
  CK_LOG,           // natural logarithm; NaN below 0, -infinity at 0 and -0                  1.0 ULP
  CK_LOG2,          // logarithm to base 2, the same                                          1.0 ULP
  CK_LOG1P,         // log(1 + x); -infinity at -1, NaN below                                 1.0 ULP
  CK_SIN,           // sine of x radians, the whole range; NaN at infinities                  1.0 ULP
  CK_COS,           // cosine, likewise                                                       1.0 ULP
  CK_SINH,          // (e^x - e^-x) / 2                                                       1.0 ULP
  CK_COSH,          // (e^x + e^-x) / 2                                                       1.0 ULP
  CK_ERF,           // 2 / sqrt(pi) times the integral of e^(-t^2) over 0 ... x               1.0 ULP
  CK_ERFC,          // 1 - erf(x)                                                             1.5 ULP
  CK_RSQRT,         // 1 / sqrt(x); -infinity at -0, NaN below 0                              1.0 ULP
  CK_FUNCTION_COUNT
} ck_function;

// What ck_?map_backward wants as `v`.
typedef enum ck_operand { CK_NO_OPERAND = 0, CK_OPERAND_X, CK_OPERAND_Y } ck_operand;

// "exp", "gelu_tanh" and so on; NULL outside the enumeration.
const char *ck_function_name(ck_function f);

// What the derivative of f is computed from; CK_NO_OPERAND: there is no backward function.
ck_operand ck_function_backward_operand(ck_function f);

// y[i] <- f(x[i]), i < n.
// Requires:   `threads` >= 1, the most threads to use.  y is x, or shares no byte with it.  `fault` may be NULL.
// Returns:    CK_OK, CK_NEGATIVE_SIZE, CK_OVERLAP, or CK_BAD_ARGUMENT: threads, f, or what p does not suit: "clamp",
//             "celu", "softplus".
ck_status ck_smap(const ck_isa *isa, int threads, ck_function f, float p, float q, ptrdiff_t n, const float *x,
                  float *y, ck_fault *fault);
ck_status ck_dmap(const ck_isa *isa, int threads, ck_function f, double p, double q, ptrdiff_t n, const double *x,
                  double *y, ck_fault *fault);

// The same for the few elements of a vector in registers: no checks, no threads.
// Requires:   f is one of the enumeration, with parameters in its domain; n >= 0; y is x, or shares no byte with it.
void ck_smap_lanes(const ck_isa *isa, ck_function f, float p, float q, ptrdiff_t n, const float *x, float *y);
void ck_dmap_lanes(const ck_isa *isa, ck_function f, double p, double q, ptrdiff_t n, const double *x, double *y);

// dx[i] <- dy[i] f'(x[i]), from v[i] = x[i] or f(x[i]) as ck_function_backward_operand says.
// At a kink the derivative is that of the side towards -infinity; CK_HARD_SIGMOID has its kinks where p x + q is 0 or 1
// before rounding, unless p x underflows.  NaN gives NaN, but functions made of straight pieces (CK_IDENTITY to
// CK_THRESHOLD, CK_HARD_SIGMOID) take a NaN for a number above all their kinks.
// Error:      4 ULP of the formula's value for the given v, or of the sum of its terms' magnitudes where they cancel,
//             as long as dy f', f' and e^-|z| are normal numbers.  e^z is the exponential that f is made of: z = x;
//             p x (CK_SWISH, CK_SOFTPLUS); x / p (CK_CELU); twice the argument of tanh (CK_GELU_TANH).
//             Where one of them is subnormal, it has lost bits before it is multiplied: 2 + |dy| (1 + |x z'|) smallest
//             subnormals come on top, z' the derivative of z.
// Requires:   dx is v, or dy, or shares no byte with either.
// Returns:    as ck_smap, and CK_BAD_ARGUMENT where f has no backward function.
ck_status ck_smap_backward(const ck_isa *isa, int threads, ck_function f, float p, float q, ptrdiff_t n, const float *v,
                           const float *dy, float *dx, ck_fault *fault);
ck_status ck_dmap_backward(const ck_isa *isa, int threads, ck_function f, double p, double q, ptrdiff_t n,
                           const double *v, const double *dy, double *dx, ck_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
