// What a network that was quantised before it came here says about its integers.
#pragma once

#include <cstdint>
#include <optional>

#include "workloads/code_grid.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// How many of the weighted layers (Conv2d, Dense) have integer codes of their own, and of how many bits.
struct FileCodes {
  std::int64_t layers = 0;   ///< with weights
  std::int64_t weights = 0;  ///< of them, those whose weights are integers with scales
  std::int64_t inputs = 0;   ///< of them, those whose inputs lie on a grid with scale and zero point
  std::int64_t dynamic = 0;  ///< of them, those whose inputs are rounded over their own range, found at run time
  int weight_bits = 0;       ///< that hold all these weights, less their zero points, in two's complement; 0: none are
  int sign_magnitude_bits = 0;  ///< the same as a sign and a magnitude: one more where a code is -2^(bits - 1)
  int activation_bits = 0;      ///< that hold all these inputs; 0: none are

  bool any() const { return weights > 0 || inputs > 0 || dynamic > 0; }
  /// Whether nothing is left to calibrate.
  bool complete() const { return layers > 0 && weights == layers && inputs == layers; }
};

/// Throws Error(kInput) naming the layer when weights do not lie on multiples of their scales, or need over 16 bits.
FileCodes file_codes(const Network& network);

/// The grid that the values of a tensor lie on: its own, or that of the tensor from which layers that only move or pick
/// values (or set some to 0) made it; none where there is no such grid.
std::optional<CodeGrid> grid_of(const Network& network, TensorId tensor);

}  // namespace cimera::workloads
