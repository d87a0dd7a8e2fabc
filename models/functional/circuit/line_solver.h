// The wires of a crossbar array, and conjugate gradients on them: what some given currents through the cells do to the
// voltages across the cells.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/functional/circuit/network.h"

namespace cimera::functional {

/// Rows or columns: each a chain of nodes with a conductance to ground at every node (its cell) and at both ends.
class Lines {
 public:
  /// `along`: nodes of a line; `first`, `last`: conductances of the terminals at its ends, each with its segment of
  /// wire (infinite: at ground). `node_stride` and `line_stride` tell where node i of line l lies in the spans.
  Lines(int count, int along, std::int64_t line_stride, std::int64_t node_stride, double per_cell, double first,
        double last);

  /// All nodes are at ground, whatever flows.
  bool rigid() const { return rigid_; }
  /// Takes the conductances of the cells.
  void factor(std::span<const double> cells);
  /// voltage = what currents into the nodes give. The spans may be the same one.
  void solve(std::span<const double> current, std::span<double> voltage) const;

 private:
  void solve_chains(std::span<const double> current, std::span<double> voltage) const;

  int count_, along_;
  std::int64_t line_stride_, node_stride_;
  double segment_, first_, last_;
  bool rigid_, lumped_;
  std::vector<double> inverse_;  // chains: of the pivots, as the spans; lumped lines: of their sums, by line
};

/// For one array at a time; not for use by two threads.
class LineSolver {
 public:
  LineSolver(int rows, int columns, const Wires& wires);

  /// Conductances of the cells, [rows][columns], 0 or more.
  void set_cells(std::span<const double> conductance);

  /// Solves for the voltages that cells get beside those of the drivers: cell i carries source[i] + conductance[i] *
  /// extra[i] from its row to its column. Stops when the residual, in the norm of the currents that rows without
  /// columns would need for it, is below `tolerance` times what it was at first. Throws Error(kRun) when it does not
  /// get there: a tolerance below 1e-14 or so is less than rounding allows.
  void solve(std::span<const double> source, std::span<double> extra, double tolerance);

  /// Steps of conjugate gradients of the last call.
  int steps() const { return steps_; }

 private:
  int columns_;
  Lines rows_lines_, column_lines_;
  std::vector<double> cells_, row_, residual_, step_, direction_, into_rows_, column_;
  int steps_ = 0;
};

}  // namespace cimera::functional
