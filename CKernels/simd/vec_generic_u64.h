// The vector dialect in portable C over words of 64 bits: 2 lanes of 16 bytes.
#ifndef CK_VEC_GENERIC_U64_H
#define CK_VEC_GENERIC_U64_H

#include <stdint.h>
#include <string.h>

typedef uint64_t vi __attribute__((vector_size(16)));
enum { VL = 2 };

static inline vi vi_set1(uint64_t x) { return x - (vi){0}; }
// 0 ..< VL, in the order of vi_store_zipped.
static inline vi vi_iota(void) { return (vi){0, 1}; }
static inline vi vi_add(vi a, vi b) { return a + b; }
static inline vi vi_xor(vi a, vi b) { return a ^ b; }
static inline vi vi_shr(vi a, const int n) { return a >> n; }

// a ^ b ^ *c
static inline vi vi_xor3(vi a, vi b, const vi *c) { return a ^ b ^ *c; }

// The product of the low halves.
static inline vi vi_mul_low(vi a, vi b) { return (a & 0xFFFFFFFF) * (b & 0xFFFFFFFF); }
// The low half of a, and above it the low half of b.
static inline vi vi_pair(vi a, vi b) { return (a & 0xFFFFFFFF) | b << 32; }

// a[0], b[0], a[1], b[1], ...; the words of a pair in the order of their significance.
static inline void vi_store_zipped(uint32_t *p, vi a, vi b) {
  for (int i = 0; i < VL; ++i, p += 4) {
    const uint32_t words[4] = {(uint32_t)a[i], (uint32_t)(a[i] >> 32), (uint32_t)b[i], (uint32_t)(b[i] >> 32)};
    memcpy(p, words, sizeof words);
  }
}

#endif
