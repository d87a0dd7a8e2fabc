// Shape rules of the operators of the network IR: the one place where an output shape is computed and checked.
#pragma once

#include <span>

#include "core/error.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// What a layer's shape rule looks at.
struct ShapeQuery {
  const Operator& op;
  std::span<const Shape> inputs;   ///< shapes of the operands, constants included
  const Shape* weights = nullptr;  ///< Conv2d and Dense
  const Shape* bias = nullptr;     ///< Conv2d and Dense; null when there is none
  const Shape* wanted = nullptr;   ///< Reshape and Slice, whose output the operands do not fix
};

/// Shape of the output. Throws Error(kInput) at `where` when operands, attributes and shapes do not fit together.
Shape output_shape(const ShapeQuery& query, const Where& where);

/// NumPy broadcasting of two shapes, aligned at the last dimension. Throws Error(kInput) when they do not fit.
Shape broadcast(const Shape& a, const Shape& b, const Where& where);

/// Output size of a sliding window along one dimension: floor((in + pads - reach) / stride) + 1, with ceil in place of
/// floor when `ceil_mode`; reach = dilation (kernel - 1) + 1. Throws Error(kInput) when no window fits, when a padding
/// is negative or as wide as the window, or when a size is below 1.
struct WindowSize {
  std::int64_t in = 1, kernel = 1, stride = 1, dilation = 1, pad_before = 0, pad_after = 0;
  bool ceil_mode = false;
};
std::int64_t window_count(const WindowSize& window, const Where& where);

}  // namespace cimera::workloads
