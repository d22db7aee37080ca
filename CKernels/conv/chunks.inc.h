// Template: how sums are cut.  Needs: CHUNK, which is that of the matrix product.

static inline ptrdiff_t panels_of(ptrdiff_t width, ptrdiff_t panel) { return width / panel + (width % panel != 0); }

// k steps are cut into chunks of this many, the last one possibly shorter: a function of k alone, as in ck_?gemm.
static inline ptrdiff_t chunk_depth(ptrdiff_t k) { return panels_of(panels_of(k, panels_of(k, CHUNK)), 8) * 8; }

// The channels of a group are cut into chunks of this many, the last one possibly fewer: a kernel of one element cuts
// them as ck_?gemm cuts its depth, any other into nearly equal parts of at most CHANNELS.
static inline ptrdiff_t chunk_channels(ptrdiff_t channels, bool one_tap) {
  enum { CHANNELS = 128 };
  const ptrdiff_t parts = panels_of(channels, CHANNELS);
  return min(channels, one_tap ? chunk_depth(channels) : panels_of(panels_of(channels, parts), 8) * 8);
}
