// Template: transformed weights of minimal filtering.  Needs: winograd_job_of, conv/winograd_points.inc.h,
// conv/weights.inc.h.

// U(point) = G w G^T of the taps of one channel and NR filters, computed in double and rounded once.
static void transform_filter(const struct winograd_form *form, const double rows[WINOGRAD_INPUTS][WINOGRAD_TAPS],
                             const double columns[WINOGRAD_INPUTS][WINOGRAD_TAPS],
                             const double w[WINOGRAD_TAPS][WINOGRAD_TAPS], int row_taps, int column_taps, real *u,
                             ptrdiff_t point) {
  double between[WINOGRAD_INPUTS][WINOGRAD_TAPS];
  for (int i = 0; i < form->rows.inputs; ++i)
    for (int t = 0; t < column_taps; ++t) {
      between[i][t] = 0;
      for (int s = 0; s < row_taps; ++s) between[i][t] += rows[i][s] * w[s][t];
    }
  for (int i = 0; i < form->rows.inputs; ++i)
    for (int j = 0; j < form->columns.inputs; ++j, u += point) {
      double sum = 0;
      for (int t = 0; t < column_taps; ++t) sum += columns[j][t] * between[i][t];
      *u = (real)sum;
    }
}

// G along an axis: powers of each point over the derivative of x N there; both exact in double.
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

static void winograd_pack(const struct conv_pack *pack) {
  const struct conv_problem *p = &pack->problem;
  const struct winograd_job job = winograd_job_of(pack->kernels, p, 1);
  const int row_taps = (int)p->axis[1].taps, column_taps = (int)p->axis[2].taps;
  const ptrdiff_t nr = pack->kernels->nr, filters = whole(p->filters, nr), chunk = chunk_depth(p->channels);
  double rows[WINOGRAD_INPUTS][WINOGRAD_TAPS], columns[WINOGRAD_INPUTS][WINOGRAD_TAPS], w[WINOGRAD_TAPS][WINOGRAD_TAPS];
  filter_axis(job.rows.inputs, row_taps, rows);
  filter_axis(job.columns.inputs, column_taps, columns);
  for (ptrdiff_t group = 0; group < p->groups; ++group)
    for (ptrdiff_t f = 0; f < filters; ++f)
      for (ptrdiff_t c = 0; c < p->channels; ++c) {
        const ptrdiff_t pc = c / chunk * chunk, kc = min(chunk, p->channels - pc);
        for (int i = 0; i < row_taps; ++i)
          for (int j = 0; j < column_taps; ++j)
            w[i][j] = (double)conv_weight(pack, group, min(f, p->filters - 1), c, (ptrdiff_t[3]){0, i, j});
        real *u = pack->packed + group * job.points * filters * p->channels + pc * filters + f / nr * nr * kc +
                  (c - pc) * nr + f % nr;
        transform_filter(&job.form, rows, columns, w, row_taps, column_taps, u, filters * p->channels);
      }
}
