// Template: sums over batch and pixels, channel by channel.  Needs: real, LANES, the vector dialect, isa/kernels.h,
// vmath/stages.inc.h, vmath/map.inc.h.
//
// The order of every sum is the one that ck_elementwise.h promises for ck_?bias_gradient.

// Steps of a lane in a chunk; channels summed side by side where they are contiguous: 2 KiB of each pixel, because the
// hardware prefetches what is read whole (half of a pixel at a time takes four times as long); levels of the tree of
// chunks: 2^40 of them are more than memory can hold.
enum { CHUNK_STEPS = 128, CHUNK_PIXELS = CHUNK_STEPS * LANES, SIDE_CHANNELS = 16 * LANES, LEVELS = 40 };

// What the terms are made of; x is NULL for CHANNEL_SUM.
struct channel_source {
  const real *dy, *x;
  vf p;
};

// x^2 s (1 - s), s = sigmoid(p x): the derivative of x s by p.
INLINE vf channel_swish(vf p, vf x) {
  const gate_parts g = gate_of(true, v_mul(p, x), swish_begin(true, p, x));
  const vf largest = v_set1(REAL_MAX), a = v_max(v_neg(largest), v_min(largest, x));
  return v_mul(v_mul(a, g.s), v_mul(a, g.rest));
}

// The terms from i on, n < VL of them or a whole vector.
INLINE vf channel_terms(const enum channel_term term, const struct channel_source *s, ptrdiff_t i, ptrdiff_t n) {
  const vf dy = n >= VL ? v_load(s->dy + i) : v_load_n(s->dy + i, n);
  if (term == CHANNEL_SUM) return dy;
  const vf x = n >= VL ? v_load(s->x + i) : v_load_n(s->x + i, n);
  if (term == CHANNEL_SWISH) return v_mul(dy, channel_swish(s->p, x));
  return v_select(v_lt(v_zero(), x), v_zero(), v_mul(x, dy));
}

// sum[i] += term at + i, then at + i + stride, and so on `count` times.
INLINE void channels_add_terms(const enum channel_term term, const int count, ptrdiff_t n,
                               const struct channel_source *s, ptrdiff_t at, ptrdiff_t stride, real *sum) {
  for (ptrdiff_t i = 0; i < n; i += VL) {
    const ptrdiff_t left = n - i;
    vf total = left >= VL ? v_load(sum + i) : v_load_n(sum + i, left);
    UNROLL for (int t = 0; t < count; ++t)
      total = v_add(total, channel_terms(term, s, at + i + t * stride, left));
    if (left >= VL)
      v_store(sum + i, total);
    else
      v_store_n(sum + i, left, total);
  }
}

// sum[i] += x[i]
INLINE void channels_add(ptrdiff_t n, const real *x, real *sum) {
  const struct channel_source s = {x, NULL, v_zero()};
  channels_add_terms(CHANNEL_SUM, 1, n, &s, 0, 0, sum);
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
    channels_add(width, sums, levels->sums[level]);
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
    if (sums != NULL) channels_add(width, sums, levels->sums[level]);
    sums = levels->sums[level];
  }
  if (sums == NULL)
    memset(db, 0, (size_t)width * sizeof *db);
  else
    memcpy(db, sums, (size_t)width * sizeof *db);
}

// Adds `rows` pixels of `width` channels, from place `at` on, to the lanes, of which each has `width` sums.  Pixels
// that lie side by side are one long row.
INLINE void channels_add_pixels(const enum channel_term term, ptrdiff_t rows, ptrdiff_t width,
                                const struct channel_source *s, ptrdiff_t at, ptrdiff_t stride, real *lanes) {
  enum { TERMS = 4 };  // pixels of a lane that share one access to its sums
  const ptrdiff_t joined = width == stride ? LANES : 1;
  ptrdiff_t r = 0;
  for (; r + TERMS * LANES <= rows; r += TERMS * LANES)
    for (ptrdiff_t l = 0; l < LANES; l += joined)
      channels_add_terms(term, TERMS, joined * width, s, at + (r + l) * stride, LANES * stride, lanes + l * width);
  for (; r < rows; r += LANES) {
    const ptrdiff_t left = rows - r < LANES ? rows - r : LANES;
    for (ptrdiff_t l = 0; l < left; l += joined)
      channels_add_terms(term, 1, (joined < left ? joined : left) * width, s, at + (r + l) * stride, 0,
                         lanes + l * width);
  }
}

