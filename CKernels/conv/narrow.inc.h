// Template: direct convolution of one to four channels, or in groups of up to eight channels and filters: the lanes of
// a vector are neighbouring outputs of a row, where a vector of filters would not be full, or is not how y lies.
//
// Needs: real, conv/plan.h, conv/chunks.inc.h.
//
// Rows of x are copied apart by channel and by their place between two outputs (column mod stride), padding included,
// so that each tap finds its elements side by side; where channels lie last, those of several groups together.  Packed
// weights, NARROW_FILTERS of a panel to a step:
//
//   group 0: panel 0: tap 0: channel 0, channel 1 ... | tap 1: ... | panel 1: ... | group 1: ...

enum {
  NARROW_CHANNELS = 4,
  NARROW_GROUP = 8,   // channels, and filters, of a group
  NARROW_LANES = 16,  // channels, or filters, of groups that are taken together, about
  NARROW_STEPS = 1024,
  NARROW_FEW = 16,        // filters
  NARROW_REACH = 64,      // rows of x under one of y,
  NARROW_SPAN = 1 << 14,  // and columns
  NARROW_STRIDE = 8,
  NARROW_CACHED = 96 * 1024 / (int)sizeof(real),  // elements of x that a thread copies at once, about
  NARROW_PIECE = 48,                              // outputs of a row whose sums stay in L1,
  NARROW_ROWS = 4,                                // and rows
  NARROW_SLACK = 64,                              // what vectors may read past the last row
};

struct narrow {
  ptrdiff_t steps, panels;
  ptrdiff_t together, group_blocks;  // groups that are taken together, and how many of those there are
  ptrdiff_t phases, wide;            // of a copied row: parts, and elements of each
  ptrdiff_t pitch, line;             // room for a part, and for all parts and channels
  ptrdiff_t reach;                   // rows of x under one output, the first to the last
  ptrdiff_t rows, row_blocks;        // rows of y that are computed together
  ptrdiff_t copy, across;            // elements of a thread's copy of x, and of its rows of sums
  ptrdiff_t units;
};

// Whether groups are of a size of which conv/grouped.inc.h fills vectors.
static bool groups_fill(const struct conv_problem *p) {
  return p->channels == p->filters && (p->channels == 1 || p->channels == 4 || p->channels == 8);
}

// Whether direct convolution goes this way: where results are wanted along rows, or are too few at each place to fill
// vectors, and conv/grouped.inc.h does not fill them with several groups.  Regardless of batch and image size, for
// whatever packed weights serve.
static bool is_narrow(const struct conv_problem *p) {
  const struct conv_axis *depth = &p->axis[0], *height = &p->axis[1], *width = &p->axis[2];
  const bool flat = depth->taps == 1 && depth->in == 1 && depth->out == 1 && depth->pad == 0;
  const ptrdiff_t taps = conv_taps(p), reach = (height->taps - 1) * height->dilation + 1;
  const ptrdiff_t span = (width->taps - 1) * width->dilation + 1;
  const bool few = p->groups == 1 && p->channels <= NARROW_CHANNELS && (p->y.channel != 1 || p->filters < NARROW_FEW);
  const bool small = p->groups > 1 && p->channels <= NARROW_GROUP && p->filters <= NARROW_GROUP;
  const bool grouped = small && (p->y.axis[2] == 1 || !groups_fill(p));
  return flat && (few || grouped) && taps > 1 && taps * p->channels <= NARROW_STEPS && reach <= NARROW_REACH &&
         span <= NARROW_SPAN && width->step <= NARROW_STRIDE && depth->up * height->up * width->up == 1;
}

