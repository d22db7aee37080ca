// Template: the properties of rows of one element type.  Needs: real, wide, wide_exp, wide_log, UNIT, TYPE, the entry
// points under one name.

// A call: how many rows of which length, and how they lie.
struct rows_case {
  ck_rows rows;
  bool along;
  ptrdiff_t step, gap;
  int fill;
  uint64_t seed;
};

static ck_axis axis_of(const struct rows_case *c) {
  const ptrdiff_t line = (c->along ? c->rows.n : c->rows.inner) * c->step + c->gap;
  const ptrdiff_t plane = line * (c->along ? c->rows.inner : c->rows.n) + c->gap;
  return (ck_axis){PTRDIFF_MAX, plane, c->along ? c->step : line, c->along ? line : c->step};
}

static ptrdiff_t place_of(const struct rows_case *c, ptrdiff_t r, ptrdiff_t j) {
  const ck_axis a = axis_of(c);
  return r / c->rows.inner * a.outer_stride + j * a.stride + r % c->rows.inner * a.inner_stride;
}

static ptrdiff_t row_count(const struct rows_case *c) { return c->rows.outer * c->rows.inner; }

// The elements that the buffer of a case holds, gaps included.
static ptrdiff_t extent_of(const struct rows_case *c) { return place_of(c, row_count(c) - 1, c->rows.n - 1) + 1; }

static real element_of(const struct rows_case *c, ptrdiff_t r, ptrdiff_t j) {
  struct rng rng = {c->seed + (uint64_t)(r * 1000003 + j)};
  const real u = (real)((double)(int64_t)rng_next(&rng) * 0x1p-63);
  switch (c->fill) {
  case 0: return 5 * u;
  case 1: return 150 * u;
  case 2: return (real)((double)((r + (ptrdiff_t)c->seed) * 977 % 6000 - 3000) + 10 * u);
  case 3: return (real)((double)((r + (ptrdiff_t)c->seed) % 100) / 7);
  default: return j % 5 == 0 ? -(real)INFINITY : 3 * u;
  }
}

static struct rows_case random_rows(struct rng *rng) {
  struct rows_case c = {.along = rng_chance(rng, 50), .step = 1, .fill = (int)rng_range(rng, 0, 4)};
  c.rows.n = rng_chance(rng, 5) ? rng_range(rng, 4000, 9000) : rng_range(rng, 1, rng_chance(rng, 30) ? 400 : 70);
  c.rows.inner = rng_chance(rng, 40) ? 1 : rng_range(rng, 1, c.rows.n > 1000 ? 3 : 70);
  c.rows.outer = rng_range(rng, 1, 3);
  if (rng_chance(rng, 30)) c.step = rng_range(rng, 2, 3);
  if (rng_chance(rng, 30)) c.gap = rng_range(rng, 1, 5);
  c.seed = rng_next(rng) >> 40;
  return c;
}

enum { OPERATIONS = 2 + 2 + 2 + CK_REDUCTION_COUNT + 2 + 1 + 1 };

// One of everything: x and w in, elements to y and a number for each row to z.
static ck_status operate(const ck_isa *isa, int threads, int operation, const struct rows_case *c, const real *x,
                         const real *w, real *y, real *z) {
  const ck_axis axis = axis_of(c);
  const ptrdiff_t rows = row_count(c);
  ptrdiff_t index[1000];
  targets_of t = {.targets = index, .targets_count = rows, .ignored = -1};
  if (operation < 2) return softmax_call(isa, threads, operation == 1, &c->rows, x, &axis, y, &axis, NULL);
  if ((operation -= 2) < 2)
    return backward_call(isa, threads, operation == 1, &c->rows, x, &axis, w, &axis, y, &axis, NULL);
  if ((operation -= 2) < 2) {
    for (ptrdiff_t r = 0; r < rows; ++r) index[r] = r % 5 == 4 ? -1 : r * 7 % c->rows.n;
    if (operation == 1) t = (targets_of){.probabilities = w, .probabilities_axis = axis};
    return entropy_call(isa, threads, CK_LOSS_MEAN, &c->rows, x, &axis, &t, z, 1, NULL, 0, y, &axis, NULL);
  }
  if ((operation -= 2) < CK_REDUCTION_COUNT)
    return reduce_call(isa, threads, (ck_reduction)operation, &c->rows, x, &axis, z, rows, NULL);
  if ((operation -= CK_REDUCTION_COUNT) == 2)
    return dot_call(isa, threads, &c->rows, x, &axis, w, &axis, z, rows, NULL);
  if (operation == 3) {
    real dy[1000];
    for (ptrdiff_t r = 0; r < rows; ++r) dy[r] = w[place_of(c, r, 0)];
    return route_call(isa, threads, &c->rows, x, &axis, dy, rows, y, &axis, NULL);
  }
  const ck_status status = arg_call(isa, threads, operation == 1, &c->rows, x, &axis, index, rows, NULL);
  for (ptrdiff_t r = 0; r < rows; ++r) z[r] = (real)index[r];
  return status;
}

