// Template: one product, its operands in guarded memory, and the oracles.
// Needs: real, epilogue, wide (at least twice as precise), bits (an integer as wide as real), TYPE, UNIT,
// SIGNALLING_NAN, fused_multiply_add, product, pack_a, pack_b, packed_a_count, packed_b_count.
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guarded.h"
#include "harness.h"

struct problem {
  ptrdiff_t m, n, k, batch;
  real alpha, beta;
  ck_layout a, b, c;
  bool packed_a, packed_b;
  bool integers;  // small ones, so that every sum is exact
  ck_bias bias;
  bool residual;  // with C's layout
  ck_activation activation;
  ck_bias slopes;  // then `activation` is CK_IDENTITY
  bool right;      // flush against the upper guard page, or the lower
  size_t slack;    // elements short of it
  int threads;
  ptrdiff_t unused_stride;  // of packed operands
  uint64_t seed;            // of the values, which depend on their indices and not on where they lie
};

// What a product reads and writes, and how it was before.
struct operands {
  real *a, *b, *c, *bias, *residual, *slopes;
  real *c_before;
  ptrdiff_t a_count, b_count, c_count, bias_count, slopes_count;
  epilogue epilogue;
};

enum { OPERAND_A, OPERAND_B, OPERAND_C, OPERAND_BIAS, OPERAND_RESIDUAL, OPERAND_SLOPES, OPERANDS };

static const struct arena *arena_of(int operand) {
  static struct arena arenas[OPERANDS];
  if (arenas[operand].bytes == 0) arenas[operand] = arena_make((size_t)16 << 20);
  return &arenas[operand];
}

static ptrdiff_t extent(const ck_layout *layout, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t batch) {
  if (rows == 0 || columns == 0 || batch == 0) return 0;
  return (rows - 1) * layout->row_stride + (columns - 1) * layout->column_stride + (batch - 1) * layout->batch_stride +
         1;
}

static ck_layout row_major(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t gap) {
  return (ck_layout){PTRDIFF_MAX, columns + gap, 1, rows * (columns + gap)};
}

static ck_layout column_major(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t gap) {
  return (ck_layout){PTRDIFF_MAX, 1, rows + gap, columns * (rows + gap)};
}

static void describe(const struct problem *p) {
  now_running(
      TYPE " %tdx%tdx%td batch %td%s%s a %td,%td,%td b %td,%td,%td c %td,%td,%td alpha %g beta %g %s%s%s%s%s%d flush "
           "%s-%zu threads %d seed %llu",
      p->m, p->n, p->k, p->batch, p->packed_a ? " packed a" : "", p->packed_b ? " packed b" : "", p->a.row_stride,
      p->a.column_stride, p->a.batch_stride, p->b.row_stride, p->b.column_stride, p->b.batch_stride, p->c.row_stride,
      p->c.column_stride, p->c.batch_stride, (double)p->alpha, (double)p->beta, p->integers ? "integers " : "",
      p->bias ? "bias " : "", p->residual ? "residual " : "", p->slopes ? "slopes " : "", "activation ", p->activation,
      p->right ? "right" : "left", p->slack, p->threads, (unsigned long long)p->seed);
}

static real value_at(const struct problem *p, int operand, ptrdiff_t item, ptrdiff_t i, ptrdiff_t j) {
  struct rng rng = {p->seed ^ (uint64_t)operand << 60 ^ (uint64_t)item << 40 ^ (uint64_t)i << 20 ^ (uint64_t)j};
  const uint64_t random = rng_next(&rng);
  if (p->integers) return (real)((ptrdiff_t)(random % 9) - 4);
  const double fraction = (double)(int64_t)random * 0x1p-63;
  return (real)ldexp(fraction, (int)(rng_next(&rng) % 9) - 4);
}

static void fill_signalling(real *at, ptrdiff_t count) {
  const bits nan = SIGNALLING_NAN;
  for (ptrdiff_t i = 0; i < count; ++i) memcpy(at + i, &nan, sizeof nan);
}

static real *place(const struct problem *p, int operand, ptrdiff_t count) {
  const size_t slack = p->slack * sizeof(real) + (guards_keep_off ? 64 : 0);
  real *at = arena_place(arena_of(operand), (size_t)count * sizeof(real), slack, p->right);
  fill_signalling(at, count);
  return at;
}

// An operand: signalling NaN in the gaps, values elsewhere.
static real *place_matrix(const struct problem *p, int operand, const ck_layout *layout, ptrdiff_t rows,
                          ptrdiff_t columns, bool filled) {
  const ptrdiff_t count = extent(layout, rows, columns, p->batch);
  real *at = place(p, operand, count);
  for (ptrdiff_t item = 0; filled && item < p->batch; ++item)
    for (ptrdiff_t i = 0; i < rows; ++i)
      for (ptrdiff_t j = 0; j < columns; ++j)
        at[item * layout->batch_stride + i * layout->row_stride + j * layout->column_stride] =
            value_at(p, operand, item, i, j);
  return at;
}

