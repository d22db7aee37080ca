// Template: steps of optimisers, see ck_optimizer.h.  Needs: real, the vector dialect, isa/kernels.h.
//
// What does not change from one vector to the next is decided inside the loop: memory sets the pace.

INLINE vf optimizer_load(const real *x, ptrdiff_t n, const bool whole) { return whole ? v_load(x) : v_load_n(x, n); }

INLINE void optimizer_store(real *x, ptrdiff_t n, const bool whole, vf y) {
  if (whole)
    v_store(x, y);
  else
    v_store_n(x, n, y);
}

// The parameter p, given its gradient with the weight decay in it; states at i are replaced.
INLINE vf sgd_step(const struct optimizer *o, ptrdiff_t i, ptrdiff_t n, const bool whole, vf g, vf p) {
  vf along = g;
  if (o->state[0] != NULL) {
    const vf momentum = v_set1(o->keep), new = v_mul(v_set1(o->take), g);
    const vf v = o->first ? g : v_fused(momentum, optimizer_load(o->state[0] + i, n, whole), new);
    optimizer_store(o->state[0] + i, n, whole, v);
    along = o->nesterov ? v_fused(momentum, v, g) : v;
  }
  return v_fused(v_set1(-o->rate), along, p);
}

INLINE vf adam_step(const struct optimizer *o, ptrdiff_t i, ptrdiff_t n, const bool whole, vf g, vf p) {
  const vf m0 = optimizer_load(o->state[0] + i, n, whole), v0 = optimizer_load(o->state[1] + i, n, whole);
  const vf m = v_fused(v_set1(o->take), v_sub(g, m0), m0);
  vf v = v_fused(v_mul(v_set1(o->take_square), g), g, v_mul(v_set1(o->keep_square), v0));
  optimizer_store(o->state[0] + i, n, whole, m);
  optimizer_store(o->state[1] + i, n, whole, v);
  if (o->state[2] != NULL) {
    v = v_max(optimizer_load(o->state[2] + i, n, whole), v);
    optimizer_store(o->state[2] + i, n, whole, v);
  }
  const vf divisor = v_fused(v_sqrt(v), v_set1(o->scale), v_set1(o->epsilon));
  return v_fused(v_set1(-o->rate), v_div(m, divisor), v_mul(v_set1(o->shrink), p));
}

INLINE vf adagrad_step(const struct optimizer *o, ptrdiff_t i, ptrdiff_t n, const bool whole, vf g, vf p) {
  const vf s = v_fused(g, g, optimizer_load(o->state[0] + i, n, whole));
  optimizer_store(o->state[0] + i, n, whole, s);
  return v_fused(v_set1(-o->rate), v_div(g, v_add(v_sqrt(s), v_set1(o->epsilon))), p);
}

INLINE vf rmsprop_step(const struct optimizer *o, ptrdiff_t i, ptrdiff_t n, const bool whole, vf g, vf p) {
  const vf take = v_set1(o->take_square), s0 = optimizer_load(o->state[0] + i, n, whole);
  vf s = v_fused(v_mul(take, g), g, v_mul(v_set1(o->keep_square), s0));
  optimizer_store(o->state[0] + i, n, whole, s);
  if (o->state[1] != NULL) {
    const vf a0 = optimizer_load(o->state[1] + i, n, whole), a = v_fused(take, v_sub(g, a0), a0);
    optimizer_store(o->state[1] + i, n, whole, a);
    s = v_max(v_zero(), v_fused(-a, a, s));
  }
  vf along = v_div(g, v_add(v_sqrt(s), v_set1(o->epsilon)));
  if (o->state[2] != NULL) {
    along = v_fused(v_set1(o->keep), optimizer_load(o->state[2] + i, n, whole), along);
    optimizer_store(o->state[2] + i, n, whole, along);
  }
  return v_fused(v_set1(-o->rate), along, p);
}

INLINE void optimize_at(const enum optimizer_rule rule, const struct optimizer *o, ptrdiff_t i, ptrdiff_t n,
                        const bool whole) {
  const vf p = optimizer_load(o->p + i, n, whole);
  vf g = optimizer_load(o->g + i, n, whole), y;
  if (o->decay != 0) g = v_fused(v_set1(o->decay), p, g);
  switch (rule) {
  case OPTIMIZER_SGD: y = sgd_step(o, i, n, whole, g, p); break;
  case OPTIMIZER_ADAM: y = adam_step(o, i, n, whole, g, p); break;
  case OPTIMIZER_ADAGRAD: y = adagrad_step(o, i, n, whole, g, p); break;
  default: y = rmsprop_step(o, i, n, whole, g, p); break;
  }
  optimizer_store(o->p + i, n, whole, y);
}

INLINE void optimize_as(const enum optimizer_rule rule, const struct optimizer *o, ptrdiff_t from, ptrdiff_t to) {
  ptrdiff_t i = from;
  for (; i + VL <= to; i += VL) optimize_at(rule, o, i, VL, true);
  if (i < to) optimize_at(rule, o, i, to - i, false);
}

static void optimize(const struct optimizer *o, ptrdiff_t from, ptrdiff_t to) {
  const struct optimizer settings = *o;  // a copy, which no store through p can change
  switch (o->rule) {
  case OPTIMIZER_SGD: optimize_as(OPTIMIZER_SGD, &settings, from, to); break;
  case OPTIMIZER_ADAM: optimize_as(OPTIMIZER_ADAM, &settings, from, to); break;
  case OPTIMIZER_ADAGRAD: optimize_as(OPTIMIZER_ADAGRAD, &settings, from, to); break;
  case OPTIMIZER_RMSPROP: optimize_as(OPTIMIZER_RMSPROP, &settings, from, to); break;
  }
}
