// Template: plans, checks and calls of convolution.
// Needs: real, conv_epilogue, kernels_of.

#include <stdlib.h>
#include <string.h>

#include "conv/plan.h"
#include "gemm/check.h"
#include "gemm/chunks.h"
#include "threads/team.h"
#include "vector/functions.h"

#include "conv/chunks.inc.h"
#include "conv/split.inc.h"
#include "conv/weights.inc.h"
#include "conv/direct.inc.h"
#include "conv/lone.inc.h"
#include "conv/grouped.inc.h"
#include "conv/winograd.inc.h"

// What `automatic` asks in turn; the last takes everything.
static const struct conv_algorithm *const algorithms[] = {
    &conv_winograd_4,
    &conv_winograd_2,
    &conv_grouped,
    &conv_direct,
};

enum { ALGORITHMS = sizeof algorithms / sizeof *algorithms };

static const char UNKNOWN_ALGORITHM[] = "there is no such algorithm";
static const char STRICT_ASKS[] = "strict asks for the formula's own products";

static const struct conv_algorithm *algorithm_named(ck_conv_algorithm id) {
  for (int i = 0; i < ALGORITHMS; ++i)
    if (algorithms[i]->id == id) return algorithms[i];
  return NULL;
}

// The problem of a plan, put to one algorithm.
static struct conv_problem problem_of(const struct conv_algorithm *a, const ck_conv *g,
                                      const ck_conv_figures *figures) {
  struct conv_problem p = conv_problem_of(g, figures);
  p.variant = a->variant;
  return p;
}

// Why automatic does not take it; NULL where it does.
static const char *passed_by(const struct conv_algorithm *a, const struct kernels *k, const ck_conv *g,
                             const ck_conv_figures *figures, bool strict) {
  if (strict && a->transforms) return STRICT_ASKS;
  const struct conv_problem p = problem_of(a, g, figures);
  const char *reason = a->refuses(k, &p);
  return reason != NULL ? reason : a->declines(k, &p);
}

static const struct conv_algorithm *choose(const struct kernels *k, const ck_conv *g, const ck_conv_figures *figures,
                                           bool strict) {
  int i = 0;
  while (i < ALGORITHMS - 1 && passed_by(algorithms[i], k, g, figures, strict) != NULL) ++i;
  return algorithms[i];
}

static const char *why_not(const ck_conv_plan *plan, ck_conv_algorithm id) {
  const struct conv_algorithm *a = algorithm_named(id);
  const struct kernels *k = kernels_of(plan->isa);
  if (plan->algorithm == id) return NULL;
  if (a == NULL) return UNKNOWN_ALGORITHM;
  const char *reason = passed_by(a, k, &plan->geometry, &plan->figures, plan->strict);
  if (reason != NULL) return reason;
  const struct conv_algorithm *chosen = choose(k, &plan->geometry, &plan->figures, plan->strict);
  return chosen->id == plan->algorithm ? chosen->pays : "another was asked for";
}

// What packed weights were made for.
struct conv_header {
  uint64_t kind;    // element size, algorithm, tile: what differs between instruction sets
  int64_t shape;    // a hash of the weights' dimensions
  uint64_t finite;  // whether every weight is
  uint64_t reserved[5];
};

enum { HEADER_ELEMENTS = sizeof(struct conv_header) / sizeof(real) };

static uint64_t header_kind(const ck_conv_plan *plan) {
  const uint64_t magic = 0x434f4e56;  // "CONV"
  return magic << 32 | (uint64_t)plan->algorithm << 24 | sizeof(real) << 16 | (uint64_t)plan->tile[0] << 8 |
         (uint64_t)plan->tile[1];
}

// Everything that `pack` depends on besides the algorithm [FNV-1a, 64 bits].
static int64_t header_shape(const ck_conv *g) {
  const ptrdiff_t parts[] = {g->groups,    g->channels, g->filters, g->kernel[0], g->kernel[1],
                             g->kernel[2], g->weights,  g->flipped, g->transposed};
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i) hash = (hash ^ (uint64_t)parts[i]) * 0x100000001b3;
  return (int64_t)(hash >> 1);
}

static ck_status fail_algorithm(ck_conv_algorithm id, const char *reason, ck_fault *fault) {
  const ck_status status = ck_fail(fault, CK_BAD_ARGUMENT, "algorithm", CK_CONV_DIRECT, id);
  if (fault != NULL) fault->reason = reason;
  return status;
}

