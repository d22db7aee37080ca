// Template: the driver of random numbers.  Needs: real, isa/kernels.h, isa/words.h, random/random.h,
// vector/functions.h.

// Words are made CHUNK_WORDS at a time: they stay in L1, and the schedule of the key is made once for many.
enum { WORDS = sizeof(real) / sizeof(uint32_t), CHUNK_WORDS = 1536, CHUNK = CHUNK_WORDS / WORDS };
enum { VECTOR_WORDS = 16 };  // the widest vector: as much may be read past the last word

struct random_job {
  const struct kernels *kernels;
  const struct word_kernels *words;
  enum random_kind kind;
  real parameters[3];
  const ck_random *random;
  ptrdiff_t n;
  const real *x;
  real *y;
};

// Elements random->offset + at ..< random->offset + at + n lie in one chunk, `skip` elements after the start of a tile.
static void random_chunk(const struct random_job *j, ptrdiff_t at, ptrdiff_t skip, ptrdiff_t n) {
  union {
    uint32_t words[CHUNK_WORDS + VECTOR_WORDS];
    real bits[(CHUNK_WORDS + VECTOR_WORDS) / WORDS];
  } chunk;
  const uint64_t first = (j->random->offset + (uint64_t)(at - skip)) / (4 / WORDS);
  const ptrdiff_t elements = (skip + n + RANDOM_TILE - 1) / RANDOM_TILE * RANDOM_TILE;
  j->words->philox(j->random->seed, j->random->stream, first, elements / (4 / WORDS), chunk.words);
  if (j->kind == RANDOM_NORMAL) {
    j->kernels->random_numbers(j->kind, j->parameters, elements, chunk.bits, NULL, chunk.bits);
    memcpy(j->y + at, chunk.bits + skip, (size_t)n * sizeof(real));
  } else {
    const real *x = j->x == NULL ? NULL : j->x + at;
    j->kernels->random_numbers(j->kind, j->parameters, n, chunk.bits + skip, x, j->y + at);
  }
}

static void random_part(void *context, int index, int count) {
  const struct random_job *j = context;
  const ptrdiff_t start = ck_map_start(j->n, index, count), last = ck_map_start(j->n, index + 1, count);
  if (j->kind == RANDOM_DROPOUT && j->parameters[0] == 0) {
    // Even a multiplication by 1 changes the bits of a signalling NaN.
    if (j->x != j->y && start < last) memcpy(j->y + start, j->x + start, (size_t)(last - start) * sizeof(real));
    return;
  }
  for (ptrdiff_t at = start; at < last;) {
    const ptrdiff_t skip = (ptrdiff_t)((j->random->offset + (uint64_t)at) % RANDOM_TILE);
    const ptrdiff_t left = last - at, n = left < CHUNK - skip ? left : CHUNK - skip;
    random_chunk(j, at, skip, n);
    at += n;
  }
}

static ck_status random_run(const ck_isa *isa, struct random_job job, int threads, bool valid, const char *parameter,
                            ck_fault *fault) {
  ck_status status = ck_check_random(threads, job.random, job.n, sizeof(real), fault);
  if (status != CK_OK) return status;
  if (!valid) return ck_fail(fault, CK_BAD_ARGUMENT, parameter, 0, 1);
  const ptrdiff_t bytes = job.n * (ptrdiff_t)sizeof(real);
  if (job.x != NULL && job.x != job.y) status = ck_check_apart("x", job.y, bytes, job.x, bytes, fault);
  if (status != CK_OK || job.n == 0) return status;
  job.words = isa->words;
  ck_team_run(ck_map_threads(threads, job.n), random_part, &job);
  return CK_OK;
}

// below: the number before high.
static ck_status uniform_run(const ck_isa *isa, struct random_job job, int threads, real low, real high, real below,
                             ck_fault *fault) {
  const real width = high - low;
  job.kind = RANDOM_UNIFORM;
  job.parameters[0] = low, job.parameters[1] = width, job.parameters[2] = below;
  return random_run(isa, job, threads, low < high && width < INFINITY, "range", fault);
}

static ck_status normal_run(const ck_isa *isa, struct random_job job, int threads, real mean, real deviation,
                            ck_fault *fault) {
  job.kind = RANDOM_NORMAL;
  job.parameters[0] = mean, job.parameters[1] = deviation;
  if (!(mean > -INFINITY && mean < INFINITY)) return random_run(isa, job, threads, false, "mean", fault);
  return random_run(isa, job, threads, deviation >= 0 && deviation < INFINITY, "deviation", fault);
}

static ck_status bernoulli_run(const ck_isa *isa, struct random_job job, int threads, double p, ck_fault *fault) {
  job.kind = RANDOM_BERNOULLI;
  job.parameters[0] = (real)p;
  return random_run(isa, job, threads, p >= 0 && p <= 1, "probability", fault);
}

static ck_status dropout_run(const ck_isa *isa, struct random_job job, int threads, double p, ck_fault *fault) {
  job.kind = RANDOM_DROPOUT;
  job.parameters[0] = (real)p, job.parameters[1] = (real)(p < 1 ? 1 / (1 - p) : 0);
  return random_run(isa, job, threads, p >= 0 && p < 1, "p", fault);
}
