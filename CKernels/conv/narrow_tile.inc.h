// Template: convolution of a few channels: the lanes of a vector are neighbouring outputs.
// Needs: real, the vector dialect, conv/tile.inc.h, isa/kernels.h.

enum { NARROW_VECTORS = 2 };

// y <- the results for `high` filters and `nv` vectors of outputs from `pixel` on, the last of which holds `left`.
INLINE void narrow_tile(const int high, const int nv, const struct conv_narrow *g, ptrdiff_t pixel, ptrdiff_t left) {
  vf acc[NARROW_FILTERS][NARROW_VECTORS];
  UNROLL for (int i = 0; i < high; ++i) UNROLL
    for (int j = 0; j < nv; ++j) acc[i][j] = v_zero();
  const real *w = g->w, *x = g->x + pixel;
  for (ptrdiff_t p = 0; p < g->steps; ++p, w += NARROW_FILTERS) {
    const real *at = x + g->offsets[p];
    vf elements[NARROW_VECTORS];
    UNROLL for (int j = 0; j < nv; ++j)
      elements[j] = v_load(at + j * VL);
    UNROLL for (int i = 0; i < high; ++i) {
      const vf weight = v_set1(w[i]);
      UNROLL for (int j = 0; j < nv; ++j)
        acc[i][j] = v_fma(elements[j], weight, acc[i][j]);
    }
  }
  const vf least = v_set1(g->least);
  UNROLL for (int i = 0; i < high; ++i) {
    const vf bias = conv_bias(v_set1(g->bias == NULL ? 0 : g->bias[i]));
    real *y = g->y + i * g->y_filter + pixel;
    UNROLL for (int j = 0; j < nv; ++j) {
      const vf result = conv_result(acc[i][j], bias, least);
      if (j < nv - 1 || left >= VL)
        v_store(y + j * VL, result);
      else
        v_store_n(y + j * VL, left, result);
    }
  }
}

INLINE void narrow_row(const int high, const struct conv_narrow *g) {
  for (ptrdiff_t pixel = 0; pixel < g->pixels; pixel += NARROW_VECTORS * VL) {
    const ptrdiff_t left = g->pixels - pixel;
    if (left > VL)
      narrow_tile(high, NARROW_VECTORS, g, pixel, left - VL);
    else
      narrow_tile(high, 1, g, pixel, left);
  }
}

static void conv_narrow(const struct conv_narrow *g) {
  switch (g->filters) {
  case 1: narrow_row(1, g); break;
  case 2: narrow_row(2, g); break;
  case 3: narrow_row(3, g); break;
  case 4: narrow_row(4, g); break;
  case 5: narrow_row(5, g); break;
  default: narrow_row(NARROW_FILTERS, g);
  }
}
