// Template: the tiles of the gradient of the weights: what a piece adds to them, and where they go at the end.
// Needs: conv/gradient.inc.h's struct part.

// Outputs first ..< end of `from` ..< `to` that find tap t within x.
struct range {
  ptrdiff_t first, end;
};

static struct range meeting(const struct conv_axis *a, ptrdiff_t t, ptrdiff_t from, ptrdiff_t to) {
  const ptrdiff_t offset = t * a->dilation - a->pad;
  const ptrdiff_t first = offset >= 0 ? 0 : panels_of(-offset, a->step);
  const ptrdiff_t end = offset >= a->in ? 0 : panels_of(a->in - offset, a->step);
  return (struct range){max(from, first), min(to, end)};
}

// Where one tap finds its x and dy within a piece, in panels: what all of its tiles have in common.
struct tap_view {
  ptrdiff_t rows, steps, x, dy;
};

static struct tap_view view_of(const struct part *t, ptrdiff_t tz, ptrdiff_t ty, ptrdiff_t tx) {
  const struct gradient *g = t->g;
  const struct conv_axis *a = g->problem.axis;
  const struct range z = meeting(&a[0], tz, t->z, t->z + 1), y = meeting(&a[1], ty, t->y, t->y + t->high);
  const struct range x = g->joins ? (struct range){t->x, t->x + t->wide} : meeting(&a[2], tx, t->x, t->x + t->wide);
  if (z.first >= z.end || y.first >= y.end || x.first >= x.end) return (struct tap_view){.rows = 0};
  const ptrdiff_t at_y = y.first * a[1].step + ty * a[1].dilation - a[1].pad - t->y0;
  const ptrdiff_t at_x = g->joins ? 0 : x.first * a[2].step + tx * a[2].dilation - a[2].pad - t->x0;
  return (struct tap_view){.rows = y.end - y.first,
                           .steps = x.end - x.first,
                           .x = (tz * t->rows + at_y) * t->x_row + at_x * t->x_step,
                           .dy = ((y.first - t->y) * (t->f1 - t->f0) * t->wide + x.first - t->x) * g->kernels->nr};
}

// The sums of tile (c, f): row by row, and in each tap by tap.
static real *sums_of(const struct part *t, ptrdiff_t c, ptrdiff_t f) {
  return t->sums + ((f - t->f0) * (t->c1 - t->c0) + c - t->c0) * t->g->taps * t->tile;
}

// Adds the piece to tile (c, f) of taps first ..< first + count.
static void add_tile(const struct part *t, ptrdiff_t c, ptrdiff_t f, ptrdiff_t first, ptrdiff_t count,
                     const struct tap_view *views) {
  const struct gradient *g = t->g;
  const struct conv_axis *a = g->problem.axis;
  const ptrdiff_t mr = g->kernels->mr, nr = g->kernels->nr, top = panel_start(g->run, g->c_panels, c);
  const bool in_panels = g->copies_x && !g->joins;
  const real *x = t->x_at + (in_panels ? (c - t->c0) * t->x_wide * mr : top);
  const real *dy = t->dy_panels + (f - t->f0) * t->wide * nr;
  struct conv_outer tile = {.high = panel_start(g->run, g->c_panels, c + 1) - top,
                            .wide = min(nr, g->problem.filters - f * nr),
                            .a_row = a[1].step * t->x_row,
                            .a_ps = a[2].step * t->x_step,
                            .b_row = (t->f1 - t->f0) * t->wide * nr,
                            .c = sums_of(t, c, f) + first * nr,
                            .c_row = g->taps * nr,
                            .add = t->add,
                            .least = (real)-INFINITY};
  for (ptrdiff_t i = 0; i < count; ++i, tile.c += nr) {
    if (views[i].rows == 0 && t->add) continue;
    tile.rows = views[i].rows, tile.steps = views[i].steps;
    tile.a = x + views[i].x, tile.b = dy + views[i].dy;
    g->kernels->conv_outer(&tile);
  }
}

