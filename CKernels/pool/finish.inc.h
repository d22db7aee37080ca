// Template: from sums to means and norms.  Needs: the elementary functions, load_row, store_row, pool_power.

// y[o * inner + c] <- its quotient by rows * divisors[o].
static void pool_divide(ptrdiff_t outputs, ptrdiff_t inner, real rows, const real *divisors, real *y) {
  const vf vrows = v_set1(rows), one = v_set1(1);
  if (inner == 1) {
    for (ptrdiff_t o = 0; o < outputs; o += VL) {
      const ptrdiff_t n = outputs - o;
      const vf divisor = v_mul(vrows, load_row(divisors + o, 1, n));  // 0 past the end
      store_row(y + o, 1, n, v_div(load_row(y + o, 1, n), v_select(v_lt(v_zero(), divisor), divisor, one)));
    }
    return;
  }
  for (ptrdiff_t o = 0; o < outputs; ++o, y += inner) {
    const vf divisor = v_mul(vrows, v_set1(divisors[o]));
    for (ptrdiff_t c = 0; c < inner; c += VL)
      store_row(y + c, 1, inner - c, v_div(load_row(y + c, 1, inner - c), divisor));
  }
}

// s^(1/n) from logarithms, then one step of Newton's method for y^n = s, which squares the error: y (1 + (s/y^n -
// 1)/n).
INLINE vf pool_nth_root(int n, vf s) {
  const vf inverse = v_div(v_set1(1), v_set1((real)n));
  const vf y = v_exp2(v_mul(v_log2(s), inverse));
  const vf rest = v_mul(v_sub(v_div(s, pool_power(n, y)), v_set1(1)), inverse);
  const vm ordinary = vm_and(v_lt(v_zero(), s), v_lt(s, v_set1((real)INFINITY)));
  return v_select(ordinary, v_fused(y, rest, y), s);
}

// y[i] <- y[i]^(1/exponent)
static void pool_root(int exponent, ptrdiff_t n, real *y) {
  if (exponent == 1) return;
  for (ptrdiff_t j = 0; j < n; j += VL) {
    const vf s = load_row(y + j, 1, n - j);
    store_row(y + j, 1, n - j, exponent == 2 ? v_sqrt(s) : pool_nth_root(exponent, s));
  }
}