// The results of an operation between guard pages, rows one after the other; NULL where it failed.
static real *results_of(struct context *context, const ck_isa *isa, int threads, int operation,
                        const struct rows_case *c, bool right) {
  const ptrdiff_t rows = row_count(c), n = c->rows.n, extent = extent_of(c);
  const size_t bytes = (size_t)extent * sizeof(real), slack = guards_keep_off ? 64 : 0;
  struct arena arenas[3];
  real *at[3], *results = calloc((size_t)(rows * n + rows), sizeof(real));
  for (int i = 0; i < 3; ++i) {
    arenas[i] = arena_make(bytes + slack);
    at[i] = arena_place(&arenas[i], bytes, slack, right);
    for (ptrdiff_t e = 0; e < extent; ++e) at[i][e] = NAN;
  }
  for (ptrdiff_t r = 0; r < rows; ++r)
    for (ptrdiff_t j = 0; j < n; ++j) {
      at[0][place_of(c, r, j)] = element_of(c, r, j);
      at[1][place_of(c, r, j)] = (real)(1 + (r + 3 * j) % 8) / 8;
    }
  if (operate(isa, threads, operation, c, at[0], at[1], at[2], results + rows * n) != CK_OK)
    fail(context, "operation %d was refused", operation);
  for (ptrdiff_t r = 0; r < rows; ++r)
    for (ptrdiff_t j = 0; j < n; ++j) {
      real *y = at[2] + place_of(c, r, j);
      results[r * n + j] = *y, *y = NAN;
    }
  for (ptrdiff_t e = 0; e < extent; ++e)
    if (at[2][e] == at[2][e]) fail(context, "operation %d wrote into a gap", operation), e = extent;
  for (int i = 0; i < 3; ++i) {
    if (!arena_intact(&arenas[i], at[i], bytes)) fail(context, "operation %d wrote beside operand %d", operation, i);
    arena_free(arenas[i]);
  }
  return results;
}

static bool same_results(const real *x, const real *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; ++i)
    if (memcmp(x + i, y + i, sizeof *x) && (x[i] == x[i] || y[i] == y[i])) return false;
  return true;
}

static void layouts_agree(struct context *context) {
  struct rng rng = {context->options.seed};
  for (long i = 0; i < context->options.cases / 10 + 5 && context->failures == 0; ++i) {
    struct rows_case c = random_rows(&rng), dense = c;
    const int operation = (int)rng_range(&rng, 0, OPERATIONS - 1);
    dense.along = true, dense.step = 1, dense.gap = 0;
    now_running("rows %td x %td x %td, operation %d", c.rows.outer, c.rows.n, c.rows.inner, operation);
    ++context->cases_run;
    const ptrdiff_t count = row_count(&c) * (c.rows.n + 1);
    real *expected = results_of(context, context->isa, 1, operation, &dense, true);
    real *got = results_of(context, context->isa, 3, operation, &c, i % 2 == 0);
    if (!same_results(expected, got, count)) fail(context, "other bits in other strides, operation %d", operation);
    free(expected);
    free(got);
  }
}

static double fraction(wide got, wide exact, double bound) {
  const double error = (double)(got > exact ? got - exact : exact - got);
  return error == 0 ? 0 : error / bound;
}

// An ULP of p, an entry of softmax.
static double ulp_of(wide p) { return p < LEAST ? LEAST * 2 * UNIT : ldexp(UNIT * 2, ilogb((double)p)); }

