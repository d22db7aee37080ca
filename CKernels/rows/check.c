#include "rows/check.h"

#include "gemm/check.h"
#include "vector/functions.h"

ck_status ck_rows_check(int threads, const ck_rows *rows, ptrdiff_t *count, ck_fault *fault) {
  *count = 0;
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  const ptrdiff_t sizes[3] = {rows->outer, rows->n, rows->inner};
  static const char *const names[3] = {"outer", "n", "inner"};
  for (int i = 0; i < 3; ++i)
    if (sizes[i] < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, names[i], 0, sizes[i]);
  if (__builtin_mul_overflow(rows->outer, rows->inner, count))
    return ck_fail(fault, CK_OVERFLOW, "outer", PTRDIFF_MAX / rows->inner, rows->outer);
  return CK_OK;
}

ck_status ck_rows_check_axis(const char *operand, const ck_rows *rows, const ck_axis *axis, bool output,
                             ptrdiff_t element_bytes, ptrdiff_t *bytes, ck_fault *fault) {
  const ck_layout layout = {axis->count, axis->stride, axis->inner_stride, axis->outer_stride};
  ptrdiff_t elements;
  ck_status status =
      ck_check_extent(operand, &layout, rows->n, rows->inner, rows->outer, element_bytes, &elements, fault);
  if (status == CK_OK && output) status = ck_check_distinct(operand, &layout, rows->n, rows->inner, rows->outer, fault);
  *bytes = status == CK_OK ? elements * element_bytes : 0;
  return status;
}

ck_status ck_rows_check_dense(const char *operand, ptrdiff_t needed, ptrdiff_t provided, ck_fault *fault) {
  return provided < needed ? ck_fail(fault, CK_SHORT_BUFFER, operand, needed, provided) : CK_OK;
}

bool ck_rows_same_axis(const ck_rows *rows, const ck_axis *x, const ck_axis *y) {
  return (rows->outer <= 1 || x->outer_stride == y->outer_stride) && (rows->n <= 1 || x->stride == y->stride) &&
         (rows->inner <= 1 || x->inner_stride == y->inner_stride);
}

int ck_rows_threads(int threads, ptrdiff_t count, ptrdiff_t n) {
  ptrdiff_t elements;
  return ck_map_threads(threads, __builtin_mul_overflow(count, n, &elements) ? PTRDIFF_MAX : elements);
}

ptrdiff_t ck_rows_start(ptrdiff_t count, ptrdiff_t grain, int index, int parts) {
  const ptrdiff_t grains = count / grain + (count % grain != 0);
  const ptrdiff_t start = grains / parts * index + grains % parts * index / parts;
  return start > count / grain ? count : start * grain;
}