// Writes the sums of some rows and taps and of panel f of the filters to where the caller's layout has them, tap by
// tap.
static void deliver_each(const struct gradient *g, ptrdiff_t group, struct range rows, struct range taps, ptrdiff_t f,
                         const real *sums) {
  const struct conv_problem *p = &g->problem;
  const ptrdiff_t nr = g->kernels->nr, across = p->axis[2].taps, filters = min(nr, p->filters - f * nr);
  real *dw = g->dw + p->w.origin + group * p->w.group + f * nr * p->w.filter;
  for (ptrdiff_t tap = taps.first; tap < taps.end; ++tap)
    for (ptrdiff_t r = rows.first; r < rows.end; ++r) {
      const ptrdiff_t at = g->joins ? tap * across + r / p->channels : tap, plane = at / across;
      const real *from = sums + ((r - rows.first) * g->taps + tap) * nr;
      real *to = dw + plane / p->axis[1].taps * p->w.axis[0] + plane % p->axis[1].taps * p->w.axis[1] +
                 at % across * p->w.axis[2] + r % p->channels * p->w.channel;
      if (p->w.filter == 1)
        memcpy(to, from, (size_t)filters * sizeof(real));
      else
        for (ptrdiff_t j = 0; j < filters; ++j) to[j * p->w.filter] = from[j];
    }
}

// Whether all taps of one weight lie side by side.
static bool taps_follow(const struct conv_problem *p) {
  const struct conv_axis *a = p->axis;
  return p->w.axis[2] == 1 && (a[1].taps == 1 || p->w.axis[1] == a[2].taps) &&
         (a[0].taps == 1 || p->w.axis[0] == a[1].taps * a[2].taps);
}

// The same where taps follow: rows times taps times filters are transposed, together where rows follow as well.
static void deliver_taps(const struct gradient *g, ptrdiff_t group, struct range rows, struct range taps, ptrdiff_t f,
                         const real *sums) {
  const struct conv_problem *p = &g->problem;
  const ptrdiff_t nr = g->kernels->nr, filters = min(nr, p->filters - f * nr);
  real *dw = g->dw + p->w.origin + group * p->w.group + f * nr * p->w.filter;
  const ptrdiff_t count = taps.end - taps.first;
  const ptrdiff_t together = count == g->taps && p->w.channel == count ? rows.end - rows.first : 1;
  dw += taps.first, sums += taps.first * nr;
  for (ptrdiff_t r = rows.first; r < rows.end; r += together, sums += together * g->taps * nr)
    g->kernels->transpose_block(together * count, filters, sums, nr, dw + r * p->w.channel, p->w.filter);
}

static void deliver(const struct gradient *g, ptrdiff_t group, struct range rows, struct range taps, ptrdiff_t f,
                    const real *sums) {
  if (!g->joins && taps_follow(&g->problem) && (g->taps > 1 || g->problem.w.channel == 1))
    deliver_taps(g, group, rows, taps, f, sums);
  else
    deliver_each(g, group, rows, taps, f, sums);
}

static void deliver_tile(const struct part *t, ptrdiff_t c, ptrdiff_t f) {
  const struct gradient *g = t->g;
  const struct range rows = {panel_start(g->run, g->c_panels, c), panel_start(g->run, g->c_panels, c + 1)};
  deliver(g, t->group, rows, (struct range){t->t0, t->t1}, f, sums_of(t, c, f));
}

// Taps of which a tile is made together, while its panels are in L1.
enum { TAPS_TOGETHER = 32 };

// Every tile of the piece, and with the last piece delivers it.
static void add_tiles(const struct part *t, bool last) {
  const struct gradient *g = t->g;
  const ptrdiff_t down = g->problem.axis[1].taps, across = g->joins ? 1 : g->problem.axis[2].taps;
  struct tap_view views[TAPS_TOGETHER];
  for (ptrdiff_t first = t->t0, count; first < t->t1; first += count) {
    count = min(TAPS_TOGETHER, t->t1 - first);
    for (ptrdiff_t i = 0; i < count; ++i) {
      const ptrdiff_t row = (first + i) / across;
      views[i] = view_of(t, row / down, row % down, (first + i) % across);
    }
    for (ptrdiff_t f = t->f0; f < t->f1; ++f)
      for (ptrdiff_t c = t->c0; c < t->c1; ++c) {
        add_tile(t, c, f, first, count, views);
        if (last && first + count == t->t1) deliver_tile(t, c, f);
      }
  }
}
