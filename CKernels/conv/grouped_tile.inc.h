// Template: convolution in groups of one or four channels: the lanes of a vector are filters of different groups.
// Needs: real, the vector dialect, isa/kernels.h.

enum { GROUPED_PIXELS = 4, GROUPED_VECTORS = 2, GROUPED_ALONE = 4, GROUPED_ROW = 6 };

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
  const vf least = v_set1(g->least);
  vf bias[GROUPED_ALONE];
  UNROLL for (int j = 0; j < nv; ++j)
    bias[j] = g->bias == NULL ? v_zero() : load_row(g->bias + lane + j * VL, 1, masked ? left : VL);
  UNROLL for (int i = 0; i < pixels; ++i) {
    real *y = g->y + (pixel + i) * g->y_step + lane;
    UNROLL for (int j = 0; j < nv; ++j) {
      const vf result = conv_result(acc[i][j], v_zero(), bias[j], least);
      if (masked)
        v_store_n(y, left, result);
      else
        v_store(y + j * VL, result);
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

// y <- one vector of filters of GROUPED_ROW outputs: the weights of a row of taps stay in registers, and an element of
// x meets all its outputs while it is in one.
INLINE void grouped_row_sums(const int across, const int stride, const struct conv_grouped *g, ptrdiff_t pixel,
                             ptrdiff_t lane) {
  vf acc[GROUPED_ROW], weights[5];
  UNROLL for (int i = 0; i < GROUPED_ROW; ++i)
    acc[i] = v_zero();
  for (ptrdiff_t t = 0; t < g->taps; t += across) {
    const real *x = g->at[t].x + pixel * g->at[t].step + lane, *w = g->w + lane + g->at[t].w;
    UNROLL for (int k = 0; k < across; ++k, w += g->lanes)
      weights[k] = v_load(w);
    UNROLL for (int c = 0; c < (GROUPED_ROW - 1) * stride + across; ++c, x += g->pixel) {
      const vf element = v_load(x);
      UNROLL for (int i = 0; i < GROUPED_ROW; ++i) {
        const int k = c - i * stride;
        if (k >= 0 && k < across) acc[i] = v_fma(element, weights[k], acc[i]);
      }
    }
  }
  const vf least = v_set1(g->least), bias = g->bias == NULL ? v_zero() : v_load(g->bias + lane);
  UNROLL for (int i = 0; i < GROUPED_ROW; ++i)
    v_store(g->y + (pixel + i) * g->y_step + lane, conv_result(acc[i], v_zero(), bias, least));
}

// All outputs, of which there are GROUPED_ROW at the least; some are computed twice, to the same bits.
INLINE void grouped_rows(const int across, const int stride, const struct conv_grouped *g) {
  for (ptrdiff_t next = 0; next < g->pixels; next += GROUPED_ROW) {
    const ptrdiff_t pixel = next + GROUPED_ROW <= g->pixels ? next : g->pixels - GROUPED_ROW;
    ptrdiff_t lane = 0;
    for (; lane + VL <= g->count; lane += VL) grouped_row_sums(across, stride, g, pixel, lane);
    if (lane < g->count)
      for (ptrdiff_t i = 0; i < GROUPED_ROW; ++i) grouped_sums(1, 1, false, true, g, pixel + i, lane, g->count - lane);
  }
}

// Whether grouped_rows has done it.
static bool grouped_by_rows(const struct conv_grouped *g) {
  if (g->pixels < GROUPED_ROW || g->stride > 2) return false;
  switch (g->across) {
  case 3: g->stride == 1 ? grouped_rows(3, 1, g) : grouped_rows(3, 2, g); return true;
  case 5: g->stride == 1 ? grouped_rows(5, 1, g) : grouped_rows(5, 2, g); return true;
  default: return false;
  }
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
  else if (!grouped_by_rows(g))
    grouped_run(false, g);
}
