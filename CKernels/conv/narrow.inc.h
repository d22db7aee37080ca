// Template: direct convolution of one to four channels, or in groups of one channel and one filter: the lanes of a
// vector are neighbouring outputs of a row, where a vector of filters would not be full, or is not how y lies.
// Needs: real, conv/plan.h.
//
// Rows of x are copied apart by channel and by their place between two outputs (column mod stride), padding included,
// so that each tap finds its elements side by side.  Packed weights, NARROW_FILTERS of a panel to a step:
//
//   group 0: panel 0: tap 0: channel 0, channel 1 ... | tap 1: ... | panel 1: ... | group 1: ...

enum {
  NARROW_CHANNELS = 4,
  NARROW_STEPS = 1024,
  NARROW_FEW = 16,    // filters
  NARROW_REACH = 64,  // rows of x under one of y
  NARROW_STRIDE = 8,
  NARROW_CACHED = 96 * 1024 / (int)sizeof(real),  // elements of x that a thread copies at once, about
  NARROW_PIECE = 48,                              // outputs whose sums stay in L1
  NARROW_SLACK = 64,                              // what vectors may read past the last row
};

struct narrow {
  ptrdiff_t steps, panels;
  ptrdiff_t phases, wide;      // of a copied row: parts, and elements of each
  ptrdiff_t pitch, line;       // room for a part, and for all parts and channels
  ptrdiff_t reach;             // rows of x under one output, the first to the last
  ptrdiff_t rows, row_blocks;  // rows of y that are computed together
  ptrdiff_t copy, across;      // elements of a thread's copy of x, and of its rows of sums
  ptrdiff_t units;
};

// Whether direct convolution goes this way: where results are wanted along rows, or are too few at each place to fill
// vectors.  Regardless of batch and image size, for whatever packed weights serve.
static bool is_narrow(const struct conv_problem *p) {
  const struct conv_axis *depth = &p->axis[0], *height = &p->axis[1], *width = &p->axis[2];
  const bool flat = depth->taps == 1 && depth->in == 1 && depth->out == 1 && depth->pad == 0;
  const ptrdiff_t taps = conv_taps(p), reach = (height->taps - 1) * height->dilation + 1;
  const bool few = p->groups == 1 && p->channels <= NARROW_CHANNELS && (p->y.channel != 1 || p->filters < NARROW_FEW);
  const bool depthwise = p->groups > 1 && p->channels == 1 && p->filters == 1 && p->y.axis[2] == 1;
  return flat && (few || depthwise) && taps > 1 && taps * p->channels <= NARROW_STEPS && reach <= NARROW_REACH &&
         width->step <= NARROW_STRIDE && depth->up * height->up * width->up == 1;
}

