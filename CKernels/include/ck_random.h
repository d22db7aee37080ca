// Random numbers from counters: element i is a function of seed, stream and i alone.
//
// Philox4x32-10 [Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011]: block b of a
// stream is the four 32-bit words that ten rounds make of the counter {b mod 2^32, b / 2^32, stream mod 2^32, stream /
// 2^32} under the key {seed mod 2^32, seed / 2^32}.  Word w of the stream is word w mod 4 of block w / 4.
//
// Element i of type Float takes word i, W = 32 bits; of type Double the words 2 i (low half) and 2 i + 1, W = 64 bits.
// Of such an integer w
//   u = floor(w / 2^(W - P)) 2^-P, P = 24 or 53, is in [0, 1): every multiple of 2^-P, each as likely;
//   v = (w + 1/2) 2^-W rounded once, is in (0, 1].
//
// Same values for any thread count, instruction set (`generic` included), position in memory, and however a sequence is
// cut into calls: a call that starts at offset o writes what a longer one from 0 writes from element o on.
#ifndef CK_RANDOM_H
#define CK_RANDOM_H

#include "ck_isa.h"

#ifdef __cplusplus
extern "C" {
#endif

// A place in a sequence.  Different seeds or streams are independent sequences; `offset` is the index of the first
// element of the call.
typedef struct ck_random {
  uint64_t seed, stream, offset;
} ck_random;

// words[4 i ..< 4 i + 4] <- block offset + i, i < n.
// Requires:   `threads` >= 1, the most threads to use.  `fault` may be NULL.
// Returns:    CK_OK, CK_NEGATIVE_SIZE, CK_OVERFLOW (offset + n > 2^64, or 16 n bytes) or CK_BAD_ARGUMENT: threads.
ck_status ck_philox(const ck_isa *isa, int threads, const ck_random *random, ptrdiff_t n, uint32_t *words,
                    ck_fault *fault);

// y[i] <- low + (high - low) u, one rounding of the product and sum, and at most the last number below high.
// Requires:   as ck_philox, and low < high with a finite difference.
// Returns:    as ck_philox, and CK_BAD_ARGUMENT: range.
ck_status ck_suniform(const ck_isa *isa, int threads, const ck_random *random, float low, float high, ptrdiff_t n,
                      float *y, ck_fault *fault);
ck_status ck_duniform(const ck_isa *isa, int threads, const ck_random *random, double low, double high, ptrdiff_t n,
                      double *y, ck_fault *fault);

// y[i] <- mean + deviation z, z normally distributed [Box & Muller 1958].  Elements are paired 32 apart: for j mod 64 <
// 32, with v of element j and u of element j + 32,
//   z(j) = sqrt(-2 ln v) cos(2 pi u),   z(j + 32) = sqrt(-2 ln v) sin(2 pi u),
// so |z| < 6.8 (Float) or 9.5 (Double).
// Error:      4 ULP of z for the given v and u; then one rounding.
// Requires:   as ck_philox; mean finite, deviation finite and not negative.
// Returns:    as ck_philox, and CK_BAD_ARGUMENT: mean, deviation.
ck_status ck_snormal(const ck_isa *isa, int threads, const ck_random *random, float mean, float deviation, ptrdiff_t n,
                     float *y, ck_fault *fault);
ck_status ck_dnormal(const ck_isa *isa, int threads, const ck_random *random, double mean, double deviation,
                     ptrdiff_t n, double *y, ck_fault *fault);

// y[i] <- u < p' ? 1 : 0, p' = p rounded to the type: 1 with a probability that differs from p by less than 2^-P.
// Requires:   as ck_philox, and 0 <= p <= 1.
// Returns:    as ck_philox, and CK_BAD_ARGUMENT: probability.
ck_status ck_sbernoulli(const ck_isa *isa, int threads, const ck_random *random, double p, ptrdiff_t n, float *y,
                        ck_fault *fault);
ck_status ck_dbernoulli(const ck_isa *isa, int threads, const ck_random *random, double p, ptrdiff_t n, double *y,
                        ck_fault *fault);

// Inverted dropout: y[i] <- x[i] m, m = u < p' ? 0 : 1 / (1 - p) rounded to the type, so a dropped NaN or infinity is
// NaN.  The derivative is the same function of dy, from the same `random`; no mask is stored, and 1 - ck_?bernoulli is
// the one used.  p = 0 copies, bit for bit, signalling NaNs too.  p' = 1, which the last numbers below 1 are rounded to
// (Float: 1 - 2^-25 <= p), drops every element.
// Requires:   as ck_philox; 0 <= p < 1; y is x, or shares no byte with it.
// Returns:    as ck_philox, CK_OVERLAP, and CK_BAD_ARGUMENT: p.
ck_status ck_sdropout(const ck_isa *isa, int threads, const ck_random *random, double p, ptrdiff_t n, const float *x,
                      float *y, ck_fault *fault);
ck_status ck_ddropout(const ck_isa *isa, int threads, const ck_random *random, double p, ptrdiff_t n, const double *x,
                      double *y, ck_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
