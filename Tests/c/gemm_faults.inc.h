// Template: misuse, exhausted memory, and the caller's state.  Needs: gemm_bits.inc.h.
#include <errno.h>
#include <sys/mman.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "allocation.h"

// A sound call, to be spoilt in one place.
struct call {
  const ck_isa *isa;
  ck_gemm g;
  int threads;
  real alpha, beta;
  const real *a, *b;
  real *c;
  epilogue e;
};

static void negative_m(struct call *x) { x->g.m = -1; }
static void negative_n(struct call *x) { x->g.n = -2; }
static void negative_k(struct call *x) { x->g.k = PTRDIFF_MIN; }
static void negative_batch(struct call *x) { x->g.batch = -1; }
static void short_a(struct call *x) { --x->g.a.count; }
static void short_b(struct call *x) { --x->g.b.count; }
static void short_c(struct call *x) { --x->g.c.count; }
static void short_bias(struct call *x) { --x->e.bias_count; }
static void short_slopes(struct call *x) { --x->e.slopes_count; }
static void short_residual(struct call *x) { --x->e.residual_layout.count; }
static void no_threads(struct call *x) { x->threads = 0; }
static void unknown_activation(struct call *x) { x->e.activation = (ck_activation)99; }
static void unknown_bias(struct call *x) { x->e.bias_kind = (ck_bias)7; }
static void no_bias(struct call *x) { x->e.bias = NULL; }
static void slopes_and_activation(struct call *x) { x->e.activation = CK_RELU; }
static void repeated_rows(struct call *x) { x->g.c.row_stride = 0; }
static void repeated_columns(struct call *x) { x->g.c.column_stride = 0; }
static void interleaved_rows(struct call *x) { x->g.c.row_stride = x->g.n - 1; }
static void repeated_batch(struct call *x) { x->g.batch = 2, x->g.c.batch_stride = 0; }
static void c_over_a(struct call *x) { x->a = x->c + x->g.c.count - 1; }
static void c_over_b(struct call *x) { x->b = x->c; }
static void c_over_bias(struct call *x) { x->e.bias = x->c + 3; }
static void c_over_slopes(struct call *x) { x->e.slopes = x->c + 5; }
static void c_over_residual(struct call *x) { x->e.residual = x->c + 1; }
static void c_as_residual(struct call *x) { x->beta = 0, x->e.residual = x->c; }
static void wide_stride(struct call *x) {
  x->g.a.row_stride = PTRDIFF_MAX / 2;
  x->g.a.count = PTRDIFF_MAX;
}
// Its elements can be counted, its bytes cannot.
static void wide_bytes(struct call *x) {
  x->g.a.row_stride = PTRDIFF_MAX / x->g.m;
  x->g.a.count = PTRDIFF_MAX;
}
static void wide_c(struct call *x) {
  x->g.c.row_stride = PTRDIFF_MAX / 4;
  x->g.c.count = PTRDIFF_MAX;
}
static void wide_batch(struct call *x) { x->g.batch = 4, x->g.c.batch_stride = PTRDIFF_MAX / 3; }
static void unpacked_as_packed(struct call *x) {
  x->g.a_packed = true;
  x->g.a.count = PTRDIFF_MAX;
}

static void huge_packed(struct call *x) { x->g.a_packed = true, x->g.k = PTRDIFF_MAX / 16; }

