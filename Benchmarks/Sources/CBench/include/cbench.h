// What the benchmark needs from C: probes of the machine's limits, CPU affinity, and oneDNN's C API loaded at run time.
#ifndef CBENCH_H
#define CBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Threads and CPUs

// Writes up to `room` CPU numbers this process may run on; returns how many there are.  0 where the system cannot say.
ptrdiff_t cb_allowed_cpus(int *cpus, ptrdiff_t room);

// Confines every thread of this process (or the calling thread alone) to these CPUs.  False where that is impossible.
bool cb_confine_process(const int *cpus, ptrdiff_t count);
bool cb_confine_caller(const int *cpus, ptrdiff_t count);

// Gives the calling thread the first of these CPUs, and deals the others out to the other threads that there are, in
// the order of their numbers: the workers of a pool, one fewer than there are CPUs, get one each.
void cb_place_threads(const int *cpus, ptrdiff_t count);

// Waits until no other thread of this process runs, so that a thread pool still spinning after one library's turn does
// not take a core from the next.  Returns the seconds waited, `limit` at most.
double cb_wait_until_alone(double limit);

// Seconds on a steady clock.
double cb_now(void);

// MARK: Limits of the machine
// `cpus` holds one CPU number per thread (ignored where threads cannot be pinned); the caller is thread 0.

// Multiply-adds per second times two, of dependency-free chains in registers; the fastest instruction set wins.
double cb_fma_peak(bool f64, const int *cpus, int threads);

// Bytes per second read from `bytes` of memory, split evenly over the threads; best of several passes.
double cb_read_bandwidth(const int *cpus, int threads, size_t bytes);

// Bytes per second, read plus written, of copying `bytes` to another place with plain stores.
double cb_copy_bandwidth(const int *cpus, int threads, size_t bytes);

// Seconds for a cache line to travel from one CPU to another and back; median of many short series.
double cb_round_trip(int cpu, int other);

// Seconds that `threads` threads take to read these ranges once (best of three): a limit for whatever must read them.
typedef struct cb_range {
  const void *start;
  size_t bytes;
} cb_range;
double cb_read_once(const int *cpus, int threads, const cb_range *ranges, ptrdiff_t count);

// MARK: Description

// The compiler that built this file, the file of the library that holds a symbol, all links followed (until the next
// call), and the OpenMP runtime that serves this process ("" if none).
const char *cb_compiler(void);
const char *cb_library_of(const void *symbol);
const char *cb_openmp_library(void);

// MARK: CBLAS

// C = A B with a library's cblas_?gemm: A m x k, B k x n, C m x n, row-major; `ta`, `tb`: stored transposed.
typedef struct cb_blas_product {
  void *function;
  bool ilp64;  // whether the library's sizes are 64-bit
  bool ta, tb;
  ptrdiff_t m, n, k;
} cb_blas_product;
void cb_sgemm_repeat(const cb_blas_product *product, ptrdiff_t count, const float *a, const float *b, float *c);
void cb_dgemm_repeat(const cb_blas_product *product, ptrdiff_t count, const double *a, const double *b, double *c);

// MARK: oneDNN (2.x and 3.x)

typedef struct cb_dnnl cb_dnnl;
typedef struct cb_dnnl_product cb_dnnl_product;

// Takes what dlopen returned.  NULL if a symbol is missing or no CPU engine can be made.
cb_dnnl *cb_dnnl_open(void *library);
void cb_dnnl_version(const cb_dnnl *dnnl, int *major, int *minor, int *patch);

// C = A B in f32, A m x k, B k x n, C m x n row-major; `ta`, `tb`: that operand is stored transposed.
// prepacked: B is reordered once, here, into the layout oneDNN likes best.  NULL if oneDNN has no such product.
cb_dnnl_product *cb_dnnl_product_make(cb_dnnl *dnnl, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, bool ta, bool tb,
                                      bool prepacked, float *a, float *b, float *c);
bool cb_dnnl_product_run(cb_dnnl_product *product, ptrdiff_t count);
void cb_dnnl_product_free(cb_dnnl_product *product);

