// Template: transformed weights of minimal filtering.  Needs: winograd_job_of, conv/weights.inc.h.

// G along an axis.
static void filter_axis(int inputs, int taps, double g[WINOGRAD_INPUTS][WINOGRAD_TAPS]) {
  if (inputs == 1) {
    g[0][0] = 1;
    return;
  }
  const struct winograd_points *points = winograd_points_of(inputs);
  const int pairs = inputs / 2 - 1;
  for (int t = 0; t < taps; ++t) g[0][t] = t == 0 ? 1 / (double)points->zero[0] : 0, g[inputs - 1][t] = t == taps - 1;
  for (int k = 0; k < pairs; ++k) {
    const double p = (double)points->power[1][k];
    double derivative = 2 * p * p;
    for (int l = 0; l < pairs; ++l)
      if (l != k) derivative *= p * p - (double)points->power[2][l];
    for (int t = 0; t < taps; ++t) {
      g[1 + 2 * k][t] = (double)points->power[t][k] / derivative;
      g[2 + 2 * k][t] = t % 2 == 0 ? g[1 + 2 * k][t] : -g[1 + 2 * k][t];
    }
  }
}

// Channels that are transformed at once, and points of the largest tile.
enum { CHANNELS_AT_ONCE = ROWS_AT_ONCE / (WINOGRAD_TAPS * WINOGRAD_TAPS), MOST_POINTS = 48 };

static struct winograd_filters winograd_filters_of(const struct conv_problem *p, const struct winograd_form *form) {
  const ptrdiff_t high = p->axis[1].taps, wide = p->axis[2].taps;
  struct winograd_filters g = {.form = *form, .down = wide, .across = 1};
  if (taps_adjoin(p) < 0) g.first = high * wide - 1, g.down = -wide, g.across = -1;
  filter_axis(form->rows.inputs, (int)high, g.rows);
  filter_axis(form->columns.inputs, (int)wide, g.columns);
  if (form->columns.inputs > 1) return g;
  // The kernels take a single axis for the width.
  memcpy(g.columns, g.rows, sizeof g.rows);
  filter_axis(1, 1, g.rows);
  g.across = g.down;
  return g;
}

// U of a panel of filters, for the channels from `channel` on; by way of a buffer, since points lie so far apart that
// they meet in few sets of the caches.
static void winograd_pack_panel(const struct conv_pack *pack, const struct winograd_filters *g, ptrdiff_t group,
                                ptrdiff_t filter, ptrdiff_t channel, ptrdiff_t channels, real *u) {
  enum { BUFFER = CHANNELS_AT_ONCE * MOST_NR };
  const struct conv_problem *p = &pack->problem;
  const ptrdiff_t nr = pack->kernels->nr, point = whole(p->filters, nr) * p->channels;
  const ptrdiff_t points = g->form.rows.inputs * g->form.columns.inputs;
  real weights[ROWS_AT_ONCE * MOST_NR], buffer[MOST_POINTS * BUFFER];
  for (ptrdiff_t c = 0, few; c < channels; c += few) {
    few = min(CHANNELS_AT_ONCE, channels - c);
    gather_weights(pack, group, filter, min(nr, p->filters - filter), channel + c, few, weights);
    pack->kernels->winograd_filters(g, few, weights, buffer, BUFFER);
    for (ptrdiff_t i = 0; i < points; ++i)
      memcpy(u + c * nr + i * point, buffer + i * BUFFER, (size_t)(few * nr) * sizeof(real));
  }
}

static void winograd_pack(const struct conv_pack *pack) {
  const struct conv_problem *p = &pack->problem;
  const struct winograd_job job = winograd_job_of(pack->kernels, p, 1);
  const struct winograd_filters g = winograd_filters_of(p, &job.form);
  const ptrdiff_t nr = pack->kernels->nr, filters = whole(p->filters, nr), chunk = chunk_depth(p->channels);
  for (ptrdiff_t group = 0; group < p->groups; ++group)
    for (ptrdiff_t pc = 0, kc; pc < p->channels; pc += kc) {
      kc = min(chunk, p->channels - pc);
      real *u = pack->packed + group * job.points * filters * p->channels + pc * filters;
      for (ptrdiff_t f = 0; f < filters; f += nr, u += nr * kc) winograd_pack_panel(pack, &g, group, f, pc, kc, u);
    }
}