static struct narrow narrow_of(const struct conv_problem *p) {
  const struct conv_axis *height = &p->axis[1], *width = &p->axis[2];
  struct narrow n = {.steps = conv_taps(p) * p->channels, .panels = panels_of(p->filters, NARROW_FILTERS)};
  n.phases = width->step;
  n.wide = width->out + (width->taps - 1) * width->dilation / width->step + 1;
  n.pitch = whole(n.wide, LINE) + LINE;  // a vector more, wherever the last begins
  n.together = p->y.axis[2] == 1 ? 1 : min(p->groups, max(1, NARROW_LANES / max(p->channels, p->filters)));
  n.group_blocks = panels_of(p->groups, n.together);
  n.line = times(n.together * p->channels * n.phases, n.pitch);
  n.reach = (height->taps - 1) * height->dilation + 1;
  n.rows = min(height->out, max(1, (NARROW_CACHED / n.line - n.reach) / height->step + 1));
  n.row_blocks = panels_of(height->out, n.rows);
  n.copy = whole(times((n.rows - 1) * height->step + n.reach, n.line) + NARROW_SLACK, LINE);
  n.across = whole(n.together * p->filters * NARROW_PIECE * NARROW_ROWS, LINE);
  n.units = p->batch * n.group_blocks * n.row_blocks;
  return n;
}

static ptrdiff_t narrow_packed_count(const struct conv_problem *p) {
  const struct narrow n = narrow_of(p);
  ptrdiff_t count;
  return __builtin_mul_overflow(n.panels * NARROW_FILTERS, n.steps * p->groups, &count) ? -1 : count;
}

static int narrow_threads(const struct narrow *n, int threads) { return (int)max(1, min(threads, n->units)); }

static ptrdiff_t narrow_workspace_count(const struct conv_problem *p, int threads) {
  const struct narrow n = narrow_of(p);
  return times(narrow_threads(&n, threads), n.copy + n.across);
}

static void narrow_pack(const struct conv_pack *job) {
  const struct conv_problem *p = &job->problem;
  const struct narrow n = narrow_of(p);
  real *to = job->packed;
  for (ptrdiff_t i = 0; i < p->groups * n.panels; ++i) {
    const ptrdiff_t group = i / n.panels, panel = i % n.panels, first = panel_start(p->filters, n.panels, panel);
    const ptrdiff_t filters = panel_start(p->filters, n.panels, panel + 1) - first;
    for (ptrdiff_t step = 0; step < n.steps; ++step, to += NARROW_FILTERS) {
      const ptrdiff_t t = step / p->channels, tap[3] = {0, t / p->axis[2].taps, t % p->axis[2].taps};
      for (ptrdiff_t f = 0; f < NARROW_FILTERS; ++f)
        to[f] = f < filters ? conv_weight(job, group, first + f, step % p->channels, tap) : 0;
    }
  }
}

// Where each step finds its elements in the copy, from those of the first on.
static void narrow_offsets(const struct conv_problem *p, const struct narrow *n, ptrdiff_t *offsets) {
  const struct conv_axis *height = &p->axis[1], *width = &p->axis[2];
  for (ptrdiff_t ty = 0; ty < height->taps; ++ty)
    for (ptrdiff_t tx = 0; tx < width->taps; ++tx)
      for (ptrdiff_t c = 0; c < p->channels; ++c) {
        const ptrdiff_t column = tx * width->dilation, part = c * n->phases + column % n->phases;
        *offsets++ = ty * height->dilation * n->line + part * n->pitch + column / n->phases;
      }
}

// Copies `channels` of a row of x apart; NULL is padding.
static void narrow_copy_row(const struct conv_call *call, const struct narrow *n, ptrdiff_t channels, const real *row,
                            real *to) {
  const struct conv_problem *p = &call->problem;
  const struct conv_axis *width = &p->axis[2];
  const ptrdiff_t pixel = p->x.axis[2] * n->phases, line = n->phases * n->pitch;
  if (row == NULL) {
    memset(to, 0, (size_t)(channels * line) * sizeof(real));
    return;
  }
  for (ptrdiff_t phase = 0; phase < n->phases; ++phase, to += n->pitch) {
    // Element j is column j * phases + phase - pad of x.
    const ptrdiff_t before = width->pad - phase, beyond = before + width->in;
    const ptrdiff_t first = min(n->wide, before <= 0 ? 0 : panels_of(before, n->phases));
    const ptrdiff_t last = max(first, min(n->wide, beyond <= 0 ? 0 : panels_of(beyond, n->phases)));
    const real *from = row - before * p->x.axis[2] + first * pixel;
    for (ptrdiff_t c = 0; c < channels; ++c) {
      memset(to + c * line, 0, (size_t)first * sizeof(real));
      memset(to + c * line + last, 0, (size_t)(n->wide - last) * sizeof(real));
    }
    if (pixel == 1)
      call->kernels->copy_block(channels, last - first, from, p->x.channel, to + first, line);
    else if (p->x.channel == 1)
      call->kernels->transpose_block(last - first, channels, from, pixel, to + first, line);
    else
      for (ptrdiff_t c = 0; c < channels; ++c)
        for (ptrdiff_t j = first; j < last; ++j) to[c * line + j] = from[c * p->x.channel + (j - first) * pixel];
  }
}

