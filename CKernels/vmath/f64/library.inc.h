// Template: erf, erfc, GELU, sin and cos of Double, lane by lane through the C library.

static inline vf v_each(double (*f)(double), vf x) {
  double lanes[VL];
  v_store(lanes, x);
  for (int i = 0; i < VL; ++i) lanes[i] = f(lanes[i]);
  return v_load(lanes);
}

static inline vf v_erf(vf x) { return v_each(erf, x); }
static inline vf v_erfc(vf x) { return v_each(erfc, x); }
static inline vf v_sin(vf x) { return v_each(sin, x); }
static inline vf v_cos(vf x) { return v_each(cos, x); }

// x Phi(x), Phi(x) = erfc(z) / 2 with z = -x / sqrt(2) = a + b, and erfc(a + b) = erfc(a) - 2 / sqrt(pi) e^(-a^2) b.
// That b a is below 2^-43 there, and -0 below -40.
static inline vf v_gelu(vf x) {
  const double root_half = 0x1.6a09e667f3bcdp-1, root_half_low = -0x1.bdd3413b26456p-55, slope = -0x1.20dd750429b6dp0;
  const vf at = v_max(v_set1(-40), v_min(v_set1(40), x)), a = v_mul(at, v_set1(-root_half));
  const vf b = v_fused(at, v_set1(-root_half_low), v_fused(at, v_set1(-root_half), v_neg(a)));
  const vf c = v_fused(v_mul(v_set1(slope), b), v_each(exp, v_mul(v_neg(a), a)), v_each(erfc, a));
  return v_mul(v_mul(v_max(v_set1(-40), x), v_set1(0.5)), c);
}

// Phi(x) + x phi(x)
static inline vf v_gelu_derivative(vf x) {
  const double inverse_sqrt_2pi = 0x1.9884533d43651p-2;
  const vf a = v_max(v_set1(-40), v_min(v_set1(40), x)), half = v_set1(0.5);
  const vf density = v_mul(v_set1(inverse_sqrt_2pi), v_each(exp, v_mul(v_mul(a, a), v_neg(half))));
  return v_fused(a, density, v_mul(half, v_each(erfc, v_mul(a, v_set1(-0x1.6a09e667f3bcdp-1)))));
}
