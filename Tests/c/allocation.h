// Allocations of the library under test, counted and failing on demand (linked with --wrap).
#ifndef ALLOCATION_H
#define ALLOCATION_H

#include <stdbool.h>

// From now on the n-th allocation of this thread fails, counted from 1; 0: none does.
void allocations_fail_at(long n);

// Whether that allocation was asked for.
bool allocations_failed(void);

// Allocations of this thread less what it freed.
long allocations_live(void);

#endif
