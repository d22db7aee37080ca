// Template: convolution in groups of one or four channels: the lanes of a vector are filters of different groups.
// Needs: real, the vector dialect, isa/kernels.h.

enum { GROUPED_PIXELS = 4, GROUPED_VECTORS = 2, GROUPED_ALONE = 4 };

// y <- sums of `pixels` outputs for `nv` vectors of filters from `lane` on, each one chain from +0: taps in order, in
// each the four channels (quads) or the one.  masked: the vector holds `left` filters.
static inline __attribute__((always_inline)) void grouped_sums(const int pixels, const int nv, const bool quads,
                                                               const bool masked, const struct conv_grouped *g,
                                                               ptrdiff_t pixel, ptrdiff_t lane, ptrdiff_t left) {
  vf acc[GROUPED_PIXELS][GROUPED_ALONE];
  UNROLL for (int i = 0; i < pixels; ++i) UNROLL
    for (int j = 0; j < nv; ++j) acc[i][j] = v_zero();
  const real *w = g->w + lane;
  for (ptrdiff_t t = 0; t < g->taps; ++t) {
    const real *x = g->at[t].x + pixel * g->at[t].step + lane, *tap = w + g->at[t].w;
    const ptrdiff_t step = g->at[t].step;
    UNROLL for (int c = 0; c < (quads ? 4 : 1); ++c, tap += g->lanes) UNROLL
      for (int j = 0; j < nv; ++j) {
        const vf weights = masked ? v_load_n(tap, left) : v_load(tap + j * VL);
        UNROLL for (int i = 0; i < pixels; ++i) {
          const real *from = x + i * step + j * VL;
          const vf element = masked ? v_load_n(from, left) : v_load(from);
          acc[i][j] = v_fma(quads ? v_spread4(element, c) : element, weights, acc[i][j]);
        }
      }
  }
  UNROLL for (int i = 0; i < pixels; ++i) {
    real *y = g->y + (pixel + i) * g->y_step + lane;
    UNROLL for (int j = 0; j < nv; ++j) {
      const vf sum = v_add(acc[i][j], v_zero());  // a sum of -0 (all its products underflowed) becomes +0
      if (masked)
        v_store_n(y, left, sum);
      else
        v_store(y + j * VL, sum);
    }
  }
}

// All lanes of `pixels` outputs.
static inline __attribute__((always_inline)) void grouped_pixels(const int pixels, const int nv, const bool quads,
                                                                 const struct conv_grouped *g, ptrdiff_t pixel) {
  ptrdiff_t lane = 0;
  for (; lane + nv * VL <= g->count; lane += nv * VL) grouped_sums(pixels, nv, quads, false, g, pixel, lane, 0);
  for (; lane + VL <= g->count; lane += VL) grouped_sums(pixels, 1, quads, false, g, pixel, lane, 0);
  if (lane < g->count) grouped_sums(pixels, 1, quads, true, g, pixel, lane, g->count - lane);
}

static inline __attribute__((always_inline)) void grouped_run(const bool quads, const struct conv_grouped *g) {
  ptrdiff_t pixel = 0;
  for (; pixel + GROUPED_PIXELS <= g->pixels; pixel += GROUPED_PIXELS)
    grouped_pixels(GROUPED_PIXELS, GROUPED_VECTORS, quads, g, pixel);
  for (; pixel < g->pixels; ++pixel) grouped_pixels(1, GROUPED_ALONE, quads, g, pixel);
}

static void conv_grouped(const struct conv_grouped *g) {
  if (g->quads)
    grouped_run(true, g);
  else
    grouped_run(false, g);
}
