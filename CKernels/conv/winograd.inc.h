// Template: convolution by minimal filtering.  Needs: real, conv/plan.h, conv/chunks.inc.h, conv/weights.inc.h, min,
// max.
//
//   V(point, tile, channel) = B^T x B          a block of tiles, in cache
//   M(point, tile, filter)  = V(point) U(point)  a matrix product for each point
//   y                       = A^T M A, then what follows
//
// with U = G w G^T packed once.  A dilated convolution is one of each of dilation x dilation phases: tiles take every
// dilation-th element of x and y.

#include "conv/winograd_axis.inc.h"

// One call.  Tiles are numbered along the width, then the height, then the images.
struct winograd_job {
  const struct conv_call *call;
  struct winograd_form form;
  winograd_transform *transform;  // what makes V
  struct tile_axis rows, columns;
  ptrdiff_t images, tiles, blocks, most;  // tiles of a group, blocks they are cut into, tiles in the largest block
  ptrdiff_t points, v_row, m_row, v_point, m_point;
  ptrdiff_t panel, v_panel;  // channels of V side by side, and elements from these to the next
  ptrdiff_t v_count, m_count, scratch_count;
  bool shared;        // the threads share every block: its channels, then its filters
  bool x_far, y_far;  // x and y do not stay in L2: what is met next is fetched a little at a time
  bool banded;        // planes of x are turned into pixels in a band: struct band
};

// Rows of pixels under the tiles of a row, zeros around x included; they stay while tiles follow each other.
struct band {
  ptrdiff_t image, group, top;  // top: the row of x that it begins with
  real *pixels;
};

// Neighbouring tiles of a row.
struct tile_run {
  ptrdiff_t image, row, first, last;
};

enum {
  SLICE = 512 / sizeof(real),        // channels or filters of a tile that are transformed at once
  STRIP_SLICE = 128 / sizeof(real),  // the same where they are gathered from planes
  RUN = 16,                          // tiles that are gathered from planes at once
  SMALL_BLOCK = 24,                  // tiles of a block, rounded up to whole register tiles, where the weights are few
  LARGE_BLOCK = 48,
  FAR = 1 << 19,         // elements of x or y that do not stay in L2
  BAND_BYTES = 1 << 19,  // a band that stays in L2, more or less
};

// Channels or filters `apart` from each other that are transformed at once: fewer where planes meet in one set of L1.
static ptrdiff_t slice_of(ptrdiff_t apart) {
  if (apart == 1) return SLICE;
  return aliases(apart * (ptrdiff_t)sizeof(real)) ? STRIP_SLICE / 2 : STRIP_SLICE;
}

// Where part `index` of `parts` of tiles first ..< end starts: a row's tiles are parted between whole sets of phases,
// so that they fill a stretch of y.
static ptrdiff_t tiles_start(const struct winograd_job *job, ptrdiff_t first, ptrdiff_t end, ptrdiff_t parts,
                             ptrdiff_t index) {
  const ptrdiff_t tile = first + panel_start(end - first, parts, index), column = tile % job->columns.tiles;
  return tile - column % job->columns.phases;
}

static ptrdiff_t block_start(const struct winograd_job *job, ptrdiff_t index) {
  return tiles_start(job, 0, job->tiles, job->blocks, index);
}

// The run that starts with `tile` and ends before `end`, at most `most` tiles long but for one set of phases.
static struct tile_run run_of(const struct winograd_job *job, ptrdiff_t tile, ptrdiff_t end, ptrdiff_t most) {
  const ptrdiff_t columns = job->columns.tiles, phases = job->columns.phases, line = tile / columns;
  const ptrdiff_t first = tile % columns, longest = max(phases, most / phases * phases);
  return (struct tile_run){.image = line / job->rows.tiles,
                           .row = line % job->rows.tiles,
                           .first = first,
                           .last = min(min(columns, first + (end - tile)), first + longest)};
}

// What is met next: `rows` rows, `row` apart, of `pieces` pieces of `count` elements, `apart` from each other.
struct area {
  const real *first;
  ptrdiff_t rows, row, pieces, apart, count;
  bool written;
};

// Fetches share `index` of the pieces.
static void fetch(const struct area *a, ptrdiff_t shares, ptrdiff_t index) {
  const ptrdiff_t from = panel_start(a->pieces, shares, index), to = panel_start(a->pieces, shares, index + 1);
  for (ptrdiff_t i = 0; i < a->rows; ++i)
    for (ptrdiff_t j = from; j < to; ++j) {
      const char *piece = (const char *)(a->first + i * a->row + j * a->apart);
      const char *end = piece + a->count * (ptrdiff_t)sizeof(real);
      for (const char *line = piece - (uintptr_t)piece % 64; line < end; line += 64)
        if (a->written)
          __builtin_prefetch(line, 1);
        else
          __builtin_prefetch(line, 0);
    }
}

// Elements of a row of a band of so many channels, and of all of it, whole cache lines.
static ptrdiff_t band_row(const struct winograd_job *job, ptrdiff_t channels) {
  return input_span(&job->columns, job->columns.tiles) * channels;
}
static ptrdiff_t band_count(const struct winograd_job *job, ptrdiff_t channels) {
  return whole(job->rows.inputs * job->rows.phases * band_row(job, channels), LINE);
}