// Copies `rows` rows of `channels` of x apart, the first of which would be row `from`: what lies outside is padding.
static void narrow_copy(const struct conv_call *call, const struct narrow *n, ptrdiff_t channels, const real *x,
                        ptrdiff_t from, ptrdiff_t rows, real *copy) {
  const struct conv_problem *p = &call->problem;
  const struct conv_axis *width = &p->axis[2];
  const ptrdiff_t first = min(rows, max(0, -from)), last = max(first, min(rows, p->axis[1].in - from));
  if (p->x.axis[2] != 1 || n->phases > 2 || width->pad < 0) {
    for (ptrdiff_t i = 0; i < rows; ++i)
      narrow_copy_row(call, n, channels, i >= first && i < last ? x + (from + i) * p->x.axis[1] : NULL,
                      copy + i * n->line);
    return;
  }
  memset(copy, 0, (size_t)(first * n->line) * sizeof(real));
  const struct conv_split split = {.rows = last - first,
                                   .channels = channels,
                                   .phases = n->phases,
                                   .pitch = n->pitch,
                                   .wide = n->wide,
                                   .pad = width->pad,
                                   .in = width->in,
                                   .x = x + (from + first) * p->x.axis[1],
                                   .x_row = p->x.axis[1],
                                   .x_channel = p->x.channel,
                                   .to = copy + first * n->line};
  call->kernels->conv_split(&split);
  memset(copy + last * n->line, 0, (size_t)((rows - last) * n->line) * sizeof(real));
}

// Whether sums gather beside y: where its channels lie last, or hold the residual until the end.
static bool narrow_apart(const struct conv_call *call) {
  return call->problem.y.axis[2] != 1 || (call->finishes && call->finish.residual == call->y);
}

struct narrow_job {
  const struct conv_call *call;
  struct narrow narrow;
  ptrdiff_t offsets[NARROW_STEPS];
};

// What a thread is at: `groups` from `group` on, and outputs of `rows` rows of y, from y[at] and x on.  Sums of rows
// and filters lie `row` and `filter` apart.
struct narrow_piece {
  ptrdiff_t group, groups, at, rows, pixels, row, filter;
  const real *x;
  real *sums;
};

// The sums of one group, from y on.
static void narrow_group(const struct narrow_job *job, const struct narrow_piece *piece, ptrdiff_t group, real *y) {
  const struct conv_call *call = job->call;
  const struct conv_problem *p = &call->problem;
  const struct narrow *n = &job->narrow;
  const bool finishes = simple_finish(call);
  for (ptrdiff_t panel = 0; panel < n->panels; ++panel) {
    const ptrdiff_t first = panel_start(p->filters, n->panels, panel), index = group * n->panels + panel;
    const struct conv_narrow rows = {
        .steps = n->steps,
        .offsets = job->offsets,
        .x = piece->x + (group - piece->group) * p->channels * n->phases * n->pitch,
        .x_row = p->axis[1].step * n->line,
        .rows = piece->rows,
        .pixels = piece->pixels,
        .filters = panel_start(p->filters, n->panels, panel + 1) - first,
        .w = call->packed + index * n->steps * NARROW_FILTERS,
        .y = y + first * piece->filter,
        .y_row = piece->row,
        .y_filter = piece->filter,
        .bias = finishes && call->finish.bias != NULL ? call->finish.bias + group * p->filters + first : NULL,
        .least = finishes && call->finish.activation == CK_RELU ? 0 : (real)-INFINITY,
    };
    call->kernels->conv_narrow(&rows);
  }
  const ptrdiff_t at = piece->at + (group - piece->group) * p->y.group;
  for (ptrdiff_t i = 0; call->finishes && !finishes && i < piece->rows; ++i)
    conv_finish(call, at + i * p->y.axis[1], group, 0, p->filters, piece->pixels, 1, y + i * piece->row, 1,
                piece->filter);
}

