// Template: convolution in groups of one channel and one filter, of four and four, or of eight and eight.
// Needs: real, conv/plan.h, gemm/chunks.h.
//
// A vector holds neighbouring filters of neighbouring groups, so the elements of x that they meet lie in one vector,
// too, where channels lie last.  Where they lie first, groups of one channel go the ways of conv/lone.inc.h, all go
// that of conv/narrow.inc.h where rows are long, and have weights for these after the others; elsewhere slices of x are
// transposed into a thread's own memory, and rows of y back.  Packed weights:  zeros (what padding reads) | tap 0:
// channel 0 of every filter, channel 1 ... | tap 1 ...  Where groups are of several channels, these for a vector of
// filters after the other: rows of them all would meet in a few sets of the cache.

enum {
  GROUPED_SLICE = 4,                                // vectors of filters that are transposed together
  GROUPED_CACHED = 192 * 1024 / (int)sizeof(real),  // elements of x that a thread transposes at once, about
  GROUPED_LONG = 14,                                // outputs of a row, for groups of one channel
  GROUPED_WIDE = 16,                                // and of several
  GROUPED_WEIGHTS = 20 * 1024 / (int)sizeof(real),  // weights that stay in L1 beside what they meet
  GROUPED_TALL = 384 / (int)sizeof(real),           // filters that kernels more than 3 high take together
};

// What follows from the shape.
struct grouped {
  ptrdiff_t lanes, channels, taps;  // filters, channels of each, kernel elements
  ptrdiff_t whole, side, panel;     // filters to whole vectors; see struct conv_grouped
  bool copies;                      // x is transposed in slices
  ptrdiff_t slice, slices;          // filters of a slice
  ptrdiff_t rows, row_blocks;       // rows of y that are computed together
  ptrdiff_t seen;                   // rows of x that they see
  bool pairs;                       // two rows of y meet those of x together
  ptrdiff_t units;                  // pieces of work
};

static bool lanes_adjoin(const struct conv_strides *s, ptrdiff_t in_group) {
  return s->channel == 1 && s->group == in_group;
}

// Whether a row of y is computed from whole rows of x: see struct conv_grouped.
static bool takes_rows(const struct conv_problem *p) {
  const struct conv_axis *width = &p->axis[2];
  return p->channels == 1 && (width->taps == 3 || width->taps == 5) && width->step <= 2 && width->dilation == 1 &&
         width->out >= 3;
}

// Whether two of them share rows of x.
static bool pairs_rows(const struct conv_problem *p) {
  const struct conv_axis *height = &p->axis[1];
  return takes_rows(p) && height->taps > height->step && height->step == p->axis[2].step && height->dilation == 1 &&
         p->axis[0].taps == 1;
}

static struct grouped grouped_of(const struct kernels *k, const struct conv_problem *p) {
  const struct conv_axis *height = &p->axis[1];
  struct grouped g = {.lanes = p->groups * p->filters, .channels = p->channels, .taps = conv_taps(p)};
  g.copies = !lanes_adjoin(&p->x, p->channels) || !lanes_adjoin(&p->y, p->filters);
  g.whole = whole(g.lanes, k->vl);
  g.side = g.channels == 1 ? g.whole : k->vl;
  g.panel = g.channels == 1 ? k->vl : g.taps * g.channels * k->vl;
  const ptrdiff_t weighted = max(1, GROUPED_WEIGHTS / g.panel) * k->vl;
  const ptrdiff_t in_place = g.channels > 1 ? weighted : height->taps > 3 ? GROUPED_TALL : g.lanes;
  g.slice = min(g.copies ? GROUPED_SLICE * k->vl : in_place, g.lanes);
  g.slices = panels_of(g.lanes, g.slice);
  const ptrdiff_t reach = (height->taps - 1) * height->dilation + 1;
  const ptrdiff_t fits = GROUPED_CACHED / max(1, times(p->axis[0].taps, times(p->axis[2].in, g.slice)));
  g.pairs = pairs_rows(p);
  g.rows = g.copies ? min(height->out, max(1, (fits - reach) / height->step + 1)) : 1 + g.pairs;
  g.row_blocks = panels_of(height->out, g.rows);
  g.seen = min(height->in, (g.rows - 1) * height->step + reach);
  g.units = p->batch * g.slices * p->axis[0].out * g.row_blocks;
  return g;
}

