// What the functions over buffers share between the element types.
#ifndef CK_VECTOR_FUNCTIONS_H
#define CK_VECTOR_FUNCTIONS_H

#include "include/ckernels.h"

// That f is one of the enumeration, or `operand` is at fault, and takes the parameters p and q.
ck_status ck_check_function(const char *operand, ck_function f, double p, double q, ck_fault *fault);

ck_status ck_check_map(int threads, ck_function f, double p, double q, bool backward, ptrdiff_t n, ck_fault *fault);

// How many of `threads` gain from n elements, and where part `index` of `count` starts.
int ck_map_threads(int threads, ptrdiff_t n);
ptrdiff_t ck_map_start(ptrdiff_t n, int index, int count);

#endif
