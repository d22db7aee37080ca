// Template: convolution as an implicit matrix product, without a copy of the patches.
// Needs: real, conv/plan.h, conv/chunks.inc.h, conv/split.inc.h.
//
// A block is a rectangle of outputs of one image (of one phase, where the convolution is transposed).  Its outputs are
// the rows of register tiles; a table says where the elements under each of them begin, tap by tap.  Packed weights:
//
//   zeros (what padding reads) | group 0: chunk 0 of the channels: panel 0, panel 1, ... | chunk 1: ... | group 1: ...
//
// Where x has its channels first, or a few channels only, the rectangle of x under a block is copied first, channels
// last; then the taps along the width lie side by side, and count as one.  So it is where its pixels alias in L1.
//
// No table is needed where all outputs of a row meet the same taps: where those along the width are one, or there is
// one at all.  Such rows are taken as they are, and those of a kernel of one element as one row of all pixels.

// Elements of x that a block reads, at most about: what stays in L2 beside a panel.
enum { BLOCK_OUTPUTS = 192, BLOCK_BYTES = 160 * 1024, LEAST_OUTPUTS = 48, TABLE_POINTERS = 8192 };
// Outputs of a block of several rows without a table: neighbouring blocks copy some rows of x both.
enum { ROWS_OUTPUTS = 1024 };
// Weights that stay in L2 beside a block, and the tiles, or the rows, that then meet all of them in turn.
enum { FEW_WEIGHTS = 192 * 1024, FEW_TILES = 8 };
// Up to so many channels, of a group up to a vector of them, are copied together with those of the neighbouring taps.
enum { FEW_CHANNELS = 16, LINE = 64 / sizeof(real) };
// Panels that gain less from a copy of x whose rows do not alias than it costs.
enum { FEW_PANELS = 2 };
// So many tiles of a block are even enough.
enum { EVEN_TILES = 4 };
// What follows from the shape, and from the number of threads.
struct direct {
  ptrdiff_t mr, nr, panels;    // panels of a group
  bool copies, joins;          // x is copied; the taps along the width are one
  bool in_rows;                // no table
  ptrdiff_t taps, run, chunk;  // rows of the table, elements of each, those of a chunk
  ptrdiff_t zeros, group_weights;
  ptrdiff_t counts[3], cuts[3];  // outputs of the first phase along each axis, and the blocks they are cut into
  ptrdiff_t sizes[3], grain;  // outputs of a block along each axis, at most; what it has multiples of along the width
  ptrdiff_t most, tiles;      // outputs and tiles of a block, at most
  ptrdiff_t copy_size[3];     // extents of the copy of x
  ptrdiff_t copy_pixel;       // elements from one of its pixels to the next
  ptrdiff_t blocks;           // of all images and phases
  struct split split;
};

// Whether output and input of a pixel are all that belong together.
static bool is_pointwise(const struct conv_problem *p) {
  for (int i = 0; i < 3; ++i) {
    const struct conv_axis *a = &p->axis[i];
    if (a->taps != 1 || a->step != 1 || a->up != 1 || a->pad != 0 || a->in != a->out) return false;
  }
  return true;
}

// The same convolution, or where it is one of all pixels with one tap, that of one row of these.
static struct conv_problem flattened(const struct conv_problem *p) {
  struct conv_problem flat = *p;
  if (!is_pointwise(p)) return flat;
  flat.axis[2].in = flat.axis[2].out = conv_positions(p);
  flat.axis[0].in = flat.axis[0].out = flat.axis[1].in = flat.axis[1].out = 1;
  return flat;
}

static ptrdiff_t product_of(const ptrdiff_t sizes[3]) { return sizes[0] * sizes[1] * sizes[2]; }

// How the outputs of the first phase are cut: rows of at most `most` outputs, as many of them together as fit.
static void cut_blocks(struct direct *d, ptrdiff_t most) {
  const ptrdiff_t grains = panels_of(d->counts[2], d->grain);
  d->cuts[0] = d->counts[0];
  d->cuts[2] = panels_of(grains * d->grain, most);
  d->cuts[1] = panels_of(d->counts[1], max(1, most / (panels_of(grains, d->cuts[2]) * d->grain)));
}

