// Template: the gradient of the weights, dw[f, c, t] = sum over images and outputs of dy[f, o] x[c, o step + t dilation
// - pad].  Needs: real, conv/plan.h, conv/direct.inc.h.
//
// Both operands are copied piece by piece into the panels of the matrix product, or x is read where it lies; a tile of
// mr channels and nr filters then adds up the pixels of a piece for one tap after the other, and only pixels that this
// tap finds within x.  Few channels are taken together with the taps along the width, as if these were channels: in
// padded rows of x, both lie side by side.  There dy meets padding, which changes no bit where dy is finite.

// Outputs of a piece, as deep as the chunks of a matrix product.  Part of the result's definition.
enum { PIECE = CHUNK };
// x of a kernel of one tap is copied if more panels of filters than this read it, or its pixels alias.
enum { COPY_X_PANELS = 16 };

struct gradient {
  struct conv_problem problem;  // of the convolution, or of the one that a transposed one is the adjoint of
  const struct kernels *kernels;
  const real *x, *dy;
  real *dw, *workspace;
  bool joins, copies_x;
  ptrdiff_t taps, run;           // positions of the kernel, and rows for each
  ptrdiff_t c_panels, f_panels;  // of run, of the filters
  ptrdiff_t high, wide;          // rows and columns of a piece, at most
  ptrdiff_t x_rows, x_wide;      // of x under a piece, at most
  int threads, split;            // what threads share out: 0 groups, 1 panels of filters, 2 panels of rows, 3 taps
};

// Shares of the busiest thread, if `parts` of `whole` are shared out.
static double busiest(ptrdiff_t parts, ptrdiff_t threads) { return (double)panels_of(parts, threads) / (double)parts; }

static void share_out(struct gradient *g, int threads) {
  const ptrdiff_t parts[4] = {g->problem.groups, g->f_panels, g->c_panels, g->taps};
  g->split = 0;
  for (int i = 1; i < 4; ++i)
    if (busiest(parts[i], threads) < busiest(parts[g->split], threads)) g->split = i;
  g->threads = (int)min(threads, parts[g->split]);
}

// joins: whether few channels may be taken together with taps.
static struct gradient gradient_of(const struct kernels *k, struct conv_problem p, int threads, bool joins) {
  p = flattened(&p);
  const struct conv_axis *y = &p.axis[1], *x = &p.axis[2];
  struct gradient g = {.problem = p, .kernels = k, .taps = conv_taps(&p), .run = p.channels};
  g.wide = panels_of(x->out, panels_of(x->out, PIECE));
  g.x_wide = (g.wide - 1) * x->step + (x->taps - 1) * x->dilation + 1;
  const bool fills = g.x_wide <= 4 * x->in + PIECE;  // rows are not padding for the most part
  g.joins = joins && p.channels < k->mr && x->taps > 1 && x->dilation == 1 && fills;
  if (g.joins) g.run *= x->taps, g.taps /= x->taps;
  g.c_panels = panels_of(g.run, k->mr);
  g.f_panels = panels_of(p.filters, k->nr);
  g.copies_x = g.taps > 1 || g.joins || p.x.channel != 1 || g.f_panels > COPY_X_PANELS ||
               aliases(x->step * p.x.axis[2] * (ptrdiff_t)sizeof(real));
  g.high = min(y->out, max(1, PIECE / g.wide));
  g.x_rows = min((g.high - 1) * y->step + (y->taps - 1) * y->dilation + 1, max(1, y->in)) * p.axis[0].taps;
  if (!g.joins) g.x_wide = min(g.x_wide, max(1, x->in));
  share_out(&g, threads);
  return g;
}

// What one thread needs, in elements, if `threads` share the work: its sums, dy in panels, and x in panels or padded
// rows.
struct gradient_room {
  ptrdiff_t sums, dy, x, all;
};

