// Template: the gradient of the weights by minimal filtering.  Needs: conv/winograd.inc.h, conv/gradient.inc.h.
//
//   V(point, tile, channel) = B^T x B          a piece of the tiles, and some of the channels at a time
//   D(point, tile, filter)  = A dy A^T         the same piece, in panels of filters
//   M(point, channel, filter) = sum over the tiles of V D   a matrix product for each point
//   dw                     += G^T M G
//
// which is the convolution y = A^T ((G w G^T) (B^T x B)) A, linear in w, read backwards.

// Tiles of a piece, at most.  Part of the result's definition: a piece's tiles are one chain at each point.
enum { PIECE_TILES = 64 };
// Channels that are taken together, at most: their V, their M for one panel of filters and D of that stay in L2.
enum { CHANNELS_TOGETHER = 48 };
// Vectors of channels that a thread has where one more or less is all the same.
enum { EVEN_VECTORS = 8 };
// Threads make whole pieces where each has so many and their sums are no more than this: what they share, they wait
// for.
enum { DEALT_PIECES = 4, DEALT_BYTES = 128 << 10 };

struct winograd_gradient {
  struct gradient gradient;  // its problem, kernels, operands and taps
  struct conv_call x_call, dy_call;
  struct winograd_job x, dy;  // the tiles of x, and those of dy, which lie side by side
  struct winograd_taps taps;
  ptrdiff_t high;  // channels taken together, at most
  bool shared;     // the threads share D and have channels of their own, or else groups of their own
  bool common;     // so few channels that they share V too, and have rows of M of their own
  bool dealt;      // so few channels and filters that they share nothing but the sums, and have pieces of their own
  bool one_piece;  // no sums are kept from piece to piece
  ptrdiff_t m_point;
  ptrdiff_t d_count, m_count, scratch_count, sums_count;
  ptrdiff_t common_count, own_count;  // of what threads share, or each has for its groups; of what each has anyhow
};

static struct winograd_filter winograd_filter_of(int inputs, int taps) {
  double g[WINOGRAD_INPUTS][WINOGRAD_TAPS];
  struct winograd_filter filter = {0};
  filter_axis(inputs, taps, g);
  filter.zero = (real)g[0][0];
  for (int t = 0; t < taps; ++t)
    for (int k = 0; k < inputs / 2 - 1; ++k) filter.pair[t][k] = (real)g[1 + 2 * k][t];
  return filter;
}

// Tiles that hold what an axis puts out, one beside the other.
static struct tile_axis output_tiles(struct tile_axis t) {
  t.inputs = t.outputs;
  t.in = t.out;
  t.pad = 0;
  return t;
}

static void measure_winograd_gradient(struct winograd_gradient *w, int threads) {
  const struct conv_problem *p = &w->gradient.problem;
  const struct kernels *k = w->gradient.kernels;
  const ptrdiff_t panels = panels_of(p->filters, k->nr);
  struct winograd_job *x = &w->x, *dy = &w->dy;
  w->shared = p->groups % threads != 0 && p->groups < 8 * threads;
  x->blocks = max(1, panels_of(x->tiles, PIECE_TILES));
  const ptrdiff_t all_sums = times(times(panels, p->channels), w->gradient.taps * k->nr);
  w->dealt = w->shared && x->blocks >= DEALT_PIECES * threads && all_sums * (ptrdiff_t)sizeof(real) <= DEALT_BYTES;
  // Where threads had unlike numbers of vectors.
  const ptrdiff_t vectors = panels_of(p->channels, LINE);
  w->common = w->shared && !w->dealt && vectors % threads != 0 && vectors < EVEN_VECTORS * threads;
  w->gradient.threads = w->dealt ? threads : (int)min(threads, w->shared ? p->channels : p->groups);
  w->high = min(p->channels, CHANNELS_TOGETHER);
  x->most = panels_of(x->tiles, x->blocks) + x->columns.phases;
  dy->blocks = x->blocks, dy->most = x->most;
  x->v_row = row_stride(whole(w->high, LINE));
  x->v_point = point_stride(times(x->most, x->v_row));
  dy->panel = dy->v_row = k->nr;
  dy->v_point = point_stride(times(dy->most, dy->v_row));
  dy->v_panel = times(dy->points, dy->v_point);
  w->m_point = point_stride(w->high * k->nr);
  w->one_piece = x->blocks == 1;
  w->d_count = times(panels, dy->v_panel);
  w->m_count = x->points * w->m_point;
  w->scratch_count = whole(max(x->scratch_count, dy->scratch_count), LINE);
  const ptrdiff_t kept = w->one_piece ? w->high * w->gradient.taps * k->nr : all_sums;
  const ptrdiff_t v_count = times(x->points, x->v_point);
  w->sums_count = whole(kept, LINE);
  w->common_count = w->d_count + (w->common ? v_count : 0) + (w->one_piece ? 0 : w->sums_count);
  w->own_count = w->m_count + w->scratch_count + (w->common ? 0 : v_count) + (w->one_piece ? w->sums_count : 0);
  if (w->dealt) w->common_count -= w->d_count, w->own_count += w->d_count + 2 * w->sums_count;
}

