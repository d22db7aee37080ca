// Template: depthwise convolution of one channel as it lies, row by row: the lanes of a vector are neighbouring
// outputs.  Needs: real, the vector dialect, conv/tile.inc.h, isa/kernels.h.

enum {
  LONE_VECTORS = 2,                // of a strip of outputs
  LONE_STRIP = LONE_VECTORS * VL,  // outputs of one
  LONE_LOADS = LONE_MOST + 1,      // of a row of x, for a vector
  LONE_EDGES = 3,                  // strips that reach beyond a row of x: the first and the last two
};

// Outputs of all rows from `pixel` on.  The last vector of two begins `end` after the first: far enough for each to
// reach beyond one end of a row only.
struct lone_strip {
  ptrdiff_t pixel, vectors, end;
  v_range within[LONE_LOADS][LONE_VECTORS];  // what each load finds in a row
};

// How a strip meets a row of x: clear of its ends; beside one, by half a kernel at most; the whole row being less than
// a vector; the whole row being read once, half a kernel of zeros around it, and shifted for each tap.
enum lone_place { LONE_INNER, LONE_EDGE, LONE_SHORT, LONE_WHOLE };

// A vector of a row of x.  It may reach beyond the row on the left with the first taps of the first vector, on the
// right with the last taps of the last; `part`: with a stride of 2, the second half of what tap k meets.
INLINE vf lone_load(const int across, const int stride, const int nv, const enum lone_place place, const real *x,
                    const struct lone_strip *s, const int k, const int part, const int v) {
  const bool left = v == 0 && part == 0 && k < across / 2;
  const bool right = v == nv - 1 && k + stride - 1 - (stride - 1 - part) * VL > across / 2;
  const bool whole = place == LONE_INNER || (place == LONE_EDGE && !left && !right);
  return whole ? v_load(x) : v_load_within(x, s->within[k + part][v]);
}

// What tap k and, where the stride is 2, tap k + 1 meet of a row, from the former's first element on; where the stride
// is 2, in the order of v_evens.
INLINE void lone_elements(const int across, const int stride, const int nv, const enum lone_place place, const real *x,
                          const struct lone_strip *s, const int k, vf elements[2][LONE_VECTORS]) {
  UNROLL for (int v = 0; v < nv; ++v) {
    const real *from = x + (v < nv - 1 ? 0 : s->end * stride);
    const vf a = lone_load(across, stride, nv, place, from, s, k, 0, v);
    elements[0][v] = a;
    if (stride == 1) continue;
    const vf b = lone_load(across, stride, nv, place, from + VL, s, k, 1, v);
    elements[0][v] = v_evens(a, b), elements[1][v] = v_odds(a, b);
  }
}

// A whole row, of which no more than a vector of outputs is made; where the stride is 2, every other column apart.
INLINE void lone_read(const int stride, const real *x, const struct lone_strip *s, vf columns[2]) {
  columns[0] = v_load_within(x, s->within[0][0]);
  if (stride == 1) return;
  const vf a = columns[0], b = v_load_within(x + VL, s->within[1][0]);
  columns[0] = v_in_order(v_evens(a, b)), columns[1] = v_in_order(v_odds(a, b));
}

// What a tap meets of such a row, `offset` columns after the middle tap.
INLINE vf lone_shifted(const int stride, const int offset, const vf columns[2]) {
  const int phase = stride == 1 ? 0 : offset & 1, by = (offset - phase) / stride;
  const vf x = columns[phase];
  return by < 0 ? v_before(v_zero(), x, -by) : by > 0 ? v_after(x, v_zero(), by) : x;
}

// Weights that the registers hold beside `sums` sums of outputs and what a row is made into; the others are read for
// each row.
INLINE int lone_kept(const int across, const int sums) {
  const int room = MR * NV - sums - across * across / 2;
  return room > 0 ? room : 0;
}

