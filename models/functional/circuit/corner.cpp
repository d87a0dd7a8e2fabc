#include "models/functional/circuit/corner.h"

namespace cimera::functional {

CrossbarNetwork corner(const CrossbarNetwork& network, int rows, int columns, bool gated,
                       std::vector<double>& storage) {
  const int passed_rows = network.rows - rows, passed_columns = network.columns - columns;
  storage.clear();
  for (int r = passed_rows; r < network.rows; ++r)
    for (int c = 0; c < columns; ++c) storage.push_back(network.at(r, c));
  Wires wires = network.wires;
  wires.column_far += passed_rows * wires.column_per_cell;
  if (gated) wires.row_driver += passed_rows * wires.row_per_cell;
  else wires.row_far += passed_columns * wires.row_per_cell;
  return {rows, columns, storage, wires};
}

}  // namespace cimera::functional
