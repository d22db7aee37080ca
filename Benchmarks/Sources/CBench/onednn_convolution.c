// oneDNN's convolution (version 3): forward with bias and ReLU fused, and both backward passes.
#define _GNU_SOURCE
#include "onednn.h"

enum { DIRECT = 1, RELU = 0x20, TENSORS = 4 };
enum { ARG_BIAS = 41, ARG_DIFF_WEIGHTS = 161, ARG_DIFF_BIAS = 169 };

// The operands, in the order of everything below.
enum { X, W, BIAS, Y };

// Each operand's argument and the query of its layout (dnnl_query_?_md), by pass.
static const int arguments_of[3][TENSORS] = {
    {ARG_SRC, ARG_WEIGHTS, ARG_BIAS, ARG_DST},
    {ARG_DIFF_SRC, ARG_WEIGHTS, 0, ARG_DIFF_DST},
    {ARG_SRC, ARG_DIFF_WEIGHTS, ARG_DIFF_BIAS, ARG_DIFF_DST},
};
static const int queries_of[3][TENSORS] = {{129, 131, 0, 133}, {130, 131, 0, 134}, {129, 132, 0, 134}};
static const int results[3] = {Y, X, W};

struct cb_dnnl_convolution {
  cb_dnnl *dnnl;
  cb_conv_pass pass;
  void *plan, *primitive;
  void *memory[TENSORS];  // as the primitive wants it
  void *plain[TENSORS];   // the caller's
  void *owned[TENSORS];   // storage of `memory` where it is not the caller's
  description layout;     // of the result, plain
};

static struct tensor filters(const cb_conv_layer *l) {
  const int64_t g = l->groups, o = l->filters / g, i = l->channels / g, h = l->kernel[0], w = l->kernel[1];
  if (g == 1) return (struct tensor){4, {o, i, h, w}, {i * h * w, h * w, w, 1}};
  return (struct tensor){5, {g, o, i, h, w}, {o * i * h * w, i * h * w, h * w, w, 1}};
}

static bool free_description(const cb_dnnl *d, description *x, const struct tensor *t) {
  return d->with_tag(x, t->dimensions, t->sizes, DNNL_F32, DNNL_TAG_ANY) == 0;
}

static void *relu_attributes(const cb_dnnl *d) {
  void *attributes = NULL, *operations = NULL;
  const bool done = d->attributes_create(&attributes) == 0 && d->post_create(&operations) == 0 &&
                    d->post_eltwise(operations, RELU, 0, 0) == 0 && d->attributes_set_post(attributes, operations) == 0;
  if (operations) d->post_destroy(operations);
  return done ? attributes : NULL;
}

// The primitive descriptor of the pass for operands that lie as `wanted` says.
static void *plan_pass(const cb_dnnl *d, const cb_conv_layer *l, cb_conv_pass pass, const description *wanted) {
  int64_t s[2], dil[2], before[2], after[2];
  for (int i = 0; i < 2; ++i)
    s[i] = l->stride[i], dil[i] = l->dilation[i] - 1, before[i] = l->pad_before[i], after[i] = l->pad_after[i];
  const void *x = wanted[X].opaque, *w = wanted[W].opaque, *bias = wanted[BIAS].opaque, *y = wanted[Y].opaque;
  void *attributes = pass == CB_FORWARD ? relu_attributes(d) : NULL, *forward = NULL, *plan = NULL;
  const int kind = pass == CB_FORWARD ? DNNL_INFERENCE : DNNL_TRAINING;
  int status = d->convolution_3(&forward, d->engine, kind, DIRECT, x, w, bias, y, s, dil, before, after, attributes);
  if (pass == CB_BACKWARD_DATA && status == 0)
    status = d->convolution_data_3(&plan, d->engine, DIRECT, x, w, y, s, dil, before, after, forward, NULL);
  if (pass == CB_BACKWARD_WEIGHTS && status == 0)
    status = d->convolution_weights_3(&plan, d->engine, DIRECT, x, w, bias, y, s, dil, before, after, forward, NULL);
  if (attributes) d->attributes_destroy(attributes);
  if (pass == CB_FORWARD) return status == 0 ? forward : NULL;
  if (forward) d->plan_destroy(forward);
  return status == 0 ? plan : NULL;
}

