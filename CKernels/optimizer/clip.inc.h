// Template: clipping by norm.  Needs: real, isa/kernels.h, vector/functions.h.

// Sums of squares are kept in this many parts: an order that does not depend on the threads, which share them out.
enum { SQUARES_CHUNK = 4096, SQUARES_PARTS = 64 };

struct squares_job {
  const struct kernels *kernels;
  ptrdiff_t n;
  const real *g;
  double sums[SQUARES_PARTS];
};

static ptrdiff_t squares_start(const struct squares_job *j, int part) {
  const ptrdiff_t chunks = j->n / SQUARES_CHUNK + 1;
  const ptrdiff_t first = panel_start(chunks, SQUARES_PARTS, part) * SQUARES_CHUNK;
  return first < j->n ? first : j->n;
}

// Neither overflow nor underflow, of floats.  Several sums, since gradients of nothing but zeros come this way, too.
static double squares_in_double(ptrdiff_t n, const real *g) {
  enum { SUMS = 8 };
  double sums[SUMS] = {0}, sum = 0;
  ptrdiff_t i = 0;
  for (; i + SUMS <= n; i += SUMS)
    for (ptrdiff_t j = 0; j < SUMS; ++j) sums[j] += (double)g[i + j] * (double)g[i + j];
  for (; i < n; ++i) sum += (double)g[i] * (double)g[i];
  for (ptrdiff_t j = 0; j < SUMS; ++j) sum += sums[j];
  return sum;
}

static void squares_part(void *context, int index, int count) {
  struct squares_job *j = context;
  for (int part = index; part < SQUARES_PARTS; part += count) {
    const ptrdiff_t last = squares_start(j, part + 1);
    double sum = 0;
    for (ptrdiff_t at = squares_start(j, part); at < last; at += SQUARES_CHUNK) {
      real chunk = 0;
      const struct dot_block squares = {
          .m = 1,
          .k = last - at < SQUARES_CHUNK ? last - at : SQUARES_CHUNK,
          .a = j->g + at,
          .a_rs = 1,
          .a_ps = 1,
          .x = j->g + at,
          .x_ps = 1,
          .alpha = 1,
          .y = &chunk,
          .y_rs = 1,
      };
      j->kernels->dot_rows(&squares);
      // Below that, digits of float may have been lost; Double has no wider type to turn to.
      const bool fits = chunk >= (real)0x1p-100 && chunk < (real)INFINITY;
      sum += fits || sizeof(real) == sizeof(double) ? (double)chunk : squares_in_double(squares.k, squares.a);
    }
    j->sums[part] = sum;
  }
}

static ck_status clip_check(int threads, ptrdiff_t n, ck_fault *fault) {
  const ptrdiff_t most = PTRDIFF_MAX / (ptrdiff_t)sizeof(real);
  if (threads < 1) return ck_fail(fault, CK_BAD_ARGUMENT, "threads", 1, threads);
  if (n < 0) return ck_fail(fault, CK_NEGATIVE_SIZE, "n", 0, n);
  return n > most ? ck_fail(fault, CK_OVERFLOW, "n", most, n) : CK_OK;
}

static ck_status squares_run(const struct kernels *kernels, int threads, ptrdiff_t n, const real *g, double *sum,
                             ck_fault *fault) {
  struct squares_job job = {.kernels = kernels, .n = n, .g = g};
  const ck_status status = clip_check(threads, n, fault);
  if (status != CK_OK || n == 0) return status;
  ck_team_run(ck_map_threads(threads, n), squares_part, &job);
  for (int part = 0; part < SQUARES_PARTS; ++part) *sum += job.sums[part];
  return CK_OK;
}

struct clip_job {
  const struct kernels *kernels;
  real factor;
  ptrdiff_t n;
  real *g;
};

static void clip_part(void *context, int index, int count) {
  const struct clip_job *j = context;
  const ptrdiff_t from = ck_map_start(j->n, index, count), n = ck_map_start(j->n, index + 1, count) - from;
  j->kernels->map(CK_HOMOGENEOUS, j->factor, j->factor, n, j->g + from, j->g + from);
}

static ck_status clip_run(const struct kernels *kernels, int threads, double factor, ptrdiff_t n, real *g,
                          ck_fault *fault) {
  struct clip_job job = {kernels, (real)factor, n, g};
  const ck_status status = clip_check(threads, n, fault);
  if (status != CK_OK || n == 0) return status;
  ck_team_run(ck_map_threads(threads, n), clip_part, &job);
  return CK_OK;
}
