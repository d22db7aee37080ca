// Template: one product by a team: how its threads divide C, and the loops around the kernels of a block.
// Needs: real, struct job.

// Panels of B~ that stay in L2 until their one use.
enum { B_PANELS_OF_ONE_USE = 8 };
// The last panels of B~ that a block of A~ meets fetch the next block of A: fetched sooner, it would have left L2
// again.
enum { FETCHING_PANELS = 8 };
// Fewer rows than this are done with a panel of B~ before the next one's part of B is there.
enum { FETCHING_ROWS = 48 };

// How a team divides C: thread i has rows part i / columns and columns part i % columns.
struct grid {
  int rows, columns;
};

// The grid with the least work for the busiest thread, in products for each step of depth.  Copying an element costs
// about as much as 8 products, reading it from far 4; threads that share B~ wait for each other twice in a chunk, the
// more so the more they do in between, since no two cores are equally fast all the time.
static struct grid choose_grid(const struct job *job, int threads) {
  struct grid best = {1, 1};
  double least = -1;
  for (int rows = 1; rows <= threads; ++rows) {
    const int columns = threads / rows;
    const double high = (double)(panels_of(job->a_panels, rows) * panels_of(job->m, job->a_panels));
    const double wide = (double)(panels_of(job->b_panels, columns) * job->kernels->nr);
    const double waiting = rows > 1 && job->pack_b ? 500 + high * wide / 32 : 0;
    const double cost =
        high * wide + (job->pack_a ? 8 : 4) * high + (job->pack_b ? 8 * wide / rows : 4 * wide) + waiting;
    if (least < 0 || cost < least) {
      least = cost;
      best = (struct grid){rows, columns};
    }
  }
  return best;
}

// One thread's part of one product: its row panels, its columns in steps of B~, and where its copies go.
struct part {
  const struct job *job;
  struct grid grid;
  int row;
  ptrdiff_t first_row, last_row, row_blocks;
  ptrdiff_t first_panel, last_panel, step, steps;
  bool shares_b;  // B~, with the other threads of its column
  const real *a, *b;
  real *a_workspace, *b_workspace;
};

// Panels of A.
struct rows {
  ptrdiff_t first, last;
};

static struct part part_of(const struct job *job, ptrdiff_t item, struct grid grid, int index) {
  const int row = min(index / grid.columns, grid.rows), column = index % grid.columns;  // row == rows: nothing to do
  struct part part = {
      .job = job, .grid = grid, .row = row, .a = job->a + item * job->a_bs, .b = job->b + item * job->b_bs};
  part.first_row = panel_start(job->a_panels, grid.rows, row);
  part.last_row = row < grid.rows ? panel_start(job->a_panels, grid.rows, row + 1) : part.first_row;
  part.first_panel = panel_start(job->b_panels, grid.columns, column);
  part.last_panel = panel_start(job->b_panels, grid.columns, column + 1);
  part.row_blocks = max(1, panels_of(part.last_row - part.first_row, job->a_block));
  part.step = max(1, job->b_block / grid.columns);
  part.shares_b = job->pack_b && grid.rows > 1;
  if (grid.rows == 1 && part.row_blocks == 1) part.step = min(part.step, B_PANELS_OF_ONE_USE);
  part.steps = panels_of(panels_of(job->b_panels, grid.columns), part.step);
  if (job->pack_a) part.a_workspace = job->a_workspace + index * job->a_block * job->kernels->mr * job->depth;
  if (job->pack_b) part.b_workspace = job->b_workspace + column * part.step * job->kernels->nr * job->depth;
  return part;
}

// Rows of A of row block i of this part: panels first ..< last.
static struct rows rows_of(const struct part *part, ptrdiff_t i) {
  const ptrdiff_t panels = part->last_row - part->first_row;
  return (struct rows){.first = part->first_row + panel_start(panels, part->row_blocks, i),
                       .last = part->first_row + panel_start(panels, part->row_blocks, i + 1)};
}

// To fetch: an operand's `width` rows or columns in `depth` steps, where either lies along memory.
static struct gemm_fetch fetch_of(const real *from, ptrdiff_t width, ptrdiff_t ws, ptrdiff_t depth, ptrdiff_t ps) {
  enum { BYTES = sizeof(real) };
  struct gemm_fetch fetch = {.row = (const char *)from};
  if (ps == 1) {
    fetch.rows = width, fetch.bytes = depth * BYTES, fetch.stride = ws * BYTES;
  } else if (ws == 1) {
    fetch.rows = depth, fetch.bytes = width * BYTES, fetch.stride = ps * BYTES;
  }
  return fetch;
}