// NHWC: channels first ..< last of `pixels` pixels.
INLINE void sum_last_channels(const enum channel_term term, const struct channel_block *b) {
  const struct channel_source source = {b->dy, b->x, v_set1(b->p)};
  for (ptrdiff_t c = b->first; c < b->last; c += SIDE_CHANNELS) {
    const ptrdiff_t width = b->last - c < SIDE_CHANNELS ? b->last - c : SIDE_CHANNELS;
    struct channel_levels levels;
    levels.chunks = 0;
    for (ptrdiff_t p = 0; p < b->pixels; p += CHUNK_PIXELS) {
      real lanes[LANES * SIDE_CHANNELS];
      const ptrdiff_t rows = b->pixels - p < CHUNK_PIXELS ? b->pixels - p : CHUNK_PIXELS;
      memset(lanes, 0, (size_t)(LANES * width) * sizeof *lanes);
      channels_add_pixels(term, rows, width, &source, p * b->channels + c, b->channels, lanes);
      for (ptrdiff_t half = LANES / 2; half > 0; half /= 2) channels_add(half * width, lanes + half * width, lanes);
      channels_push(&levels, width, lanes);
    }
    channels_finish(&levels, width, b->db + c);
  }
}

// Adds n pixels of one channel, from place `at` on, to its lanes.
INLINE void channel_add_row(const enum channel_term term, ptrdiff_t n, const struct channel_source *s, ptrdiff_t at,
                            vf lanes[LANES / VL]) {
  ptrdiff_t p = 0;
  for (; p + LANES <= n; p += LANES) UNROLL
    for (int l = 0; l < LANES / VL; ++l) lanes[l] = v_add(lanes[l], channel_terms(term, s, at + p + l * VL, VL));
  UNROLL for (int l = 0; l < LANES / VL; ++l) {
    const ptrdiff_t left = n - p - l * VL;
    if (left > 0) lanes[l] = v_add(lanes[l], channel_terms(term, s, at + p + l * VL, left));
  }
}

// The sum of n pixels of each of `images` images, `stride` apart.
INLINE real channel_chunk(const enum channel_term term, ptrdiff_t images, ptrdiff_t stride, ptrdiff_t n,
                          const struct channel_source *s, ptrdiff_t at) {
  vf lanes[LANES / VL];
  real sums[VL];
  UNROLL for (int l = 0; l < LANES / VL; ++l)
    lanes[l] = v_zero();
  for (ptrdiff_t i = 0; i < images; ++i) channel_add_row(term, n, s, at + i * stride, lanes);
  for (int half = LANES / VL / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lanes[l] = v_add(lanes[l], lanes[l + half]);
  v_store(sums, lanes[0]);
  for (int half = VL / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) sums[l] += sums[l + half];
  return sums[0];
}

// NCHW: channels first ..< last.
INLINE void sum_middle_channels(const enum channel_term term, const struct channel_block *b) {
  const struct channel_source source = {b->dy, b->x, v_set1(b->p)};
  const ptrdiff_t image = b->channels * b->pixels, filled = b->pixels > LANES ? b->pixels : LANES;
  const ptrdiff_t together = filled > CHUNK_PIXELS ? 1 : CHUNK_PIXELS / filled;
  for (ptrdiff_t c = b->first; c < b->last; ++c) {
    struct channel_levels levels;
    levels.chunks = 0;
    for (ptrdiff_t i = 0; i < b->batch; i += together)
      for (ptrdiff_t p = 0; p < b->pixels; p += CHUNK_PIXELS) {
        const ptrdiff_t images = b->batch - i < together ? b->batch - i : together;
        const ptrdiff_t n = b->pixels - p < CHUNK_PIXELS ? b->pixels - p : CHUNK_PIXELS;
        real sum = channel_chunk(term, images, image, n, &source, i * image + c * b->pixels + p);
        channels_push(&levels, 1, &sum);
      }
    channels_finish(&levels, 1, b->db + c);
  }
}

static void sum_gradients(const struct channel_block *b) {
  if (b->channels_last)
    sum_last_channels(CHANNEL_SUM, b);
  else
    sum_middle_channels(CHANNEL_SUM, b);
}

static void sum_slopes(const struct channel_block *b) {
  if (b->channels_last)
    sum_last_channels(CHANNEL_SLOPE, b);
  else
    sum_middle_channels(CHANNEL_SLOPE, b);
}

static void sum_channels(const struct channel_block *b) {
  switch (b->term) {
  case CHANNEL_SUM: sum_gradients(b); break;
  case CHANNEL_SLOPE: sum_slopes(b); break;
  case CHANNEL_SWISH: sum_last_channels(CHANNEL_SWISH, b); break;
  }
}
