// Steps of optimisers over buffers of parameters, in the forms that PyTorch 2 defines; each element is read and written
// once.  The caller owns the state.
//
// Notation: g the gradient, p the parameter, l the learning rate, w the weight decay, t the number of the step, from 1.
// Buffers have n elements.  Every product that is added is fused with the sum; coefficients are computed in double and
// rounded once.
// Requires:   `threads` >= 1, the most threads to use.  p and the states share no byte with each other or with g.
//             `fault` may be NULL.
// Guarantees: the bits of element i depend on its values and the settings alone, on every instruction set.
// Returns:    CK_OK, CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_OVERLAP, or CK_BAD_ARGUMENT: threads, a setting outside its
//             domain, or a state that is NULL though the settings need it.
#ifndef CK_OPTIMIZER_H
#define CK_OPTIMIZER_H

#include "ck_isa.h"

#ifdef __cplusplus
extern "C" {
#endif

// g <- g + w p
// v <- momentum v + (1 - dampening) g; at t = 1 it is not read, and v <- g
// p <- p - l v;  p - l (g + momentum v) with nesterov;  p - l g where momentum is 0
// Requires:   l, momentum, w >= 0; nesterov only with momentum > 0 and dampening 0.  v may be NULL where momentum is 0.
typedef struct ck_sgd {
  double learning_rate, momentum, dampening, weight_decay;
  bool nesterov;
  int64_t step;
} ck_sgd;

ck_status ck_ssgd(const ck_isa *isa, int threads, const ck_sgd *settings, ptrdiff_t n, const float *g, float *p,
                  float *v, ck_fault *fault);
ck_status ck_dsgd(const ck_isa *isa, int threads, const ck_sgd *settings, ptrdiff_t n, const double *g, double *p,
                  double *v, ck_fault *fault);

// Adam [Kingma & Ba 2015], and AdamW [Loshchilov & Hutter 2019] where `decoupled`:
// g <- g + w p;  or p <- (1 - l w) p if decoupled
// m <- m + (1 - beta1) (g - m)
// v <- beta2 v + (1 - beta2) g^2
// h <- max(h, v), and h stands for v below, if amsgrad [Reddi, Kale & Kumar 2018]
// p <- p - l / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
// Requires:   l, w, epsilon >= 0; 0 <= beta1, beta2 < 1.  h may be NULL without amsgrad.  Before step 1 the states are
//             0.
typedef struct ck_adam {
  double learning_rate, beta1, beta2, epsilon, weight_decay;
  bool decoupled, amsgrad;
  int64_t step;
} ck_adam;

ck_status ck_sadam(const ck_isa *isa, int threads, const ck_adam *settings, ptrdiff_t n, const float *g, float *p,
                   float *m, float *v, float *h, ck_fault *fault);
ck_status ck_dadam(const ck_isa *isa, int threads, const ck_adam *settings, ptrdiff_t n, const double *g, double *p,
                   double *m, double *v, double *h, ck_fault *fault);

// Adagrad [Duchi, Hazan & Singer 2011]:
// g <- g + w p
// s <- s + g^2
// p <- p - l / (1 + (t - 1) learning_rate_decay) g / (sqrt(s) + epsilon)
// Requires:   l, w, epsilon, learning_rate_decay >= 0.  Before step 1 s is the initial accumulator, usually 0.
typedef struct ck_adagrad {
  double learning_rate, learning_rate_decay, epsilon, weight_decay;
  int64_t step;
} ck_adagrad;

ck_status ck_sadagrad(const ck_isa *isa, int threads, const ck_adagrad *settings, ptrdiff_t n, const float *g, float *p,
                      float *s, ck_fault *fault);
ck_status ck_dadagrad(const ck_isa *isa, int threads, const ck_adagrad *settings, ptrdiff_t n, const double *g,
                      double *p, double *s, ck_fault *fault);

// RMSProp [Tieleman & Hinton 2012; Graves 2013 where centered]:
// g <- g + w p
// s <- alpha s + (1 - alpha) g^2
// a <- a + (1 - alpha) (g - a) and d = sqrt(max(s - a^2, 0)) + epsilon if centered, else d = sqrt(s) + epsilon
// b <- momentum b + g / d and p <- p - l b if momentum > 0, else p <- p - l g / d
// Requires:   l, w, epsilon, momentum >= 0; 0 <= alpha <= 1.  a may be NULL unless centered, b where momentum is 0.
//             Before step 1 the states are 0.
typedef struct ck_rmsprop {
  double learning_rate, alpha, epsilon, weight_decay, momentum;
  bool centered;
} ck_rmsprop;

ck_status ck_srmsprop(const ck_isa *isa, int threads, const ck_rmsprop *settings, ptrdiff_t n, const float *g, float *p,
                      float *s, float *a, float *b, ck_fault *fault);
ck_status ck_drmsprop(const ck_isa *isa, int threads, const ck_rmsprop *settings, ptrdiff_t n, const double *g,
                      double *p, double *s, double *a, double *b, ck_fault *fault);

// Clipping by norm, over any number of buffers: add up their squares, take the factor, multiply.
//   double sum = 0;
//   for (each buffer) ck_sadd_squares(isa, threads, n, g, &sum, NULL);
//   const double factor = ck_clip_factor(sum, max_norm);
//   for (each buffer) ck_sclip(isa, threads, factor, n, g, NULL);
// Clipping by value is ck_smap of CK_CLAMP in place.

// *sum <- *sum + sum of g[i]^2.  Chunks of 4096 elements are summed as ck_?gemm sums a single column, their sums in
// double in an order that depends on n alone; the same bits on every fused instruction set.
// Error:      (4096 / L + log2 L + 2) u relative, L = 32 (f32) or 16 (f64), barring overflow and underflow of squares,
//             which those of f32 are safe from.
ck_status ck_sadd_squares(const ck_isa *isa, int threads, ptrdiff_t n, const float *g, double *sum, ck_fault *fault);
ck_status ck_dadd_squares(const ck_isa *isa, int threads, ptrdiff_t n, const double *g, double *sum, ck_fault *fault);

// min(1, max_norm / (sqrt(sum) + 1e-6)); NaN where sum is.
double ck_clip_factor(double sum, double max_norm);

// g[i] <- factor g[i]
ck_status ck_sclip(const ck_isa *isa, int threads, double factor, ptrdiff_t n, float *g, ck_fault *fault);
ck_status ck_dclip(const ck_isa *isa, int threads, double factor, ptrdiff_t n, double *g, ck_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