// The worst of: softmax in 4 ULP, the sum of its row, log softmax, sum, log of the sum, in their bounds.
static double worst_of_row(const struct rows_case *c, ptrdiff_t r, real *const results[4]) {
  const ptrdiff_t n = c->rows.n, rows = row_count(c);
  const double g = ceil((double)(n < 4096 ? n : 4096) / LANES) + (LANES == 32 ? 7 : 6);
  wide exponentials = 0, sum = 0, total = 0, greatest = -INFINITY;
  double scale = 0, worst = 0;
  for (ptrdiff_t j = 0; j < n; ++j)
    if (element_of(c, r, j) > greatest) greatest = element_of(c, r, j);
  for (ptrdiff_t j = 0; j < n; ++j) exponentials += wide_exp(element_of(c, r, j) - greatest);
  const double logarithm = 2 * log((double)n) + 6;
  for (ptrdiff_t j = 0; j < n; ++j) {
    const wide x = element_of(c, r, j), p = wide_exp(x - greatest) / exponentials,
               l = x - greatest - wide_log(exponentials);
    const real got = results[0][r * n + j];
    worst = fmax(worst, fraction(got, p, 4 * ulp_of(p)));
    if (isfinite((double)x)) {
      worst = fmax(worst, fraction(results[1][r * n + j], l, (3 * fabs((double)l) + logarithm) * UNIT));
      sum += x, scale += fabs((double)x);
    }
    total += got;
  }
  worst = fmax(worst, fraction(total, 1, (double)(n + 2) * UNIT));
  if (c->fill < 4) worst = fmax(worst, fraction(results[2][rows * n + r], sum, g * UNIT * scale));
  const wide value = greatest + wide_log(exponentials);
  return fmax(worst, fraction(results[3][rows * n + r], value, (2 * fabs((double)value) + logarithm) * UNIT));
}

static void bounds_hold(struct context *context) {
  static const int operations[4] = {0, 1, 6 + CK_SUM, 6 + CK_LOG_SUM_EXP};
  struct rng rng = {context->options.seed + 1};
  for (long i = 0; i < context->options.cases / 40 + 5 && context->failures == 0; ++i) {
    const struct rows_case c = random_rows(&rng);
    if (c.fill == 4 && c.rows.n == 1) continue;  // nothing but -infinity
    real *results[4];
    ++context->cases_run;
    for (int k = 0; k < 4; ++k) results[k] = results_of(context, context->isa, 1, operations[k], &c, true);
    for (ptrdiff_t r = 0; r < row_count(&c); ++r) {
      const double worst = worst_of_row(&c, r, results);
      if (!(worst <= 1)) fail(context, "%g of a bound: n %td, fill %d, row %td", worst, c.rows.n, c.fill, r);
    }
    for (int k = 0; k < 4; ++k) free(results[k]);
  }
}

// The worst entry of softmax in ULP.
static double softmax_error(ptrdiff_t n, const real *x, const real *y) {
  wide exponentials = 0;
  double worst = 0;
  for (ptrdiff_t j = 0; j < n; ++j) exponentials += wide_exp(x[j]);
  for (ptrdiff_t j = 0; j < n; ++j) {
    const wide p = wide_exp(x[j]) / exponentials;
    worst = fmax(worst, fraction(y[j], p, ulp_of(p)));
  }
  return worst;
}

static double random_unit(struct rng *rng) { return (double)(rng_next(rng) >> 11) * 0x1p-53; }

// Where one entry is nearly the whole sum, what its addition loses is lost to every entry.  Always the same rows: with
// chunks of sixteen terms that are added plainly 7 (f32) and 10 (f64) of them break the bound.
static void dominated_rows_hold(struct context *context) {
  static real x[4096], y[4096];
  struct rng rng = {2021};
  for (int i = 0; i < (is_brief(context) ? 100 : 3000); ++i) {
    const ptrdiff_t n = rng_range(&rng, 100, rng_chance(&rng, 90) ? 400 : 4096), place = rng_range(&rng, 0, n - 1);
    const ck_rows rows = {1, n, 1};
    const ck_axis axis = {n, n, 1, 1};
    const double peak = 12 * random_unit(&rng) - 6, rest = peak - log((double)n) - 4 * random_unit(&rng);
    for (ptrdiff_t j = 0; j < n; ++j) x[j] = (real)(j == place ? peak : rest - 4 * random_unit(&rng));
    now_running("row %d, n %td", i, n);
    ++context->cases_run;
    softmax_call(context->isa, 1, false, &rows, x, &axis, y, &axis, NULL);
    const double worst = softmax_error(n, x, y);
    if (!(worst <= 4)) fail(context, "row %d: %.3f ULP, n %td", i, worst, n);
  }
}

