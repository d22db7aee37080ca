// Template: the panels of a group of filters against a block of outputs, and what follows; see conv/direct.inc.h.

// The index in y of output (y, x) of the block, filter 0.
static ptrdiff_t output_index(const struct block *b, ptrdiff_t y, ptrdiff_t x) {
  const struct conv_problem *p = &b->call->problem;
  const ptrdiff_t at[3] = {b->start[0], b->start[1] + y, b->start[2] + x};
  ptrdiff_t index = b->image * p->y.image;
  for (int i = 0; i < 3; ++i) index += (b->phase[i] + at[i] * p->axis[i].up) * p->y.axis[i];
  return index;
}

// Whether sums gather beside y: where its channels lie apart, or hold the residual until the end.
static bool sums_apart(const struct conv_call *call) {
  return call->problem.y.channel != 1 || (call->finishes && call->finish.residual == call->y);
}

static bool tiles_finish(const struct conv_call *call) { return simple_finish(call) && !sums_apart(call); }

// Where the tiles write: sums of any panel where they are gathered, filter 0 otherwise.
static void aim(struct block *b) {
  const struct conv_problem *p = &b->call->problem;
  const struct direct *d = b->direct;
  const ptrdiff_t row = p->axis[1].up * p->y.axis[1], pixel = p->axis[2].up * p->y.axis[2];
  real *const first = b->call->y + output_index(b, 0, 0);
  const struct place *place = b->places;
  const bool apart = sums_apart(b->call);
  real **out = b->out;
  for (ptrdiff_t t = 0; t < b->tiles; ++t, out += d->mr)
    for (ptrdiff_t i = 0; i < b->heights[t]; ++i, ++place)
      out[i] = apart ? b->sums + (place->y * b->size[2] + place->x) * d->nr : first + place->y * row + place->x * pixel;
}

// Filters first ..< first + count, counted through all groups, of a panel or several.
struct filters {
  ptrdiff_t first, count;
};

static struct filters filters_of(const struct block *b, ptrdiff_t first, ptrdiff_t last) {
  const ptrdiff_t panels = b->direct->panels, nr = b->direct->nr, filters = b->call->problem.filters;
  const ptrdiff_t from = first / panels * filters + first % panels * nr;
  const ptrdiff_t to = (last - 1) / panels * filters + min(filters, ((last - 1) % panels + 1) * nr);
  return (struct filters){from, to - from};
}

// The epilogue on `pixels` outputs from (y, x) on; see conv_finish.
static void finish_pixels(const struct block *b, struct filters f, ptrdiff_t y, ptrdiff_t pixels, real *c,
                          ptrdiff_t c_pixel, ptrdiff_t c_filter) {
  conv_finish(b->call, output_index(b, y, 0), 0, f.first, f.count, pixels, b->call->problem.axis[2].up, c, c_pixel,
              c_filter);
}

// Writes one row of sums of a panel that were gathered beside y.
static void deliver_row(const struct block *b, struct filters f, ptrdiff_t y, ptrdiff_t pixels) {
  const struct conv_problem *p = &b->call->problem;
  const struct direct *d = b->direct;
  const ptrdiff_t pixel = p->y.axis[2] * p->axis[2].up, channel = p->y.channel;
  real *sums = b->sums + y * b->size[2] * d->nr, *to = b->call->y + output_index(b, y, 0) + f.first * channel;
  if (channel == 1) {
    if (b->call->finishes) finish_pixels(b, f, y, pixels, sums, d->nr, 1);
    b->call->kernels->copy_block(pixels, f.count, sums, d->nr, to, pixel);
    return;
  }
  real *across = b->sums + d->most * d->nr;
  b->call->kernels->transpose_block(pixels, f.count, sums, d->nr, across, pixels);
  if (b->call->finishes) finish_pixels(b, f, y, pixels, across, 1, pixels);
  if (pixel == 1) {
    b->call->kernels->copy_block(f.count, pixels, across, pixels, to, channel);
    return;
  }
  for (ptrdiff_t i = 0; i < f.count; ++i)
    for (ptrdiff_t j = 0; j < pixels; ++j) to[i * channel + j * pixel] = across[i * pixels + j];
}

