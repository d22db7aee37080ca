// Template: how blocks of outputs and panels of weights are dealt out to threads.  Needs: gemm/chunks.h,
// conv/chunks.inc.h.

// So many blocks of a thread are even enough.
enum { FEW_BLOCKS = 8 };

// How many parts the blocks are dealt out in, and the panels of each: a thread has one of either.
struct split {
  int blocks, panels;
  ptrdiff_t most;  // pairs of a block and a panel that the busiest thread has
};

static struct split split_of(ptrdiff_t blocks, ptrdiff_t panels, int threads) {
  struct split best = {1, 1, times(blocks, panels)};
  for (int by_panels = 1; by_panels <= min(threads, panels); ++by_panels) {
    const int by_blocks = (int)max(1, min(threads / by_panels, blocks));
    const ptrdiff_t most = times(panels_of(blocks, by_blocks), panels_of(panels, by_panels));
    if (most < best.most) best = (struct split){by_blocks, by_panels, most};
  }
  return best;
}

// Whether threads wait for the busiest for longer than more blocks would cost.
static bool is_uneven(const struct split *split, ptrdiff_t blocks, ptrdiff_t panels, int threads) {
  const ptrdiff_t all = times(blocks, panels);
  return times(split->most, threads) > all + all / 16 && blocks < FEW_BLOCKS * threads;
}

static int parts_of(const struct split *split) { return split->blocks * split->panels; }

// Blocks, and panels of each.
struct share {
  ptrdiff_t first, last, first_panel, last_panel;
};

// What thread `index` of `count` has.  A team that turned out smaller than the split shares out blocks alone.
static struct share share_of(ptrdiff_t blocks, ptrdiff_t panels, const struct split *planned, int index, int count) {
  const struct split split = count == parts_of(planned) ? *planned : (struct split){.blocks = count, .panels = 1};
  const int block = index / split.panels, panel = index % split.panels;
  return (struct share){.first = panel_start(blocks, split.blocks, block),
                        .last = panel_start(blocks, split.blocks, block + 1),
                        .first_panel = panel_start(panels, split.panels, panel),
                        .last_panel = panel_start(panels, split.panels, panel + 1)};
}
