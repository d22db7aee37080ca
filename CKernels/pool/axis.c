#include "pool/axis.h"

#include <stdlib.h>

#include "gemm/check.h"
#include "gemm/chunks.h"

static ck_status check_kind(const ck_pool *p, ck_fault *fault) {
  if (p->kind < CK_POOL_MAX || p->kind > CK_POOL_LP)
    return ck_fail(fault, CK_BAD_ARGUMENT, "kind", CK_POOL_LP, p->kind);
  if (p->kind == CK_POOL_AVERAGE && p->divisor < 0) return ck_fail(fault, CK_BAD_ARGUMENT, "divisor", 0, p->divisor);
  if (p->kind == CK_POOL_LP && (p->exponent < 1 || p->exponent > 64))
    return ck_fail(fault, CK_BAD_ARGUMENT, "exponent", p->exponent < 1 ? 1 : 64, p->exponent);
  if (p->batch < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "batch", 0, p->batch);
  if (p->channels < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "channels", 0, p->channels);
  return CK_OK;
}

static ck_status check_at_least(const char *name, ptrdiff_t least, ptrdiff_t got, ck_fault *fault) {
  return got < least ? ck_fail(fault, CK_BAD_ARGUMENT, name, least, got) : CK_OK;
}

// What a size may be at most, so that sums of a few of them cannot overflow.
static const ptrdiff_t LARGEST = PTRDIFF_MAX / 8;

// *span <- the inputs and padding of a dimension, *reach <- how many of them a window covers.
static ck_status check_window(const ck_pool *p, int i, ptrdiff_t *span, ptrdiff_t *reach, ck_fault *fault) {
  ck_status status = check_at_least("kernel", 1, p->kernel[i], fault);
  if (status == CK_OK) status = check_at_least("stride", 1, p->stride[i], fault);
  if (status == CK_OK) status = check_at_least("dilation", 1, p->dilation[i], fault);
  if (status == CK_OK) status = check_at_least("padding", 0, p->pad_before[i], fault);
  if (status == CK_OK) status = check_at_least("padding", 0, p->pad_after[i], fault);
  if (status != CK_OK) return status;
  if (__builtin_mul_overflow(p->kernel[i] - 1, p->dilation[i], reach) || *reach > LARGEST)
    return ck_fail(fault, CK_OVERFLOW, "kernel", LARGEST / p->dilation[i], p->kernel[i]);
  const ptrdiff_t parts[] = {p->input[i], p->pad_before[i], p->pad_after[i], p->stride[i]};
  static const char *const names[] = {"input", "padding", "padding", "stride"};
  for (int j = 0; j < 4; ++j)
    if (parts[j] > LARGEST) return ck_fail(fault, CK_OVERFLOW, names[j], LARGEST, parts[j]);
  *reach += 1, *span = p->input[i] + p->pad_before[i] + p->pad_after[i];
  return CK_OK;
}

static ck_status output_size(const ck_pool *p, int i, ptrdiff_t *output, ck_fault *fault) {
  ck_status status = check_at_least("input", 1, p->input[i], fault);
  if (status != CK_OK) return status;
  if (p->adaptive) {
    *output = p->output[i];
    return check_at_least("output", 1, *output, fault);
  }
  ptrdiff_t span, reach;
  status = check_window(p, i, &span, &reach, fault);
  if (status != CK_OK) return status;
  const ptrdiff_t room = span - reach + (p->ceil_mode ? p->stride[i] - 1 : 0);
  *output = room < 0 ? 0 : room / p->stride[i] + 1;
  // The product is at most room.
  if (p->ceil_mode && *output > 0 && (*output - 1) * p->stride[i] >= p->input[i] + p->pad_before[i]) --*output;
  return check_at_least("output", 1, *output, fault);
}

// *product <- the product of the sizes; false on overflow.
static bool multiply(const ptrdiff_t sizes[POOL_AXES], ptrdiff_t factor, ptrdiff_t *product) {
  *product = factor;
  for (int i = 0; i < POOL_AXES; ++i)
    if (__builtin_mul_overflow(*product, sizes[i], product)) return false;
  return true;
}

ck_status ck_pool_output(const ck_pool *p, ptrdiff_t output[3], ck_fault *fault) {
  ck_status status = check_kind(p, fault);
  for (int i = 0; i < POOL_AXES && status == CK_OK; ++i) status = output_size(p, i, &output[i], fault);
  return status;
}

static ptrdiff_t element_count(const ck_pool *p, bool of_output) {
  ptrdiff_t output[POOL_AXES], count, images;
  if (ck_pool_output(p, output, NULL) != CK_OK) return -1;
  if (p->batch == 0 || p->channels == 0) return 0;
  if (__builtin_mul_overflow(p->batch, p->channels, &images)) return -1;
  return multiply(of_output ? output : p->input, images, &count) ? count : -1;
}

ptrdiff_t ck_pool_input_count(const ck_pool *pool) { return element_count(pool, false); }

ptrdiff_t ck_pool_output_count(const ck_pool *pool) { return element_count(pool, true); }

