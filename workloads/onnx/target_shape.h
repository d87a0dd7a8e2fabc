// Arithmetic on shapes that ONNX's movement operators ask for, for activations and constants alike.
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/onnx/node.h"

namespace cimera::workloads {

// The shapes that these operators give to their first operand, as ONNX sees it.
Shape flattened_shape(Node& node);
Shape reshaped_shape(Node& node);
Shape squeezed_shape(Node& node);
Shape unsqueezed_shape(Node& node);

/// The permutation of a Transpose: its attribute, or the axes reversed.
std::vector<std::int64_t> permutation(Node& node);

/// What a Slice takes of one axis: `count` elements start, start + step, ...; count may be 0, step is not.
struct AxisSlice {
  std::int64_t axis = 0, start = 0, step = 1, count = 0;
};
std::vector<AxisSlice> axis_slices(Node& node);

}  // namespace cimera::workloads
