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
  CK_OVERFLOW,       // a size or stride, or a product with it, does not fit: expected the most, got the size or stride
  CK_SHORT_BUFFER,   // a buffer ends early:           expected the least elements needed, got the elements provided
  CK_BAD_STRIDE,     // a stride is negative, or two elements of an output share an address: expected the least stride,
                     // got the stride; or a packed operand's batch stride is not 0
  CK_OVERLAP,        // an output overlaps an operand: expected 0, got the bytes that the ranges of both cover
  CK_WRONG_PACKING,  // a packed operand is for another ISA, type, algorithm, side or shape: expected and got the tag
  CK_BAD_ARGUMENT,   // a scalar argument is outside its domain: expected the least or the greatest where got is beyond
                     // it, or 0 and 1 where the domain is no range
  CK_OUT_OF_MEMORY,  // working memory could not be allocated: expected its bytes, or elements of it, got 0
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
