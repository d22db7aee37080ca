// Template: convolution of one tap where the pixels of a channel lie side by side: the product of the weights and x as
// both lie.  Needs: real, conv/plan.h, struct direct.
//
// Lanes are pixels, and the filters of a panel of weights are the rows of tiles, a few at a time.  A block of pixels is
// copied so that those of a tile lie side by side, channel by channel, by the tiles of the first filters on their way;
// every other filter meets it there.

struct planar {
  struct direct direct;
  ptrdiff_t pixels, panels;  // of one image, and of nr of these
  ptrdiff_t cuts, copy;      // blocks that the panels are cut into, and elements of the largest
};

// Whether direct convolution goes this way: where the last vectors of a row of pixels are nearly full.
static bool is_planar(const struct kernels *k, const struct conv_problem *p) {
  const ptrdiff_t pixels = conv_positions(p);
  if (panels_of(pixels, k->vl) * k->vl > pixels + pixels / 16) return false;
  return is_pointwise(p) && p->x.channel != 1 && p->x.axis[2] == 1 && p->y.axis[2] == 1;
}

static struct planar planar_of(const struct kernels *k, const struct conv_problem *p, int threads) {
  struct planar s = {.direct = direct_of(k, p, 1), .pixels = p->axis[0].out * p->axis[1].out * p->axis[2].out};
  const ptrdiff_t cached = BLOCK_BYTES / (ptrdiff_t)sizeof(real) / p->channels;
  const ptrdiff_t most = max(LEAST_OUTPUTS, min(BLOCK_OUTPUTS, cached));
  s.panels = panels_of(s.pixels, k->nr);
  s.cuts = panels_of(s.panels, max(1, most / k->nr));
  const ptrdiff_t blocks = p->batch * p->groups * s.cuts;
  const struct split split = split_of(blocks, s.direct.panels, threads);
  if (is_uneven(&split, blocks, s.direct.panels, threads)) s.cuts = min(s.panels, whole(s.cuts, threads));
  s.copy = times(panels_of(s.panels, s.cuts) * k->nr, p->channels);
  s.direct.blocks = p->batch * p->groups * s.cuts;
  s.direct.split = split_of(s.direct.blocks, s.direct.panels, threads);
  return s;
}

// A block of pixels of one image and group: how many, where they lie, and where their results go in y; and what the
// thread that has it may use.
struct planar_block {
  const struct conv_call *call;
  const struct planar *planar;
  ptrdiff_t group, pixels, to;
  const real *x;
  real *copy;
  struct gemm_fetch *fetch;
};

static struct planar_block planar_block_at(const struct conv_call *call, const struct planar *s, ptrdiff_t index) {
  const struct conv_problem *p = &call->problem;
  const ptrdiff_t nr = s->direct.nr, cut = index % s->cuts, image = index / s->cuts / p->groups;
  const ptrdiff_t group = index / s->cuts % p->groups;
  const ptrdiff_t first = part_start(s->panels, s->cuts, cut), last = part_start(s->panels, s->cuts, cut + 1);
  return (struct planar_block){.call = call,
                               .planar = s,
                               .group = group,
                               .pixels = min(last * nr, s->pixels) - first * nr,
                               .to = image * p->y.image + group * p->y.group + first * nr,
                               .x = call->x + image * p->x.image + group * p->x.group + first * nr};
}

static struct gemm_fetch fetch_pixels(const struct planar_block *b) {
  const struct conv_problem *p = &b->call->problem;
  enum { BYTES = sizeof(real) };
  return (struct gemm_fetch){
      .row = (const char *)b->x, .bytes = b->pixels * BYTES, .stride = p->x.channel * BYTES, .rows = p->channels};
}

