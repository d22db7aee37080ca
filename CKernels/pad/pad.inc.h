// Template: padding.  Needs: real, isa/kernels.h, pad/shape.h, gemm/check.h, threads/team.h, vector/functions.h.

// y += x; `columns` elements of each row, the rows of y dense, those of x `stride` apart.
static void pad_add(const struct kernels *kernels, ptrdiff_t rows, ptrdiff_t columns, const real *x, ptrdiff_t stride,
                    real *y) {
  if (rows * columns == 1) {
    *y += *x;
    return;
  }
  const struct combine_block block = {.op = CK_OP_ADD,
                                      .f = CK_IDENTITY,
                                      .rows = rows,
                                      .columns = columns,
                                      .operand = {y, x},
                                      .row_stride = {columns, stride},
                                      .column_stride = {1, 1},
                                      .y = y};
  if (rows > 0 && columns > 0) kernels->combine(&block);
}

// A plane is what is padded by itself: a channel of an image, or an image whose pixels are `inner` channels long.
struct pad_job {
  const struct kernels *kernels;
  const ck_pad *pad;
  ptrdiff_t padded[3], planes, inner;
  real value;
  const real *from;
  real *to;
};

// Places i of a padded axis that hold an element of the image itself: first ..< last.
static void pad_inside(const struct pad_job *job, int axis, ptrdiff_t *first, ptrdiff_t *last) {
  const ptrdiff_t before = job->pad->before[axis], size = job->padded[axis];
  *first = before < 0 ? 0 : before < size ? before : size;
  const ptrdiff_t end = before + job->pad->input[axis];
  *last = end < *first ? *first : end < size ? end : size;
}

static ptrdiff_t pad_source(const struct pad_job *job, int axis, ptrdiff_t place) {
  return ck_pad_source(job->pad->mode, place - job->pad->before[axis], job->pad->input[axis]);
}

// The first place at or after `place` of a padded axis that holds element `source`; its size where none does.
static ptrdiff_t pad_next(const struct pad_job *job, int axis, ptrdiff_t place, ptrdiff_t source) {
  const ptrdiff_t before = job->pad->before[axis], size = job->padded[axis];
  const ptrdiff_t at = ck_pad_next(job->pad->mode, place - before, job->pad->input[axis], source);
  return at < size - before ? at + before : size;
}

// n times `value`.
static void pad_fill(real value, ptrdiff_t n, real *y) {
  for (ptrdiff_t i = 0; i < n; ++i) y[i] = value;
}

// Places first ..< last of a row, each from its own pixel of x.
static void pad_edge(const struct pad_job *job, const real *x, ptrdiff_t first, ptrdiff_t last, real *y) {
  for (ptrdiff_t place = first; place < last; ++place) {
    const ptrdiff_t source = pad_source(job, 2, place);
    if (source < 0)
      pad_fill(job->value, job->inner, y + place * job->inner);
    else
      memcpy(y + place * job->inner, x + source * job->inner, (size_t)job->inner * sizeof *y);
  }
}

static void pad_row(const struct pad_job *job, ptrdiff_t row) {
  const ptrdiff_t *size = job->padded, *input = job->pad->input, inner = job->inner;
  const ptrdiff_t plane = row / (size[0] * size[1]);
  const ptrdiff_t d = pad_source(job, 0, row / size[1] % size[0]), h = pad_source(job, 1, row % size[1]);
  real *y = job->to + row * size[2] * inner;
  ptrdiff_t first, last;
  pad_inside(job, 2, &first, &last);
  if (d < 0 || h < 0 || input[2] == 0) {
    pad_fill(job->value, size[2] * inner, y);
    return;
  }
  const real *x = job->from + ((plane * input[0] + d) * input[1] + h) * input[2] * inner;
  pad_edge(job, x, 0, first, y);
  if (first < last)
    memcpy(y + first * inner, x + (first - job->pad->before[2]) * inner, (size_t)((last - first) * inner) * sizeof *y);
  pad_edge(job, x, last, size[2], y);
}

// Adds one row of dy to a row of dx, in ascending order.
static void pad_add_row(const struct pad_job *job, const real *dy, real *dx) {
  const ptrdiff_t inner = job->inner;
  ptrdiff_t first, last;
  pad_inside(job, 2, &first, &last);
  for (ptrdiff_t place = 0; place < job->padded[2]; ++place) {
    if (place == first && first < last) {
      pad_add(job->kernels, 1, (last - first) * inner, dy + first * inner, 0,
              dx + (first - job->pad->before[2]) * inner);
      place = last - 1;
      continue;
    }
    const ptrdiff_t source = pad_source(job, 2, place);
    if (source >= 0) pad_add(job->kernels, 1, inner, dy + place * inner, 0, dx + source * inner);
  }
}

static void pad_backward_row(const struct pad_job *job, ptrdiff_t row) {
  const ptrdiff_t *size = job->padded, *input = job->pad->input, inner = job->inner;
  const ptrdiff_t plane = row / (input[0] * input[1]), d = row / input[1] % input[0], h = row % input[1];
  real *dx = job->to + row * input[2] * inner;
  memset(dx, 0, (size_t)(input[2] * inner) * sizeof *dx);
  for (ptrdiff_t i = pad_next(job, 0, 0, d); i < size[0]; i = pad_next(job, 0, i + 1, d))
    for (ptrdiff_t j = pad_next(job, 1, 0, h); j < size[1]; j = pad_next(job, 1, j + 1, h))
      pad_add_row(job, job->from + ((plane * size[0] + i) * size[1] + j) * size[2] * inner, dx);
}

static void pad_part(void *context, int index, int count) {
  const struct pad_job *job = context;
  const ptrdiff_t rows = job->planes * job->padded[0] * job->padded[1], end = panel_start(rows, count, index + 1);
  for (ptrdiff_t row = panel_start(rows, count, index); row < end; ++row) pad_row(job, row);
}

static void pad_backward_part(void *context, int index, int count) {
  const struct pad_job *job = context;
  const ptrdiff_t rows = job->planes * job->pad->input[0] * job->pad->input[1];
  const ptrdiff_t end = panel_start(rows, count, index + 1);
  for (ptrdiff_t row = panel_start(rows, count, index); row < end; ++row) pad_backward_row(job, row);
}

// Elements that take as long as one of a function over buffers.
enum { PAD_LIGHTNESS = 2 };

static ck_status pad_run(const struct kernels *kernels, int threads, const ck_pad *pad, real value, bool backward,
                         const real *from, real *to, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  ptrdiff_t x, y;
  ck_status status = ck_pad_measure(pad, &x, &y, fault);
  if (status != CK_OK) return status;
  const ptrdiff_t size = sizeof(real);
  status = ck_check_apart(backward ? "dy" : "x", to, (backward ? x : y) * size, from, (backward ? y : x) * size, fault);
  if (status != CK_OK || (backward ? x : y) == 0) return status;
  const bool last = pad->layout == CK_CHANNELS_LAST;
  struct pad_job job = {.kernels = kernels, .pad = pad, .value = value, .from = from, .to = to};
  for (int i = 0; i < 3; ++i) job.padded[i] = pad->input[i] + pad->before[i] + pad->after[i];
  job.planes = last ? pad->batch : pad->batch * pad->channels;
  job.inner = last ? pad->channels : 1;
  ck_team_run(ck_map_threads(threads, (x > y ? x : y) / PAD_LIGHTNESS), backward ? pad_backward_part : pad_part, &job);
  return CK_OK;
}
