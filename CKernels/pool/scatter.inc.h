// Template: elements that go where indices say.  Needs: pool/pool.inc.h, <string.h>.

enum scatter_op { SCATTER_SET, SCATTER_ADD, SCATTER_GATHER };

// Images of `coarse` elements a channel, each with an index into one of `fine` elements.
struct scatter_job {
  enum scatter_op op;
  ck_channels layout;
  ptrdiff_t batch, channels, coarse, fine;
  const real *from;
  const int32_t *indices;
  real *to;
};

// `coarse` pixels of `inner` channels go where their indices say, or come from there.
static inline __attribute__((always_inline)) void scatter_as(const enum scatter_op op, ptrdiff_t coarse,
                                                             const ptrdiff_t inner, const int32_t *indices,
                                                             const real *from, real *to) {
  for (ptrdiff_t o = 0; o < coarse; ++o, indices += inner)
    for (ptrdiff_t c = 0; c < inner; ++c) {
      const ptrdiff_t at = o * inner + c, fine = indices[c] * inner + c;
      if (op == SCATTER_GATHER)
        to[at] = indices[c] < 0 ? 0 : from[fine];
      else if (indices[c] >= 0)
        to[fine] = op == SCATTER_ADD ? to[fine] + from[at] : from[at];
    }
}

// One image, or one of its channels where that lies apart: then `inner` is 1.
static inline __attribute__((always_inline)) void scatter_image(const struct scatter_job *j, ptrdiff_t image,
                                                                const ptrdiff_t inner) {
  const bool gathers = j->op == SCATTER_GATHER;
  const int32_t *indices = j->indices + image * j->coarse * inner;
  const real *from = j->from + image * (gathers ? j->fine : j->coarse) * inner;
  real *to = j->to + image * (gathers ? j->coarse : j->fine) * inner;
  if (!gathers) memset(to, 0, (size_t)(j->fine * inner) * sizeof(real));
  switch (j->op) {
  case SCATTER_SET: scatter_as(SCATTER_SET, j->coarse, inner, indices, from, to); break;
  case SCATTER_ADD: scatter_as(SCATTER_ADD, j->coarse, inner, indices, from, to); break;
  case SCATTER_GATHER: scatter_as(SCATTER_GATHER, j->coarse, inner, indices, from, to); break;
  }
}

// Threads share out images: channels of one that lie side by side would have them write to the same lines.
static ptrdiff_t scatter_images(const struct scatter_job *j) {
  return j->layout == CK_CHANNELS_LAST ? j->batch : j->batch * j->channels;
}

static void scatter_part(void *context, int index, int count) {
  const struct scatter_job *j = context;
  const ptrdiff_t images = scatter_images(j), end = panel_start(images, count, index + 1);
  for (ptrdiff_t image = panel_start(images, count, index); image < end; ++image)
    if (j->layout == CK_CHANNELS_LAST)
      scatter_image(j, image, j->channels);
    else
      scatter_image(j, image, 1);
}

static ck_status scatter_sizes(const struct scatter_job *j, ptrdiff_t *coarse, ptrdiff_t *fine, ck_fault *fault) {
  const ptrdiff_t sizes[] = {j->batch, j->channels, j->coarse, j->fine};
  static const char *const names[] = {"batch", "channels", "inputs", "outputs"};
  for (int i = 0; i < 4; ++i)
    if (sizes[i] < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, names[i], 0, sizes[i]);
  ptrdiff_t images, bytes;
  if (__builtin_mul_overflow(j->batch, j->channels, &images) || __builtin_mul_overflow(images, j->coarse, coarse) ||
      __builtin_mul_overflow(*coarse, (ptrdiff_t)sizeof(real), &bytes))
    return ck_fail(fault, CK_OVERFLOW, "inputs", PTRDIFF_MAX, j->coarse);
  if (__builtin_mul_overflow(images, j->fine, fine) || __builtin_mul_overflow(*fine, (ptrdiff_t)sizeof(real), &bytes))
    return ck_fail(fault, CK_OVERFLOW, "outputs", PTRDIFF_MAX, j->fine);
  return CK_OK;
}

// The first of `count` indices that is neither -1 nor below `fine`; `count` where all are sound.
static ptrdiff_t scatter_bad_index(const struct scatter_job *job, ptrdiff_t count) {
  enum { BLOCK = 1024 };
  const int32_t most = job->fine > INT32_MAX ? INT32_MAX : (int32_t)(job->fine - 1);
  for (ptrdiff_t first = 0; first < count; first += BLOCK) {
    const ptrdiff_t end = first + BLOCK < count ? first + BLOCK : count;
    int bad = 0;
    for (ptrdiff_t i = first; i < end; ++i) bad |= (job->indices[i] < -1) | (job->indices[i] > most);
    for (ptrdiff_t i = first; i < end && bad; ++i)
      if (job->indices[i] < -1 || job->indices[i] > most) return i;
  }
  return count;
}

static ck_status scatter_run(int threads, struct scatter_job job, const char *operand, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  ptrdiff_t coarse, fine;
  ck_status status = scatter_sizes(&job, &coarse, &fine, fault);
  if (status != CK_OK || job.batch == 0 || job.channels == 0) return status;
  const bool gathers = job.op == SCATTER_GATHER;
  const ptrdiff_t to_bytes = (gathers ? coarse : fine) * (ptrdiff_t)sizeof(real);
  status =
      ck_check_apart(operand, job.to, to_bytes, job.from, (gathers ? fine : coarse) * (ptrdiff_t)sizeof(real), fault);
  if (status == CK_OK)
    status = ck_check_apart("indices", job.to, to_bytes, job.indices, coarse * (ptrdiff_t)sizeof(int32_t), fault);
  if (status != CK_OK) return status;
  const ptrdiff_t bad = scatter_bad_index(&job, coarse);
  if (bad < coarse) return ck_fail(fault, CK_BAD_ARGUMENT, "indices", job.fine - 1, job.indices[bad]);
  const ptrdiff_t images = scatter_images(&job);
  threads = pool_threads(threads, coarse + fine);
  ck_team_run(images < threads ? (int)images : threads, scatter_part, &job);
  return CK_OK;
}

static ck_status unpool_run(int threads, enum scatter_op op, const ck_unpool *u, const real *from,
                            const int32_t *indices, real *to, ck_fault *fault) {
  return scatter_run(threads,
                     (struct scatter_job){.op = op,
                                          .layout = u->layout,
                                          .batch = u->batch,
                                          .channels = u->channels,
                                          .coarse = u->inputs,
                                          .fine = u->outputs,
                                          .from = from,
                                          .indices = indices,
                                          .to = to},
                     op == SCATTER_SET ? "x" : "dy", fault);
}