// How many of the taps start, start + step ... (`taps` of them) lie below `end`.
static ptrdiff_t taps_below(ptrdiff_t end, ptrdiff_t start, ptrdiff_t step, ptrdiff_t taps) {
  return end <= start ? 0 : min(taps, (end - start - 1) / step + 1);
}

static struct pool_window window_at(const ck_pool *p, int i, ptrdiff_t output) {
  const ptrdiff_t n = p->input[i], step = p->dilation[i], taps = p->kernel[i];
  const ptrdiff_t start = output * p->stride[i] - p->pad_before[i];
  const ptrdiff_t before = taps_below(0, start, step, taps), inside = taps_below(n, start, step, taps) - before;
  const ptrdiff_t padded = taps_below(n + p->pad_after[i], start, step, taps);
  return (struct pool_window){start + before * step, inside, p->count_padding ? padded : inside};
}

// floor(o * input / outputs) without an intermediate product that could overflow.
static ptrdiff_t share(ptrdiff_t input, ptrdiff_t outputs, ptrdiff_t o) {
  return input / outputs * o + (ptrdiff_t)((__int128)(input % outputs) * o / outputs);
}

static struct pool_window adaptive_window(ptrdiff_t input, ptrdiff_t outputs, ptrdiff_t o) {
  const ptrdiff_t first = share(input, outputs, o), next = outputs - o - 1;
  const ptrdiff_t count = input - share(input, outputs, next) - first;  // ceil(a) = -floor(-a)
  return (struct pool_window){first, count, count};
}

static void fill_axis(const ck_pool *p, int i, struct pool_axis *axis) {
  axis->regular = !p->adaptive;
  axis->step = p->adaptive ? 1 : p->dilation[i];
  axis->stride = p->adaptive ? 1 : p->stride[i];
  axis->padding = p->adaptive ? 0 : p->pad_before[i];
  axis->taps = p->adaptive ? 1 : p->kernel[i];
  for (ptrdiff_t o = 0; o < axis->outputs; ++o) {
    axis->windows[o] = p->adaptive ? adaptive_window(axis->inputs, axis->outputs, o) : window_at(p, i, o);
    if (p->adaptive) axis->taps = max(axis->taps, axis->windows[o].count);
  }
}

static bool covered(const struct pool_axis *axis) {
  const struct pool_window *w = axis->windows;
  return axis->outputs == 1 && w->count == axis->inputs && w->counted == w->count && (axis->step == 1 || w->count == 1);
}

static void set_window(struct pool_axis *axis, ptrdiff_t inputs) {
  axis->inputs = axis->taps = axis->windows->count = axis->windows->counted = inputs;
  axis->stride = axis->step = 1;
  axis->padding = 0;
  axis->regular = false;
}

// One window over a whole plane is one row of it.
static void merge(struct pool_axis *outer, struct pool_axis *inner) {
  if (!covered(outer) || !covered(inner)) return;
  set_window(inner, inner->inputs * outer->inputs);
  set_window(outer, 1);
}

ck_status ck_pool_make(const ck_pool *p, ptrdiff_t element_bytes, struct pool_shape *shape, ck_fault *fault) {
  *shape = (struct pool_shape){0};
  ptrdiff_t output[POOL_AXES], images, bytes, windows = 0;
  const ck_status status = ck_pool_output(p, output, fault);
  if (status != CK_OK || p->batch == 0 || p->channels == 0) return status;
  if (__builtin_mul_overflow(p->batch, p->channels, &images) || !multiply(p->input, images, &shape->inputs) ||
      __builtin_mul_overflow(shape->inputs, element_bytes, &bytes))
    return ck_fail(fault, CK_OVERFLOW, "input", PTRDIFF_MAX, p->input[POOL_WIDTH]);
  if (!multiply(output, images, &shape->outputs) || __builtin_mul_overflow(shape->outputs, element_bytes, &bytes))
    return ck_fail(fault, CK_OVERFLOW, "output", PTRDIFF_MAX, output[POOL_WIDTH]);
  shape->planes = p->layout == CK_CHANNELS_LAST ? p->batch : images;
  shape->inner = p->layout == CK_CHANNELS_LAST ? p->channels : 1;
  for (int i = 0; i < POOL_AXES; ++i)
    if (__builtin_add_overflow(windows, output[i], &windows)) windows = PTRDIFF_MAX;
  if (windows <= (ptrdiff_t)(PTRDIFF_MAX / sizeof *shape->storage))
    shape->storage = malloc((size_t)windows * sizeof *shape->storage);
  if (shape->storage == NULL) return ck_fail(fault, CK_OUT_OF_MEMORY, "windows", windows, 0);
  struct pool_window *next = shape->storage;
  for (int i = 0; i < POOL_AXES; next += output[i], ++i) {
    shape->axes[i] = (struct pool_axis){.inputs = p->input[i], .outputs = output[i], .windows = next};
    fill_axis(p, i, &shape->axes[i]);
  }
  merge(&shape->axes[POOL_HEIGHT], &shape->axes[POOL_WIDTH]);
  if (shape->axes[POOL_HEIGHT].inputs == 1) merge(&shape->axes[POOL_DEPTH], &shape->axes[POOL_WIDTH]);
  return CK_OK;
}

void ck_pool_free(struct pool_shape *shape) { free(shape->storage); }