// Deals out `apart` times as many blocks.  Where threads would wait for the busiest, or copy the same of x, the blocks
// become more, so that each thread has as many.
static void deal_blocks(struct direct *d, ptrdiff_t apart, ptrdiff_t panels, int threads) {
  const ptrdiff_t blocks = times(apart, product_of(d->cuts));
  d->blocks = blocks, d->split = split_of(blocks, panels, threads);
  if (!is_uneven(&d->split, blocks, panels, threads) && !(d->copies && d->split.panels > 1)) return;
  const int axis = d->counts[1] > 1 ? 1 : 2;
  const ptrdiff_t cuts = d->cuts[axis], more = min(d->counts[axis], whole(cuts, threads));
  const struct split split = split_of(blocks / cuts * more, panels, threads);
  if ((double)split.most * (double)cuts > (double)d->split.most * (double)more) return;
  d->cuts[axis] = more, d->blocks = blocks / cuts * more, d->split = split;
}

// The sizes of blocks.  Those of threads are even, or nearly, to the output.
static void size_blocks(struct direct *d) {
  if (d->split.blocks > 1 && d->counts[2] < d->cuts[2] * EVEN_TILES * d->grain) d->grain = 1;
  d->sizes[0] = 1;
  d->sizes[1] = panels_of(d->counts[1], d->cuts[1]);
  d->sizes[2] = panels_of(panels_of(d->counts[2], d->grain), d->cuts[2]) * d->grain;
  d->most = d->sizes[1] * d->sizes[2];
}

static ptrdiff_t copied_extent(const struct conv_axis *a, ptrdiff_t outputs, bool padded) {
  const ptrdiff_t reach = (outputs - 1) * a->step + (a->taps - 1) * a->dilation / a->up + 2;
  return padded ? reach : min(reach, a->in);
}

// Whether the rows of a tile meet in one set of L1, and are more than it holds.
static bool rows_alias(const struct kernels *k, const struct conv_problem *p) {
  const ptrdiff_t bytes = p->axis[2].step * p->x.axis[2] * (ptrdiff_t)sizeof(real);
  return aliases(bytes) && k->mr > LEAST_WAYS && p->groups == 1;
}

static struct direct direct_of(const struct kernels *k, const struct conv_problem *p, int threads) {
  const struct conv_axis *width = &p->axis[2];
  struct direct d = {
      .mr = p->filters > k->vl ? k->mr : k->conv_tall, .nr = k->nr, .panels = panels_of(p->filters, k->nr)};
  const bool few = p->channels <= (p->groups == 1 ? FEW_CHANNELS : k->vl) && width->taps > 1;
  const bool alias = rows_alias(k, p) && d.panels > FEW_PANELS;
  d.copies = p->x.channel != 1 || few || alias;
  d.copy_pixel = p->channels + (alias ? LINE : 0);
  d.joins = few && width->dilation == 1 && width->up == 1;
  d.in_rows = d.joins || (is_pointwise(p) && conv_positions(p) == width->out);
  d.taps = conv_taps(p), d.run = p->channels;
  d.chunk = chunk_channels(p->channels, d.taps == 1);
  if (d.joins) d.taps /= width->taps, d.run *= width->taps, d.chunk = d.run;
  d.grain = d.in_rows && !d.joins ? d.mr : 1;
  d.zeros = whole(max(few ? width->taps * p->channels : 0, p->groups * p->channels), LINE);
  d.group_weights = times(d.panels * d.nr, d.taps * d.run);
  ptrdiff_t phases = 1;
  for (int i = 0; i < 3; ++i) {
    d.counts[i] = panels_of(p->axis[i].out, p->axis[i].up);
    phases = times(phases, p->axis[i].up);
  }
  const ptrdiff_t cached = BLOCK_BYTES / (ptrdiff_t)sizeof(real) / p->channels;
  const ptrdiff_t most = max(LEAST_OUTPUTS, min(d.joins ? ROWS_OUTPUTS : BLOCK_OUTPUTS, cached));
  cut_blocks(&d, d.in_rows ? most : min(most, max(d.mr, TABLE_POINTERS / d.taps)));
  deal_blocks(&d, times(p->batch, phases), p->groups * d.panels, threads);
  size_blocks(&d);
  d.tiles = panels_of(d.most, d.mr) + 5;  // each of five runs may end in a tile that is not full
  d.copy_size[0] = p->axis[0].taps;
  d.copy_size[1] = copied_extent(&p->axis[1], d.sizes[1], false);
  d.copy_size[2] = copied_extent(width, d.sizes[2], d.joins);
  return d;
}

