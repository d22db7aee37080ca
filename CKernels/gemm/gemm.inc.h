// Template: a matrix product, from the checked call to the team that computes it.  Needs: real, epilogue.

#include <stdlib.h>
#include <string.h>

#include "gemm/check.h"
#include "gemm/chunks.h"
#include "isa/kernels.h"
#include "threads/team.h"
#include "vector/functions.h"

#include "gemm/packed.inc.h"

// Up to here nothing is copied: the operands lie in cache, and one pass over them is all there is.  But for rows that
// alias: those of B always, those of A where a tile has more than a set of L1 holds.
static const double SMALL_PRODUCTS = 256 * 256 * 256;
// A copy of A pays when it is read by more than this many column panels; of B, by more than this many row panels.
enum { PACK_A_COLUMNS = 16, PACK_ALIASING_A_COLUMNS = 4, PACK_B_ROWS = 4 };
// A larger B is read where it lies, row by row, for up to FEW_ROWS.
static const double FAR_ELEMENTS = 1 << 20;
// Columns whose sums lie in L2: long rows of B are read in one piece.
enum { STRIP = 65536 / sizeof(real), LINE = 64 / sizeof(real) };
// Rows of a block of A~ at most: each row of C may lie in a page of its own, and few translations are at hand.
enum { BLOCK_ROWS = 192 };
// Up to this depth writing a far C takes as long as computing it: its rows are written along, one panel of A~ at a time
// against a B~ that stays in L2.
enum { SHALLOW = 128 };
// Lanes of rows that do not lie along memory.
enum { DOT_LANES = 65536 / sizeof(real) };
// What a region costs for each of its threads, in products for each column of a tile: wider tiles are faster.
static const double PRODUCTS_PER_WAKING = 1 << 10;
// Up to here one thread plans nothing.
static const double TINY_PRODUCTS = 1 << 18;

// One call, with C's rows along memory where the caller's layout allows it.
struct job {
  const struct kernels *kernels;
  ptrdiff_t m, n, k, batch;
  const real *a, *b;  // where packed: behind the header
  real *c;
  ptrdiff_t a_rs, a_cs, a_bs, b_rs, b_cs, b_bs, c_rs, c_cs, c_bs, residual_bs;
  bool a_prepacked, b_prepacked, pack_a, pack_b;
  real alpha, beta;
  bool finishes;
  struct gemm_finish finish;
  ptrdiff_t a_panels, b_panels;  // of MR rows, of NR columns
  ptrdiff_t depth;               // of every chunk but the last
  ptrdiff_t a_block, b_block;    // panels in one block of A~, and in all of B~
  bool one_column;               // n == 1, which has an order of summation of its own
  ptrdiff_t copied_x;            // elements of that column if it is copied to lie along memory, or 0
  bool few_rows;                 // so few that B is read where it lies, and only once
  int threads;
  real *a_workspace, *b_workspace;  // one A~ a thread; one B~
};

#include "gemm/validate.inc.h"
#include "gemm/loops.inc.h"
#include "gemm/skinny.inc.h"

static void team_body(void *context, int index, int count) {
  const struct job *job = context;
  if (job->one_column) {
    for (ptrdiff_t item = 0; item < job->batch; ++item) multiply_column(job, item, count, index);
    return;
  }
  if (job->few_rows) {
    for (ptrdiff_t item = 0; item < job->batch; ++item) multiply_few_rows(job, item, count, index);
    return;
  }
  if (job->batch >= count && count > 1) {  // whole products, so that nobody waits
    const ptrdiff_t end = panel_start(job->batch, count, index + 1);
    struct job alone = *job;
    if (job->pack_b) alone.b_workspace += index * job->b_block * job->kernels->nr * job->depth;
    if (job->pack_a) alone.a_workspace += index * job->a_block * job->kernels->mr * job->depth;
    for (ptrdiff_t item = panel_start(job->batch, count, index); item < end; ++item)
      multiply(&alone, item, (struct grid){1, 1}, 0);
    return;
  }
  const struct grid grid = choose_grid(job, count);
  for (ptrdiff_t item = 0; item < job->batch; ++item) multiply(job, item, grid, index);
}

// alpha == 0 or k == 0: C <- finish(beta C), without a look at A or B.
static void scale(const struct job *job) {
  for (ptrdiff_t item = 0; item < job->batch; ++item) {
    struct gemm_finish finish = job->finish;
    if (finish.residual != NULL) finish.residual += item * job->residual_bs;
    job->kernels->gemm_scale(job->m, job->n, job->beta, job->c + item * job->c_bs, job->c_rs, job->c_cs,
                             job->finishes ? &finish : NULL);
  }
}

// How many of `threads` are worth waking: more of them do less each, and take longer to bring together.
static int gaining_threads(const struct job *job, int threads) {
  const double products = (double)job->m * (double)job->n * (double)job->k * (double)job->batch;
  const double waking = PRODUCTS_PER_WAKING * (double)job->kernels->nr;
  int gaining = 1;
  while (gaining < threads && (gaining + 1.0) * (gaining + 1.0) * waking <= products) ++gaining;
  return gaining;
}

