// Template: convolution by minimal filtering.  Needs: real, conv/plan.h, conv/chunks.inc.h, conv/weights.inc.h, min,
// max.
//
//   V(point, tile, channel) = B^T x B          a block of tiles, in cache
//   M(point, tile, filter)  = V(point) U(point)  a matrix product for each point
//   y                       = A^T M A, then what follows
//
// with U = G w G^T packed once.  A dilated convolution is one of each of dilation x dilation phases: tiles take every
// dilation-th element of x and y.

// A tile's place along one axis.
struct tile_place {
  ptrdiff_t input, output, valid;  // its first input and output, and how many of its outputs exist
};

// One axis of the picture.  Tile t is number t / phases of phase t % phases.
struct tile_axis {
  int inputs, outputs;
  ptrdiff_t phases, in, out, pad, tiles;
};

// One call.  Tiles are numbered along the width, then the height, then the images.
struct winograd_job {
  const struct conv_call *call;
  struct winograd_form form;
  struct tile_axis rows, columns;
  ptrdiff_t images, tiles, blocks, most;  // tiles of a group, blocks they are cut into, tiles in the largest block
  ptrdiff_t points, v_row, m_row, v_point, m_point;
  ptrdiff_t v_count, m_count, scratch_count;
  bool shared;  // the threads share every block: its channels, then its filters
};

// Neighbouring tiles of a row.
struct tile_run {
  ptrdiff_t image, row, first, last;
};

enum {
  SLICE = 512 / sizeof(real),        // channels or filters of a tile that are transformed at once
  STRIP_SLICE = 128 / sizeof(real),  // the same where they are gathered from planes
  RUN = 16,                          // tiles that are gathered from planes at once
  SMALL_BLOCK = 24,                  // tiles of a block, where the weights are few
  LARGE_BLOCK = 64,
};

static ptrdiff_t whole(ptrdiff_t count, ptrdiff_t unit) { return panels_of(count, unit) * unit; }

static struct tile_axis tile_axis_of(const struct conv_axis *axis, int outputs) {
  const bool taps = axis->taps > 1;
  struct tile_axis t = {.inputs = taps ? outputs + (int)axis->taps - 1 : 1,
                        .outputs = taps ? outputs : 1,
                        .phases = taps ? axis->dilation : 1,
                        .in = axis->in,
                        .out = axis->out,
                        .pad = axis->pad};
  const ptrdiff_t each = t.out / t.phases, longer = t.out % t.phases;
  const ptrdiff_t fewest = panels_of(each, t.outputs);
  t.tiles = t.phases * fewest + (panels_of(each + 1, t.outputs) > fewest ? longer : 0);
  return t;
}

// The two axes of tiles of `outputs`.  F(4, 5) along both would err more than 16 times as much as the direct products,
// F(2, 5) by F(4, 5) does not.
static struct tile_axis tile_rows_of(const struct conv_problem *p, int outputs) {
  const bool both = p->axis[1].taps == 5 && p->axis[2].taps == 5;
  return tile_axis_of(&p->axis[1], both ? 2 : outputs);
}
static struct tile_axis tile_columns_of(const struct conv_problem *p, int outputs) {
  return tile_axis_of(&p->axis[2], outputs);
}

static struct tile_place place_of(const struct tile_axis *t, ptrdiff_t index) {
  const ptrdiff_t output = index % t->phases + index / t->phases * t->phases * t->outputs;
  return (struct tile_place){output - t->pad, output, min(t->outputs, panels_of(t->out - output, t->phases))};
}

// Whether every input of a tile exists.
static bool is_covered(const struct tile_axis *t, ptrdiff_t input) {
  return is_inside(input, t->in) && is_inside(input + (t->inputs - 1) * t->phases, t->in);
}

// Where block `index` starts: a row's tiles are parted between whole sets of phases, so that they fill a stretch of y.
static ptrdiff_t block_start(const struct winograd_job *job, ptrdiff_t index) {
  const ptrdiff_t tile = panel_start(job->tiles, job->blocks, index), column = tile % job->columns.tiles;
  return tile - column % job->columns.phases;
}

