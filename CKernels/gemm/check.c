#include "gemm/check.h"

ck_status ck_fail(ck_fault *fault, ck_status status, const char *operand, int64_t expected, int64_t got) {
  if (fault != NULL) *fault = (ck_fault){operand, expected, got, NULL};
  return status;
}

// last += (size - 1) * stride; false, and nothing changed, where the elements up to there have too many bytes.
static bool add_reach(ptrdiff_t *last, ptrdiff_t size, ptrdiff_t stride, ptrdiff_t element_bytes) {
  ptrdiff_t reach, end, bytes;
  if (__builtin_mul_overflow(size - 1, stride, &reach) || __builtin_add_overflow(*last + 1, reach, &end) ||
      __builtin_mul_overflow(end, element_bytes, &bytes))
    return false;
  *last = end - 1;
  return true;
}

ck_status ck_check_extent(const char *operand, const ck_layout *layout, ptrdiff_t rows, ptrdiff_t columns,
                          ptrdiff_t batch, ptrdiff_t element_bytes, ptrdiff_t *elements, ck_fault *fault) {
  *elements = 0;
  if (rows == 0 || columns == 0 || batch == 0) return CK_OK;
  const ptrdiff_t sizes[3] = {rows, columns, batch};
  const ptrdiff_t strides[3] = {layout->row_stride, layout->column_stride, layout->batch_stride};
  ptrdiff_t last = 0;
  for (int i = 0; i < 3; ++i) {
    if (sizes[i] == 1) continue;
    if (strides[i] < 0) return ck_fail(fault, CK_BAD_STRIDE, operand, 0, strides[i]);
    if (!add_reach(&last, sizes[i], strides[i], element_bytes)) {
      const ptrdiff_t most = PTRDIFF_MAX / element_bytes - 1;
      return ck_fail(fault, CK_OVERFLOW, operand, (most - last) / (sizes[i] - 1), strides[i]);
    }
  }
  *elements = last + 1;
  if (layout->count < *elements) return ck_fail(fault, CK_SHORT_BUFFER, operand, *elements, layout->count);
  return CK_OK;
}

ck_status ck_check_distinct(const char *operand, const ck_layout *layout, ptrdiff_t rows, ptrdiff_t columns,
                            ptrdiff_t batch, ck_fault *fault) {
  const bool rows_in_turn = layout->column_stride == 1 && layout->row_stride >= columns;
  if (rows_in_turn && batch == 1) return CK_OK;  // as in most calls
  ptrdiff_t sizes[3] = {rows, columns, batch};
  ptrdiff_t strides[3] = {layout->row_stride, layout->column_stride, layout->batch_stride};
  ptrdiff_t reach = 1;  // the elements that the dimensions so far span; the next stride must clear them
  for (int done = 0; done < 3; ++done) {
    int next = -1;
    for (int i = 0; i < 3; ++i)
      if (sizes[i] > 1 && (next < 0 || strides[i] < strides[next])) next = i;
    if (next < 0) break;
    if (strides[next] < reach) return ck_fail(fault, CK_BAD_STRIDE, operand, reach, strides[next]);
    reach += (sizes[next] - 1) * strides[next];
    sizes[next] = 1;
  }
  return CK_OK;
}

ck_status ck_check_apart(const char *operand, const void *output, ptrdiff_t output_bytes, const void *input,
                         ptrdiff_t input_bytes, ck_fault *fault) {
  const uintptr_t out = (uintptr_t)output, in = (uintptr_t)input;
  if (output_bytes == 0 || input_bytes == 0) return CK_OK;
  const uintptr_t from = out > in ? out : in;
  const uintptr_t out_end = out + (uintptr_t)output_bytes, in_end = in + (uintptr_t)input_bytes;
  const uintptr_t to = out_end < in_end ? out_end : in_end;
  return from < to ? ck_fail(fault, CK_OVERLAP, operand, 0, (int64_t)(to - from)) : CK_OK;
}
