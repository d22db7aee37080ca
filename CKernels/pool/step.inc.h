// Template: what one more element does to the result of a window.
// Needs: real, the vector dialect, INLINE, v_abs, isa/kernels.h.

// For loops whose bodies are large already, or rarely run: copies of them would be code and nothing else.
#define ROLLED _Pragma("clang loop unroll(disable)")

struct pooled {
  vf value;
  vi index;
};

INLINE vi load_integers(const integer *p) {
  vi x;
  memcpy(&x, p, sizeof x);
  return x;
}

INLINE void store_integers(integer *p, vi x) { memcpy(p, &x, sizeof x); }

INLINE vi vi_select(vm m, vi a, vi b) { return v_bits(v_select(m, v_from_bits(a), v_from_bits(b))); }

// |x|^exponent
INLINE vf pool_power(int exponent, vf x) {
  const vf a = v_abs(x);
  vf y = a;
  ROLLED for (int i = 1; i < exponent; ++i) y = v_mul(y, a);
  return y;
}

// The result of a window without an element.
INLINE real pool_nothing(const enum pool_op op) { return op == POOL_SUM || op == POOL_POWERS ? 0 : (real)-INFINITY; }

// One more element.  POOL_MAX keeps a first NaN, passes over others, and notes in *nan (if there is one) that it did.
INLINE vf pool_step(const enum pool_op op, vf so_far, vf x, vm *nan) {
  if (op == POOL_SUM || op == POOL_POWERS) return v_add(so_far, x);
  if (op == POOL_MAX && nan != NULL) *nan = vm_or(*nan, v_unordered(so_far, x));
  const vf larger = v_max(x, so_far);
  return op == POOL_MAX ? larger : v_select(v_eq(x, x), larger, x);
}

// The same for two numbers.
INLINE real pool_step_one(const enum pool_op op, real so_far, real x) {
  if (op == POOL_SUM || op == POOL_POWERS) return so_far + x;
  return x > so_far || (op == POOL_MAX_OR_NAN && x != x) ? x : so_far;
}

// The same where the index of a maximum is wanted: a NaN wins over numbers, and over NaNs before it.
INLINE struct pooled pool_step_at(struct pooled so_far, vf x, vi index) {
  const vm wins = vm_or(v_lt(so_far.value, x), v_unordered(x, x));
  return (struct pooled){v_select(wins, x, so_far.value), vi_select(wins, index, so_far.index)};
}

// The same for numbers alone.
INLINE struct pooled pool_number_at(struct pooled so_far, vf x, vi index) {
  return (struct pooled){v_max(x, so_far.value), vi_select(v_lt(so_far.value, x), index, so_far.index)};
}
