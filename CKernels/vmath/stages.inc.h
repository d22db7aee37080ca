// Template: functions in stages.  Needs: hyperbolic.inc.h, softplus.inc.h.
//
// One vector's chain of dependent operations is longer than the processor's window, so over a buffer the first stage is
// done for several vectors and then the second, or those of mish, which are three.

// Softplus of any p; that of p = 1, CK_SOFTPLUS, takes neither its products nor its division.
enum { SCALED_SOFTPLUS = CK_FUNCTION_COUNT };

static inline bool has_stages(const ck_function f) {
  return f == CK_SIGMOID || f == CK_SILU || f == CK_SWISH || f == CK_GELU_TANH || f == CK_MISH || f == CK_SOFTPLUS ||
         f == SCALED_SOFTPLUS || f == CK_LOG_SIGMOID;
}

// Of derivatives.
static inline bool derives_in_stages(const ck_function f) {
  return f == CK_SILU || f == CK_SWISH || f == CK_SOFTPLUS || f == CK_LOG_SIGMOID || f == CK_GELU_TANH || f == CK_MISH;
}

// Above this size the argument of the exponential does not take the short way; of mish its square, of GELU x itself.
static inline vf stage_highest(const ck_function f) {
  return v_set1(f == CK_GELU_TANH ? GELU_TANH_NORMAL : f == CK_MISH ? EXP_NORMAL / 2 : EXP_NORMAL);
}

static inline exp_factors derivative_begin(const ck_function f, const bool any, vf p, vf x) {
  switch (f) {
  case CK_SWISH:
  case CK_SOFTPLUS: return swish_begin(any, p, x);
  case CK_GELU_TANH: return gelu_tanh_derivative_begin(any, x);
  case CK_MISH: return mish_derivative_begin(any, x);
  default: return sigmoid_begin(any, x);
  }
}

// `derives`: of the derivative.
static inline exp_factors stage_begin(const ck_function f, const bool derives, const bool any, vf p, vf x) {
  if (derives) return derivative_begin(f, any, p, x);
  switch (f) {
  case CK_SWISH: return swish_begin(any, p, x);
  case CK_GELU_TANH: return gelu_tanh_begin(any, x);
  case CK_MISH: return mish_begin(any, x);
  case SCALED_SOFTPLUS: return scaled_softplus_begin(any, p, x);
  case CK_SOFTPLUS:
  case CK_LOG_SIGMOID: return softplus_begin(any, x);
  default: return sigmoid_begin(any, x);
  }
}

// What the longest of them do in between.
static inline bool has_middle_stage(const ck_function f, const bool derives) {
  return f == (derives ? CK_GELU_TANH : CK_MISH);
}

static inline exp_factors stage_middle(const bool derives, const bool any, exp_factors e) {
  if (derives) return exp_completed(e);
  e.q = mish_middle(any, e.q, e.s);
  return e;
}

static inline vf derivative_end(const ck_function f, const bool any, vf p, vf x, exp_factors e) {
  switch (f) {
  case CK_SWISH: return gated_derivative(any, v_mul(p, x), e);
  case CK_SOFTPLUS: return gate_of(any, v_mul(p, x), e).s;
  case CK_LOG_SIGMOID: return sigmoid_end(any, v_neg(x), e);
  case CK_GELU_TANH: return gelu_tanh_derivative_end(any, x, e);
  case CK_MISH: return mish_derivative_end(any, x, e.q);
  default: return gated_derivative(any, x, e);
  }
}

static inline vf stage_end(const ck_function f, const bool derives, const bool any, vf p, vf x, exp_factors e) {
  if (derives) return derivative_end(f, any, p, x, e);
  switch (f) {
  case CK_SILU: return silu_end(any, x, e);
  case CK_SWISH: return swish_end(any, p, x, e);
  case CK_GELU_TANH: return gelu_tanh_end(any, x, e);
  case CK_MISH: return mish_end(any, x, e);
  case SCALED_SOFTPLUS: return scaled_softplus_end(any, p, x, e);
  case CK_SOFTPLUS: return softplus_end(any, x, e);
  case CK_LOG_SIGMOID: return v_neg(softplus_end(any, v_neg(x), e));
  default: return sigmoid_end(any, x, e);
  }
}

static inline vf staged(const ck_function f, const bool derives, vf p, vf x) {
  exp_factors e = stage_begin(f, derives, true, p, x);
  if (has_middle_stage(f, derives)) e = stage_middle(derives, true, e);
  return stage_end(f, derives, true, p, x, e);
}
