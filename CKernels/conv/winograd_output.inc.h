// Template: the third step of minimal filtering, y of a block of tiles and what follows; see conv/winograd.inc.h.

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
  struct area ahead = {NULL, row.valid, line, job->columns.outputs, pixel, filters, true};
  at += row.output * s->axis[1];
  const bool in_place = row.valid == job->rows.outputs && (!call->finishes || finishes_vectors(call));
  for (ptrdiff_t t = run->first; t < run->last; ++t, m += job->m_row) {
    const struct tile_place column = place_of(&job->columns, t), next = place_of(&job->columns, t + 1);
    const ptrdiff_t corner = at + column.output * s->axis[2];
    ahead.first = call->y + at + next.output * s->axis[2] + first;
    if (job->y_far && t + 1 < run->last) fetch(&ahead, 1, 0);
    if (in_place && column.valid == job->columns.outputs) {
      struct gemm_finish finish = finish_from(call, group * call->problem.filters + first);
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
      call->kernels->copy_block(column.valid, filters, sums, filters, y, pixel);
    }
  }
}

// One row of pixels, `sums`, into planes; `finished` if nothing follows.  By way of a copy where what follows reads a
// residual along the planes, and where planes meet in one set of L1, so that each is written line by line.
static void row_to_planes(const struct conv_call *call, ptrdiff_t group, ptrdiff_t first, ptrdiff_t filters,
                          ptrdiff_t pixels, ptrdiff_t at, bool finished, real *sums, real *copy) {
  const ptrdiff_t plane = call->problem.y.channel;
  const bool adds = call->finish.residual != NULL;
  real *y = call->y + at + first * plane;
  if (!finished && !adds) conv_finish(call, at, group, first, filters, pixels, 1, sums, filters, 1);
  if (!adds && !aliases(plane * (ptrdiff_t)sizeof(real))) {
    call->kernels->transpose_block(pixels, filters, sums, filters, y, plane);
    return;
  }
  call->kernels->transpose_block(pixels, filters, sums, filters, copy, pixels);
  if (adds) conv_finish(call, at, group, first, filters, pixels, 1, copy, 1, pixels);
  call->kernels->copy_block(filters, pixels, copy, pixels, y, plane);
}

static void output_to_planes(const struct winograd_job *job, const struct tile_run *run, ptrdiff_t group,
                             ptrdiff_t first, ptrdiff_t filters, const real *m, ptrdiff_t at, real *strip) {
  const struct conv_call *call = job->call;
  const struct conv_strides *s = &call->problem.y;
  const struct tile_axis *columns = &job->columns;
  const struct tile_place row = place_of(&job->rows, run->row);
  const ptrdiff_t start = run_start(columns, run->first), span = output_span(columns, run->last - run->first);
  const bool vectors = finishes_vectors(call) && call->finish.residual == NULL;
  const struct gemm_finish finish = finish_from(call, group * call->problem.filters + first);
  const ptrdiff_t pixels = min(span, columns->out - start), line = job->rows.phases * s->axis[1];
  at += row.output * s->axis[1] + start;
  const struct area ahead = {call->y + at + first * s->channel, row.valid, line, filters, s->channel, pixels, true};
  for (ptrdiff_t t = run->first; t < run->last; ++t, m += job->m_row) {
    if (job->y_far) fetch(&ahead, run->last - run->first, t - run->first);
    call->kernels->winograd_output(&job->form, filters, m, job->m_point,
                                   strip + (place_of(columns, t).output - start) * filters, span * filters,
                                   columns->phases * filters, vectors ? &finish : NULL);
  }
  for (ptrdiff_t i = 0; i < row.valid; ++i, at += line)
    row_to_planes(call, group, first, filters, pixels, at, vectors || !call->finishes, strip + i * span * filters,
                  strip + job->rows.outputs * span * filters);
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
