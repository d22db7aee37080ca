// Template: functions over the lanes of a vector that its owner has just stored.  Needs: vmath/map.inc.h.

// Whole vectors only; returns how many elements that are.
INLINE ptrdiff_t lanes_as(const ck_function f, real p, ptrdiff_t n, const real *x, real *y) {
  ptrdiff_t i = 0;
  for (; i + VL <= n; i += VL) v_store(y + i, elementary(f, v_set1(p), v_zero(), v_load_parts(x + i)));
  return i;
}

// Other activations are rarer, and wait for their stores.
static void map_lanes(ck_function f, real p, real q, ptrdiff_t n, const real *x, real *y) {
  ptrdiff_t done = 0;
  switch (f) {
  case CK_EXP: done = lanes_as(CK_EXP, p, n, x, y); break;
  case CK_EXP2: done = lanes_as(CK_EXP2, p, n, x, y); break;
  case CK_EXPM1: done = lanes_as(CK_EXPM1, p, n, x, y); break;
  case CK_LOG: done = lanes_as(CK_LOG, p, n, x, y); break;
  case CK_LOG2: done = lanes_as(CK_LOG2, p, n, x, y); break;
  case CK_LOG1P: done = lanes_as(CK_LOG1P, p, n, x, y); break;
  case CK_SIN: done = lanes_as(CK_SIN, p, n, x, y); break;
  case CK_COS: done = lanes_as(CK_COS, p, n, x, y); break;
  case CK_SINH: done = lanes_as(CK_SINH, p, n, x, y); break;
  case CK_COSH: done = lanes_as(CK_COSH, p, n, x, y); break;
  case CK_ERF: done = lanes_as(CK_ERF, p, n, x, y); break;
  case CK_ERFC: done = lanes_as(CK_ERFC, p, n, x, y); break;
  case CK_RSQRT: done = lanes_as(CK_RSQRT, p, n, x, y); break;
  case CK_TANH: done = lanes_as(CK_TANH, p, n, x, y); break;
  case CK_SIGMOID: done = lanes_as(CK_SIGMOID, p, n, x, y); break;
  case CK_LOG_SIGMOID: done = lanes_as(CK_LOG_SIGMOID, p, n, x, y); break;
  case CK_SOFTPLUS: done = p == 1 ? lanes_as(CK_SOFTPLUS, p, n, x, y) : 0; break;
  default: break;
  }
  if (done < n) map(f, p, q, n - done, x + done, y + done);
}
