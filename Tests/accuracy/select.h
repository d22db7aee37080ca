// Which functions are wanted, and how they fared.
#ifndef SELECT_H
#define SELECT_H

#include <stdbool.h>
#include <string.h>

typedef struct {
  char **names;
  int count;  // 0: all
} selection;

static inline bool selects(selection s, const char *name) {
  for (int i = 0; i < s.count; ++i)
    if (strcmp(s.names[i], name) == 0) return true;
  return s.count == 0;
}

typedef struct {
  int passed, failed, skipped;
} tally;

#endif
