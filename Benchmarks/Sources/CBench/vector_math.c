// Calls of the vector functions of SLEEF and MKL's VML and VSL found at run time, repeated in C.
#include "include/cbench.h"

// SLEEF's functions take and return vectors in registers, so their callers are compiled for the vectors' instruction
// set.  Whole vectors only: the caller's n is a multiple of 16.
#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static void sleef_avx2_f32(void *f, ptrdiff_t n, const float *x, float *y) {
  __m256 (*const function)(__m256) = (__m256(*)(__m256))f;
  for (ptrdiff_t i = 0; i < n; i += 8) _mm256_storeu_ps(y + i, function(_mm256_loadu_ps(x + i)));
}

__attribute__((target("avx2"))) static void sleef_avx2_f64(void *f, ptrdiff_t n, const double *x, double *y) {
  __m256d (*const function)(__m256d) = (__m256d(*)(__m256d))f;
  for (ptrdiff_t i = 0; i < n; i += 4) _mm256_storeu_pd(y + i, function(_mm256_loadu_pd(x + i)));
}

__attribute__((target("avx512f"))) static void sleef_avx512_f32(void *f, ptrdiff_t n, const float *x, float *y) {
  __m512 (*const function)(__m512) = (__m512(*)(__m512))f;
  for (ptrdiff_t i = 0; i < n; i += 16) _mm512_storeu_ps(y + i, function(_mm512_loadu_ps(x + i)));
}

__attribute__((target("avx512f"))) static void sleef_avx512_f64(void *f, ptrdiff_t n, const double *x, double *y) {
  __m512d (*const function)(__m512d) = (__m512d(*)(__m512d))f;
  for (ptrdiff_t i = 0; i < n; i += 8) _mm512_storeu_pd(y + i, function(_mm512_loadu_pd(x + i)));
}

void cb_sleef_repeat_f32(void *f, bool wide, ptrdiff_t count, ptrdiff_t n, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < count; ++i) wide ? sleef_avx512_f32(f, n, x, y) : sleef_avx2_f32(f, n, x, y);
}

void cb_sleef_repeat_f64(void *f, bool wide, ptrdiff_t count, ptrdiff_t n, const double *x, double *y) {
  for (ptrdiff_t i = 0; i < count; ++i) wide ? sleef_avx512_f64(f, n, x, y) : sleef_avx2_f64(f, n, x, y);
}
#else
#include <arm_neon.h>

void cb_sleef_repeat_f32(void *f, bool wide, ptrdiff_t count, ptrdiff_t n, const float *x, float *y) {
  (void)wide;
  float32x4_t (*const function)(float32x4_t) = (float32x4_t(*)(float32x4_t))f;
  for (ptrdiff_t c = 0; c < count; ++c)
    for (ptrdiff_t i = 0; i < n; i += 4) vst1q_f32(y + i, function(vld1q_f32(x + i)));
}

void cb_sleef_repeat_f64(void *f, bool wide, ptrdiff_t count, ptrdiff_t n, const double *x, double *y) {
  (void)wide;
  float64x2_t (*const function)(float64x2_t) = (float64x2_t(*)(float64x2_t))f;
  for (ptrdiff_t c = 0; c < count; ++c)
    for (ptrdiff_t i = 0; i < n; i += 2) vst1q_f64(y + i, function(vld1q_f64(x + i)));
}
#endif

void cb_vml_repeat(void *f, int64_t mode, ptrdiff_t count, ptrdiff_t n, const void *x, void *y) {
  void (*const function)(int32_t, const void *, void *, int64_t) = (void (*)(int32_t, const void *, void *, int64_t))f;
  for (ptrdiff_t i = 0; i < count; ++i) function((int32_t)n, x, y, mode);
}

void cb_vsl_repeat(void *f, bool is_double, void *stream, ptrdiff_t count, ptrdiff_t n, double a, double b, void *y) {
  int (*const single)(int32_t, void *, int32_t, float *, float, float) =
      (int (*)(int32_t, void *, int32_t, float *, float, float))f;
  int (*const wide)(int32_t, void *, int32_t, double *, double, double) =
      (int (*)(int32_t, void *, int32_t, double *, double, double))f;
  const int32_t fastest = 0;  // of the methods
  for (ptrdiff_t i = 0; i < count; ++i)
    if (is_double)
      wide(fastest, stream, (int32_t)n, y, a, b);
    else
      single(fastest, stream, (int32_t)n, y, (float)a, (float)b);
}
