// Template: Philox4x32-10, blocks side by side.  Needs: the vector dialect over words of 64 bits, isa/words.h.
//
// A lane holds one 32-bit word of one block in its low half; what stands in the high half never reaches a low one, so
// that a product of two words serves whole as the next low word and shifted as the next high one.

#define UNROLL _Pragma("clang loop unroll(full)")

// Multipliers and Weyl increments of the key [Salmon et al. 2011, section 3.2].
static const uint32_t PHILOX_M0 = 0xD2511F53, PHILOX_M1 = 0xCD9E8D57, PHILOX_W0 = 0x9E3779B9, PHILOX_W1 = 0xBB67AE85;

// Three vectors of blocks hide the latency of a round: it is 5 cycles deep and gives 8 operations for each.
enum { PHILOX_ROUNDS = 10, PHILOX_VECTORS = 3, PHILOX_BLOCKS = PHILOX_VECTORS * VL };

typedef struct {
  vi k0, k1;
} philox_key;

static inline void philox_schedule(uint64_t seed, philox_key keys[PHILOX_ROUNDS]) {
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
  for (int round = 0; round < PHILOX_ROUNDS; ++round, k0 += PHILOX_W0, k1 += PHILOX_W1)
    keys[round] = (philox_key){vi_set1(k0), vi_set1(k1)};
}

static inline __attribute__((always_inline)) void philox_rounds(const philox_key keys[PHILOX_ROUNDS],
                                                                vi x[PHILOX_VECTORS][4]) {
  const vi m0 = vi_set1(PHILOX_M0), m1 = vi_set1(PHILOX_M1);
  UNROLL for (int round = 0; round < PHILOX_ROUNDS; ++round) UNROLL
    for (int v = 0; v < PHILOX_VECTORS; ++v) {
      const vi p0 = vi_mul_low(m0, x[v][0]), p1 = vi_mul_low(m1, x[v][2]);
      x[v][0] = vi_xor3(vi_shr(p1, 32), x[v][1], &keys[round].k0);
      x[v][2] = vi_xor3(vi_shr(p0, 32), x[v][3], &keys[round].k1);
      x[v][1] = p1;
      x[v][3] = p0;
    }
}

// Blocks first ..< first + PHILOX_BLOCKS.
static inline __attribute__((always_inline)) void philox_blocks(const philox_key keys[PHILOX_ROUNDS], uint64_t stream,
                                                                uint64_t first, uint32_t *words) {
  vi x[PHILOX_VECTORS][4];
  UNROLL for (int v = 0; v < PHILOX_VECTORS; ++v) {
    x[v][0] = vi_add(vi_set1(first + (uint64_t)(v * VL)), vi_iota());
    x[v][1] = vi_shr(x[v][0], 32);
    x[v][2] = vi_set1(stream);
    x[v][3] = vi_set1(stream >> 32);
  }
  philox_rounds(keys, x);
  UNROLL for (int v = 0; v < PHILOX_VECTORS; ++v)
    vi_store_zipped(words + 4 * v * VL, vi_pair(x[v][0], x[v][1]), vi_pair(x[v][2], x[v][3]));
}

static void philox(uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t blocks, uint32_t *words) {
  philox_key keys[PHILOX_ROUNDS];
  philox_schedule(seed, keys);
  for (; blocks >= PHILOX_BLOCKS; blocks -= PHILOX_BLOCKS, first += PHILOX_BLOCKS, words += 4 * PHILOX_BLOCKS)
    philox_blocks(keys, stream, first, words);
  if (blocks == 0) return;
  uint32_t last[4 * PHILOX_BLOCKS];
  philox_blocks(keys, stream, first, last);
  memcpy(words, last, (size_t)(4 * blocks) * sizeof *words);
}
