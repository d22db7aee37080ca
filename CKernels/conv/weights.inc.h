// Template: what every algorithm does with weights and results.  Needs: real, conv/plan.h.

// Element (group, filter, channel, tap) of the weights, times the scale of its filter.
static inline real conv_weight(const struct conv_pack *pack, ptrdiff_t group, ptrdiff_t filter, ptrdiff_t channel,
                               const ptrdiff_t tap[3]) {
  const struct conv_weights *at = &pack->problem.w;
  const real w = pack->w[at->origin + group * at->group + filter * at->filter + channel * at->channel +
                         tap[0] * at->axis[0] + tap[1] * at->axis[1] + tap[2] * at->axis[2]];
  return pack->scale == NULL ? w : w * pack->scale[group * pack->problem.filters + filter];
}

// 1 where all taps of a weight lie side by side in their order, -1 where they do against it, 0 where they do not: as
// the taps of the innermost axis do, since weights are dense.
static int taps_adjoin(const struct conv_problem *p) {
  int i = 2;
  while (i > 0 && p->axis[i].taps == 1) --i;
  const ptrdiff_t step = p->axis[i].taps == 1 ? 1 : p->w.axis[i];
  return step == 1 ? 1 : step == -1 ? -1 : 0;
}

// Rows of weights that are gathered at once: 8 channels of 5 x 5 taps.
enum { ROWS_AT_ONCE = 200 };

// to[(c * taps + t) * nr + f] <- the weights of these filters and channels, times their scale, 0 for further filters;
// t against the taps' order where they adjoin so.
static void gather_weights(const struct conv_pack *pack, ptrdiff_t group, ptrdiff_t filter, ptrdiff_t filters,
                           ptrdiff_t channel, ptrdiff_t channels, real *to) {
  const struct conv_problem *p = &pack->problem;
  const struct conv_weights *at = &p->w;
  const ptrdiff_t nr = pack->kernels->nr, taps = conv_taps(p), rows = channels * taps;
  const ptrdiff_t together = at->channel == taps ? channels : 1, wide = p->axis[2].taps, high = p->axis[1].taps;
  const int adjoin = taps_adjoin(p);
  const real *w = pack->w + at->origin + group * at->group + filter * at->filter + channel * at->channel;
  if (filters < nr) memset(to, 0, (size_t)(rows * nr) * sizeof(real));
  for (ptrdiff_t c = 0; c < channels && adjoin != 0; c += together)
    pack->kernels->transpose_block(filters, together * taps, w + c * at->channel - (adjoin < 0 ? taps - 1 : 0),
                                   at->filter, to + c * taps * nr, nr);
  for (ptrdiff_t i = 0; i < rows && adjoin == 0; ++i) {
    const ptrdiff_t t = i % taps;
    const real *from = w + i / taps * at->channel + t / (wide * high) * at->axis[0] + t / wide % high * at->axis[1] +
                       t % wide * at->axis[2];
    for (ptrdiff_t f = 0; f < filters; ++f) to[i * nr + f] = from[f * at->filter];
  }
  const real *scale = pack->scale == NULL ? NULL : pack->scale + group * p->filters + filter;
  for (ptrdiff_t i = 0; i < rows && scale != NULL; ++i)
    for (ptrdiff_t f = 0; f < filters; ++f) to[i * nr + f] *= scale[f];
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
