// Calls of a CBLAS matrix product found at run time, repeated in C so that nothing but the library is timed.
#include "include/cbench.h"

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };

// LP64 libraries take 32-bit sizes, ILP64 ones 64-bit; the enumerations are `int` in both.
typedef void sgemm32(int, int, int, int32_t, int32_t, int32_t, float, const float *, int32_t, const float *, int32_t,
                     float, float *, int32_t);
typedef void sgemm64(int, int, int, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *, int64_t,
                     float, float *, int64_t);
typedef void dgemm32(int, int, int, int32_t, int32_t, int32_t, double, const double *, int32_t, const double *, int32_t,
                     double, double *, int32_t);
typedef void dgemm64(int, int, int, int64_t, int64_t, int64_t, double, const double *, int64_t, const double *, int64_t,
                     double, double *, int64_t);

void cb_sgemm_repeat(const cb_blas_product *p, ptrdiff_t count, const float *a, const float *b, float *c) {
  const int ta = p->ta ? TRANSPOSE : NO_TRANSPOSE, tb = p->tb ? TRANSPOSE : NO_TRANSPOSE;
  const int64_t m = p->m, n = p->n, k = p->k, lda = p->ta ? m : k, ldb = p->tb ? k : n;
  if (p->ilp64) {
    sgemm64 *const gemm = (sgemm64 *)p->function;
    for (ptrdiff_t i = 0; i < count; ++i) gemm(ROW_MAJOR, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
  } else {
    sgemm32 *const gemm = (sgemm32 *)p->function;
    for (ptrdiff_t i = 0; i < count; ++i)
      gemm(ROW_MAJOR, ta, tb, (int32_t)m, (int32_t)n, (int32_t)k, 1, a, (int32_t)lda, b, (int32_t)ldb, 0, c,
           (int32_t)n);
  }
}

void cb_dgemm_repeat(const cb_blas_product *p, ptrdiff_t count, const double *a, const double *b, double *c) {
  const int ta = p->ta ? TRANSPOSE : NO_TRANSPOSE, tb = p->tb ? TRANSPOSE : NO_TRANSPOSE;
  const int64_t m = p->m, n = p->n, k = p->k, lda = p->ta ? m : k, ldb = p->tb ? k : n;
  if (p->ilp64) {
    dgemm64 *const gemm = (dgemm64 *)p->function;
    for (ptrdiff_t i = 0; i < count; ++i) gemm(ROW_MAJOR, ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, n);
  } else {
    dgemm32 *const gemm = (dgemm32 *)p->function;
    for (ptrdiff_t i = 0; i < count; ++i)
      gemm(ROW_MAJOR, ta, tb, (int32_t)m, (int32_t)n, (int32_t)k, 1, a, (int32_t)lda, b, (int32_t)ldb, 0, c,
           (int32_t)n);
  }
}