static void *copy_of(const void *from, ptrdiff_t count) {
  void *copy = malloc((size_t)count * sizeof(real) + 1);
  memcpy(copy, from, (size_t)count * sizeof(real));
  return copy;
}

// An operand with one element for each row or each column of C.
static real *place_along(const struct problem *p, int operand, ck_bias kind, ptrdiff_t *count) {
  *count = kind == CK_BIAS_NONE ? 0 : kind == CK_BIAS_PER_ROW ? p->m : p->n;
  real *at = place(p, operand, *count);
  for (ptrdiff_t i = 0; i < *count; ++i) at[i] = value_at(p, operand, 0, i, 0);
  return at;
}

static struct operands make_operands(const struct problem *p) {
  struct operands o = {0};
  o.a_count = extent(&p->a, p->m, p->k, p->batch);
  o.b_count = extent(&p->b, p->k, p->n, p->batch);
  o.c_count = extent(&p->c, p->m, p->n, p->batch);
  o.a = place_matrix(p, OPERAND_A, &p->a, p->m, p->k, true);
  o.b = place_matrix(p, OPERAND_B, &p->b, p->k, p->n, true);
  o.c = place_matrix(p, OPERAND_C, &p->c, p->m, p->n, p->beta != 0);  // beta 0 must not even look
  o.c_before = copy_of(o.c, o.c_count);
  o.bias = place_along(p, OPERAND_BIAS, p->bias, &o.bias_count);
  o.slopes = place_along(p, OPERAND_SLOPES, p->slopes, &o.slopes_count);
  if (p->residual) o.residual = place_matrix(p, OPERAND_RESIDUAL, &p->c, p->m, p->n, true);
  o.epilogue = (epilogue){.bias_kind = p->bias,
                          .bias = o.bias,
                          .bias_count = o.bias_count,
                          .slopes_kind = p->slopes,
                          .slopes = o.slopes,
                          .slopes_count = o.slopes_count,
                          .residual = o.residual,
                          .residual_layout = p->c,
                          .activation = p->activation,
                          .p = p->activation == CK_CLAMP ? -5 : (real)0.5,
                          .q = 7};
  o.epilogue.residual_layout.count = o.c_count;
  return o;
}

static bool has_epilogue(const struct problem *p) { return p->bias || p->residual || p->activation || p->slopes; }

// Activation `index` of ACTIVATIONS: the piecewise ones, then slopes for rows and for columns.
enum { ACTIVATIONS = CK_CLAMP + 3 };

static void set_activation(struct problem *p, int index) {
  p->activation = index <= CK_CLAMP ? (ck_activation)index : CK_IDENTITY;
  p->slopes = index <= CK_CLAMP ? CK_BIAS_NONE : (ck_bias)(index - CK_CLAMP);
}

// Replaces A or B by its packed form; false if packing fails.
static bool pack_operands(struct context *context, const struct problem *p, struct operands *o, real **a, real **b) {
  ck_layout layout = p->a;
  layout.count = o->a_count;
  bool packed = true;
  if (p->packed_a) {
    const ptrdiff_t count = packed_a_count(context->isa, p->m, p->k);
    *a = aligned_alloc(64, ((size_t)count * sizeof(real) + 63) / 64 * 64);
    packed &= pack_a(context->isa, p->m, p->k, o->a, &layout, *a, count, NULL) == CK_OK;
  }
  layout = p->b;
  layout.count = o->b_count;
  if (p->packed_b) {
    const ptrdiff_t count = packed_b_count(context->isa, p->k, p->n);
    *b = aligned_alloc(64, ((size_t)count * sizeof(real) + 63) / 64 * 64);
    packed &= pack_b(context->isa, p->k, p->n, o->b, &layout, *b, count, NULL) == CK_OK;
  }
  if (!packed) fail(context, "packing failed");
  return packed;
}

// The call itself.
static ck_status multiply_on(const ck_isa *isa, const struct problem *p, const struct operands *o, const real *a,
                             const real *b, ck_fault *fault) {
  ck_gemm g = {.m = p->m,
               .n = p->n,
               .k = p->k,
               .batch = p->batch,
               .a = p->a,
               .b = p->b,
               .c = p->c,
               .a_packed = p->packed_a,
               .b_packed = p->packed_b};
  if (p->packed_a) g.a.row_stride = g.a.column_stride = p->unused_stride;
  if (p->packed_b) g.b.row_stride = g.b.column_stride = p->unused_stride;
  g.a.count = p->packed_a ? packed_a_count(isa, p->m, p->k) : o->a_count;
  g.b.count = p->packed_b ? packed_b_count(isa, p->k, p->n) : o->b_count;
  g.c.count = o->c_count;
  return product(isa, p->threads, &g, p->alpha, a, b, p->beta, o->c, has_epilogue(p) ? &o->epilogue : NULL, fault);
}

