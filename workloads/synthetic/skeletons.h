// How each digit is written: pen strokes through a few points, in several styles. Drawn for cimera, from no data set.
#pragma once

#include <vector>

namespace cimera::workloads {

/// A point the pen passes through, in hundredths of the box of the digit: x to the right, y downwards. The pen turns
/// smoothly there unless `corner` is set.
struct PenPoint {
  int x = 0, y = 0;
  bool corner = false;
};

using Stroke = std::vector<PenPoint>;  ///< at least two points, from pen down to pen up
using Style = std::vector<Stroke>;     ///< one way to write a digit

/// The styles of `digit` (0..9), at least three of them.
const std::vector<Style>& styles(int digit);

}  // namespace cimera::workloads