// What serves where `chosen` does for y.  Of few outputs the products err so little that large tiles, and any of 5
// taps, may err more than 16 times as much.
static ck_conv_algorithm winograd_gradient_algorithm(const struct conv_problem *p, ck_conv_algorithm chosen) {
  enum { FEW_OUTPUTS = 144, MANY_OUTPUTS = 576 };
  const int fives = (p->axis[1].taps == 5) + (p->axis[2].taps == 5);
  if (conv_positions(p) < FEW_OUTPUTS) return fives > 0 ? CK_CONV_DIRECT : CK_CONV_WINOGRAD_2;
  return fives == 2 && conv_positions(p) < MANY_OUTPUTS ? CK_CONV_WINOGRAD_2 : chosen;
}

static struct winograd_gradient winograd_gradient_of(const struct kernels *k, const struct conv_problem *p,
                                                     int threads) {
  struct winograd_gradient w = {.gradient = {.problem = *p, .kernels = k, .taps = conv_taps(p)}};
  struct conv_problem of_dy = *p;
  of_dy.x = p->y, of_dy.channels = p->filters;
  w.x_call = (struct conv_call){.kernels = k, .problem = *p};
  w.dy_call = (struct conv_call){.kernels = k, .problem = of_dy};
  w.x = winograd_job_of(k, p, 1), w.dy = winograd_job_of(k, &of_dy, 1);
  w.dy.rows = output_tiles(w.dy.rows), w.dy.columns = output_tiles(w.dy.columns);
  w.dy.transform = k->winograd_spread;
  const struct winograd_filter rows = winograd_filter_of(w.x.form.rows.inputs, (int)p->axis[1].taps);
  const struct winograd_filter columns = winograd_filter_of(w.x.form.columns.inputs, (int)p->axis[2].taps);
  w.taps = (struct winograd_taps){w.x.form, rows, w.x.form.columns.inputs > 1 ? columns : rows};
  measure_winograd_gradient(&w, threads);
  return w;
}

// What one thread works on.
struct winograd_part {
  const struct winograd_gradient *w;
  ptrdiff_t group, piece, tile, end;  // tiles of the piece
  real *d, *v, *m, *sums, *scratch;
  bool adds, delivers;  // to the sums of other pieces; the result
};

// Where the sums of a channel and panel f of the filters are, among those of all.
static ptrdiff_t place_of_sums(const struct winograd_gradient *w, ptrdiff_t f, ptrdiff_t channel) {
  return (f * w->gradient.problem.channels + channel) * w->gradient.taps * w->gradient.kernels->nr;
}

// M of some rows of V, which are channels, and panel f of the filters.
static void multiply_piece(const struct winograd_part *t, struct range rows, ptrdiff_t f) {
  const struct winograd_gradient *w = t->w;
  const struct kernels *k = w->gradient.kernels;
  const ptrdiff_t high = rows.end - rows.first, filters = w->gradient.problem.filters;
  struct gemm_block block = {.m = high,
                             .panels = panels_of(high, k->mr),
                             .last_panel = panels_of(high, k->mr),
                             .last_column = min(k->nr, whole(filters - f * k->nr, k->vl)),
                             .kc = t->end - t->tile,
                             .a_rs = 1,
                             .a_ps = w->x.v_row,
                             .b_ps = k->nr,
                             .b_panel = w->dy.v_point,
                             .b_padded = true,
                             .alpha = 1,
                             .c_rs = k->nr,
                             .c_cs = 1};
  for (ptrdiff_t point = 0; point < w->x.points; ++point) {
    block.a = t->v + point * w->x.v_point + rows.first;
    block.b = t->d + f * w->dy.v_panel + point * w->dy.v_point;
    block.c = t->m + point * w->m_point;
    k->gemm_block(&block);
  }
}

// What the piece adds to the gradient of some rows of V, which begins with channel `first`.
static void add_rows(const struct winograd_part *t, ptrdiff_t first, struct range rows) {
  const struct winograd_gradient *w = t->w;
  const struct conv_problem *p = &w->gradient.problem;
  const struct kernels *k = w->gradient.kernels;
  const ptrdiff_t panels = panels_of(p->filters, k->nr);
  const struct range channels = {first + rows.first, first + rows.end}, taps = {0, w->gradient.taps};
  if (rows.first == rows.end) return;
  for (ptrdiff_t f = 0; f < panels; ++f) {
    real *sums = t->sums + (w->one_piece ? 0 : place_of_sums(w, f, channels.first));
    multiply_piece(t, rows, f);
    k->winograd_taps(&w->taps, rows.end - rows.first, min(k->nr, p->filters - f * k->nr), t->m, w->m_point, t->adds,
                     sums);
    if (t->delivers) deliver(&w->gradient, t->group, channels, taps, f, sums);
  }
}

