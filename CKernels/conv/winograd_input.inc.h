// Template: the first step of minimal filtering, V of a block of tiles; see conv/winograd.inc.h.

// A tile whose surroundings lie partly outside x, copied with zeros in their place.
static void copy_patch(const struct winograd_job *job, ptrdiff_t row, ptrdiff_t column, ptrdiff_t channels,
                       const real *x, real *patch) {
  const struct conv_strides *s = &job->call->problem.x;
  const size_t bytes = (size_t)channels * sizeof(real);
  const ptrdiff_t phases = job->columns.phases, pixel = phases * s->axis[2], inputs = job->columns.inputs;
  const ptrdiff_t before = min(inputs, panels_of(max(0, -column), phases));
  const ptrdiff_t inside = max(0, min(inputs, panels_of(max(0, job->columns.in - column), phases)) - before);
  for (int i = 0; i < job->rows.inputs; ++i, patch += inputs * channels) {
    const ptrdiff_t y = row + i * job->rows.phases, copies = is_inside(y, job->rows.in) ? inside : 0;
    const real *from = copies == 0 ? x : x + y * s->axis[1] + column * s->axis[2] + before * pixel;
    real *to = patch + before * channels;
    memset(patch, 0, (size_t)before * bytes);
    if (pixel == channels)
      memcpy(to, from, (size_t)copies * bytes);
    else
      for (ptrdiff_t j = 0; j < copies; ++j) memcpy(to + j * channels, from + j * pixel, bytes);
    memset(to + copies * channels, 0, (size_t)(inputs - before - copies) * bytes);
  }
}

// Channels along memory: tiles inside x are read where they lie.  x: the image's first channel.
static void input_of_pixels(const struct winograd_job *job, const struct tile_run *run, ptrdiff_t channels,
                            const real *x, real *v, real *scratch) {
  const struct conv_strides *s = &job->call->problem.x;
  const struct tile_place row = place_of(&job->rows, run->row);
  const ptrdiff_t line = job->rows.phases * s->axis[1], pixel = job->columns.phases * s->axis[2];
  const bool row_inside = is_covered(&job->rows, row.input);
  struct area ahead = {NULL, job->rows.inputs, line, job->columns.outputs, pixel, channels, false};
  for (ptrdiff_t t = run->first; t < run->last; ++t, v += job->v_row) {
    const struct tile_place column = place_of(&job->columns, t), next = place_of(&job->columns, t + 1);
    if (row_inside && is_covered(&job->columns, column.input)) {
      const real *top = x + row.input * s->axis[1];
      // The next tile's first columns are this one's last.
      ahead.first = top + next.input * s->axis[2] + (job->columns.inputs - job->columns.outputs) * pixel;
      if (job->x_far && is_covered(&job->columns, next.input)) fetch(&ahead, 1, 0);
      job->transform(&job->form, channels, top + column.input * s->axis[2], line, pixel, v, job->v_point);
    } else {
      copy_patch(job, row.input, column.input, channels, x, scratch);
      job->transform(&job->form, channels, scratch, job->columns.inputs * channels, channels, v, job->v_point);
    }
  }
}

// Planes: the rows under a run are turned into pixels first.  looks_ahead: as many channels more have their turn then.
static void input_of_planes(const struct winograd_job *job, const struct tile_run *run, ptrdiff_t channels,
                            const real *x, bool looks_ahead, real *v, real *strip) {
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
    const ptrdiff_t before = inside ? (from - start) * channels : span * channels,
                    after = before + (to - from) * channels;
    memset(line, 0, (size_t)before * sizeof(real));
    if (!inside) continue;
    job->call->kernels->transpose_block(channels, to - from, x + y * s->axis[1] + from, s->channel, line + before,
                                        channels);
    memset(line + after, 0, (size_t)(span * channels - after) * sizeof(real));
  }
  const ptrdiff_t phases = job->rows.phases, above = row.input < 0 ? panels_of(-row.input, phases) : 0;
  const ptrdiff_t below = min(job->rows.inputs, panels_of(job->rows.in - row.input, phases));
  struct area ahead = {x, below - above, phases * s->axis[1], channels, s->channel, to - from, false};
  if (looks_ahead) ahead.first += channels * s->channel + (row.input + above * phases) * s->axis[1] + from;
  for (ptrdiff_t t = run->first; t < run->last; ++t, v += job->v_row) {
    if (looks_ahead) fetch(&ahead, run->last - run->first, t - run->first);
    job->transform(&job->form, channels, strip + (place_of(columns, t).input - start) * channels, span * channels,
                   columns->phases * channels, v, job->v_point);
  }
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
      channels = min(min(last - c, job->panel - c % job->panel), slice_of(s->channel));
      real *to = v + (t - tile) * job->v_row + c / job->panel * job->v_panel + c % job->panel;
      if (pixels)
        input_of_pixels(job, &run, channels, x + c, to, scratch);
      else
        input_of_planes(job, &run, channels, x + c * s->channel, job->x_far && c + 2 * channels <= last, to, scratch);
    }
    t += run.last - run.first;
  }
}