static const struct misuse {
  void (*spoil)(struct call *);
  ck_status status;
  const char *operand;
} misuses[] = {
    {negative_m, CK_NEGATIVE_SIZE, "m"},
    {negative_n, CK_NEGATIVE_SIZE, "n"},
    {negative_k, CK_NEGATIVE_SIZE, "k"},
    {negative_batch, CK_NEGATIVE_SIZE, "batch"},
    {short_a, CK_SHORT_BUFFER, "a"},
    {short_b, CK_SHORT_BUFFER, "b"},
    {short_c, CK_SHORT_BUFFER, "c"},
    {short_bias, CK_SHORT_BUFFER, "bias"},
    {short_slopes, CK_SHORT_BUFFER, "slopes"},
    {short_residual, CK_SHORT_BUFFER, "residual"},
    {no_threads, CK_BAD_ARGUMENT, "threads"},
    {unknown_activation, CK_BAD_ARGUMENT, NULL},
    {unknown_bias, CK_BAD_ARGUMENT, "bias_kind"},
    {no_bias, CK_BAD_ARGUMENT, "bias"},
    {slopes_and_activation, CK_BAD_ARGUMENT, "slopes"},
    {repeated_rows, CK_BAD_STRIDE, "c"},
    {repeated_columns, CK_BAD_STRIDE, "c"},
    {interleaved_rows, CK_BAD_STRIDE, "c"},
    {repeated_batch, CK_BAD_STRIDE, "c"},
    {c_over_a, CK_OVERLAP, "a"},
    {c_over_b, CK_OVERLAP, "b"},
    {c_over_bias, CK_OVERLAP, "bias"},
    {c_over_slopes, CK_OVERLAP, "slopes"},
    {c_over_residual, CK_OVERLAP, "residual"},
    {wide_stride, CK_OVERFLOW, "a"},
    {wide_c, CK_OVERFLOW, "c"},
    {wide_batch, CK_OVERFLOW, "c"},
    {unpacked_as_packed, CK_WRONG_PACKING, "a"},
    {wide_bytes, CK_OVERFLOW, "a"},
    {huge_packed, CK_OVERFLOW, "a"},
};

static struct call sound_call(const ck_isa *isa, const struct problem *p, const struct operands *o) {
  struct call x = {.isa = isa,
                   .threads = 2,
                   .alpha = p->alpha,
                   .beta = p->beta,
                   .a = o->a,
                   .b = o->b,
                   .c = o->c,
                   .g = {.m = p->m, .n = p->n, .k = p->k, .batch = p->batch, .a = p->a, .b = p->b, .c = p->c},
                   .e = o->epilogue};
  x.g.a.count = o->a_count;
  x.g.b.count = o->b_count;
  x.g.c.count = o->c_count;
  return x;
}

static void expect_fault(struct context *context, const struct call *x, const struct operands *o, ck_status expected,
                         const char *operand) {
  ck_fault fault = {0};
  ++context->cases_run;
  const ck_status status = product(x->isa, x->threads, &x->g, x->alpha, x->a, x->b, x->beta, x->c, &x->e, &fault);
  if (status != expected) fail(context, "status %d instead of %d (%s)", status, expected, operand ? operand : "");
  if (status != CK_OK && (!fault.operand || (operand && strcmp(fault.operand, operand))))
    fail(context, "blames %s, not %s", fault.operand ? fault.operand : "nothing", operand ? operand : "an operand");
  if (status == CK_OVERFLOW && fault.got <= fault.expected) fail(context, "%s fits the bound that it is told", operand);
  if (memcmp(o->c, o->c_before, (size_t)o->c_count * sizeof(real))) fail(context, "C was changed");
}

static void misuse(struct context *context) {
  struct problem p = real_problem(9, 11, 7, 1, context->options.seed);
  p.bias = CK_BIAS_PER_ROW, p.slopes = CK_BIAS_PER_COLUMN, p.residual = true;
  struct operands o = make_operands(&p);
  for (size_t i = 0; i < sizeof misuses / sizeof *misuses; ++i) {
    struct call x = sound_call(context->isa, &p, &o);
    misuses[i].spoil(&x);
    now_running(TYPE " misuse %zu of %s", i, misuses[i].operand ? misuses[i].operand : "an argument");
    expect_fault(context, &x, &o, misuses[i].status, misuses[i].operand);
  }
  real *packed = calloc((size_t)packed_a_count(context->isa, p.m, p.k), sizeof(real));
  pack_a(context->isa, p.m, p.k, o.a, &p.a, packed, packed_a_count(context->isa, p.m, p.k), NULL);
  for (int variant = 0; variant < 5; ++variant) {
    struct call x = sound_call(context->isa, &p, &o);
    x.a = packed, x.g.a_packed = true, x.g.a.count = packed_a_count(context->isa, p.m, p.k);
    if (variant == 1) --x.g.k;
    if (variant == 4) --x.g.m;
    if (variant == 2) x.isa = ck_isa_at(1) ? ck_isa_at(context->isa == ck_isa_at(0)) : x.isa, x.g.a.count = PTRDIFF_MAX;
    if (variant == 3)
      x.a = o.a, x.b = packed, x.g.a = p.a, x.g.a_packed = false, x.g.b_packed = true, x.g.a.count = o.a_count,
      x.g.b.count = PTRDIFF_MAX;
    if (variant == 0) --x.g.a.count;
    if (x.isa == context->isa && variant == 2) continue;
    expect_fault(context, &x, &o, variant == 0 ? CK_SHORT_BUFFER : CK_WRONG_PACKING, variant == 3 ? "b" : "a");
  }
  if (packed_a_count(context->isa, PTRDIFF_MAX / 2, 16) != -1 ||
      packed_b_count(context->isa, 16, PTRDIFF_MAX / 8) != -1 || packed_b_count(context->isa, -1, 3) != -1)
    fail(context, "a packed size that overflows or is negative is not -1");
  free(packed);
  free(o.c_before);
}