// To fetch: what is copied into A~ after row block i of the chunk that begins at pc, has met its last panel of B~.
static struct gemm_fetch next_a(const struct part *part, ptrdiff_t pc, ptrdiff_t kc, ptrdiff_t i, bool last_step) {
  const struct job *job = part->job;
  const bool wraps = i + 1 == part->row_blocks;
  if (wraps && last_step) pc += kc;
  if (!job->pack_a || part->row_blocks == 1 || pc == job->k) return (struct gemm_fetch){0};
  const struct rows rows = rows_of(part, wraps ? 0 : i + 1);
  const ptrdiff_t top = panel_start(job->m, job->a_panels, rows.first);
  const ptrdiff_t bottom = panel_start(job->m, job->a_panels, rows.last);
  return fetch_of(part->a + top * job->a_rs + pc * job->a_cs, bottom - top, job->a_rs, min(job->depth, job->k - pc),
                  job->a_cs);
}

// To fetch: panel j of one chunk of B.
static struct gemm_fetch next_b(const struct part *part, ptrdiff_t pc, ptrdiff_t kc, ptrdiff_t j) {
  const struct job *job = part->job;
  const ptrdiff_t nr = job->kernels->nr;
  if (j == part->last_panel) return (struct gemm_fetch){0};
  return fetch_of(part->b + pc * job->b_rs + j * nr * job->b_cs, min(nr, job->n - j * nr), job->b_cs, kc, job->b_rs);
}

// Copies panels j ..< end of one chunk of B.
static void copy_b(const struct part *part, ptrdiff_t pc, ptrdiff_t kc, ptrdiff_t j, ptrdiff_t end, real *packed) {
  const struct job *job = part->job;
  job->kernels->pack_b(job->n, job->b_panels, j, end, kc, part->b + pc * job->b_rs, job->b_cs, job->b_rs, packed);
}

// Panel j of one chunk of B where it lies, if a tile of A~ can copy it; else NULL.
static const real *lying_panel(const struct job *job, const real *b, ptrdiff_t pc, ptrdiff_t j) {
  const ptrdiff_t nr = job->kernels->nr;
  const bool a_packed = job->pack_a || job->a_prepacked;
  return a_packed && job->b_cs == 1 && (j + 1) * nr <= job->n ? b + pc * job->b_rs + j * nr : NULL;
}

// Loops 2 and 1: the block's rows against panels j ..< end of a step of B~ that begins with panel jp.
static void multiply_panels(const struct job *job, const struct gemm_block *block, ptrdiff_t jp, ptrdiff_t j,
                            ptrdiff_t end, struct gemm_fetch fetch) {
  struct gemm_block some = *block;
  some.first_column = j * job->kernels->nr;
  some.last_column = min(end * job->kernels->nr, job->n);
  some.b += (j - jp) * block->b_panel;
  some.fetch = &fetch;
  job->kernels->gemm_block(&some);
}

