#include "models/functional/crossbar/encode.h"

#include <cstdlib>
#include <numeric>

namespace cimera::functional {
namespace {

void encode_differential(const CrossbarConfig& config, const WeightBlock& weights, int j, CellBlock& cells) {
  const int mask = config.levels() - 1;
  for (int s = 0; s < cells.slices; ++s) {
    const std::size_t positive = (static_cast<std::size_t>(j) * cells.slices + s) * 2 * cells.rows;
    for (int k = 0; k < cells.rows; ++k) {
      const int w = weights.at(k, j);
      const std::size_t cell = positive + (w < 0 ? cells.rows : 0) + k;
      cells.levels[cell] = static_cast<std::uint8_t>((std::abs(w) >> (s * config.cell_bits)) & mask);
    }
    cells.slice_factor[static_cast<std::size_t>(s) * cells.weights + j] = 1 << (s * config.cell_bits);
  }
}

/// Stores u with w = unit * u - offset, u >= 0.
void encode_offset(const CrossbarConfig& config, const WeightBlock& weights, int j, CellBlock& cells) {
  const int mask = config.levels() - 1;
  const int unit = config.weight_bits == 1 ? 2 : 1;  // 1-bit weights are -1 and +1
  const int offset = config.weight_bits == 1 ? 1 : 1 << (config.weight_bits - 1);
  cells.input_factor[j] = -offset;
  for (int s = 0; s < cells.slices; ++s) {
    const std::size_t first = (static_cast<std::size_t>(j) * cells.slices + s) * cells.rows;
    const std::span<std::uint8_t> column(cells.levels.data() + first, static_cast<std::size_t>(cells.rows));
    for (int k = 0; k < cells.rows; ++k)
      column[k] = static_cast<std::uint8_t>((((weights.at(k, j) + offset) / unit) >> (s * config.cell_bits)) & mask);

    double factor = unit * static_cast<double>(1 << (s * config.cell_bits));
    const std::int64_t sum = std::accumulate(column.begin(), column.end(), std::int64_t{0});
    if (config.encoding == WeightEncoding::kFlip && 2 * sum > std::int64_t{cells.rows} * mask) {
      for (std::uint8_t& level : column) level = static_cast<std::uint8_t>(mask - level);
      cells.input_factor[j] += factor * mask;
      factor = -factor;
    }
    cells.slice_factor[static_cast<std::size_t>(s) * cells.weights + j] = factor;
  }
}

}  // namespace

CellBlock encode(const CrossbarConfig& config, const WeightBlock& weights) {
  CellBlock cells;
  cells.rows = weights.rows, cells.weights = weights.columns;
  cells.slices = config.slices(), cells.cells_per_slice = config.differential() ? 2 : 1;
  cells.levels.resize(static_cast<std::size_t>(cells.cell_columns()) * cells.rows);
  cells.slice_factor.resize(static_cast<std::size_t>(cells.slices) * cells.weights);
  cells.input_factor.resize(cells.weights);
  for (int j = 0; j < cells.weights; ++j) {
    if (config.differential()) encode_differential(config, weights, j, cells);
    else encode_offset(config, weights, j, cells);
  }
  return cells;
}

}  // namespace cimera::functional