// The run that starts with `tile` and ends before `end`, at most `most` tiles long but for one set of phases.
static struct tile_run run_of(const struct winograd_job *job, ptrdiff_t tile, ptrdiff_t end, ptrdiff_t most) {
  const ptrdiff_t columns = job->columns.tiles, phases = job->columns.phases, line = tile / columns;
  const ptrdiff_t first = tile % columns, longest = max(phases, most / phases * phases);
  return (struct tile_run){.image = line / job->rows.tiles,
                           .row = line % job->rows.tiles,
                           .first = first,
                           .last = min(min(columns, first + (end - tile)), first + longest)};
}

// The first pixel of a run's set of phases, in y.
static ptrdiff_t run_start(const struct tile_axis *t, ptrdiff_t index) {
  return index / t->phases * t->phases * t->outputs;
}

// What a run of `tiles` reads or writes of one row.
static ptrdiff_t input_span(const struct tile_axis *t, ptrdiff_t tiles) {
  return (panels_of(tiles, t->phases) * t->outputs + t->inputs - t->outputs) * t->phases;
}
static ptrdiff_t output_span(const struct tile_axis *t, ptrdiff_t tiles) {
  return panels_of(tiles, t->phases) * t->outputs * t->phases;
}

// A tile whose surroundings lie partly outside x, copied with zeros in their place.
static void copy_patch(const struct winograd_job *job, ptrdiff_t row, ptrdiff_t column, ptrdiff_t channels,
                       const real *x, real *patch) {
  const struct conv_strides *s = &job->call->problem.x;
  const size_t bytes = (size_t)channels * sizeof(real);
  for (int i = 0; i < job->rows.inputs; ++i)
    for (int j = 0; j < job->columns.inputs; ++j, patch += channels) {
      const ptrdiff_t y = row + i * job->rows.phases, z = column + j * job->columns.phases;
      if (is_inside(y, job->rows.in) && is_inside(z, job->columns.in))
        memcpy(patch, x + y * s->axis[1] + z * s->axis[2], bytes);
      else
        memset(patch, 0, bytes);
    }
}

// Channels along memory: tiles inside x are read where they lie.  x: the image's first channel.
static void input_of_pixels(const struct winograd_job *job, const struct tile_run *run, ptrdiff_t channels,
                            const real *x, real *v, real *scratch) {
  const struct conv_strides *s = &job->call->problem.x;
  const struct tile_place row = place_of(&job->rows, run->row);
  const bool row_inside = is_covered(&job->rows, row.input);
  for (ptrdiff_t t = run->first; t < run->last; ++t, v += job->v_row) {
    const struct tile_place column = place_of(&job->columns, t);
    if (row_inside && is_covered(&job->columns, column.input)) {
      job->call->kernels->winograd_input(&job->form, channels, x + row.input * s->axis[1] + column.input * s->axis[2],
                                         job->rows.phases * s->axis[1], job->columns.phases * s->axis[2], v,
                                         job->v_point);
    } else {
      copy_patch(job, row.input, column.input, channels, x, scratch);
      job->call->kernels->winograd_input(&job->form, channels, scratch, job->columns.inputs * channels, channels, v,
                                         job->v_point);
    }
  }
}

// Planes: the rows under a run are turned into pixels first.
static void input_of_planes(const struct winograd_job *job, const struct tile_run *run, ptrdiff_t channels,
                            const real *x, real *v, real *strip) {
  const struct conv_strides *s = &job->call->problem.x;
  const struct tile_axis *columns = &job->columns;
  const struct tile_place row = place_of(&job->rows, run->row);
  const ptrdiff_t start = run_start(columns, run->first) - columns->pad;
  const ptrdiff_t span = input_span(columns, run->last - run->first);
  const ptrdiff_t from = min(max(start, 0), columns->in), to = max(from, min(start + span, columns->in));
  for (int i = 0; i < job->rows.inputs; ++i) {
    const ptrdiff_t y = row.input + i * job->rows.phases;
    const bool inside = is_inside(y, job->rows.in) && from < to;
    real *line = strip + i * span * channels;
    if (!inside || to - from < span) memset(line, 0, (size_t)(span * channels) * sizeof(real));
    if (inside)
      job->call->kernels->transpose_block(channels, to - from, x + y * s->axis[1] + from, s->channel,
                                          line + (from - start) * channels, channels);
  }
  for (ptrdiff_t t = run->first; t < run->last; ++t, v += job->v_row)
    job->call->kernels->winograd_input(&job->form, channels, strip + (place_of(columns, t).input - start) * channels,
                                       span * channels, columns->phases * channels, v, job->v_point);
}