// The elements of C, row by row, product by product.
static real *gather(const struct problem *p, const real *c) {
  real *dense = malloc((size_t)(p->m * p->n * p->batch) * sizeof(real) + 1), *next = dense;
  for (ptrdiff_t item = 0; item < p->batch; ++item)
    for (ptrdiff_t i = 0; i < p->m; ++i)
      for (ptrdiff_t j = 0; j < p->n; ++j)
        *next++ = c[item * p->c.batch_stride + i * p->c.row_stride + j * p->c.column_stride];
  return dense;
}

// C's elements after the product, or NULL where it failed.
static real *result_of(struct context *context, const struct problem *p) {
  struct operands o = make_operands(p);
  real *a = o.a, *b = o.b;
  ck_fault fault = {0};
  describe(p);
  ++context->cases_run;
  real *dense = NULL;
  if (pack_operands(context, p, &o, &a, &b)) {
    const ck_status status = multiply_on(context->isa, p, &o, a, b, &fault);
    if (status == CK_OK)
      dense = gather(p, o.c);
    else
      fail(context, "status %d, %s: expected %lld, got %lld", status, fault.operand, (long long)fault.expected,
           (long long)fault.got);
  }
  if (a != o.a) free(a);
  if (b != o.b) free(b);
  free(o.c_before);
  return dense;
}

static wide activated(const epilogue *e, wide x) {
  if (e->activation == CK_RELU) return x > 0 ? x : x == x ? 0 : x;
  if (e->activation == CK_LEAKY_RELU) return x < 0 ? x * e->p : x;
  if (e->activation == CK_CLAMP) return x < e->p ? e->p : x > e->q ? e->q : x;
  return x;
}

// What element (i, j) must be, in `wide`; *magnitude <- |alpha| |A| |B| + |beta C|.
static wide expected_at(const struct problem *p, const struct operands *o, ptrdiff_t item, ptrdiff_t i, ptrdiff_t j,
                        wide *magnitude) {
  const ptrdiff_t at = item * p->c.batch_stride + i * p->c.row_stride + j * p->c.column_stride;
  const real *a = o->a + item * p->a.batch_stride + i * p->a.row_stride;
  const real *b = o->b + item * p->b.batch_stride + j * p->b.column_stride;
  wide sum = 0, absolute = 0;
  for (ptrdiff_t l = 0; p->alpha != 0 && l < p->k; ++l) {
    const wide term = (wide)a[l * p->a.column_stride] * (wide)b[l * p->b.row_stride];
    sum += term;
    absolute += term < 0 ? -term : term;
  }
  const wide kept = p->beta == 0 ? 0 : (wide)p->beta * (wide)o->c_before[at];
  *magnitude = (wide)fabs((double)p->alpha) * absolute + (kept < 0 ? -kept : kept);
  wide x = p->alpha == 0 ? kept : (wide)p->alpha * sum + kept;
  if (p->bias == CK_BIAS_PER_ROW) x += o->bias[i];
  if (p->bias == CK_BIAS_PER_COLUMN) x += o->bias[j];
  if (p->residual) x += o->residual[at];
  if (p->slopes) return x < 0 ? x * o->slopes[p->slopes == CK_BIAS_PER_ROW ? i : j] : x;
  return activated(&o->epilogue, x);
}

