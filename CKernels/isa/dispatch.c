// The instruction sets, best first; the first that this CPU has and this system saves is the one to use.
#include "isa/isa.h"

#if defined(__x86_64__)

extern const struct kernels ck_avx2_f32, ck_avx2_f64, ck_avx512_f32, ck_avx512_f64;
extern const struct word_kernels ck_avx2_u64, ck_avx512_u64;

// __builtin_cpu_supports checks the CPU's bit and, for AVX and later, the register state that the OS saves (XCR0).
static bool avx512_supported(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
static bool avx2_supported(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static const ck_isa avx512 = {"avx512", true, avx512_supported, &ck_avx512_f32, &ck_avx512_f64, &ck_avx512_u64};
static const ck_isa avx2 = {"avx2", true, avx2_supported, &ck_avx2_f32, &ck_avx2_f64, &ck_avx2_u64};

#elif defined(__aarch64__)

extern const struct kernels ck_neon_f32, ck_neon_f64;
extern const struct word_kernels ck_neon_u64;

static bool neon_supported(void) { return true; }  // part of the AArch64 baseline

static const ck_isa neon = {"neon", true, neon_supported, &ck_neon_f32, &ck_neon_f64, &ck_neon_u64};

#endif

extern const struct kernels ck_generic_f32, ck_generic_f64;
extern const struct word_kernels ck_generic_u64;

static bool generic_supported(void) { return true; }

static const ck_isa generic = {"generic", false, generic_supported, &ck_generic_f32, &ck_generic_f64, &ck_generic_u64};

static const ck_isa *const compiled[] = {
#if defined(__x86_64__)
    &avx512,
    &avx2,
#elif defined(__aarch64__)
    &neon,
#endif
    &generic,
};

enum { COMPILED = sizeof compiled / sizeof *compiled };

const ck_isa *ck_isa_compiled_at(ptrdiff_t index) { return index >= 0 && index < COMPILED ? compiled[index] : NULL; }

const ck_isa *ck_isa_at(ptrdiff_t index) {
  for (int i = 0; i < COMPILED; ++i)
    if (compiled[i]->supported() && index-- == 0) return compiled[i];
  return NULL;
}

const char *ck_isa_name(const ck_isa *isa) { return isa->name; }

bool ck_isa_fused(const ck_isa *isa) { return isa->fused; }
