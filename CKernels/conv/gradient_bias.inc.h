// Template: the gradient of the bias, db[f] = sum of dy[f] over images and positions.  Needs: conv/gradient.inc.h's
// PIECE: so many positions of an image are one chain, and these sums are added up in order.

struct bias_gradient {
  const struct conv_problem *problem;
  ptrdiff_t filters;
  const real *dy;
  real *db;
};

// Adds up to 16 filters from `first` on, whose elements lie `filter` apart, over `positions` that lie `pixel` apart.
static void add_bias_piece(const real *dy, ptrdiff_t filters, ptrdiff_t filter, ptrdiff_t positions, ptrdiff_t pixel,
                           real *db) {
  real sums[LINE] = {0};
  if (filter == 1 && filters == LINE) {
    for (ptrdiff_t i = 0; i < positions; ++i, dy += pixel)
      for (ptrdiff_t f = 0; f < LINE; ++f) sums[f] += dy[f];
  } else {
    for (ptrdiff_t i = 0; i < positions; ++i, dy += pixel)
      for (ptrdiff_t f = 0; f < filters; ++f) sums[f] += dy[f * filter];
  }
  for (ptrdiff_t f = 0; f < filters; ++f) db[f] += sums[f];
}

static void bias_body(void *context, int index, int count) {
  const struct bias_gradient *g = context;
  const struct conv_problem *p = g->problem;
  const ptrdiff_t blocks = panels_of(g->filters, LINE), positions = conv_positions(p);
  for (ptrdiff_t block = panel_start(blocks, count, index); block < panel_start(blocks, count, index + 1); ++block) {
    const ptrdiff_t first = block * LINE, filters = min(LINE, g->filters - first);
    for (ptrdiff_t f = first; f < first + filters; ++f) g->db[f] = 0;
    for (ptrdiff_t image = 0; image < p->batch; ++image)
      for (ptrdiff_t at = 0; at < positions; at += PIECE)
        add_bias_piece(g->dy + image * p->y.image + first * p->y.channel + at * p->y.axis[2], filters, p->y.channel,
                       min(PIECE, positions - at), p->y.axis[2], g->db + first);
  }
}