#include "conv/direct_block.inc.h"
#include "conv/direct_panels.inc.h"
#include "conv/narrow.inc.h"

static const char *direct_refuses(const struct kernels *k, const struct conv_problem *p) {
  (void)k, (void)p;
  return NULL;
}

static ptrdiff_t direct_packed_count(const struct kernels *k, const struct conv_problem *p) {
  if (is_narrow(p)) return narrow_packed_count(p);
  const struct direct d = direct_of(k, p, 1);
  ptrdiff_t count = d.panels * d.nr;
  if (__builtin_mul_overflow(count, d.taps * d.run, &count) || __builtin_mul_overflow(count, p->groups, &count) ||
      __builtin_add_overflow(count, d.zeros, &count))
    return -1;
  return count;
}

static double direct_error_growth(const struct conv_problem *p) { return (double)(conv_taps(p) * p->channels + 2); }

static void direct_tile(const struct kernels *k, const struct conv_problem *p, ptrdiff_t tile[2]) {
  tile[0] = k->mr, tile[1] = k->nr;
  if (is_narrow(p)) tile[0] = k->nr, tile[1] = NARROW_FILTERS;
}

// Channels from ..< to of every tap for one panel: rows of nr filters, zero past the last.
static void pack_channels(const struct conv_pack *job, const struct direct *d, ptrdiff_t group, ptrdiff_t panel,
                          ptrdiff_t from, ptrdiff_t to, real *packed) {
  const ptrdiff_t first = panel * d->nr, filters = min(d->nr, job->problem.filters - first);
  const bool turned = taps_adjoin(&job->problem) < 0;
  real rows[ROWS_AT_ONCE * MOST_NR];
  for (ptrdiff_t c = from, few; c < to; c += few) {
    few = min(ROWS_AT_ONCE / d->taps, to - c);
    gather_weights(job, group, first, filters, c, few, rows);
    for (ptrdiff_t t = 0; t < d->taps; ++t)
      for (ptrdiff_t i = 0; i < few; ++i)
        memcpy(packed + (t * (to - from) + c - from + i) * d->nr,
               rows + (i * d->taps + (turned ? d->taps - 1 - t : t)) * d->nr, (size_t)d->nr * sizeof(real));
  }
}

// The same one by one: for many taps, and elements from ..< to where taps are joined.
static void pack_elements(const struct conv_pack *job, const struct direct *d, ptrdiff_t group, ptrdiff_t panel,
                          ptrdiff_t from, ptrdiff_t to, real *packed) {
  const struct conv_problem *p = &job->problem;
  const ptrdiff_t first = panel * d->nr, filters = min(d->nr, p->filters - first), across = p->axis[2].taps;
  for (ptrdiff_t t = 0; t < d->taps; ++t)
    for (ptrdiff_t step = from; step < to; ++step, packed += d->nr) {
      const ptrdiff_t at = d->joins ? t * across + step / p->channels : t, plane = at / across;
      const ptrdiff_t tap[3] = {plane / p->axis[1].taps, plane % p->axis[1].taps, at % across};
      for (ptrdiff_t f = 0; f < d->nr; ++f)
        packed[f] = f < filters ? conv_weight(job, group, first + f, step % p->channels, tap) : 0;
    }
}

static void direct_pack(const struct conv_pack *job) {
  if (is_narrow(&job->problem)) {
    narrow_pack(job);
    return;
  }
  const struct direct d = direct_of(job->kernels, &job->problem, 1);
  memset(job->packed, 0, (size_t)d.zeros * sizeof(real));
  real *to = job->packed + d.zeros;
  for (ptrdiff_t group = 0; group < job->problem.groups; ++group)
    for (ptrdiff_t from = 0; from < d.run; from += d.chunk)
      for (ptrdiff_t panel = 0; panel < d.panels; ++panel) {
        const ptrdiff_t end = min(from + d.chunk, d.run);
        (d.joins || d.taps > ROWS_AT_ONCE ? pack_elements : pack_channels)(job, &d, group, panel, from, end, to);
        to += (end - from) * d.taps * d.nr;
      }
}