// y = f(x) over rows x columns: an elementwise function by this library's name for it (with oneDNN's alpha and beta),
// or "softmax" or "log_softmax" of each row.  With a dy, y = dy f'(x) of an elementwise function, where x is the result
// of tanh and sigmoid.  NULL if oneDNN has no such function.
typedef struct cb_dnnl_unary cb_dnnl_unary;
cb_dnnl_unary *cb_dnnl_unary_make(cb_dnnl *dnnl, const char *name, float alpha, float beta, ptrdiff_t rows,
                                  ptrdiff_t columns, const float *x, const float *dy, float *y);
bool cb_dnnl_unary_run(cb_dnnl_unary *unary, ptrdiff_t count);
void cb_dnnl_unary_free(cb_dnnl_unary *unary);

// A convolution in two dimensions (height, width), plain layouts: NHWC where channels_last, otherwise NCHW; weights
// filters x channels of a group x height x width.
typedef struct cb_conv_layer {
  ptrdiff_t groups, batch, channels, filters;
  ptrdiff_t input[2], output[2], kernel[2], stride[2], dilation[2], pad_before[2], pad_after[2];
  bool channels_last;
} cb_conv_layer;

typedef enum cb_conv_pass { CB_FORWARD, CB_BACKWARD_DATA, CB_BACKWARD_WEIGHTS } cb_conv_pass;

// oneDNN's convolution, version 3 alone: y = relu(x * w + bias), or dx from (w, dy), or (dw, dbias) from (x, dy).
// blocked: x and y in whatever layout oneDNN likes best; reordered here, outside `run`.  NULL if it has none.
typedef struct cb_dnnl_convolution cb_dnnl_convolution;
cb_dnnl_convolution *cb_dnnl_convolution_make(cb_dnnl *dnnl, const cb_conv_layer *layer, cb_conv_pass pass,
                                              bool blocked, float *x, float *w, float *bias, float *y);
bool cb_dnnl_convolution_run(cb_dnnl_convolution *convolution, ptrdiff_t count);
// Writes the result where the plain buffer is, for those that want to check it.
bool cb_dnnl_convolution_fetch(cb_dnnl_convolution *convolution);
void cb_dnnl_convolution_free(cb_dnnl_convolution *convolution);

// oneDNN's max-pooling of a layer, version 3 alone: y = maxima of x; these and their places; or dx from the gradients
// in y, by the places of x's maxima, which are found once, here (y must hold these maxima already).
typedef enum cb_pool_pass { CB_POOL_MAXIMA, CB_POOL_INDICES, CB_POOL_BACKWARD } cb_pool_pass;
typedef struct cb_dnnl_pooling cb_dnnl_pooling;
cb_dnnl_pooling *cb_dnnl_pooling_make(cb_dnnl *dnnl, const cb_conv_layer *layer, cb_pool_pass pass, float *x, float *y,
                                      float *dx);
bool cb_dnnl_pooling_run(cb_dnnl_pooling *pooling, ptrdiff_t count);
void cb_dnnl_pooling_free(cb_dnnl_pooling *pooling);

// MARK: Vector functions

// y = f(x) `count` times with a function of SLEEF's; `wide`: its AVX-512 form, otherwise AVX2's (NEON's on ARM).  n is
// a multiple of 16.
void cb_sleef_repeat_f32(void *function, bool wide, ptrdiff_t count, ptrdiff_t n, const float *x, float *y);
void cb_sleef_repeat_f64(void *function, bool wide, ptrdiff_t count, ptrdiff_t n, const double *x, double *y);

// y = f(x) `count` times with a function vms* or vmd* of MKL's.
void cb_vml_repeat(void *function, int64_t mode, ptrdiff_t count, ptrdiff_t n, const void *x, void *y);

// n numbers `count` times with a generator vsRng* or vdRng* of MKL's of two parameters.
void cb_vsl_repeat(void *function, bool is_double, void *stream, ptrdiff_t count, ptrdiff_t n, double a, double b,
                   void *y);

#endif
