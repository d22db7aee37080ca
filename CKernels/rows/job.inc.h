// Template: rows as the drivers see them.  Needs: real, isa/kernels.h, gemm/check.h, rows/check.h, threads/team.h.

// An operand of outer x n x inner rows; data NULL: there is none.
struct rows_input {
  const real *data;
  ck_axis axis;
};
struct rows_output {
  real *data;
  ck_axis axis;
};

struct rows_job {
  const struct kernels *kernels;
  ptrdiff_t outer, n, inner;
  struct rows_input a, b;
  struct rows_output y;
};

static void swap_axis(ck_axis *axis) {
  const ptrdiff_t outer = axis->outer_stride;
  axis->outer_stride = axis->inner_stride;
  axis->inner_stride = outer;
}

// Rows that only `outer` counts are counted by `inner`, so that tiles hold more than one.
static struct rows_job make_rows(const struct kernels *kernels, const ck_rows *rows, struct rows_input a,
                                 struct rows_input b, struct rows_output y) {
  struct rows_job job = {kernels, rows->outer, rows->n, rows->inner, a, b, y};
  if (job.inner == 1) {
    job.inner = job.outer, job.outer = 1;
    swap_axis(&job.a.axis), swap_axis(&job.b.axis), swap_axis(&job.y.axis);
  }
  return job;
}

static ptrdiff_t count_of(const struct rows_job *j) { return j->outer * j->inner; }

// At most `most` rows from row r on, as far as they are neighbours.
static struct row_tile tile_at(const struct rows_job *j, ptrdiff_t r, ptrdiff_t most) {
  const ptrdiff_t o = r / j->inner, i = r % j->inner;
  struct row_tile t = {.n = j->n};
  t.rows = j->inner - i < most ? j->inner - i : most;
  const ck_axis *a = &j->a.axis, *b = &j->b.axis, *y = &j->y.axis;
  if (j->a.data != NULL)
    t.a = (struct row_input){j->a.data + o * a->outer_stride + i * a->inner_stride, a->stride, a->inner_stride};
  if (j->b.data != NULL)
    t.b = (struct row_input){j->b.data + o * b->outer_stride + i * b->inner_stride, b->stride, b->inner_stride};
  if (j->y.data != NULL)
    t.y = (struct row_output){j->y.data + o * y->outer_stride + i * y->inner_stride, y->stride, y->inner_stride};
  return t;
}

static bool lies_along(const struct rows_job *j) {
  const struct row_tile t = tile_at(j, 0, 1);
  return row_tile_lies_along(&t);
}

// Rows in a tile: side by side all that fit; one after the other what L1 holds, or nearly, for a second pass.
static ptrdiff_t tile_rows(const struct rows_job *j) {
  if (!lies_along(j)) return TILE;
  const ptrdiff_t room = j->b.data == NULL ? 2 * BLOCK : BLOCK, fitting = room / (j->n < 1 ? 1 : j->n);
  if (fitting >= TILE) return TILE;
  if (fitting >= ROWS_APART) return fitting / ROWS_APART * ROWS_APART;
  return fitting < 1 ? 1 : fitting;
}

// Where threads part: at any row that lies along memory.
static ptrdiff_t rows_grain(const struct rows_job *j) { return lies_along(j) ? 1 : ROWS_APART; }

// An input may be the output, element for element, where `in_place`.
static ck_status check_input(const char *name, const ck_rows *rows, const struct rows_input *x, bool in_place,
                             const struct rows_output *y, ptrdiff_t y_bytes, ck_fault *fault) {
  ptrdiff_t bytes;
  const ck_status status = ck_rows_check_axis(name, rows, &x->axis, false, sizeof(real), &bytes, fault);
  if (status != CK_OK || (in_place && x->data == y->data && ck_rows_same_axis(rows, &x->axis, &y->axis))) return status;
  return ck_check_apart(name, y->data, y_bytes, x->data, bytes, fault);
}
