// Template: sin and cos of Double, lane by lane through the C library.

static inline vf v_each(double (*f)(double), vf x) {
  double lanes[VL];
  v_store(lanes, x);
  for (int i = 0; i < VL; ++i) lanes[i] = f(lanes[i]);
  return v_load(lanes);
}

static inline vf v_sin(vf x) { return v_each(sin, x); }
static inline vf v_cos(vf x) { return v_each(cos, x); }
