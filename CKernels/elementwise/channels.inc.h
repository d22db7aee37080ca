// Template: sums over batch and pixels, channel by channel.  Needs: real, LANES, the vector dialect, isa/kernels.h.
// The order of every sum is the one that ck_elementwise.h promises for ck_?bias_gradient.

// Steps of a lane in a chunk; channels summed side by side where they are contiguous: 2 KiB of each pixel, because the
// hardware prefetches what is read whole (half of a pixel at a time takes four times as long); levels of the tree of
// chunks: 2^40 of them are more than memory can hold.
enum { CHUNK_STEPS = 128, CHUNK_PIXELS = CHUNK_STEPS * LANES, SIDE_CHANNELS = 16 * LANES, LEVELS = 40 };

// sum[i] += x[i], then x[i + stride], and so on `terms` times.
static inline __attribute__((always_inline)) void channels_add(const int terms, ptrdiff_t n, const real *x,
                                                               ptrdiff_t stride, real *sum) {
  ptrdiff_t i = 0;
  for (; i + VL <= n; i += VL) {
    vf s = v_load(sum + i);
    UNROLL for (int t = 0; t < terms; ++t)
      s = v_add(s, v_load(x + i + t * stride));
    v_store(sum + i, s);
  }
  if (i == n) return;
  vf s = v_load_n(sum + i, n - i);
  UNROLL for (int t = 0; t < terms; ++t)
    s = v_add(s, v_load_n(x + i + t * stride, n - i));
  v_store_n(sum + i, n - i, s);
}

// Sums of chunks, waiting for their neighbours: level l holds the sum of 2^l chunks where bit l of `chunks` is set.
struct channel_levels {
  ptrdiff_t chunks;
  real sums[LEVELS][SIDE_CHANNELS];
};

// Adds the next chunk's sums, which are spoilt: the left neighbour is the first term of every addition.
static void channels_push(struct channel_levels *levels, ptrdiff_t width, real *sums) {
  int level = 0;
  for (; levels->chunks >> level & 1; ++level) {
    channels_add(1, width, sums, 0, levels->sums[level]);
    memcpy(sums, levels->sums[level], (size_t)width * sizeof *sums);
  }
  memcpy(levels->sums[level], sums, (size_t)width * sizeof *sums);
  ++levels->chunks;
}

// What is left on the levels, from the shortest to the longest.
static void channels_finish(struct channel_levels *levels, ptrdiff_t width, real *db) {
  const real *sums = NULL;
  for (int level = 0; levels->chunks >> level > 0; ++level) {
    if ((levels->chunks >> level & 1) == 0) continue;
    if (sums != NULL) channels_add(1, width, sums, 0, levels->sums[level]);
    sums = levels->sums[level];
  }
  if (sums == NULL)
    memset(db, 0, (size_t)width * sizeof *db);
  else
    memcpy(db, sums, (size_t)width * sizeof *db);
}

// Adds `rows` pixels of `width` channels to the lanes, of which each has `width` sums.  Pixels that lie side by side
// are one long row.
static void channels_add_pixels(ptrdiff_t rows, ptrdiff_t width, const real *x, ptrdiff_t stride, real *lanes) {
  enum { TERMS = 4 };  // pixels of a lane that share one access to its sums
  const ptrdiff_t joined = width == stride ? LANES : 1;
  ptrdiff_t r = 0;
  for (; r + TERMS * LANES <= rows; r += TERMS * LANES)
    for (ptrdiff_t l = 0; l < LANES; l += joined)
      channels_add(TERMS, joined * width, x + (r + l) * stride, LANES * stride, lanes + l * width);
  for (; r < rows; r += LANES) {
    const ptrdiff_t left = rows - r < LANES ? rows - r : LANES;
    for (ptrdiff_t l = 0; l < left; l += joined)
      channels_add(1, (joined < left ? joined : left) * width, x + (r + l) * stride, 0, lanes + l * width);
  }
}