// What one thread needs, in elements: the table or the taps of a row, the addresses of outputs, heights, sums and the
// copy of x.
struct direct_room {
  ptrdiff_t rows, out, heights, places, sums, copy, all;
};

static ptrdiff_t lines_for(ptrdiff_t count, size_t bytes) {
  return panels_of(times(count, (ptrdiff_t)bytes), 64) * LINE;
}

static struct direct_room room_of(const struct direct *d) {
  struct direct_room room = {.sums = lines_for(2 * d->most * d->nr, sizeof(real))};
  if (d->in_rows) {
    room.rows = lines_for(d->taps, sizeof(struct conv_tap));
  } else {
    room.rows = lines_for(times(d->tiles * d->mr, d->taps), sizeof(real *));
    room.out = lines_for(d->tiles * d->mr, sizeof(real *));
    room.heights = lines_for(d->tiles, sizeof(int32_t));
    room.places = lines_for(d->most, sizeof(struct place));
  }
  const ptrdiff_t pixels = times(times(d->copy_size[0], d->copy_size[1]), d->copy_size[2]);
  if (d->copies) room.copy = lines_for(times(pixels, max(d->run, d->copy_pixel)), sizeof(real));
  room.all = room.rows + room.out + room.heights + room.places + room.sums + room.copy;
  return room;
}

#include "conv/planar.inc.h"

static ptrdiff_t direct_workspace_count(const struct kernels *k, const struct conv_problem *p, int threads) {
  if (is_narrow(p)) return narrow_workspace_count(p, threads);
  const struct conv_problem flat = flattened(p);
  const struct direct d = direct_of(k, &flat, threads);
  const ptrdiff_t count = times(parts_of(&d.split), room_of(&d).all);
  return is_planar(k, p) ? max(count, planar_workspace_count(k, p, threads)) : count;
}

struct direct_job {
  struct conv_call call;
  struct direct direct;
};

static void direct_body(void *context, int index, int count) {
  const struct direct_job *job = context;
  const struct direct *d = &job->direct;
  const struct direct_room room = room_of(d);
  real *at = job->call.workspace + index * room.all;
  struct block block = {.call = &job->call, .direct = d};
  block.rows = (const real **)(void *)at, block.taps = (struct conv_tap *)(void *)at, at += room.rows;
  block.out = (real **)(void *)at, at += room.out;
  block.heights = (int32_t *)(void *)at, at += room.heights;
  block.places = (struct place *)(void *)at, at += room.places;
  block.sums = at, at += room.sums;
  block.copy = at;
  const struct share share = share_of(d->blocks, job->call.problem.groups * d->panels, &d->split, index, count);
  block.first_panel = share.first_panel, block.last_panel = share.last_panel;
  for (ptrdiff_t i = share.first; i < share.last; ++i) compute_block(&block, i);
}

static void direct_forward(const struct conv_call *call) {
  if (is_narrow(&call->problem)) {
    narrow_forward(call);
    return;
  }
  // A residual that lies in y is needed after the sums.
  if (is_planar(call->kernels, &call->problem) && !(call->finishes && call->finish.residual == call->y)) {
    planar_forward(call);
    return;
  }
  struct direct_job job = {.call = *call};
  job.call.problem = flattened(&call->problem);
  job.direct = direct_of(call->kernels, &job.call.problem, call->threads);
  ck_team_run(parts_of(&job.direct.split), direct_body, &job);
}

static const struct conv_algorithm conv_direct = {
    .id = CK_CONV_DIRECT,
    .refuses = direct_refuses,
    .declines = direct_refuses,
    .packed_count = direct_packed_count,
    .workspace_count = direct_workspace_count,
    .error_growth = direct_error_growth,
    .tile = direct_tile,
    .pack = direct_pack,
    .forward = direct_forward,
};
