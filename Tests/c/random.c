// The properties of Philox itself.
#include <string.h>

#include "guarded.h"
#include "harness.h"

// The vectors of the reference implementation, Random123 1.14, kat_vectors: philox4x32 10.
static void known_answers(struct context *context) {
  const struct {
    ck_random random;
    uint32_t words[4];
  } vectors[] = {
      {{0, 0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{UINT64_MAX, UINT64_MAX, UINT64_MAX}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88}, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; ++i, ++context->cases_run) {
    uint32_t words[4];
    if (ck_philox(context->isa, 1, &vectors[i].random, 1, words, NULL) != CK_OK) fail(context, "refused");
    if (memcmp(words, vectors[i].words, sizeof words)) fail(context, "vector %zu starts with %08x", i, words[0]);
  }
}

// One block, as the paper writes it.
static void block_of(const ck_random *random, uint64_t block, uint32_t x[4]) {
  uint32_t k0 = (uint32_t)random->seed, k1 = (uint32_t)(random->seed >> 32);
  x[0] = (uint32_t)block, x[1] = (uint32_t)(block >> 32);
  x[2] = (uint32_t)random->stream, x[3] = (uint32_t)(random->stream >> 32);
  for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9, k1 += 0xBB67AE85) {
    const uint64_t p0 = (uint64_t)0xD2511F53 * x[0], p1 = (uint64_t)0xCD9E8D57 * x[2];
    const uint32_t next[4] = {(uint32_t)(p1 >> 32) ^ x[1] ^ k0, (uint32_t)p1, (uint32_t)(p0 >> 32) ^ x[3] ^ k1,
                              (uint32_t)p0};
    memcpy(x, next, sizeof next);
  }
}

// Any blocks at any place, also where the block number carries into its upper half; each ends beside a guard page.
static void blocks_agree(struct context *context) {
  struct rng rng = {context->options.seed};
  const struct arena arena = arena_make(1024);
  for (long i = 0; i < context->options.cases && context->failures == 0; ++i, ++context->cases_run) {
    ck_random random = {rng_next(&rng), rng_next(&rng), rng_next(&rng)};
    if (rng_chance(&rng, 30))
      random.offset = (random.offset & 7) << 32 | (UINT32_MAX - (uint32_t)rng_range(&rng, 0, 9));
    const ptrdiff_t n = rng_range(&rng, 0, 60);
    uint32_t *words = arena_place(&arena, (size_t)n * 16, guards_keep_off ? 64 : 0, rng_chance(&rng, 50)), x[4];
    now_running("%td blocks from %llu", n, (unsigned long long)random.offset);
    if (ck_philox(context->isa, (int)rng_range(&rng, 1, 2), &random, n, words, NULL) != CK_OK) fail(context, "refused");
    for (ptrdiff_t b = 0; b < n; ++b) {
      block_of(&random, random.offset + (uint64_t)b, x);
      if (memcmp(words + 4 * b, x, sizeof x)) fail(context, "block %td", b);
    }
    if (!arena_intact(&arena, words, (size_t)n * 16)) fail(context, "wrote outside");
  }
  arena_free(arena);
}

const struct test random_tests[] = {
    {.name = "random: Philox gives the known answers", .run = known_answers},
    {.name = "random: blocks are those of the definition, beside guard pages", .run = blocks_agree},
    {.name = NULL},
};
