// Who built this, and which OpenMP runtime serves the process.
#define _GNU_SOURCE
#include "include/cbench.h"

#include <dlfcn.h>
#include <stdlib.h>

const char *cb_compiler(void) { return __VERSION__; }

const char *cb_library_of(const void *symbol) {
  static char path[4096];
  Dl_info info;
  if (!symbol || !dladdr(symbol, &info) || !realpath(info.dli_fname, path)) return "";
  return path;
}

const char *cb_openmp_library(void) { return cb_library_of(dlsym(RTLD_DEFAULT, "omp_get_max_threads")); }
