// Random numbers of type Float.
#include "real/f32.h"
#include "isa/kernels.h"
#include "isa/words.h"
#include "gemm/check.h"
#include "random/random.h"
#include "threads/team.h"
#include "vector/functions.h"
#include "random/random.inc.h"

ck_status ck_suniform(const ck_isa *isa, int threads, const ck_random *random, float low, float high, ptrdiff_t n,
                      float *y, ck_fault *fault) {
  const struct random_job job = {.kernels = isa->f32, .random = random, .n = n, .y = y};
  return uniform_run(isa, job, threads, low, high, nextafterf(high, low), fault);
}

ck_status ck_snormal(const ck_isa *isa, int threads, const ck_random *random, float mean, float deviation, ptrdiff_t n,
                     float *y, ck_fault *fault) {
  const struct random_job job = {.kernels = isa->f32, .random = random, .n = n, .y = y};
  return normal_run(isa, job, threads, mean, deviation, fault);
}

ck_status ck_sbernoulli(const ck_isa *isa, int threads, const ck_random *random, double p, ptrdiff_t n, float *y,
                        ck_fault *fault) {
  const struct random_job job = {.kernels = isa->f32, .random = random, .n = n, .y = y};
  return bernoulli_run(isa, job, threads, p, fault);
}

ck_status ck_sdropout(const ck_isa *isa, int threads, const ck_random *random, double p, ptrdiff_t n, const float *x,
                      float *y, ck_fault *fault) {
  const struct random_job job = {.kernels = isa->f32, .random = random, .n = n, .x = x, .y = y};
  return dropout_run(isa, job, threads, p, fault);
}