// log softmax <= 0 <= loss, both 0 where one entry is the whole sum; NaN stays.
static void logarithms_keep_their_sign(struct context *context) {
  const ck_rows rows = {1, 2, 1};
  const ck_axis axis = {2, 2, 1, 1};
  const ptrdiff_t target = 0;
  const real probabilities[2] = {1, 0};
  const targets_of by_target = {.targets = &target, .targets_count = 1, .ignored = -1},
                   by_probability = {.probabilities = probabilities, .probabilities_axis = axis};
  for (int i = -700; i <= 700; ++i) {
    const real x[2] = {i < 700 ? (real)i / 7 : (real)NAN, -2000};
    real y[2], losses[2];
    ++context->cases_run;
    softmax_call(context->isa, 1, true, &rows, x, &axis, y, &axis, NULL);
    entropy_call(context->isa, 1, CK_LOSS_SUM, &rows, x, &axis, &by_target, losses, 1, NULL, 0, NULL, NULL, NULL);
    entropy_call(context->isa, 1, CK_LOSS_SUM, &rows, x, &axis, &by_probability, losses + 1, 1, NULL, 0, NULL, NULL,
                 NULL);
    const double bound = (double)(6 + 2 * (real)M_LN2) * UNIT;
    const real all[3] = {-y[0], losses[0], losses[1]};
    for (int k = 0; k < 3; ++k)
      if (i < 700 ? !(all[k] >= 0 && all[k] <= bound) : all[k] == all[k])
        fail(context, "%d: %g of x %g", k, (double)all[k], (double)x[0]);
  }
}

// A quiet NaN of this sign and payload.
static real nan_of(bool negative, uint64_t payload) {
  const int bits = sizeof(real) == sizeof(float) ? 22 : 51;
  uint64_t pattern = 0;
  real x = (real)NAN;
  memcpy(&pattern, &x, sizeof x);
  pattern |= payload & ((1ull << bits) - 1);
  memcpy(&x, &pattern, sizeof x);
  return negative ? -x : x;
}

enum { NAN_ROWS = 37, NAN_ELEMENTS = 70 };

// Row `spoilt` of `results`, which has `count` numbers for each row, is NaN and no other is.
static void expect_nan_row(struct context *context, const char *what, ptrdiff_t count, ptrdiff_t spoilt,
                           const real *results) {
  for (ptrdiff_t i = 0; i < NAN_ROWS * count; ++i)
    if ((results[i] != results[i]) != (i / count == spoilt))
      return fail(context, "%s of row %td, %td is %g", what, i / count, i % count, (double)results[i]);
}

// A NaN at `place`, in rows one after the other or side by side.
static void spoil_row(struct context *context, bool along, ptrdiff_t n, ptrdiff_t place, real peak, real nan) {
  const ptrdiff_t spoilt = place * 5 % NAN_ROWS, count = NAN_ROWS * n;
  const struct rows_case c = {.rows = {1, n, NAN_ROWS}, .along = along, .step = 1};
  const ck_axis axis = axis_of(&c);
  static real x[NAN_ROWS * NAN_ELEMENTS], y[NAN_ROWS * NAN_ELEMENTS], in_order[NAN_ROWS * NAN_ELEMENTS];
  static real p[NAN_ROWS * NAN_ELEMENTS], numbers[NAN_ROWS];
  ptrdiff_t targets[NAN_ROWS] = {0};
  const targets_of either[2] = {{.targets = targets, .targets_count = NAN_ROWS, .ignored = -1},
                                {.probabilities = p, .probabilities_axis = axis}};
  for (ptrdiff_t i = 0; i < count; ++i) x[i] = peak - (real)(i % 11), p[i] = 1;
  x[place_of(&c, spoilt, place)] = nan;
  for (int k = 0; k < 4; ++k) {
    static const char *const names[4] = {"softmax", "log softmax", "a gradient by targets", "one by probabilities"};
    if (k < 2)
      softmax_call(context->isa, 1, k == 1, &c.rows, x, &axis, y, &axis, NULL);
    else
      entropy_call(context->isa, 1, CK_LOSS_NONE, &c.rows, x, &axis, &either[k - 2], numbers, NAN_ROWS, NULL, 0, y,
                   &axis, NULL);
    for (ptrdiff_t i = 0; i < count; ++i) in_order[i] = y[place_of(&c, i / n, i % n)];
    expect_nan_row(context, names[k], n, spoilt, in_order);
    if (k >= 2) expect_nan_row(context, "a loss", 1, spoilt, numbers);
  }
  reduce_call(context->isa, 1, CK_LOG_SUM_EXP, &c.rows, x, &axis, numbers, NAN_ROWS, NULL);
  expect_nan_row(context, "log sum exp", 1, spoilt, numbers);
}

