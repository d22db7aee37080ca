// What the files about oneDNN share: the functions found at run time, and tensor descriptions.
//
// Versions 2 and 3 differ in how descriptors are made: 2 has public structs that the caller owns (kept here as blobs
// of ample size, since only oneDNN looks inside), 3 has opaque pointers.  Everything after the primitive descriptor is
// the same.
#ifndef CBENCH_ONEDNN_H
#define CBENCH_ONEDNN_H

#include <stdlib.h>
#include <string.h>

#include "include/cbench.h"

// Values of oneDNN's enumerations and argument indices, the same in both versions.
enum { DNNL_CPU = 1, DNNL_F32 = 3, DNNL_TAG_ANY = 1, DNNL_QUERY_WEIGHTS = 131, DNNL_IN_ORDER = 1 };
enum { DNNL_TRAINING = 64, DNNL_INFERENCE = 96 };
enum { ARG_SRC = 1, ARG_DST = 17, ARG_WEIGHTS = 33, ARG_DIFF_SRC = 129, ARG_DIFF_DST = 145 };

typedef struct argument {
  int index;
  void *memory;
} argument;

typedef struct version {
  int major, minor, patch;
} version;

typedef union description {  // of one tensor
  void *opaque;              // version 3
  char blob[2048];           // version 2: 696 bytes in 2.6
} description;

struct cb_dnnl {
  version version;
  void *engine, *stream;
  int (*engine_create)(void **, int kind, size_t index);
  int (*stream_create)(void **, void *engine, unsigned flags);
  int (*stream_wait)(void *);
  int (*with_strides)(void *, int dimensions, const int64_t *sizes, int type, const int64_t *strides);
  int (*description_destroy)(void *);  // version 3 alone
  int (*with_tag)(void *, int dimensions, const int64_t *sizes, int type, int tag);
  size_t (*description_size)(const void *);
  int (*product_2)(void *operation, const void *a, const void *b, const void *bias, const void *c);
  int (*plan_2)(void **, const void *operation, const void *attributes, void *engine, const void *hint);
  int (*plan_3)(void **, void *engine, const void *a, const void *b, const void *bias, const void *c, const void *);
  int (*eltwise_2)(void *operation, int kind, int algorithm, const void *x, float alpha, float beta);
  int (*eltwise_3)(void **, void *engine, int kind, int algorithm, const void *x, const void *y, float alpha,
                   float beta, const void *attributes);
  int (*eltwise_backward_3)(void **, void *engine, int algorithm, const void *dx, const void *dy, const void *x,
                            float alpha, float beta, const void *forward, const void *attributes);
  int (*softmax_2)(void *operation, int kind, int algorithm, const void *x, const void *y, int axis);
  int (*softmax_3)(void **, void *engine, int kind, int algorithm, const void *x, const void *y, int axis,
                   const void *attributes);
  int (*convolution_3)(void **, void *engine, int kind, int algorithm, const void *x, const void *w, const void *bias,
                       const void *y, const int64_t *strides, const int64_t *dilations, const int64_t *before,
                       const int64_t *after, const void *attributes);
  int (*convolution_data_3)(void **, void *engine, int algorithm, const void *dx, const void *w, const void *dy,
                            const int64_t *strides, const int64_t *dilations, const int64_t *before,
                            const int64_t *after, const void *forward, const void *attributes);
  int (*convolution_weights_3)(void **, void *engine, int algorithm, const void *x, const void *dw, const void *dbias,
                               const void *dy, const int64_t *strides, const int64_t *dilations, const int64_t *before,
                               const int64_t *after, const void *forward, const void *attributes);
  int (*pooling_3)(void **, void *engine, int kind, int algorithm, const void *x, const void *y, const int64_t *strides,
                   const int64_t *kernel, const int64_t *dilations, const int64_t *before, const int64_t *after,
                   const void *attributes);
  int (*pooling_backward_3)(void **, void *engine, int algorithm, const void *dx, const void *dy,
                            const int64_t *strides, const int64_t *kernel, const int64_t *dilations,
                            const int64_t *before, const int64_t *after, const void *forward, const void *attributes);
  int (*attributes_create)(void **);
  int (*attributes_destroy)(void *);
  int (*attributes_set_post)(void *, const void *operations);
  int (*post_create)(void **);
  int (*post_destroy)(void *);
  int (*post_eltwise)(void *, int algorithm, float alpha, float beta);
  int (*description_equal)(const void *, const void *);
  int (*reorder_plan)(void **, const void *from, void *, const void *to, void *, const void *attributes);
  const void *(*plan_description)(const void *plan, int what, int index);
  int (*plan_destroy)(void *);
  int (*primitive_create)(void **, const void *plan);
  int (*primitive_destroy)(void *);
  int (*memory_create)(void **, const void *description, void *engine, void *handle);
  int (*memory_destroy)(void *);
  int (*execute)(const void *primitive, void *stream, int count, const argument *);
};

// Logical sizes, and strides of the plain layout.
struct tensor {
  int dimensions;
  int64_t sizes[5], strides[5];
};

static inline struct tensor image(ptrdiff_t batch, ptrdiff_t channels, const ptrdiff_t size[2], bool last) {
  const int64_t h = size[0], w = size[1], c = channels;
  if (last) return (struct tensor){4, {batch, c, h, w}, {h * w * c, 1, w * c, c}};
  return (struct tensor){4, {batch, c, h, w}, {c * h * w, h * w, w, 1}};
}

static inline bool plain_description(const cb_dnnl *d, description *x, const struct tensor *t) {
  return d->with_strides(x, t->dimensions, t->sizes, DNNL_F32, t->strides) == 0;
}

static inline const void *pointer_to(const cb_dnnl *d, const description *x) {
  return d->version.major == 2 ? (const void *)x->blob : x->opaque;
}

static inline void discard(const cb_dnnl *d, description *x) {
  if (d->description_destroy && x->opaque) d->description_destroy(x->opaque);
}

static inline bool run_primitive(const cb_dnnl *d, const void *primitive, const argument *arguments, int count) {
  return d->execute(primitive, d->stream, count, arguments) == 0 && d->stream_wait(d->stream) == 0;
}

#endif
