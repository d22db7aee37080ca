// The kernels of one instruction set over integers.
#ifndef CK_ISA_WORDS_H
#define CK_ISA_WORDS_H

#include <string.h>

#include "isa/isa.h"

struct word_kernels {
  // words[4 i ..< 4 i + 4] <- block first + i of the stream, i < blocks; see ck_random.h.
  void (*philox)(uint64_t seed, uint64_t stream, uint64_t first, ptrdiff_t blocks, uint32_t *words);
};

#endif