static ck_status make_plan(const ck_isa *isa, const ck_conv *g, const ck_conv_options *options, ck_conv_plan *plan,
                           ck_fault *fault) {
  ck_conv_plan made = {.isa = isa, .geometry = *g, .element_bytes = sizeof(real), .strict = options->strict};
  const ck_status status = ck_conv_measure(g, &made.figures, fault);
  if (status != CK_OK) return status;
  const struct kernels *k = kernels_of(isa);
  const struct conv_algorithm *a = options->algorithm == CK_CONV_AUTOMATIC
                                       ? choose(k, g, &made.figures, options->strict)
                                       : algorithm_named(options->algorithm);
  if (a == NULL) return fail_algorithm(options->algorithm, UNKNOWN_ALGORITHM, fault);
  const struct conv_problem p = problem_of(a, g, &made.figures);
  const char *reason = options->strict && a->transforms ? STRICT_ASKS : a->refuses(k, &p);
  if (reason != NULL) return fail_algorithm(a->id, reason, fault);
  made.algorithm = a->id;
  made.transforms = a->transforms;
  a->tile(k, &p, made.tile);
  made.error_growth = a->error_growth(&p);
  const ptrdiff_t packed = a->packed_count(k, &p);
  if (packed < 0 || packed > PTRDIFF_MAX / (ptrdiff_t)sizeof(real) - HEADER_ELEMENTS)
    return ck_fail(fault, CK_OVERFLOW, "packed", PTRDIFF_MAX, made.figures.w_count);
  made.packed_count = packed + HEADER_ELEMENTS;
  if (a->workspace_count(k, &p, 1) >= MOST_ELEMENTS)
    return ck_fail(fault, CK_OVERFLOW, "workspace", MOST_ELEMENTS - 1, PTRDIFF_MAX);
  *plan = made;
  return CK_OK;
}

// Threads that a call makes plans for, at most.
enum { MOST_THREADS = 1 << 12 };
static int planned_threads(int threads) { return (int)max(1, min(threads, MOST_THREADS)); }

// With room to begin at a cache line; -1 where that overflows.
static ptrdiff_t workspace_of(ptrdiff_t count) { return count >= MOST_ELEMENTS ? -1 : count == 0 ? 0 : count + LINE; }

static ptrdiff_t workspace_count(const ck_conv_plan *plan, int threads) {
  const struct conv_algorithm *a = algorithm_named(plan->algorithm);
  const struct conv_problem p = problem_of(a, &plan->geometry, &plan->figures);
  return workspace_of(a->workspace_count(kernels_of(plan->isa), &p, planned_threads(threads)));
}

// The first element at or after `workspace` that begins a cache line.
static real *aligned(real *workspace) { return workspace + (-(uintptr_t)workspace % 64) / sizeof(real); }

static ck_status check_plan(const ck_conv_plan *plan, ck_fault *fault) {
  if (plan->element_bytes == sizeof(real)) return CK_OK;
  return ck_fail(fault, CK_BAD_ARGUMENT, "plan", sizeof(real), plan->element_bytes);
}

static ck_status check_count(const char *operand, ptrdiff_t needed, ptrdiff_t count, ck_fault *fault) {
  return count < needed ? ck_fail(fault, CK_SHORT_BUFFER, operand, needed, count) : CK_OK;
}

static ck_status check_apart(const char *operand, const real *output, ptrdiff_t outputs, const real *input,
                             ptrdiff_t inputs, ck_fault *fault) {
  return ck_check_apart(operand, output, outputs * (ptrdiff_t)sizeof(real), input, inputs * (ptrdiff_t)sizeof(real),
                        fault);
}

// Whether every element times `factor` is.
static bool all_finite(const real *x, ptrdiff_t count, real factor) {
  real sums[LINE] = {0}, sum = 0;  // NaN as soon as one is not
  ptrdiff_t i = 0;
  for (; i + LINE <= count; i += LINE)
    for (ptrdiff_t j = 0; j < LINE; ++j) sums[j] += x[i + j] * factor * 0;
  for (; i < count; ++i) sum += x[i] * factor * 0;
  for (ptrdiff_t j = 0; j < LINE; ++j) sum += sums[j];
  return sum == 0;
}

// Whether every weight is finite, its filter's scale included.  Of an overflow by another filter's scale it says no:
// then products with padding are made, of which none matters.
static bool finite_weights(const real *w, ptrdiff_t count, const real *scale, ptrdiff_t filters) {
  real most = 0;
  if (scale == NULL) return all_finite(w, count, 1);
  for (ptrdiff_t f = 0; f < filters; ++f) {
    const real size = scale[f] < 0 ? -scale[f] : scale[f];
    if (size > most) most = size;
  }
  return all_finite(scale, filters, 1) && all_finite(w, count, most);
}

