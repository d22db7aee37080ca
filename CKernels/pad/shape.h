// What padding, im2col and the Toeplitz matrix share between the element types.
#ifndef CK_PAD_SHAPE_H
#define CK_PAD_SHAPE_H

#include "include/ckernels.h"

// Which of the n elements along an axis lies at place i, inside or beyond; -1: none.
ptrdiff_t ck_pad_source(ck_pad_mode mode, ptrdiff_t i, ptrdiff_t n);

// The first place at or after `place` that holds element `source` of them; PTRDIFF_MAX where none does.
ptrdiff_t ck_pad_next(ck_pad_mode mode, ptrdiff_t place, ptrdiff_t n, ptrdiff_t source);

// Checks g; *elements <- those of the columns or, where `matrix`, of the Toeplitz matrix.
ck_status ck_check_columns(int threads, const ck_conv *g, bool matrix, ptrdiff_t element_bytes,
                           ck_conv_figures *figures, ptrdiff_t *elements, ck_fault *fault);

#endif
