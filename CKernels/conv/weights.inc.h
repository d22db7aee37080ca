// Template: what every algorithm does with weights and results.  Needs: real, conv/plan.h.

// Element (group, filter, channel, tap) of the weights, times the scale of its filter.
static inline real conv_weight(const struct conv_pack *pack, ptrdiff_t group, ptrdiff_t filter, ptrdiff_t channel,
                               const ptrdiff_t tap[3]) {
  const struct conv_weights *at = &pack->problem.w;
  const real w = pack->w[at->origin + group * at->group + filter * at->filter + channel * at->channel +
                         tap[0] * at->axis[0] + tap[1] * at->axis[1] + tap[2] * at->axis[2]];
  return pack->scale == NULL ? w : w * pack->scale[group * pack->problem.filters + filter];
}

// Whether the kernels complete the sums as they store them: a sum is never -0, so an absent bias may be added as +0.
static bool simple_finish(const struct conv_call *call) {
  const ck_activation f = call->finish.activation;
  return call->finishes && call->finish.residual == NULL && (f == CK_IDENTITY || f == CK_RELU);
}

// What follows the sums of the filters from `filter` on, counted through all groups.
static struct gemm_finish finish_from(const struct conv_call *call, ptrdiff_t filter) {
  struct gemm_finish finish = call->finish;
  if (finish.bias != NULL) finish.bias += filter;
  if (finish.slopes != NULL) finish.slopes += filter;
  return finish;
}

// What follows the sums, on `pixels` outputs along the width, `every` apart, and `filters` filters of a group from
// `first` on.  Their sums are at c, c_pixel and c_filter apart, one of which is 1: in y itself or beside it.  y[at] is
// the output of the first pixel and of the group's filter 0.
static void conv_finish(const struct conv_call *call, ptrdiff_t at, ptrdiff_t group, ptrdiff_t first, ptrdiff_t filters,
                        ptrdiff_t pixels, ptrdiff_t every, real *c, ptrdiff_t c_pixel, ptrdiff_t c_filter) {
  const struct conv_strides *y = &call->problem.y;
  struct gemm_finish finish = finish_from(call, group * call->problem.filters + first);
  if (finish.residual != NULL) finish.residual += at + first * y->channel;
  if (c_filter == 1) {  // rows are pixels
    finish.bias_cs = 1, finish.slopes_cs = 1, finish.residual_rs = y->axis[2] * every, finish.residual_cs = y->channel;
    call->kernels->finish(0, pixels, 0, filters, c, c_pixel, 1, &finish);
  } else {  // rows are filters
    finish.bias_rs = 1, finish.slopes_rs = 1, finish.residual_rs = y->channel, finish.residual_cs = y->axis[2] * every;
    call->kernels->finish(0, filters, 0, pixels, c, c_filter, c_pixel, &finish);
  }
}

// Copies elements x0 ..< x0 + count of a row of x, channels last, `every` apart; what lies outside becomes 0.
static void copy_row(const struct kernels *kernels, const struct conv_problem *p, const real *row, ptrdiff_t x0,
                     ptrdiff_t count, real *to, ptrdiff_t every) {
  const ptrdiff_t c = p->channels, pixel = p->x.axis[2];
  const ptrdiff_t first = min(max(0, -x0), count), last = max(first, min(count, p->axis[2].in - x0));
  memset(to, 0, (size_t)(first * every) * sizeof(real));
  memset(to + last * every, 0, (size_t)((count - last) * every) * sizeof(real));
  row += (x0 + first) * pixel, to += first * every;
  if (p->x.channel != 1)
    kernels->transpose_block(c, last - first, row, p->x.channel, to, every);
  else if (pixel == c && every == c)
    memcpy(to, row, (size_t)((last - first) * c) * sizeof(real));
  else
    kernels->copy_block(last - first, c, row, pixel, to, every);
}
