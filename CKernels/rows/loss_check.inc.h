// Template: whether a softmax-cross-entropy is well-formed.  Needs: rows/loss.inc.h.

static ck_status check_targets(const ck_rows *rows, ptrdiff_t count, const loss_targets *t, ck_fault *fault) {
  ck_status status = ck_rows_check_dense("targets", count, t->targets_count, fault);
  if (status == CK_OK && t->weights != NULL) status = ck_rows_check_dense("weights", rows->n, t->weights_count, fault);
  for (ptrdiff_t r = 0; status == CK_OK && r < count; ++r)
    if (t->targets[r] != t->ignored && (t->targets[r] < 0 || t->targets[r] >= rows->n))
      return ck_fail(fault, CK_BAD_ARGUMENT, "targets", rows->n - 1, t->targets[r]);
  return status;
}

// That what is written, an output of `bytes`, lies apart from what is read beside the logits.
static ck_status check_beside(const struct loss_job *j, const ck_rows *rows, ptrdiff_t count, const void *output,
                              ptrdiff_t bytes, ck_fault *fault) {
  const loss_targets *t = j->targets;
  ck_status status = CK_OK;
  ptrdiff_t probability_bytes;
  if (t->targets != NULL) {
    status = ck_check_apart("targets", output, bytes, t->targets, count * (ptrdiff_t)sizeof *t->targets, fault);
    if (status == CK_OK && t->weights != NULL)
      status = ck_check_apart("weights", output, bytes, t->weights, rows->n * (ptrdiff_t)sizeof(real), fault);
  } else {
    status = ck_rows_check_axis("probabilities", rows, &t->probabilities_axis, false, sizeof(real), &probability_bytes,
                                fault);
    if (status == CK_OK)
      status = ck_check_apart("probabilities", output, bytes, t->probabilities, probability_bytes, fault);
  }
  const ptrdiff_t results = j->reduction == CK_LOSS_NONE ? count : 1;
  if (status == CK_OK && j->upstream != NULL)
    status = ck_check_apart("upstream", output, bytes, j->upstream, results * (ptrdiff_t)sizeof(real), fault);
  return status;
}

static ck_status check_loss(const struct loss_job *j, const ck_rows *rows, ptrdiff_t count, const struct rows_input *x,
                            const struct rows_output *dx, ck_fault *fault) {
  const ptrdiff_t loss_bytes = (j->reduction == CK_LOSS_NONE ? count : 1) * (ptrdiff_t)sizeof(real);
  const struct rows_output loss = {.data = j->loss};
  ptrdiff_t dx_bytes;
  ck_status status = check_input("x", rows, x, false, &loss, loss_bytes, fault);
  if (status == CK_OK) status = check_beside(j, rows, count, j->loss, loss_bytes, fault);
  if (status != CK_OK || dx->data == NULL) return status;
  status = ck_rows_check_axis("dx", rows, &dx->axis, true, sizeof(real), &dx_bytes, fault);
  if (status == CK_OK) status = check_input("x", rows, x, j->targets->targets != NULL, dx, dx_bytes, fault);
  if (status == CK_OK) status = check_beside(j, rows, count, dx->data, dx_bytes, fault);
  if (status == CK_OK) status = ck_check_apart("loss", dx->data, dx_bytes, j->loss, loss_bytes, fault);
  return status;
}

struct loss_call {
  int threads;
  ck_loss reduction;
  const loss_targets *targets;
  real *loss;
  ptrdiff_t loss_count;
  const real *upstream;
  ptrdiff_t upstream_count;
};

static ck_status check_call(const struct loss_call *call, const ck_rows *rows, ptrdiff_t *count, ck_fault *fault) {
  const loss_targets *t = call->targets;
  ck_status status = ck_rows_check(call->threads, rows, count, fault);
  if (status != CK_OK) return status;
  if (call->reduction < CK_LOSS_NONE || call->reduction > CK_LOSS_SUM)
    return ck_fail(fault, CK_BAD_ARGUMENT, "reduction", CK_LOSS_SUM, call->reduction);
  if ((t->targets == NULL) == (t->probabilities == NULL) || (t->targets == NULL && t->weights != NULL))
    if (*count > 0 && rows->n > 0) return ck_fail(fault, CK_BAD_ARGUMENT, "targets", 1, 0);
  const ptrdiff_t results = call->reduction == CK_LOSS_NONE ? *count : 1;
  status = ck_rows_check_dense("loss", results, call->loss_count, fault);
  if (status == CK_OK && call->upstream != NULL)
    status = ck_rows_check_dense("upstream", results, call->upstream_count, fault);
  if (status == CK_OK && t->targets != NULL) status = check_targets(rows, *count, t, fault);
  return status;
}

static ck_status cross_entropy(const ck_isa *isa, const struct loss_call *call, const ck_rows *rows,
                               struct rows_input x, struct rows_output dx, ck_fault *fault) {
  ptrdiff_t count;
  ck_status status = check_call(call, rows, &count, fault);
  if (status != CK_OK) return status;
  const struct rows_input probabilities = {call->targets->probabilities, call->targets->probabilities_axis};
  struct loss_job job = {.rows = make_rows(kernels_of(isa), rows, x, probabilities, dx),
                         .reduction = call->reduction,
                         .targets = call->targets,
                         .upstream = call->upstream,
                         .loss = call->loss};
  if (count == 0) {
    if (call->reduction != CK_LOSS_NONE) call->loss[0] = call->reduction == CK_LOSS_MEAN ? NAN : 0;
    return CK_OK;
  }
  if (rows->n > 0) status = check_loss(&job, rows, count, &x, &dx, fault);
  if (status != CK_OK) return status;
  job.divisor = weigh(&job);
  loss_run(&job, call->threads);
  return CK_OK;
}
