// What the cells of an array hold after programming.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/stream.h"
#include "devices/cell_model.h"
#include "models/functional/crossbar/encode.h"

namespace cimera::functional {

/// Effective levels of the cells after programming, in the order of CellBlock::levels; null: of cells that hold them
/// exactly. Cell column c uses line c of unit `unit` of the stream, the row is the number within it.
std::vector<float> programmed_levels(const devices::CellModel* cell, int level_count, const CellBlock& cells,
                                     const Stream& stream, std::uint32_t unit);

/// Of the sensed columns, [sensed column][row]: of a pair, the difference.
std::vector<float> sensed_levels(const CellBlock& cells, std::span<const float> programmed);

/// Of all cells of each row.
std::vector<double> row_sums(const CellBlock& cells, std::span<const float> programmed);

}  // namespace cimera::functional
