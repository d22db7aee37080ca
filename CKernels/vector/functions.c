// The functions over buffers: checks, and the split over threads.
#include <stdint.h>

#include "gemm/check.h"
#include "threads/team.h"
#include "vector/functions.h"

static const struct {
  const char *name;
  ck_operand backward;
} functions[CK_FUNCTION_COUNT] = {
    [CK_IDENTITY] = {"identity", CK_OPERAND_X},
    [CK_RELU] = {"relu", CK_OPERAND_X},
    [CK_LEAKY_RELU] = {"leaky_relu", CK_OPERAND_X},
    [CK_CLAMP] = {"clamp", CK_OPERAND_X},
    [CK_HOMOGENEOUS] = {"homogeneous", CK_OPERAND_X},
    [CK_THRESHOLD] = {"threshold", CK_OPERAND_X},
    [CK_ELU] = {"elu", CK_OPERAND_X},
    [CK_SELU] = {"selu", CK_OPERAND_X},
    [CK_CELU] = {"celu", CK_OPERAND_X},
    [CK_GELU] = {"gelu", CK_OPERAND_X},
    [CK_GELU_TANH] = {"gelu_tanh", CK_OPERAND_X},
    [CK_SILU] = {"silu", CK_OPERAND_X},
    [CK_SWISH] = {"swish", CK_OPERAND_X},
    [CK_MISH] = {"mish", CK_OPERAND_X},
    [CK_SOFTPLUS] = {"softplus", CK_OPERAND_X},
    [CK_SOFTSIGN] = {"softsign", CK_OPERAND_X},
    [CK_SIGMOID] = {"sigmoid", CK_OPERAND_Y},
    [CK_LOG_SIGMOID] = {"log_sigmoid", CK_OPERAND_X},
    [CK_TANH] = {"tanh", CK_OPERAND_Y},
    [CK_HARD_SIGMOID] = {"hard_sigmoid", CK_OPERAND_X},
    [CK_HARD_SWISH] = {"hard_swish", CK_OPERAND_X},
    [CK_EXP] = {"exp", CK_OPERAND_Y},
    [CK_EXP2] = {"exp2", CK_NO_OPERAND},
    [CK_EXPM1] = {"expm1", CK_NO_OPERAND},
    [CK_LOG] = {"log", CK_NO_OPERAND},
    [CK_LOG2] = {"log2", CK_NO_OPERAND},
    [CK_LOG1P] = {"log1p", CK_NO_OPERAND},
    [CK_SIN] = {"sin", CK_NO_OPERAND},
    [CK_COS] = {"cos", CK_NO_OPERAND},
    [CK_SINH] = {"sinh", CK_NO_OPERAND},
    [CK_COSH] = {"cosh", CK_NO_OPERAND},
    [CK_ERF] = {"erf", CK_NO_OPERAND},
    [CK_ERFC] = {"erfc", CK_NO_OPERAND},
    [CK_RSQRT] = {"rsqrt", CK_NO_OPERAND},
};

static bool known(ck_function f) { return f >= 0 && f < CK_FUNCTION_COUNT; }

const char *ck_function_name(ck_function f) { return known(f) ? functions[f].name : NULL; }

ck_operand ck_function_backward_operand(ck_function f) { return known(f) ? functions[f].backward : CK_NO_OPERAND; }

ck_status ck_check_function(const char *operand, ck_function f, double p, double q, ck_fault *fault) {
  if (!known(f)) return ck_fail(fault, CK_BAD_ARGUMENT, operand, CK_FUNCTION_COUNT - 1, f);
  if (f == CK_CLAMP && !(p <= q)) return ck_fail(fault, CK_BAD_ARGUMENT, "clamp", 0, 1);
  if (f == CK_CELU && !(p > 0)) return ck_fail(fault, CK_BAD_ARGUMENT, "celu", 1, 0);
  if (f == CK_SOFTPLUS && p == 0) return ck_fail(fault, CK_BAD_ARGUMENT, "softplus", 1, 0);
  return CK_OK;
}

ck_status ck_check_map(int threads, ck_function f, double p, double q, bool backward, ptrdiff_t n, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  const ck_status status = ck_check_function("f", f, p, q, fault);
  if (status != CK_OK) return status;
  if (backward && functions[f].backward == CK_NO_OPERAND) return ck_fail(fault, CK_BAD_ARGUMENT, "f", CK_EXP, f);
  if (n < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "n", 0, n);
  return CK_OK;
}

// Threads below this many elements each cost more than they gain; parts start at multiples of 16 cache lines.
enum { ELEMENTS_PER_THREAD = 4096, PART_ELEMENTS = 256 };

int ck_map_threads(int threads, ptrdiff_t n) {
  const ptrdiff_t gaining = n / ELEMENTS_PER_THREAD;
  return gaining < threads ? (gaining < 1 ? 1 : (int)gaining) : threads;
}

ptrdiff_t ck_map_start(ptrdiff_t n, int index, int count) {
  if (index == 0 || index == count) return index == 0 ? 0 : n;
  const ptrdiff_t parts = n / PART_ELEMENTS;
  return (parts / count * index + parts % count * index / count) * PART_ELEMENTS;
}