static void nans_stay(struct context *context) {
  struct rng rng = {context->options.seed};
  for (long i = 0; i < context->options.cases / 10 + 20 && context->failures == 0; ++i) {
    static const uint64_t payloads[] = {0, 1, 0x80, 0x1FF, 0xFFF, UINT64_MAX};
    const ptrdiff_t n = rng_range(&rng, 1, NAN_ELEMENTS), place = rng_range(&rng, 0, n - 1);
    const uint64_t payload = i % 4 < 2 ? payloads[i / 4 % 6] : rng_next(&rng);
    const real peak = rng_chance(&rng, 50) ? 5 : 5000;
    now_running("rows of %td, NaN %llx at %td", n, (unsigned long long)payload, place);
    ++context->cases_run;
    spoil_row(context, i % 2 == 0, n, place, peak, nan_of(rng_chance(&rng, 50), payload));
  }
}

// The gradient of a maximum goes to `place` alone; in place, too.
static void route_to(struct context *context, ptrdiff_t n, real *x, ptrdiff_t place) {
  const ck_rows rows = {1, n, 1};
  const ck_axis axis = {80, 80, 1, 1};
  const real dy = 3;
  route_call(context->isa, 1, &rows, x, &axis, &dy, 1, x, &axis, NULL);
  for (ptrdiff_t j = 0; j < n; ++j)
    if (x[j] != (j == place ? dy : 0)) fail(context, "n %td: the gradient at %td is %g", n, j, (double)x[j]);
}

// Ties, NaN and signed zeros at every position of short rows; norms at both ends of the range.
static void peaks_and_norms(struct context *context) {
  real x[80];
  const ck_axis axis = {80, 80, 1, 1};
  for (ptrdiff_t n = 1; n <= 80; n += n < 20 ? 1 : 7)
    for (ptrdiff_t place = 0; place < n; ++place) {
      const ck_rows rows = {1, n, 1};
      ptrdiff_t index[2];
      real peak, norm;
      ++context->cases_run;
      for (ptrdiff_t j = 0; j < n; ++j) x[j] = j >= place ? 2 : 1;
      arg_call(context->isa, 1, false, &rows, x, &axis, index, 1, NULL);
      route_to(context, n, x, place);
      for (ptrdiff_t j = 0; j < n; ++j) x[j] = j >= place ? (real)NAN : 1;
      arg_call(context->isa, 1, true, &rows, x, &axis, index + 1, 1, NULL);
      reduce_call(context->isa, 1, CK_MAX, &rows, x, &axis, &peak, 1, NULL);
      if (index[0] != place || index[1] != place || peak == peak)
        fail(context, "n %td: %td, %td, %g at %td", n, index[0], index[1], (double)peak, place);
      route_to(context, n, x, place);
      for (int end = 0; end < 2; ++end) {
        const real big = end ? GREATEST / 128 : LEAST / 4;
        for (ptrdiff_t j = 0; j < n; ++j) x[j] = j == place ? big : 0;
        reduce_call(context->isa, 1, CK_L2_NORM, &rows, x, &axis, &norm, 1, NULL);
        if (norm != big) fail(context, "norm %a, not %a", (double)norm, (double)big);
      }
    }
}