// V of some channels, and D of all filters, of some tiles of the piece.
static void make_v(const struct winograd_part *t, struct range channels, struct range tiles) {
  struct conv_call call = t->w->x_call;
  struct winograd_job job = t->w->x;
  call.x += channels.first * call.problem.x.channel, job.call = &call;
  input_block(&job, t->group, tiles.first, tiles.end, 0, channels.end - channels.first,
              t->v + (tiles.first - t->tile) * job.v_row, t->scratch);
}
static void make_d(const struct winograd_part *t, struct range tiles) {
  const struct winograd_job *job = &t->w->dy;
  input_block(job, t->group, tiles.first, tiles.end, 0, job->call->problem.channels,
              t->d + (tiles.first - t->tile) * job->v_row, t->scratch);
}

// Part `index` of `parts` of a range: whole units.
static struct range part_of(struct range r, ptrdiff_t unit, ptrdiff_t parts, ptrdiff_t index) {
  const ptrdiff_t units = panels_of(r.end - r.first, unit);
  return (struct range){min(r.end, r.first + panel_start(units, parts, index) * unit),
                        min(r.end, r.first + panel_start(units, parts, index + 1) * unit)};
}

// One piece, by member `index` of `count` that share it.
static void add_tiles_of_piece(const struct winograd_part *t, int index, int count) {
  const struct winograd_gradient *w = t->w;
  const struct range all = {t->tile, t->end}, tiles = {tiles_start(&w->x, t->tile, t->end, count, index),
                                                       tiles_start(&w->x, t->tile, t->end, count, index + 1)};
  const struct range every = {0, w->gradient.problem.channels};
  const struct range channels = w->common ? every : part_of(every, LINE, count, index);
  const ptrdiff_t blocks = max(1, panels_of(channels.end - channels.first, CHANNELS_TOGETHER));
  for (ptrdiff_t i = 0; i < blocks; ++i) {
    const struct range block = part_of(channels, LINE, blocks, i), rows = {0, block.end - block.first};
    const bool meet = count > 1 && (i == 0 || w->common);
    if (meet) ck_team_barrier();  // D, or a common V, may be overwritten
    if (i == 0) make_d(t, tiles);
    if (w->common) make_v(t, block, tiles);
    if (meet) ck_team_barrier();  // they are complete
    if (!w->common) make_v(t, block, all);
    add_rows(t, block.first, w->common ? part_of(rows, 1, count, index) : rows);
  }
}

// Where a member has the sums of the piece that it made in this turn.
static real *sums_made(const struct winograd_gradient *w, int member, ptrdiff_t turn) {
  return w->gradient.workspace + w->common_count + (member + 1) * w->own_count - (1 + turn % 2) * w->sums_count;
}

// Adds what members made of pieces first ..< first + count to the totals of some channels, in order.
static void add_up(const struct winograd_part *t, struct range channels, ptrdiff_t first, int count, ptrdiff_t turn) {
  const struct winograd_gradient *w = t->w;
  const struct conv_problem *p = &w->gradient.problem;
  const ptrdiff_t nr = w->gradient.kernels->nr;
  for (int member = 0; member < count && first + member < w->x.blocks; ++member)
    for (ptrdiff_t f = 0; f < panels_of(p->filters, nr); ++f) {
      const ptrdiff_t at = place_of_sums(w, f, channels.first), n = place_of_sums(w, f, channels.end) - at;
      const real *made = sums_made(w, member, turn) + at;
      real *total = w->gradient.workspace + at;
      if (first + member == 0)
        memcpy(total, made, (size_t)n * sizeof(real));
      else
        for (ptrdiff_t i = 0; i < n; ++i) total[i] += made[i];
    }
}

// The pieces of a group, dealt out in turns.  Returns the next turn.
static ptrdiff_t add_dealt_pieces(struct winograd_part *t, int index, int count, ptrdiff_t turn) {
  const struct winograd_gradient *w = t->w;
  const struct conv_problem *p = &w->gradient.problem;
  const struct range every = {0, p->channels}, channels = part_of(every, 1, count, index), taps = {0, w->gradient.taps};
  const ptrdiff_t nr = w->gradient.kernels->nr;
  for (ptrdiff_t first = 0; first < w->x.blocks; first += count, ++turn) {
    t->piece = first + index, t->sums = sums_made(w, index, turn);
    if (t->piece < w->x.blocks) {
      t->tile = block_start(&w->x, t->piece), t->end = block_start(&w->x, t->piece + 1);
      add_tiles_of_piece(t, 0, 1);
    }
    ck_team_barrier();  // a turn's sums are complete, and those of the turn before are added up
    add_up(t, channels, first, count, turn);
  }
  for (ptrdiff_t f = 0; f < panels_of(p->filters, nr) && channels.first < channels.end; ++f)
    deliver(&w->gradient, t->group, channels, taps, f, w->gradient.workspace + place_of_sums(w, f, channels.first));
  return turn;
}

