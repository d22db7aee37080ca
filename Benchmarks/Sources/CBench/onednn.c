// oneDNN's C API, found at run time with no headers of it at build time.
#define _GNU_SOURCE
#include "onednn.h"

#include <dlfcn.h>

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
    {"dnnl_eltwise_forward_desc_init", FIELD(eltwise_2)},
    {"dnnl_softmax_v2_forward_desc_init", FIELD(softmax_2)},
};
static const symbol only_3[] = {
    {"dnnl_memory_desc_create_with_strides", FIELD(with_strides)},
    {"dnnl_memory_desc_create_with_tag", FIELD(with_tag)},
    {"dnnl_memory_desc_destroy", FIELD(description_destroy)},
    {"dnnl_matmul_primitive_desc_create", FIELD(plan_3)},
    {"dnnl_eltwise_forward_primitive_desc_create", FIELD(eltwise_3)},
    {"dnnl_eltwise_backward_primitive_desc_create", FIELD(eltwise_backward_3)},
    {"dnnl_softmax_forward_primitive_desc_create", FIELD(softmax_3)},
    {"dnnl_convolution_forward_primitive_desc_create", FIELD(convolution_3)},
    {"dnnl_convolution_backward_data_primitive_desc_create", FIELD(convolution_data_3)},
    {"dnnl_convolution_backward_weights_primitive_desc_create", FIELD(convolution_weights_3)},
    {"dnnl_pooling_forward_primitive_desc_create", FIELD(pooling_3)},
    {"dnnl_pooling_backward_primitive_desc_create", FIELD(pooling_backward_3)},
    {"dnnl_primitive_attr_create", FIELD(attributes_create)},
    {"dnnl_primitive_attr_destroy", FIELD(attributes_destroy)},
    {"dnnl_primitive_attr_set_post_ops", FIELD(attributes_set_post)},
    {"dnnl_post_ops_create", FIELD(post_create)},
    {"dnnl_post_ops_destroy", FIELD(post_destroy)},
    {"dnnl_post_ops_append_eltwise", FIELD(post_eltwise)},
    {"dnnl_memory_desc_equal", FIELD(description_equal)},
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