// Packing that cannot be, with what its fault says: nothing is read or written.
static void packing_misuse(struct context *context) {
  static const ptrdiff_t most = PTRDIFF_MAX / (ptrdiff_t)sizeof(real);
  static const ptrdiff_t sizes[][2] = {{PTRDIFF_MAX, 1}, {PTRDIFF_MAX, PTRDIFF_MAX}, {most, 1},      {most / 2, 16},
                                       {16, most / 2},   {1, PTRDIFF_MAX},           {1 << 30, most}};
  const real element = 1;
  const ck_layout none = {1, 0, 0, 0};
  for (int i = 0; i < 14; ++i) {
    const ptrdiff_t width = sizes[i / 2][0], depth = sizes[i / 2][1];
    real kept = 3;
    ck_fault fault = {0};
    now_running(TYPE " packing of %td by %td", width, depth);
    ++context->cases_run;
    const ck_status status = i % 2 ? pack_a(context->isa, width, depth, &element, &none, &kept, PTRDIFF_MAX, &fault)
                                   : pack_b(context->isa, depth, width, &element, &none, &kept, PTRDIFF_MAX, &fault);
    if (status != CK_OVERFLOW || strcmp(fault.operand, "packed") != 0)
      fail(context, "status %d, %s", status, fault.operand ? fault.operand : "no operand");
    else if (fault.got <= fault.expected || (fault.got != width && fault.got != depth))
      fail(context, "expected %lld, got %lld", (long long)fault.expected, (long long)fault.got);
    if (kept != 3) fail(context, "something was written");
  }
}

// C is written before the residual is added to it, whichever kernel runs: even beta = 0 makes no residual of it.
static void c_is_no_residual(struct context *context) {
  static const ptrdiff_t sizes[][2] = {{90, 110}, {90, 1}, {2, 110}};
  for (int i = 0; i < 6; ++i) {
    struct problem p = real_problem(sizes[i % 3][0], sizes[i % 3][1], 70, 1, context->options.seed);
    p.alpha = i < 3, p.beta = 0, p.residual = true;
    struct operands o = make_operands(&p);
    struct call x = sound_call(context->isa, &p, &o);
    c_as_residual(&x);
    describe(&p);
    expect_fault(context, &x, &o, CK_OVERLAP, "residual");
    free(o.c_before);
  }
}

static void failing_allocations(struct context *context) {
  for (int shape = 0; shape < SHAPES; ++shape)
    for (int threads = 1; threads <= 2; ++threads) {
      struct problem p = nth_shape(shape, context->options.seed);
      p.threads = threads;
      if (is_brief(context) && threads > 1) continue;
      struct operands o = make_operands(&p);
      bool failed = true;
      for (long n = 1; failed && n < 100; ++n) {
        ck_fault fault = {0};
        describe(&p);
        ++context->cases_run;
        const long live = allocations_live();
        allocations_fail_at(n);
        const ck_status status = multiply_on(context->isa, &p, &o, o.a, o.b, &fault);
        failed = allocations_failed();
        allocations_fail_at(0);
        if (allocations_live() != live) fail(context, "allocation %ld of a call leaks", n);
        if (failed != (status == CK_OUT_OF_MEMORY)) fail(context, "allocation %ld failed, status %d", n, status);
        if (failed && (!fault.operand || fault.expected <= 0)) fail(context, "allocation %ld: no size reported", n);
        if (failed && memcmp(o.c, o.c_before, (size_t)o.c_count * sizeof(real))) fail(context, "C was changed");
      }
      free(o.c_before);
    }
}

// The control word of the floating-point unit; flush-to-zero and friends live there.
static unsigned long control_word(void) {
#if defined(__x86_64__)
  return _mm_getcsr() & ~0x3fu;  // without the sticky flags
#else
  unsigned long word;
  __asm__ volatile("mrs %0, fpcr" : "=r"(word));
  return word;
#endif
}