// Which operands to copy, and how large the blocks are.
static void plan(struct job *job, int threads) {
  const struct kernels *k = job->kernels;
  const double products = (double)job->m * (double)job->n * (double)job->k;
  const bool small = products <= SMALL_PRODUCTS;
  job->a_panels = panels_of(job->m, k->mr);
  job->b_panels = panels_of(job->n, k->nr);
  const bool streams = job->m <= FEW_ROWS && job->b_cs == 1 && (double)job->n * (double)job->k > FAR_ELEMENTS;
  job->copied_x =
      job->one_column && job->b_rs != 1 && job->a_cs == 1 && !job->a_prepacked ? panels_of(job->k, LINE) * LINE : 0;
  job->few_rows =
      !job->a_prepacked && !job->b_prepacked && (streams || (job->m == 1 && (job->b_cs == 1 || job->b_rs == 1)));
  const bool a_aliases = aliases(job->a_rs * (ptrdiff_t)sizeof(real)) && min(job->m, k->mr) > LEAST_WAYS;
  const bool b_aliases = aliases(job->b_rs * (ptrdiff_t)sizeof(real));
  job->pack_a = !job->a_prepacked && ((!small && job->n > PACK_A_COLUMNS * k->nr) ||
                                      (a_aliases && job->n > PACK_ALIASING_A_COLUMNS * k->nr));
  job->pack_b = !job->b_prepacked && (job->b_cs != 1 || ((!small || b_aliases) && job->m > PACK_B_ROWS * k->mr));
  job->threads = threads;
  if (!job->a_prepacked &&
      job->m >= 4 * job->threads)  // as many panels for each thread, as long as they are 4 rows high
    job->a_panels = max(job->a_panels, min(job->m / 4, panels_of(job->a_panels, job->threads) * job->threads));
  job->depth = min(job->k, chunk_depth(job->k));
  const bool shallow = job->depth <= SHALLOW && (double)job->m * (double)job->n > FAR_ELEMENTS;
  const ptrdiff_t rows = shallow ? k->mr : min(BLOCK_ROWS, k->a_block / (job->depth * (ptrdiff_t)sizeof(real)));
  const ptrdiff_t b_bytes = shallow ? k->a_block : k->b_block;
  job->a_block = min(job->a_panels, max(1, rows / k->mr));
  job->b_block = min(job->b_panels, max(1, b_bytes / (k->nr * job->depth * (ptrdiff_t)sizeof(real))));
}

static ck_status run(struct job *job, ck_fault *fault) {
  const ptrdiff_t line = 64 / sizeof(real);
  const ptrdiff_t b_parts = job->batch > 1 ? job->threads : 1;
  ptrdiff_t a_count = job->pack_a ? job->threads * job->a_block * job->kernels->mr * job->depth : 0;
  ptrdiff_t b_count = job->pack_b ? (b_parts * job->b_block + job->threads) * job->kernels->nr * job->depth : 0;
  if (job->one_column)
    a_count = 0, b_count = job->threads * (DOT_LANES + job->copied_x);
  else if (job->few_rows)
    a_count = 0, b_count = job->threads * STRIP;
  real *workspace = NULL;
  if (a_count + b_count > 0) {
    const ptrdiff_t bytes = panels_of(a_count + b_count, line) * 64;
    workspace = aligned_alloc(64, (size_t)bytes);
    if (workspace == NULL) return ck_fail(fault, CK_OUT_OF_MEMORY, "workspace", bytes, 0);
    job->a_workspace = workspace;
    job->b_workspace = job->a_workspace + a_count;
  }
  ck_team_run(job->threads, team_body, job);
  free(workspace);
  return CK_OK;
}

// A product so small that nothing is worth copying, sharing or planning, where rows of B and C lie along memory.
static bool is_tiny(const struct job *job) {
  return job->batch == 1 && job->m > 1 && job->n > 1 && job->k <= CHUNK && job->b_cs == 1 && job->c_cs == 1 &&
         !job->a_prepacked && !job->b_prepacked && (double)job->m * (double)job->n * (double)job->k <= TINY_PRODUCTS;
}

static void multiply_tiny(const struct job *job) {
  const ptrdiff_t panels = panels_of(job->m, job->kernels->mr);
  const struct gemm_block block = {
      .m = job->m,
      .panels = panels,
      .last_panel = panels,
      .last_column = job->n,
      .kc = job->k,
      .a = job->a,
      .a_rs = job->a_rs,
      .a_ps = job->a_cs,
      .b = job->b,
      .b_ps = job->b_rs,
      .b_panel = job->kernels->nr,
      .alpha = job->alpha,
      .beta = job->beta,
      .c = job->c,
      .c_rs = job->c_rs,
      .c_cs = 1,
      .finish = job->finishes ? &job->finish : NULL,
  };
  job->kernels->gemm_block(&block);
}

static ck_status gemm(const struct kernels *kernels, int threads, const ck_gemm *g, real alpha, const real *a,
                      const real *b, real beta, real *c, const epilogue *e, ck_fault *fault) {
  const ck_status status = validate(kernels, threads, g, alpha, a, b, c, e, fault);
  if (status != CK_OK || g->m == 0 || g->n == 0 || g->batch == 0) return status;
  struct job job = make_job(kernels, g, alpha, a, b, beta, c, e);
  if (alpha == 0 || g->k == 0) {
    scale(&job);
    return CK_OK;
  }
  threads = gaining_threads(&job, threads);
  if (threads == 1 && is_tiny(&job)) {
    multiply_tiny(&job);
    return CK_OK;
  }
  plan(&job, threads);
  return run(&job, fault);
}
