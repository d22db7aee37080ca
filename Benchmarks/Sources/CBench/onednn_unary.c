// oneDNN's functions of one tensor: elementwise ones, their derivatives, and softmax over the last axis.
#include "onednn.h"

enum { SOFTMAX = 0x30000, LOG_SOFTMAX = 0x30001 };

// The algorithm's number in each version; 0: it has none.
static const struct {
  const char *name;
  int v2, v3;
} eltwise[] = {
    {"relu", 0x1f, 0x20},    {"tanh", 0x2f, 0x21},       {"elu", 0x3f, 0x22},       {"softplus", 0x9f, 0x27},
    {"sigmoid", 0xaf, 0x29}, {"exp", 0xbf, 0x2a},        {"gelu_tanh", 0xcf, 0x2b}, {"silu", 0xdf, 0x2c},
    {"log", 0xef, 0x2d},     {"clamp", 0x10, 0x2f},      {"gelu", 0x30, 0x31},      {"log_sigmoid", 0x50, 0},
    {"mish", 0x60, 0x33},    {"hard_swish", 0x70, 0x34},
};

static int algorithm_of(const cb_dnnl *d, const char *name) {
  for (size_t i = 0; i < sizeof eltwise / sizeof *eltwise; ++i)
    if (strcmp(eltwise[i].name, name) == 0) return d->version.major == 2 ? eltwise[i].v2 : eltwise[i].v3;
  return 0;
}

// Derivatives from a function's result have numbers of their own; 0: they are computed from its argument.
static int derivative_from_result(const char *name) {
  return strcmp(name, "tanh") == 0 ? 0x101 : strcmp(name, "sigmoid") == 0 ? 0x104 : 0;
}

struct cb_dnnl_unary {
  cb_dnnl *dnnl;
  void *plan, *primitive, *x, *dy, *y;  // dy: of a derivative, else NULL
  bool from_result;
};

static void *plan_eltwise(const cb_dnnl *d, const char *name, float alpha, float beta, const description *x) {
  const int algorithm = algorithm_of(d, name);
  void *plan = NULL;
  if (algorithm == 0) return NULL;
  const void *px = pointer_to(d, x);
  if (d->version.major == 3)
    return d->eltwise_3(&plan, d->engine, DNNL_INFERENCE, algorithm, px, px, alpha, beta, NULL) == 0 ? plan : NULL;
  char operation[8 * sizeof(description)];
  if (d->eltwise_2(operation, DNNL_INFERENCE, algorithm, px, alpha, beta) != 0) return NULL;
  return d->plan_2(&plan, operation, NULL, d->engine, NULL) == 0 ? plan : NULL;
}

// Version 3 alone.
static void *plan_eltwise_backward(const cb_dnnl *d, const char *name, float alpha, float beta, const description *x) {
  const int special = derivative_from_result(name), algorithm = special ? special : algorithm_of(d, name);
  void *plan = NULL, *forward = NULL;
  if (algorithm == 0 || d->version.major != 3) return NULL;
  const void *px = pointer_to(d, x);
  if (d->eltwise_3(&forward, d->engine, DNNL_TRAINING, algorithm, px, px, alpha, beta, NULL) != 0) return NULL;
  if (d->eltwise_backward_3(&plan, d->engine, algorithm, px, px, px, alpha, beta, forward, NULL) != 0) plan = NULL;
  d->plan_destroy(forward);
  return plan;
}

static void *plan_softmax(const cb_dnnl *d, bool logarithm, const description *x) {
  const int algorithm = logarithm ? LOG_SOFTMAX : SOFTMAX;
  void *plan = NULL;
  const void *px = pointer_to(d, x);
  if (d->version.major == 3)
    return d->softmax_3(&plan, d->engine, DNNL_INFERENCE, algorithm, px, px, 1, NULL) == 0 ? plan : NULL;
  char operation[8 * sizeof(description)];
  if (d->softmax_2(operation, DNNL_INFERENCE, algorithm, px, px, 1) != 0) return NULL;
  return d->plan_2(&plan, operation, NULL, d->engine, NULL) == 0 ? plan : NULL;
}

cb_dnnl_unary *cb_dnnl_unary_make(cb_dnnl *d, const char *name, float alpha, float beta, ptrdiff_t rows,
                                  ptrdiff_t columns, const float *x, const float *dy, float *y) {
  cb_dnnl_unary *u = calloc(1, sizeof *u);
  if (!u) return NULL;
  u->dnnl = d;
  const int64_t sizes[2] = {rows, columns}, strides[2] = {columns, 1};
  const bool softmax = strcmp(name, "softmax") == 0, log_softmax = strcmp(name, "log_softmax") == 0;
  description dx = {0};
  bool done = d->with_strides(&dx, 2, sizes, DNNL_F32, strides) == 0;
  done = done && (u->plan = softmax || log_softmax ? plan_softmax(d, log_softmax, &dx)
                            : dy == NULL           ? plan_eltwise(d, name, alpha, beta, &dx)
                                                   : plan_eltwise_backward(d, name, alpha, beta, &dx));
  u->from_result = derivative_from_result(name) != 0;
  done = done && d->primitive_create(&u->primitive, u->plan) == 0;
  done = done && d->memory_create(&u->x, pointer_to(d, &dx), d->engine, (void *)(uintptr_t)x) == 0;
  if (dy != NULL) done = done && d->memory_create(&u->dy, pointer_to(d, &dx), d->engine, (void *)(uintptr_t)dy) == 0;
  done = done && d->memory_create(&u->y, pointer_to(d, &dx), d->engine, y) == 0;
  discard(d, &dx);
  if (done) return u;
  cb_dnnl_unary_free(u);
  return NULL;
}

bool cb_dnnl_unary_run(cb_dnnl_unary *u, ptrdiff_t count) {
  const argument there[] = {{ARG_SRC, u->x}, {ARG_DST, u->y}};
  const argument back[] = {{u->from_result ? ARG_DST : ARG_SRC, u->x}, {ARG_DIFF_DST, u->dy}, {ARG_DIFF_SRC, u->y}};
  for (ptrdiff_t i = 0; i < count; ++i)
    if (!run_primitive(u->dnnl, u->primitive, u->dy ? back : there, u->dy ? 3 : 2)) return false;
  return true;
}

void cb_dnnl_unary_free(cb_dnnl_unary *u) {
  const cb_dnnl *d = u->dnnl;
  if (u->x) d->memory_destroy(u->x);
  if (u->dy) d->memory_destroy(u->dy);
  if (u->y) d->memory_destroy(u->y);
  if (u->primitive) d->primitive_destroy(u->primitive);
  if (u->plan) d->plan_destroy(u->plan);
  free(u);
}
