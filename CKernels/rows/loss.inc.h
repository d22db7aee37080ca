// Template: the driver of the softmax-cross-entropy.  Needs: rows/turn.inc.h, loss_targets.

// The rows are cut into at most PARTS parts for the sum of their losses, by their number alone: each part adds its rows
// in turn, and then come the parts in turn.
struct loss_job {
  struct rows_job rows;  // a: the logits, b: the probabilities, y: the gradient
  ck_loss reduction;
  const loss_targets *targets;
  const real *upstream;
  real *loss;
  real divisor;
  ptrdiff_t part_rows, parts;
  struct pair sums[PARTS];
};

static real weight_of(const loss_targets *t, ptrdiff_t r) {
  if (t->targets == NULL) return 1;
  if (t->targets[r] == t->ignored) return 0;
  return t->weights == NULL ? 1 : t->weights[t->targets[r]];
}

static bool is_ignored(const loss_targets *t, ptrdiff_t r) { return t->targets != NULL && t->targets[r] == t->ignored; }

// What the gradient of row r is multiplied by, but for its weight.
static real upstream_of(const struct loss_job *j, ptrdiff_t r) {
  const real g = j->upstream == NULL ? 1 : j->upstream[j->reduction == CK_LOSS_NONE ? r : 0];
  if (j->reduction != CK_LOSS_MEAN) return g;
  return j->divisor == 0 ? 0 : g / j->divisor;
}

// dx <- gradient of one tile of rows from e^x in it.
static void target_gradients(const struct loss_job *j, ptrdiff_t r, const struct row_tile *t, const struct pair *sums) {
  const struct row_kernels *k = &j->rows.kernels->rows;
  struct row_constants c;
  real factors[TILE];
  struct row_tile scaled = *t;
  scaled.a = (struct row_input){t->y.data, t->y.stride, t->y.next};
  for (ptrdiff_t i = 0; i < t->rows; ++i) factors[i] = upstream_of(j, r + i) * weight_of(j->targets, r + i);
  k->inverses(t->rows, sums, factors, &c);
  k->map(ROW_SCALE, &scaled, &c);
  for (ptrdiff_t i = 0; i < t->rows; ++i) {
    real *dx = t->y.data + i * t->y.next;
    if (!is_ignored(j->targets, r + i)) {
      dx[j->targets->targets[r + i] * t->y.stride] -= factors[i];
      continue;
    }
    for (ptrdiff_t p = 0; p < t->n; ++p) dx[p * t->y.stride] = 0;
  }
}

// log of the sum of e^x in row i less x, one of the row: not below 0; NaN stays.
static real loss_of(const struct row_constants *c, ptrdiff_t i, real x) {
  const real loss = (c->c[1][i] - (x - c->c[0][i])) + c->c[2][i];
  return loss < 0 ? 0 : loss;
}

static void target_losses(const struct loss_job *j, ptrdiff_t r, const struct row_tile *t,
                          const struct row_range *range, real *losses) {
  const struct row_kernels *k = &j->rows.kernels->rows;
  struct pair sums[TILE];
  struct row_constants c;
  real logits[TILE];
  for (ptrdiff_t i = 0; i < t->rows; ++i)
    if (!is_ignored(j->targets, r + i)) logits[i] = t->a.data[i * t->a.next + j->targets->targets[r + i] * t->a.stride];
  k->exp(t, range, sums);
  k->logs(t->rows, range, sums, &c);
  for (ptrdiff_t i = 0; i < t->rows; ++i)
    losses[i] = is_ignored(j->targets, r + i) ? 0 : weight_of(j->targets, r + i) * loss_of(&c, i, logits[i]);
  if (t->y.data != NULL) target_gradients(j, r, t, sums);
}

