#include "allocation.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__real_aligned_alloc(size_t, size_t);
int __real_posix_memalign(void **, size_t, size_t);
void __real_free(void *);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void *__wrap_aligned_alloc(size_t, size_t);
int __wrap_posix_memalign(void **, size_t, size_t);
void __wrap_free(void *);

static _Thread_local long until_failure, live;
static _Thread_local bool failed;

void allocations_fail_at(long n) {
  until_failure = n;
  failed = false;
}

bool allocations_failed(void) { return failed; }

long allocations_live(void) { return live; }

static bool fails_now(void) {
  if (until_failure == 0 || --until_failure > 0) return false;
  errno = ENOMEM;
  return failed = true;
}

static void *counted(void *pointer) {
  live += pointer != NULL;
  return pointer;
}

void *__wrap_malloc(size_t bytes) { return fails_now() ? NULL : counted(__real_malloc(bytes)); }
void *__wrap_calloc(size_t count, size_t bytes) { return fails_now() ? NULL : counted(__real_calloc(count, bytes)); }
void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
  return fails_now() ? NULL : counted(__real_aligned_alloc(alignment, bytes));
}
void *__wrap_realloc(void *old, size_t bytes) {
  if (fails_now()) return NULL;
  void *pointer = __real_realloc(old, bytes);
  live += old == NULL && pointer != NULL;
  return pointer;
}
int __wrap_posix_memalign(void **pointer, size_t alignment, size_t bytes) {
  if (fails_now()) return ENOMEM;
  const int status = __real_posix_memalign(pointer, alignment, bytes);
  live += status == 0;
  return status;
}
void __wrap_free(void *pointer) {
  live -= pointer != NULL;
  __real_free(pointer);
}
