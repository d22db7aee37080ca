// oneDNN's matrix product.
#define _GNU_SOURCE
#include "onednn.h"

static bool describe(const cb_dnnl *d, description *x, ptrdiff_t rows, ptrdiff_t columns, bool transposed) {
  const int64_t sizes[2] = {rows, columns}, strides[2] = {transposed ? 1 : columns, transposed ? rows : 1};
  return d->with_strides(x, 2, sizes, DNNL_F32, strides) == 0;
}

static bool describe_any(const cb_dnnl *d, description *x, ptrdiff_t rows, ptrdiff_t columns) {
  const int64_t sizes[2] = {rows, columns};
  return d->with_tag(x, 2, sizes, DNNL_F32, DNNL_TAG_ANY) == 0;
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