static void probability_losses(const struct loss_job *j, ptrdiff_t r, const struct row_tile *t,
                               const struct row_range *range, real *losses) {
  const struct row_kernels *k = &j->rows.kernels->rows;
  struct pair sums[TILE], of_losses[TILE], of_probabilities[TILE];
  struct row_constants c;
  struct row_tile x = *t, read = *t;
  x.b.data = NULL, read.y.data = NULL;
  k->exp(&x, range, sums);
  k->logs(t->rows, range, sums, &c);
  k->sum(ROW_SUM_LOSSES, &read, &c, of_losses);
  for (ptrdiff_t i = 0; i < t->rows; ++i) losses[i] = pair_value(of_losses[i]);
  if (t->y.data == NULL) return;
  const struct row_tile p = {.rows = t->rows, .n = t->n, .a = t->b};
  real factors[TILE];
  k->sum(ROW_SUM, &p, NULL, of_probabilities);
  for (ptrdiff_t i = 0; i < t->rows; ++i) factors[i] = upstream_of(j, r + i) * pair_value(of_probabilities[i]);
  k->inverses(t->rows, sums, factors, &c);
  for (ptrdiff_t i = 0; i < t->rows; ++i) c.c[2][i] = upstream_of(j, r + i);
  struct row_tile y = *t;
  y.a = (struct row_input){t->y.data, t->y.stride, t->y.next};
  k->map(ROW_LOSS_BACKWARD, &y, &c);
}

static void loss_rows(struct loss_job *j, ptrdiff_t part, ptrdiff_t most) {
  const ptrdiff_t count = count_of(&j->rows), start = part * j->part_rows;
  const ptrdiff_t end = count - start < j->part_rows ? count : start + j->part_rows;
  struct pair sum = {0, 0};
  struct turned_rows buffer;
  for (ptrdiff_t r = start; r < end;) {
    const struct row_tile tile = tile_at(&j->rows, r, end - r < most ? end - r : most);
    const struct row_tile t = turn(&j->rows, &tile, SHORT_EXP, &buffer);
    struct row_tile logits = t;
    logits.b.data = NULL, logits.y.data = NULL;
    struct row_range range;
    real losses[TILE];
    if (t.n > 0) j->rows.kernels->rows.range(&logits, &range);
    if (t.n == 0)
      memset(losses, 0, sizeof losses);
    else if (j->targets->targets != NULL)
      target_losses(j, r, &t, &range, losses);
    else
      probability_losses(j, r, &t, &range, losses);
    for (ptrdiff_t i = 0; i < t.rows; ++i)
      if (j->reduction == CK_LOSS_NONE)
        j->loss[r + i] = losses[i];
      else
        sum = pair_add(sum, (struct pair){losses[i], 0});
    turn_back(&j->rows, &t, &tile);
    r += t.rows;
  }
  j->sums[part] = sum;
}

static void loss_body(void *context, int index, int count) {
  struct loss_job *j = context;
  const ptrdiff_t most = tile_rows(&j->rows);
  for (ptrdiff_t part = j->parts * index / count; part < j->parts * (index + 1) / count; ++part)
    loss_rows(j, part, most);
}

static void loss_run(struct loss_job *j, int threads) {
  const ptrdiff_t count = count_of(&j->rows);
  j->part_rows = ((count - 1) / PARTS / ROWS_APART + 1) * ROWS_APART;
  j->parts = (count - 1) / j->part_rows + 1;
  ck_team_run(ck_rows_threads(threads, count, j->rows.n), loss_body, j);
  if (j->reduction == CK_LOSS_NONE) return;
  struct pair sum = {0, 0};
  for (ptrdiff_t part = 0; part < j->parts; ++part) sum = pair_add(sum, j->sums[part]);
  j->loss[0] = j->reduction == CK_LOSS_MEAN ? pair_value(sum) / j->divisor : pair_value(sum);
}

// The weights of all rows together.
static real weigh(const struct loss_job *j) {
  struct pair sum = {0, 0};
  ptrdiff_t counted = 0;
  for (ptrdiff_t r = 0; r < count_of(&j->rows); ++r) {
    counted += !is_ignored(j->targets, r);
    if (j->targets->weights != NULL) sum = pair_add(sum, (struct pair){weight_of(j->targets, r), 0});
  }
  return j->targets->weights != NULL ? pair_value(sum) : (real)counted;
}