// Makes the band begin with row `top`: what it has already moves up, the rest is turned into pixels.
static void move_band(const struct winograd_job *job, ptrdiff_t channels, const real *x, ptrdiff_t top, bool follows,
                      struct band *band) {
  const struct conv_strides *s = &job->call->problem.x;
  const struct tile_axis *rows = &job->rows, *columns = &job->columns;
  const ptrdiff_t row = band_row(job, channels), step = rows->outputs * rows->phases, all = rows->inputs * rows->phases;
  const ptrdiff_t kept = follows && top == band->top + step ? all - step : 0;
  const ptrdiff_t start = -columns->pad, end = start + input_span(columns, columns->tiles);
  const ptrdiff_t from = min(max(start, 0), columns->in), to = max(from, min(end, columns->in));
  memmove(band->pixels, band->pixels + step * row, (size_t)(kept * row) * sizeof(real));
  for (ptrdiff_t i = kept; i < all; ++i) {
    real *const line = band->pixels + i * row, *const inner = line + (from - start) * channels;
    const bool inside = is_inside(top + i, rows->in) && from < to;
    real *const after = inside ? inner + (to - from) * channels : line;
    if (inside) {
      memset(line, 0, (size_t)(inner - line) * sizeof(real));
      job->call->kernels->transpose_block(channels, to - from, x + (top + i) * s->axis[1] + from, s->channel, inner,
                                          channels);
    }
    memset(after, 0, (size_t)(line + row - after) * sizeof(real));
  }
  band->top = top;
}

// The rows of x that the band has when it moves on, but for those that it has now.
static struct area next_rows(const struct winograd_job *job, ptrdiff_t channels, const real *x, ptrdiff_t top) {
  const struct conv_strides *s = &job->call->problem.x;
  const ptrdiff_t phases = job->rows.phases, row = top + job->rows.inputs * phases;
  const bool inside = is_inside(row, job->rows.in);
  return (struct area){.first = inside ? x + row * s->axis[1] : x,
                       .rows = inside ? min(job->rows.outputs * phases, job->rows.in - row) : 0,
                       .row = s->axis[1],
                       .pieces = channels,
                       .apart = s->channel,
                       .count = job->columns.in};
}

// V of channels first ..< last of tiles tile ..< end, from planes.
static void input_from_band(const struct winograd_job *job, ptrdiff_t group, ptrdiff_t tile, ptrdiff_t end,
                            ptrdiff_t first, ptrdiff_t last, struct band *band, real *v) {
  const struct conv_strides *s = &job->call->problem.x;
  const struct tile_axis *columns = &job->columns;
  const ptrdiff_t channels = last - first, row = band_row(job, channels);
  for (ptrdiff_t t = tile; t < end;) {
    const struct tile_run run = run_of(job, t, end, end);
    const real *x = job->call->x + run.image * s->image + group * s->group + first * s->channel;
    const ptrdiff_t top = run_start(&job->rows, run.row) - job->rows.pad;
    const bool follows = band->image == run.image && band->group == group;
    if (!follows || band->top != top) move_band(job, channels, x, top, follows, band);
    band->image = run.image, band->group = group;
    const struct area ahead = next_rows(job, channels, x, top);
    const real *const line = band->pixels + (place_of(&job->rows, run.row).input - top) * row;
    for (ptrdiff_t i = run.first; i < run.last; ++i, ++t) {
      const real *const corner = line + (place_of(columns, i).input + columns->pad) * channels;
      if (job->x_far) fetch(&ahead, columns->tiles, i);
      for (ptrdiff_t c = 0; c < channels; c += SLICE)
        job->transform(&job->form, min(SLICE, channels - c), corner + c, job->rows.phases * row,
                       columns->phases * channels, v + (t - tile) * job->v_row + first + c, job->v_point);
    }
  }
}
