// Template: e^x along rows, and its sum.  Needs: real, the vector dialect, vmath/exp.inc.h, vmath/log.inc.h,
// rows/kernels.h.
//
// Softmax does not change when a constant is taken from its row, and which one decides what is lost.  Taking the
// maximum rounds: with x = -80.3 and a maximum of 0.7 that costs 32 ULP of the result.  So nothing is taken where
// |maximum| <= EXACT_LIMIT: k = x / ln 2 rounded and r = x - k ln 2 come from x itself, and only the exponent moves,
// from k to k - n with n = maximum / ln 2 rounded.  Above the limit every x that counts lies within a factor 2 of the
// maximum, so that their difference is exact [Sterbenz 1974].  Powers of two are kept LIFT higher: all are normal. What
// lies more than CUT powers of two below the maximum becomes zero whatever it is divided by. An infinite maximum makes
// the whole row NaN, and so does a NaN.

static const real EXACT_LIMIT = 2048, CUT = EXPONENT_BIAS + LIFT - 8;

typedef struct {
  vf m, n, lowest, round;
} row_shifts;

static inline row_shifts shifts_of(vf greatest) {
  const vm far = v_lt(v_set1(EXACT_LIMIT), v_abs(greatest));
  const vf n = v_sub(v_fused(greatest, v_set1(LOG2_E), v_set1(ROUND)), v_set1(ROUND));
  row_shifts s = {.m = v_select(far, greatest, v_zero()), .n = v_select(far, v_zero(), n)};
  s.lowest = v_mul(v_sub(s.n, v_set1(CUT)), v_set1(LN2));
  s.round = v_sub(v_set1(ROUND + LIFT), s.n);
  return s;
}

// Whether m or `lowest` changes anything.
static inline bool shifts_matter(const row_shifts *s, vf least) {
  return vm_any(vm_or(v_lt(v_zero(), v_abs(s->m)), v_lt(least, s->lowest)));
}

// Vectors that go through the stages of e^x together: in step, their chains overlap further than a core looks ahead.
enum { EXP_STEP = 4 };

// e <- e^(x - m) 2^(LIFT - n) in 0 ... 2^(LIFT + 1), `count` vectors: within 1.43 u of it where it is not cut.
// `plain`: shifts do not matter.  The power of two of a NaN is of any bits, and NaN times it is NaN.
static inline __attribute__((always_inline)) void exp_shifted_all(const int count, const bool plain,
                                                                  const row_shifts *s, const vf *x, vf *e) {
  vf a[EXP_STEP], t[EXP_STEP], r[EXP_STEP], rr[EXP_STEP], q[EXP_STEP];
  UNROLL for (int i = 0; i < count; ++i)
    a[i] = plain ? x[i] : v_max(s->lowest, v_sub(x[i], s->m)), t[i] = v_fused(a[i], v_set1(LOG2_E), s->round);
  UNROLL for (int i = 0; i < count; ++i) {
    const vf k = v_sub(t[i], s->round);
    r[i] = v_fused(k, v_set1(-LN2_REST), v_fused(k, v_set1(-LN2), a[i]));
  }
  UNROLL for (int i = 0; i < count; ++i)
    rr[i] = v_mul(r[i], r[i]);
  UNROLL for (int i = 0; i < count; ++i)
    q[i] = v_poly(r[i], rr[i], EXP_TERMS, EXP_P);
  UNROLL for (int i = 0; i < count; ++i) {
    const vf power = v_from_bits(vi_add(vi_set1(ONE_BITS), vi_shl(v_bits(t[i]), MANTISSA_BITS)));
    e[i] = v_fused(power, v_fused(rr[i], q[i], r[i]), power);
  }
}

static inline vf exp_shifted(const bool plain, const row_shifts *s, vf x) {
  vf e;
  exp_shifted_all(1, plain, s, &x, &e);
  return e;
}

// Sums as unevaluated sums of two, lane by lane; see pair_add.
typedef struct {
  vf hi, lo;
} pairs;

static inline pairs pairs_add(pairs x, pairs y) {
  const vf sum = v_add(x.hi, y.hi), part = v_sub(sum, x.hi);
  const vf lost = v_add(v_sub(x.hi, v_sub(sum, part)), v_sub(y.hi, part));
  return (pairs){sum, v_add(v_add(x.lo, y.lo), lost)};
}

// The order of a sum of exponentials within a block: element j belongs to lane j mod EXP_LANES, and a lane adds in
// ascending j, exactly but for the rounding of what each addition lost: it starts at EXP_START, above any term [Dekker
// 1971].  Absent elements count as +0.  At last the upper half of the lanes is added to the lower, as pairs.
//
// An addition that is simply rounded may lose u of the sum, and an entry of softmax has no room for it in 4 ULP:
// 1/2 for its own rounding, 1.43 for its e^x and 1.43 for those of the sum.
enum { EXP_LANES = LANES / 2 };
static const real EXP_START = 2 / LOWER;

static inline pairs exp_lane_start(void) { return (pairs){v_set1(EXP_START), v_zero()}; }

static inline pairs exp_lane_add(pairs s, vf e) {
  const vf sum = v_add(s.hi, e);
  return (pairs){sum, v_add(s.lo, v_sub(e, v_sub(sum, s.hi)))};
}

static inline pairs exp_lane_end(pairs s) { return (pairs){v_sub(s.hi, v_set1(EXP_START)), s.lo}; }

// 1 / sum as a sum of two, times a factor.
static inline pairs inverses_of(pairs sum, vf factor) {
  const vf h = v_add(sum.hi, sum.lo), l = v_sub(sum.lo, v_sub(h, sum.hi)), r = v_div(v_set1(1), h);
  const vf rest = v_mul(r, v_fused(-r, l, v_fused(-r, h, v_set1(1)))), y = v_mul(r, factor);
  return (pairs){y, v_fused(rest, factor, v_fused(r, factor, -y))};
}

// log of the sum of e^x: m + (hi + lo).
static inline pairs logs_of(const row_shifts *s, pairs sum) {
  const vf h = v_add(sum.hi, sum.lo), l = v_sub(sum.lo, v_sub(h, sum.hi)), g = v_log(v_mul(h, v_set1(LOWER)));
  const vf a = v_mul(s->n, v_set1(LN2));
  const vf a_low = v_fused(s->n, v_set1(LN2_REST), v_fused(s->n, v_set1(LN2), -a));
  return pairs_add((pairs){a, a_low}, (pairs){g, v_div(l, h)});
}