// NHWC: channels first ..< last of `pixels` pixels.
static void sum_last_channels(const struct channel_block *b) {
  for (ptrdiff_t c = b->first; c < b->last; c += SIDE_CHANNELS) {
    const ptrdiff_t width = b->last - c < SIDE_CHANNELS ? b->last - c : SIDE_CHANNELS;
    struct channel_levels levels;
    levels.chunks = 0;
    for (ptrdiff_t p = 0; p < b->pixels; p += CHUNK_PIXELS) {
      real lanes[LANES * SIDE_CHANNELS];
      const ptrdiff_t rows = b->pixels - p < CHUNK_PIXELS ? b->pixels - p : CHUNK_PIXELS;
      memset(lanes, 0, (size_t)(LANES * width) * sizeof *lanes);
      channels_add_pixels(rows, width, b->dy + p * b->channels + c, b->channels, lanes);
      for (ptrdiff_t half = LANES / 2; half > 0; half /= 2)
        channels_add(1, half * width, lanes + half * width, 0, lanes);
      channels_push(&levels, width, lanes);
    }
    channels_finish(&levels, width, b->db + c);
  }
}

// Adds n pixels of one channel to its lanes.
static inline __attribute__((always_inline)) void channel_add_row(ptrdiff_t n, const real *x, vf lanes[LANES / VL]) {
  ptrdiff_t p = 0;
  for (; p + LANES <= n; p += LANES) UNROLL
    for (int l = 0; l < LANES / VL; ++l) lanes[l] = v_add(lanes[l], v_load(x + p + l * VL));
  UNROLL for (int l = 0; l < LANES / VL; ++l) {
    const ptrdiff_t left = n - p - l * VL;
    if (left >= VL)
      lanes[l] = v_add(lanes[l], v_load(x + p + l * VL));
    else if (left > 0)
      lanes[l] = v_add(lanes[l], v_load_n(x + p + l * VL, left));
  }
}

// The sum of n pixels of each of `images` images, `stride` apart.
static real channel_chunk(ptrdiff_t images, ptrdiff_t stride, ptrdiff_t n, const real *x) {
  vf lanes[LANES / VL];
  real sums[VL];
  UNROLL for (int l = 0; l < LANES / VL; ++l)
    lanes[l] = v_zero();
  for (ptrdiff_t i = 0; i < images; ++i) channel_add_row(n, x + i * stride, lanes);
  for (int half = LANES / VL / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lanes[l] = v_add(lanes[l], lanes[l + half]);
  v_store(sums, lanes[0]);
  for (int half = VL / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) sums[l] += sums[l + half];
  return sums[0];
}

// NCHW: channels first ..< last.
static void sum_middle_channels(const struct channel_block *b) {
  const ptrdiff_t image = b->channels * b->pixels, filled = b->pixels > LANES ? b->pixels : LANES;
  const ptrdiff_t together = filled > CHUNK_PIXELS ? 1 : CHUNK_PIXELS / filled;
  for (ptrdiff_t c = b->first; c < b->last; ++c) {
    struct channel_levels levels;
    levels.chunks = 0;
    for (ptrdiff_t i = 0; i < b->batch; i += together)
      for (ptrdiff_t p = 0; p < b->pixels; p += CHUNK_PIXELS) {
        const ptrdiff_t images = b->batch - i < together ? b->batch - i : together;
        const ptrdiff_t n = b->pixels - p < CHUNK_PIXELS ? b->pixels - p : CHUNK_PIXELS;
        real sum = channel_chunk(images, image, n, b->dy + i * image + c * b->pixels + p);
        channels_push(&levels, 1, &sum);
      }
    channels_finish(&levels, 1, b->db + c);
  }
}

static void sum_channels(const struct channel_block *b) {
  if (b->channels_last)
    sum_last_channels(b);
  else
    sum_middle_channels(b);
}
