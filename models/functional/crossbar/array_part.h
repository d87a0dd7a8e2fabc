// How a weight matrix is cut into the arrays of a layer.
#pragma once

#include <cstdint>

#include "models/functional/crossbar/config.h"
#include "models/functional/crossbar/encode.h"

namespace cimera::functional {

/// What one array holds, and how its draws are addressed.
struct ArrayPart {
  WeightBlock weights;
  SliceRange slices;
  std::uint32_t unit = 0;  ///< of the stream: row_block * column_blocks + column_block
  int first_row = 0, first_column = 0;
};

/// Row block r holds rows r * config.rows and on, column block c the weight columns c * weights_per_array() and on; the
/// last blocks may be smaller. Where slices lie in arrays of their own, row block r is slice r % slice_arrays() of the
/// rows r / slice_arrays() * config.rows and on.
int row_blocks(const CrossbarConfig& config, int rows);
int column_blocks(const CrossbarConfig& config, int columns);

ArrayPart array_part(const CrossbarConfig& config, const WeightBlock& weights, int row_block, int column_block);

}  // namespace cimera::functional