// What follows the sums of panels first ..< last; of one, where they were gathered.
static void complete(const struct block *b, ptrdiff_t first, ptrdiff_t last) {
  const struct conv_problem *p = &b->call->problem;
  const struct filters f = filters_of(b, first, last);
  const bool apart = sums_apart(b->call);
  if (!apart && (!b->call->finishes || tiles_finish(b->call))) return;
  // Rows that follow one another in memory are one.
  const bool whole = b->size[2] == p->axis[2].out && p->axis[1].up == 1 && p->axis[2].up == 1;
  const ptrdiff_t rows = whole ? 1 : b->size[1], pixels = whole ? b->size[1] * b->size[2] : b->size[2];
  const ptrdiff_t pixel = p->y.axis[2] * p->axis[2].up;
  for (ptrdiff_t y = 0; y < rows; ++y)
    if (apart)
      deliver_row(b, f, y, pixels);
    else
      finish_pixels(b, f, y, pixels, b->call->y + output_index(b, y, 0) + f.first, pixel, 1);
}

// Points the tiles of a chunk, which begins with element `first`, at the weights that are met after them, of which each
// fetches a part: few tiles read weights from far in less time than they come.  But for one tap, whose rows of x often
// lie so that they alias: they lose more than they gain.
static void look_ahead(const struct direct *d, const real *weights, ptrdiff_t panel, ptrdiff_t first,
                       struct conv_block *block) {
  block->ahead = (const char *)block->b;
  if (d->in_rows || d->taps == 1) return;
  const ptrdiff_t end = first + block->steps, next = end < d->run ? end : 0, next_panel = panel + (next == 0);
  const ptrdiff_t steps = min(d->chunk, d->run - next);
  block->ahead = (const char *)(weights + (next * d->panels + next_panel * steps) * d->taps * d->nr);
  block->ahead_step = 4 * d->nr * (ptrdiff_t)sizeof(real) / block->tiles;
}

// A panel, counted through all groups, against what `block` says, chunk by chunk.
static void compute_chunks(const struct block *b, ptrdiff_t index, struct conv_block *block) {
  const struct direct *d = b->direct;
  const struct conv_problem *p = &b->call->problem;
  const struct filters f = filters_of(b, index, index + 1);
  const ptrdiff_t group = index / d->panels, panel = index % d->panels;
  const real *weights = b->call->packed + d->zeros + group * d->group_weights, *bias = b->call->finish.bias;
  const bool finishes = tiles_finish(b->call);
  block->filters = f.count;
  block->shift = sums_apart(b->call) ? 0 : f.first;
  for (ptrdiff_t first = 0; first < d->run; first += block->steps) {
    block->steps = min(d->chunk, d->run - first);
    const bool last = finishes && first + block->steps == d->run;
    block->first = first + (d->copies ? 0 : group * p->x.group);
    block->b = weights + (first * d->panels + panel * block->steps) * d->taps * d->nr;
    block->add = first > 0;
    block->bias = last && bias != NULL ? bias + f.first : NULL;
    block->least = last && b->call->finish.activation == CK_RELU ? 0 : (real)-INFINITY;
    look_ahead(d, weights, panel, first, block);
    b->call->kernels->conv_block(block);
  }
}

// Lists the taps that row y of the block meets; returns how many.  Those along the width count as one, and so do the
// chunks: there is one of either.
static ptrdiff_t row_taps(const struct block *b, ptrdiff_t y) {
  const struct direct *d = b->direct;
  const struct conv_axis *a = b->call->problem.axis;
  const ptrdiff_t out[2] = {b->start[0], b->start[1] + y};
  ptrdiff_t count = 0, tap = 0, at[3];
  tap_start(&a[2], 0, 0, &at[2]);
  const real *origin = b->origin + (at[2] + b->start[2] * a[2].step) * b->strides[2];
  for (ptrdiff_t tz = 0; tz < a[0].taps; ++tz)
    for (ptrdiff_t ty = 0; ty < a[1].taps; ++ty, ++tap) {
      bool inside = tap_start(&a[0], b->phase[0], tz, &at[0]) && tap_start(&a[1], b->phase[1], ty, &at[1]);
      for (int i = 0; i < 2; ++i) inside = inside && is_inside(at[i] += out[i] * a[i].step, a[i].in);
      if (!inside && b->call->finite) continue;  // +0 times the weight changes no bit
      const ptrdiff_t w = tap * d->run * d->nr, plane = d->copies ? tz : at[0];
      b->taps[count++] = inside ? (struct conv_tap){origin + plane * b->strides[0] + at[1] * b->strides[1],
                                                    a[2].step * b->strides[2], w}
                                : (struct conv_tap){b->call->packed, 0, w};
    }
  return count;
}

