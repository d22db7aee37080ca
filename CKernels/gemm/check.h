// Whether the operands of a call are what they claim, with every product checked for overflow.
#ifndef CK_GEMM_CHECK_H
#define CK_GEMM_CHECK_H

#include "include/ckernels.h"

// Writes `fault` if there is one, and passes `status` on.
ck_status ck_fail(ck_fault *fault, ck_status status, const char *operand, int64_t expected, int64_t got);

// *elements <- how many elements from the first on a rows x columns x batch operand reaches; 0 if it is empty.
ck_status ck_check_extent(const char *operand, const ck_layout *layout, ptrdiff_t rows, ptrdiff_t columns,
                          ptrdiff_t batch, ptrdiff_t element_bytes, ptrdiff_t *elements, ck_fault *fault);

// That no two elements of an output share an address.
ck_status ck_check_distinct(const char *operand, const ck_layout *layout, ptrdiff_t rows, ptrdiff_t columns,
                            ptrdiff_t batch, ck_fault *fault);

// That bytes [output, output + output_bytes) and [input, input + input_bytes) have none in common.
ck_status ck_check_apart(const char *operand, const void *output, ptrdiff_t output_bytes, const void *input,
                         ptrdiff_t input_bytes, ck_fault *fault);

#endif