static void set_control_word(unsigned long word) {
#if defined(__x86_64__)
  _mm_setcsr((unsigned)word);
#else
  __asm__ volatile("msr fpcr, %0" : : "r"(word));
#endif
}

#if defined(__x86_64__)
static const unsigned long FLUSH_TO_ZERO = 0x8040;  // and denormals are zero
#else
static const unsigned long FLUSH_TO_ZERO = 1ul << 24;
#endif

static void state_kept(struct context *context) {
  for (int shape = 0; shape < SHAPES; ++shape)
    for (int threads = 1; threads <= 3; ++threads) {
      struct problem p = nth_shape(shape, context->options.seed);
      p.threads = threads;
      struct operands o = make_operands(&p);
      const unsigned long before = control_word();
      describe(&p);
      ++context->cases_run;
      errno = 1234;
      multiply_on(context->isa, &p, &o, o.a, o.b, NULL);
      if (errno != 1234) fail(context, "errno became %d", errno);
      if (control_word() != before) fail(context, "control word %lx became %lx", before, control_word());
      if (fegetround() != FE_TONEAREST) fail(context, "the rounding mode changed");
      free(o.c_before);
    }
}

// Under each mode the bits are the same for 1 and for 3 threads, and the mode is still there afterwards.
static void modes_reach_threads(struct context *context) {
  static const int roundings[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
  const unsigned long usual = control_word();
  for (int mode = 0; mode < 8; ++mode) {
    struct problem p = real_problem(150, 60, 110, 1, context->options.seed);
    const real tiny = (real)(sizeof(real) == 4 ? 0x1p-140 : 0x1p-1060);  // a subnormal number
    p.alpha = mode & 4 ? tiny : 1;
    real *results[2];
    for (int i = 0; i < 2; ++i) {
      p.threads = 1 + 2 * i;
      fesetround(roundings[mode % 4]);
      if (mode & 4) set_control_word(control_word() | FLUSH_TO_ZERO);
      const unsigned long before = control_word();
      results[i] = result_of(context, &p);
      if (control_word() != before) fail(context, "mode %d: control word changed", mode);
      fesetround(FE_TONEAREST);
      set_control_word(usual);
    }
    if (results[0] && results[1] && memcmp(results[0], results[1], (size_t)(p.m * p.n) * sizeof(real)))
      fail(context, "mode %d: a thread ran in another mode", mode);
    free(results[0]);
    free(results[1]);
  }
}

// Rows that lie gigabytes apart in an operand of which only a few pages exist.
static void huge_strides(struct context *context) {
  const ptrdiff_t stride = ((ptrdiff_t)3 << 30) / (ptrdiff_t)sizeof(real), rows = 3, columns = 5;
  const size_t bytes = (size_t)(2 * stride + 64) * sizeof(real);
  real *const sparse = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (sparse == MAP_FAILED) {
    printf("     %s: 6 GiB of address space are not to be had, skipped\n", TYPE);
    return;
  }
  real one[5] = {1, 1, 1, 1, 1}, sum[3] = {0};
  for (ptrdiff_t i = 0; i < rows; ++i)
    for (ptrdiff_t j = 0; j < columns; ++j) sparse[i * stride + j] = (real)(i + 1);
  for (int output = 0; output < 2; ++output) {  // as A, as C
    ck_gemm g = {.m = rows, .n = output ? columns : 1, .k = output ? 1 : columns, .batch = 1};
    const ck_layout large = {2 * stride + columns, stride, 1, 0};
    g.a = output ? (ck_layout){3, 1, 1, 0} : large;
    g.b = output ? (ck_layout){5, 5, 1, 0} : (ck_layout){5, 1, 1, 0};
    g.c = output ? large : (ck_layout){3, 1, 1, 0};
    ++context->cases_run;
    const ck_status status =
        product(context->isa, 2, &g, 1, output ? sum : sparse, one, 0, output ? sparse : sum, NULL, NULL);
    if (status != CK_OK) fail(context, "status %d", status);
    for (ptrdiff_t i = 0; i < rows; ++i) {
      const real got = output ? sparse[i * stride + columns - 1] : sum[i], expected = (real)(columns * (i + 1));
      if (got != expected) fail(context, "row %td: %g, not %g", i, (double)got, (double)expected);
    }
  }
  munmap(sparse, bytes);
}
