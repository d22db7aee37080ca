// Template: the driver of the functions over buffers.  Needs: real, isa/kernels.h, vector/functions.h.

struct map_job {
  const struct kernels *kernels;
  ck_function f;
  real p, q;
  ptrdiff_t n;
  const real *x, *dy;  // dy: NULL forward
  real *y;
};

static void map_part(void *context, int index, int count) {
  const struct map_job *j = context;
  const ptrdiff_t from = ck_map_start(j->n, index, count), n = ck_map_start(j->n, index + 1, count) - from;
  if (j->dy == NULL)
    j->kernels->map(j->f, j->p, j->q, n, j->x + from, j->y + from);
  else
    j->kernels->map_backward(j->f, j->p, j->q, n, j->x + from, j->dy + from, j->y + from);
}

// An input may be the output, element for element.
static ck_status map_check_input(const char *name, const struct map_job *j, const real *input, ck_fault *fault) {
  if (input == j->y) return CK_OK;
  const ptrdiff_t bytes = j->n * (ptrdiff_t)sizeof(real);
  return ck_check_apart(name, j->y, bytes, input, bytes, fault);
}

static ck_status map_run(struct map_job job, int threads, bool backward, ck_fault *fault) {
  ck_status status = ck_check_map(threads, job.f, job.p, job.q, backward, job.n, fault);
  if (status != CK_OK || job.n == 0) return status;
  const ptrdiff_t most = PTRDIFF_MAX / (ptrdiff_t)sizeof(real);
  if (job.n > most) return ck_fail(fault, CK_OVERFLOW, "n", most, job.n);
  status = map_check_input(backward ? "v" : "x", &job, job.x, fault);
  if (status == CK_OK && backward) status = map_check_input("dy", &job, job.dy, fault);
  if (status == CK_OK) ck_team_run(ck_map_threads(threads, job.n), map_part, &job);
  return status;
}

static __attribute__((noinline)) void map_ragged(const struct kernels *k, lanes_function *of_lanes, ck_function f,
                                                 real p, real q, ptrdiff_t n, const real *x, real *y) {
  const ptrdiff_t whole = n - n % k->vl;
  if (whole > 0) of_lanes(whole, x, y);
  k->map(f, p, q, n - whole, x + whole, y + whole);
}

// Whole vectors go the shortest way: for one, a call's own instructions would take longer than the function.
static inline void map_lanes(const struct kernels *k, ck_function f, real p, real q, ptrdiff_t n, const real *x,
                             real *y) {
  lanes_function *const of_lanes = f == CK_SOFTPLUS && p != 1 ? NULL : k->lanes[f];
  if (of_lanes == NULL)
    k->map(f, p, q, n, x, y);
  else if ((n & (k->vl - 1)) == 0)
    of_lanes(n, x, y);
  else
    map_ragged(k, of_lanes, f, p, q, n, x, y);
}
