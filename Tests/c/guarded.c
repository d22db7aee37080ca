#define _GNU_SOURCE
#include "guarded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CANARIES = 128, CANARY = 0xA5 };

static size_t page(void) { return (size_t)sysconf(_SC_PAGESIZE); }

struct arena arena_make(size_t bytes) {
  bytes = (bytes + page() - 1) / page() * page();
  unsigned char *map = mmap(NULL, bytes + 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED || mprotect(map + page(), bytes, PROT_READ | PROT_WRITE) != 0) {
    perror("arena");
    exit(70);
  }
  return (struct arena){map + page(), bytes};
}

void arena_free(struct arena arena) { munmap(arena.start - page(), arena.bytes + 2 * page()); }

static size_t bytes_before(const struct arena *arena, const unsigned char *place) {
  const size_t room = (size_t)(place - arena->start);
  return room < CANARIES ? room : CANARIES;
}

static size_t bytes_after(const struct arena *arena, const unsigned char *place, size_t bytes) {
  const size_t room = (size_t)(arena->start + arena->bytes - (place + bytes));
  return room < CANARIES ? room : CANARIES;
}

void *arena_place(const struct arena *arena, size_t bytes, size_t slack, bool right) {
  if (bytes + slack > arena->bytes) {
    fprintf(stderr, "arena of %zu bytes is too small for %zu\n", arena->bytes, bytes + slack);
    exit(70);
  }
  unsigned char *place = right ? arena->start + arena->bytes - bytes - slack : arena->start + slack;
  memset(place - bytes_before(arena, place), CANARY, bytes_before(arena, place));
  memset(place + bytes, CANARY, bytes_after(arena, place, bytes));
  return place;
}

static bool all_canaries(const unsigned char *from, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (from[i] != CANARY) return false;
  return true;
}

bool arena_intact(const struct arena *arena, const void *place, size_t bytes) {
  const unsigned char *at = place;
  const size_t before = bytes_before(arena, at);
  return all_canaries(at - before, before) && all_canaries(at + bytes, bytes_after(arena, at, bytes));
}
