// Template: numbers of a distribution from random words; see ck_random.h.
// Needs: real, the vector dialect, vmath, constants.inc.h of the type, isa/kernels.h.
//
// Words come as elements: `bits` holds one element's word in each.  It may be read up to a vector past n.

enum { WORD_BITS = 8 * sizeof(real), HALF_BITS = WORD_BITS / 2 };

// v = (w + 1/2) 2^-WORD_BITS: both halves of w are exact as mantissas, of 1 and of 2^-HALF_BITS.
static inline vf random_positive(vi w) {
  const int up = MANTISSA_BITS - HALF_BITS;
  const vi low_bits = vi_set1(ONE_BITS - ((int64_t)HALF_BITS << MANTISSA_BITS));
  const real half_unit = (real)0.5 / ((int64_t)1 << HALF_BITS), unit = 2 * half_unit;
  const vf high = v_from_bits(vi_or(vi_shl(vi_shr(w, HALF_BITS), up), vi_set1(ONE_BITS)));
  const vf low = v_from_bits(vi_or(vi_shr(vi_shl(w, HALF_BITS), HALF_BITS - up), low_bits));
  return v_add(v_sub(high, v_set1(1)), v_sub(low, v_set1(unit - unit * half_unit)));
}

// cos and sin of 2 pi u, 0 <= u < 1: u is n / 4 + f / 4 with |f| <= 1/2, all exact.
static inline void random_turn(vf u, vf *cosine, vf *sine) {
  const vf t = v_fused(v_set1(4), u, v_set1(ROUND)), f = v_fused(v_set1(4), u, v_sub(v_set1(ROUND), t));
  const vf z = v_mul(f, f), zz = v_mul(z, z);
  const vf s = v_fused(z, v_poly(z, zz, TURN_S_TERMS, TURN_S), v_set1(QUARTER_TURN_LOW));
  const vf along = v_fused(z, v_poly(z, zz, TURN_C_TERMS, TURN_C), v_set1(1));
  const vf across = v_fused(f, v_set1(QUARTER_TURN), v_mul(f, s));
  // n = 1 and 3 exchange them; the sine is negative for n = 2 and 3, the cosine for n = 1 and 2.
  const vi n = v_bits(t), second = vi_shr(n, 1);
  const vf odd = v_from_bits(vi_or(vi_shl(n, WORD_BITS - 1), vi_set1(ONE_BITS)));  // negative where n is odd
  *cosine = v_with_sign(v_select_negative(odd, across, along), vi_shl(vi_xor(n, second), WORD_BITS - 1));
  *sine = v_with_sign(v_select_negative(odd, along, across), vi_shl(second, WORD_BITS - 1));
}

static inline vf random_value(const enum random_kind kind, const real p[3], vi word, vf x) {
  const vf u = v_fraction(word), zero = v_zero();
  switch (kind) {
  case RANDOM_UNIFORM: return v_min(v_set1(p[2]), v_fused(v_set1(p[1]), u, v_set1(p[0])));
  case RANDOM_BERNOULLI: return v_select(v_lt(u, v_set1(p[0])), v_set1(1), zero);
  default: return v_mul(x, v_select(v_lt(u, v_set1(p[0])), zero, v_set1(p[1])));
  }
}

INLINE void random_as(const enum random_kind kind, const real p[3], ptrdiff_t n, const real *bits, const real *x,
                      real *y) {
  const bool reads = kind == RANDOM_DROPOUT;
  ptrdiff_t i = 0;
  for (; i + VL <= n; i += VL)
    v_store(y + i, random_value(kind, p, v_bits(v_load(bits + i)), reads ? v_load(x + i) : v_zero()));
  if (i < n) {
    const vf last = reads ? v_load_n(x + i, n - i) : v_zero();
    v_store_n(y + i, n - i, random_value(kind, p, v_bits(v_load(bits + i)), last));
  }
}

// Whole tiles; y may be `bits`.
static void random_normal(real mean, real deviation, ptrdiff_t n, const real *bits, real *y) {
  const vf vmean = v_set1(mean), vdeviation = v_set1(deviation);
  for (ptrdiff_t tile = 0; tile < n; tile += RANDOM_TILE)
    for (ptrdiff_t j = tile; j < tile + RANDOM_TILE / 2; j += VL) {
      const vf v = random_positive(v_bits(v_load(bits + j)));
      const vf u = v_fraction(v_bits(v_load(bits + j + RANDOM_TILE / 2)));
      const vf r = v_sqrt(v_mul(v_set1(-2), v_log(v)));
      vf cosine, sine;
      random_turn(u, &cosine, &sine);
      v_store(y + j, v_fused(vdeviation, v_mul(r, cosine), vmean));
      v_store(y + j + RANDOM_TILE / 2, v_fused(vdeviation, v_mul(r, sine), vmean));
    }
}

static void random_numbers(enum random_kind kind, const real p[3], ptrdiff_t n, const real *bits, const real *x,
                           real *y) {
  switch (kind) {
  case RANDOM_UNIFORM: random_as(RANDOM_UNIFORM, p, n, bits, x, y); break;
  case RANDOM_NORMAL: random_normal(p[0], p[1], n, bits, y); break;
  case RANDOM_BERNOULLI: random_as(RANDOM_BERNOULLI, p, n, bits, x, y); break;
  case RANDOM_DROPOUT: random_as(RANDOM_DROPOUT, p, n, bits, x, y); break;
  }
}
