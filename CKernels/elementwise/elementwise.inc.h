// Template: the driver of elementwise calls.  Needs: real, isa/kernels.h, elementwise/shape.h, gemm/check.h,
// stdlib.h, threads/team.h, vector/functions.h.

enum {
  PERIOD = 512,        // elements to which an operand that repeats itself is written out, at most
  SHORT_ROW = 128,     // rows shorter than this are joined where that is possible
  STRIP = 1024,        // elements that stay in L1 between the operation and what follows it
  LEAST_COLUMNS = 16,  // rows shorter than this are not worth a call each
  LIGHTNESS = 2,       // elements that take as long as one of a function over buffers
};

struct elementwise_job {
  const struct kernels *kernels;
  struct combine_block block;  // what all blocks have in common
  ck_function after;           // applied by `map`; CK_IDENTITY: none
  int operands;
  struct broadcast shape;
  bool dense[3];
};

// Elements from ... from + n of operand k as if it were dense.
static void elementwise_expand(const struct elementwise_job *job, int k, ptrdiff_t from, ptrdiff_t n, real *expanded) {
  const struct broadcast *shape = &job->shape;
  ptrdiff_t at[CK_MAX_RANK], offset = ck_locate(shape, k, from, at);
  for (ptrdiff_t i = 0; i < n; ++i) {
    expanded[i] = job->block.operand[k][offset];
    for (int d = shape->rank - 1;; --d) {
      offset += shape->stride[k][d];
      if (++at[d] < shape->size[d] || d == 0) break;
      offset -= shape->size[d] * shape->stride[k][d];
      at[d] = 0;
    }
  }
}

// The most elements from `from` on, at most `limit`, that are one block: part of a row, or rows of which the last two
// dimensions are made.
static ptrdiff_t elementwise_rows(const struct elementwise_job *job, ptrdiff_t from, ptrdiff_t limit,
                                  struct combine_block *block) {
  const struct broadcast *shape = &job->shape;
  const int last = shape->rank - 1;
  const ptrdiff_t columns = shape->size[last];
  ptrdiff_t at[CK_MAX_RANK];
  for (int k = 0; k < job->operands; ++k) {
    block->operand[k] = job->block.operand[k] + ck_locate(shape, k, from, at);
    block->row_stride[k] = last > 0 ? shape->stride[k][last - 1] : 0;
    block->column_stride[k] = shape->stride[k][last];
  }
  const ptrdiff_t rest = columns - at[last];
  block->rows = 1;
  block->columns = rest < limit ? rest : limit;
  if (rest < columns || limit < columns || last == 0) return block->columns;
  const ptrdiff_t rows = shape->size[last - 1] - at[last - 1];
  block->rows = rows < limit / columns ? rows : limit / columns;
  return block->rows * columns;
}

// The same as one dense row.
static ptrdiff_t elementwise_strip(const struct elementwise_job *job, ptrdiff_t from, ptrdiff_t limit,
                                   struct combine_block *block, real strips[3][STRIP]) {
  block->rows = 1;
  block->columns = limit < STRIP ? limit : STRIP;
  for (int k = 0; k < job->operands; ++k) {
    block->column_stride[k] = 1;
    block->operand[k] = job->dense[k] ? job->block.operand[k] + from : strips[k];
    if (!job->dense[k]) elementwise_expand(job, k, from, block->columns, strips[k]);
  }
  return block->columns;
}

static void elementwise_part(void *context, int index, int count) {
  const struct elementwise_job *job = context;
  const ptrdiff_t end = ck_map_start(job->shape.count, index + 1, count);
  const bool tiny = job->shape.rank > 1 && job->shape.size[job->shape.rank - 1] < LEAST_COLUMNS;
  real strips[3][STRIP];
  for (ptrdiff_t from = ck_map_start(job->shape.count, index, count); from < end;) {
    struct combine_block block = job->block;
    const ptrdiff_t limit = job->after != CK_IDENTITY && end - from > STRIP ? STRIP : end - from;
    const ptrdiff_t n =
        tiny ? elementwise_strip(job, from, limit, &block, strips) : elementwise_rows(job, from, limit, &block);
    block.y = job->block.y + from;
    job->kernels->combine(&block);
    if (job->after != CK_IDENTITY) job->kernels->map(job->after, block.p, block.q, n, block.y, block.y);
    from += n;
  }
}

// Writes out operands that repeat themselves along all but the last, short dimensions: then rows are long.  The last
// row may be longer than what is left of the array.
static void elementwise_lengthen(struct elementwise_job *job, real periods[3][PERIOD]) {
  struct broadcast *shape = &job->shape;
  if (shape->rank == 1 || shape->size[shape->rank - 1] >= SHORT_ROW) return;
  const ptrdiff_t period = ck_period(shape, job->operands);
  if (period > PERIOD / 2 || shape->count < 16 * period) return;
  const ptrdiff_t wanted = shape->count / 16 < PERIOD ? shape->count / 16 : PERIOD, columns = wanted / period * period;
  for (int k = 0; k < job->operands; ++k)
    if (!job->dense[k]) {
      elementwise_expand(job, k, 0, period, periods[k]);
      for (ptrdiff_t i = period; i < columns; ++i) periods[k][i] = periods[k][i - period];
      job->block.operand[k] = periods[k];
    }
  shape->rank = 2;
  shape->size[0] = (shape->count + columns - 1) / columns;
  shape->size[1] = columns;
  for (int k = 0; k < job->operands; ++k) {
    shape->stride[k][0] = job->dense[k] ? columns : 0;
    shape->stride[k][1] = 1;
  }
}

