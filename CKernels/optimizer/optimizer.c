// What the optimisers share between the element types.
#include "optimizer/optimizer.h"

#include <math.h>

#include "gemm/check.h"

static bool from_zero(double x) { return x >= 0 && x < INFINITY; }

static bool below_one(double x) { return x >= 0 && x < 1; }

struct rule {
  const char *operand;
  bool holds;
};

static ck_status check(const struct rule *rules, int count, ck_fault *fault) {
  for (int i = 0; i < count; ++i)
    if (!rules[i].holds) return ck_fail(fault, CK_BAD_ARGUMENT, rules[i].operand, 0, 1);
  return CK_OK;
}

ck_status ck_check_sgd(const ck_sgd *s, ck_fault *fault) {
  const struct rule rules[] = {
      {"learning_rate", from_zero(s->learning_rate)},
      {"momentum", from_zero(s->momentum)},
      {"dampening", s->dampening > -INFINITY && s->dampening < INFINITY},
      {"weight_decay", from_zero(s->weight_decay)},
      {"nesterov", !s->nesterov || (s->momentum > 0 && s->dampening == 0)},
      {"step", s->step >= 1},
  };
  return check(rules, sizeof rules / sizeof *rules, fault);
}

ck_status ck_check_adam(const ck_adam *s, ck_fault *fault) {
  const struct rule rules[] = {
      {"learning_rate", from_zero(s->learning_rate)},
      {"beta1", below_one(s->beta1)},
      {"beta2", below_one(s->beta2)},
      {"epsilon", from_zero(s->epsilon)},
      {"weight_decay", from_zero(s->weight_decay)},
      {"step", s->step >= 1},
  };
  return check(rules, sizeof rules / sizeof *rules, fault);
}

ck_status ck_check_adagrad(const ck_adagrad *s, ck_fault *fault) {
  const struct rule rules[] = {
      {"learning_rate", from_zero(s->learning_rate)},
      {"learning_rate_decay", from_zero(s->learning_rate_decay)},
      {"epsilon", from_zero(s->epsilon)},
      {"weight_decay", from_zero(s->weight_decay)},
      {"step", s->step >= 1},
  };
  return check(rules, sizeof rules / sizeof *rules, fault);
}

ck_status ck_check_rmsprop(const ck_rmsprop *s, ck_fault *fault) {
  const struct rule rules[] = {
      {"learning_rate", from_zero(s->learning_rate)},
      {"alpha", s->alpha >= 0 && s->alpha <= 1},
      {"epsilon", from_zero(s->epsilon)},
      {"weight_decay", from_zero(s->weight_decay)},
      {"momentum", from_zero(s->momentum)},
  };
  return check(rules, sizeof rules / sizeof *rules, fault);
}

double ck_bias_correction(double beta, int64_t step) {
  double power = 1;
  for (; step > 0; step /= 2, beta *= beta)
    if (step % 2) power *= beta;
  return 1 - power;
}

double ck_clip_factor(double sum, double max_norm) {
  const double factor = max_norm / (sqrt(sum) + 1e-6);
  return factor > 1 ? 1 : factor;
}
