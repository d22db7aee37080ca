// Template: the tiles of minimal filtering along one axis.  Needs: conv/plan.h, min.

// A tile's place along one axis.
struct tile_place {
  ptrdiff_t input, output, valid;  // its first input and output, and how many of its outputs exist
};

// One axis of the picture.  Tile t is number t / phases of phase t % phases.
struct tile_axis {
  int inputs, outputs;
  ptrdiff_t phases, in, out, pad, tiles;
};

static struct tile_axis tile_axis_of(const struct conv_axis *axis, int outputs) {
  const bool taps = axis->taps > 1;
  struct tile_axis t = {.inputs = taps ? outputs + (int)axis->taps - 1 : 1,
                        .outputs = taps ? outputs : 1,
                        .phases = taps ? axis->dilation : 1,
                        .in = axis->in,
                        .out = axis->out,
                        .pad = axis->pad};
  const ptrdiff_t each = t.out / t.phases, longer = t.out % t.phases;
  const ptrdiff_t fewest = panels_of(each, t.outputs);
  t.tiles = t.phases * fewest + (panels_of(each + 1, t.outputs) > fewest ? longer : 0);
  return t;
}

// The two axes of tiles of `outputs`.  F(4, 5) along both would err more than 16 times as much as the direct products,
// F(2, 5) by F(4, 5) does not.
static struct tile_axis tile_rows_of(const struct conv_problem *p, int outputs) {
  const bool both = p->axis[1].taps == 5 && p->axis[2].taps == 5;
  return tile_axis_of(&p->axis[1], both ? 2 : outputs);
}
static struct tile_axis tile_columns_of(const struct conv_problem *p, int outputs) {
  return tile_axis_of(&p->axis[2], outputs);
}

static struct tile_place place_of(const struct tile_axis *t, ptrdiff_t index) {
  const ptrdiff_t output = index % t->phases + index / t->phases * t->phases * t->outputs;
  return (struct tile_place){output - t->pad, output, min(t->outputs, panels_of(t->out - output, t->phases))};
}

// Whether every input of a tile exists.
static bool is_covered(const struct tile_axis *t, ptrdiff_t input) {
  return is_inside(input, t->in) && is_inside(input + (t->inputs - 1) * t->phases, t->in);
}

// The first pixel of a run's set of phases, in y.
static ptrdiff_t run_start(const struct tile_axis *t, ptrdiff_t index) {
  return index / t->phases * t->phases * t->outputs;
}

// What a run of `tiles` reads or writes of one row.
static ptrdiff_t input_span(const struct tile_axis *t, ptrdiff_t tiles) {
  return (panels_of(tiles, t->phases) * t->outputs + t->inputs - t->outputs) * t->phases;
}
static ptrdiff_t output_span(const struct tile_axis *t, ptrdiff_t tiles) {
  return panels_of(tiles, t->phases) * t->outputs * t->phases;
}