// Writes one row of sums that were gathered beside y, which begins at y[at].
static void narrow_deliver(const struct conv_call *call, const struct narrow_piece *piece, const real *sums,
                           ptrdiff_t at) {
  const struct conv_problem *p = &call->problem;
  const ptrdiff_t filters = piece->groups * p->filters;
  if (p->y.channel != 1) {
    call->kernels->copy_block(filters, piece->pixels, sums, piece->filter, call->y + at, p->y.channel);
    return;
  }
  for (ptrdiff_t j = 0; j < piece->pixels; j += LINE)  // whole pixels, one after the other
    call->kernels->transpose_block(filters, min(LINE, piece->pixels - j), sums + j, piece->filter,
                                   call->y + at + j * p->y.axis[2], p->y.axis[2]);
}

static void narrow_piece(const struct narrow_job *job, struct narrow_piece *piece) {
  const struct conv_call *call = job->call;
  const struct conv_problem *p = &call->problem;
  const bool apart = narrow_apart(call);
  real *y = apart ? piece->sums : call->y + piece->at;
  piece->filter = apart ? piece->pixels : p->y.channel;
  piece->row = apart ? piece->groups * p->filters * piece->pixels : p->y.axis[1];
  for (ptrdiff_t g = 0; g < piece->groups; ++g)
    narrow_group(job, piece, piece->group + g, y + g * p->filters * piece->filter);
  for (ptrdiff_t i = 0; apart && i < piece->rows; ++i)
    narrow_deliver(call, piece, y + i * piece->row, piece->at + i * p->y.axis[1]);
}

static void narrow_unit(const struct narrow_job *job, ptrdiff_t unit, real *copy) {
  const struct conv_problem *p = &job->call->problem;
  const struct narrow *n = &job->narrow;
  const struct conv_axis *height = &p->axis[1];
  const ptrdiff_t first = unit % n->row_blocks * n->rows, image = unit / n->row_blocks / n->group_blocks;
  const ptrdiff_t group = unit / n->row_blocks % n->group_blocks * n->together;
  struct narrow_piece piece = {.group = group, .groups = min(n->together, p->groups - group), .sums = copy + n->copy};
  const ptrdiff_t rows = min(n->rows, height->out - first), from = first * height->step - height->pad;
  narrow_copy(job->call, n, piece.groups * p->channels, job->call->x + image * p->x.image + group * p->x.group, from,
              (rows - 1) * height->step + n->reach, copy);
  const bool apart = narrow_apart(job->call);
  const ptrdiff_t wide = p->axis[2].out, most = apart ? NARROW_PIECE : wide, together = apart ? NARROW_ROWS : rows;
  for (ptrdiff_t i = 0; i < rows; i += together)
    for (ptrdiff_t j = 0; j < wide; j += most) {
      piece.at = image * p->y.image + group * p->y.group + (first + i) * p->y.axis[1] + j * p->y.axis[2];
      piece.rows = min(together, rows - i), piece.pixels = min(most, wide - j);
      piece.x = copy + i * height->step * n->line + j;
      narrow_piece(job, &piece);
    }
}

static void narrow_body(void *context, int index, int count) {
  const struct narrow_job *job = context;
  const struct narrow *n = &job->narrow;
  real *copy = job->call->workspace + index * (n->copy + n->across);
  memset(copy + n->copy - NARROW_SLACK, 0, NARROW_SLACK * sizeof(real));
  const ptrdiff_t last = panel_start(n->units, count, index + 1);
  for (ptrdiff_t i = panel_start(n->units, count, index); i < last; ++i) narrow_unit(job, i, copy);
}

static void narrow_forward(const struct conv_call *call) {
  struct narrow_job job = {.call = call, .narrow = narrow_of(&call->problem)};
  narrow_offsets(&call->problem, &job.narrow, job.offsets);
  ck_team_run(narrow_threads(&job.narrow, call->threads), narrow_body, &job);
}
