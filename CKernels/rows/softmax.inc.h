// Template: the driver of softmax, forward and backward.  Needs: rows/turn.inc.h.

struct softmax_job {
  struct rows_job rows;
  bool log, backward, together;
  // One row, taken part by part by all threads together.
  real greatest[PARTS], least[PARTS];
  struct pair sums[PARTS];
};

static void softmax_tile(const struct softmax_job *job, const struct row_tile *t) {
  const struct row_kernels *k = &job->rows.kernels->rows;
  if (!job->backward) {
    k->softmax(job->log, t);
    return;
  }
  struct pair sums[TILE];
  struct row_constants c;
  if (job->log) {
    const struct row_tile dy = {.rows = t->rows, .n = t->n, .a = t->b};
    k->sum(ROW_SUM, &dy, NULL, sums);
  } else {
    k->sum(ROW_SUM_PRODUCTS, t, NULL, sums);
  }
  for (ptrdiff_t i = 0; i < t->rows; ++i) c.c[0][i] = pair_value(sums[i]);
  k->map(job->log ? ROW_LOG_BACKWARD : ROW_SOFTMAX_BACKWARD, t, &c);
}

static void softmax_rows(struct softmax_job *job, int index, int count) {
  const ptrdiff_t rows = count_of(&job->rows), grain = rows_grain(&job->rows), most = tile_rows(&job->rows);
  const ptrdiff_t end = ck_rows_start(rows, grain, index + 1, count);
  struct turned_rows buffer;
  for (ptrdiff_t r = ck_rows_start(rows, grain, index, count); r < end;) {
    const struct row_tile t = tile_at(&job->rows, r, end - r < most ? end - r : most);
    const struct row_tile turned = turn(&job->rows, &t, job->backward ? SHORT_PAIR : SHORT_EXP, &buffer);
    softmax_tile(job, &turned);
    turn_back(&job->rows, &turned, &t);
    r += t.rows;
  }
}

// The parts of one row that fall to a thread.
struct row_share {
  struct row_tile row;
  ptrdiff_t part, parts, first, last;
  bool leads;  // one thread does what is to be done once
};

static struct row_tile share_part(const struct row_share *s, ptrdiff_t p) {
  const ptrdiff_t j = p * s->part, left = s->row.n - j;
  return row_tile_part(s->row, j, left < s->part ? left : s->part);
}

static struct row_share share_of(struct row_tile row, int index, int count) {
  const ptrdiff_t part = row_part(row.n), parts = (row.n - 1) / part + 1;
  return (struct row_share){row, part, parts, parts * index / count, parts * (index + 1) / count, index == 0};
}

static struct row_range range_of_parts(const struct softmax_job *job, ptrdiff_t parts) {
  struct row_range range = {.greatest = {-INFINITY}, .least = {INFINITY}};
  for (ptrdiff_t p = 0; p < parts; ++p) {
    if (job->greatest[p] > range.greatest[0]) range.greatest[0] = job->greatest[p];
    if (job->least[p] < range.least[0]) range.least[0] = job->least[p];
  }
  return range;
}

static struct pair sum_of_parts(const struct pair *sums, ptrdiff_t parts) {
  struct pair sum = {0, 0};
  for (ptrdiff_t p = 0; p < parts; ++p) sum = pair_add(sum, sums[p]);
  return sum;
}

static void softmax_share(struct softmax_job *job, const struct row_share *s) {
  const struct row_kernels *k = &job->rows.kernels->rows;
  struct row_constants c;
  struct row_range range;
  for (ptrdiff_t p = s->first; p < s->last; ++p) {
    const struct row_tile t = share_part(s, p);
    k->range(&t, &range);
    job->greatest[p] = range.greatest[0], job->least[p] = range.least[0];
  }
  ck_team_barrier();
  range = range_of_parts(job, s->parts);
  for (ptrdiff_t p = s->first; p < s->last; ++p) {
    struct row_tile t = share_part(s, p);
    if (job->log) t.y.data = NULL;
    k->exp(&t, &range, job->sums + p);
  }
  ck_team_barrier();
  const struct pair sum = sum_of_parts(job->sums, s->parts);
  const real one = 1;
  if (job->log)
    k->logs(1, &range, &sum, &c);
  else
    k->inverses(1, &sum, &one, &c);
  for (ptrdiff_t p = s->first; p < s->last; ++p) {
    struct row_tile t = share_part(s, p);
    if (!job->log) t.a.data = t.y.data;
    k->map(job->log ? ROW_SUBTRACT : ROW_SCALE, &t, &c);
  }
}

