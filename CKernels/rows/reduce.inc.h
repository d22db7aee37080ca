// Template: the driver of reductions.  Needs: rows/job.inc.h, rows/softmax.inc.h, the constants of squares.

struct reduce_job {
  struct rows_job rows;
  enum { REDUCE, REDUCE_DOT, REDUCE_ARG } kind;
  ck_reduction op;  // CK_MAX or CK_MIN with REDUCE_ARG
  real *y;
  ptrdiff_t *index;
  bool together;
  // One row, taken part by part by all threads together.
  real greatest[PARTS], least[PARTS];
  ptrdiff_t places[PARTS];
  struct pair sums[PARTS];
};

// What squares are scaled by before they are added a second time; 1: the first sum will do.
static real scale_for(real squares) {
  if (squares >= LEAST_SQUARES && squares <= GREATEST) return 1;
  return squares < LEAST_SQUARES ? SCALE_UP : SCALE_DOWN;
}

static void sum_scaled(const struct row_kernels *k, const struct row_tile *t, real scale, struct pair *sums) {
  struct row_constants c;
  for (ptrdiff_t i = 0; i < t->rows; ++i) c.c[0][i] = scale;
  k->sum(ROW_SUM_SQUARES, t, &c, sums);
}

static void norms(const struct row_kernels *k, const struct row_tile *t, real *y) {
  struct pair sums[TILE];
  sum_scaled(k, t, 1, sums);
  for (ptrdiff_t i = 0; i < t->rows; ++i) {
    const real scale = scale_for(pair_value(sums[i]));
    const struct row_tile row = row_tile_rows(*t, i, 1);
    if (scale != 1) sum_scaled(k, &row, scale, sums + i);
    y[i] = (real)sqrt(pair_value(sums[i])) / scale;
  }
}

// log of the sum of e^x of one row from its three numbers; `peak`: the greatest element, or NaN if there is one.
static real log_sum(const struct row_constants *c, ptrdiff_t i, real peak) {
  return isfinite(peak) ? c->c[0][i] + (c->c[1][i] + c->c[2][i]) : peak;
}

static void log_sums(const struct row_kernels *k, const struct row_tile *t, real *y) {
  struct row_range range;
  struct pair sums[TILE];
  struct row_constants c;
  real peaks[TILE];
  k->range(t, &range);
  k->exp(t, &range, sums);
  k->logs(t->rows, &range, sums, &c);
  for (ptrdiff_t i = 0; i < t->rows; ++i) {
    const struct row_tile row = row_tile_rows(*t, i, 1);
    peaks[i] = range.greatest[i];
    // The range leaves NaN out.
    if (!isfinite(peaks[i])) k->peak(false, &row, peaks + i, NULL);
    y[i] = log_sum(&c, i, peaks[i]);
  }
}

static enum row_sum sum_kind(const struct reduce_job *j) {
  if (j->kind == REDUCE_DOT) return ROW_SUM_PRODUCTS;
  return j->op == CK_L1_NORM ? ROW_SUM_MAGNITUDES : ROW_SUM;
}

static real finish_sum(const struct reduce_job *j, struct pair sum) {
  const real value = pair_value(sum);
  return j->kind == REDUCE && j->op == CK_MEAN ? value / (real)j->rows.n : value;
}

static void reduce_tile(const struct reduce_job *j, ptrdiff_t r, const struct row_tile *t) {
  const struct row_kernels *k = &j->rows.kernels->rows;
  struct pair sums[TILE];
  real peaks[TILE];
  if (j->kind == REDUCE_ARG)
    k->peak(j->op == CK_MIN, t, peaks, j->index + r);
  else if (j->kind == REDUCE && (j->op == CK_MAX || j->op == CK_MIN))
    k->peak(j->op == CK_MIN, t, j->y + r, NULL);
  else if (j->kind == REDUCE && j->op == CK_L2_NORM)
    norms(k, t, j->y + r);
  else if (j->kind == REDUCE && j->op == CK_LOG_SUM_EXP)
    log_sums(k, t, j->y + r);
  else {
    k->sum(sum_kind(j), t, NULL, sums);
    for (ptrdiff_t i = 0; i < t->rows; ++i) j->y[r + i] = finish_sum(j, sums[i]);
  }
}

// The peak of a row from those of its parts, and where it is.
static real peak_of_parts(const struct reduce_job *j, const struct row_share *s, ptrdiff_t *place) {
  real best = j->greatest[0];
  *place = j->places[0];
  for (ptrdiff_t p = 1; p < s->parts && best == best; ++p) {
    const real peak = j->greatest[p];
    if (peak != peak || (j->op == CK_MIN ? peak < best : peak > best)) best = peak, *place = p * s->part + j->places[p];
  }
  return best;
}