// Loop 3: this thread's rows against one step of B~, panels jp ..< end.  A~ is packed block by block, once where one
// block holds all rows; B~, if it is this thread's alone, while the first block meets it, and panel by panel where its
// tiles have the time to fetch the next, as the tiles of a block fetch the next block.
static void loop_rows(const struct part *part, struct gemm_block *block, ptrdiff_t pc, ptrdiff_t jp, ptrdiff_t end) {
  const struct job *job = part->job;
  const ptrdiff_t mr = job->kernels->mr, kc = block->kc;
  const real *a = part->a + pc * job->a_cs;
  for (ptrdiff_t i = 0; i < part->row_blocks; ++i) {
    const struct rows rows = rows_of(part, i);
    block->first_panel = rows.first;
    block->last_panel = rows.last;
    block->a = a;
    if (job->a_prepacked) block->a = job->a + (pc * job->a_panels + rows.first * kc) * mr;
    if (job->pack_a) {
      if (jp == part->first_panel || part->row_blocks > 1)
        job->kernels->pack_a(job->m, job->a_panels, rows.first, rows.last, kc, a, job->a_rs, job->a_cs,
                             part->a_workspace);
      block->a = part->a_workspace;
    }
    if (i == 0 && job->pack_b && !part->shares_b) {
      const ptrdiff_t together = (rows.last - rows.first) * mr < FETCHING_ROWS ? end - jp : 1;
      for (ptrdiff_t j = jp; j < end; j += together) {
        block->b_source = together == 1 ? lying_panel(job, part->b, pc, j) : NULL;
        if (block->b_source == NULL)
          copy_b(part, pc, kc, j, j + together, part->b_workspace + (j - jp) * block->b_panel);
        multiply_panels(job, block, jp, j, j + together,
                        together == 1 ? next_b(part, pc, kc, j + 1) : (struct gemm_fetch){0});
      }
      block->b_source = NULL;
    } else {
      const struct gemm_fetch fetch = next_a(part, pc, kc, i, end == part->last_panel);
      const ptrdiff_t late = fetch.rows > 0 ? max(jp, end - FETCHING_PANELS) : jp;
      if (late > jp) multiply_panels(job, block, jp, jp, late, (struct gemm_fetch){0});
      multiply_panels(job, block, jp, late, end, fetch);
    }
  }
}

// Where panels jp ..< end of one chunk of B are read: where they lie, or in a copy, which the threads of a column make
// together.
static const real *provide_b(const struct part *part, ptrdiff_t pc, ptrdiff_t kc, ptrdiff_t jp, ptrdiff_t end) {
  const struct job *job = part->job;
  const ptrdiff_t nr = job->kernels->nr;
  if (job->b_prepacked) return job->b + (pc * job->b_panels + jp * kc) * nr;
  if (!job->pack_b) return part->b + pc * job->b_rs + jp * nr;
  if (part->shares_b && part->row < part->grid.rows) {
    const ptrdiff_t from = jp + panel_start(end - jp, part->grid.rows, part->row);
    const ptrdiff_t to = jp + panel_start(end - jp, part->grid.rows, part->row + 1);
    copy_b(part, pc, kc, from, to, part->b_workspace + (from - jp) * nr * kc);
  }
  return part->b_workspace;
}

// One product by all threads of the team: loops 5 and 4.
static void multiply(const struct job *job, ptrdiff_t item, struct grid grid, int index) {
  const ptrdiff_t mr = job->kernels->mr, nr = job->kernels->nr;
  const bool a_packed = job->pack_a || job->a_prepacked, b_packed = job->pack_b || job->b_prepacked;
  const struct part part = part_of(job, item, grid, index);
  struct gemm_finish finish = job->finish;
  if (finish.residual != NULL) finish.residual += item * job->residual_bs;
  struct gemm_block block = {.m = job->m,
                             .panels = job->a_panels,
                             .alpha = job->alpha,
                             .b_padded = b_packed,
                             .b_ps = b_packed ? nr : job->b_rs,
                             .b_source_ps = job->b_rs,
                             .a_rs = a_packed ? 1 : job->a_rs,
                             .a_ps = a_packed ? mr : job->a_cs,
                             .c = job->c + item * job->c_bs,
                             .c_rs = job->c_rs,
                             .c_cs = job->c_cs};
  for (ptrdiff_t pc = 0; pc < job->k; pc += block.kc) {  // loop 5: depth; serial, since every chunk adds into C
    block.kc = min(job->depth, job->k - pc);
    block.beta = pc == 0 ? job->beta : 1;
    block.finish = job->finishes && pc + block.kc == job->k ? &finish : NULL;
    block.a_panel = a_packed ? mr * block.kc : 0;
    block.b_panel = b_packed ? nr * block.kc : nr;
    for (ptrdiff_t step = 0; step < part.steps; ++step) {  // loop 4: columns of B and C
      const ptrdiff_t jp = min(part.last_panel, part.first_panel + step * part.step);
      const ptrdiff_t end = min(part.last_panel, jp + part.step);
      block.b = provide_b(&part, pc, block.kc, jp, end);
      if (part.shares_b) ck_team_barrier();  // B~ is complete
      if (jp < end && part.first_row < part.last_row) loop_rows(&part, &block, pc, jp, end);
      if (part.shares_b) ck_team_barrier();  // B~ may be overwritten
    }
  }
}
