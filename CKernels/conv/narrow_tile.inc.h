// Template: convolution of a few channels: the lanes of a vector are neighbouring outputs.
// Needs: real, the vector dialect, conv/tile.inc.h, isa/kernels.h.

// Chains that hide the latency of each other, and the vectors of a row that share a weight.
enum { NARROW_CHAINS = 8, NARROW_VECTORS = MR * NV < 4 * NARROW_FILTERS ? 2 : 4 };

// y <- the results for `high` filters, `down` rows and `nv` vectors of outputs from x on, the last of which ends with
// the `left`-th output after the others: some are computed twice, to the same bits.  masked: a row has no more than
// `left`, less than a vector.
INLINE void narrow_tile(const int high, const int down, const int nv, const bool masked, const struct conv_narrow *g,
                        const real *x, real *y, ptrdiff_t left) {
  vf acc[NARROW_FILTERS][NARROW_CHAINS];
  const ptrdiff_t x_row = g->x_row, y_row = g->y_row, y_filter = g->y_filter;
  const ptrdiff_t end = (nv - 1) * VL + (masked ? 0 : left - VL);
  UNROLL for (int i = 0; i < high; ++i) UNROLL
    for (int j = 0; j < down * nv; ++j) acc[i][j] = v_zero();
  const real *w = g->w;
  for (ptrdiff_t p = 0; p < g->steps; ++p, w += NARROW_FILTERS) {
    const real *at = x + g->offsets[p];
    vf elements[NARROW_CHAINS];
    UNROLL for (int j = 0; j < down * nv; ++j)
      elements[j] = v_load(at + j / nv * x_row + (j % nv < nv - 1 ? j % nv * VL : end));
    UNROLL for (int i = 0; i < high; ++i) {
      const vf weight = v_set1(w[i]);
      UNROLL for (int j = 0; j < down * nv; ++j)
        acc[i][j] = v_fma(elements[j], weight, acc[i][j]);
    }
  }
  const vf least = v_set1(g->least);
  UNROLL for (int i = 0; i < high; ++i) {
    const vf bias = conv_bias(v_set1(g->bias == NULL ? 0 : g->bias[i]));
    UNROLL for (int j = 0; j < down * nv; ++j) {
      real *to = y + i * y_filter + j / nv * y_row + (j % nv < nv - 1 ? j % nv * VL : end);
      const vf result = conv_result(acc[i][j], bias, least);
      if (masked)
        v_store_n(to, left, result);
      else
        v_store(to, result);
    }
  }
}

// `nv` vectors of outputs of every row, `down` rows at a time; what is left over one by one.
INLINE void narrow_rows(const int high, const int down, const int nv, const bool masked, const struct conv_narrow *g,
                        ptrdiff_t pixel, ptrdiff_t left) {
  const real *x = g->x + pixel;
  real *y = g->y + pixel;
  ptrdiff_t row = 0;
  for (; row + down <= g->rows; row += down)
    narrow_tile(high, down, nv, masked, g, x + row * g->x_row, y + row * g->y_row, left);
  if (down > 1)
    for (; row < g->rows; ++row) narrow_tile(high, 1, nv, masked, g, x + row * g->x_row, y + row * g->y_row, left);
}

// Several filters: as many outputs as the registers hold, of several rows where one is short.
INLINE void narrow_filters(const int high, const struct conv_narrow *g) {
  if (g->pixels < VL) {
    narrow_rows(high, NARROW_VECTORS, 1, true, g, 0, g->pixels);
    return;
  }
  for (ptrdiff_t pixel = 0; pixel < g->pixels; pixel += NARROW_VECTORS * VL) {
    const ptrdiff_t left = g->pixels - pixel, whole = (left - 1) / VL, last = left - whole * VL;
    if (whole == 0)
      narrow_rows(high, NARROW_VECTORS, 1, false, g, pixel, last);
    else if (whole == 1)
      narrow_rows(high, NARROW_VECTORS / 2, 2, false, g, pixel, last);
    else if (whole == 2 && NARROW_VECTORS > 2)
      narrow_rows(high, 1, 3, false, g, pixel, last);
    else
      narrow_rows(high, 1, NARROW_VECTORS, false, g, pixel, whole == NARROW_VECTORS - 1 ? last : VL);
  }
}