static void peak_share(struct reduce_job *j, ptrdiff_t r, const struct row_share *s) {
  for (ptrdiff_t p = s->first; p < s->last; ++p) {
    const struct row_tile t = share_part(s, p);
    j->rows.kernels->rows.peak(j->op == CK_MIN, &t, j->greatest + p, j->kind == REDUCE_ARG ? j->places + p : NULL);
  }
  ck_team_barrier();
  if (!s->leads) return;
  ptrdiff_t place;
  const real peak = peak_of_parts(j, s, &place);
  if (j->kind == REDUCE_ARG)
    j->index[r] = place;
  else
    j->y[r] = peak;
}

static void norm_share(struct reduce_job *j, ptrdiff_t r, const struct row_share *s) {
  const struct row_kernels *k = &j->rows.kernels->rows;
  real scale = 1;
  for (int round = 0; round < 2; ++round) {
    for (ptrdiff_t p = s->first; p < s->last; ++p) {
      const struct row_tile t = share_part(s, p);
      sum_scaled(k, &t, scale, j->sums + p);
    }
    ck_team_barrier();
    const real squares = pair_value(sum_of_parts(j->sums, s->parts));
    const real next = round == 0 ? scale_for(squares) : 1;
    if (next == 1) {
      if (s->leads) j->y[r] = (real)sqrt(squares) / scale;
      return;
    }
    scale = next;
    // All have read the sums before they change.
    ck_team_barrier();
  }
}

static void log_share(struct reduce_job *j, ptrdiff_t r, const struct row_share *s) {
  const struct row_kernels *k = &j->rows.kernels->rows;
  struct row_range range, whole = {.greatest = {-INFINITY}, .least = {INFINITY}};
  struct row_constants c;
  for (ptrdiff_t p = s->first; p < s->last; ++p) {
    const struct row_tile t = share_part(s, p);
    k->range(&t, &range);
    j->greatest[p] = range.greatest[0], j->least[p] = range.least[0];
  }
  ck_team_barrier();
  for (ptrdiff_t p = 0; p < s->parts; ++p) {
    if (j->greatest[p] > whole.greatest[0]) whole.greatest[0] = j->greatest[p];
    if (j->least[p] < whole.least[0]) whole.least[0] = j->least[p];
  }
  for (ptrdiff_t p = s->first; p < s->last; ++p) {
    const struct row_tile t = share_part(s, p);
    k->exp(&t, &whole, j->sums + p);
  }
  ck_team_barrier();
  if (!s->leads) return;
  const struct pair sum = sum_of_parts(j->sums, s->parts);
  real peak = whole.greatest[0];
  k->logs(1, &whole, &sum, &c);
  if (!isfinite(peak)) k->peak(false, &s->row, &peak, NULL);
  j->y[r] = log_sum(&c, 0, peak);
}

static void sum_share(struct reduce_job *j, ptrdiff_t r, const struct row_share *s) {
  for (ptrdiff_t p = s->first; p < s->last; ++p) {
    const struct row_tile t = share_part(s, p);
    j->rows.kernels->rows.sum(sum_kind(j), &t, NULL, j->sums + p);
  }
  ck_team_barrier();
  if (s->leads) j->y[r] = finish_sum(j, sum_of_parts(j->sums, s->parts));
}

static void reduce_share(struct reduce_job *j, ptrdiff_t r, const struct row_share *s) {
  if (j->kind == REDUCE_DOT)
    sum_share(j, r, s);
  else if (j->op == CK_MAX || j->op == CK_MIN)
    peak_share(j, r, s);
  else if (j->op == CK_L2_NORM)
    norm_share(j, r, s);
  else if (j->op == CK_LOG_SUM_EXP)
    log_share(j, r, s);
  else
    sum_share(j, r, s);
  // The next row's parts must not come before this row's have been read.
  ck_team_barrier();
}

// The longest rows that are turned.
static ptrdiff_t short_row(const struct reduce_job *j) {
  if (j->kind != REDUCE) return SHORT_PAIR;
  return j->op == CK_LOG_SUM_EXP ? SHORT_EXP : SHORT_SUM;
}

