// The vector dialect in portable C over Float: 4 lanes of 16 bytes, a multiply and an add for v_fma (two roundings).
#ifndef CK_VEC_GENERIC_F32_H
#define CK_VEC_GENERIC_F32_H

#include <stdint.h>
#include <string.h>

typedef float vf __attribute__((vector_size(16)));
typedef int32_t vi __attribute__((vector_size(16)));
enum { VL = 4 };

static inline vf v_zero(void) { return (vf){0}; }
static inline vf v_set1(float x) { return x - (vf){0}; }
static inline vf v_load(const float *p) {
  vf x;
  memcpy(&x, p, sizeof x);
  return x;
}
static inline void v_store(float *p, vf x) { memcpy(p, &x, sizeof x); }

// The first n of VL elements; the rest of the vector is 0.
static inline vf v_load_n(const float *p, ptrdiff_t n) {
  vf x = {0};
  for (ptrdiff_t i = 0; i < n; ++i) x[i] = p[i];
  return x;
}
static inline void v_store_n(float *p, ptrdiff_t n, vf x) {
  for (ptrdiff_t i = 0; i < n; ++i) p[i] = x[i];
}

static inline vf v_add(vf a, vf b) { return a + b; }
static inline vf v_mul(vf a, vf b) { return a * b; }
static inline vf v_fma(vf a, vf b, vf c) { return a * b + c; }

static inline vf v_select(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }
// a > b ? a : b, so b where either is NaN.
static inline vf v_max(vf a, vf b) { return v_select(a > b, a, b); }
// a < b ? a : b, so b where either is NaN.
static inline vf v_min(vf a, vf b) { return v_select(a < b, a, b); }
// x < 0 ? a : b, lane by lane.
static inline vf v_select_negative(vf x, vf a, vf b) { return v_select(x < v_zero(), a, b); }

// rows[i][j] <-> rows[j][i]
static inline void v_transpose(vf rows[VL]) {
  for (int i = 0; i < VL; ++i)
    for (int j = 0; j < i; ++j) {
      const float below = rows[i][j];
      rows[i][j] = rows[j][i];
      rows[j][i] = below;
    }
}

#endif
