// Instruction sets: one table of kernels each.
#ifndef CK_ISA_H
#define CK_ISA_H

#include "ck_status.h"

#ifdef __cplusplus
extern "C" {
#endif

// The kernels of one instruction set.  Opaque; every entry point takes one.
typedef struct ck_isa ck_isa;

// The index-th instruction set that this CPU has and this operating system saves, best first; NULL past the last.
// `generic` is always there and always last.
const ck_isa *ck_isa_at(ptrdiff_t index);

// The index-th instruction set compiled into this library, supported here or not; NULL past the last.
const ck_isa *ck_isa_compiled_at(ptrdiff_t index);

// "avx512" (F, BW, DQ, VL; BMI2), "avx2" (AVX2 and FMA), "neon" or "generic".
const char *ck_isa_name(const ck_isa *isa);

// Whether multiply-adds are fused.  All instruction sets for which this is true give the same bits.
bool ck_isa_fused(const ck_isa *isa);

#ifdef __cplusplus
}
#endif

#endif
