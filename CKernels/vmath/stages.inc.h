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

// Above this size the argument of the exponential does not take the short way; of mish its square, of GELU x itself.
static inline vf stage_highest(const ck_function f) {
  return v_set1(f == CK_GELU_TANH ? GELU_TANH_NORMAL : f == CK_MISH ? EXP_NORMAL / 2 : EXP_NORMAL);
}

static inline exp_factors stage_begin(const ck_function f, const bool any, vf p, vf x) {
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

// What the longest of them does in between, of q and s.
static inline bool has_middle_stage(const ck_function f) { return f == CK_MISH; }
static inline vf stage_middle(const bool any, vf q, vf s) { return mish_middle(any, q, s); }

static inline vf stage_end(const ck_function f, const bool any, vf p, vf x, exp_factors e) {
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

static inline vf staged(const ck_function f, vf p, vf x) {
  exp_factors e = stage_begin(f, true, p, x);
  if (has_middle_stage(f)) e.q = stage_middle(true, e.q, e.s);
  return stage_end(f, true, p, x, e);
}
