// Template: im2col, col2im and the Toeplitz matrix.  Needs: pad/pad.inc.h, pad/shape.h.

struct columns_job {
  const struct kernels *kernels;
  const ck_conv *g;
  ptrdiff_t output[3], taps;
  const real *from;
  real *to;
};

// Where tap t of an axis lies in x for output o, which may be outside: o stride + columns_tap.
static ptrdiff_t columns_tap(const ck_conv *g, int axis, ptrdiff_t t) {
  return (g->flipped ? g->kernel[axis] - 1 - t : t) * g->dilation[axis] - g->pad_before[axis];
}

// Outputs first ..< last of an axis for which a tap at offset `tap` lies inside x.
static void columns_inside(const struct columns_job *job, int axis, ptrdiff_t tap, ptrdiff_t *first, ptrdiff_t *last) {
  const ptrdiff_t stride = job->g->stride[axis], size = job->output[axis], input = job->g->input[axis];
  *first = tap >= 0 ? 0 : (-tap + stride - 1) / stride;
  if (*first > size) *first = size;
  *last = tap >= input ? 0 : (input - tap + stride - 1) / stride;
  if (*last > size) *last = size;
  if (*last < *first) *last = *first;
}

// The elements of x or its gradient that the columns of one row of outputs meet in tap (d, h): NULL outside.
static ptrdiff_t columns_row_of(const struct columns_job *job, ptrdiff_t od, ptrdiff_t oh, ptrdiff_t td, ptrdiff_t th) {
  const ck_conv *g = job->g;
  const ptrdiff_t d = od * g->stride[0] + columns_tap(g, 0, td), h = oh * g->stride[1] + columns_tap(g, 1, th);
  const bool inside = d >= 0 && d < g->input[0] && h >= 0 && h < g->input[1];
  return inside ? d * g->input[1] + h : -1;
}

// NCHW: the columns of one tap of one channel, `task` counting images, channels and taps.
static void im2col_first(const struct columns_job *job, ptrdiff_t task) {
  const ck_conv *g = job->g;
  const ptrdiff_t *out = job->output, *kernel = g->kernel, stride = g->stride[2];
  const ptrdiff_t plane = task / job->taps, t = task % job->taps, tw = columns_tap(g, 2, t % kernel[2]);
  real *to = job->to + task * out[0] * out[1] * out[2];
  ptrdiff_t first, last;
  columns_inside(job, 2, tw, &first, &last);
  for (ptrdiff_t o = 0; o < out[0] * out[1]; ++o, to += out[2]) {
    const ptrdiff_t row =
        columns_row_of(job, o / out[1], o % out[1], t / kernel[2] / kernel[1], t / kernel[2] % kernel[1]);
    const ptrdiff_t from = row < 0 ? out[2] : first, end = row < 0 ? out[2] : last;
    const real *x = row < 0 ? NULL : job->from + (plane * g->input[0] * g->input[1] + row) * g->input[2];
    memset(to, 0, (size_t)from * sizeof *to);
    if (stride == 1 && from < end)
      memcpy(to + from, x + from + tw, (size_t)(end - from) * sizeof *to);
    else
      for (ptrdiff_t i = from; i < end; ++i) to[i] = x[i * stride + tw];
    memset(to + end, 0, (size_t)(out[2] - end) * sizeof *to);
  }
}

// NHWC: the columns of one output, `task` counting images and outputs.  Taps side by side in x are copied together.
static void im2col_last(const struct columns_job *job, ptrdiff_t task) {
  const ck_conv *g = job->g;
  const ptrdiff_t *out = job->output, *kernel = g->kernel, c = g->channels;
  const ptrdiff_t ow = task % out[2], oh = task / out[2] % out[1], od = task / out[2] / out[1] % out[0];
  const ptrdiff_t image = task / out[2] / out[1] / out[0];
  real *to = job->to + task * job->taps * c;
  for (ptrdiff_t t = 0; t < job->taps; t += kernel[2], to += kernel[2] * c) {
    const ptrdiff_t row = columns_row_of(job, od, oh, t / kernel[2] / kernel[1], t / kernel[2] % kernel[1]);
    const real *x = row < 0 ? NULL : job->from + (image * g->input[0] * g->input[1] + row) * g->input[2] * c;
    for (ptrdiff_t tw = 0, run; tw < kernel[2]; tw += run) {
      const ptrdiff_t w = ow * g->stride[2] + columns_tap(g, 2, tw);
      const bool inside = x != NULL && w >= 0 && w < g->input[2];
      run = 1;
      if (inside && !g->flipped && g->dilation[2] == 1) {
        run = g->input[2] - w < kernel[2] - tw ? g->input[2] - w : kernel[2] - tw;
        memcpy(to + tw * c, x + w * c, (size_t)(run * c) * sizeof *to);
      } else if (inside) {
        memcpy(to + tw * c, x + w * c, (size_t)c * sizeof *to);
      } else {
        memset(to + tw * c, 0, (size_t)c * sizeof *to);
      }
    }
  }
}

