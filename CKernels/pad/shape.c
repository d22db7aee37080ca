#include "pad/shape.h"

#include "gemm/check.h"

ptrdiff_t ck_pad_source(ck_pad_mode mode, ptrdiff_t i, ptrdiff_t n) {
  if (i >= 0 && i < n) return i;
  if (mode == CK_PAD_CONSTANT) return -1;
  if (mode == CK_PAD_REPLICATE || n == 1) return i < 0 ? 0 : n - 1;
  const ptrdiff_t period = 2 * (n - 1), place = (i % period + period) % period;
  return place < n ? place : period - place;
}

// The elements of an array of these extents, with its batch and channels; -1 where they overflow.
static ptrdiff_t elements_of(const ck_pad *pad, const ptrdiff_t extents[3], ptrdiff_t element_bytes) {
  const ptrdiff_t sizes[] = {pad->batch, pad->channels, extents[0], extents[1], extents[2]};
  ptrdiff_t count = 1;
  bool empty = false, overflow = false;
  for (int i = 0; i < 5; ++i) {
    if (sizes[i] == 0)
      empty = true;
    else
      overflow |= __builtin_mul_overflow(count, sizes[i], &count);
  }
  return empty ? 0 : overflow || count > PTRDIFF_MAX / element_bytes ? -1 : count;
}

static ck_status padded_extents(const ck_pad *pad, ptrdiff_t padded[3], ck_fault *fault) {
  if (pad->mode < 0 || pad->mode >= CK_PAD_MODE_COUNT)
    return ck_fail(fault, CK_BAD_ARGUMENT, "mode", CK_PAD_MODE_COUNT - 1, pad->mode);
  if (pad->batch < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "batch", 0, pad->batch);
  if (pad->channels < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "channels", 0, pad->channels);
  for (int i = 0; i < 3; ++i) {
    if (pad->input[i] < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "input", 0, pad->input[i]);
    if (__builtin_add_overflow(pad->input[i], pad->before[i], &padded[i]) ||
        __builtin_add_overflow(padded[i], pad->after[i], &padded[i]) || pad->before[i] < -(PTRDIFF_MAX / 4) ||
        pad->before[i] > PTRDIFF_MAX / 4 || pad->input[i] > PTRDIFF_MAX / 4)
      return ck_fail(fault, CK_OVERFLOW, "input", PTRDIFF_MAX, pad->input[i]);
    if (padded[i] < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "padded", 0, padded[i]);
    if (pad->mode != CK_PAD_CONSTANT && pad->input[i] == 0 && padded[i] > 0)
      return ck_fail(fault, CK_BAD_ARGUMENT, "input", 1, 0);
  }
  return CK_OK;
}

ck_status ck_check_pad(int threads, const ck_pad *pad, ptrdiff_t element_bytes, ptrdiff_t *elements, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  ptrdiff_t padded[3];
  const ck_status status = padded_extents(pad, padded, fault);
  if (status != CK_OK) return status;
  const ptrdiff_t x = elements_of(pad, pad->input, element_bytes), y = elements_of(pad, padded, element_bytes);
  if (x < 0 || y < 0) return ck_fail(fault, CK_OVERFLOW, "input", PTRDIFF_MAX / element_bytes, pad->input[2]);
  *elements = x > y ? x : y;
  return CK_OK;
}

ptrdiff_t ck_pad_count(const ck_pad *pad, bool padded) {
  ptrdiff_t extents[3];
  if (padded_extents(pad, extents, NULL) != CK_OK) return -1;
  return elements_of(pad, padded ? extents : pad->input, 1);
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
