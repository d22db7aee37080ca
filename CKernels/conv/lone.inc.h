// Template: depthwise convolution of channels that lie one after the other, each as it lies: see struct conv_lone.
// Needs: real, conv/plan.h, conv/narrow.inc.h, whose weights it takes.

enum {
  LONE_CACHED = 24 * 1024 / (int)sizeof(real),  // elements of a channel that are read together, about
  LONE_WIDE = 6,                                // outputs of a row: fewer leave a vector empty
};

// What follows from the shape.  A piece of work is a block of rows of some channels.
struct lone {
  ptrdiff_t row_blocks, channel_blocks, units;
};

// Whether no output reaches further beyond the ends of the axis than half a kernel.
static bool pads_half(const struct conv_axis *a) {
  const ptrdiff_t beyond = (a->out - 1) * a->step - a->pad + a->taps - a->in;
  return a->pad >= 0 && a->pad <= a->taps / 2 && beyond <= a->taps / 2;
}

// Whether the geometry is served: square kernels, of the usual padding.
static bool is_lone(const struct conv_problem *p) {
  const struct conv_axis *height = &p->axis[1], *width = &p->axis[2];
  return is_narrow(p) && p->groups > 1 && p->channels == 1 && p->filters == 1 && p->x.axis[2] == 1 &&
         (width->taps == 3 || width->taps == LONE_MOST) && height->taps == width->taps && width->step <= 2 &&
         height->step == width->step && height->dilation == 1 && width->dilation == 1 && pads_half(height) &&
         pads_half(width) && width->out >= LONE_WIDE;
}

// A row of zeros for what lies above and below x.
static ptrdiff_t lone_workspace_count(const struct conv_problem *p) { return p->axis[2].in; }

// Whether this call is: padding may be left out, and y is written once.
static bool goes_lone(const struct conv_call *call) {
  return is_lone(&call->problem) && call->finite && !(call->finishes && call->finish.residual == call->y);
}

static struct lone lone_of(const struct conv_problem *p) {
  const struct conv_axis *height = &p->axis[1];
  struct lone s = {.channel_blocks = panels_of(p->groups, LONE_CHANNELS)};
  s.row_blocks = min(height->out, max(1, height->in * p->axis[2].in / LONE_CACHED));
  s.units = p->batch * s.channel_blocks * s.row_blocks;
  return s;
}

struct lone_job {
  const struct conv_call *call;
  struct lone lone;
};

static void lone_unit(const struct lone_job *job, ptrdiff_t unit) {
  const struct conv_call *call = job->call;
  const struct conv_problem *p = &call->problem;
  const struct conv_axis *height = &p->axis[1], *width = &p->axis[2];
  const struct lone *s = &job->lone;
  const ptrdiff_t block = unit % s->row_blocks, channels = unit / s->row_blocks % s->channel_blocks;
  const ptrdiff_t image = unit / s->row_blocks / s->channel_blocks;
  const ptrdiff_t channel = panel_start(p->groups, s->channel_blocks, channels);
  const ptrdiff_t at = image * p->y.image + channel * p->y.group;
  const bool finishes = simple_finish(call);
  const struct conv_lone rows = {
      .across = width->taps,
      .stride = width->step,
      .pad = {height->pad, width->pad},
      .in = {height->in, width->in},
      .x = call->x + image * p->x.image + channel * p->x.group,
      .zeros = call->workspace,
      .x_row = p->x.axis[1],
      .x_channel = p->x.group,
      .first = panel_start(height->out, s->row_blocks, block),
      .last = panel_start(height->out, s->row_blocks, block + 1),
      .pixels = width->out,
      .channels = panel_start(p->groups, s->channel_blocks, channels + 1) - channel,
      .w = call->packed + channel * conv_taps(p) * NARROW_FILTERS,
      .y = call->y + at,
      .y_row = p->y.axis[1],
      .y_channel = p->y.group,
      .bias = finishes && call->finish.bias != NULL ? call->finish.bias + channel : NULL,
      .least = finishes && call->finish.activation == CK_RELU ? 0 : (real)-INFINITY,
  };
  call->kernels->conv_lone(&rows);
  if (!call->finishes || finishes) return;
  for (ptrdiff_t c = 0; c < rows.channels; ++c)
    for (ptrdiff_t i = rows.first; i < rows.last; ++i)
      conv_finish(call, at + c * rows.y_channel + i * rows.y_row, channel + c, 0, 1, width->out, 1,
                  rows.y + c * rows.y_channel + i * rows.y_row, 1, p->y.channel);
}

static void lone_body(void *context, int index, int count) {
  const struct lone_job *job = context;
  const ptrdiff_t units = job->lone.units, last = panel_start(units, count, index + 1);
  for (ptrdiff_t i = panel_start(units, count, index); i < last; ++i) lone_unit(job, i);
}

static void lone_forward(const struct conv_call *call) {
  struct lone_job job = {.call = call, .lone = lone_of(&call->problem)};
  memset(call->workspace, 0, (size_t)lone_workspace_count(&call->problem) * sizeof(real));
  ck_team_run((int)max(1, min(call->threads, job.lone.units)), lone_body, &job);
}