#include "conv/winograd_input.inc.h"

// M of pieces first ..< last of a block: the panels of filters of point 0, those of point 1, ...  Each point's are one
// product, its depth in the chunks of ck_?gemm.
static void multiply_block(const struct winograd_job *job, ptrdiff_t group, ptrdiff_t tiles, ptrdiff_t first,
                           ptrdiff_t last, const real *v, real *m) {
  const struct conv_problem *p = &job->call->problem;
  const struct kernels *k = job->call->kernels;
  const ptrdiff_t panels = panels_of(p->filters, k->nr), filters = panels * k->nr, chunk = chunk_depth(p->channels);
  const real *weights = job->call->packed + group * job->points * filters * p->channels;
  struct gemm_block block = {.m = tiles,
                             .panels = panels_of(tiles, k->mr),
                             .last_panel = panels_of(tiles, k->mr),
                             .a_rs = job->v_row,
                             .a_ps = 1,
                             .b_ps = k->nr,
                             .b_padded = true,
                             .alpha = 1,
                             .c_rs = job->m_row,
                             .c_cs = 1};
  for (ptrdiff_t point = first / panels; point * panels < last; ++point) {
    const real *u = weights + point * filters * p->channels;
    block.first_column = max(0, first - point * panels) * k->nr;
    block.last_column = min(panels, last - point * panels) * k->nr;
    block.c = m + point * job->m_point;
    for (ptrdiff_t pc = 0; pc < p->channels; pc += block.kc) {
      block.kc = min(chunk, p->channels - pc);
      block.a = v + point * job->v_point + pc;
      block.b = u + pc * filters + block.first_column * block.kc;
      block.b_panel = k->nr * block.kc;
      block.beta = pc == 0 ? 0 : 1;
      k->gemm_block(&block);
    }
  }
}

#include "conv/winograd_output.inc.h"

// The share of `elements` channels or filters that member `part` of `parts` transforms: whole cache lines.
static ptrdiff_t share_start(ptrdiff_t elements, int parts, int part) {
  return min(elements, panel_start(panels_of(elements, LINE), parts, part) * LINE);
}

static void winograd_body(void *context, int index, int count) {
  const struct winograd_job *job = context;
  const struct conv_call *call = job->call;
  const struct conv_problem *p = &call->problem;
  const ptrdiff_t items = p->groups * job->blocks, pieces = job->points * panels_of(p->filters, call->kernels->nr);
  const ptrdiff_t area = job->v_count + job->m_count;
  const int part = job->shared ? index : 0, parts = job->shared ? count : 1;
  real *v = call->workspace + (job->shared ? 0 : index) * area, *m = v + job->v_count;
  real *scratch = call->workspace + (job->shared ? 1 : call->threads) * area + index * job->scratch_count;
  real *const strip = scratch + (job->banded ? band_count(job, p->channels) : 0);
  const ptrdiff_t c0 = share_start(p->channels, parts, part), c1 = share_start(p->channels, parts, part + 1);
  const ptrdiff_t f0 = share_start(p->filters, parts, part), f1 = share_start(p->filters, parts, part + 1);
  const ptrdiff_t from = panel_start(pieces, parts, part), to = panel_start(pieces, parts, part + 1);
  const ptrdiff_t first = job->shared ? 0 : panel_start(items, count, index);
  const ptrdiff_t last = job->shared ? items : panel_start(items, count, index + 1);
  struct band band = {.image = -1, .pixels = scratch};
  for (ptrdiff_t item = first; item < last; ++item) {
    const ptrdiff_t group = item / job->blocks, block = item % job->blocks;
    const ptrdiff_t tile = block_start(job, block), end = block_start(job, block + 1);
    if (job->banded)
      input_from_band(job, group, tile, end, c0, c1, &band, v);
    else
      input_block(job, group, tile, end, c0, c1, v, scratch);
    if (job->shared) ck_team_barrier();  // V is complete, and M may be overwritten
    if (from < to) multiply_block(job, group, end - tile, from, to, v, m);
    if (job->shared) ck_team_barrier();  // M is complete, and V may be overwritten
    output_block(job, group, tile, end, f0, f1, m, strip);
  }
}

// Elements between two points: an odd number of cache lines, so that the points of a tile fall into different sets.
static ptrdiff_t point_stride(ptrdiff_t elements) { return (panels_of(elements, LINE) | 1) * LINE; }

// Between two tiles: not a multiple of half a page, or the rows of a register tile share few sets.
static ptrdiff_t row_stride(ptrdiff_t elements) {
  return elements + (elements * (ptrdiff_t)sizeof(real) % 2048 == 0 ? LINE : 0);
}

// Whether all weights stay in L2 beside a block of tiles.
static bool has_few_weights(const struct winograd_job *job, const struct conv_problem *p) {
  return (double)job->points * (double)p->channels * (double)p->filters * sizeof(real) <= 4e6;
}

