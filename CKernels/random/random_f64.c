// Random numbers of type Double.
#include "real/f64.h"
#include "isa/kernels.h"
#include "isa/words.h"
#include "gemm/check.h"
#include "random/random.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "random/random.inc.h"

ck_status ck_duniform(const ck_isa *isa, int threads, const ck_random *random, double low, double high, ptrdiff_t n,
                      double *y, ck_fault *fault) {
  const struct random_job job = {.kernels = isa->f64, .random = random, .n = n, .y = y};
  return uniform_run(isa, job, threads, low, high, nextafter(high, low), fault);
}

ck_status ck_dnormal(const ck_isa *isa, int threads, const ck_random *random, double mean, double deviation,
                     ptrdiff_t n, double *y, ck_fault *fault) {
  const struct random_job job = {.kernels = isa->f64, .random = random, .n = n, .y = y};
  return normal_run(isa, job, threads, mean, deviation, fault);
}

ck_status ck_dbernoulli(const ck_isa *isa, int threads, const ck_random *random, double p, ptrdiff_t n, double *y,
                        ck_fault *fault) {
  const struct random_job job = {.kernels = isa->f64, .random = random, .n = n, .y = y};
  return bernoulli_run(isa, job, threads, p, fault);
}

ck_status ck_ddropout(const ck_isa *isa, int threads, const ck_random *random, double p, ptrdiff_t n, const double *x,
                      double *y, ck_fault *fault) {
  const struct random_job job = {.kernels = isa->f64, .random = random, .n = n, .x = x, .y = y};
  return dropout_run(isa, job, threads, p, fault);
}