// V of channels first ..< last of tiles tile ..< end.
static void input_block(const struct winograd_job *job, ptrdiff_t group, ptrdiff_t tile, ptrdiff_t end, ptrdiff_t first,
                        ptrdiff_t last, real *v, real *scratch) {
  const struct conv_strides *s = &job->call->problem.x;
  const bool pixels = s->channel == 1;
  for (ptrdiff_t t = tile; t < end;) {
    const struct tile_run run = run_of(job, t, end, pixels ? end : RUN);
    const real *x = job->call->x + run.image * s->image + group * s->group;
    for (ptrdiff_t c = first, channels; c < last; c += channels) {
      channels = min(last - c, pixels ? SLICE : STRIP_SLICE);
      (pixels ? input_of_pixels : input_of_planes)(job, &run, channels, x + c * s->channel,
                                                   v + (t - tile) * job->v_row + c, scratch);
    }
    t += run.last - run.first;
  }
}

// M of filters first ..< last, which start a panel: one product for each point, its depth in the chunks of ck_?gemm.
static void multiply_block(const struct winograd_job *job, ptrdiff_t group, ptrdiff_t tiles, ptrdiff_t first,
                           ptrdiff_t last, const real *v, real *m) {
  const struct conv_problem *p = &job->call->problem;
  const struct kernels *k = job->call->kernels;
  const ptrdiff_t filters = whole(p->filters, k->nr), chunk = chunk_depth(p->channels);
  const real *u = job->call->packed + group * job->points * filters * p->channels;
  struct gemm_block block = {.m = tiles,
                             .panels = panels_of(tiles, k->mr),
                             .last_panel = panels_of(tiles, k->mr),
                             .first_column = first,
                             .last_column = whole(last, k->nr),
                             .a_rs = job->v_row,
                             .a_ps = 1,
                             .b_ps = k->nr,
                             .b_padded = true,
                             .alpha = 1,
                             .c_rs = job->m_row,
                             .c_cs = 1};
  for (ptrdiff_t point = 0; point < job->points; ++point, u += filters * p->channels) {
    block.c = m + point * job->m_point;
    for (ptrdiff_t pc = 0; pc < p->channels; pc += block.kc) {
      block.kc = min(chunk, p->channels - pc);
      block.a = v + point * job->v_point + pc;
      block.b = u + pc * filters + first * block.kc;
      block.b_panel = k->nr * block.kc;
      block.beta = pc == 0 ? 0 : 1;
      k->gemm_block(&block);
    }
  }
}

// Whether the transform itself does what follows.
static bool finishes_vectors(const struct conv_call *call) {
  const ck_activation f = call->finish.activation;
  return call->finishes && (f == CK_IDENTITY || f == CK_RELU || f == CK_LEAKY_RELU || f == CK_CLAMP);
}