static void winograd_gradient_body(void *context, int index, int count) {
  const struct winograd_gradient *w = context;
  const struct range every = {0, w->gradient.problem.groups};
  const struct range groups = w->shared ? every : part_of(every, 1, count, index);
  const ptrdiff_t commons = w->shared ? 1 : w->gradient.threads;
  real *const common = w->gradient.workspace + (w->shared ? 0 : index) * w->common_count;
  real *const own = w->gradient.workspace + commons * w->common_count + index * w->own_count;
  struct winograd_part t = {.w = w, .d = common, .m = own};
  t.scratch = own + w->m_count;
  t.v = w->common ? common + w->d_count : t.scratch + w->scratch_count;
  t.sums = w->one_piece ? own + w->own_count - w->sums_count : common + w->common_count - w->sums_count;
  if (w->dealt) {
    t.d = t.v + w->x.points * w->x.v_point;
    ptrdiff_t turn = 0;
    for (t.group = groups.first; t.group < groups.end; ++t.group) turn = add_dealt_pieces(&t, index, count, turn);
    return;
  }
  for (t.group = groups.first; t.group < groups.end; ++t.group)
    for (t.piece = 0; t.piece < w->x.blocks; ++t.piece) {
      t.adds = t.piece > 0, t.delivers = t.piece + 1 == w->x.blocks;
      t.tile = block_start(&w->x, t.piece), t.end = block_start(&w->x, t.piece + 1);
      add_tiles_of_piece(&t, w->shared ? index : 0, w->shared ? count : 1);
    }
}

static ptrdiff_t winograd_gradient_workspace_count(const struct winograd_gradient *w) {
  const ptrdiff_t threads = w->gradient.threads;
  return times(w->shared ? 1 : threads, w->common_count) + times(threads, w->own_count);
}

static void run_winograd_gradient(struct winograd_gradient *w, const real *x, const real *dy, real *dw,
                                  real *workspace) {
  w->gradient.dw = dw, w->gradient.workspace = workspace;
  w->x_call.x = x, w->dy_call.x = dy;
  w->dy.call = &w->dy_call;
  ck_team_run(w->gradient.threads, winograd_gradient_body, w);
}

// max over taps t of sum over points |G_t| |row of A| |row of B^T|, Euclidean norms, times what the tiles' inputs, of
// which neighbours share some, exceed x by.
static double gradient_axis_growth(const struct tile_axis *t, ptrdiff_t taps, int *roundings) {
  if (t->inputs == 1) return 1;
  const struct winograd_points *points = winograd_points_of(t->inputs);
  const int pairs = t->inputs / 2 - 1;
  double g[WINOGRAD_INPUTS][WINOGRAD_TAPS], zero = 0, most = 0;
  filter_axis(t->inputs, (int)taps, g);
  *roundings += 2 * pairs + t->outputs / 2 + 4;
  for (int j = 0; j <= pairs; ++j) zero += (double)points->zero[j] * (double)points->zero[j];
  for (ptrdiff_t tap = 0; tap < taps; ++tap) {
    double sum = sqrt(zero) * (fabs(g[0][tap]) + fabs(g[t->inputs - 1][tap]));
    for (int k = 0; k < pairs; ++k) {
      const double p = (double)points->power[1][k];
      double a = 0, b = 0;
      for (int i = 0; i < t->outputs; ++i) a += (double)points->power[i][k] * (double)points->power[i][k];
      for (int j = 0; j < pairs; ++j) b += (1 + p * p) * (double)points->pair[k][j] * (double)points->pair[k][j];
      sum += 2 * fabs(g[1 + 2 * k][tap]) * sqrt(a * b);
    }
    most = sum > most ? sum : most;
  }
  return most * sqrt((double)panels_of(t->inputs, t->outputs));
}

static double winograd_gradient_growth(const struct winograd_gradient *w) {
  const struct conv_problem *p = &w->gradient.problem;
  int roundings = 2;
  const double growth = gradient_axis_growth(&w->x.rows, p->axis[1].taps, &roundings) *
                        gradient_axis_growth(&w->x.columns, p->axis[2].taps, &roundings);
  return growth * ((double)min(w->x.most, w->x.tiles) + (double)w->x.blocks + roundings);
}
