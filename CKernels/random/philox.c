// Blocks of random words: checks, and the split over threads.
#include "gemm/check.h"
#include "isa/words.h"
#include "random/random.h"
#include "threads/team.h"
#include "vector/functions.h"

ck_status ck_check_random(int threads, const ck_random *random, ptrdiff_t n, ptrdiff_t element_bytes, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  if (n < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "n", 0, n);
  const ptrdiff_t most = PTRDIFF_MAX / element_bytes;
  if (n > most) return ck_fail(fault, CK_OVERFLOW, "n", most, n);
  const uint64_t last = UINT64_MAX - random->offset;  // the most steps from `offset`
  if (n > 1 && last < (uint64_t)(n - 1)) return ck_fail(fault, CK_OVERFLOW, "offset", (int64_t)last + 1, n);
  return CK_OK;
}

struct philox_job {
  const struct word_kernels *kernels;
  const ck_random *random;
  ptrdiff_t n;
  uint32_t *words;
};

static void philox_part(void *context, int index, int count) {
  const struct philox_job *j = context;
  const ptrdiff_t from = ck_map_start(j->n, index, count), n = ck_map_start(j->n, index + 1, count) - from;
  j->kernels->philox(j->random->seed, j->random->stream, j->random->offset + (uint64_t)from, n, j->words + 4 * from);
}

ck_status ck_philox(const ck_isa *isa, int threads, const ck_random *random, ptrdiff_t n, uint32_t *words,
                    ck_fault *fault) {
  const ck_status status = ck_check_random(threads, random, n, 4 * (ptrdiff_t)sizeof *words, fault);
  if (status != CK_OK || n == 0) return status;
  struct philox_job job = {isa->words, random, n, words};
  ck_team_run(ck_map_threads(threads, n), philox_part, &job);
  return CK_OK;
}