// Filters along memory.  at: y's index of the image's first filter.  Tiles that end beyond y are finished beside it.
static void output_to_pixels(const struct winograd_job *job, const struct tile_run *run, ptrdiff_t group,
                             ptrdiff_t first, ptrdiff_t filters, const real *m, ptrdiff_t at, real *scratch) {
  const struct conv_call *call = job->call;
  const struct conv_strides *s = &call->problem.y;
  const struct tile_place row = place_of(&job->rows, run->row);
  const ptrdiff_t line = job->rows.phases * s->axis[1], pixel = job->columns.phases * s->axis[2];
  const ptrdiff_t wide = job->columns.outputs * filters;
  const bool in_place = row.valid == job->rows.outputs && (!call->finishes || finishes_vectors(call));
  for (ptrdiff_t t = run->first; t < run->last; ++t, m += job->m_row) {
    const struct tile_place column = place_of(&job->columns, t);
    const ptrdiff_t corner = at + row.output * s->axis[1] + column.output * s->axis[2];
    if (in_place && column.valid == job->columns.outputs) {
      struct gemm_finish finish = call->finish;
      if (finish.bias != NULL) finish.bias += group * call->problem.filters + first;
      if (finish.residual != NULL) finish.residual += corner + first;
      call->kernels->winograd_output(&job->form, filters, m, job->m_point, call->y + corner + first, line, pixel,
                                     call->finishes ? &finish : NULL);
      continue;
    }
    call->kernels->winograd_output(&job->form, filters, m, job->m_point, scratch, wide, filters, NULL);
    for (ptrdiff_t i = 0; i < row.valid; ++i) {
      real *sums = scratch + i * wide, *y = call->y + corner + first + i * line;
      if (call->finishes)
        conv_finish(call, corner + i * line, group, first, filters, column.valid, job->columns.phases, sums, filters,
                    1);
      for (ptrdiff_t j = 0; j < column.valid; ++j)
        memcpy(y + j * pixel, sums + j * filters, (size_t)filters * sizeof(real));
    }
  }
}

// One row of pixels, `sums`, into planes; `finished` if nothing follows.  What follows reads a residual along the
// planes, so it works on a copy there.
static void row_to_planes(const struct conv_call *call, ptrdiff_t group, ptrdiff_t first, ptrdiff_t filters,
                          ptrdiff_t pixels, ptrdiff_t at, bool finished, real *sums, real *copy) {
  const ptrdiff_t plane = call->problem.y.channel;
  real *y = call->y + at + first * plane;
  if (call->finish.residual == NULL) {
    if (!finished) conv_finish(call, at, group, first, filters, pixels, 1, sums, filters, 1);
    call->kernels->transpose_block(pixels, filters, sums, filters, y, plane);
    return;
  }
  call->kernels->transpose_block(pixels, filters, sums, filters, copy, pixels);
  conv_finish(call, at, group, first, filters, pixels, 1, copy, 1, pixels);
  for (ptrdiff_t f = 0; f < filters; ++f) memcpy(y + f * plane, copy + f * pixels, (size_t)pixels * sizeof(real));
}

static void output_to_planes(const struct winograd_job *job, const struct tile_run *run, ptrdiff_t group,
                             ptrdiff_t first, ptrdiff_t filters, const real *m, ptrdiff_t at, real *strip) {
  const struct conv_call *call = job->call;
  const struct tile_axis *columns = &job->columns;
  const struct tile_place row = place_of(&job->rows, run->row);
  const ptrdiff_t start = run_start(columns, run->first), span = output_span(columns, run->last - run->first);
  const bool vectors = finishes_vectors(call) && call->finish.residual == NULL;
  struct gemm_finish finish = call->finish;
  if (finish.bias != NULL) finish.bias += group * call->problem.filters + first;
  for (ptrdiff_t t = run->first; t < run->last; ++t, m += job->m_row)
    call->kernels->winograd_output(&job->form, filters, m, job->m_point,
                                   strip + (place_of(columns, t).output - start) * filters, span * filters,
                                   columns->phases * filters, vectors ? &finish : NULL);
  for (ptrdiff_t i = 0; i < row.valid; ++i)
    row_to_planes(call, group, first, filters, min(span, columns->out - start),
                  at + (row.output + i * job->rows.phases) * call->problem.y.axis[1] + start,
                  vectors || !call->finishes, strip + i * span * filters, strip + job->rows.outputs * span * filters);
}

// y of filters first ..< last of tiles tile ..< end.
static void output_block(const struct winograd_job *job, ptrdiff_t group, ptrdiff_t tile, ptrdiff_t end,
                         ptrdiff_t first, ptrdiff_t last, const real *m, real *scratch) {
  const struct conv_strides *s = &job->call->problem.y;
  const bool pixels = s->channel == 1;
  for (ptrdiff_t t = tile; t < end;) {
    const struct tile_run run = run_of(job, t, end, pixels ? end : RUN);
    const ptrdiff_t at = run.image * s->image + group * s->group;
    for (ptrdiff_t f = first, filters; f < last; f += filters) {
      filters = min(last - f, pixels ? SLICE : STRIP_SLICE);
      (pixels ? output_to_pixels : output_to_planes)(job, &run, group, f, filters, m + (t - tile) * job->m_row + f, at,
                                                     scratch);
    }
    t += run.last - run.first;
  }
}

