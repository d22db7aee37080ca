#include "pad/shape.h"

#include "gemm/check.h"

ptrdiff_t ck_pad_source(ck_pad_mode mode, ptrdiff_t i, ptrdiff_t n) {
  if (i >= 0 && i < n) return i;
  if (mode == CK_PAD_CONSTANT) return -1;
  if (mode == CK_PAD_REPLICATE || n == 1) return i < 0 ? 0 : n - 1;
  const ptrdiff_t period = 2 * (n - 1), place = (i % period + period) % period;
  return place < n ? place : period - place;
}

ptrdiff_t ck_pad_next(ck_pad_mode mode, ptrdiff_t place, ptrdiff_t n, ptrdiff_t source) {
  if (mode == CK_PAD_REFLECT && n > 1) {
    const ptrdiff_t period = 2 * (n - 1), at = (place % period + period) % period;
    const ptrdiff_t there = source - at, back = period - source - at;  // either way, from -period to period
    const ptrdiff_t first = there < 0 ? there + period : there, second = back < 0 ? back + period : back;
    return place + (first < second ? first : second);
  }
  const bool repeats = mode != CK_PAD_CONSTANT;
  if (place <= source) return repeats && source == 0 ? place : source;
  return repeats && source == n - 1 ? place : PTRDIFF_MAX;
}

// What an extent may be at most, so that sums of a few of them cannot overflow; and an array.
static const ptrdiff_t LARGEST = PTRDIFF_MAX / 4, MOST_ELEMENTS = PTRDIFF_MAX / sizeof(double);

// The elements of an array of these extents, with its batch and channels; -1 where their bytes overflow, whatever their
// type.
static ptrdiff_t elements_of(const ck_pad *pad, const ptrdiff_t extents[3]) {
  const ptrdiff_t sizes[] = {pad->batch, pad->channels, extents[0], extents[1], extents[2]};
  ptrdiff_t count = 1;
  bool empty = false, overflow = false;
  for (int i = 0; i < 5; ++i) {
    if (sizes[i] == 0)
      empty = true;
    else
      overflow |= __builtin_mul_overflow(count, sizes[i], &count);
  }
  return empty ? 0 : overflow || count > MOST_ELEMENTS ? -1 : count;
}

static ck_status padded_extents(const ck_pad *pad, ptrdiff_t padded[3], ck_fault *fault) {
  if (pad->mode < 0 || pad->mode >= CK_PAD_MODE_COUNT)
    return ck_fail(fault, CK_BAD_ARGUMENT, "mode", CK_PAD_MODE_COUNT - 1, pad->mode);
  if (pad->batch < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "batch", 0, pad->batch);
  if (pad->channels < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "channels", 0, pad->channels);
  for (int i = 0; i < 3; ++i) {
    const ptrdiff_t n = pad->input[i], before = pad->before[i], after = pad->after[i];
    if (n < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "input", 0, n);
    if (n > LARGEST) return ck_fail(fault, CK_OVERFLOW, "input", LARGEST, n);
    if (before > LARGEST || before < -LARGEST) return ck_fail(fault, CK_OVERFLOW, "before", LARGEST, before);
    if (after > LARGEST || after < -LARGEST) return ck_fail(fault, CK_OVERFLOW, "after", LARGEST, after);
    padded[i] = n + before + after;
    if (padded[i] < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "padded", 0, padded[i]);
    if (pad->mode != CK_PAD_CONSTANT && n == 0 && padded[i] > 0) return ck_fail(fault, CK_BAD_ARGUMENT, "input", 1, 0);
  }
  return CK_OK;
}

ck_status ck_pad_measure(const ck_pad *pad, ptrdiff_t *inner, ptrdiff_t *outer, ck_fault *fault) {
  ptrdiff_t padded[3];
  const ck_status status = padded_extents(pad, padded, fault);
  if (status != CK_OK) return status;
  *inner = elements_of(pad, pad->input), *outer = elements_of(pad, padded);
  if (*inner >= 0 && *outer >= 0) return CK_OK;
  return ck_fail(fault, CK_OVERFLOW, "input", MOST_ELEMENTS, pad->input[2]);
}

ck_status ck_check_columns(int threads, const ck_conv *g, bool matrix, ptrdiff_t element_bytes,
                           ck_conv_figures *figures, ptrdiff_t *elements, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  const ck_status status = ck_conv_measure(g, figures, fault);
  if (status != CK_OK) return status;
  if (g->transposed) return ck_fail(fault, CK_BAD_ARGUMENT, "transposed", 0, 1);
  const ptrdiff_t *out = figures->output;
  const ptrdiff_t columns[] = {g->batch, g->channels, out[0], out[1], out[2], g->kernel[0], g->kernel[1], g->kernel[2]};
  const ptrdiff_t product[] = {g->filters, out[0], out[1], out[2], g->channels, g->input[0], g->input[1], g->input[2]};
  ptrdiff_t count = 1;
  bool empty = false, overflow = false;
  for (int i = 0; i < 8; ++i) {
    const ptrdiff_t size = matrix ? product[i] : columns[i];
    if (size == 0)
      empty = true;
    else
      overflow |= __builtin_mul_overflow(count, size, &count);
  }
  *elements = empty ? 0 : count;
  if (!empty && (overflow || count > PTRDIFF_MAX / element_bytes))
    return ck_fail(fault, CK_OVERFLOW, matrix ? "matrix" : "columns", PTRDIFF_MAX / element_bytes, g->channels);
  return CK_OK;
}

static ptrdiff_t count_of(const ck_conv *g, bool matrix) {
  ck_conv_figures figures;
  ptrdiff_t elements;
  return ck_check_columns(1, g, matrix, 1, &figures, &elements, NULL) == CK_OK ? elements : -1;
}

ptrdiff_t ck_conv_columns_count(const ck_conv *g) { return count_of(g, false); }

ptrdiff_t ck_conv_toeplitz_count(const ck_conv *g) { return count_of(g, true); }
