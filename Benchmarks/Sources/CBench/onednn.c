// oneDNN's matrix product through its C API, with no headers of it at build time.
//
// Versions 2 and 3 differ in how descriptors are made: 2 has public structs that the caller owns (kept here as blobs
// of ample size, since only oneDNN looks inside), 3 has opaque pointers.  Everything after the primitive descriptor is
// the same.
#define _GNU_SOURCE
#include "include/cbench.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

// Values of oneDNN's enumerations and argument indices, the same in both versions.
enum { DNNL_CPU = 1, DNNL_F32 = 3, DNNL_TAG_ANY = 1, DNNL_QUERY_WEIGHTS = 131, DNNL_IN_ORDER = 1 };
enum { ARG_SRC = 1, ARG_DST = 17, ARG_WEIGHTS = 33 };

typedef struct argument {
  int index;
  void *memory;
} argument;

typedef struct version {
  int major, minor, patch;
} version;

typedef union description {  // of one matrix
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
  int (*reorder_plan)(void **, const void *from, void *, const void *to, void *, const void *attributes);
  const void *(*plan_description)(const void *plan, int what, int index);
  int (*plan_destroy)(void *);
  int (*primitive_create)(void **, const void *plan);
  int (*primitive_destroy)(void *);
  int (*memory_create)(void **, const void *description, void *engine, void *handle);
  int (*memory_destroy)(void *);
  int (*execute)(const void *primitive, void *stream, int count, const argument *);
};

typedef struct symbol {
  const char *name;
  size_t offset;
} symbol;

static bool resolve(void *library, cb_dnnl *d, const symbol *symbols, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    void *address = dlsym(library, symbols[i].name);
    if (!address) return false;
    memcpy((char *)d + symbols[i].offset, &address, sizeof address);
  }
  return true;
}

#define FIELD(name) offsetof(cb_dnnl, name)
static const symbol common[] = {
    {"dnnl_engine_create", FIELD(engine_create)},
    {"dnnl_stream_create", FIELD(stream_create)},
    {"dnnl_stream_wait", FIELD(stream_wait)},
    {"dnnl_memory_desc_get_size", FIELD(description_size)},
    {"dnnl_reorder_primitive_desc_create", FIELD(reorder_plan)},
    {"dnnl_primitive_desc_query_md", FIELD(plan_description)},
    {"dnnl_primitive_desc_destroy", FIELD(plan_destroy)},
    {"dnnl_primitive_create", FIELD(primitive_create)},
    {"dnnl_primitive_destroy", FIELD(primitive_destroy)},
    {"dnnl_memory_create", FIELD(memory_create)},
    {"dnnl_memory_destroy", FIELD(memory_destroy)},
    {"dnnl_primitive_execute", FIELD(execute)},
};
static const symbol only_2[] = {
    {"dnnl_memory_desc_init_by_strides", FIELD(with_strides)},
    {"dnnl_memory_desc_init_by_tag", FIELD(with_tag)},
    {"dnnl_matmul_desc_init", FIELD(product_2)},
    {"dnnl_primitive_desc_create", FIELD(plan_2)},
};
static const symbol only_3[] = {
    {"dnnl_memory_desc_create_with_strides", FIELD(with_strides)},
    {"dnnl_memory_desc_create_with_tag", FIELD(with_tag)},
    {"dnnl_memory_desc_destroy", FIELD(description_destroy)},
    {"dnnl_matmul_primitive_desc_create", FIELD(plan_3)},
};
#undef FIELD

cb_dnnl *cb_dnnl_open(void *library) {
  void *address = dlsym(library, "dnnl_version");
  cb_dnnl *d = calloc(1, sizeof *d);
  if (!address || !d) return free(d), NULL;
  const version *(*get_version)(void);
  memcpy(&get_version, &address, sizeof address);
  d->version = *get_version();
  const bool found = resolve(library, d, common, sizeof common / sizeof *common) &&
                     (d->version.major == 2   ? resolve(library, d, only_2, sizeof only_2 / sizeof *only_2)
                      : d->version.major == 3 ? resolve(library, d, only_3, sizeof only_3 / sizeof *only_3)
                                              : false);
  if (!found || d->engine_create(&d->engine, DNNL_CPU, 0) != 0 ||
      d->stream_create(&d->stream, d->engine, DNNL_IN_ORDER) != 0)
    return free(d), NULL;
  return d;
}

void cb_dnnl_version(const cb_dnnl *d, int *major, int *minor, int *patch) {
  *major = d->version.major;
  *minor = d->version.minor;
  *patch = d->version.patch;
}

// MARK: Descriptions

static const void *pointer_to(const cb_dnnl *d, const description *x) {
  return d->version.major == 2 ? (const void *)x->blob : x->opaque;
}

