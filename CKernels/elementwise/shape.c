#include "elementwise/shape.h"

#include "gemm/check.h"

static const struct {
  const char *name;
  int operands;
} ops[CK_OP_COUNT] = {
    [CK_OP_ADD] = {"add", 2},           [CK_OP_SUBTRACT] = {"subtract", 2},
    [CK_OP_MULTIPLY] = {"multiply", 2}, [CK_OP_DIVIDE] = {"divide", 2},
    [CK_OP_MINIMUM] = {"minimum", 2},   [CK_OP_MAXIMUM] = {"maximum", 2},
    [CK_OP_LESS] = {"less", 2},         [CK_OP_LESS_EQUAL] = {"less_equal", 2},
    [CK_OP_GREATER] = {"greater", 2},   [CK_OP_GREATER_EQUAL] = {"greater_equal", 2},
    [CK_OP_EQUAL] = {"equal", 2},       [CK_OP_NOT_EQUAL] = {"not_equal", 2},
    [CK_OP_PRELU] = {"prelu", 2},       [CK_OP_MULTIPLY_ADD] = {"multiply_add", 3},
    [CK_OP_SELECT] = {"select", 3},     [CK_OP_PRELU_BACKWARD] = {"prelu_backward", 3},
};

static bool known(ck_op op) { return op >= 0 && op < CK_OP_COUNT; }

const char *ck_op_name(ck_op op) { return known(op) ? ops[op].name : NULL; }

int ck_op_operands(ck_op op) { return known(op) ? ops[op].operands : 0; }

static bool repeats(const ck_broadcast *shape, int operand, ptrdiff_t d) {
  return operand >= 0 && (shape->repeats[operand] >> d & 1) != 0;
}

ptrdiff_t ck_broadcast_count(const ck_broadcast *shape, int operand) {
  if (shape->rank < 0 || shape->rank > CK_MAX_RANK) return -1;
  ptrdiff_t count = 1;
  bool empty = false, overflow = false;
  for (ptrdiff_t d = 0; d < shape->rank; ++d) {
    if (shape->size[d] < 0) return -1;
    const ptrdiff_t size = repeats(shape, operand, d) ? 1 : shape->size[d];
    if (size == 0)
      empty = true;
    else
      overflow |= __builtin_mul_overflow(count, size, &count);
  }
  return empty ? 0 : overflow ? -1 : count;
}

ck_status ck_check_broadcast(const ck_broadcast *shape, ptrdiff_t element_bytes, ck_fault *fault) {
  if (shape->rank < 0 || shape->rank > CK_MAX_RANK)
    return ck_fail(fault, CK_BAD_ARGUMENT, "rank", CK_MAX_RANK, shape->rank);
  for (ptrdiff_t d = 0; d < shape->rank; ++d)
    if (shape->size[d] < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "size", 0, shape->size[d]);
  const ptrdiff_t count = ck_broadcast_count(shape, -1);
  if (count >= 0 && count <= PTRDIFF_MAX / element_bytes) return CK_OK;
  // No size is 0: the first one that is more than those before it leave room for.
  ptrdiff_t room = PTRDIFF_MAX / element_bytes, d = 0;
  for (; shape->size[d] <= room; ++d) room /= shape->size[d];
  return ck_fail(fault, CK_OVERFLOW, "size", room, shape->size[d]);
}

static bool same_repeats(const ck_broadcast *shape, int operands, ptrdiff_t d, ptrdiff_t e) {
  for (int k = 0; k < operands; ++k)
    if (repeats(shape, k, d) != repeats(shape, k, e)) return false;
  return true;
}

struct broadcast ck_collapse(const ck_broadcast *shape, int operands) {
  struct broadcast joined = {.count = ck_broadcast_count(shape, -1)};
  ptrdiff_t last = -1, source[CK_MAX_RANK] = {0};
  for (ptrdiff_t d = 0; d < shape->rank; ++d) {
    if (shape->size[d] == 1) continue;
    if (last >= 0 && same_repeats(shape, operands, last, d)) {
      joined.size[joined.rank - 1] *= shape->size[d];
    } else {
      source[joined.rank] = d;
      joined.size[joined.rank++] = shape->size[d];
    }
    last = d;
  }
  if (joined.rank == 0) joined.size[joined.rank++] = 1;
  for (int k = 0; k < operands; ++k) {
    ptrdiff_t stride = 1;
    for (int d = joined.rank - 1; d >= 0; --d) {
      const bool repeated = joined.size[d] > 1 && repeats(shape, k, source[d]);
      joined.stride[k][d] = repeated ? 0 : stride;
      if (!repeated) stride *= joined.size[d];
    }
  }
  return joined;
}

bool ck_is_dense(const struct broadcast *shape, int k) {
  for (int d = 0; d < shape->rank; ++d)
    if (shape->stride[k][d] == 0) return false;
  return true;
}

ptrdiff_t ck_locate(const struct broadcast *shape, int k, ptrdiff_t index, ptrdiff_t at[CK_MAX_RANK]) {
  ptrdiff_t offset = 0;
  for (int d = shape->rank - 1; d >= 0; --d) {
    at[d] = index;
    if (index >= shape->size[d] && d > 0) {
      at[d] = index % shape->size[d];
      index /= shape->size[d];
    } else {
      index = 0;
    }
    offset += at[d] * shape->stride[k][d];
  }
  return offset;
}

ptrdiff_t ck_period(const struct broadcast *shape, int operands) {
  int first = shape->rank;
  for (int k = 0; k < operands; ++k) {
    if (ck_is_dense(shape, k)) continue;
    int repeated = 0;
    while (repeated < shape->rank && shape->stride[k][repeated] == 0) ++repeated;
    if (repeated < first) first = repeated;
  }
  ptrdiff_t period = 1;
  for (int d = first; d < shape->rank; ++d) period *= shape->size[d];
  return period;
}
