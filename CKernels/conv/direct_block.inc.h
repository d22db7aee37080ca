// Template: one block of a convolution as an implicit matrix product; see conv/direct.inc.h.

// An output of a block, as row and column of its rectangle.
struct place {
  int32_t y, x;
};

// A thread's block: where it lies, and the thread's memory.
struct block {
  const struct conv_call *call;
  const struct direct *direct;
  ptrdiff_t first_panel, last_panel;
  ptrdiff_t image, group, phase[3], start[3], size[3];  // in outputs of the phase
  ptrdiff_t tiles;
  const real **rows;
  struct conv_tap *taps;
  real **out;
  int32_t *heights;
  struct place *places;
  real *sums, *copy;
  const real *origin;  // element (0, 0, 0) of x as the table is to find it, of this image and group
  ptrdiff_t strides[3];
};

// Where tap t of the first output of a phase meets x, along one axis; false where it falls between the elements.
// Output j of the phase meets it j * step further on.
static bool tap_start(const struct conv_axis *a, ptrdiff_t phase, ptrdiff_t t, ptrdiff_t *start) {
  const ptrdiff_t at = phase * a->step + t * a->dilation - a->pad;
  *start = at / a->up;
  return at % a->up == 0;
}

static bool is_inside(ptrdiff_t at, ptrdiff_t size) { return at >= 0 && at < size; }

// Whether output j of the phase misses x with one of its taps, along one axis.
static bool is_border(const struct conv_axis *a, ptrdiff_t phase, ptrdiff_t j) {
  for (ptrdiff_t t = 0; t < a->taps; ++t) {
    ptrdiff_t start;
    if (tap_start(a, phase, t, &start) && !is_inside(start + j * a->step, a->in)) return true;
  }
  return false;
}

// Outputs at the beginning and at the end of the block that are border, along one axis.
struct border {
  ptrdiff_t before, after;
};

static struct border border_of(const struct block *b, int axis) {
  const struct conv_axis *a = &b->call->problem.axis[axis];
  struct border border = {0, 0};
  while (border.before < b->size[axis] && is_border(a, b->phase[axis], b->start[axis] + border.before)) ++border.before;
  const ptrdiff_t rest = b->size[axis] - border.before;
  while (border.after < rest && is_border(a, b->phase[axis], b->start[axis] + b->size[axis] - 1 - border.after))
    ++border.after;
  return border;
}

// Adds the outputs of a part of the block as tiles of nearly equal height.
static struct place *add_run(struct block *b, struct place *to, ptrdiff_t y0, ptrdiff_t y1, ptrdiff_t x0, ptrdiff_t x1,
                             bool down) {
  const ptrdiff_t outputs = max(0, y1 - y0) * max(0, x1 - x0), tiles = panels_of(outputs, b->direct->mr);
  if (outputs == 0) return to;
  for (ptrdiff_t t = 0; t < tiles; ++t)
    b->heights[b->tiles++] = (int32_t)(panel_start(outputs, tiles, t + 1) - panel_start(outputs, tiles, t));
  if (down) {
    for (ptrdiff_t x = x0; x < x1; ++x)
      for (ptrdiff_t y = y0; y < y1; ++y) *to++ = (struct place){(int32_t)y, (int32_t)x};
  } else {
    for (ptrdiff_t y = y0; y < y1; ++y)
      for (ptrdiff_t x = x0; x < x1; ++x) *to++ = (struct place){(int32_t)y, (int32_t)x};
  }
  return to;
}

// Orders the outputs: those that miss the same taps come together, so that whole tiles skip these.  The borders go
// round like a pinwheel, so that each corner is part of one of them only:  top t, right r, bottom b, left l.
//
//   t t t t r
//   l . . . r
//   l . . . r
//   l b b b b
//
// The inside comes first: weights come from afar while tall tiles meet all of their taps.
static void order_outputs(struct block *b) {
  const ptrdiff_t high = b->size[1], wide = b->size[2];
  struct border y = border_of(b, 1), x = border_of(b, 2);
  if (b->direct->joins) x = (struct border){0, 0};
  b->tiles = 0;
  struct place *to = b->places;
  to = add_run(b, to, y.before, high - y.after, x.before, wide - x.after, false);
  to = add_run(b, to, 0, y.before, 0, wide - x.after, false);
  to = add_run(b, to, 0, high - y.after, wide - x.after, wide, true);
  to = add_run(b, to, high - y.after, high, x.before, wide, false);
  add_run(b, to, y.before, high, 0, x.before, true);
}

