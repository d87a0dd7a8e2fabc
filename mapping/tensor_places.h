// Where the values of tensors are while a Program is built.
#pragma once

#include <optional>
#include <vector>

#include "core/range.h"
#include "mapping/builder.h"

namespace cimera::mapping {

/// A range of a tensor's elements, the tile (or host memory) that has them, and the task that makes them: one iteration
/// a pixel (rows x columns of the image) or one a row (columns = 1) or one in all.
struct Slice {
  ops::Place place = ops::kHostMemory;
  Range range;
  std::optional<ops::TaskId> task;  ///< none: there from the start
  Loop loop;
};

/// By tensor.
using TensorPlaces = std::vector<std::vector<Slice>>;

/// The loop over the pixels of an image tensor [1, C, H, W], or over the positions of [1, P, F], each of which is a row
/// of one pixel; one iteration for every other shape.
inline Loop pixels(const workloads::Shape& shape) {
  if (shape.size() == 3) return {shape[1], 1};
  return shape.size() == 4 ? Loop{shape[2], shape[3]} : Loop{};
}

}  // namespace cimera::mapping
