// What a call reports.
#ifndef CK_STATUS_H
#define CK_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ck_status {
  CK_OK = 0,
  CK_NEGATIVE_SIZE,  // a size is below 0:             expected 0, got the size
  CK_OVERFLOW,       // a size or stride product does not fit ptrdiff_t bytes: expected a bound, got the size or stride
  CK_SHORT_BUFFER,   // a buffer ends early:           expected the elements needed, got the elements provided
  CK_BAD_STRIDE,     // two elements of an output share an address: expected the least stride, got the stride
  CK_OVERLAP,        // an output overlaps an input:   expected 0, got the bytes shared (a lower bound)
  CK_WRONG_PACKING,  // a packed operand is for another ISA, type, algorithm, side or shape: expected and got the tag
  CK_BAD_ARGUMENT,   // a scalar argument is outside its domain
  CK_OUT_OF_MEMORY,  // a packing buffer could not be allocated: expected the bytes, got 0
} ck_status;

// Which argument a failed call objects to, both numbers, and where these do not tell it, why.  `operand` and `reason`
// are string constants; `reason` may be NULL.
typedef struct ck_fault {
  const char *operand;
  int64_t expected;
  int64_t got;
  const char *reason;
} ck_fault;

#ifdef __cplusplus
}
#endif

#endif
