// Optimisers over buffers of Float.
#include "real/f32.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "optimizer/optimizer.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "optimizer/optimizer.inc.h"
#include "optimizer/clip.inc.h"

ck_status ck_ssgd(const ck_isa *isa, int threads, const ck_sgd *settings, ptrdiff_t n, const float *g, float *p,
                  float *v, ck_fault *fault) {
  return sgd_run(isa->f32, threads, settings, n, g, p, v, fault);
}

ck_status ck_sadam(const ck_isa *isa, int threads, const ck_adam *settings, ptrdiff_t n, const float *g, float *p,
                   float *m, float *v, float *h, ck_fault *fault) {
  return adam_run(isa->f32, threads, settings, n, g, p, m, v, h, fault);
}

ck_status ck_sadagrad(const ck_isa *isa, int threads, const ck_adagrad *settings, ptrdiff_t n, const float *g, float *p,
                      float *s, ck_fault *fault) {
  return adagrad_run(isa->f32, threads, settings, n, g, p, s, fault);
}

ck_status ck_srmsprop(const ck_isa *isa, int threads, const ck_rmsprop *settings, ptrdiff_t n, const float *g, float *p,
                      float *s, float *a, float *b, ck_fault *fault) {
  return rmsprop_run(isa->f32, threads, settings, n, g, p, s, a, b, fault);
}

ck_status ck_sadd_squares(const ck_isa *isa, int threads, ptrdiff_t n, const float *g, double *sum, ck_fault *fault) {
  return squares_run(isa->f32, threads, n, g, sum, fault);
}

ck_status ck_sclip(const ck_isa *isa, int threads, double factor, ptrdiff_t n, float *g, ck_fault *fault) {
  return clip_run(isa->f32, threads, factor, n, g, fault);
}
