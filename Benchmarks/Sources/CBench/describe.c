// Who built this, and which OpenMP runtime serves the process.
#define _GNU_SOURCE
#include "include/cbench.h"

#include <dlfcn.h>
#include <stdlib.h>

const char *cb_compiler(void) { return __VERSION__; }

const char *cb_openmp_library(void) {
  static char path[4096];
  Dl_info info;
  void *symbol = dlsym(RTLD_DEFAULT, "omp_get_max_threads");
  if (!symbol || !dladdr(symbol, &info) || !realpath(info.dli_fname, path)) return "";
  return path;
}