static bool reorder(const cb_dnnl *d, const void *from, void *source, const void *to, void *target) {
  void *plan = NULL, *primitive = NULL;
  bool done =
      d->reorder_plan(&plan, from, d->engine, to, d->engine, NULL) == 0 && d->primitive_create(&primitive, plan) == 0;
  const argument arguments[] = {{ARG_SRC, source}, {ARG_DST, target}};
  done = done && run_primitive(d, primitive, arguments, 2);
  if (primitive) d->primitive_destroy(primitive);
  if (plan) d->plan_destroy(plan);
  return done;
}

// Puts operand i, which lies at `user` as `plain` says, where and how the primitive wants it.
static bool place(cb_dnnl_convolution *c, int i, const description *plain, float *user) {
  const cb_dnnl *d = c->dnnl;
  if (d->memory_create(&c->plain[i], plain->opaque, d->engine, user) != 0) return false;
  const int query = queries_of[c->pass][i];
  const void *wanted = query == 0 ? plain->opaque : d->plan_description(c->plan, query, 0);
  if (!wanted || d->description_equal(wanted, plain->opaque))
    return wanted && d->memory_create(&c->memory[i], plain->opaque, d->engine, user) == 0;
  return posix_memalign(&c->owned[i], 64, d->description_size(wanted)) == 0 &&
         d->memory_create(&c->memory[i], wanted, d->engine, c->owned[i]) == 0 &&
         reorder(d, plain->opaque, c->plain[i], wanted, c->memory[i]);
}

cb_dnnl_convolution *cb_dnnl_convolution_make(cb_dnnl *d, const cb_conv_layer *l, cb_conv_pass pass, bool blocked,
                                              float *x, float *w, float *bias, float *y) {
  if (d->version.major != 3) return NULL;
  cb_dnnl_convolution *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->dnnl = d, c->pass = pass;
  const struct tensor tensors[TENSORS] = {
      image(l->batch, l->channels, l->input, l->channels_last),
      filters(l),
      {1, {l->filters}, {1}},
      image(l->batch, l->filters, l->output, l->channels_last),
  };
  float *const users[TENSORS] = {x, w, bias, y};
  description plain[TENSORS] = {0}, wanted[TENSORS] = {0};
  bool done = true;
  for (int i = 0; i < TENSORS; ++i) {
    const bool any = i == W || (blocked && i != BIAS);
    done = done && plain_description(d, &plain[i], &tensors[i]) &&
           (any ? free_description : plain_description)(d, &wanted[i], &tensors[i]);
  }
  done = done && (c->plan = plan_pass(d, l, pass, wanted)) && d->primitive_create(&c->primitive, c->plan) == 0;
  for (int i = 0; i < TENSORS; ++i) done = done && (arguments_of[pass][i] == 0 || place(c, i, &plain[i], users[i]));
  c->layout = plain[results[pass]];
  plain[results[pass]].opaque = NULL;
  for (int i = 0; i < TENSORS; ++i) discard(d, &plain[i]), discard(d, &wanted[i]);
  if (done) return c;
  cb_dnnl_convolution_free(c);
  return NULL;
}

bool cb_dnnl_convolution_run(cb_dnnl_convolution *c, ptrdiff_t count) {
  argument arguments[TENSORS];
  int used = 0;
  for (int i = 0; i < TENSORS; ++i)
    if (arguments_of[c->pass][i] != 0) arguments[used++] = (argument){arguments_of[c->pass][i], c->memory[i]};
  for (ptrdiff_t i = 0; i < count; ++i)
    if (!run_primitive(c->dnnl, c->primitive, arguments, used)) return false;
  return true;
}

bool cb_dnnl_convolution_fetch(cb_dnnl_convolution *c) {
  const int result = results[c->pass];
  if (!c->owned[result]) return true;
  const cb_dnnl *d = c->dnnl;
  const void *from = d->plan_description(c->plan, queries_of[c->pass][result], 0);
  return reorder(d, from, c->memory[result], c->layout.opaque, c->plain[result]);
}

void cb_dnnl_convolution_free(cb_dnnl_convolution *c) {
  const cb_dnnl *d = c->dnnl;
  for (int i = 0; i < TENSORS; ++i) {
    if (c->memory[i]) d->memory_destroy(c->memory[i]);
    if (c->plain[i]) d->memory_destroy(c->plain[i]);
    free(c->owned[i]);
  }
  discard(d, &c->layout);
  if (c->primitive) d->primitive_destroy(c->primitive);
  if (c->plan) d->plan_destroy(c->plan);
  free(c);
}