// The documented order of summation of one column: step l in lane l mod (128 bytes' worth), zeros to the end of the
// last lanes, then the upper half of the lanes onto the lower until one is left.
static real lane_sum(const real *a, ptrdiff_t a_stride, const real *b, ptrdiff_t b_stride, ptrdiff_t k) {
  enum { COUNT = 128 / sizeof(real) };
  real lanes[COUNT] = {0};
  for (ptrdiff_t l = 0; l < k; ++l)
    lanes[l % COUNT] = fused_multiply_add(a[l * a_stride], b[l * b_stride], lanes[l % COUNT]);
  for (ptrdiff_t l = k; l % COUNT != 0; ++l) lanes[l % COUNT] = fused_multiply_add(0, 0, lanes[l % COUNT]);
  for (int half = COUNT / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  return lanes[0];
}

// The documented order of summation where k makes one chunk: a chain of fused multiply-adds from +0.
static real chain_at(const struct problem *p, const struct operands *o, ptrdiff_t item, ptrdiff_t i, ptrdiff_t j) {
  const ptrdiff_t at = item * p->c.batch_stride + i * p->c.row_stride + j * p->c.column_stride;
  const ptrdiff_t a_stride = p->a.column_stride, b_stride = p->b.row_stride;
  const real *a = o->a + item * p->a.batch_stride + i * p->a.row_stride;
  const real *b = o->b + item * p->b.batch_stride + j * p->b.column_stride;
  real sum = 0;
  if (p->n == 1)
    sum = lane_sum(a, a_stride, b, b_stride, p->k);
  else
    for (ptrdiff_t l = 0; l < p->k; ++l) sum = fused_multiply_add(a[l * a_stride], b[l * b_stride], sum);
  return p->beta == 0 ? p->alpha * sum : fused_multiply_add(p->alpha, sum, p->beta * o->c_before[at]);
}

enum { ONE_CHUNK = 64 };

static bool is_right(const struct problem *p, const struct operands *o, bool fused, ptrdiff_t item, ptrdiff_t i,
                     ptrdiff_t j, real got) {
  wide magnitude;
  const wide expected = expected_at(p, o, item, i, j, &magnitude), wide_got = got;
  if (expected != expected) return wide_got != wide_got;
  if (p->integers || expected - expected != 0) return wide_got == expected;
  const wide error = wide_got > expected ? wide_got - expected : expected - wide_got;
  const wide steps = (wide)(p->k + 2) * (wide)UNIT;
  if (!(error <= steps / (1 - steps) * magnitude)) return false;
  if (!fused || p->k > ONE_CHUNK || p->k == 0 || p->alpha == 0) return true;
  const real chain = chain_at(p, o, item, i, j);
  return memcmp(&chain, &got, sizeof got) == 0;
}

// Every element against the oracles, and every other byte of C against what it was.
static void check_result(struct context *context, const struct problem *p, const struct operands *o) {
  for (ptrdiff_t item = 0; item < p->batch; ++item)
    for (ptrdiff_t i = 0; i < p->m; ++i)
      for (ptrdiff_t j = 0; j < p->n; ++j) {
        const ptrdiff_t at = item * p->c.batch_stride + i * p->c.row_stride + j * p->c.column_stride;
        if (is_right(p, o, ck_isa_fused(context->isa), item, i, j, o->c[at])) continue;
        wide magnitude;
        const double expected = (double)expected_at(p, o, item, i, j, &magnitude);
        fail(context, "element %td (%td, %td): %a, expected %a", item, i, j, (double)o->c[at], expected);
        return;
      }
  for (ptrdiff_t item = 0; item < p->batch; ++item)
    for (ptrdiff_t i = 0; i < p->m; ++i)
      for (ptrdiff_t j = 0; j < p->n; ++j) {
        const ptrdiff_t at = item * p->c.batch_stride + i * p->c.row_stride + j * p->c.column_stride;
        o->c_before[at] = o->c[at];
      }
  if (memcmp(o->c_before, o->c, (size_t)o->c_count * sizeof(real)) != 0) fail(context, "a gap in C was written");
}

// Runs one product and checks everything that is promised about it.
static void check_problem(struct context *context, const struct problem *p) {
  struct operands o = make_operands(p);
  real *a_before = copy_of(o.a, o.a_count), *b_before = copy_of(o.b, o.b_count), *a = o.a, *b = o.b;
  ck_fault fault = {0};
  describe(p);
  ++context->cases_run;
  if (pack_operands(context, p, &o, &a, &b)) {
    feclearexcept(FE_ALL_EXCEPT);
    const ck_status status = multiply_on(context->isa, p, &o, a, b, &fault);
    if (fetestexcept(FE_INVALID)) fail(context, "arithmetic on something outside the operands");
    if (status != CK_OK)
      fail(context, "status %d, %s: expected %lld, got %lld", status, fault.operand, (long long)fault.expected,
           (long long)fault.got);
    else
      check_result(context, p, &o);
  }
  if (memcmp(a_before, o.a, (size_t)o.a_count * sizeof(real)) ||
      memcmp(b_before, o.b, (size_t)o.b_count * sizeof(real)))
    fail(context, "an input was written");
  if (!arena_intact(arena_of(OPERAND_A), o.a, (size_t)o.a_count * sizeof(real)) ||
      !arena_intact(arena_of(OPERAND_B), o.b, (size_t)o.b_count * sizeof(real)) ||
      !arena_intact(arena_of(OPERAND_C), o.c, (size_t)o.c_count * sizeof(real)))
    fail(context, "a byte beside an operand was written");
  if (a != o.a) free(a);
  if (b != o.b) free(b);
  free(a_before);
  free(b_before);
  free(o.c_before);
}
