// Whether rows are what a call says they are, and how they are divided among threads.
#ifndef CK_ROWS_CHECK_H
#define CK_ROWS_CHECK_H

#include "include/ckernels.h"

// Sizes and threads; *count <- the number of rows.
ck_status ck_rows_check(int threads, const ck_rows *rows, ptrdiff_t *count, ck_fault *fault);

// An operand of `rows`, which are not empty; *bytes <- what it reaches from its first element on.
ck_status ck_rows_check_axis(const char *operand, const ck_rows *rows, const ck_axis *axis, bool output,
                             ptrdiff_t element_bytes, ptrdiff_t *bytes, ck_fault *fault);

// `count` dense elements.
ck_status ck_rows_check_dense(const char *operand, ptrdiff_t needed, ptrdiff_t provided, ck_fault *fault);

// Whether elements lie alike: the stride of a single element counts for nothing.
bool ck_rows_same_axis(const ck_rows *rows, const ck_axis *x, const ck_axis *y);

// How many of `threads` gain from `count` rows of n elements.
int ck_rows_threads(int threads, ptrdiff_t count, ptrdiff_t n);

// Where part `index` of `parts` starts, in rows, if `count` rows are cut at multiples of `grain`.
ptrdiff_t ck_rows_start(ptrdiff_t count, ptrdiff_t grain, int index, int parts);

#endif
