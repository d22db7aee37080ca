// General matrix product.
#ifndef CK_GEMM_H
#define CK_GEMM_H

#include "ck_vector.h"

#ifdef __cplusplus
extern "C" {
#endif

// Where the elements of one operand lie: element (i, j) of matrix l is data[l * batch_stride + i * row_stride +
// j * column_stride].  `count` elements may be touched from data[0] on (for a caller who has no length: PTRDIFF_MAX).
typedef struct ck_layout {
  ptrdiff_t count;
  ptrdiff_t row_stride, column_stride, batch_stride;
} ck_layout;

// The shape of a product C = alpha A B + beta C: A is m x k, B is k x n, C is m x n, `batch` products in a row.
// A transposed operand is one whose two strides are exchanged.
// Inputs may have any strides >= 0 (0 repeats an element).  Outputs must not repeat an address; what is checked is
// stricter, each stride must clear all that the smaller ones span (3 x 2 with strides 2 and 3 repeats none, but is
// refused).
// a_packed / b_packed: that operand is what ck_?gemm_pack_a / _b wrote; its strides are ignored except batch_stride
// (0: one packed matrix serves the whole batch; nothing else is accepted).
typedef struct ck_gemm {
  ptrdiff_t m, n, k, batch;
  ck_layout a, b, c;
  bool a_packed, b_packed;
} ck_gemm;

// What may follow the product: any function of ck_vector.h, with its parameters p and q.
typedef ck_function ck_activation;

// Along which side of C a vector runs, one element for each row or for each column.
typedef enum ck_bias { CK_BIAS_NONE = 0, CK_BIAS_PER_ROW, CK_BIAS_PER_COLUMN } ck_bias;

// What follows the product: C <- activation((alpha A B + beta C) + bias + residual), each step rounded once, the same
// bits as the separate steps in that order.  `bias` has m (per row) or n (per column) elements; `residual` has C's
// shape and its own strides, and lies apart from C: beta = 1 adds C.  `slopes`, m or n of them, are an activation of
// their own, x < 0 ? slope x : x (CK_OP_PRELU of ck_elementwise.h): `activation` must then be CK_IDENTITY.
typedef struct ck_sepilogue {
  ck_bias bias_kind;
  const float *bias;
  ptrdiff_t bias_count;
  ck_bias slopes_kind;
  const float *slopes;
  ptrdiff_t slopes_count;
  const float *residual;  // NULL: none
  ck_layout residual_layout;
  ck_activation activation;
  float p, q;
} ck_sepilogue;

typedef struct ck_depilogue {
  ck_bias bias_kind;
  const double *bias;
  ptrdiff_t bias_count;
  ck_bias slopes_kind;
  const double *slopes;
  ptrdiff_t slopes_count;
  const double *residual;
  ck_layout residual_layout;
  ck_activation activation;
  double p, q;
} ck_depilogue;

// C <- epilogue(alpha A B + beta C), for each of the batch.
// Requires:   `threads` >= 1, the most threads to use; small problems use fewer.  `epilogue` may be NULL.
//             `fault` may be NULL; otherwise it is written when the call fails.
// Guarantees: beta == 0 writes C without reading it.  alpha == 0 or k == 0 never reads A or B.  m == 0, n == 0 or
//             batch == 0 does nothing.  NaN and Inf propagate.
//             Order of summation: element (i, j) is a sum over p = 0 ... k-1.  Where n > 1 it is cut into chunks whose
//             number and length depend on k alone; each chunk is one chain of fused multiply-adds from +0 in ascending
//             p; the first chunk gives fma(alpha, chunk, beta C), each further one fma(alpha, chunk, C).  Where n == 1
//             step p belongs to lane p mod L, L = 32 (f32) or 16 (f64); each lane is such a chain, with +0 times +0
//             past the end; the upper half of the lanes is added to the lower until one is left, and that is the chunk.
//             So element (i, j) depends on row i of A, column j of B, alpha, beta, C(i, j), k and whether n is 1, and
//             on nothing else: not on m (one sample or a batch of them), further columns, batch, strides, packing,
//             alignment, threads, blocking, nor on which fused instruction set ran.
// Error:      |C - exact| <= (k + 2) u (|alpha| |A| |B| + |beta C|), u = 2^-24 (f32), 2^-53 (f64), first order in u,
//             barring underflow and overflow [Higham 2002, section 3.5].  Exact when all intermediate sums are integers
//             below 1/u.
// Returns:    CK_OK, or why nothing was done: CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_SHORT_BUFFER, CK_BAD_STRIDE,
//             CK_OVERLAP (of the address ranges of C with A, B, bias, slopes or residual), CK_WRONG_PACKING,
//             CK_BAD_ARGUMENT, CK_OUT_OF_MEMORY.
ck_status ck_sgemm(const ck_isa *isa, int threads, const ck_gemm *g, float alpha, const float *a, const float *b,
                   float beta, float *c, const ck_sepilogue *epilogue, ck_fault *fault);
ck_status ck_dgemm(const ck_isa *isa, int threads, const ck_gemm *g, double alpha, const double *a, const double *b,
                   double beta, double *c, const ck_depilogue *epilogue, ck_fault *fault);

// How many elements the packed form of A (m x k) or B (k x n) takes for this instruction set; -1 if that overflows or
// a size is negative.
ptrdiff_t ck_sgemm_packed_a_count(const ck_isa *isa, ptrdiff_t m, ptrdiff_t k);
ptrdiff_t ck_sgemm_packed_b_count(const ck_isa *isa, ptrdiff_t k, ptrdiff_t n);
ptrdiff_t ck_dgemm_packed_a_count(const ck_isa *isa, ptrdiff_t m, ptrdiff_t k);
ptrdiff_t ck_dgemm_packed_b_count(const ck_isa *isa, ptrdiff_t k, ptrdiff_t n);

// Writes the packed form of one matrix into packed[0 ..< packed_count].  It is tied to the instruction set, the type,
// the side and the shape, and ck_?gemm checks that.  `layout.batch_stride` is ignored.
// Returns:    CK_OK, CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_SHORT_BUFFER or CK_OVERLAP.
ck_status ck_sgemm_pack_a(const ck_isa *isa, ptrdiff_t m, ptrdiff_t k, const float *a, const ck_layout *layout,
                          float *packed, ptrdiff_t packed_count, ck_fault *fault);
ck_status ck_sgemm_pack_b(const ck_isa *isa, ptrdiff_t k, ptrdiff_t n, const float *b, const ck_layout *layout,
                          float *packed, ptrdiff_t packed_count, ck_fault *fault);
ck_status ck_dgemm_pack_a(const ck_isa *isa, ptrdiff_t m, ptrdiff_t k, const double *a, const ck_layout *layout,
                          double *packed, ptrdiff_t packed_count, ck_fault *fault);
ck_status ck_dgemm_pack_b(const ck_isa *isa, ptrdiff_t k, ptrdiff_t n, const double *b, const ck_layout *layout,
                          double *packed, ptrdiff_t packed_count, ck_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