static struct narrow narrow_of(const struct conv_problem *p) {
  const struct conv_axis *height = &p->axis[1], *width = &p->axis[2];
  struct narrow n = {.steps = conv_taps(p) * p->channels, .panels = panels_of(p->filters, NARROW_FILTERS)};
  n.phases = width->step;
  n.wide = width->out + (width->taps - 1) * width->dilation / width->step + 1;
  n.pitch = panels_of(n.wide, LINE) * LINE + LINE;  // a vector more, wherever the last begins
  n.line = p->channels * n.phases * n.pitch;
  n.reach = (height->taps - 1) * height->dilation + 1;
  n.rows = min(height->out, max(1, (NARROW_CACHED / n.line - n.reach) / height->step + 1));
  n.row_blocks = panels_of(height->out, n.rows);
  n.copy = panels_of(((n.rows - 1) * height->step + n.reach) * n.line + NARROW_SLACK, LINE) * LINE;
  n.across = panels_of(p->filters * NARROW_PIECE, LINE) * LINE;
  n.units = p->batch * p->groups * n.row_blocks;
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
  return narrow_threads(&n, threads) * (n.copy + n.across);
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

// Copies a row of x apart; NULL is padding.
static void narrow_copy_row(const struct conv_problem *p, const struct narrow *n, const real *row, real *to) {
  const struct conv_axis *width = &p->axis[2];
  const ptrdiff_t pixel = p->x.axis[2] * n->phases;
  if (row == NULL) {
    memset(to, 0, (size_t)n->line * sizeof(real));
    return;
  }
  for (ptrdiff_t c = 0; c < p->channels; ++c)
    for (ptrdiff_t phase = 0; phase < n->phases; ++phase, to += n->pitch) {
      // Element j is column j * phases + phase - pad of x.
      const ptrdiff_t before = width->pad - phase, beyond = before + width->in;
      const ptrdiff_t first = min(n->wide, before <= 0 ? 0 : panels_of(before, n->phases));
      const ptrdiff_t last = max(first, min(n->wide, beyond <= 0 ? 0 : panels_of(beyond, n->phases)));
      const real *from = row + c * p->x.channel - before * p->x.axis[2] + first * pixel;
      memset(to, 0, (size_t)first * sizeof(real));
      memset(to + last, 0, (size_t)(n->wide - last) * sizeof(real));
      if (pixel == 1)
        memcpy(to + first, from, (size_t)(last - first) * sizeof(real));
      else
        for (ptrdiff_t j = first; j < last; ++j, from += pixel) to[j] = *from;
    }
}

// Copies `rows` rows of x apart, the first of which would be row `from`: what lies outside x is padding.
static void narrow_copy(const struct conv_call *call, const struct narrow *n, const real *x, ptrdiff_t from,
                        ptrdiff_t rows, real *copy) {
  const struct conv_problem *p = &call->problem;
  const struct conv_axis *width = &p->axis[2];
  const ptrdiff_t first = min(rows, max(0, -from)), last = max(first, min(rows, p->axis[1].in - from));
  if (p->x.axis[2] != 1 || n->phases > 2 || width->pad < 0) {
    for (ptrdiff_t i = 0; i < rows; ++i)
      narrow_copy_row(p, n, i >= first && i < last ? x + (from + i) * p->x.axis[1] : NULL, copy + i * n->line);
    return;
  }
  memset(copy, 0, (size_t)(first * n->line) * sizeof(real));
  const struct conv_split split = {.rows = last - first,
                                   .channels = p->channels,
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

// Outputs of `rows` rows of y, or of one where sums gather apart, from y[at] and x on.
static void narrow_piece(const struct narrow_job *job, ptrdiff_t group, ptrdiff_t at, ptrdiff_t rows, ptrdiff_t pixels,
                         const real *x, real *sums) {
  const struct conv_call *call = job->call;
  const struct conv_problem *p = &call->problem;
  const bool apart = narrow_apart(call), finishes = simple_finish(call);
  real *y = apart ? sums : call->y + at;
  const ptrdiff_t filter = apart ? pixels : p->y.channel;
  for (ptrdiff_t panel = 0; panel < job->narrow.panels; ++panel) {
    const ptrdiff_t first = panel_start(p->filters, job->narrow.panels, panel);
    const ptrdiff_t index = group * job->narrow.panels + panel;
    const struct conv_narrow piece = {
        .steps = job->narrow.steps,
        .offsets = job->offsets,
        .x = x,
        .x_row = p->axis[1].step * job->narrow.line,
        .rows = rows,
        .pixels = pixels,
        .filters = panel_start(p->filters, job->narrow.panels, panel + 1) - first,
        .w = call->packed + index * job->narrow.steps * NARROW_FILTERS,
        .y = y + first * filter,
        .y_row = p->y.axis[1],
        .y_filter = filter,
        .bias = finishes && call->finish.bias != NULL ? call->finish.bias + group * p->filters + first : NULL,
        .least = finishes && call->finish.activation == CK_RELU ? 0 : (real)-INFINITY,
    };
    call->kernels->conv_narrow(&piece);
  }
  for (ptrdiff_t i = 0; call->finishes && !finishes && i < rows; ++i)
    conv_finish(call, at + i * p->y.axis[1], group, 0, p->filters, pixels, 1, y + i * p->y.axis[1], 1, filter);
  if (!apart) return;
  if (p->y.channel == 1)
    for (ptrdiff_t j = 0; j < pixels; j += LINE)  // whole pixels, one after the other
      call->kernels->transpose_block(p->filters, min(LINE, pixels - j), y + j, filter, call->y + at + j * p->y.axis[2],
                                     p->y.axis[2]);
  else
    call->kernels->copy_block(p->filters, pixels, y, filter, call->y + at, p->y.channel);
}

static void narrow_unit(const struct narrow_job *job, ptrdiff_t unit, real *copy) {
  const struct conv_problem *p = &job->call->problem;
  const struct narrow *n = &job->narrow;
  const struct conv_axis *height = &p->axis[1];
  const ptrdiff_t first = unit % n->row_blocks * n->rows, image = unit / n->row_blocks / p->groups;
  const ptrdiff_t group = unit / n->row_blocks % p->groups;
  const ptrdiff_t rows = min(n->rows, height->out - first), from = first * height->step - height->pad;
  narrow_copy(job->call, n, job->call->x + image * p->x.image + group * p->x.group, from,
              (rows - 1) * height->step + n->reach, copy);
  const bool apart = narrow_apart(job->call);
  const ptrdiff_t wide = p->axis[2].out, piece = apart ? NARROW_PIECE : wide, together = apart ? 1 : rows;
  for (ptrdiff_t i = 0; i < rows; i += together)
    for (ptrdiff_t j = 0; j < wide; j += piece)
      narrow_piece(job, group, image * p->y.image + group * p->y.group + (first + i) * p->y.axis[1] + j * p->y.axis[2],
                   together, min(piece, wide - j), copy + i * height->step * n->line + j, copy + n->copy);
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