// Ties in rows side by side, which are searched together.
static void peaks_side_by_side(struct context *context) {
  enum { N = 11, ROWS = 70 };
  real x[N * ROWS];
  ptrdiff_t index[ROWS];
  for (ptrdiff_t rows = 2; rows <= ROWS; ++rows) {
    const ck_rows shape = {1, N, rows};
    const ck_axis axis = {N * rows, N * rows, rows, 1};
    now_running(TYPE " peaks of %td rows side by side", rows);
    ++context->cases_run;
    for (ptrdiff_t i = 0; i < N * rows; ++i) x[i] = i / rows >= i % rows % N ? 2 : 1;
    arg_call(context->isa, 1, false, &shape, x, &axis, index, rows, NULL);
    for (ptrdiff_t r = 0; r < rows; ++r)
      if (index[r] != r % N) fail(context, "row %td has its peak at %td, not %td", r, index[r], r % N);
  }
}

static void long_rows_agree(struct context *context) {
  for (int operation = 0; operation < OPERATIONS && context->failures == 0; ++operation) {
    const struct rows_case c = {.rows = {1, context->options.cases < 100 ? 50000 : 300001, 1},
                                .along = true,
                                .step = 1,
                                .seed = 3 + (uint64_t)operation};
    real *one = results_of(context, context->isa, 1, operation, &c, true);
    for (int threads = 2; threads <= 5; threads += 3) {
      real *more = results_of(context, context->isa, threads, operation, &c, true);
      ++context->cases_run;
      if (!same_results(one, more, c.rows.n + 1)) fail(context, "operation %d: %d threads", operation, threads);
      free(more);
    }
    free(one);
  }
}

static uint64_t hash_of_rows(struct context *context, const ck_isa *isa) {
  struct rng rng = {99};
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (int i = 0; i < (is_brief(context) ? 10 : 60); ++i) {
    const struct rows_case c = random_rows(&rng);
    for (int operation = 0; operation < OPERATIONS; ++operation) {
      const ptrdiff_t count = row_count(&c) * (c.rows.n + 1);
      real *results = results_of(context, isa, 1, operation, &c, true);
      for (ptrdiff_t e = 0; e < count; ++e) {
        const real value = results[e] == results[e] ? results[e] : 0;
        const unsigned char *bytes = (const unsigned char *)&value;
        for (size_t b = 0; b < sizeof value; ++b) hash = (hash ^ bytes[b]) * 0x100000001b3;
      }
      free(results);
    }
  }
  return hash;
}

static void rows_hash(struct context *context) {
  const uint64_t hash = hash_of_rows(context, context->isa);
  printf("hash rows %s %s %016llx\n", TYPE, ck_isa_fused(context->isa) ? "fused" : ck_isa_name(context->isa),
         (unsigned long long)hash);
  for (ptrdiff_t i = 0; ck_isa_fused(context->isa) && ck_isa_at(i) != NULL; ++i)
    if (ck_isa_fused(ck_isa_at(i)) && hash_of_rows(context, ck_isa_at(i)) != hash)
      fail(context, "other bits than %s", ck_isa_name(ck_isa_at(i)));
}

// One row, in place, by strides that differ where there is one element.
static void rows_of_one_in_place(struct context *context) {
  real x[4] = {1, 2, 3, 4}, dx[4] = {1, 1, 1, 1};
  const ck_rows rows = {1, 4, 1};
  const ck_axis axis = {4, 4, 1, 1}, other = {4, 9, 1, 0};
  context->cases_run += 2;
  if (softmax_call(context->isa, 1, false, &rows, x, &axis, x, &other, NULL) != CK_OK)
    fail(context, "softmax is refused");
  if (backward_call(context->isa, 1, false, &rows, x, &axis, dx, &other, dx, &axis, NULL) != CK_OK)
    fail(context, "its gradient is refused");
}