// NCHW: one channel of one image.
static void col2im_first(const struct columns_job *job, ptrdiff_t plane) {
  const ck_conv *g = job->g;
  const ptrdiff_t *out = job->output, *kernel = g->kernel, stride = g->stride[2];
  const ptrdiff_t size = g->input[0] * g->input[1] * g->input[2];
  const real *from = job->from + plane * job->taps * out[0] * out[1] * out[2];
  real *to = job->to + plane * size;
  memset(to, 0, (size_t)size * sizeof *to);
  for (ptrdiff_t t = 0; t < job->taps; ++t) {
    const ptrdiff_t tw = columns_tap(g, 2, t % kernel[2]);
    ptrdiff_t first, last;
    columns_inside(job, 2, tw, &first, &last);
    for (ptrdiff_t o = 0; o < out[0] * out[1]; ++o, from += out[2]) {
      const ptrdiff_t row =
          columns_row_of(job, o / out[1], o % out[1], t / kernel[2] / kernel[1], t / kernel[2] % kernel[1]);
      if (row < 0 || first == last) continue;
      real *x = to + row * g->input[2];
      if (stride == 1)
        pad_add(job->kernels, 1, last - first, from + first, 0, x + first + tw);
      else
        for (ptrdiff_t i = first; i < last; ++i) x[i * stride + tw] += from[i];
    }
  }
}

// The output along `axis` whose tap t lies at place i of x; -1: none.
static ptrdiff_t columns_output(const struct columns_job *job, int axis, ptrdiff_t i, ptrdiff_t t) {
  const ptrdiff_t from = i - columns_tap(job->g, axis, t), stride = job->g->stride[axis];
  return from >= 0 && from % stride == 0 && from / stride < job->output[axis] ? from / stride : -1;
}

// NHWC: one row of one image, `task` counting images and rows.
static void col2im_last(const struct columns_job *job, ptrdiff_t task) {
  const ck_conv *g = job->g;
  const ptrdiff_t *out = job->output, *kernel = g->kernel, c = g->channels, stride = g->stride[2];
  const ptrdiff_t h = task % g->input[1], d = task / g->input[1] % g->input[0];
  const ptrdiff_t image = task / g->input[1] / g->input[0], pixel = job->taps * c;
  real *to = job->to + task * g->input[2] * c;
  memset(to, 0, (size_t)(g->input[2] * c) * sizeof *to);
  for (ptrdiff_t t = 0; t < job->taps; ++t) {
    const ptrdiff_t od = columns_output(job, 0, d, t / kernel[2] / kernel[1]);
    const ptrdiff_t oh = columns_output(job, 1, h, t / kernel[2] % kernel[1]);
    const ptrdiff_t tw = columns_tap(g, 2, t % kernel[2]);
    ptrdiff_t first, last;
    columns_inside(job, 2, tw, &first, &last);
    if (od < 0 || oh < 0 || first == last) continue;
    const real *from = job->from + ((image * out[0] + od) * out[1] + oh) * out[2] * pixel + t * c;
    if (stride == 1)
      pad_add(job->kernels, last - first, c, from + first * pixel, pixel, to + (first + tw) * c);
    else
      for (ptrdiff_t o = first; o < last; ++o)
        pad_add(job->kernels, 1, c, from + o * pixel, 0, to + (o * stride + tw) * c);
  }
}