static ck_status pack(const ck_conv_plan *plan, const real *w, ptrdiff_t w_count, const real *scale,
                      ptrdiff_t scale_count, real *packed, ptrdiff_t packed_count, ck_fault *fault) {
  const ck_conv *g = &plan->geometry;
  ck_status status = check_plan(plan, fault);
  if (status == CK_OK) status = check_count("weights", plan->figures.w_count, w_count, fault);
  if (status == CK_OK && scale != NULL) status = check_count("scale", g->filters, scale_count, fault);
  if (status == CK_OK) status = check_count("packed", plan->packed_count, packed_count, fault);
  if (status == CK_OK) status = check_apart("weights", packed, plan->packed_count, w, plan->figures.w_count, fault);
  if (status == CK_OK && scale != NULL)
    status = check_apart("scale", packed, plan->packed_count, scale, g->filters, fault);
  if (status != CK_OK) return status;
  const bool finite = finite_weights(w, plan->figures.w_count, scale, g->filters);
  const struct conv_header header = {.kind = header_kind(plan), .shape = header_shape(g), .finite = finite};
  memcpy(packed, &header, sizeof header);
  const struct conv_algorithm *a = algorithm_named(plan->algorithm);
  const struct conv_pack job = {.kernels = kernels_of(plan->isa),
                                .problem = problem_of(a, g, &plan->figures),
                                .w = w,
                                .scale = scale,
                                .packed = packed + HEADER_ELEMENTS};
  a->pack(&job);
  return CK_OK;
}

// What has one element for each filter.
static ck_status check_filters(const char *operand, const ck_conv_plan *plan, const real *y, const real *v,
                               ptrdiff_t count, ck_fault *fault) {
  if (v == NULL) return CK_OK;
  const ck_status status = check_count(operand, plan->geometry.filters, count, fault);
  return status == CK_OK ? check_apart(operand, y, plan->figures.y_count, v, plan->geometry.filters, fault) : status;
}

static ck_status check_epilogue(const ck_conv_plan *plan, const real *y, const conv_epilogue *e, ck_fault *fault) {
  const ptrdiff_t outputs = plan->figures.y_count;
  ck_status status = check_filters("bias", plan, y, e->bias, e->bias_count, fault);
  if (status == CK_OK) status = check_filters("slopes", plan, y, e->slopes, e->slopes_count, fault);
  if (status == CK_OK && e->residual != NULL) {
    status = check_count("residual", outputs, e->residual_count, fault);
    if (status == CK_OK && e->residual != y) status = check_apart("residual", y, outputs, e->residual, outputs, fault);
  }
  if (status != CK_OK) return status;
  status = ck_check_function("activation", e->activation, e->p, e->q, fault);
  if (status == CK_OK && e->slopes != NULL && e->activation != CK_IDENTITY)
    status = ck_fail(fault, CK_BAD_ARGUMENT, "slopes", CK_IDENTITY, e->activation);
  return status;
}

static ck_status check_packed(const ck_conv_plan *plan, const real *packed, ptrdiff_t count, struct conv_header *header,
                              ck_fault *fault) {
  // The header first: weights packed for another instruction set may also be fewer.
  ck_status status = check_count("packed", HEADER_ELEMENTS, count, fault);
  if (status != CK_OK) return status;
  memcpy(header, packed, sizeof *header);
  const uint64_t kind = header_kind(plan);
  const int64_t shape = header_shape(&plan->geometry);
  if (header->kind != kind) return ck_fail(fault, CK_WRONG_PACKING, "packed", (int64_t)kind, (int64_t)header->kind);
  if (header->shape != shape) return ck_fail(fault, CK_WRONG_PACKING, "packed", shape, header->shape);
  return check_count("packed", plan->packed_count, count, fault);
}

static ck_status check_call(const ck_conv_plan *plan, int threads, const real *x, ptrdiff_t x_count, const real *packed,
                            ptrdiff_t packed_count, const real *y, ptrdiff_t y_count, const conv_epilogue *e,
                            struct conv_header *header, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  ck_status status = check_plan(plan, fault);
  if (status == CK_OK) status = check_count("x", plan->figures.x_count, x_count, fault);
  if (status == CK_OK) status = check_count("y", plan->figures.y_count, y_count, fault);
  if (status == CK_OK) status = check_packed(plan, packed, packed_count, header, fault);
  if (status == CK_OK) status = check_apart("x", y, plan->figures.y_count, x, plan->figures.x_count, fault);
  if (status == CK_OK) status = check_apart("packed", y, plan->figures.y_count, packed, plan->packed_count, fault);
  return status == CK_OK && e != NULL ? check_epilogue(plan, y, e, fault) : status;
}

