// The vector dialect for NEON (AArch64) over words of 64 bits: 2 lanes.
#ifndef CK_VEC_NEON_U64_H
#define CK_VEC_NEON_U64_H

#include <arm_neon.h>

typedef uint64x2_t vi;
enum { VL = 2 };

static inline vi vi_set1(uint64_t x) { return vdupq_n_u64(x); }
// 0 ..< VL, in the order of vi_store_zipped.
static inline vi vi_iota(void) { return (vi){0, 1}; }
static inline vi vi_add(vi a, vi b) { return vaddq_u64(a, b); }
static inline vi vi_xor(vi a, vi b) { return veorq_u64(a, b); }
static inline vi vi_shr(vi a, const int n) { return a >> (unsigned)n; }

// a ^ b ^ *c
static inline vi vi_xor3(vi a, vi b, const vi *c) { return veorq_u64(a, veorq_u64(b, *c)); }

// The product of the low halves.
static inline vi vi_mul_low(vi a, vi b) { return vmull_u32(vmovn_u64(a), vmovn_u64(b)); }
// The low half of a, and above it the low half of b.
static inline vi vi_pair(vi a, vi b) { return vsliq_n_u64(a, b, 32); }

// a[0], b[0], a[1], b[1], ...
static inline void vi_store_zipped(uint32_t *p, vi a, vi b) {
  vst1q_u32(p, vreinterpretq_u32_u64(vzip1q_u64(a, b)));
  vst1q_u32(p + 4, vreinterpretq_u32_u64(vzip2q_u64(a, b)));
}

#endif
