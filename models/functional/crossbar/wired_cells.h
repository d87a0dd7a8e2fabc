// The cells of one programmed array between wires that resist.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "devices/cell_model.h"
#include "devices/level_scale.h"
#include "models/functional/circuit/gated_columns.h"
#include "models/functional/circuit/network.h"
#include "models/functional/crossbar/config.h"
#include "models/functional/crossbar/encode.h"

namespace cimera::functional {

/// Whether columns give other sums than those of the cells' levels: wires resist, or currents are not linear. `cell`
/// may be null: linear cells.
inline bool in_circuit(const CrossbarConfig& config, const devices::CellModel* cell) {
  return cell && (!config.wires.ideal() || !cell->linear());
}

/// Row k of the cells is row k of the network, or, where pairs are interleaved, rows 2 k (the positive cells) and
/// 2 k + 1 (the negative ones). Columns are cell columns in the order of CellBlock, or pairs. Of a larger array, the
/// cells are those nearest to the row drivers and to the sense amplifiers; cells of other rows and columns are not
/// connected, and only make the way to the other ends of the lines longer.
class WiredCells {
 public:
  /// `programmed`: effective levels of all cells, in the order of CellBlock::levels. Throws Error(kInput) when the cell
  /// has no conductance, or a cubic current where inputs open gates.
  WiredCells(const CrossbarConfig& config, const devices::CellModel& cell, const CellBlock& cells,
             std::span<const float> programmed);

  CrossbarNetwork network() const { return {rows_, columns_, conductance_, wires_}; }
  Supply supply() const { return interleaved_ ? Supply::kInterleaved : Supply::kPositive; }
  bool gated() const { return gated_; }
  /// Whether the columns are one matrix times the inputs.
  bool linear() const { return !gated_ && square_.empty(); }
  /// No sum() is larger than this times the sum of the digits, in level units: the current of the most conductive cell
  /// at the highest voltage.
  double largest_level() const;

  /// Of linear() arrays: the effective level of each sensed column in each row, [sensed column][row]: what
  /// its current takes from that row, in level units.
  std::vector<float> sensed_levels() const;

  /// Of others: the sums of the sensed columns, [inputs][sensed column] in level units, for
  /// digits[inputs][row], one circuit for each. Runs on all threads; the bits do not depend on their number.
  void sums(std::span<const std::uint16_t> digits, std::span<double> sums) const;

 private:
  /// [inputs][sensed column], ampere for 1 V at the rows or for the digits.
  std::vector<double> currents(std::span<const std::uint16_t> digits) const;

  int cell_rows_, cells_per_slice_;
  bool interleaved_, gated_;
  int rows_, columns_;  // of the network
  devices::LevelScale scale_;
  Wires wires_;
  std::vector<int> first_column_;                   // by sensed column: its column, or the positive one of its pair
  std::vector<double> conductance_;                 // [rows][columns]
  double highest_volts_ = 0.0, digit_volts_ = 0.0;  // of cubic cells
  std::vector<double> square_, cube_;               // of cubic cells, [rows][columns]
};

}  // namespace cimera::functional
