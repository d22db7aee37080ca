// How sizes are cut: into panels across and chunks of depth, which are part of the definition of every sum.
#ifndef CK_GEMM_CHUNKS_H
#define CK_GEMM_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>

static inline ptrdiff_t min(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
static inline ptrdiff_t max(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

static inline ptrdiff_t panels_of(ptrdiff_t width, ptrdiff_t panel) { return width / panel + (width % panel != 0); }

// Deep chunks pass over C seldom; shallow ones leave many rows to a block of A~, which is how often a panel of B~, NR x
// CHUNK, is read from L2 or L1 for once from L3.
enum { CHUNK = 576 };

// Rows a multiple of this many bytes apart fall into the same set of L1, which holds no more of them than it has ways.
enum { ALIAS_BYTES = 4096, LEAST_WAYS = 8 };
static inline bool aliases(ptrdiff_t bytes) { return bytes % ALIAS_BYTES == 0; }

// k steps are cut into this many chunks, all but the last of chunk_depth(k) steps: both depend on k alone, and so does
// the order of every sum.
static inline ptrdiff_t chunk_count(ptrdiff_t k) { return panels_of(k, CHUNK); }

// k > 0; in eighths, so that transposing loads stay whole
static inline ptrdiff_t chunk_depth(ptrdiff_t k) { return panels_of(panels_of(k, chunk_count(k)), 8) * 8; }

#endif