// Groups of 8 pay where a vector holds two: one alone is what conv/direct.inc.h does, without spreading x.
static const char *grouped_refuses(const struct kernels *k, const struct conv_problem *p) {
  const bool holds = p->channels == 1 || k->vl >= (p->channels == 4 ? 4 : 16);
  if (!groups_fill(p) || !holds)
    return "it serves groups of one channel and one filter, or of 4 or 8 and as many that vectors hold well";
  for (int i = 0; i < 3; ++i)
    if (p->axis[i].up != 1) return "it does not step between the elements of x";
  return conv_taps(p) > CHUNK ? "the kernel is too large for its table" : NULL;
}

static const char *grouped_declines(const struct kernels *k, const struct conv_problem *p) {
  (void)k;
  return p->groups == 1 ? "a single group fills no vector" : NULL;
}

// Elements of the weights that all ways but conv/narrow.inc.h's take.
static ptrdiff_t lanes_packed_count(const struct kernels *k, const struct conv_problem *p) {
  ptrdiff_t count;
  return __builtin_mul_overflow(whole(p->groups * p->filters, k->vl), conv_taps(p) * p->channels + 1, &count) ? -1
                                                                                                              : count;
}

static ptrdiff_t grouped_packed_count(const struct kernels *k, const struct conv_problem *p) {
  const ptrdiff_t lanes = lanes_packed_count(k, p), narrow = is_narrow(p) ? narrow_packed_count(p) : 0;
  ptrdiff_t count;
  return lanes < 0 || narrow < 0 || __builtin_add_overflow(lanes, narrow, &count) ? -1 : count;
}

// Whether rows are so long that they are worth their copies.
static bool goes_narrow(const struct conv_problem *p) {
  return is_narrow(p) && p->axis[2].out >= (p->channels == 1 ? GROUPED_LONG * p->axis[2].step : GROUPED_WIDE);
}

// A thread's slice of x.
static ptrdiff_t grouped_copy_count(const struct conv_problem *p, const struct grouped *g) {
  return g->copies ? times(times(p->axis[0].taps, g->seen), times(p->axis[2].in, g->slice)) : 0;
}

// The same, and a row of sums.
static ptrdiff_t grouped_room(const struct conv_problem *p, const struct grouped *g) {
  return whole(grouped_copy_count(p, g) + times((1 + g->pairs) * p->axis[2].out, g->slice), LINE);
}

static int grouped_threads(const struct grouped *g, int threads) { return (int)max(1, min(threads, g->units)); }

static ptrdiff_t grouped_workspace_count(const struct kernels *k, const struct conv_problem *p, int threads) {
  const struct grouped g = grouped_of(k, p);
  const ptrdiff_t count =
      goes_narrow(p) ? narrow_workspace_count(p, threads) : times(grouped_threads(&g, threads), grouped_room(p, &g));
  return is_lone(p) ? max(count, lone_workspace_count(p)) : count;
}

static void grouped_tile_size(const struct kernels *k, const struct conv_problem *p, ptrdiff_t tile[2]) {
  tile[0] = 1, tile[1] = k->nr;
  if (is_narrow(p)) direct_tile(k, p, tile);
}

static void grouped_pack(const struct conv_pack *job) {
  const struct conv_problem *p = &job->problem;
  const struct grouped g = grouped_of(job->kernels, p);
  const ptrdiff_t vl = job->kernels->vl, count = lanes_packed_count(job->kernels, p);
  memset(job->packed, 0, (size_t)count * sizeof(real));
  real *to = job->packed + g.whole;
  for (ptrdiff_t t = 0; t < g.taps; ++t) {
    const ptrdiff_t plane = t / p->axis[2].taps;
    const ptrdiff_t tap[3] = {plane / p->axis[1].taps, plane % p->axis[1].taps, t % p->axis[2].taps};
    for (ptrdiff_t c = 0; c < p->channels; ++c, to += g.side)
      for (ptrdiff_t f = 0; f < g.lanes; ++f)
        to[f / vl * g.panel + f % vl] = conv_weight(job, f / p->filters, f % p->filters, c, tap);
  }
  struct conv_pack narrow = *job;
  narrow.packed = job->packed + count;
  if (is_narrow(p)) narrow_pack(&narrow);
}

