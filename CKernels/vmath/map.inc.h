// Template: functions over buffers.  Needs: activation/forward.inc.h and backward.inc.h.

INLINE vf elementary(const ck_function f, vf p, vf q, vf x) {
  switch (f) {
  case CK_EXP: return v_exp(x);
  case CK_EXP2: return v_exp2(x);
  case CK_EXPM1: return v_expm1(x);
  case CK_LOG: return v_log(x);
  case CK_LOG2: return v_log2(x);
  case CK_LOG1P: return v_log1p(x);
  case CK_SIN: return v_sin(x);
  case CK_COS: return v_cos(x);
  case CK_SINH: return v_sinh(x);
  case CK_COSH: return v_cosh(x);
  case CK_ERF: return v_erf(x);
  case CK_ERFC: return v_erfc(x);
  case CK_RSQRT: return v_rsqrt(x);
  default: return activate(f, p, q, x);
  }
}

enum { STRIP_ELEMENTS = STRIP_VECTORS * VL };

// y <- f(x), or with `derives` dy f'(x), in stages; the short way, without `any`, only if all of the strip is in its
// range.
INLINE bool strip_staged(const ck_function f, const bool derives, const bool any, vf p, const real *x, const real *dy,
                         real *y) {
  vf q[STRIP_VECTORS], low[STRIP_VECTORS], high[STRIP_VECTORS];
  vf highest = v_zero();
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) {
    const exp_factors e = stage_begin(f, derives, any, p, v_load(x + i * VL));
    q[i] = e.q, low[i] = e.low, high[i] = e.high;
    if (!any) highest = v_max(e.size, highest);
  }
  if (!any && vm_any(v_lt(stage_highest(f), highest))) return false;
  if (has_middle_stage(f, derives)) {
    ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) {
      const exp_factors e = stage_middle(derives, any, factors_of(any, q[i], low[i], high[i]));
      q[i] = e.q, low[i] = e.low;
    }
  }
  ROLLED for (int i = 0; i < STRIP_VECTORS; ++i) {
    const vf value = stage_end(f, derives, any, p, v_load(x + i * VL), factors_of(any, q[i], low[i], high[i]));
    v_store(y + i * VL, derives ? v_mul(v_load(dy + i * VL), value) : value);
  }
  return true;
}

INLINE void map_strip(const ck_function f, vf p, vf q, const real *x, real *y) {
  if (f == CK_GELU)
    gelu_strip(x, y);
  else if (!has_stages(f))
    for (int i = 0; i < STRIP_ELEMENTS; i += VL) v_store(y + i, elementary(f, p, q, v_load(x + i)));
  else if (!strip_staged(f, false, false, p, x, x, y))
    strip_staged(f, false, true, p, x, x, y);
}

// The tail is the same expression on a masked vector.
INLINE void map_as(const ck_function f, real p, real q, ptrdiff_t n, const real *x, real *y) {
  const vf vp = v_set1(p), vq = v_set1(q);
  ptrdiff_t i = 0;
  for (; i + STRIP_ELEMENTS <= n; i += STRIP_ELEMENTS) map_strip(f, vp, vq, x + i, y + i);
  for (; i + VL <= n; i += VL) v_store(y + i, elementary(f, vp, vq, v_load(x + i)));
  if (i < n) v_store_n(y + i, n - i, elementary(f, vp, vq, v_load_n(x + i, n - i)));
}

INLINE void derive_strip(const ck_function f, vf p, const real *x, const real *dy, real *dx) {
  if (f == CK_GELU)
    gelu_derivative_strip(x, dy, dx);
  else if (!strip_staged(f, true, false, p, x, dy, dx))
    strip_staged(f, true, true, p, x, dy, dx);
}

INLINE void map_backward_as(const ck_function f, real p, real q, ptrdiff_t n, const real *v, const real *dy, real *dx) {
  const vf vp = v_set1(p), vq = v_set1(q);
  ptrdiff_t i = 0;
  for (; (f == CK_GELU || derives_in_stages(f)) && i + STRIP_ELEMENTS <= n; i += STRIP_ELEMENTS)
    derive_strip(f, vp, v + i, dy + i, dx + i);
  for (; i + VL <= n; i += VL) v_store(dx + i, derive(f, vp, vq, v_load(v + i), v_load(dy + i)));
  if (i < n) v_store_n(dx + i, n - i, derive(f, vp, vq, v_load_n(v + i, n - i), v_load_n(dy + i, n - i)));
}

static void map_elementary(ck_function f, ptrdiff_t n, const real *x, real *y) {
  switch (f) {
  case CK_EXP: map_as(CK_EXP, 0, 0, n, x, y); break;
  case CK_EXP2: map_as(CK_EXP2, 0, 0, n, x, y); break;
  case CK_EXPM1: map_as(CK_EXPM1, 0, 0, n, x, y); break;
  case CK_LOG: map_as(CK_LOG, 0, 0, n, x, y); break;
  case CK_LOG2: map_as(CK_LOG2, 0, 0, n, x, y); break;
  case CK_LOG1P: map_as(CK_LOG1P, 0, 0, n, x, y); break;
  case CK_SIN: map_as(CK_SIN, 0, 0, n, x, y); break;
  case CK_COS: map_as(CK_COS, 0, 0, n, x, y); break;
  case CK_SINH: map_as(CK_SINH, 0, 0, n, x, y); break;
  case CK_COSH: map_as(CK_COSH, 0, 0, n, x, y); break;
  case CK_ERF: map_as(CK_ERF, 0, 0, n, x, y); break;
  case CK_ERFC: map_as(CK_ERFC, 0, 0, n, x, y); break;
  case CK_RSQRT: map_as(CK_RSQRT, 0, 0, n, x, y); break;
  default: break;
  }
}