// Of a call's own workspace, NULL, only that there is such a count.
static ck_status check_workspace(const ck_conv_plan *plan, const real *workspace, ptrdiff_t needed, ptrdiff_t available,
                                 const real *x, const real *y, ck_fault *fault) {
  if (needed < 0) return ck_fail(fault, CK_OVERFLOW, "workspace", MOST_ELEMENTS - 1, PTRDIFF_MAX);
  if (workspace == NULL) return CK_OK;
  ck_status status = check_count("workspace", needed, available, fault);
  if (status == CK_OK) status = check_apart("workspace", workspace, needed, x, plan->figures.x_count, fault);
  return status == CK_OK ? check_apart("workspace", workspace, needed, y, plan->figures.y_count, fault) : status;
}

// That an operand lies apart from the workspace, if there are both.
static ck_status check_workspace_apart(const real *workspace, ptrdiff_t needed, const real *operand, ptrdiff_t count,
                                       ck_fault *fault) {
  if (workspace == NULL || operand == NULL) return CK_OK;
  return check_apart("workspace", workspace, needed, operand, count, fault);
}

// What follows the sums is read while the workspace is written.
static ck_status check_workspace_and_epilogue(const ck_conv_plan *plan, const real *workspace, ptrdiff_t needed,
                                              const conv_epilogue *e, ck_fault *fault) {
  const real *const operands[] = {e->bias, e->slopes, e->residual};
  const ptrdiff_t counts[] = {plan->geometry.filters, plan->geometry.filters, plan->figures.y_count};
  ck_status status = CK_OK;
  for (int i = 0; i < 3 && status == CK_OK; ++i)
    status = check_workspace_apart(workspace, needed, operands[i], counts[i], fault);
  return status;
}

static ck_status forward(const ck_conv_plan *plan, int threads, const real *x, ptrdiff_t x_count, const real *packed,
                         ptrdiff_t packed_count, real *y, ptrdiff_t y_count, const conv_epilogue *e, real *workspace,
                         ptrdiff_t available, ck_fault *fault) {
  struct conv_header header;
  ck_status status = check_call(plan, threads, x, x_count, packed, packed_count, y, y_count, e, &header, fault);
  if (status != CK_OK || plan->figures.y_count == 0) return status;
  const struct kernels *k = kernels_of(plan->isa);
  const struct conv_algorithm *a = algorithm_named(plan->algorithm);
  struct conv_call call = {.kernels = k,
                           .problem = problem_of(a, &plan->geometry, &plan->figures),
                           .threads = planned_threads(threads),
                           .x = x,
                           .packed = packed + HEADER_ELEMENTS,
                           .finite = header.finite,
                           .y = y};
  if (e != NULL) {
    call.finish = (struct gemm_finish){.bias = e->bias,
                                       .slopes = e->slopes,
                                       .residual = e->residual,
                                       .activation = e->slopes != NULL ? CK_LEAKY_RELU : e->activation,
                                       .p = e->p,
                                       .q = e->q,
                                       .map = k->map};
    call.finishes = e->bias != NULL || e->residual != NULL || call.finish.activation != CK_IDENTITY;
  }
  const ptrdiff_t needed = workspace_count(plan, threads);
  const ptrdiff_t bytes = panels_of(needed, LINE) * 64;
  status = check_workspace(plan, workspace, needed, available, x, y, fault);
  if (status == CK_OK) status = check_workspace_apart(workspace, needed, packed, plan->packed_count, fault);
  if (status == CK_OK && e != NULL) status = check_workspace_and_epilogue(plan, workspace, needed, e, fault);
  if (status != CK_OK) return status;
  real *own = workspace == NULL && bytes > 0 ? aligned_alloc(64, (size_t)bytes) : NULL;
  if (workspace == NULL && bytes > 0 && own == NULL) return ck_fail(fault, CK_OUT_OF_MEMORY, "workspace", bytes, 0);
  call.workspace = aligned(workspace == NULL ? own : workspace);
  a->forward(&call);
  free(own);
  return CK_OK;
}

#include "conv/gradient.inc.h"
#include "conv/winograd_gradient.inc.h"
#include "conv/backward.inc.h"
