// Puts a table of kernels in the place of TABLE: what the broken one holds, if one is linked, and the unbroken one
// elsewhere.
#include <string.h>

#include "real/f32.h"
#include "isa/kernels.h"

extern const struct kernels unbroken;
__attribute__((weak)) const struct kernels broken;
struct kernels TABLE;

__attribute__((constructor)) static void overlay(void) {
  static const char zeros[sizeof(void *)];
  for (size_t at = 0; at < sizeof TABLE; at += sizeof zeros) {
    const char *const changed = (const char *)&broken + at, *const whole = (const char *)&unbroken + at;
    memcpy((char *)&TABLE + at, memcmp(changed, zeros, sizeof zeros) != 0 ? changed : whole, sizeof zeros);
  }
}