// The row of the matrix that belongs to one filter and one output, `task` counting filters and outputs.
static void toeplitz_row(const struct columns_job *job, ptrdiff_t task) {
  const ck_conv *g = job->g;
  const ptrdiff_t *out = job->output, *kernel = g->kernel, outputs = out[0] * out[1] * out[2];
  const ptrdiff_t inputs = g->input[0] * g->input[1] * g->input[2], depth = g->channels / g->groups;
  const ptrdiff_t f = task / outputs, o = task % outputs, first = f / (g->filters / g->groups) * depth;
  const bool last = g->layout == CK_CHANNELS_LAST, filters_last = g->weights == CK_FILTERS_LAST;
  real *to = job->to + (last ? o * g->filters + f : task) * inputs * g->channels;
  memset(to, 0, (size_t)(inputs * g->channels) * sizeof *to);
  for (ptrdiff_t t = 0; t < job->taps; ++t) {
    const ptrdiff_t row = columns_row_of(job, o / out[2] / out[1], o / out[2] % out[1], t / kernel[2] / kernel[1],
                                         t / kernel[2] % kernel[1]);
    const ptrdiff_t w = o % out[2] * g->stride[2] + columns_tap(g, 2, t % kernel[2]);
    if (row < 0 || w < 0 || w >= g->input[2]) continue;
    const ptrdiff_t place = row * g->input[2] + w;
    for (ptrdiff_t c = 0; c < depth; ++c)
      to[last ? place * g->channels + first + c : (first + c) * inputs + place] =
          job->from[filters_last ? (t * depth + c) * g->filters + f : (f * depth + c) * job->taps + t];
  }
}

struct columns_tasks {
  struct columns_job job;
  ptrdiff_t count;
  void (*run)(const struct columns_job *job, ptrdiff_t task);
};

static void columns_part(void *context, int index, int count) {
  const struct columns_tasks *tasks = context;
  const ptrdiff_t end = panel_start(tasks->count, count, index + 1);
  for (ptrdiff_t task = panel_start(tasks->count, count, index); task < end; ++task) tasks->run(&tasks->job, task);
}

enum columns_kind { COLUMNS_FROM_IMAGE, COLUMNS_TO_IMAGE, COLUMNS_TOEPLITZ };

// What the calls have in common: `name` is the operand that is read, of `read` elements; `written` are written.
static ck_status columns_share(struct columns_tasks *tasks, int threads, const char *name, ptrdiff_t read,
                               ptrdiff_t written, ck_fault *fault) {
  const ptrdiff_t size = sizeof(real);
  const ck_status status = ck_check_apart(name, tasks->job.to, written * size, tasks->job.from, read * size, fault);
  if (status != CK_OK || written == 0) return status;
  const ptrdiff_t larger = read > written ? read : written;
  ck_team_run(ck_map_threads(threads, larger / PAD_LIGHTNESS), columns_part, tasks);
  return CK_OK;
}

static ck_status columns_run(const struct kernels *kernels, int threads, const ck_conv *g, enum columns_kind kind,
                             const real *from, real *to, ck_fault *fault) {
  ck_conv_figures figures;
  ptrdiff_t elements;
  const bool last = g->layout == CK_CHANNELS_LAST, matrix = kind == COLUMNS_TOEPLITZ;
  const ck_status status = ck_check_columns(threads, g, matrix, sizeof(real), &figures, &elements, fault);
  if (status != CK_OK) return status;
  struct columns_tasks tasks = {.job = {.kernels = kernels, .g = g, .from = from, .to = to}};
  memcpy(tasks.job.output, figures.output, sizeof figures.output);
  tasks.job.taps = g->kernel[0] * g->kernel[1] * g->kernel[2];
  const ptrdiff_t outputs = figures.output[0] * figures.output[1] * figures.output[2];
  switch (kind) {
  case COLUMNS_FROM_IMAGE:
    tasks.count = last ? g->batch * outputs : g->batch * g->channels * tasks.job.taps;
    tasks.run = last ? im2col_last : im2col_first;
    return columns_share(&tasks, threads, "x", figures.x_count, elements, fault);
  case COLUMNS_TO_IMAGE:
    tasks.count = last ? g->batch * g->input[0] * g->input[1] : g->batch * g->channels;
    tasks.run = last ? col2im_last : col2im_first;
    return columns_share(&tasks, threads, "columns", elements, figures.x_count, fault);
  default:
    tasks.count = g->filters * outputs;
    tasks.run = toeplitz_row;
    return columns_share(&tasks, threads, "w", figures.w_count, elements, fault);
  }
}
