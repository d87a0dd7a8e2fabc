#include "models/functional/crossbar/programmed_levels.h"

namespace cimera::functional {

std::vector<float> programmed_levels(const devices::CellModel* cell, int level_count, const CellBlock& cells,
                                     const Stream& stream, std::uint32_t unit) {
  std::vector<float> programmed(cells.levels.begin(), cells.levels.end());
  if (!cell || cell->ideal()) return programmed;
  for (int column = 0; column < cells.cell_columns(); ++column) {
    const std::size_t at = static_cast<std::size_t>(column) * cells.rows, rows = static_cast<std::size_t>(cells.rows);
    cell->program(level_count, std::span(cells.levels).subspan(at, rows), std::span(programmed).subspan(at, rows),
                  stream, {unit, static_cast<std::uint32_t>(column), 0});
  }
  return programmed;
}

std::vector<float> sensed_levels(const CellBlock& cells, std::span<const float> programmed) {
  std::vector<float> sensed(static_cast<std::size_t>(cells.sensed_columns()) * cells.rows);
  for (int cell = 0; cell < cells.cell_columns(); ++cell) {
    const float* from = programmed.data() + static_cast<std::size_t>(cell) * cells.rows;
    float* to = sensed.data() + static_cast<std::size_t>(cells.sensed_of(cell)) * cells.rows;
    for (int k = 0; k < cells.rows; ++k) to[k] += cells.negative(cell) ? -from[k] : from[k];
  }
  return sensed;
}

std::vector<double> row_sums(const CellBlock& cells, std::span<const float> programmed) {
  std::vector<double> sums(cells.rows);
  for (std::size_t i = 0; i < programmed.size(); ++i) sums[i % cells.rows] += programmed[i];
  return sums;
}

}  // namespace cimera::functional