// A thread's piece of work: rows of y of one image, depth and slice.
struct grouped_unit {
  const struct conv_call *call;
  const struct grouped *grouped;
  ptrdiff_t image, depth, first_row, last_row, first_lane, lanes;
  const real *x;         // where the table finds element (0, 0, 0) of the slice
  ptrdiff_t strides[3];  // of x, by axis
  real *sums;
};

// Lists the taps that the outputs from `column` on meet in a row; returns how many.  `step`: from output to output.
static ptrdiff_t grouped_taps(const struct grouped_unit *u, ptrdiff_t row, ptrdiff_t column, struct conv_tap *to) {
  const struct conv_problem *p = &u->call->problem;
  const struct conv_axis *a = p->axis;
  const ptrdiff_t out[3] = {u->depth, row, column};
  ptrdiff_t count = 0, t = 0;
  for (ptrdiff_t i = 0; i < a[0].taps; ++i)
    for (ptrdiff_t j = 0; j < a[1].taps; ++j)
      for (ptrdiff_t l = 0; l < a[2].taps; ++l, ++t) {
        const ptrdiff_t tap[3] = {i, j, l};
        const real *x = u->x;
        bool inside = true;
        for (int axis = 0; axis < 3; ++axis) {
          const ptrdiff_t at = out[axis] * a[axis].step + tap[axis] * a[axis].dilation - a[axis].pad;
          inside &= is_inside(at, a[axis].in);
          // A copy holds the planes that the taps meet, one after the other.
          if (inside) x += (axis == 0 && u->grouped->copies ? i : at) * u->strides[axis];
        }
        if (!inside && u->call->finite) continue;  // +0 times the weight changes no bit
        const ptrdiff_t w = t * u->grouped->channels * u->grouped->side;
        to[count++] = inside ? (struct conv_tap){x, a[2].step * u->strides[2], w}
                             : (struct conv_tap){u->call->packed + u->first_lane, 0, w};
      }
  return count;
}

// Outputs first ..< last of a row, which meet the same taps: all taps along the width, or there is one output.
static void grouped_span(const struct grouped_unit *u, ptrdiff_t row, ptrdiff_t first, ptrdiff_t last,
                         struct conv_grouped *job) {
  if (first >= last) return;
  struct conv_tap taps[CHUNK];
  job->taps = grouped_taps(u, row, first, taps);
  job->at = taps;
  job->pixels = last - first;
  real *const y = job->y;
  job->y += first * job->y_step;
  u->call->kernels->conv_grouped(job);
  job->y = y;
}

// One row of y: each output at the borders by itself, those between them together.
static void grouped_row(const struct grouped_unit *u, ptrdiff_t row, struct conv_grouped *job) {
  const struct conv_axis *width = &u->call->problem.axis[2];
  const ptrdiff_t reach = (width->taps - 1) * width->dilation;
  const ptrdiff_t before = min(width->out, panels_of(max(0, width->pad), width->step));
  const ptrdiff_t room = width->in - 1 - reach + width->pad;
  const ptrdiff_t after = max(before, min(width->out, room < 0 ? 0 : room / width->step + 1));
  for (ptrdiff_t i = 0; i < before; ++i) grouped_span(u, row, i, i + 1, job);
  grouped_span(u, row, before, after, job);
  for (ptrdiff_t i = after; i < width->out; ++i) grouped_span(u, row, i, i + 1, job);
}

