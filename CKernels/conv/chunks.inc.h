// Template: how sums are cut.  Needs: CHUNK, which is that of the matrix product.

static inline ptrdiff_t panels_of(ptrdiff_t width, ptrdiff_t panel) { return width / panel + (width % panel != 0); }

// The channels of a group are cut into chunks of this many, the last one possibly fewer: a kernel of one element cuts
// them as ck_?gemm cuts its depth, any other into nearly equal parts of at most CHANNELS.
static inline ptrdiff_t chunk_channels(ptrdiff_t channels, bool one_tap) {
  enum { CHANNELS = 128 };
  const ptrdiff_t most = one_tap ? CHUNK : CHANNELS;
  const ptrdiff_t chunk = panels_of(panels_of(channels, panels_of(channels, most)), 8) * 8;
  return chunk < channels ? chunk : channels;
}
