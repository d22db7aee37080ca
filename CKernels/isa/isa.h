// An instruction set: its name, whether it can run here, and its kernels for each element type.
#ifndef CK_ISA_ISA_H
#define CK_ISA_ISA_H

#include "include/ckernels.h"

struct kernels;       // isa/kernels.h, once per element type
struct word_kernels;  // isa/words.h

struct ck_isa {
  const char *name;
  bool fused;
  bool (*supported)(void);
  const void *f32, *f64;  // const struct kernels *, as a translation unit of that element type sees it
  const struct word_kernels *words;
};

#endif
