// Optimisers over buffers of Double.
#include "real/f64.h"
#include "isa/kernels.h"
#include "gemm/check.h"
#include "optimizer/optimizer.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "optimizer/optimizer.inc.h"
#include "optimizer/clip.inc.h"

ck_status ck_dsgd(const ck_isa *isa, int threads, const ck_sgd *settings, ptrdiff_t n, const double *g, double *p,
                  double *v, ck_fault *fault) {
  return sgd_run(isa->f64, threads, settings, n, g, p, v, fault);
}

ck_status ck_dadam(const ck_isa *isa, int threads, const ck_adam *settings, ptrdiff_t n, const double *g, double *p,
                   double *m, double *v, double *h, ck_fault *fault) {
  return adam_run(isa->f64, threads, settings, n, g, p, m, v, h, fault);
}

ck_status ck_dadagrad(const ck_isa *isa, int threads, const ck_adagrad *settings, ptrdiff_t n, const double *g,
                      double *p, double *s, ck_fault *fault) {
  return adagrad_run(isa->f64, threads, settings, n, g, p, s, fault);
}

ck_status ck_drmsprop(const ck_isa *isa, int threads, const ck_rmsprop *settings, ptrdiff_t n, const double *g,
                      double *p, double *s, double *a, double *b, ck_fault *fault) {
  return rmsprop_run(isa->f64, threads, settings, n, g, p, s, a, b, fault);
}

ck_status ck_dadd_squares(const ck_isa *isa, int threads, ptrdiff_t n, const double *g, double *sum, ck_fault *fault) {
  return squares_run(isa->f64, threads, n, g, sum, fault);
}

ck_status ck_dclip(const ck_isa *isa, int threads, double factor, ptrdiff_t n, double *g, ck_fault *fault) {
  return clip_run(isa->f64, threads, factor, n, g, fault);
}
