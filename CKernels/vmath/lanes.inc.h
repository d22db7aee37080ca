// Template: functions over the lanes of a vector that its owner has just stored.  Needs: vmath/map.inc.h.

// Functions without parameters, whole vectors only; returns how many elements that are.
INLINE ptrdiff_t lanes_as(const ck_function f, ptrdiff_t n, const real *x, real *y) {
  ptrdiff_t i = 0;
  for (; i + VL <= n; i += VL) v_store(y + i, elementary(f, v_zero(), v_zero(), v_load_parts(x + i)));
  return i;
}

// Other activations are rarer, and wait for their stores.
static void map_lanes(ck_function f, real p, real q, ptrdiff_t n, const real *x, real *y) {
  ptrdiff_t done = 0;
  switch (f) {
  case CK_EXP: done = lanes_as(CK_EXP, n, x, y); break;
  case CK_EXP2: done = lanes_as(CK_EXP2, n, x, y); break;
  case CK_EXPM1: done = lanes_as(CK_EXPM1, n, x, y); break;
  case CK_LOG: done = lanes_as(CK_LOG, n, x, y); break;
  case CK_LOG2: done = lanes_as(CK_LOG2, n, x, y); break;
  case CK_LOG1P: done = lanes_as(CK_LOG1P, n, x, y); break;
  case CK_SIN: done = lanes_as(CK_SIN, n, x, y); break;
  case CK_COS: done = lanes_as(CK_COS, n, x, y); break;
  case CK_SINH: done = lanes_as(CK_SINH, n, x, y); break;
  case CK_COSH: done = lanes_as(CK_COSH, n, x, y); break;
  case CK_ERF: done = lanes_as(CK_ERF, n, x, y); break;
  case CK_ERFC: done = lanes_as(CK_ERFC, n, x, y); break;
  case CK_RSQRT: done = lanes_as(CK_RSQRT, n, x, y); break;
  case CK_TANH: done = lanes_as(CK_TANH, n, x, y); break;
  case CK_SIGMOID: done = lanes_as(CK_SIGMOID, n, x, y); break;
  case CK_LOG_SIGMOID: done = lanes_as(CK_LOG_SIGMOID, n, x, y); break;
  case CK_SOFTPLUS: done = p == 1 ? lanes_as(CK_SOFTPLUS, n, x, y) : 0; break;
  default: break;
  }
  if (done < n) map(f, p, q, n - done, x + done, y + done);
}