static void winograd_body(void *context, int index, int count) {
  const struct winograd_job *job = context;
  const struct conv_call *call = job->call;
  const struct conv_problem *p = &call->problem;
  const ptrdiff_t items = p->groups * job->blocks, panels = panels_of(p->filters, call->kernels->nr);
  const ptrdiff_t area = job->v_count + job->m_count, lines = panels_of(p->channels, LINE);
  const int part = job->shared ? index : 0, parts = job->shared ? count : 1;
  real *v = call->workspace + (job->shared ? 0 : index) * area, *m = v + job->v_count;
  real *scratch = call->workspace + (job->shared ? 1 : call->threads) * area + index * job->scratch_count;
  const ptrdiff_t c0 = min(p->channels, panel_start(lines, parts, part) * LINE);
  const ptrdiff_t c1 = min(p->channels, panel_start(lines, parts, part + 1) * LINE);
  const ptrdiff_t f0 = min(p->filters, panel_start(panels, parts, part) * call->kernels->nr);
  const ptrdiff_t f1 = min(p->filters, panel_start(panels, parts, part + 1) * call->kernels->nr);
  const ptrdiff_t first = job->shared ? 0 : panel_start(items, count, index);
  const ptrdiff_t last = job->shared ? items : panel_start(items, count, index + 1);
  for (ptrdiff_t item = first; item < last; ++item) {
    const ptrdiff_t group = item / job->blocks, block = item % job->blocks;
    const ptrdiff_t tile = block_start(job, block), end = block_start(job, block + 1);
    input_block(job, group, tile, end, c0, c1, v, scratch);
    if (job->shared) ck_team_barrier();  // V is complete
    if (f0 < f1) multiply_block(job, group, end - tile, f0, f1, v, m);
    output_block(job, group, tile, end, f0, f1, m, scratch);
    if (job->shared) ck_team_barrier();  // V may be overwritten
  }
}

// Elements between two points: an odd number of cache lines, so that the points of a tile fall into different sets.
static ptrdiff_t point_stride(ptrdiff_t elements) { return (panels_of(elements, LINE) | 1) * LINE; }

// Between two tiles: not a multiple of half a page, or the rows of a register tile share few sets.
static ptrdiff_t row_stride(ptrdiff_t elements) {
  return elements + (elements * (ptrdiff_t)sizeof(real) % 2048 == 0 ? LINE : 0);
}

// Tiles in a block.
static ptrdiff_t block_size(const struct winograd_job *job, const struct conv_problem *p) {
  const double weights = (double)job->points * (double)p->channels * (double)p->filters * sizeof(real);
  return weights <= 4e6 ? SMALL_BLOCK : LARGE_BLOCK;
}

static struct winograd_job winograd_job_of(const struct kernels *k, const struct conv_problem *p, int threads) {
  struct winograd_job job = {.rows = tile_rows_of(p, p->variant), .columns = tile_columns_of(p, p->variant)};
  job.form = (struct winograd_form){{job.rows.inputs, job.rows.outputs}, {job.columns.inputs, job.columns.outputs}};
  job.images = p->batch;
  job.tiles = job.images * job.rows.tiles * job.columns.tiles;
  job.points = job.rows.inputs * job.columns.inputs;
  const ptrdiff_t block = block_size(&job, p);
  job.shared = threads > 1 && (block > SMALL_BLOCK || job.tiles < SMALL_BLOCK * threads);
  job.blocks = panels_of(job.tiles, block);
  if (!job.shared) job.blocks = min(job.tiles, whole(job.blocks, threads));
  job.blocks = max(1, job.blocks);  // an empty batch has weights to pack all the same
  job.most = panels_of(job.tiles, job.blocks) + job.columns.phases;
  job.v_row = row_stride(whole(p->channels, LINE));
  job.m_row = row_stride(whole(p->filters, k->nr));
  job.v_point = point_stride(job.most * job.v_row), job.m_point = point_stride(job.most * job.m_row);
  job.v_count = job.points * job.v_point, job.m_count = job.points * job.m_point;
  const ptrdiff_t run = max(job.columns.phases, RUN);
  job.scratch_count =
      p->x.channel == 1 ? job.points * SLICE : (job.rows.inputs + 1) * input_span(&job.columns, run) * STRIP_SLICE;
  return job;
}