// A row of y, or two, from whole rows of x.
static void grouped_whole(const struct grouped_unit *u, ptrdiff_t row, struct conv_grouped *job) {
  const struct conv_axis *a = u->call->problem.axis;
  const ptrdiff_t down = a[1].taps + (job->rows - 1) * a[1].step;
  struct conv_tap taps[CHUNK + 2], *to = taps;
  for (ptrdiff_t i = 0; i < a[0].taps; ++i)
    for (ptrdiff_t j = 0; j < down; ++j, ++to) {
      const ptrdiff_t z = u->depth * a[0].step + i * a[0].dilation - a[0].pad;
      const ptrdiff_t y = row * a[1].step + j * a[1].dilation - a[1].pad;
      const bool inside = is_inside(z, a[0].in) && is_inside(y, a[1].in);
      // A copy holds the planes that the taps meet, one after the other.
      to->x = inside ? u->x + (u->grouped->copies ? i : z) * u->strides[0] + y * u->strides[1] : NULL;
      to->w = (i * a[1].taps + j) * a[2].taps * u->grouped->side;
    }
  job->taps = to - taps;
  job->at = taps;
  job->pixels = a[2].out;
  u->call->kernels->conv_grouped(job);
}

// What follows the sums of a row of y, which begins at y[at]; `apart`: they lie beside it.
static void grouped_deliver(const struct grouped_unit *u, ptrdiff_t at, real *sums, ptrdiff_t step, bool apart) {
  const struct conv_call *call = u->call;
  const struct conv_problem *p = &call->problem;
  const ptrdiff_t pixels = p->axis[2].out;
  if (call->finishes && !simple_finish(call))
    conv_finish(call, at, 0, u->first_lane, u->lanes, pixels, 1, sums, step, 1);
  if (!apart) return;
  real *to = call->y + at + (lanes_adjoin(&p->y, p->filters) ? u->first_lane : u->first_lane * p->y.channel);
  if (p->y.channel == 1)
    call->kernels->copy_block(pixels, u->lanes, sums, step, to, p->y.axis[2]);
  else
    call->kernels->transpose_block(pixels, u->lanes, sums, step, to, p->y.channel);
}

// `rows` rows of y, one or two; whole: from whole rows of x.
static void grouped_rows(const struct grouped_unit *u, ptrdiff_t row, ptrdiff_t rows, bool whole) {
  const struct grouped *g = u->grouped;
  const struct conv_call *call = u->call;
  const struct conv_problem *p = &call->problem;
  const struct conv_axis *width = &p->axis[2];
  const ptrdiff_t at = u->image * p->y.image + u->depth * p->y.axis[0] + row * p->y.axis[1];
  const bool aliased = call->finishes && call->finish.residual == call->y, apart = g->copies || aliased;
  const bool finishes = simple_finish(call);
  real *y = apart ? u->sums : call->y + at + u->first_lane;
  const ptrdiff_t step = apart ? u->lanes : p->y.axis[2], y_row = apart ? width->out * u->lanes : p->y.axis[1];
  struct conv_grouped job = {.count = u->lanes,
                             .channels = g->channels,
                             .side = g->side,
                             .panel = g->panel,
                             .stride = width->step,
                             .pixel = u->strides[2],
                             .across = width->taps,
                             .rows = whole ? rows : 0,
                             .in = width->in,
                             .pad = width->pad,
                             .y_row = y_row,
                             .w = call->packed + g->whole + u->first_lane / call->kernels->vl * g->panel,
                             .y = y,
                             .y_step = step,
                             .bias = finishes && call->finish.bias != NULL ? call->finish.bias + u->first_lane : NULL,
                             .least = finishes && call->finish.activation == CK_RELU ? 0 : (real)-INFINITY};
  if (whole)
    grouped_whole(u, row, &job);
  else
    grouped_row(u, row, &job);
  for (ptrdiff_t r = 0; r < rows; ++r) grouped_deliver(u, at + r * p->y.axis[1], y + r * y_row, step, apart);
}