// acc[i] += what row u of the stride, at x, has for it.  kept: the first of the weights.
INLINE void lone_row(const int across, const int stride, const int nv, const enum lone_place place, const int u,
                     const real *x, const struct lone_strip *s, const real *w, const vf *kept,
                     vf acc[LONE_MOST][LONE_VECTORS]) {
  const int held = (across + stride - 1) / stride;
  vf columns[2];
  w = lone_pointer(w);  // or clang would read all weights before the loop, and keep them on the stack
  if (place == LONE_WHOLE) lone_read(stride, x, s, columns);
  UNROLL for (int k = 0; k < across; k += stride) {
    vf elements[2][LONE_VECTORS];
    if (place != LONE_WHOLE) lone_elements(across, stride, nv, place, x + k, s, k, elements);
    UNROLL for (int e = 0; e < stride && k + e < across; ++e) {
      if (place == LONE_WHOLE) elements[e][0] = lone_shifted(stride, k + e - across / 2, columns);
      UNROLL for (int t = u + (across - 1 - u) / stride * stride; t >= u; t -= stride) UNROLL
        for (int v = 0; v < nv; ++v) {
          const int at = t * across + k + e;
          const vf weight = at < lone_kept(across, held * nv) ? kept[at] : v_set1(w[at * NARROW_FILTERS]);
          acc[t / stride][v] = v_fma(elements[e][v], weight, acc[t / stride][v]);
        }
    }
  }
}

// y <- a row of `nv` vectors.  One that is less than a vector runs into the next row, which is written later, if there
// is one.
INLINE void lone_store(const int nv, const enum lone_place place, const struct conv_lone *g, const struct lone_strip *s,
                       ptrdiff_t row, const vf *results) {
  real *y = g->y + row * g->y_row + s->pixel;
  if ((place == LONE_SHORT || place == LONE_WHOLE) && VL - g->pixels > (g->last - 1 - row) * g->y_row)
    v_store_n(y, g->pixels, results[0]);
  else UNROLL
    for (int v = 0; v < nv; ++v) v_store(y + (v < nv - 1 ? 0 : s->end), results[v]);
}

// A strip of `nv` vectors, from the top to the bottom: a row of x meets the rows of outputs that it has taps of, `held`
// of which are under way.  acc[i] is the row of outputs that begins i rows above the newest.
INLINE void lone_rows(const int across, const int stride, const int nv, const enum lone_place place,
                      const struct conv_lone *g, const struct lone_strip *s) {
  const int held = (across + stride - 1) / stride;
  const bool ordered = stride == 1 || place == LONE_WHOLE;
  vf acc[LONE_MOST][LONE_VECTORS];
  UNROLL for (int i = 0; i < held; ++i) UNROLL
    for (int v = 0; v < nv; ++v) acc[i][v] = v_zero();
  vf kept[LONE_MOST * LONE_MOST];
  UNROLL for (int t = 0; t < across * across && t < lone_kept(across, held * nv); ++t)
    kept[t] = v_set1(g->w[t * NARROW_FILTERS]);
  // Apart from *g: for all the compiler knows, that lies in y.
  const real *const w = g->w;
  const ptrdiff_t column = place == LONE_WHOLE ? 0 : s->pixel * stride - g->pad[1], x_row = g->x_row, rows = g->in[0];
  const ptrdiff_t first = g->first, last = g->last, above = first * stride - g->pad[0];
  // Rows of outputs that begin with nothing but padding begin with zeros.
  const ptrdiff_t spared = above < 0 ? -above / stride : 0;
  const vf least = v_set1(g->least), bias = conv_bias(v_set1(g->bias == NULL ? 0 : *g->bias));
  ptrdiff_t at = above + spared * stride;
  const real *const zeros = g->zeros + column, *x = g->x + at * x_row + column;
  for (ptrdiff_t row = first + spared; row < last + held - 1; ++row) {
    UNROLL for (int u = 0; u < stride; ++u, ++at, x += x_row)
      lone_row(across, stride, nv, place, u, at >= 0 && at < rows ? x : zeros, s, w, kept, acc);
    vf results[LONE_VECTORS];
    UNROLL for (int v = 0; v < nv; ++v)
      results[v] = conv_result(ordered ? acc[held - 1][v] : v_in_order(acc[held - 1][v]), bias, least);
    // What is under way at the beginning is part of no row; the first takes its place.
    lone_store(nv, place, g, s, row - (held - 1) > first ? row - (held - 1) : first, results);
    UNROLL for (int i = held - 1; i > 0; --i) UNROLL
      for (int v = 0; v < nv; ++v) acc[i][v] = acc[i - 1][v];
    UNROLL for (int v = 0; v < nv; ++v)
      acc[0][v] = v_zero();
  }
}

// What a vector that begins with column `from` finds in a row of `in`.
INLINE v_range lone_within(ptrdiff_t from, ptrdiff_t in) {
  const ptrdiff_t to = in - from;
  return v_within(from > 0 ? 0 : -from < VL ? -from : VL, to < 0 ? 0 : to < VL ? to : VL);
}