// U(point) = G w G^T of the taps of one channel and NR filters, computed in double and rounded once.
static void transform_filter(const struct winograd_form *form, const double rows[WINOGRAD_INPUTS][WINOGRAD_TAPS],
                             const double columns[WINOGRAD_INPUTS][WINOGRAD_TAPS],
                             const double w[WINOGRAD_TAPS][WINOGRAD_TAPS], int row_taps, int column_taps, real *u,
                             ptrdiff_t point) {
  double between[WINOGRAD_INPUTS][WINOGRAD_TAPS];
  for (int i = 0; i < form->rows.inputs; ++i)
    for (int t = 0; t < column_taps; ++t) {
      between[i][t] = 0;
      for (int s = 0; s < row_taps; ++s) between[i][t] += rows[i][s] * w[s][t];
    }
  for (int i = 0; i < form->rows.inputs; ++i)
    for (int j = 0; j < form->columns.inputs; ++j, u += point) {
      double sum = 0;
      for (int t = 0; t < column_taps; ++t) sum += columns[j][t] * between[i][t];
      *u = (real)sum;
    }
}

// G along an axis: powers of each point over the derivative of x N there; both exact in double.
static void filter_axis(int inputs, int taps, double g[WINOGRAD_INPUTS][WINOGRAD_TAPS]) {
  if (inputs == 1) {
    g[0][0] = 1;
    return;
  }
  const struct winograd_points *points = winograd_points_of(inputs);
  const int pairs = inputs / 2 - 1;
  for (int t = 0; t < taps; ++t) g[0][t] = t == 0 ? 1 / (double)points->zero[0] : 0, g[inputs - 1][t] = t == taps - 1;
  for (int k = 0; k < pairs; ++k) {
    const double p = (double)points->power[1][k];
    double derivative = 2 * p * p;
    for (int l = 0; l < pairs; ++l)
      if (l != k) derivative *= p * p - (double)points->power[2][l];
    for (int t = 0; t < taps; ++t) {
      g[1 + 2 * k][t] = (double)points->power[t][k] / derivative;
      g[2 + 2 * k][t] = t % 2 == 0 ? g[1 + 2 * k][t] : -g[1 + 2 * k][t];
    }
  }
}

static void winograd_pack(const struct conv_pack *pack) {
  const struct conv_problem *p = &pack->problem;
  const struct winograd_job job = winograd_job_of(pack->kernels, p, 1);
  const int row_taps = (int)p->axis[1].taps, column_taps = (int)p->axis[2].taps;
  const ptrdiff_t nr = pack->kernels->nr, filters = whole(p->filters, nr), chunk = chunk_depth(p->channels);
  double rows[WINOGRAD_INPUTS][WINOGRAD_TAPS], columns[WINOGRAD_INPUTS][WINOGRAD_TAPS], w[WINOGRAD_TAPS][WINOGRAD_TAPS];
  filter_axis(job.rows.inputs, row_taps, rows);
  filter_axis(job.columns.inputs, column_taps, columns);
  for (ptrdiff_t group = 0; group < p->groups; ++group)
    for (ptrdiff_t f = 0; f < filters; ++f)
      for (ptrdiff_t c = 0; c < p->channels; ++c) {
        const ptrdiff_t pc = c / chunk * chunk, kc = min(chunk, p->channels - pc);
        for (int i = 0; i < row_taps; ++i)
          for (int j = 0; j < column_taps; ++j)
            w[i][j] = (double)conv_weight(pack, group, min(f, p->filters - 1), c, (ptrdiff_t[3]){0, i, j});
        real *u = pack->packed + group * job.points * filters * p->channels + pc * filters + f / nr * nr * kc +
                  (c - pc) * nr + f % nr;
        transform_filter(&job.form, rows, columns, w, row_taps, column_taps, u, filters * p->channels);
      }
}

