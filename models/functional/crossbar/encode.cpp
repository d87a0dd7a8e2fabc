#include "models/functional/crossbar/encode.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace cimera::functional {
namespace {

void encode_differential(const CrossbarConfig& config, const WeightBlock& weights, SliceRange slices, int j,
                         CellBlock& cells) {
  const int mask = config.levels() - 1;
  for (int s = 0; s < cells.slices; ++s) {
    const int shift = (slices.begin + s) * config.cell_bits;
    const std::size_t positive = (static_cast<std::size_t>(j) * cells.slices + s) * 2 * cells.rows;
    for (int k = 0; k < cells.rows; ++k) {
      const int w = weights.at(k, j);
      const int magnitude = (std::abs(w) >> shift) & mask, difference = w < 0 ? -magnitude : magnitude;
      const int plus =
          config.encoding == WeightEncoding::kTwoSided ? (mask + difference + 1) / 2 : std::max(difference, 0);
      cells.levels[positive + k] = static_cast<std::uint8_t>(plus);
      cells.levels[positive + cells.rows + k] = static_cast<std::uint8_t>(plus - difference);
    }
    cells.slice_factor[static_cast<std::size_t>(s) * cells.weights + j] = 1 << shift;
  }
}

/// What is added to weights before they are stored; 1-bit weights are -1 and +1.
int offset_of(const CrossbarConfig& config) { return config.weight_bits == 1 ? 1 : 1 << (config.weight_bits - 1); }

/// The sum of a column of cells of the highest level.
std::int64_t highest_sum(const CrossbarConfig& config, int rows) { return std::int64_t{rows} * (config.levels() - 1); }

/// Stores u with w = unit * u - offset, u >= 0.
void encode_offset(const CrossbarConfig& config, const WeightBlock& weights, SliceRange slices, int j,
                   CellBlock& cells) {
  const int mask = config.levels() - 1;
  const int unit = config.weight_bits == 1 ? 2 : 1;  // 1-bit weights are -1 and +1
  const int offset = offset_of(config);
  if (slices.end == config.slices()) cells.input_factor[j] = -offset;  // once, with the highest slice
  for (int s = 0; s < cells.slices; ++s) {
    const int shift = (slices.begin + s) * config.cell_bits;
    const std::size_t first = (static_cast<std::size_t>(j) * cells.slices + s) * cells.rows;
    const std::span<std::uint8_t> column(cells.levels.data() + first, static_cast<std::size_t>(cells.rows));
    for (int k = 0; k < cells.rows; ++k)
      column[k] = static_cast<std::uint8_t>((((weights.at(k, j) + offset) / unit) >> shift) & mask);

    double factor = unit * static_cast<double>(1 << shift);
    const std::int64_t sum = std::accumulate(column.begin(), column.end(), std::int64_t{0});
    if (config.encoding == WeightEncoding::kFlip && 2 * sum > highest_sum(config, cells.rows)) {
      for (std::uint8_t& level : column) level = static_cast<std::uint8_t>(mask - level);
      cells.input_factor[j] += factor * mask;
      factor = -factor;
    }
    cells.slice_factor[static_cast<std::size_t>(s) * cells.weights + j] = factor;
  }
}

/// sums[(j * slices + s) * stride] = sum over rows of slice s of number(row, j), where `number` gives one of 16 bits.
template <class Number>
void add_slices(const CrossbarConfig& config, const WeightBlock& weights, SliceRange range, const Number& number,
                int stride, std::int64_t* sums) {
  const int slices = range.count(), mask = config.levels() - 1, columns = weights.columns;
  const int rows_at_once = 65535 / mask;  // whose sums fit 16 bits
  std::vector<std::uint16_t> numbers(columns), part(static_cast<std::size_t>(slices) * columns);
  for (int first = 0; first < weights.rows; first += rows_at_once) {
    std::ranges::fill(part, std::uint16_t{0});
    for (int k = first; k < std::min(weights.rows, first + rows_at_once); ++k) {
      const std::int16_t* row = weights.codes + k * weights.stride;
      for (int j = 0; j < columns; ++j) numbers[j] = static_cast<std::uint16_t>(number(row[j]));
      for (int s = 0; s < slices; ++s) {
        std::uint16_t* sum = part.data() + static_cast<std::size_t>(s) * columns;
        const int shift = (range.begin + s) * config.cell_bits;
        for (int j = 0; j < columns; ++j) sum[j] = static_cast<std::uint16_t>(sum[j] + (numbers[j] >> shift & mask));
      }
    }
    for (int s = 0; s < slices; ++s)
      for (int j = 0; j < columns; ++j) sums[(j * slices + s) * stride] += part[s * columns + j];
  }
}

}  // namespace

std::vector<std::int64_t> level_sums(const CrossbarConfig& config, const WeightBlock& weights, SliceRange slices) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(weights.columns) * slices.count() * config.cells_per_slice());
  if (config.differential()) {
    add_slices(
        config, weights, slices, [](int w) { return std::max(w, 0); }, 2, sums.data());
    add_slices(
        config, weights, slices, [](int w) { return std::max(-w, 0); }, 2, sums.data() + 1);
    return sums;
  }
  const int offset = offset_of(config), halves = config.weight_bits == 1 ? 1 : 0;
  add_slices(
      config, weights, slices, [=](int w) { return (w + offset) >> halves; }, 1, sums.data());
  if (config.encoding == WeightEncoding::kFlip)
    for (std::int64_t& sum : sums) sum = std::min(sum, highest_sum(config, weights.rows) - sum);
  return sums;
}

std::vector<std::int16_t> slice_codes(const CrossbarConfig& config, const WeightBlock& weights, SliceRange slices) {
  const int shift = slices.begin * config.cell_bits;
  const int mask = (1 << std::min(slices.count() * config.cell_bits, 16)) - 1;
  const int offset = config.differential() ? 0 : offset_of(config), unit = config.weight_bits == 1 && offset ? 2 : 1;
  const int constant = slices.end == config.slices() ? offset : 0;
  std::vector<std::int16_t> codes;
  codes.reserve(static_cast<std::size_t>(weights.rows) * weights.columns);
  for (int k = 0; k < weights.rows; ++k)
    for (int j = 0; j < weights.columns; ++j) {
      const int w = weights.at(k, j), number = offset ? (w + offset) / unit : std::abs(w);
      const int part = (number >> shift & mask) << shift;
      codes.push_back(static_cast<std::int16_t>(offset ? unit * part - constant : w < 0 ? -part : part));
    }
  return codes;
}

CellBlock encode(const CrossbarConfig& config, const WeightBlock& weights, SliceRange slices) {
  CellBlock cells;
  cells.rows = weights.rows, cells.weights = weights.columns;
  cells.slices = slices.count(), cells.cells_per_slice = config.cells_per_slice();
  cells.unit_columns = config.unit_columns();
  cells.levels.resize(static_cast<std::size_t>(cells.cell_columns()) * cells.rows);
  cells.slice_factor.resize(static_cast<std::size_t>(cells.slices) * cells.weights);
  cells.input_factor.resize(cells.weights);
  for (int j = 0; j < cells.weights; ++j) {
    if (config.differential()) encode_differential(config, weights, slices, j, cells);
    else encode_offset(config, weights, slices, j, cells);
  }
  const std::ptrdiff_t unit = std::int64_t{cells.unit_columns} * cells.rows;
  std::fill(cells.levels.end() - unit, cells.levels.end(), static_cast<std::uint8_t>(config.unit_level()));
  return cells;
}

}  // namespace cimera::functional
