// Minimal filtering: the shape of a transform, and the points it interpolates at.
// Include real/f32.h or real/f64.h first.
#ifndef CK_CONV_WINOGRAD_H
#define CK_CONV_WINOGRAD_H

#include "include/ckernels.h"

// One axis of a tile: F(outputs, inputs - outputs + 1), or 1 and 1 along an axis without taps.
struct winograd_axis {
  int inputs, outputs;
};

// A tile: 4 x 4, 6 x 6 or 6 x 8 inputs, or 4, 6 or 8 along one axis and 1 along the other.
struct winograd_form {
  struct winograd_axis rows, columns;
};

enum { WINOGRAD_INPUTS = 8, WINOGRAD_OUTPUTS = 4, WINOGRAD_TAPS = 5, WINOGRAD_PAIRS = 3 };

// Of an axis with points 0, +-p_1, ..., +-p_pairs and infinity: power[i][k] = p_k^i, and the coefficients in x^2,
// lowest first, of N = prod (x^2 - p_k^2) and of N / (x^2 - p_k^2).
struct winograd_points {
  real power[WINOGRAD_TAPS][WINOGRAD_PAIRS], zero[WINOGRAD_PAIRS + 1], pair[WINOGRAD_PAIRS][WINOGRAD_PAIRS];
};

// G along one axis: the factor of the first tap at 0, and of each tap at each +p_k; -p_k changes the sign of every
// other tap's, and at infinity the last tap's is 1.
struct winograd_filter {
  real zero, pair[WINOGRAD_TAPS][WINOGRAD_PAIRS];
};

// G along both axes of a tile.
struct winograd_taps {
  struct winograd_form form;
  struct winograd_filter rows, columns;
};

// G as it transforms weights: powers of each point over the derivative of x N there; both exact in double.  Of each
// channel, tap (s, t) is row first + s down + t across.
struct winograd_filters {
  struct winograd_form form;
  double rows[WINOGRAD_INPUTS][WINOGRAD_TAPS], columns[WINOGRAD_INPUTS][WINOGRAD_TAPS];
  ptrdiff_t first, down, across;
};

#include "conv/winograd_points.inc.h"

// Of an axis with that many inputs, which has inputs / 2 - 1 pairs.
static inline const struct winograd_points *winograd_points_of(int inputs) {
  return inputs == 4 ? &POINTS_4 : inputs == 6 ? &POINTS_6 : &POINTS_8;
}

#endif
