// Template: how sums are cut.  Needs: gemm/chunks.h.

// count, rounded up to a multiple of unit.
static inline ptrdiff_t whole(ptrdiff_t count, ptrdiff_t unit) { return panels_of(count, unit) * unit; }

// More elements than any memory holds: sums of several such counts cannot overflow.
static const ptrdiff_t MOST_ELEMENTS = PTRDIFF_MAX / 64;

// a times b, or MOST_ELEMENTS where that is less.
static inline ptrdiff_t times(ptrdiff_t a, ptrdiff_t b) {
  ptrdiff_t product;
  return __builtin_mul_overflow(a, b, &product) ? MOST_ELEMENTS : min(product, MOST_ELEMENTS);
}

// Where part `index` of `parts` starts: neighbouring parts together are as even as each by itself.
static inline ptrdiff_t part_start(ptrdiff_t count, ptrdiff_t parts, ptrdiff_t index) {
  return count / parts * index + count % parts * index / parts;
}

// The channels of a group are cut into chunks of this many, the last one possibly fewer: a kernel of one element cuts
// them as ck_?gemm cuts its depth, any other into nearly equal parts of at most CHANNELS.
static inline ptrdiff_t chunk_channels(ptrdiff_t channels, bool one_tap) {
  enum { CHANNELS = 128 };
  const ptrdiff_t parts = panels_of(channels, CHANNELS);
  return min(channels, one_tap ? chunk_depth(channels) : whole(panels_of(channels, parts), 8));
}
