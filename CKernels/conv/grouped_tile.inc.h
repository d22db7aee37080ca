// Template: convolution in groups of 1, 4 or 8 channels: the lanes of a vector are filters of different groups.
// Needs: real, the vector dialect, isa/kernels.h.

enum { GROUPED_PIXELS = 4, GROUPED_VECTORS = 2, GROUPED_ALONE = 4 };

// y <- sums of `pixels` outputs for `nv` vectors of filters from `lane` on, each one chain from +0: taps in order, in
// each the channels.  masked: the vector holds `left` filters.
INLINE void grouped_sums(const int channels, const int pixels, const int nv, const bool masked,
                         const struct conv_grouped *g, ptrdiff_t pixel, ptrdiff_t lane, ptrdiff_t left) {
  vf acc[GROUPED_PIXELS][GROUPED_ALONE];
  UNROLL for (int i = 0; i < pixels; ++i) UNROLL
    for (int j = 0; j < nv; ++j) acc[i][j] = v_zero();
  const ptrdiff_t taps = g->taps, side = g->side, panel = g->panel;
  const real *w = g->w + lane / VL * panel;
  for (ptrdiff_t t = 0; t < taps; ++t) {
    const real *x = g->at[t].x + pixel * g->at[t].step + lane, *tap = w + g->at[t].w;
    const ptrdiff_t step = g->at[t].step;
    UNROLL for (int c = 0; c < channels; ++c, tap += side) UNROLL
      for (int j = 0; j < nv; ++j) {
        const vf weights = v_load(tap + j * panel);
        UNROLL for (int i = 0; i < pixels; ++i) {
          const real *from = x + i * step + j * VL;
          const vf element = masked ? v_load_n(from, left) : v_load(from);
          acc[i][j] = v_fma(channels == 1 ? element : v_spread(element, channels, c), weights, acc[i][j]);
        }
      }
  }
  const vf least = v_set1(g->least);
  vf bias[GROUPED_ALONE];
  UNROLL for (int j = 0; j < nv; ++j)
    bias[j] = g->bias == NULL ? v_zero() : conv_bias(load_row(g->bias + lane + j * VL, 1, masked ? left : VL));
  UNROLL for (int i = 0; i < pixels; ++i) {
    real *y = g->y + (pixel + i) * g->y_step + lane;
    UNROLL for (int j = 0; j < nv; ++j) {
      const vf result = conv_result(acc[i][j], bias[j], least);
      if (masked)
        v_store_n(y, left, result);
      else
        v_store(y + j * VL, result);
    }
  }
}

// The lanes of `pixels` outputs from `lane` on.
INLINE void grouped_pixels(const int channels, const int pixels, const int nv, const struct conv_grouped *g,
                           ptrdiff_t pixel, ptrdiff_t lane) {
  for (; lane + nv * VL <= g->count; lane += nv * VL) grouped_sums(channels, pixels, nv, false, g, pixel, lane, 0);
  for (; lane + VL <= g->count; lane += VL) grouped_sums(channels, pixels, 1, false, g, pixel, lane, 0);
  if (lane < g->count) grouped_sums(channels, pixels, 1, true, g, pixel, lane, g->count - lane);
}

// A row of x against rows first ..< last of y: an element meets all its outputs while it is in a register.  x: what the
// first tap of the first output meets, w: its weight in row 0; the taps of row 1 lie `stride` rows of taps before.
// edge: only columns from ..< end are there, and the others add nothing.
INLINE void row_step(const int across, const int stride, const int pixels, const int first, const int last,
                     const bool edge, const struct conv_grouped *g, const real *x, const real *w, ptrdiff_t from,
                     ptrdiff_t end, vf acc[2][GROUPED_PIXELS]) {
  const ptrdiff_t side = g->side, pixel = g->pixel;
  vf weights[2][5];
  UNROLL for (int r = first; r < last; ++r) UNROLL
    for (int k = 0; k < across; ++k) weights[r][k] = v_load(w + (k - r * stride * across) * side);
  UNROLL for (int c = 0; c < (pixels - 1) * stride + across; ++c, x += pixel) {
    if (edge && (c < from || c >= end)) continue;
    const vf element = v_load(x);
    UNROLL for (int r = first; r < last; ++r) UNROLL
      for (int i = 0; i < pixels; ++i) {
        const int k = c - i * stride;
        if (k >= 0 && k < across) acc[r][i] = v_fma(element, weights[r][k], acc[r][i]);
      }
  }
}