static ptrdiff_t winograd_packed_count(const struct kernels *k, const struct conv_problem *p) {
  const ptrdiff_t rows = tile_rows_of(p, p->variant).inputs;
  ptrdiff_t count = whole(p->filters, k->nr) * rows * tile_columns_of(p, p->variant).inputs;
  if (__builtin_mul_overflow(count, p->channels, &count) || __builtin_mul_overflow(count, p->groups, &count)) return -1;
  return count;
}

static ptrdiff_t winograd_workspace_count(const struct kernels *k, const struct conv_problem *p, int threads) {
  const struct winograd_job job = winograd_job_of(k, p, threads);
  return (job.shared ? 1 : threads) * (job.v_count + job.m_count) + threads * job.scratch_count;
}

static void winograd_forward(const struct conv_call *call) {
  struct winograd_job job = winograd_job_of(call->kernels, &call->problem, call->threads);
  job.call = call;
  ck_team_run(call->threads, winograd_body, &job);
}

static const char *winograd_refuses(const struct kernels *k, const struct conv_problem *p) {
  (void)k;
  const struct conv_axis *depth = &p->axis[0], *rows = &p->axis[1], *columns = &p->axis[2];
  const ptrdiff_t taps = max(rows->taps, columns->taps);
  if (depth->in != 1 || depth->out != 1 || depth->taps != 1) return "it has no transform along the depth";
  if (taps != 3 && taps != 5) return "it has transforms of 3 and 5 taps";
  if ((rows->taps != taps && rows->taps != 1) || (columns->taps != taps && columns->taps != 1))
    return "it has transforms of equal length along both axes, or along one";
  if (rows->step != 1 || columns->step != 1 || rows->up != 1 || columns->up != 1) return "its stride is 1";
  return NULL;
}

// What a transform takes for each point of a tile and channel or filter, a product for each point, tile and filter, and
// an element of transformed weights that L2 or L3 does not hold; then what each product of a block costs besides, and
// each point of a tile that is copied with zeros around it; all in multiply-adds.
static const double INPUT_COST = 8, OUTPUT_COST = 7, STORE_COST = 6, L3_COST = 4, MEMORY_COST = 14;
static const double CALL_COST = 2000, PATCH_COST = 160;
static const double L2_BYTES = 1 << 19, L3_BYTES = 1 << 24;

static double reading(double elements) {
  const double bytes = elements * sizeof(real);
  return bytes <= L2_BYTES ? 0 : elements * (bytes <= L3_BYTES ? L3_COST : MEMORY_COST);
}

// Tiles along an axis whose inputs all exist.
static ptrdiff_t covered_tiles(const struct tile_axis *t) {
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < t->tiles; ++i) count += is_covered(t, place_of(t, i).input);
  return count;
}

// What one image takes with tiles of `outputs`, and without tiles.
static double tiled_cost(const struct conv_problem *p, int outputs) {
  const struct tile_axis rows = tile_rows_of(p, outputs), columns = tile_columns_of(p, outputs);
  const double points = rows.inputs * columns.inputs, tiles = (double)rows.tiles * (double)columns.tiles;
  const double channels = (double)p->channels, filters = (double)whole(p->filters, 16);
  const double each = filters * (channels + STORE_COST) + INPUT_COST * channels + OUTPUT_COST * filters;
  const double calls = points * ceil(tiles / SMALL_BLOCK);
  const double patches = points * (tiles - (double)covered_tiles(&rows) * (double)covered_tiles(&columns));
  return points * tiles * each + calls * CALL_COST + patches * PATCH_COST + reading(points * channels * filters);
}
static double direct_cost(const struct conv_problem *p) {
  const double channels = (double)p->channels, filters = (double)whole(p->filters, 16);
  const double taps = (double)conv_taps(p) * channels;
  return (double)conv_positions(p) * filters * (taps + STORE_COST) + reading(taps * filters);
}