// A panel against tiles first ..< last, or rows.
static void compute_part(const struct block *b, ptrdiff_t panel, ptrdiff_t first, ptrdiff_t last) {
  const struct direct *d = b->direct;
  const struct conv_problem *p = &b->call->problem;
  if (!d->in_rows) {
    struct conv_block tiles = {.tiles = last - first,
                               .mr = d->mr,
                               .taps = d->taps,
                               .heights = b->heights + first,
                               .rows = b->rows + first * d->taps * d->mr,
                               .out = b->out + first * d->mr};
    compute_chunks(b, panel, &tiles);
    return;
  }
  const bool apart = sums_apart(b->call);
  for (ptrdiff_t y = first; y < last; ++y) {
    struct conv_block row = {
        .taps = row_taps(b, y),
        .at = b->taps,
        .pixels = b->size[2],
        .y = apart ? b->sums + y * b->size[2] * d->nr : b->call->y + output_index(b, y, 0),
        .y_step = apart ? d->nr : p->y.axis[2],
    };
    compute_chunks(b, panel, &row);
  }
}

// One panel against all tiles, so that it stays in L1; or, where the weights are few, all panels against a few tiles,
// so that y is written in long pieces.
static void compute_panels(const struct block *b, ptrdiff_t first_panel, ptrdiff_t last_panel) {
  const struct direct *d = b->direct;
  const ptrdiff_t weights = (last_panel - first_panel) * d->nr * d->taps * d->run;
  const bool few = !sums_apart(b->call) && weights * (ptrdiff_t)sizeof(real) <= FEW_WEIGHTS;
  const ptrdiff_t parts = d->in_rows ? b->size[1] : b->tiles, some = d->in_rows ? 1 : FEW_TILES;
  const ptrdiff_t together = few ? some : parts;
  for (ptrdiff_t first = 0; first < parts; first += together)
    for (ptrdiff_t panel = first_panel; panel < last_panel; ++panel) {
      compute_part(b, panel, first, min(first + together, parts));
      if (!few) complete(b, panel, panel + 1);
    }
  if (few) complete(b, first_panel, last_panel);
}

// All groups against the block: they share its table, or even what it sees of x, which lies there group after group.
static void compute_groups(struct block *b) {
  const struct direct *d = b->direct;
  const ptrdiff_t panels = d->copies ? d->panels : b->call->problem.groups * d->panels;
  bool located = d->in_rows;
  for (ptrdiff_t first = b->first_panel, last; first < b->last_panel; first = last) {
    b->group = d->copies ? first / panels : 0;
    last = min(b->last_panel, (b->group + 1) * panels);
    provide_x(b);
    if (!located) {
      order_outputs(b);
      locate(b);
      aim(b);
    }
    located = true;
    compute_panels(b, first, last);
  }
}

// Block `index` of all: images outermost, then phases and places.
static void compute_block(struct block *b, ptrdiff_t index) {
  const struct direct *d = b->direct;
  const struct conv_problem *p = &b->call->problem;
  for (int i = 2; i >= 0; --i) {
    b->start[i] = index % d->cuts[i];
    index /= d->cuts[i];
  }
  for (int i = 2; i >= 0; --i) {
    b->phase[i] = index % p->axis[i].up;
    index /= p->axis[i].up;
  }
  b->image = index;
  for (int i = 0; i < 3; ++i) {
    const ptrdiff_t outputs = p->axis[i].out > b->phase[i] ? panels_of(p->axis[i].out - b->phase[i], p->axis[i].up) : 0;
    const ptrdiff_t grain = i == 2 ? d->grain : 1, grains = panels_of(outputs, grain), part = b->start[i];
    b->start[i] = part_start(grains, d->cuts[i], part) * grain;
    b->size[i] = min(outputs, part_start(grains, d->cuts[i], part + 1) * grain) - b->start[i];
    if (b->size[i] <= 0) return;
  }
  compute_groups(b);
}