// Transposes what the unit sees of x, and points the table at it.
static void grouped_copy(struct grouped_unit *u, real *copy) {
  const struct conv_problem *p = &u->call->problem;
  const struct conv_axis *depth = &p->axis[0], *height = &p->axis[1];
  const ptrdiff_t row = p->axis[2].in * u->lanes, plane = u->grouped->seen * row;
  const ptrdiff_t from = max(0, u->first_row * height->step - height->pad);
  const ptrdiff_t reach = (height->taps - 1) * height->dilation + 1;
  const ptrdiff_t to = min(height->in, (u->last_row - 1) * height->step - height->pad + reach);
  const real *x = u->call->x + u->image * p->x.image + u->first_lane * p->x.channel;
  for (ptrdiff_t t = 0; t < depth->taps; ++t) {
    const ptrdiff_t z = u->depth * depth->step + t * depth->dilation - depth->pad;
    if (!is_inside(z, depth->in)) continue;
    for (ptrdiff_t y = from; y < to; ++y)
      u->call->kernels->transpose_block(u->lanes, p->axis[2].in, x + z * p->x.axis[0] + y * p->x.axis[1], p->x.channel,
                                        copy + t * plane + (y - from) * row, u->lanes);
  }
  u->x = copy - from * row;
  u->strides[0] = plane, u->strides[1] = row, u->strides[2] = u->lanes;
}

struct grouped_job {
  const struct conv_call *call;
  struct grouped grouped;
};

static void grouped_unit(const struct grouped_job *job, ptrdiff_t index, real *workspace) {
  const struct grouped *g = &job->grouped;
  const struct conv_problem *p = &job->call->problem;
  struct grouped_unit u = {.call = job->call, .grouped = g};
  const ptrdiff_t block = index % g->row_blocks;
  index /= g->row_blocks;
  u.depth = index % p->axis[0].out, index /= p->axis[0].out;
  u.first_lane = index % g->slices * g->slice, u.image = index / g->slices;
  u.lanes = min(g->slice, g->lanes - u.first_lane);
  u.first_row = block * g->rows, u.last_row = min(p->axis[1].out, u.first_row + g->rows);
  u.sums = workspace + grouped_copy_count(p, g);
  if (g->copies) {
    grouped_copy(&u, workspace);
  } else {
    u.x = job->call->x + u.image * p->x.image + u.first_lane;
    for (int i = 0; i < 3; ++i) u.strides[i] = p->x.axis[i];
  }
  const bool whole = takes_rows(p) && job->call->finite && u.lanes >= job->call->kernels->vl;
  for (ptrdiff_t row = u.first_row, rows; row < u.last_row; row += rows) {
    rows = min(1 + (whole && g->pairs), u.last_row - row);
    grouped_rows(&u, row, rows, whole);
  }
}

static void grouped_body(void *context, int index, int count) {
  const struct grouped_job *job = context;
  real *workspace = job->call->workspace + index * grouped_room(&job->call->problem, &job->grouped);
  const ptrdiff_t last = panel_start(job->grouped.units, count, index + 1);
  for (ptrdiff_t i = panel_start(job->grouped.units, count, index); i < last; ++i) grouped_unit(job, i, workspace);
}

static void grouped_forward(const struct conv_call *call) {
  const bool lone = goes_lone(call);
  if (lone || goes_narrow(&call->problem)) {
    struct conv_call rows = *call;
    rows.packed += lanes_packed_count(call->kernels, &call->problem);
    lone ? lone_forward(&rows) : narrow_forward(&rows);
    return;
  }
  struct grouped_job job = {.call = call, .grouped = grouped_of(call->kernels, &call->problem)};
  ck_team_run(grouped_threads(&job.grouped, call->threads), grouped_body, &job);
}

static const struct conv_algorithm conv_grouped = {
    .id = CK_CONV_GROUPED,
    .refuses = grouped_refuses,
    .declines = grouped_declines,
    .pays = "several groups together fill vectors",
    .packed_count = grouped_packed_count,
    .workspace_count = grouped_workspace_count,
    .error_growth = direct_error_growth,
    .tile = grouped_tile_size,
    .pack = grouped_pack,
    .forward = grouped_forward,
};
