// Template: short rows that lie along memory, turned.  Needs: rows/job.inc.h.
//
// One after the other they would fill a part of a vector each, and all lanes of it would be folded into one for every
// row.  So the rows of a tile are copied to lie side by side, where vectors are full and nothing is folded.  The order
// of every sum is the same either way.

// The longest rows for which that pays: of exponentials, of sums, and where two operands are turned or places are
// looked for; and the fewest.
enum { SHORT_EXP = 32, SHORT_SUM = 16, SHORT_PAIR = 10, SHORT_ROW = SHORT_EXP, FEWEST_ROWS = 4 };

struct turned_rows {
  real a[SHORT_ROW * TILE], b[SHORT_ROW * TILE], y[SHORT_ROW * TILE];
};

static struct row_input turn_input(const struct rows_job *j, const struct row_tile *t, struct row_input x,
                                   real *buffer) {
  if (x.data == NULL) return x;
  j->kernels->transpose_block(t->rows, t->n, x.data, x.next, buffer, TILE);
  return (struct row_input){buffer, TILE, 1};
}

// The tile to work on: the same where rows have more than `most` elements, which is at most SHORT_ROW.
static struct row_tile turn(const struct rows_job *j, const struct row_tile *t, ptrdiff_t most,
                            struct turned_rows *buffer) {
  if (t->n > most || t->rows < FEWEST_ROWS || !row_tile_lies_along(t)) return *t;
  struct row_tile turned = {.rows = t->rows, .n = t->n};
  turned.a = turn_input(j, t, t->a, buffer->a);
  turned.b = turn_input(j, t, t->b, buffer->b);
  if (t->y.data != NULL) turned.y = (struct row_output){buffer->y, TILE, 1};
  return turned;
}

static void turn_back(const struct rows_job *j, const struct row_tile *turned, const struct row_tile *t) {
  if (turned->y.data != t->y.data)
    j->kernels->transpose_block(t->n, t->rows, turned->y.data, TILE, t->y.data, t->y.next);
}
