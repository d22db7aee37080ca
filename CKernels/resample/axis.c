#include "resample/axis.h"

#include <math.h>
#include <stdlib.h>

#include "gemm/check.h"

static ck_status check(const ck_resample *r, ck_fault *fault) {
  if (r->kind < CK_RESAMPLE_NEAREST || r->kind > CK_RESAMPLE_LINEAR_CORNERS)
    return ck_fail(fault, CK_BAD_ARGUMENT, "kind", CK_RESAMPLE_LINEAR_CORNERS, r->kind);
  if (r->batch < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "batch", 0, r->batch);
  if (r->channels < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "channels", 0, r->channels);
  for (int i = 0; i < 3; ++i) {
    if (r->input[i] < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "input", 1, r->input[i]);
    if (r->output[i] < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "output", 1, r->output[i]);
    if (!(r->scale[i] >= 0) || !isfinite(r->scale[i])) return ck_fail(fault, CK_BAD_ARGUMENT, "scale", 0, -1);
  }
  return CK_OK;
}

static bool multiply(ptrdiff_t images, const ptrdiff_t sizes[3], ptrdiff_t *product) {
  *product = images;
  for (int i = 0; i < 3; ++i)
    if (__builtin_mul_overflow(*product, sizes[i], product)) return false;
  return true;
}

static ptrdiff_t element_count(const ck_resample *r, const ptrdiff_t sizes[3]) {
  ptrdiff_t images, count;
  if (check(r, NULL) != CK_OK || __builtin_mul_overflow(r->batch, r->channels, &images)) return -1;
  return multiply(images, sizes, &count) ? count : -1;
}

ptrdiff_t ck_resample_input_count(const ck_resample *r) { return element_count(r, r->input); }

ptrdiff_t ck_resample_output_count(const ck_resample *r) { return element_count(r, r->output); }

static struct resample_point point_of(ptrdiff_t element) { return (struct resample_point){element, element, 0, 1}; }

// The element nearest to an output.
static struct resample_point nearest_point(const ck_resample *r, int i, ptrdiff_t output) {
  const double in = (double)r->input[i], out = (double)r->output[i];
  const double o = (double)output + (r->kind == CK_RESAMPLE_NEAREST_CENTER ? 0.5 : 0);
  const double at = r->scale[i] > 0 ? o * r->scale[i] : o * in / out;
  return point_of((ptrdiff_t)fmin(at, in - 1));
}

// What lies at numerator / denominator: neither coordinate nor weight is rounded but by one division.
static struct resample_point point_between(__int128 numerator, ptrdiff_t denominator, ptrdiff_t end) {
  if (numerator <= 0) return point_of(0);
  const ptrdiff_t low = (ptrdiff_t)(numerator / denominator), part = (ptrdiff_t)(numerator % denominator);
  if (low >= end) return point_of(end);
  const double whole = (double)denominator;
  return (struct resample_point){low, low + 1, (double)part / whole, (double)(denominator - part) / whole};
}

// What lies `scale` apart.
static struct resample_point scaled_point(double scale, ptrdiff_t output, ptrdiff_t end) {
  const double at = fmin(fmax(0, ((double)output + 0.5) * scale - 0.5), (double)end), below = floor(at);
  const ptrdiff_t low = (ptrdiff_t)below;
  return low == end ? point_of(end) : (struct resample_point){low, low + 1, at - below, 1 - (at - below)};
}

static struct resample_point point_at(const ck_resample *r, int i, ptrdiff_t output) {
  const ptrdiff_t in = r->input[i], out = r->output[i], end = in - 1;
  if (r->kind <= CK_RESAMPLE_NEAREST_CENTER) return nearest_point(r, i, output);
  if (r->kind == CK_RESAMPLE_LINEAR_CORNERS) return point_between((__int128)output * end, out == 1 ? 1 : out - 1, end);
  if (r->scale[i] > 0) return scaled_point(r->scale[i], output, end);
  return point_between((__int128)(2 * output + 1) * in - out, 2 * out, end);
}

static void fill_axis(const ck_resample *r, int i, struct resample_axis *axis) {
  for (ptrdiff_t j = 0; j < axis->inputs; ++j) axis->first[j] = axis->last[j] = 0;
  for (ptrdiff_t o = 0; o < axis->outputs; ++o) {
    axis->points[o] = point_at(r, i, o);
    const ptrdiff_t seen[] = {axis->points[o].low, axis->points[o].high};
    for (int k = 0; k < 2; ++k) {
      if (axis->last[seen[k]] == 0) axis->first[seen[k]] = o;
      axis->last[seen[k]] = o + 1;
    }
  }
}

ck_status ck_resample_make(const ck_resample *r, ptrdiff_t element_bytes, struct resample_shape *shape,
                           ck_fault *fault) {
  *shape = (struct resample_shape){0};
  const ck_status status = check(r, fault);
  ptrdiff_t images, bytes;
  if (status != CK_OK || r->batch == 0 || r->channels == 0) return status;
  if (__builtin_mul_overflow(r->batch, r->channels, &images) || !multiply(images, r->input, &shape->inputs) ||
      __builtin_mul_overflow(shape->inputs, element_bytes, &bytes))
    return ck_fail(fault, CK_OVERFLOW, "input", PTRDIFF_MAX, r->input[2]);
  if (!multiply(images, r->output, &shape->outputs) || __builtin_mul_overflow(shape->outputs, element_bytes, &bytes))
    return ck_fail(fault, CK_OVERFLOW, "output", PTRDIFF_MAX, r->output[2]);
  shape->planes = r->layout == CK_CHANNELS_LAST ? r->batch : images;
  shape->inner = r->layout == CK_CHANNELS_LAST ? r->channels : 1;
  // Each is below PTRDIFF_MAX / 4.
  const ptrdiff_t outputs = r->output[0] + r->output[1] + r->output[2],
                  inputs = r->input[0] + r->input[1] + r->input[2];
  if (outputs < PTRDIFF_MAX / 64 && inputs < PTRDIFF_MAX / 64)
    shape->storage = malloc((size_t)outputs * sizeof(struct resample_point) + 2 * (size_t)inputs * sizeof(ptrdiff_t));
  if (shape->storage == NULL) return ck_fail(fault, CK_OUT_OF_MEMORY, "points", outputs, 0);
  struct resample_point *points = shape->storage;
  ptrdiff_t *seen = (ptrdiff_t *)(points + outputs);
  for (int i = 0; i < 3; points += r->output[i], seen += 2 * r->input[i], ++i) {
    shape->axes[i] = (struct resample_axis){r->input[i], r->output[i], points, seen, seen + r->input[i]};
    fill_axis(r, i, &shape->axes[i]);
  }
  return CK_OK;
}

void ck_resample_free(struct resample_shape *shape) { free(shape->storage); }