// Whether tiles of 2 x 4 outputs of 5 x 5 taps may err more than 16 times as much as the direct products, whose error
// grows more slowly with the channels.
static bool errs_too_much(const struct conv_problem *p, int outputs) {
  return outputs == 4 && p->axis[1].taps == 5 && p->axis[2].taps == 5 && p->channels > 256;
}

static const char *winograd_declines(const struct kernels *k, const struct conv_problem *p) {
  (void)k;
  const int outputs = p->variant, others = outputs == 4 ? 2 : 4;
  const double cost = tiled_cost(p, outputs);
  if (errs_too_much(p, outputs)) return "its error may be more than 16 times that of direct products";
  if (p->channels < 8 || p->filters < 8) return "too few channels or filters to pay for the transforms";
  if (direct_cost(p) <= cost) return "the transforms take longer than the products they save";
  return !errs_too_much(p, others) && tiled_cost(p, others) < cost ? "another tile takes less" : NULL;
}

// max over outputs i of sum over points |A^T_i| |row of G| |row of B^T|, Euclidean norms, and the roundings along an
// axis: `pairs` in the input's transform, pairs + 2 in the output's.
static double axis_growth(const struct tile_axis *t, ptrdiff_t taps, int *roundings) {
  if (t->inputs == 1) return 1;
  const struct winograd_points *points = winograd_points_of(t->inputs);
  const int pairs = t->inputs / 2 - 1;
  double g[WINOGRAD_INPUTS][WINOGRAD_TAPS], most = 0;
  filter_axis(t->inputs, (int)taps, g);
  *roundings += 2 * pairs + 2;
  for (int i = 0; i < t->outputs; ++i) {
    double sum = 0, zero = 0;
    for (int j = 0; j <= pairs; ++j) zero += (double)points->zero[j] * (double)points->zero[j];
    if (i == 0) sum += sqrt(zero) * fabs(g[0][0]);
    if (i == t->outputs - 1) sum += sqrt(zero);
    for (int k = 0; k < pairs; ++k) {
      const double p = (double)points->power[1][k];
      double b = 0, filter = 0;
      for (int j = 0; j < pairs; ++j) b += (1 + p * p) * (double)points->pair[k][j] * (double)points->pair[k][j];
      for (ptrdiff_t j = 0; j < taps; ++j) filter += g[1 + 2 * k][j] * g[1 + 2 * k][j];
      sum += 2 * (double)points->power[i][k] * sqrt(b * filter);
    }
    most = sum > most ? sum : most;
  }
  return most;
}

static double winograd_error_growth(const struct conv_problem *p) {
  const struct tile_axis rows = tile_rows_of(p, p->variant), columns = tile_columns_of(p, p->variant);
  int roundings = 4;  // of U, and of a sum beyond its products
  const double growth =
      axis_growth(&rows, p->axis[1].taps, &roundings) * axis_growth(&columns, p->axis[2].taps, &roundings);
  return growth * ((double)p->channels + roundings);
}

static void winograd_tile(const struct kernels *k, const struct conv_problem *p, ptrdiff_t tile[2]) {
  tile[0] = tile_rows_of(p, p->variant).outputs * tile_columns_of(p, p->variant).outputs;
  tile[1] = k->nr;
}

static const struct conv_algorithm conv_winograd_2 = {
    .id = CK_CONV_WINOGRAD_2,
    .variant = 2,
    .transforms = true,
    .refuses = winograd_refuses,
    .declines = winograd_declines,
    .packed_count = winograd_packed_count,
    .workspace_count = winograd_workspace_count,
    .error_growth = winograd_error_growth,
    .tile = winograd_tile,
    .pack = winograd_pack,
    .forward = winograd_forward,
};

static const struct conv_algorithm conv_winograd_4 = {
    .id = CK_CONV_WINOGRAD_4,
    .variant = 4,
    .transforms = true,
    .refuses = winograd_refuses,
    .declines = winograd_declines,
    .packed_count = winograd_packed_count,
    .workspace_count = winograd_workspace_count,
    .error_growth = winograd_error_growth,
    .tile = winograd_tile,
    .pack = winograd_pack,
    .forward = winograd_forward,
};
