// The electrical network of a crossbar array that is read: cells between rows and columns, with the resistance of the
// wires and of what drives and senses them.
//
//   v_r -[row_driver]-[w]-x(r,0)-[w]-x(r,1)- ... -[w]-x(r,C-1)-[w]-[row_far]- v_r      w = row_per_cell
//                           |          |                 |
//                         cell       cell              cell     conductance(r, c)
//                           |          |                 |
//                         y(r,0)     y(r,1)            y(r,C-1)
//
//   0 V -[column_far]-[u]-y(0,c)-[u]-y(1,c)- ... -[u]-y(R-1,c)-[u]-[column_sense]- 0 V   u = column_per_cell
//
// Row r is driven in front of column 0, column c is sensed behind the last row. One segment of wire lies between
// neighbouring cells and one between the last cell and each terminal, so a row has C segments and a column R, as in
// CrossSim 3.2 (simulator/circuits/array/NonInterleaved_InputSource.py, where the terminal resistance of the rows is
// by mistake added to the first row instead of the first segment of each row). Lines are open at their far ends unless
// a resistance is given there; then they have one more segment, and a row is driven, a column is sensed from both ends.
#pragma once

#include <limits>
#include <span>

namespace cimera::functional {

/// The resistance of an end at which a line is not connected.
inline constexpr double kOpen = std::numeric_limits<double>::infinity();

/// Resistances in ohm, 0 or more; 0 is an ideal wire or source.
struct Wires {
  double row_per_cell = 0.0, column_per_cell = 0.0;  ///< of one segment
  double row_driver = 0.0, column_sense = 0.0;       ///< at the driven end of a row, at the sensed end of a column
  double row_far = kOpen, column_far = kOpen;        ///< at the other ends

  /// Every cell gets the whole voltage of its row.
  bool ideal() const {
    return row_per_cell == 0 && column_per_cell == 0 && (row_driver == 0 || row_far == 0) &&
           (column_sense == 0 || column_far == 0);
  }
};

struct CrossbarNetwork {
  int rows = 0, columns = 0;
  std::span<const double> conductance;  ///< [rows][columns], siemens, 0 or more
  Wires wires;

  double at(int row, int column) const { return conductance[static_cast<std::size_t>(row) * columns + column]; }
};

/// Throws Error(kInput) unless all figures are in their ranges and the span has rows x columns conductances.
void check(const CrossbarNetwork& network);

}  // namespace cimera::functional