static struct winograd_job winograd_job_of(const struct kernels *k, const struct conv_problem *p, int threads) {
  struct winograd_job job = {
      .transform = k->winograd_input, .rows = tile_rows_of(p, p->variant), .columns = tile_columns_of(p, p->variant)};
  job.form = (struct winograd_form){{job.rows.inputs, job.rows.outputs}, {job.columns.inputs, job.columns.outputs}};
  job.images = p->batch;
  job.x_far = p->batch * p->x.image > FAR, job.y_far = p->batch * p->y.image > FAR;
  job.tiles = job.images * job.rows.tiles * job.columns.tiles;
  job.points = job.rows.inputs * job.columns.inputs;
  const bool few = has_few_weights(&job, p);
  // Every thread has groups of its own, and nearly as many as any other.
  const bool by_groups = p->groups % threads == 0 || p->groups >= 8 * threads;
  job.shared = !by_groups && (!few || job.tiles < SMALL_BLOCK * threads);
  job.blocks = panels_of(job.tiles, whole(few ? SMALL_BLOCK : LARGE_BLOCK, k->mr));
  if (!job.shared && !by_groups) job.blocks = min(job.tiles, whole(job.blocks, threads));
  // None is empty: each is as long as a set of phases, so no two begin in the same.
  job.blocks = min(job.blocks, job.tiles / min(job.columns.phases, job.columns.tiles));
  job.blocks = max(1, job.blocks);  // an empty batch has weights to pack all the same
  job.most = panels_of(job.tiles, job.blocks) + job.columns.phases;
  job.v_row = row_stride(whole(p->channels, LINE));
  job.m_row = row_stride(whole(p->filters, k->nr));
  job.v_point = point_stride(times(job.most, job.v_row)), job.m_point = point_stride(times(job.most, job.m_row));
  job.panel = p->channels;
  job.v_count = times(job.points, job.v_point), job.m_count = times(job.points, job.m_point);
  const ptrdiff_t run = max(job.columns.phases, RUN);
  job.scratch_count = p->x.channel == 1 ? job.points * SLICE
                                        : times(times(job.rows.inputs + 1, input_span(&job.columns, run)), STRIP_SLICE);
  return job;
}

// The same, and a band if there is to be one.
static struct winograd_job forward_job_of(const struct kernels *k, const struct conv_problem *p, int threads) {
  struct winograd_job job = winograd_job_of(k, p, threads);
  const double rows = (double)job.rows.inputs * (double)job.rows.phases;
  const double row = (double)input_span(&job.columns, job.columns.tiles) * (double)p->channels;
  job.banded = p->x.channel != 1 && rows * row * (double)sizeof(real) <= BAND_BYTES;
  if (job.banded) job.scratch_count = whole(job.scratch_count, LINE) + band_count(&job, p->channels);
  return job;
}

#include "conv/winograd_weights.inc.h"

static ptrdiff_t winograd_packed_count(const struct kernels *k, const struct conv_problem *p) {
  const ptrdiff_t rows = tile_rows_of(p, p->variant).inputs;
  ptrdiff_t count = whole(p->filters, k->nr) * rows * tile_columns_of(p, p->variant).inputs;
  if (__builtin_mul_overflow(count, p->channels, &count) || __builtin_mul_overflow(count, p->groups, &count)) return -1;
  return count;
}

static ptrdiff_t winograd_workspace_count(const struct kernels *k, const struct conv_problem *p, int threads) {
  const struct winograd_job job = forward_job_of(k, p, threads);
  return times(job.shared ? 1 : threads, job.v_count + job.m_count) + times(threads, job.scratch_count);
}

static void winograd_forward(const struct conv_call *call) {
  struct winograd_job job = forward_job_of(call->kernels, &call->problem, call->threads);
  job.call = call;
  ck_team_run(call->threads, winograd_body, &job);
}

#include "conv/winograd_choice.inc.h"

static void winograd_tile(const struct kernels *k, const struct conv_problem *p, ptrdiff_t tile[2]) {
  tile[0] = tile_rows_of(p, p->variant).outputs * tile_columns_of(p, p->variant).outputs;
  tile[1] = k->nr;
}

static const struct conv_algorithm conv_winograd_2 = {
    .id = CK_CONV_WINOGRAD_2,
    .variant = 2,
    .transforms = true,
    .refuses = winograd_refuses,
    .declines = winograd_declines,
    .pays = "minimal filtering saves more products than its transforms cost",
    .packed_count = winograd_packed_count,
    .workspace_count = winograd_workspace_count,
    .error_growth = winograd_error_growth,
    .tile = winograd_tile,
    .pack = winograd_pack,
    .forward = winograd_forward,
};

static const struct conv_algorithm conv_winograd_4 = {
    .id = CK_CONV_WINOGRAD_4,
    .variant = 4,
    .transforms = true,
    .refuses = winograd_refuses,
    .declines = winograd_declines,
    .pays = "minimal filtering saves more products than its transforms cost",
    .packed_count = winograd_packed_count,
    .workspace_count = winograd_workspace_count,
    .error_growth = winograd_error_growth,
    .tile = winograd_tile,
    .pack = winograd_pack,
    .forward = winograd_forward,
};