// One filter: as many outputs as hide the latency, of several rows where one is short.
static void narrow_alone(const struct conv_narrow *g) {
  if (g->pixels < VL) {
    narrow_rows(1, 4, 1, true, g, 0, g->pixels);
    return;
  }
  for (ptrdiff_t pixel = 0; pixel < g->pixels; pixel += NARROW_CHAINS * VL) {
    const ptrdiff_t left = g->pixels - pixel, whole = (left - 1) / VL, last = left - whole * VL;
    switch (whole) {
    case 0: narrow_rows(1, 4, 1, false, g, pixel, last); break;
    case 1: narrow_rows(1, 4, 2, false, g, pixel, last); break;
    case 2: narrow_rows(1, 2, 3, false, g, pixel, last); break;
    case 3: narrow_rows(1, 2, 4, false, g, pixel, last); break;
    case 4: narrow_rows(1, 1, 5, false, g, pixel, last); break;
    case 5: narrow_rows(1, 1, 6, false, g, pixel, last); break;
    case 6: narrow_rows(1, 1, 7, false, g, pixel, last); break;
    case 7: narrow_rows(1, 1, 8, false, g, pixel, last); break;
    default: narrow_rows(1, 1, NARROW_CHAINS, false, g, pixel, VL);
    }
  }
}

static void conv_narrow(const struct conv_narrow *g) {
  switch (g->filters) {
  case 1: narrow_alone(g); break;
  case 2: narrow_filters(2, g); break;
  case 3: narrow_filters(3, g); break;
  case 4: narrow_filters(4, g); break;
  case 5: narrow_filters(5, g); break;
  default: narrow_filters(NARROW_FILTERS, g);
  }
}

// to[from ..< end] <- zeros, and up to a vector more.  The first by itself: a loop of these becomes a call.
INLINE void split_zeros(ptrdiff_t from, ptrdiff_t end, real *to) {
  if (from >= end) return;
  v_store(to + from, v_zero());
  for (ptrdiff_t j = from + VL; j < end; j += VL) v_store(to + j, v_zero());
}

// A row of one channel: its only part.
INLINE void split_one(const struct conv_split *s, const real *x, real *to) {
  const ptrdiff_t pad = s->pad, wide = s->wide, in = s->in < wide - pad ? s->in : wide - pad;
  split_zeros(0, pad < wide ? pad : wide, to);
  ptrdiff_t i = 0;
  for (; i + VL <= in; i += VL) v_store(to + pad + i, v_load(x + i));
  if (i < in) v_store(to + pad + i, v_load_n(x + i, in - i));
  split_zeros(pad + (in > 0 ? in : 0), wide, to);
}

// Its two parts: every other element from x[0] on, which is element pad / 2 of the first or the second, and the others.
INLINE void split_two(const struct conv_split *s, const real *x, real *to) {
  const ptrdiff_t odd = s->pad % 2, even_at = s->pad / 2, odd_at = (s->pad + 1) / 2, wide = s->wide;
  real *evens = to + odd * s->pitch, *odds = to + (1 - odd) * s->pitch;
  const ptrdiff_t room = 2 * (wide - even_at), in = s->in < room ? s->in : room;
  split_zeros(0, even_at < wide ? even_at : wide, evens);
  split_zeros(0, odd_at < wide ? odd_at : wide, odds);
  evens += even_at, odds += odd_at;
  ptrdiff_t i = 0;
  for (; i + 2 * VL <= in; i += 2 * VL, evens += VL, odds += VL) {
    const vf a = v_load(x + i), b = v_load(x + i + VL);
    v_store(evens, v_in_order(v_evens(a, b)));
    v_store(odds, v_in_order(v_odds(a, b)));
  }
  if (i < in) {
    const vf a = load_row(x + i, 1, in - i), b = in - i > VL ? v_load_n(x + i + VL, in - i - VL) : v_zero();
    v_store(evens, v_in_order(v_evens(a, b)));
    v_store(odds, v_in_order(v_odds(a, b)));
  }
  const ptrdiff_t seen = in > 0 ? in : 0;
  split_zeros(even_at + (seen + 1) / 2, wide, to + odd * s->pitch);
  split_zeros(odd_at + seen / 2, wide, to + (1 - odd) * s->pitch);
}

static void conv_split(const struct conv_split *rows) {
  const struct conv_split s = *rows;
  real *to = s.to;
  for (ptrdiff_t row = 0; row < s.rows; ++row)
    for (ptrdiff_t c = 0; c < s.channels; ++c, to += s.phases * s.pitch)
      if (s.phases == 1)
        split_one(&s, s.x + row * s.x_row + c * s.x_channel, to);
      else
        split_two(&s, s.x + row * s.x_row + c * s.x_channel, to);
}