// The filters of a tile, for its steps of the channels from `step` on, against all pixels; `copies`: they are not yet
// in the copy.  The last ones, fewer than a tile has, are copied before.
static void planar_rows(const struct planar_block *b, struct conv_outer *tile, ptrdiff_t step, bool copies, real *y) {
  const struct conv_problem *p = &b->call->problem;
  const ptrdiff_t nr = b->planar->direct.nr;
  for (ptrdiff_t j = 0; j < b->pixels; j += nr) {
    const real *x = b->x + j + step * p->x.channel;
    real *copy = b->copy + j * p->channels + step * nr;
    tile->wide = min(nr, b->pixels - j);
    tile->b = copy;
    tile->b_source = copies && tile->wide == nr ? x : NULL;
    if (copies && tile->wide < nr) b->call->kernels->pack_b(tile->wide, 1, 0, 1, tile->steps, x, 1, p->x.channel, copy);
    tile->c = y + j;
    b->call->kernels->conv_outer(tile);
  }
}

// One panel of filters; `first_of_block`: the pixels are not yet in the copy.
static void planar_panel(const struct planar_block *b, ptrdiff_t panel, bool first_of_block) {
  const struct conv_call *call = b->call;
  const struct conv_problem *p = &call->problem;
  const struct direct *d = &b->planar->direct;
  const bool finishes = simple_finish(call);
  const ptrdiff_t filters = min(d->nr, p->filters - panel * d->nr), parts = panels_of(filters, call->kernels->mr);
  const real *weights = call->packed + d->zeros + b->group * d->group_weights;
  for (ptrdiff_t first = 0, steps; first < d->run; first += steps) {
    steps = min(d->chunk, d->run - first);
    const bool last = finishes && first + steps == d->run;
    for (ptrdiff_t part = 0; part < parts; ++part) {
      const ptrdiff_t row = panel_start(filters, parts, part), filter = panel * d->nr + row;
      struct conv_outer tile = {.high = panel_start(filters, parts, part + 1) - row,
                                .rows = 1,
                                .steps = steps,
                                .a = weights + (first * d->panels + panel * steps) * d->nr + row,
                                .a_ps = d->nr,
                                .b_source_ps = p->x.channel,
                                .c_row = p->y.channel,
                                .fetch = b->fetch,
                                .add = first > 0,
                                .least = last && call->finish.activation == CK_RELU ? 0 : (real)-INFINITY};
      if (last && call->finish.bias != NULL) tile.bias = call->finish.bias + b->group * p->filters + filter;
      planar_rows(b, &tile, first, first_of_block && part == 0, call->y + b->to + filter * p->y.channel);
    }
  }
}

static void planar_filters(const struct planar_block *b, const struct share *share) {
  const struct conv_call *call = b->call;
  const struct conv_problem *p = &call->problem;
  const ptrdiff_t nr = b->planar->direct.nr;
  for (ptrdiff_t panel = share->first_panel; panel < share->last_panel; ++panel) {
    planar_panel(b, panel, panel == share->first_panel);
    const ptrdiff_t filter = panel * nr, filters = min(nr, p->filters - filter);
    if (call->finishes && !simple_finish(call))
      conv_finish(call, b->to, b->group, filter, filters, b->pixels, 1, call->y + b->to + filter * p->y.channel, 1,
                  p->y.channel);
  }
}

struct planar_job {
  const struct conv_call *call;
  struct planar planar;
};

static void planar_body(void *context, int index, int count) {
  const struct planar_job *job = context;
  const struct direct *d = &job->planar.direct;
  const struct share share = share_of(d->blocks, d->panels, &d->split, index, count);
  real *copy = job->call->workspace + index * whole(job->planar.copy, LINE);
  for (ptrdiff_t i = share.first; i < share.last; ++i) {
    struct planar_block block = planar_block_at(job->call, &job->planar, i);
    struct gemm_fetch fetch = {0};
    if (i + 1 < share.last) {
      const struct planar_block next = planar_block_at(job->call, &job->planar, i + 1);
      fetch = fetch_pixels(&next);
    }
    block.copy = copy;
    block.fetch = &fetch;
    planar_filters(&block, &share);
  }
}

static ptrdiff_t planar_workspace_count(const struct kernels *k, const struct conv_problem *p, int threads) {
  const struct planar s = planar_of(k, p, threads);
  return times(parts_of(&s.direct.split), whole(s.copy, LINE));
}

static void planar_forward(const struct conv_call *call) {
  struct planar_job job = {.call = call, .planar = planar_of(call->kernels, &call->problem, call->threads)};
  ck_team_run(parts_of(&job.planar.direct.split), planar_body, &job);
}
