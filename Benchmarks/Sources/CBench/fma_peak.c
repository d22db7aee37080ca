// The multiply-add peak: what no matrix product on this machine can exceed.
#include "include/cbench.h"
#include "team.h"

#include <math.h>

#define FUSED(x, factor, term) __builtin_elementwise_fma(x, (vf){0} + factor, (vf){0} + term)

#if defined(__x86_64__)
// 16 registers: 12 chains cover 4 or 5 cycles of latency on two pipes, 2 registers hold the constants.
#define CHAINS 12
#define VECTOR_BYTES 32
#define TARGET __attribute__((target("avx2,fma")))
#define SUM_F32 sum_avx2_f32
#define SUM_F64 sum_avx2_f64
#define MULTIPLY_ADD FUSED
#include "fma_chain.inc.h"

#define CHAINS 16
#define VECTOR_BYTES 64
#define TARGET __attribute__((target("avx512f")))
#define SUM_F32 sum_avx512_f32
#define SUM_F64 sum_avx512_f64
#define MULTIPLY_ADD FUSED
#include "fma_chain.inc.h"
#endif

#if defined(__aarch64__)
// 32 registers, four pipes of latency 4.
#define CHAINS 24
#define VECTOR_BYTES 16
#define TARGET
#define SUM_F32 sum_baseline_f32
#define SUM_F64 sum_baseline_f64
#define MULTIPLY_ADD FUSED
#include "fma_chain.inc.h"
#else
// No fused multiply-add in the baseline: a multiplication and an addition.
#define CHAINS 12
#define VECTOR_BYTES 16
#define TARGET
#define SUM_F32 sum_baseline_f32
#define SUM_F64 sum_baseline_f64
#define MULTIPLY_ADD(x, factor, term) ((x) * (factor) + (term))
#include "fma_chain.inc.h"
#endif

static bool always(void) { return true; }

#if defined(__x86_64__)
static bool has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
static bool has_avx512(void) { return __builtin_cpu_supports("avx512f"); }
#endif

typedef struct variant {
  bool (*supported)(void);
  int chains, vector_bytes;
  double (*sum_f32)(int64_t, float, float);
  double (*sum_f64)(int64_t, double, double);
} variant;

static const variant variants[] = {
#if defined(__x86_64__)
    {has_avx512, 16, 64, sum_avx512_f32, sum_avx512_f64},
    {has_avx2, 12, 32, sum_avx2_f32, sum_avx2_f64},
    {always, 12, 16, sum_baseline_f32, sum_baseline_f64},
#elif defined(__aarch64__)
    {always, 24, 16, sum_baseline_f32, sum_baseline_f64},
#else
    {always, 12, 16, sum_baseline_f32, sum_baseline_f64},
#endif
};

// Half a million rounds of 12 to 24 multiply-adds take about a millisecond: short enough that some of the passes meet
// no interruption, long enough that starting together costs nothing.
enum { ROUNDS = 500000, PASSES = 50 };

typedef struct chain_work {
  const variant *variant;
  bool f64;
} chain_work;

static void run_chains(void *context, int thread, int threads) {
  (void)thread, (void)threads;
  const chain_work *work = context;
  // The factor is below 1, so the chains converge and meet neither overflow nor denormals.
  volatile float factor = 0.5f, term = 1.0f;
  volatile double sink;
  if (work->f64)
    sink = work->variant->sum_f64(ROUNDS, factor, term);
  else
    sink = work->variant->sum_f32(ROUNDS, factor, term);
  (void)sink;
}

double cb_fma_peak(bool f64, const int *cpus, int threads) {
  double best = 0;
  for (size_t i = 0; i < sizeof variants / sizeof *variants; ++i) {
    const variant *v = &variants[i];
    if (!v->supported()) continue;
    chain_work work = {v, f64};
    const double seconds = cb_shortest_pass(cpus, threads, PASSES, run_chains, &work);
    const double lanes = v->vector_bytes / (f64 ? 8.0 : 4.0);
    best = fmax(best, 2.0 * lanes * v->chains * ROUNDS * threads / seconds);
  }
  return best;
}
