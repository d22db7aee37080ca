// Template: what every algorithm does with weights and results.  Needs: real, conv/plan.h.

// Element (group, filter, channel, tap) of the weights, times the scale of its filter.
static inline real conv_weight(const struct conv_pack *pack, ptrdiff_t group, ptrdiff_t filter, ptrdiff_t channel,
                               const ptrdiff_t tap[3]) {
  const struct conv_weights *at = &pack->problem.w;
  const real w = pack->w[at->origin + group * at->group + filter * at->filter + channel * at->channel +
                         tap[0] * at->axis[0] + tap[1] * at->axis[1] + tap[2] * at->axis[2]];
  return pack->scale == NULL ? w : w * pack->scale[group * pack->problem.filters + filter];
}

// What follows the sums, on `pixels` outputs along the width, `every` apart, and `filters` filters of a group from
// `first` on.  Their sums are at c, c_pixel and c_filter apart, one of which is 1: in y itself or beside it.  y[at] is
// the output of the first pixel and of the group's filter 0.
static void conv_finish(const struct conv_call *call, ptrdiff_t at, ptrdiff_t group, ptrdiff_t first, ptrdiff_t filters,
                        ptrdiff_t pixels, ptrdiff_t every, real *c, ptrdiff_t c_pixel, ptrdiff_t c_filter) {
  const struct conv_strides *y = &call->problem.y;
  struct gemm_finish finish = call->finish;
  if (finish.bias != NULL) finish.bias += group * call->problem.filters + first;
  if (finish.residual != NULL) finish.residual += at + first * y->channel;
  if (c_filter == 1) {  // rows are pixels
    finish.bias_cs = 1, finish.residual_rs = y->axis[2] * every, finish.residual_cs = y->channel;
    call->kernels->finish(0, pixels, 0, filters, c, c_pixel, 1, &finish);
  } else {  // rows are filters
    finish.bias_rs = 1, finish.residual_rs = y->channel, finish.residual_cs = y->axis[2] * every;
    call->kernels->finish(0, filters, 0, pixels, c, c_filter, c_pixel, &finish);
  }
}