// What is greater than the greatest number is infinity, before it is weighted or divided.
static void vast_logarithms(struct context *context) {
  const real vast = GREATEST / 4 * 3, x[4] = {vast, -vast, vast / 2, -vast / 3}, weights[2] = {1, (real)0.25};
  const ptrdiff_t targets[2] = {1, 1};
  const ck_rows rows = {2, 2, 1}, first = {1, 2, 1}, second = {1, 2, 1};
  const ck_axis axis = {4, 2, 1, 1};
  targets_of t = {.targets = targets, .targets_count = 2, .ignored = -1};
  real y[4], loss;
  ++context->cases_run;
  softmax_call(context->isa, 1, true, &rows, x, &axis, y, &axis, NULL);
  if (y[0] != 0 || y[1] != -(real)INFINITY || y[2] != 0 || y[3] != x[3] - x[2]) fail(context, "a log softmax");
  // Each loss of the second row is less than the greatest number, their sum is not.
  const real pair[4] = {x[2], x[3], x[2], x[3]};
  entropy_call(context->isa, 1, CK_LOSS_SUM, &second, x + 2, &axis, &t, &loss, 1, NULL, 0, NULL, NULL, NULL);
  if (loss != x[2] - x[3]) fail(context, "a loss of %g", (double)loss);
  entropy_call(context->isa, 1, CK_LOSS_MEAN, &rows, pair, &axis, &t, &loss, 1, NULL, 0, NULL, NULL, NULL);
  if (loss != (real)INFINITY) fail(context, "a mean of %g", (double)loss);
  t.weights = weights, t.weights_count = 2;
  entropy_call(context->isa, 1, CK_LOSS_SUM, &first, x, &axis, &t, &loss, 1, NULL, 0, NULL, NULL, NULL);
  if (loss != (real)INFINITY) fail(context, "a weighted loss of %g", (double)loss);
}

static void rows_misuse(struct context *context) {
  real x[12] = {0}, y[13];
  ptrdiff_t targets[3] = {0, 4, 1};
  ck_fault fault;
  const ck_rows rows = {3, 4, 1}, nothing = {3, 0, 1}, negative = {3, -1, 1}, vast = {PTRDIFF_MAX, 4, 2};
  const ck_axis axis = {12, 4, 1, 1}, brief = {11, 4, 1, 1}, twice = {12, 3, 1, 1};
  const targets_of t = {.targets = targets, .targets_count = 3, .ignored = -1};
  for (int i = 0; i < 13; ++i) y[i] = 7;
  const ck_isa *isa = context->isa;
  const ck_status statuses[] = {
      softmax_call(isa, 0, false, &rows, x, &axis, y, &axis, &fault),
      softmax_call(isa, 1, false, &negative, x, &axis, y, &axis, &fault),
      softmax_call(isa, 1, false, &vast, x, &axis, y, &axis, &fault),
      softmax_call(isa, 1, false, &rows, x, &brief, y, &axis, &fault),
      softmax_call(isa, 1, false, &rows, x, &axis, y, &twice, &fault),
      softmax_call(isa, 1, false, &rows, y + 1, &axis, y, &axis, &fault),
      entropy_call(isa, 1, CK_LOSS_SUM, &rows, x, &axis, &t, y, 1, NULL, 0, NULL, NULL, &fault),
      entropy_call(isa, 1, CK_LOSS_NONE, &rows, x, &axis, &t, y, 2, NULL, 0, NULL, NULL, &fault),
      reduce_call(isa, 1, CK_REDUCTION_COUNT, &rows, x, &axis, y, 3, &fault),
      reduce_call(isa, 1, CK_SUM, &rows, x, &axis, x + 1, 3, &fault),
      arg_call(isa, 1, false, &nothing, x, &axis, targets, 3, &fault),
      route_call(isa, 1, &rows, x, &axis, x, 2, y, &axis, &fault),
      route_call(isa, 1, &rows, x, &axis, y, 3, y + 1, &axis, &fault),
  };
  static const ck_status expected[] = {
      CK_BAD_ARGUMENT, CK_NEGATIVE_SIZE, CK_OVERFLOW, CK_SHORT_BUFFER, CK_BAD_STRIDE,   CK_OVERLAP, CK_BAD_ARGUMENT,
      CK_SHORT_BUFFER, CK_BAD_ARGUMENT,  CK_OVERLAP,  CK_BAD_ARGUMENT, CK_SHORT_BUFFER, CK_OVERLAP};
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; ++i, ++context->cases_run)
    if (statuses[i] != expected[i]) fail(context, "misuse %zu gave %d, not %d", i, statuses[i], expected[i]);
  for (int i = 0; i < 13; ++i)
    if (y[i] != 7) fail(context, "a refused call wrote");
}
