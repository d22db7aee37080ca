// Template: the driver of sums over channels.  Needs: elementwise/elementwise.inc.h.

// `sums`: NULL, or room for a row of `channels` sums for each `piece` pixels, a power of two of chunks.
struct channel_job {
  const struct kernels *kernels;
  struct channel_block block;
  ptrdiff_t piece, pieces;
  real *sums;
};

// NHWC: pixels are cut, so that each is read whole.  NCHW: channels are.
static void channel_part(void *context, int index, int count) {
  const struct channel_job *job = context;
  struct channel_block block = job->block;
  if (job->sums == NULL) {
    block.first = panel_start(block.channels, count, index);
    block.last = panel_start(block.channels, count, index + 1);
    job->kernels->sum_channels(&block);
    return;
  }
  const ptrdiff_t last = panel_start(job->pieces, count, index + 1);
  for (ptrdiff_t i = panel_start(job->pieces, count, index); i < last; ++i) {
    const ptrdiff_t from = i * job->piece, left = job->block.pixels - from;
    block.pixels = left < job->piece ? left : job->piece;
    block.dy = job->block.dy + from * block.channels;
    if (block.x != NULL) block.x = job->block.x + from * block.channels;
    block.db = job->sums + i * block.channels;
    job->kernels->sum_channels(&block);
  }
}

// Adds neighbours, then neighbours of those, until the first row of sums is that of all.
static void channel_join(const struct channel_job *job) {
  const ptrdiff_t channels = job->block.channels;
  for (ptrdiff_t step = 1; step < job->pieces; step *= 2)
    for (ptrdiff_t i = 0; i + step < job->pieces; i += 2 * step)
      for (ptrdiff_t c = 0; c < channels; ++c) job->sums[i * channels + c] += job->sums[(i + step) * channels + c];
  memcpy(job->block.db, job->sums, (size_t)channels * sizeof(real));
}

// Some pieces for every thread, so that the last one matters little.  Without memory for their sums one thread does.
static void channel_share(struct channel_job *job, int threads) {
  enum { CHUNK_PIXELS = 128 * LANES, PIECES = 4 };
  struct channel_block *b = &job->block;
  threads = ck_map_threads(threads, b->batch * b->channels * b->pixels / (b->term == CHANNEL_SWISH ? 1 : LIGHTNESS));
  b->last = b->channels;
  if (!b->channels_last) {
    ck_team_run(threads < b->channels ? threads : (int)b->channels, channel_part, job);
    return;
  }
  for (job->piece = CHUNK_PIXELS; job->piece * threads * PIECES < b->pixels;) job->piece *= 2;
  job->pieces = (b->pixels + job->piece - 1) / job->piece;
  if (threads > 1 && job->pieces > 1) job->sums = malloc((size_t)(job->pieces * b->channels) * sizeof(real));
  if (job->sums == NULL) {
    job->kernels->sum_channels(b);
    return;
  }
  ck_team_run(threads < job->pieces ? threads : (int)job->pieces, channel_part, job);
  channel_join(job);
  free(job->sums);
}

static ck_status channel_run(struct channel_job *job, int threads, ck_fault *fault) {
  struct channel_block *b = &job->block;
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  const ptrdiff_t sizes[] = {b->batch, b->channels, b->pixels};
  static const char *const names[] = {"batch", "channels", "pixels"};
  for (int i = 0; i < 3; ++i)
    if (sizes[i] < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, names[i], 0, sizes[i]);
  if (b->channels == 0) return CK_OK;
  if (b->batch == 0 || b->pixels == 0) b->batch = b->pixels = 0;
  const ptrdiff_t most = PTRDIFF_MAX / (ptrdiff_t)sizeof(real);
  ptrdiff_t terms;
  if (__builtin_mul_overflow(b->batch, b->pixels, &terms))
    return ck_fail(fault, CK_OVERFLOW, "batch", PTRDIFF_MAX / b->pixels, b->batch);
  const ptrdiff_t widest = terms > 0 ? most / terms : most;
  if (b->channels > widest) return ck_fail(fault, CK_OVERFLOW, "channels", widest, b->channels);
  const ptrdiff_t count = terms * b->channels;
  ck_status status = ck_check_apart("dy", b->db, bytes_of(b->channels), b->dy, bytes_of(count), fault);
  if (status == CK_OK && b->x != NULL)
    status = ck_check_apart("x", b->db, bytes_of(b->channels), b->x, bytes_of(count), fault);
  if (status != CK_OK) return status;
  if (b->channels_last || b->pixels == 1) {
    b->channels_last = true;
    b->batch = 1;
    b->pixels = terms;
  }
  channel_share(job, threads);
  return CK_OK;
}

static ck_status swish_run(struct channel_job *job, int threads, ptrdiff_t n, ck_fault *fault) {
  if (threads >= 1 && n < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "n", 0, n);
  job->block.term = CHANNEL_SWISH;
  job->block.batch = job->block.channels = 1;
  job->block.channels_last = true;
  job->block.pixels = n;
  return channel_run(job, threads, fault);
}