// The table's rows for one tap: where x lies under each output; NULL first where it lies under none of a tile.
static void locate_tap(struct block *b, ptrdiff_t tap, ptrdiff_t plane, ptrdiff_t y0, ptrdiff_t x0) {
  const struct conv_problem *p = &b->call->problem;
  const struct direct *d = b->direct;
  const real *zeros = b->call->packed;
  const struct place *place = b->places;
  const real **rows = b->rows + tap * d->mr;
  const real *origin = b->origin + plane * b->strides[0];
  for (ptrdiff_t t = 0; t < b->tiles; ++t, rows += d->taps * d->mr) {
    bool any = !b->call->finite;
    for (ptrdiff_t i = 0; i < b->heights[t]; ++i, ++place) {
      const ptrdiff_t y = y0 + place->y * p->axis[1].step, x = x0 + place->x * p->axis[2].step;
      const bool inside = is_inside(y, p->axis[1].in) && (d->joins || is_inside(x, p->axis[2].in));
      rows[i] = inside ? origin + y * b->strides[1] + x * b->strides[2] : zeros;
      any |= inside;
    }
    if (!any) rows[0] = NULL;
  }
}

static void skip_tap(struct block *b, ptrdiff_t tap) {
  const struct direct *d = b->direct;
  const real **rows = b->rows + tap * d->mr;
  for (ptrdiff_t t = 0; t < b->tiles; ++t, rows += d->taps * d->mr) {
    rows[0] = NULL;
    if (!b->call->finite)
      for (ptrdiff_t i = 0; i < b->heights[t]; ++i) rows[i] = b->call->packed;
  }
}

static void locate(struct block *b) {
  const struct conv_axis *a = b->call->problem.axis;
  const ptrdiff_t across = b->direct->joins ? 1 : a[2].taps;
  ptrdiff_t tap = 0, z, y, x;
  for (ptrdiff_t tz = 0; tz < a[0].taps; ++tz) {
    const bool on_z = tap_start(&a[0], b->phase[0], tz, &z) && is_inside(z + b->start[0] * a[0].step, a[0].in);
    for (ptrdiff_t ty = 0; ty < a[1].taps; ++ty) {
      const bool on_y = tap_start(&a[1], b->phase[1], ty, &y);
      for (ptrdiff_t tx = 0; tx < across; ++tx, ++tap) {
        const bool on_x = tap_start(&a[2], b->phase[2], tx, &x);
        if (on_z && on_y && on_x)
          locate_tap(b, tap, b->direct->copies ? tz : z + b->start[0] * a[0].step, y + b->start[1] * a[1].step,
                     x + b->start[2] * a[2].step);
        else
          skip_tap(b, tap);
      }
    }
  }
}

// What the block sees of x along one axis: first ..< first + count, within x unless `padded`.
static void seen_range(const struct block *b, int axis, bool padded, ptrdiff_t *first, ptrdiff_t *count) {
  const struct conv_axis *a = &b->call->problem.axis[axis];
  const ptrdiff_t phase = b->phase[axis] * a->step - a->pad, start = b->start[axis] * a->step;
  const ptrdiff_t reach = phase + (a->taps - 1) * a->dilation, last = (b->size[axis] - 1) * a->step;
  ptrdiff_t from = phase / a->up - (phase % a->up < 0) + start;
  ptrdiff_t to = reach / a->up - (reach % a->up < 0) + start + last + 1;
  if (!padded) from = max(from, 0), to = min(to, a->in);
  *first = from, *count = max(0, to - from);
}

// Sets where the table finds x: where it lies, or in a copy of what the block sees.
static void provide_x(struct block *b) {
  const struct conv_problem *p = &b->call->problem;
  const struct conv_axis *depth = &p->axis[0];
  const real *x = b->call->x + b->image * p->x.image + b->group * p->x.group;
  b->origin = x;
  for (int i = 0; i < 3; ++i) b->strides[i] = p->x.axis[i];
  if (!b->direct->copies) return;
  ptrdiff_t y0, high, x0, wide, z;
  seen_range(b, 1, false, &y0, &high);
  seen_range(b, 2, b->direct->joins, &x0, &wide);
  const ptrdiff_t pixel = b->direct->copy_pixel, row = wide * pixel;
  for (ptrdiff_t tz = 0; tz < depth->taps; ++tz) {
    if (!tap_start(depth, b->phase[0], tz, &z) || !is_inside(z += b->start[0] * depth->step, depth->in)) continue;
    for (ptrdiff_t y = 0; y < high; ++y)
      copy_row(b->call->kernels, p, x + z * p->x.axis[0] + (y0 + y) * p->x.axis[1], x0, wide,
               b->copy + (tz * high + y) * row, pixel);
  }
  b->strides[0] = high * row, b->strides[1] = row, b->strides[2] = pixel;
  b->origin = b->copy - y0 * row - x0 * pixel;
}