static void softmax_backward_share(struct softmax_job *job, const struct row_share *s) {
  const struct row_kernels *k = &job->rows.kernels->rows;
  for (ptrdiff_t p = s->first; p < s->last; ++p) {
    struct row_tile t = share_part(s, p);
    if (job->log) t.a = t.b, t.b.data = NULL;
    k->sum(job->log ? ROW_SUM : ROW_SUM_PRODUCTS, &t, NULL, job->sums + p);
  }
  ck_team_barrier();
  struct row_constants c;
  c.c[0][0] = pair_value(sum_of_parts(job->sums, s->parts));
  for (ptrdiff_t p = s->first; p < s->last; ++p) {
    const struct row_tile t = share_part(s, p);
    k->map(job->log ? ROW_LOG_BACKWARD : ROW_SOFTMAX_BACKWARD, &t, &c);
  }
  // The next row's sums must not come before all have read these.
  ck_team_barrier();
}

static void softmax_body(void *context, int index, int count) {
  struct softmax_job *job = context;
  if (!job->together) {
    softmax_rows(job, index, count);
    return;
  }
  for (ptrdiff_t r = 0; r < count_of(&job->rows); ++r) {
    const struct row_share s = share_of(tile_at(&job->rows, r, 1), index, count);
    if (job->backward)
      softmax_backward_share(job, &s);
    else
      softmax_share(job, &s);
  }
}

static void softmax_run(struct softmax_job *job, int threads) {
  const ptrdiff_t rows = count_of(&job->rows), n = job->rows.n;
  threads = ck_rows_threads(threads, rows, n);
  job->together = rows < threads && n > BLOCK && lies_along(&job->rows);
  ck_team_run(threads, softmax_body, job);
}

static ck_status softmax(const ck_isa *isa, int threads, bool log, const ck_rows *rows, struct rows_input x,
                         struct rows_output y, ck_fault *fault) {
  ptrdiff_t count, bytes;
  ck_status status = ck_rows_check(threads, rows, &count, fault);
  if (status != CK_OK || count == 0 || rows->n == 0) return status;
  status = ck_rows_check_axis("y", rows, &y.axis, true, sizeof(real), &bytes, fault);
  if (status == CK_OK) status = check_input("x", rows, &x, true, &y, bytes, fault);
  if (status != CK_OK) return status;
  struct softmax_job job = {.rows = make_rows(kernels_of(isa), rows, x, (struct rows_input){0}, y), .log = log};
  softmax_run(&job, threads);
  return CK_OK;
}

static ck_status softmax_backward(const ck_isa *isa, int threads, bool log, const ck_rows *rows, struct rows_input y,
                                  struct rows_input dy, struct rows_output dx, ck_fault *fault) {
  ptrdiff_t count, bytes;
  ck_status status = ck_rows_check(threads, rows, &count, fault);
  if (status != CK_OK || count == 0 || rows->n == 0) return status;
  status = ck_rows_check_axis("dx", rows, &dx.axis, true, sizeof(real), &bytes, fault);
  if (status == CK_OK) status = check_input("y", rows, &y, true, &dx, bytes, fault);
  if (status == CK_OK) status = check_input("dy", rows, &dy, true, &dx, bytes, fault);
  if (status != CK_OK) return status;
  struct softmax_job job = {.rows = make_rows(kernels_of(isa), rows, y, dy, dx), .log = log, .backward = true};
  softmax_run(&job, threads);
  return CK_OK;
}