// The strip from `pixel` on.
INLINE struct lone_strip lone_strip_of(const int across, const int stride, const struct conv_lone *g, ptrdiff_t pixel) {
  enum { APART = LONE_MOST / 2 };
  const ptrdiff_t left = g->pixels - pixel, in = g->in[1];
  struct lone_strip s = {.pixel = pixel, .vectors = 1};
  if (left >= VL + APART)
    s.vectors = LONE_VECTORS, s.end = (left < LONE_STRIP ? left : LONE_STRIP) - VL;
  else if (left < VL)
    s.pixel = g->pixels < VL ? 0 : g->pixels - VL;
  const ptrdiff_t column = s.pixel * stride - g->pad[1];
  for (int k = 0; k < across; k += stride)
    for (int part = 0; part < stride; ++part)
      for (int v = 0; v < LONE_VECTORS; ++v)
        s.within[k + part][v] = lone_within(column + k + part * VL + v * s.end * stride, in);
  return s;
}

// Whether a row is read whole.
INLINE bool is_whole(const int across, const int stride, const struct conv_lone *g) {
  return g->pad[1] == across / 2 && g->pixels <= VL && g->in[1] <= stride * VL;
}

INLINE struct lone_strip lone_whole_strip(const int stride, const struct conv_lone *g) {
  struct lone_strip s = {.vectors = 1};
  for (int part = 0; part < stride; ++part) s.within[part][0] = lone_within(part * VL, g->in[1]);
  return s;
}

// What the channels have in common: the strips that may reach beyond a row, and where the others begin and end.
struct lone_strips {
  int count;
  struct lone_strip edges[LONE_EDGES];
  ptrdiff_t inner, outer;
};

INLINE struct lone_strips lone_strips_of(const int across, const int stride, const struct conv_lone *g) {
  struct lone_strips s = {0};
  for (ptrdiff_t pixel = 0, wide; pixel < g->pixels; pixel += wide) {
    const ptrdiff_t column = pixel * stride - g->pad[1], reach = across - 1 + stride * LONE_STRIP;
    wide = LONE_STRIP;
    if (column >= 0 && column + reach <= g->in[1] && pixel + LONE_STRIP <= g->pixels) {
      if (s.outer == 0) s.inner = pixel;
      s.outer = pixel + LONE_STRIP;
      continue;
    }
    s.edges[s.count] = lone_strip_of(across, stride, g, pixel);
    wide = s.edges[s.count++].vectors * VL;
  }
  return s;
}

INLINE void lone_channel(const int across, const int stride, const struct conv_lone *g, const struct lone_strips *s) {
  for (const struct lone_strip *edge = s->edges; edge < s->edges + s->count; ++edge)
    if (edge->vectors > 1)
      lone_rows(across, stride, LONE_VECTORS, LONE_EDGE, g, edge);
    else if (g->pixels >= VL)
      lone_rows(across, stride, 1, LONE_EDGE, g, edge);
    else
      lone_rows(across, stride, 1, LONE_SHORT, g, edge);
  for (ptrdiff_t pixel = s->inner; pixel < s->outer; pixel += LONE_STRIP) {
    const struct lone_strip inner = {.pixel = pixel, .vectors = LONE_VECTORS, .end = VL};
    lone_rows(across, stride, LONE_VECTORS, LONE_INNER, g, &inner);
  }
}

INLINE struct conv_lone next_channel(const int across, struct conv_lone g) {
  g.x += g.x_channel, g.y += g.y_channel, g.w += across * across * NARROW_FILTERS;
  if (g.bias != NULL) ++g.bias;
  return g;
}

// All channels; some outputs are computed twice, to the same bits.
INLINE void lone_channels(const int across, const int stride, const struct conv_lone *g) {
  struct conv_lone channel = *g;
  if (is_whole(across, stride, g)) {
    const struct lone_strip whole = lone_whole_strip(stride, g);
    for (ptrdiff_t c = 0; c < g->channels; ++c, channel = next_channel(across, channel))
      lone_rows(across, stride, 1, LONE_WHOLE, &channel, &whole);
  } else {
    const struct lone_strips strips = lone_strips_of(across, stride, g);
    for (ptrdiff_t c = 0; c < g->channels; ++c, channel = next_channel(across, channel))
      lone_channel(across, stride, &channel, &strips);
  }
}

static void conv_lone(const struct conv_lone *g) {
  if (g->across == 3)
    g->stride == 1 ? lone_channels(3, 1, g) : lone_channels(3, 2, g);
  else
    g->stride == 1 ? lone_channels(5, 1, g) : lone_channels(5, 2, g);
}