static bool describe(const cb_dnnl *d, description *x, ptrdiff_t rows, ptrdiff_t columns, bool transposed) {
  const int64_t sizes[2] = {rows, columns}, strides[2] = {transposed ? 1 : columns, transposed ? rows : 1};
  return d->with_strides(x, 2, sizes, DNNL_F32, strides) == 0;
}

static bool describe_any(const cb_dnnl *d, description *x, ptrdiff_t rows, ptrdiff_t columns) {
  const int64_t sizes[2] = {rows, columns};
  return d->with_tag(x, 2, sizes, DNNL_F32, DNNL_TAG_ANY) == 0;
}

static void discard(const cb_dnnl *d, description *x) {
  if (d->description_destroy && x->opaque) d->description_destroy(x->opaque);
}

static void *plan_product(const cb_dnnl *d, const description *a, const description *b, const description *c) {
  void *plan = NULL;
  const void *pa = pointer_to(d, a), *pb = pointer_to(d, b), *pc = pointer_to(d, c);
  if (d->version.major == 3) return d->plan_3(&plan, d->engine, pa, pb, NULL, pc, NULL) == 0 ? plan : NULL;
  char operation[8 * sizeof(description)];
  if (d->product_2(operation, pa, pb, NULL, pc) != 0) return NULL;
  return d->plan_2(&plan, operation, NULL, d->engine, NULL) == 0 ? plan : NULL;
}

// MARK: Products

struct cb_dnnl_product {
  cb_dnnl *dnnl;
  void *plan, *primitive, *a, *b, *c, *packed;
};

static bool run_primitive(const cb_dnnl *d, const void *primitive, const argument *arguments, int count) {
  return d->execute(primitive, d->stream, count, arguments) == 0 && d->stream_wait(d->stream) == 0;
}

// Reorders the matrix at `b`, which lies as `from` says, into freshly allocated p->packed; sets p->b.
static bool prepack(cb_dnnl_product *p, const description *from, float *b) {
  const cb_dnnl *d = p->dnnl;
  const void *to = d->plan_description(p->plan, DNNL_QUERY_WEIGHTS, 0);
  if (!to || posix_memalign(&p->packed, 64, d->description_size(to)) != 0) return false;
  void *plain = NULL, *plan = NULL, *reorder = NULL;
  bool done = d->memory_create(&p->b, to, d->engine, p->packed) == 0 &&
              d->memory_create(&plain, pointer_to(d, from), d->engine, b) == 0 &&
              d->reorder_plan(&plan, pointer_to(d, from), d->engine, to, d->engine, NULL) == 0 &&
              d->primitive_create(&reorder, plan) == 0;
  const argument arguments[] = {{ARG_SRC, plain}, {ARG_DST, p->b}};
  done = done && run_primitive(d, reorder, arguments, 2);
  if (reorder) d->primitive_destroy(reorder);
  if (plan) d->plan_destroy(plan);
  if (plain) d->memory_destroy(plain);
  return done;
}

cb_dnnl_product *cb_dnnl_product_make(cb_dnnl *d, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, bool ta, bool tb,
                                      bool prepacked, float *a, float *b, float *c) {
  cb_dnnl_product *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->dnnl = d;
  description da = {0}, db = {0}, dc = {0}, wanted = {0};
  bool done = describe(d, &da, m, k, ta) && describe(d, &db, k, n, tb) && describe(d, &dc, m, n, false);
  done = done && (!prepacked || describe_any(d, &wanted, k, n));
  done = done && (p->plan = plan_product(d, &da, prepacked ? &wanted : &db, &dc));
  done = done && d->primitive_create(&p->primitive, p->plan) == 0;
  done = done && d->memory_create(&p->a, pointer_to(d, &da), d->engine, a) == 0;
  done = done && d->memory_create(&p->c, pointer_to(d, &dc), d->engine, c) == 0;
  done = done && (prepacked ? prepack(p, &db, b) : d->memory_create(&p->b, pointer_to(d, &db), d->engine, b) == 0);
  discard(d, &da), discard(d, &db), discard(d, &dc), discard(d, &wanted);
  if (done) return p;
  cb_dnnl_product_free(p);
  return NULL;
}

bool cb_dnnl_product_run(cb_dnnl_product *p, ptrdiff_t count) {
  const argument arguments[] = {{ARG_SRC, p->a}, {ARG_WEIGHTS, p->b}, {ARG_DST, p->c}};
  for (ptrdiff_t i = 0; i < count; ++i)
    if (!run_primitive(p->dnnl, p->primitive, arguments, 3)) return false;
  return true;
}

void cb_dnnl_product_free(cb_dnnl_product *p) {
  const cb_dnnl *d = p->dnnl;
  if (p->a) d->memory_destroy(p->a);
  if (p->b) d->memory_destroy(p->b);
  if (p->c) d->memory_destroy(p->c);
  if (p->primitive) d->primitive_destroy(p->primitive);
  if (p->plan) d->plan_destroy(p->plan);
  free(p->packed);
  free(p);
}