// a > b is b < a; an operand that stays the same along a row goes where the kernels have a loop for it.
static void elementwise_normalize(struct elementwise_job *job) {
  struct combine_block *b = &job->block;
  const int last = job->shape.rank - 1;
  const bool a_stays = job->shape.stride[0][last] == 0, b_stays = job->shape.stride[1][last] == 0;
  bool exchange = false;
  switch (b->op) {
  case CK_OP_GREATER: b->op = CK_OP_LESS, exchange = true; break;
  case CK_OP_GREATER_EQUAL: b->op = CK_OP_LESS_EQUAL, exchange = true; break;
  case CK_OP_ADD:
  case CK_OP_MULTIPLY: exchange = a_stays && !b_stays; break;
  case CK_OP_MULTIPLY_ADD: exchange = b_stays && !a_stays && job->shape.stride[2][last] != 0; break;
  default: break;
  }
  if (!exchange) return;
  const real *const a = b->operand[0];
  b->operand[0] = b->operand[1];
  b->operand[1] = a;
  for (int d = 0; d <= last; ++d) {
    const ptrdiff_t stride = job->shape.stride[0][d];
    job->shape.stride[0][d] = job->shape.stride[1][d];
    job->shape.stride[1][d] = stride;
  }
}

static ptrdiff_t bytes_of(ptrdiff_t elements) { return elements * (ptrdiff_t)sizeof(real); }

static ck_status elementwise_check(const struct elementwise_job *job, const ck_broadcast *shape, ck_fault *fault) {
  static const char *const names[] = {"a", "b", "c"};
  const struct combine_block *b = &job->block;
  for (int k = 0; k < job->operands; ++k) {
    if (b->operand[k] == b->y && ck_is_dense(&job->shape, k)) continue;
    const ptrdiff_t bytes = bytes_of(ck_broadcast_count(shape, k));
    const ck_status status = ck_check_apart(names[k], b->y, bytes_of(job->shape.count), b->operand[k], bytes, fault);
    if (status != CK_OK) return status;
  }
  return CK_OK;
}

static ck_status elementwise_run(struct elementwise_job *job, int threads, const ck_broadcast *shape, ck_fault *fault) {
  struct combine_block *b = &job->block;
  ck_status status = ck_check_map(threads, b->f, b->p, b->q, false, 0, fault);
  if (status != CK_OK) return status;
  job->operands = ck_op_operands(b->op);
  if (job->operands == 0) return ck_fail(fault, CK_BAD_ARGUMENT, "op", CK_OP_COUNT - 1, b->op);
  status = ck_check_broadcast(shape, sizeof(real), fault);
  if (status != CK_OK) return status;
  job->shape = ck_collapse(shape, job->operands);
  if (job->shape.count == 0) return CK_OK;
  status = elementwise_check(job, shape, fault);
  if (status != CK_OK) return status;
  job->after = combine_fuses(b->op, b->f) ? CK_IDENTITY : b->f;
  elementwise_normalize(job);
  for (int k = 0; k < job->operands; ++k) job->dense[k] = ck_is_dense(&job->shape, k);
  real periods[3][PERIOD];
  elementwise_lengthen(job, periods);
  ck_team_run(ck_map_threads(threads, job->after == CK_IDENTITY ? job->shape.count / LIGHTNESS : job->shape.count),
              elementwise_part, job);
  return CK_OK;
}

// MARK: Casts

struct cast_job {
  const struct kernels *kernels;
  ptrdiff_t n;
  const other *x;
  real *y;
};

static void cast_part(void *context, int index, int count) {
  const struct cast_job *job = context;
  const ptrdiff_t from = ck_map_start(job->n, index, count), end = ck_map_start(job->n, index + 1, count);
  job->kernels->cast(end - from, job->x + from, job->y + from);
}

static ck_status cast_run(struct cast_job job, int threads, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  if (job.n < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "n", 0, job.n);
  if (job.n > PTRDIFF_MAX / 8) return ck_fail(fault, CK_OVERFLOW, "n", PTRDIFF_MAX / 8, job.n);
  const ptrdiff_t read = job.n * (ptrdiff_t)sizeof(other);
  const ck_status status = ck_check_apart("x", job.y, bytes_of(job.n), job.x, read, fault);
  if (status == CK_OK && job.n > 0) ck_team_run(ck_map_threads(threads, job.n / LIGHTNESS), cast_part, &job);
  return status;
}
