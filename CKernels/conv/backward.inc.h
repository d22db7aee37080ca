// Template: the backward pass over weights and bias, by the plan's algorithm.  Needs: conv/gradient.inc.h,
// conv/winograd_gradient.inc.h, and what conv/conv.inc.h has of plans and checks.

// The convolution itself, or the one that a transposed one is the adjoint of: then x and dy change places.
static ck_conv forward_geometry(const ck_conv_plan *plan) {
  ck_conv g = plan->geometry;
  if (g.transposed) ck_conv_adjoint(&plan->geometry, &g, NULL);
  return g;
}

// What the gradient of the weights is asked for, and the algorithm that makes it.
struct gradient_call {
  ck_conv_algorithm algorithm;
  struct conv_problem problem;
  const struct kernels *kernels;
};

static struct gradient_call gradient_call_of(const ck_conv_plan *plan) {
  const ck_conv geometry = forward_geometry(plan);
  ck_conv_figures figures;
  ck_conv_measure(&geometry, &figures, NULL);
  struct gradient_call call = {CK_CONV_DIRECT, conv_problem_of(&geometry, &figures), kernels_of(plan->isa)};
  if (plan->transforms) call.algorithm = winograd_gradient_algorithm(&call.problem, plan->algorithm);
  call.problem.variant = algorithm_named(call.algorithm)->variant;
  return call;
}

static ptrdiff_t backward_weights_workspace_count(const ck_conv_plan *plan, int asked) {
  const struct gradient_call call = gradient_call_of(plan);
  const int threads = planned_threads(asked);
  if (call.algorithm != CK_CONV_DIRECT) {
    const struct winograd_gradient w = winograd_gradient_of(call.kernels, &call.problem, threads);
    return workspace_of(winograd_gradient_workspace_count(&w));
  }
  const struct gradient g = gradient_of(call.kernels, call.problem, threads, true);
  const struct gradient apart = gradient_of(call.kernels, call.problem, threads, false);
  return workspace_of(max(gradient_workspace_count(&g), gradient_workspace_count(&apart)));
}

static double backward_weights_error_growth(const ck_conv_plan *plan) {
  const struct gradient_call call = gradient_call_of(plan);
  if (call.algorithm != CK_CONV_DIRECT) {
    const struct winograd_gradient w = winograd_gradient_of(call.kernels, &call.problem, 1);
    return winograd_gradient_growth(&w);
  }
  const struct gradient g = gradient_of(call.kernels, call.problem, 1, true);
  return gradient_growth(&g);
}

// Returns whether taps were joined: then an infinity or NaN in dy made NaN of the padding that it met, which is not
// part of any sum.
static bool run_direct_gradient(const struct gradient_call *call, int threads, const real *x, const real *dy, real *dw,
                                real *workspace, bool joins) {
  struct gradient g = gradient_of(call->kernels, call->problem, threads, joins);
  g.x = x, g.dy = dy, g.dw = dw, g.workspace = workspace;
  ck_team_run(g.threads, gradient_body, &g);
  return g.joins;
}

// dw of x and dy, in memory that begins a cache line.
static void run_gradient(const ck_conv_plan *plan, int threads, const real *x, const real *dy, real *dw,
                         real *workspace) {
  const struct gradient_call call = gradient_call_of(plan);
  if (plan->geometry.transposed) {
    const real *const images = x;
    x = dy, dy = images;
  }
  if (call.algorithm != CK_CONV_DIRECT) {
    struct winograd_gradient w = winograd_gradient_of(call.kernels, &call.problem, threads);
    run_winograd_gradient(&w, x, dy, dw, workspace);
  } else {
    if (run_direct_gradient(&call, threads, x, dy, dw, workspace, true) && !all_finite(dw, plan->figures.w_count, 1))
      run_direct_gradient(&call, threads, x, dy, dw, workspace, false);
  }
}

#include "conv/gradient_bias.inc.h"

static ck_status check_gradient(const ck_conv_plan *plan, int threads, const real *x, ptrdiff_t x_count, const real *dy,
                                ptrdiff_t dy_count, const real *dw, ptrdiff_t dw_count, const real *db,
                                ptrdiff_t db_count, ck_fault *fault) {
  const ck_conv_figures *f = &plan->figures;
  const ptrdiff_t filters = db == NULL ? 0 : plan->geometry.filters;
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  ck_status status = check_plan(plan, fault);
  if (status == CK_OK) status = check_count("x", f->x_count, x_count, fault);
  if (status == CK_OK) status = check_count("dy", f->y_count, dy_count, fault);
  if (status == CK_OK) status = check_count("dw", f->w_count, dw_count, fault);
  if (status == CK_OK && db != NULL) status = check_count("db", filters, db_count, fault);
  if (status == CK_OK) status = check_apart("x", dw, f->w_count, x, f->x_count, fault);
  if (status == CK_OK) status = check_apart("dy", dw, f->w_count, dy, f->y_count, fault);
  if (status == CK_OK) status = check_apart("x", db, filters, x, f->x_count, fault);
  if (status == CK_OK) status = check_apart("dy", db, filters, dy, f->y_count, fault);
  return status == CK_OK ? check_apart("db", dw, f->w_count, db, filters, fault) : status;
}

static ck_status backward_weights(const ck_conv_plan *plan, int threads, const real *x, ptrdiff_t x_count,
                                  const real *dy, ptrdiff_t dy_count, real *dw, ptrdiff_t dw_count, real *db,
                                  ptrdiff_t db_count, real *workspace, ptrdiff_t available, ck_fault *fault) {
  ck_status status = check_gradient(plan, threads, x, x_count, dy, dy_count, dw, dw_count, db, db_count, fault);
  if (status != CK_OK) return status;
  const ptrdiff_t needed = backward_weights_workspace_count(plan, threads), bytes = panels_of(needed, LINE) * 64;
  status = check_workspace(plan, workspace, needed, available, x, dy, fault);
  if (status == CK_OK) status = check_workspace_apart(workspace, needed, dw, plan->figures.w_count, fault);
  if (status == CK_OK) status = check_workspace_apart(workspace, needed, db, plan->geometry.filters, fault);
  if (status != CK_OK) return status;
  real *own = workspace == NULL ? aligned_alloc(64, (size_t)bytes) : NULL;
  if (workspace == NULL && own == NULL) return ck_fail(fault, CK_OUT_OF_MEMORY, "workspace", bytes, 0);
  run_gradient(plan, planned_threads(threads), x, dy, dw, aligned(workspace == NULL ? own : workspace));
  free(own);
  if (db == NULL) return CK_OK;
  const struct conv_problem problem = conv_problem_of(&plan->geometry, &plan->figures);
  struct bias_gradient bias = {.problem = &problem, .filters = plan->geometry.filters, .dy = dy, .db = db};
  ck_team_run((int)min(threads, panels_of(bias.filters, LINE)), bias_body, &bias);
  return CK_OK;
}