// y <- a vector of filters of `pixels` outputs of one row or two, each sum one chain from +0: taps in order.
INLINE void row_tile(const int across, const int stride, const int rows, const int pixels, const bool edge,
                     const struct conv_grouped *g, ptrdiff_t pixel, ptrdiff_t lane) {
  // Apart from *g: for all the compiler knows, that lies in y.
  const ptrdiff_t taps = g->taps, y_step = g->y_step, y_row = g->y_row, below = rows == 2 ? stride : 0;
  const ptrdiff_t start = pixel * stride - g->pad, end = g->in - start, offset = start * g->pixel + lane;
  vf acc[2][GROUPED_PIXELS];
  UNROLL for (int i = 0; i < pixels; ++i)
    acc[0][i] = acc[1][i] = v_zero();
  for (ptrdiff_t t = 0; t < taps; ++t) {
    if (g->at[t].x == NULL) continue;
    const real *x = g->at[t].x + offset, *w = g->w + g->at[t].w + lane;
    if (rows == 1 || t < below)
      row_step(across, stride, pixels, 0, 1, edge, g, x, w, -start, end, acc);
    else if (t >= taps - below)
      row_step(across, stride, pixels, 1, 2, edge, g, x, w, -start, end, acc);
    else
      row_step(across, stride, pixels, 0, 2, edge, g, x, w, -start, end, acc);
  }
  const vf least = v_set1(g->least), bias = g->bias == NULL ? v_zero() : conv_bias(v_load(g->bias + lane));
  real *y = g->y + pixel * y_step + lane;
  UNROLL for (int r = 0; r < rows; ++r) UNROLL
    for (int i = 0; i < pixels; ++i) v_store(y + r * y_row + i * y_step, conv_result(acc[r][i], bias, least));
}

// All filters of some outputs; some are computed twice, to the same bits.
INLINE void row_lanes(const int across, const int stride, const int rows, const int pixels,
                      const struct conv_grouped *g, ptrdiff_t pixel) {
  const ptrdiff_t start = pixel * stride - g->pad;
  const bool edge = start < 0 || start + (pixels - 1) * stride + across > g->in;
  for (ptrdiff_t next = 0; next < g->count; next += VL) {
    const ptrdiff_t lane = next + VL <= g->count ? next : g->count - VL;
    if (edge)
      row_tile(across, stride, rows, pixels, true, g, pixel, lane);
    else
      row_tile(across, stride, rows, pixels, false, g, pixel, lane);
  }
}

// One row or two, by four outputs of each, and by three at the end where fewer are left over: of five, one twice.
INLINE void row_pixels(const int across, const int stride, const int rows, const struct conv_grouped *g) {
  const ptrdiff_t threes = (GROUPED_PIXELS - g->pixels % GROUPED_PIXELS) % GROUPED_PIXELS;
  ptrdiff_t pixel = 0;
  for (; pixel + 3 * threes < g->pixels; pixel += GROUPED_PIXELS)
    row_lanes(across, stride, rows, GROUPED_PIXELS, g, pixel);
  for (; pixel < g->pixels; pixel += 3)
    row_lanes(across, stride, rows, 3, g, pixel + 3 <= g->pixels ? pixel : g->pixels - 3);
}

INLINE void row_strides(const int across, const int rows, const struct conv_grouped *g) {
  if (g->stride == 1)
    row_pixels(across, 1, rows, g);
  else
    row_pixels(across, 2, rows, g);
}

static void grouped_row(const struct conv_grouped *g) {
  if (g->across == 3)
    g->rows == 1 ? row_strides(3, 1, g) : row_strides(3, 2, g);
  else
    g->rows == 1 ? row_strides(5, 1, g) : row_strides(5, 2, g);
}

INLINE void grouped_run(const int channels, const struct conv_grouped *g) {
  ptrdiff_t pixel = 0;
  for (; pixel + GROUPED_PIXELS <= g->pixels; pixel += GROUPED_PIXELS)
    grouped_pixels(channels, GROUPED_PIXELS, GROUPED_VECTORS, g, pixel, 0);
  for (; pixel < g->pixels; ++pixel) grouped_pixels(channels, 1, GROUPED_ALONE, g, pixel, 0);
}

static void conv_grouped(const struct conv_grouped *g) {
  if (g->rows > 0)
    grouped_row(g);
  else if (VL >= 4 && g->channels == 4)
    grouped_run(4, g);
  else if (VL > 8 && g->channels == 8)
    grouped_run(8, g);
  else
    grouped_run(1, g);
}
