// What an algorithm of convolution is to the plan and to the entry points, for one element type.
// Include real/f32.h or real/f64.h first.
#ifndef CK_CONV_PLAN_H
#define CK_CONV_PLAN_H

#include "conv/problem.h"
#include "isa/kernels.h"

// One forward pass, everything checked.
struct conv_call {
  const struct kernels *kernels;
  struct conv_problem problem;
  int threads;
  const real *x, *packed;     // packed: what the algorithm's `pack` wrote
  bool finite;                // whether every weight is, so that a product with 0 adds nothing
  real *y, *workspace;        // workspace: 64-byte aligned, workspace_count elements
  bool finishes;              // whether anything follows the sums
  struct gemm_finish finish;  // see conv_finish
};

// What the weights are for `pack`: element (group, filter, channel, tap) is w[the index of struct conv_weights] times
// scale[group * filters + filter] where scale is not NULL; conv_weight in conv/weights.inc.h.
struct conv_pack {
  const struct kernels *kernels;
  struct conv_problem problem;
  const real *w, *scale;
  real *packed;
};

struct conv_algorithm {
  ck_conv_algorithm id;
  int variant;      // algorithms that share functions tell by problem->variant which of them is asked
  bool transforms;  // sums other products than the formula's: not for `strict`
  // Why it cannot do this problem, a string constant; NULL where it can.
  const char *(*refuses)(const struct kernels *kernels, const struct conv_problem *problem);
  // Why `automatic` passes it by though it can; NULL where it takes it.  By shape alone: neither batch nor threads.
  const char *(*declines)(const struct kernels *kernels, const struct conv_problem *problem);
  const char *pays;  // why `automatic` takes it rather than those it asks later; NULL for the last
  // Elements; -1 where that overflows.  Without regard to batch and image size, unless `refuses` depends on them.
  ptrdiff_t (*packed_count)(const struct kernels *kernels, const struct conv_problem *problem);
  // Elements; MOST_ELEMENTS and more where that overflows.
  ptrdiff_t (*workspace_count)(const struct kernels *kernels, const struct conv_problem *problem, int threads);
  double (*error_growth)(const struct conv_problem *problem);  // ck_conv_plan's
  void (*tile)(const struct kernels *kernels, const struct conv_problem *problem, ptrdiff_t tile[2]);
  void (*pack)(const struct conv_pack *pack);
  void (*forward)(const struct conv_call *call);
};

#endif
