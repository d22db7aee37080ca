// Memory whose neighbours fault: operands lie flush against a page that may not be touched.
#ifndef GUARDED_H
#define GUARDED_H

#include <stdbool.h>
#include <stddef.h>

// Readable bytes between two pages that are not.
struct arena {
  unsigned char *start;
  size_t bytes;
};

struct arena arena_make(size_t bytes);
void arena_free(struct arena);

// Where `bytes` bytes lie flush right (`slack` bytes short of the upper guard page) or flush left.  The 128 bytes on
// either side that are not guarded are filled with canaries.
void *arena_place(const struct arena *, size_t bytes, size_t slack, bool right);

// Whether the canaries around what arena_place returned are as it left them.
bool arena_intact(const struct arena *, const void *place, size_t bytes);

#endif
