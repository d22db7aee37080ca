// Template: the driver of optimisers.  Needs: real, isa/kernels.h, optimizer/optimizer.h, vector/functions.h.

struct optimizer_job {
  const struct kernels *kernels;
  struct optimizer step;
  const char *names[3];  // of the states
  bool needed[3];
  ptrdiff_t n;
};

static void optimizer_part(void *context, int index, int count) {
  const struct optimizer_job *j = context;
  j->kernels->optimize(&j->step, ck_map_start(j->n, index, count), ck_map_start(j->n, index + 1, count));
}

// That the outputs p and states lie apart from each other and from g.
static ck_status optimizer_check_apart(const struct optimizer_job *j, ck_fault *fault) {
  const char *const names[5] = {"g", "p", j->names[0], j->names[1], j->names[2]};
  const real *const buffers[5] = {j->step.g, j->step.p, j->step.state[0], j->step.state[1], j->step.state[2]};
  const ptrdiff_t bytes = j->n * (ptrdiff_t)sizeof(real);
  for (int output = 1; output < 5; ++output)
    for (int other = 0; other < output; ++other) {
      if (buffers[output] == NULL || buffers[other] == NULL) continue;
      const ck_status status = ck_check_apart(names[output], buffers[output], bytes, buffers[other], bytes, fault);
      if (status != CK_OK) return status;
    }
  return CK_OK;
}

static ck_status optimizer_check(const struct optimizer_job *j, int threads, ck_fault *fault) {
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  if (j->n < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "n", 0, j->n);
  const ptrdiff_t most = PTRDIFF_MAX / (ptrdiff_t)sizeof(real);
  if (j->n > most) return ck_fail(fault, CK_OVERFLOW, "n", most, j->n);
  for (int i = 0; i < 3; ++i)
    if (j->needed[i] && j->step.state[i] == NULL && j->n > 0) return ck_fail(fault, CK_BAD_ARGUMENT, j->names[i], 0, 1);
  return optimizer_check_apart(j, fault);
}

static ck_status optimizer_run(struct optimizer_job job, int threads, ck_status valid, ck_fault *fault) {
  for (int i = 0; i < 3; ++i)
    if (!job.needed[i]) job.step.state[i] = NULL;
  const ck_status status = valid != CK_OK ? valid : optimizer_check(&job, threads, fault);
  if (status != CK_OK || job.n == 0) return status;
  ck_team_run(ck_map_threads(threads, job.n), optimizer_part, &job);
  return CK_OK;
}

static ck_status sgd_run(const struct kernels *kernels, int threads, const ck_sgd *s, ptrdiff_t n, const real *g,
                         real *p, real *v, ck_fault *fault) {
  const struct optimizer_job job = {
      .kernels = kernels,
      .step = {.rule = OPTIMIZER_SGD,
               .first = s->step == 1,
               .nesterov = s->nesterov,
               .rate = (real)s->learning_rate,
               .decay = (real)s->weight_decay,
               .keep = (real)s->momentum,
               .take = (real)(1 - s->dampening),
               .g = g,
               .p = p,
               .state = {v}},
      .names = {"velocity"},
      .needed = {s->momentum != 0},
      .n = n,
  };
  return optimizer_run(job, threads, ck_check_sgd(s, fault), fault);
}

static ck_status adam_run(const struct kernels *kernels, int threads, const ck_adam *s, ptrdiff_t n, const real *g,
                          real *p, real *m, real *v, real *h, ck_fault *fault) {
  const struct optimizer_job job = {
      .kernels = kernels,
      .step = {.rule = OPTIMIZER_ADAM,
               .rate = (real)(s->learning_rate / ck_bias_correction(s->beta1, s->step)),
               .decay = (real)(s->decoupled ? 0 : s->weight_decay),
               .shrink = (real)(s->decoupled ? 1 - s->learning_rate * s->weight_decay : 1),
               .take = (real)(1 - s->beta1),
               .keep_square = (real)s->beta2,
               .take_square = (real)(1 - s->beta2),
               .scale = (real)(1 / sqrt(ck_bias_correction(s->beta2, s->step))),
               .epsilon = (real)s->epsilon,
               .g = g,
               .p = p,
               .state = {m, v, h}},
      .names = {"mean", "square", "greatest_square"},
      .needed = {true, true, s->amsgrad},
      .n = n,
  };
  return optimizer_run(job, threads, ck_check_adam(s, fault), fault);
}

static ck_status adagrad_run(const struct kernels *kernels, int threads, const ck_adagrad *s, ptrdiff_t n,
                             const real *g, real *p, real *sum, ck_fault *fault) {
  const double earlier = s->step < 1 ? 0 : (double)(s->step - 1);  // a step below 1 is refused further down
  const struct optimizer_job job = {
      .kernels = kernels,
      .step = {.rule = OPTIMIZER_ADAGRAD,
               .rate = (real)(s->learning_rate / (1 + earlier * s->learning_rate_decay)),
               .decay = (real)s->weight_decay,
               .epsilon = (real)s->epsilon,
               .g = g,
               .p = p,
               .state = {sum}},
      .names = {"square"},
      .needed = {true},
      .n = n,
  };
  return optimizer_run(job, threads, ck_check_adagrad(s, fault), fault);
}

static ck_status rmsprop_run(const struct kernels *kernels, int threads, const ck_rmsprop *s, ptrdiff_t n,
                             const real *g, real *p, real *square, real *mean, real *velocity, ck_fault *fault) {
  const struct optimizer_job job = {
      .kernels = kernels,
      .step = {.rule = OPTIMIZER_RMSPROP,
               .rate = (real)s->learning_rate,
               .decay = (real)s->weight_decay,
               .keep = (real)s->momentum,
               .keep_square = (real)s->alpha,
               .take_square = (real)(1 - s->alpha),
               .epsilon = (real)s->epsilon,
               .g = g,
               .p = p,
               .state = {square, mean, velocity}},
      .names = {"square", "mean", "velocity"},
      .needed = {true, s->centered, s->momentum != 0},
      .n = n,
  };
  return optimizer_run(job, threads, ck_check_rmsprop(s, fault), fault);
}
