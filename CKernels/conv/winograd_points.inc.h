// Printed by winograd.py, which derives it.  n inputs of an axis have n / 2 - 1 pairs of points.
// clang-format off
static const struct winograd_points POINTS_4 = {
  // +-1
  .power = {{0x1p+0, 0, 0}, {0x1p+0, 0, 0}, {0x1p+0, 0, 0}, {0x1p+0, 0, 0}, {0x1p+0, 0, 0}},
  .zero = {-0x1p+0, 0x1p+0, 0, 0},
  .pair = {{0x1p+0, 0, 0}},
};
static const struct winograd_points POINTS_6 = {
  // +-11/16, +-3/2
  .power = {{0x1p+0, 0x1p+0, 0}, {0x1.6000000000000p-1, 0x1.8000000000000p+0, 0}, {0x1.e400000000000p-2, 0x1.2000000000000p+1, 0}, {0x1.4cc0000000000p-2, 0x1.b000000000000p+1, 0}, {0x1.c988000000000p-3, 0x1.4400000000000p+2, 0}},
  .zero = {0x1.1040000000000p+0, -0x1.5c80000000000p+1, 0x1p+0, 0},
  .pair = {{-0x1.2000000000000p+1, 0x1p+0, 0}, {-0x1.e400000000000p-2, 0x1p+0, 0}},
};
static const struct winograd_points POINTS_8 = {
  // +-1/2, +-1, +-2
  .power = {{0x1p+0, 0x1p+0, 0x1p+0}, {0x1p-1, 0x1p+0, 0x1p+1}, {0x1p-2, 0x1p+0, 0x1p+2}, {0x1p-3, 0x1p+0, 0x1p+3}, {0x1p-4, 0x1p+0, 0x1p+4}},
  .zero = {-0x1p+0, 0x1.5000000000000p+2, -0x1.5000000000000p+2, 0x1p+0},
  .pair = {{0x1p+2, -0x1.4000000000000p+2, 0x1p+0}, {0x1p+0, -0x1.1000000000000p+2, 0x1p+0}, {0x1p-2, -0x1.4000000000000p+0, 0x1p+0}},
};
// clang-format on
