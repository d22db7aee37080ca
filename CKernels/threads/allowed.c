#include "include/ck_threads.h"

#include <unistd.h>

int ck_threads_allowed(void) {
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online < 1 ? 1 : (int)online;
}