static void reduce_body(void *context, int index, int count) {
  struct reduce_job *j = context;
  const ptrdiff_t rows = count_of(&j->rows), grain = rows_grain(&j->rows), most = tile_rows(&j->rows);
  if (j->together) {
    for (ptrdiff_t r = 0; r < rows; ++r) {
      const struct row_share s = share_of(tile_at(&j->rows, r, 1), index, count);
      reduce_share(j, r, &s);
    }
    return;
  }
  struct turned_rows buffer;
  const ptrdiff_t end = ck_rows_start(rows, grain, index + 1, count);
  for (ptrdiff_t r = ck_rows_start(rows, grain, index, count); r < end;) {
    const struct row_tile t = tile_at(&j->rows, r, end - r < most ? end - r : most);
    const struct row_tile turned = turn(&j->rows, &t, short_row(j), &buffer);
    reduce_tile(j, r, &turned);
    r += t.rows;
  }
}

static void reduce_run(struct reduce_job *j, int threads) {
  const ptrdiff_t rows = count_of(&j->rows), n = j->rows.n;
  threads = ck_rows_threads(threads, rows, n);
  j->together = rows < threads && n > BLOCK && lies_along(&j->rows);
  ck_team_run(threads, reduce_body, j);
}

// The value of a reduction of no elements.
static real reduce_nothing(ck_reduction op) {
  switch (op) {
  case CK_MEAN: return NAN;
  case CK_MAX:
  case CK_LOG_SUM_EXP: return -INFINITY;
  case CK_MIN: return INFINITY;
  default: return 0;
  }
}

// Checks the operands of `job` against `rows`, with results of `bytes` each, and runs it.
static ck_status reduce(struct reduce_job *job, int threads, const ck_rows *rows, ptrdiff_t results, ptrdiff_t bytes,
                        const char *output, ck_fault *fault) {
  ptrdiff_t count;
  ck_status status = ck_rows_check(threads, rows, &count, fault);
  if (status == CK_OK) status = ck_rows_check_dense(output, count, results, fault);
  if (status != CK_OK || count == 0) return status;
  if (rows->n == 0 && job->kind == REDUCE_ARG) return ck_fail(fault, CK_BAD_ARGUMENT, "n", 1, 0);
  for (ptrdiff_t r = 0; rows->n == 0 && r < count; ++r) job->y[r] = reduce_nothing(job->op);
  if (rows->n == 0) return CK_OK;
  const struct rows_output y = {.data = job->kind == REDUCE_ARG ? (real *)job->index : job->y};
  status = check_input("x", rows, &job->rows.a, false, &y, count * bytes, fault);
  if (status == CK_OK && job->kind == REDUCE_DOT)
    status = check_input("y", rows, &job->rows.b, false, &y, count * bytes, fault);
  if (status != CK_OK) return status;
  job->rows = make_rows(job->rows.kernels, rows, job->rows.a, job->rows.b, (struct rows_output){0});
  reduce_run(job, threads);
  return CK_OK;
}

// MARK: The gradient of a maximum

static void route_body(void *context, int index, int count) {
  const struct rows_job *j = context;
  const ptrdiff_t rows = count_of(j), end = ck_rows_start(rows, ROWS_APART, index + 1, count);
  for (ptrdiff_t r = ck_rows_start(rows, ROWS_APART, index, count); r < end;) {
    const struct row_tile t = tile_at(j, r, end - r < TILE ? end - r : TILE);
    j->kernels->rows.route(&t);
    r += t.rows;
  }
}

static ck_status route(const ck_isa *isa, int threads, const ck_rows *rows, struct rows_input x, const real *dy,
                       ptrdiff_t dy_count, struct rows_output dx, ck_fault *fault) {
  ptrdiff_t count, bytes;
  ck_status status = ck_rows_check(threads, rows, &count, fault);
  if (status == CK_OK) status = ck_rows_check_dense("dy", count, dy_count, fault);
  if (status != CK_OK || count == 0 || rows->n == 0) return status;
  status = ck_rows_check_axis("dx", rows, &dx.axis, true, sizeof(real), &bytes, fault);
  if (status == CK_OK) status = check_input("x", rows, &x, true, &dx, bytes, fault);
  if (status == CK_OK) status = ck_check_apart("dy", dx.data, bytes, dy, count * (ptrdiff_t)sizeof(real), fault);
  if (status != CK_OK) return status;
  const struct rows_input once = {dy, {.count = dy_count, .outer_stride = rows->inner, .inner_stride = 1}};
  struct rows_job job = make_rows(kernels_of(isa), rows, x, once, dx);
  ck_team_run(ck_rows_threads(threads, count, rows->n), route_body, &job);
  return CK_OK;
}
