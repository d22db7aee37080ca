// Template: which convolutions minimal filtering serves, what it costs, and how its error grows.  Needs: real,
// conv/winograd_axis.inc.h, filter_axis.

static const char *winograd_refuses(const struct kernels *k, const struct conv_problem *p) {
  (void)k;
  const struct conv_axis *depth = &p->axis[0], *rows = &p->axis[1], *columns = &p->axis[2];
  const ptrdiff_t taps = max(rows->taps, columns->taps);
  if (depth->in != 1 || depth->out != 1 || depth->taps != 1) return "it has no transform along the depth";
  if (taps != 3 && taps != 5) return "it has transforms of 3 and 5 taps";
  if ((rows->taps != taps && rows->taps != 1) || (columns->taps != taps && columns->taps != 1))
    return "it has transforms of equal length along both axes, or along one";
  if (rows->step != 1 || columns->step != 1 || rows->up != 1 || columns->up != 1) return "its stride is 1";
  return NULL;
}

// What a transform takes for each point of a tile and channel or filter, a product for each point, tile and filter, and
// an element of transformed weights that L2 or L3 does not hold; then what each product of a block costs besides, and
// each point of a tile that is copied with zeros around it; all in multiply-adds.
static const double INPUT_COST = 8, OUTPUT_COST = 7, STORE_COST = 6, L3_COST = 4, MEMORY_COST = 7;
static const double CALL_COST = 2000, PATCH_COST = 160;
static const double L2_BYTES = 1 << 19, L3_BYTES = 1 << 24;

static double reading(double elements) {
  const double bytes = elements * sizeof(real);
  return bytes <= L2_BYTES ? 0 : elements * (bytes <= L3_BYTES ? L3_COST : MEMORY_COST);
}

// Tiles along an axis that begin before input `end`: each begins after the one before.
static ptrdiff_t tiles_before(const struct tile_axis *t, ptrdiff_t end) {
  const ptrdiff_t output = max(0, end + t->pad), round = t->phases * t->outputs;
  return min(t->tiles, output / round * t->phases + min(output % round, t->phases));
}

// Those whose inputs all exist.
static ptrdiff_t covered_tiles(const struct tile_axis *t) {
  return max(0, tiles_before(t, t->in - (t->inputs - 1) * t->phases) - tiles_before(t, 0));
}

// What one image takes with tiles of `outputs`, and without tiles.
static double tiled_cost(const struct conv_problem *p, int outputs) {
  const struct tile_axis rows = tile_rows_of(p, outputs), columns = tile_columns_of(p, outputs);
  const double points = rows.inputs * columns.inputs, tiles = (double)rows.tiles * (double)columns.tiles;
  const double channels = (double)p->channels, filters = (double)whole(p->filters, 16);
  const double each = filters * (channels + STORE_COST) + INPUT_COST * channels + OUTPUT_COST * filters;
  const double calls = points * ceil(tiles / SMALL_BLOCK);
  const double patches = points * (tiles - (double)covered_tiles(&rows) * (double)covered_tiles(&columns));
  return points * tiles * each + calls * CALL_COST + patches * PATCH_COST + reading(points * channels * filters);
}
static double direct_cost(const struct conv_problem *p) {
  const double channels = (double)p->channels, filters = (double)whole(p->filters, 16);
  const double taps = (double)conv_taps(p) * channels;
  return (double)conv_positions(p) * filters * (taps + STORE_COST) + reading(taps * filters);
}

// Whether tiles of 2 x 4 outputs of 5 x 5 taps may err more than 16 times as much as the direct products, whose error
// grows more slowly with the channels.
static bool errs_too_much(const struct conv_problem *p, int outputs) {
  return outputs == 4 && p->axis[1].taps == 5 && p->axis[2].taps == 5 && p->channels > 256;
}

static const char *winograd_declines(const struct kernels *k, const struct conv_problem *p) {
  (void)k;
  const int outputs = p->variant, others = outputs == 4 ? 2 : 4;
  const double cost = tiled_cost(p, outputs);
  if (errs_too_much(p, outputs)) return "its error may be more than 16 times that of direct products";
  if (p->channels < 8 || p->filters < 8) return "too few channels or filters to pay for the transforms";
  if (direct_cost(p) <= cost) return "the transforms take longer than the products they save";
  return !errs_too_much(p, others) && tiled_cost(p, others) < cost ? "another tile takes less" : NULL;
}

// max over outputs i of sum over points |A^T_i| |row of G| |row of B^T|, Euclidean norms, and the roundings along an
// axis: `pairs` in the input's transform, pairs + 2 in the output's.
static double axis_growth(const struct tile_axis *t, ptrdiff_t taps, int *roundings) {
  if (t->inputs == 1) return 1;
  const struct winograd_points *points = winograd_points_of(t->inputs);
  const int pairs = t->inputs / 2 - 1;
  double g[WINOGRAD_INPUTS][WINOGRAD_TAPS], most = 0;
  filter_axis(t->inputs, (int)taps, g);
  *roundings += 2 * pairs + 2;
  for (int i = 0; i < t->outputs; ++i) {
    double sum = 0, zero = 0;
    for (int j = 0; j <= pairs; ++j) zero += (double)points->zero[j] * (double)points->zero[j];
    if (i == 0) sum += sqrt(zero) * fabs(g[0][0]);
    if (i == t->outputs - 1) sum += sqrt(zero);
    for (int k = 0; k < pairs; ++k) {
      const double p = (double)points->power[1][k];
      double b = 0, filter = 0;
      for (int j = 0; j < pairs; ++j) b += (1 + p * p) * (double)points->pair[k][j] * (double)points->pair[k][j];
      for (ptrdiff_t j = 0; j < taps; ++j) filter += g[1 + 2 * k][j] * g[1 + 2 * k][j];
      sum += 2 * (double)points->power[i][k] * sqrt(b * filter);
    }
    most = sum > most ? sum : most;
  }
  return most;
}

static double winograd_error_growth(const struct conv_problem *p) {
  const struct tile_axis rows = tile_rows_of(p, p->variant), columns = tile_columns_of(p, p->variant);
  int roundings = 4;  // of U, and of a sum beyond its products
  const double growth =
      axis_growth(&rows, p->axis[1].taps, &roundings) * axis_growth(&columns, p->axis[2].taps, &roundings);
  return growth * ((double)p->channels + roundings);
}
