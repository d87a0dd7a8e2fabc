// Weights of one array as cell levels, and what a digital sum must do to get the weights back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/functional/crossbar/config.h"

namespace cimera::functional {

/// A view of weight codes, [rows][columns] with `stride` from row to row.
struct WeightBlock {
  const std::int16_t* codes = nullptr;
  std::int64_t stride = 0;
  int rows = 0, columns = 0;

  int at(int row, int column) const { return codes[row * stride + column]; }
};

/// Slices [begin, end) of weights: those that one array holds.
struct SliceRange {
  int begin = 0, end = 0;

  int count() const { return end - begin; }
};

/// Cells lie in columns (weight * slices + slice) * cells_per_slice + polarity, polarity 1 being the negative cell of a
/// differential pair. A sensed column is a column or a pair; sensed column (slice, weight) reads
/// y = sum over rows of x * level, or of x * (positive level - negative level). Then
///   sum over rows of x * w = sum over slices of slice_factor[slice][weight] * y + input_factor[weight] * sum of x,
/// where the slices and input factors of all arrays that hold slices of w are summed. Slices count from the first one
/// of the array.
struct CellBlock {
  int rows = 0, weights = 0, slices = 0, cells_per_slice = 1;
  int unit_columns = 0;              ///< behind the others; they measure the sum of x
  std::vector<std::uint8_t> levels;  ///< [cell column][row]
  std::vector<double> slice_factor;  ///< [slice][weight]; whole numbers, negative where a column is flipped
  std::vector<double> input_factor;  ///< [weight]; whole numbers

  int cell_columns() const { return weights * slices * cells_per_slice + unit_columns; }
  std::size_t cell_column(int weight, int slice, int polarity) const {
    return (static_cast<std::size_t>(weight) * slices + slice) * cells_per_slice + polarity;
  }
  /// Columns (or pairs) that are converted, ordered [slice][weight] with unit columns last.
  int sensed_columns() const { return weights * slices + unit_columns; }
  /// Where the first cell of a sensed column stands in its row.
  int first_cell(int sensed) const {
    const int at = sensed - weights * slices;
    return at >= 0 ? weights * slices * cells_per_slice + at
                   : (sensed % weights * slices + sensed / weights) * cells_per_slice;
  }
  /// The sensed column of a cell column, and whether the cell counts negatively there.
  int sensed_of(int cell) const {
    const int at = cell - weights * slices * cells_per_slice;
    return at >= 0 ? weights * slices + at
                   : cell / cells_per_slice % slices * weights + cell / cells_per_slice / slices;
  }
  bool negative(int cell) const { return cells_per_slice == 2 && cell % 2 == 1; }
  std::span<const std::uint8_t> column(int weight, int slice, int polarity) const {
    return std::span(levels).subspan(cell_column(weight, slice, polarity) * rows, rows);
  }
};

/// Sums of the levels of all cell columns, in the order of CellBlock, without the cells; of a pair, sums of the
/// positive and of the negative differences.
std::vector<std::int64_t> level_sums(const CrossbarConfig& config, const WeightBlock& weights, SliceRange slices);

/// What these slices contribute to each weight, [rows][columns]: over all slices of a weight they sum to it.
std::vector<std::int16_t> slice_codes(const CrossbarConfig& config, const WeightBlock& weights, SliceRange slices);

/// Lays slices of weights out as the configuration says. Each code must be one that the configuration holds().
CellBlock encode(const CrossbarConfig& config, const WeightBlock& weights, SliceRange slices);

}  // namespace cimera::functional