static struct gradient_room gradient_room_of(const struct gradient *g, int threads) {
  const ptrdiff_t mr = g->kernels->mr, nr = g->kernels->nr, tile = whole(mr * nr, LINE);
  const ptrdiff_t c = g->split == 2 ? panels_of(g->c_panels, threads) : g->c_panels;
  const ptrdiff_t f = g->split == 1 ? panels_of(g->f_panels, threads) : g->f_panels;
  const ptrdiff_t across = g->joins ? g->problem.channels : c * mr;
  struct gradient_room room = {.sums = times(times(g->taps, c), times(f, tile)),
                               .dy = whole(times(g->high * g->wide, f * nr), LINE),
                               .x = whole(times(times(g->x_rows, g->x_wide), across), LINE)};
  if (!g->copies_x) room.x = 0;
  room.all = room.sums + room.dy + room.x;
  return room;
}

// One thread's part and memory, and the piece at hand.
struct part {
  const struct gradient *g;
  ptrdiff_t tile;  // elements of a tile of sums
  ptrdiff_t group, c0, c1, f0, f1, t0, t1;
  ptrdiff_t z, y, x, high, wide;   // outputs of the piece
  ptrdiff_t y0, rows, x0, x_wide;  // of x under it
  const real *x_at;                // where x is read, with these strides
  ptrdiff_t x_row, x_step;
  real *sums, *dy_panels, *x_panels;
  bool add;
};

static void pack_dy(const struct part *t, ptrdiff_t image) {
  const struct conv_problem *p = &t->g->problem;
  const struct kernels *k = t->g->kernels;
  const real *dy = t->g->dy + image * p->y.image + t->group * p->y.group + t->z * p->y.axis[0] + t->x * p->y.axis[2];
  real *to = t->dy_panels;
  for (ptrdiff_t y = t->y; y < t->y + t->high; ++y, to += (t->f1 - t->f0) * t->wide * k->nr)
    k->pack_b(p->filters, t->g->f_panels, t->f0, t->f1, t->wide, dy + y * p->y.axis[1], p->y.channel, p->y.axis[2], to);
}

// The panels of x, its padded rows, or x where it lies.
static void prepare_x(struct part *t, ptrdiff_t image) {
  const struct gradient *g = t->g;
  const struct conv_problem *p = &g->problem;
  const struct kernels *k = g->kernels;
  const real *x = g->x + image * p->x.image + t->group * p->x.group;
  if (!g->copies_x) {
    const ptrdiff_t z = t->z * p->axis[0].step - p->axis[0].pad;
    t->x_at = x + z * p->x.axis[0] + t->y0 * p->x.axis[1] + t->x0 * p->x.axis[2];
    t->x_row = p->x.axis[1];
    t->x_step = p->x.axis[2];
    return;
  }
  t->x_at = t->x_panels;
  t->x_row = t->x_wide * (g->joins ? p->channels : (t->c1 - t->c0) * k->mr);
  t->x_step = g->joins ? p->channels : k->mr;
  for (ptrdiff_t tz = 0; tz < p->axis[0].taps; ++tz) {
    const ptrdiff_t z = t->z * p->axis[0].step + tz * p->axis[0].dilation - p->axis[0].pad;
    if (z < 0 || z >= p->axis[0].in) continue;
    for (ptrdiff_t y = 0; y < t->rows; ++y) {
      const real *from = x + z * p->x.axis[0] + (t->y0 + y) * p->x.axis[1];
      real *to = t->x_panels + (tz * t->rows + y) * t->x_row;
      if (g->joins)
        copy_row(k, p, from, t->x0, t->x_wide, to, p->channels);
      else if (t->x_wide > 0)
        k->pack_a(g->run, g->c_panels, t->c0, t->c1, t->x_wide, from + t->x0 * p->x.axis[2], p->x.channel, p->x.axis[2],
                  to);
    }
  }
}

#include "conv/gradient_tiles.inc.h"

