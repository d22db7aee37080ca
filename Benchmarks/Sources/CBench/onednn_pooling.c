// oneDNN's pooling (version 3): maxima, these with their places, and the way back from the places.
#define _GNU_SOURCE
#include "onednn.h"

enum { MAXIMA = 0x1ff, QUERY_WORKSPACE = 135, ARG_WORKSPACE = 64 };

struct cb_dnnl_pooling {
  cb_dnnl *dnnl;
  cb_pool_pass pass;
  void *there, *back;  // primitives; back: of the way back alone
  void *x, *y, *dx;    // images; dx: of the way back alone
  void *places;        // of maxima, where they are wanted
  void *storage;       // of the places
};

// The plan of the way there for images that lie as `x` and `y` say, and that of the way back for the same ones.
static bool plan_pooling(const cb_dnnl *d, const cb_conv_layer *l, cb_pool_pass pass, const void *x, const void *y,
                         void **there, void **back) {
  int64_t s[2], k[2], dil[2], before[2], after[2];
  for (int i = 0; i < 2; ++i) {
    s[i] = l->stride[i], k[i] = l->kernel[i], dil[i] = l->dilation[i] - 1;
    before[i] = l->pad_before[i], after[i] = l->pad_after[i];
  }
  const int kind = pass == CB_POOL_MAXIMA ? DNNL_INFERENCE : DNNL_TRAINING;
  if (d->pooling_3(there, d->engine, kind, MAXIMA, x, y, s, k, dil, before, after, NULL) != 0) return false;
  return pass != CB_POOL_BACKWARD ||
         d->pooling_backward_3(back, d->engine, MAXIMA, x, y, s, k, dil, before, after, *there, NULL) == 0;
}

// Room for the places of maxima as the plan wants it.
static bool make_places(cb_dnnl_pooling *p, const void *plan) {
  const cb_dnnl *d = p->dnnl;
  const void *wanted = d->plan_description(plan, QUERY_WORKSPACE, 0);
  return wanted && posix_memalign(&p->storage, 64, d->description_size(wanted)) == 0 &&
         d->memory_create(&p->places, wanted, d->engine, p->storage) == 0;
}

static bool run_there(const cb_dnnl_pooling *p) {
  const argument arguments[] = {{ARG_SRC, p->x}, {ARG_DST, p->y}, {ARG_WORKSPACE, p->places}};
  return run_primitive(p->dnnl, p->there, arguments, p->places ? 3 : 2);
}

static bool run_back(const cb_dnnl_pooling *p) {
  const argument arguments[] = {{ARG_DIFF_DST, p->y}, {ARG_DIFF_SRC, p->dx}, {ARG_WORKSPACE, p->places}};
  return run_primitive(p->dnnl, p->back, arguments, 3);
}

cb_dnnl_pooling *cb_dnnl_pooling_make(cb_dnnl *d, const cb_conv_layer *l, cb_pool_pass pass, float *x, float *y,
                                      float *dx) {
  cb_dnnl_pooling *p = d->version.major == 3 ? calloc(1, sizeof *p) : NULL;
  if (!p) return NULL;
  p->dnnl = d, p->pass = pass;
  const struct tensor input = image(l->batch, l->channels, l->input, l->channels_last);
  const struct tensor output = image(l->batch, l->channels, l->output, l->channels_last);
  description at_x = {0}, at_y = {0};
  void *there = NULL, *back = NULL;
  bool done = plain_description(d, &at_x, &input) && plain_description(d, &at_y, &output) &&
              plan_pooling(d, l, pass, at_x.opaque, at_y.opaque, &there, &back) &&
              d->primitive_create(&p->there, there) == 0 && d->memory_create(&p->x, at_x.opaque, d->engine, x) == 0 &&
              d->memory_create(&p->y, at_y.opaque, d->engine, y) == 0;
  done = done && (pass == CB_POOL_MAXIMA || make_places(p, there));
  done =
      done && (pass != CB_POOL_BACKWARD || (d->primitive_create(&p->back, back) == 0 &&
                                            d->memory_create(&p->dx, at_x.opaque, d->engine, dx) == 0 && run_there(p)));
  if (there) d->plan_destroy(there);
  if (back) d->plan_destroy(back);
  discard(d, &at_x), discard(d, &at_y);
  if (done) return p;
  cb_dnnl_pooling_free(p);
  return NULL;
}

bool cb_dnnl_pooling_run(cb_dnnl_pooling *p, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; ++i)
    if (!(p->pass == CB_POOL_BACKWARD ? run_back(p) : run_there(p))) return false;
  return true;
}

void cb_dnnl_pooling_free(cb_dnnl_pooling *p) {
  const cb_dnnl *d = p->dnnl;
  void *const memories[] = {p->x, p->y, p->dx, p->places}, *const primitives[] = {p->there, p->back};
  for (int i = 0; i < 4; ++i)
    if (memories[i]) d->memory_destroy(memories[i]);
  for (int i = 0; i < 2; ++i)
    if (primitives[i]) d->primitive_destroy(primitives[i]);
  free(p->storage);
  free(p);
}