static void map(ck_function f, real p, real q, ptrdiff_t n, const real *x, real *y) {
  switch (f) {
  case CK_IDENTITY: map_as(CK_IDENTITY, p, q, n, x, y); break;
  case CK_RELU: map_as(CK_RELU, p, q, n, x, y); break;
  case CK_LEAKY_RELU: map_as(CK_LEAKY_RELU, p, q, n, x, y); break;
  case CK_CLAMP: map_as(CK_CLAMP, p, q, n, x, y); break;
  case CK_HOMOGENEOUS: map_as(CK_HOMOGENEOUS, p, q, n, x, y); break;
  case CK_THRESHOLD: map_as(CK_THRESHOLD, p, q, n, x, y); break;
  case CK_ELU: map_as(CK_ELU, p, q, n, x, y); break;
  case CK_SELU: map_as(CK_SELU, p, q, n, x, y); break;
  case CK_CELU: map_as(CK_CELU, p, q, n, x, y); break;
  case CK_GELU: map_as(CK_GELU, p, q, n, x, y); break;
  case CK_GELU_TANH: map_as(CK_GELU_TANH, p, q, n, x, y); break;
  case CK_SILU: map_as(CK_SILU, p, q, n, x, y); break;
  case CK_SWISH: map_as(CK_SWISH, p, q, n, x, y); break;
  case CK_MISH: map_as(CK_MISH, p, q, n, x, y); break;
  case CK_SOFTPLUS: p == 1 ? map_as(CK_SOFTPLUS, 1, q, n, x, y) : map_as(SCALED_SOFTPLUS, p, q, n, x, y); break;
  case CK_SOFTSIGN: map_as(CK_SOFTSIGN, p, q, n, x, y); break;
  case CK_SIGMOID: map_as(CK_SIGMOID, p, q, n, x, y); break;
  case CK_LOG_SIGMOID: map_as(CK_LOG_SIGMOID, p, q, n, x, y); break;
  case CK_TANH: map_as(CK_TANH, p, q, n, x, y); break;
  case CK_HARD_SIGMOID: map_as(CK_HARD_SIGMOID, p, q, n, x, y); break;
  case CK_HARD_SWISH: map_as(CK_HARD_SWISH, p, q, n, x, y); break;
  default: map_elementary(f, n, x, y); break;
  }
}

static void map_backward(ck_function f, real p, real q, ptrdiff_t n, const real *v, const real *dy, real *dx) {
  switch (f) {
  case CK_IDENTITY: map_backward_as(CK_IDENTITY, p, q, n, v, dy, dx); break;
  case CK_RELU: map_backward_as(CK_RELU, p, q, n, v, dy, dx); break;
  case CK_LEAKY_RELU: map_backward_as(CK_LEAKY_RELU, p, q, n, v, dy, dx); break;
  case CK_CLAMP: map_backward_as(CK_CLAMP, p, q, n, v, dy, dx); break;
  case CK_HOMOGENEOUS: map_backward_as(CK_HOMOGENEOUS, p, q, n, v, dy, dx); break;
  case CK_THRESHOLD: map_backward_as(CK_THRESHOLD, p, q, n, v, dy, dx); break;
  case CK_ELU: map_backward_as(CK_ELU, p, q, n, v, dy, dx); break;
  case CK_SELU: map_backward_as(CK_SELU, p, q, n, v, dy, dx); break;
  case CK_CELU: map_backward_as(CK_CELU, p, q, n, v, dy, dx); break;
  case CK_GELU: map_backward_as(CK_GELU, p, q, n, v, dy, dx); break;
  case CK_GELU_TANH: map_backward_as(CK_GELU_TANH, p, q, n, v, dy, dx); break;
  case CK_SILU: map_backward_as(CK_SILU, p, q, n, v, dy, dx); break;
  case CK_SWISH: map_backward_as(CK_SWISH, p, q, n, v, dy, dx); break;
  case CK_MISH: map_backward_as(CK_MISH, p, q, n, v, dy, dx); break;
  case CK_SOFTPLUS: map_backward_as(CK_SOFTPLUS, p, q, n, v, dy, dx); break;
  case CK_SOFTSIGN: map_backward_as(CK_SOFTSIGN, p, q, n, v, dy, dx); break;
  case CK_SIGMOID: map_backward_as(CK_SIGMOID, p, q, n, v, dy, dx); break;
  case CK_LOG_SIGMOID: map_backward_as(CK_LOG_SIGMOID, p, q, n, v, dy, dx); break;
  case CK_TANH: map_backward_as(CK_TANH, p, q, n, v, dy, dx); break;
  case CK_HARD_SIGMOID: map_backward_as(CK_HARD_SIGMOID, p, q, n, v, dy, dx); break;
  case CK_HARD_SWISH: map_backward_as(CK_HARD_SWISH, p, q, n, v, dy, dx); break;
  case CK_EXP: map_backward_as(CK_EXP, p, q, n, v, dy, dx); break;
  default: break;
  }
}