static void add_piece(struct part *t, ptrdiff_t image, bool last) {
  const struct gradient *g = t->g;
  const struct conv_axis *y = &g->problem.axis[1], *x = &g->problem.axis[2];
  const ptrdiff_t top = t->y * y->step - y->pad, left = t->x * x->step - x->pad;
  const ptrdiff_t bottom = top + (t->high - 1) * y->step + (y->taps - 1) * y->dilation + 1;
  const ptrdiff_t right = left + (t->wide - 1) * x->step + (x->taps - 1) * x->dilation + 1;
  t->y0 = max(top, 0), t->rows = max(0, min(bottom, y->in) - t->y0);
  t->x0 = g->joins ? left : max(left, 0), t->x_wide = g->joins ? right - left : max(0, min(right, x->in) - t->x0);
  pack_dy(t, image);
  prepare_x(t, image);
  add_tiles(t, last);
  t->add = true;
}

// The gradient of no images is 0.
static void deliver_zeros(const struct part *t) {
  const ptrdiff_t tiles = (t->f1 - t->f0) * (t->c1 - t->c0);
  memset(t->sums, 0, (size_t)(tiles * t->g->taps * t->tile) * sizeof(real));
  for (ptrdiff_t f = t->f0; f < t->f1; ++f)
    for (ptrdiff_t c = t->c0; c < t->c1; ++c) deliver_tile(t, c, f);
}

static void add_group(struct part *t) {
  const struct gradient *g = t->g;
  const struct conv_axis *a = g->problem.axis;
  const ptrdiff_t batch = g->problem.batch;
  t->add = false;
  if (batch == 0) deliver_zeros(t);
  for (ptrdiff_t image = 0; image < batch; ++image)
    for (t->z = 0; t->z < a[0].out; ++t->z)
      for (t->y = 0; t->y < a[1].out; t->y += t->high) {
        t->high = min(g->high, a[1].out - t->y);
        for (t->x = 0; t->x < a[2].out; t->x += t->wide) {
          t->wide = min(g->wide, a[2].out - t->x);
          add_piece(t, image,
                    image + 1 == batch && t->z + 1 == a[0].out && t->y + t->high == a[1].out &&
                        t->x + t->wide == a[2].out);
        }
      }
}

static void gradient_body(void *context, int index, int count) {
  const struct gradient *g = context;
  const struct gradient_room room = gradient_room_of(g, count);
  real *at = g->workspace + index * room.all;
  struct part t = {.g = g, .c1 = g->c_panels, .f1 = g->f_panels, .t1 = g->taps};
  t.tile = whole(g->kernels->mr * g->kernels->nr, LINE);
  t.sums = at, at += room.sums;
  t.dy_panels = at, at += room.dy;
  t.x_panels = at;
  ptrdiff_t first = 0, last = g->problem.groups;
  ptrdiff_t *const parts[4][2] = {{&first, &last}, {&t.f0, &t.f1}, {&t.c0, &t.c1}, {&t.t0, &t.t1}};
  const ptrdiff_t whole = *parts[g->split][1];
  *parts[g->split][0] = panel_start(whole, count, index);
  *parts[g->split][1] = panel_start(whole, count, index + 1);
  for (t.group = first; t.group < last; ++t.group) add_group(&t);
}

// A team may turn out smaller than asked for.
static ptrdiff_t gradient_workspace_count(const struct gradient *g) {
  ptrdiff_t most = 0;
  for (int count = 1; count <= g->threads; ++count) most = max(most, times(count, gradient_room_of(g, count).all));
  return most;
}

// E = P + Q + 2 for Q pieces of at most P outputs.
static double gradient_growth(const struct gradient *g) {
  const struct conv_axis *a = g->problem.axis;
  const double rows = (double)a[0].out * (double)panels_of(a[1].out, g->high);
  const double pieces = (double)g->problem.batch * rows * (double)panels_of(a[2].out, g->wide);
  return (double)g->high * (double)g->wide + pieces + 2;
}
