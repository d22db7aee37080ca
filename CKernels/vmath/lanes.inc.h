// Template: functions of whole vectors that their owner has just stored.  Needs: vmath/map.inc.h.
//
// Each is a function of its own: what a call costs besides the function counts as much as the function itself.

INLINE vf vector_of_lanes(const ck_function f, const real *x) {
  return elementary(f, v_zero(), v_zero(), v_load_parts(x));
}

// Of functions without parameters.  A loop would load every constant before one vector begins.
INLINE void lanes_as(const ck_function f, ptrdiff_t n, const real *x, real *y) {
  if (n == VL)
    v_store(y, vector_of_lanes(f, x));
  else
    for (ptrdiff_t i = 0; i < n; i += VL) v_store(y + i, vector_of_lanes(f, x + i));
}

static void lanes_exp(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_EXP, n, x, y); }
static void lanes_exp2(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_EXP2, n, x, y); }
static void lanes_expm1(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_EXPM1, n, x, y); }
static void lanes_log(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_LOG, n, x, y); }
static void lanes_log2(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_LOG2, n, x, y); }
static void lanes_log1p(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_LOG1P, n, x, y); }
static void lanes_sin(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_SIN, n, x, y); }
static void lanes_cos(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_COS, n, x, y); }
static void lanes_sinh(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_SINH, n, x, y); }
static void lanes_cosh(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_COSH, n, x, y); }
static void lanes_erf(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_ERF, n, x, y); }
static void lanes_erfc(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_ERFC, n, x, y); }
static void lanes_rsqrt(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_RSQRT, n, x, y); }
static void lanes_tanh(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_TANH, n, x, y); }
static void lanes_sigmoid(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_SIGMOID, n, x, y); }
static void lanes_log_sigmoid(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_LOG_SIGMOID, n, x, y); }
static void lanes_softplus(ptrdiff_t n, const real *x, real *y) { lanes_as(CK_SOFTPLUS, n, x, y); }  // p == 1

// NULL: activations that are rarer, and go through `map`, where they wait for their stores.
static lanes_function *const lanes_functions[CK_FUNCTION_COUNT] = {
    [CK_EXP] = lanes_exp,           [CK_EXP2] = lanes_exp2,
    [CK_EXPM1] = lanes_expm1,       [CK_LOG] = lanes_log,
    [CK_LOG2] = lanes_log2,         [CK_LOG1P] = lanes_log1p,
    [CK_SIN] = lanes_sin,           [CK_COS] = lanes_cos,
    [CK_SINH] = lanes_sinh,         [CK_COSH] = lanes_cosh,
    [CK_ERF] = lanes_erf,           [CK_ERFC] = lanes_erfc,
    [CK_RSQRT] = lanes_rsqrt,       [CK_TANH] = lanes_tanh,
    [CK_SIGMOID] = lanes_sigmoid,   [CK_LOG_SIGMOID] = lanes_log_sigmoid,
    [CK_SOFTPLUS] = lanes_softplus,
};
