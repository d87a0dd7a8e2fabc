#include "models/functional/crossbar/array_part.h"

#include <algorithm>

#include "core/integers.h"

namespace cimera::functional {

int row_blocks(const CrossbarConfig& config, int rows) {
  return static_cast<int>(ceil_div(rows, config.rows)) * config.slice_arrays();
}

int column_blocks(const CrossbarConfig& config, int columns) {
  return static_cast<int>(ceil_div(columns, config.weights_per_array()));
}

ArrayPart array_part(const CrossbarConfig& config, const WeightBlock& weights, int row_block, int column_block) {
  ArrayPart part;
  part.first_row = row_block / config.slice_arrays() * config.rows;
  part.first_column = column_block * config.weights_per_array();
  part.weights = {weights.codes + part.first_row * weights.stride + part.first_column, weights.stride,
                  std::min(config.rows, weights.rows - part.first_row),
                  std::min(config.weights_per_array(), weights.columns - part.first_column)};
  const int slice = row_block % config.slice_arrays() * config.slices_per_array();
  part.slices = {slice, slice + config.slices_per_array()};
  part.unit = static_cast<std::uint32_t>(row_block * column_blocks(config, weights.columns) + column_block);
  return part;
}

}  // namespace cimera::functional
