#include "models/functional/circuit/effective_matrix.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "models/functional/circuit/block_reduction.h"

namespace cimera::functional {
namespace {

/// The same array seen from its columns: reversed column c is row c of the result and is driven where it was sensed.
/// What flows is the same (reciprocity).
void reduce_ideal_columns(const CrossbarNetwork& network, std::span<double> effective) {
  const Wires& wires = network.wires;
  const std::size_t cells = network.conductance.size();
  std::vector<double> turned(cells), result(cells);
  const auto place = [&](int r, int c) {
    return static_cast<std::size_t>(network.columns - 1 - c) * network.rows + (network.rows - 1 - r);
  };
  for (int r = 0; r < network.rows; ++r)
    for (int c = 0; c < network.columns; ++c) turned[place(r, c)] = network.at(r, c);
  reduce_ideal_rows({network.columns,
                     network.rows,
                     turned,
                     {.row_per_cell = wires.column_per_cell,
                      .column_per_cell = wires.row_per_cell,
                      .row_driver = wires.column_sense,
                      .column_sense = wires.row_driver,
                      .row_far = wires.column_far,
                      .column_far = wires.row_far}},
                    result);
  for (int r = 0; r < network.rows; ++r)
    for (int c = 0; c < network.columns; ++c)
      effective[static_cast<std::size_t>(r) * network.columns + c] = result[place(r, c)];
}

}  // namespace

void effective_matrix(const CrossbarNetwork& network, std::span<double> effective) {
  check(network);
  if (effective.size() != network.conductance.size())
    fail_run(fmt::format("effective_matrix: room for {} elements, the array has {} cells", effective.size(),
                         network.conductance.size()));
  if (network.wires.ideal()) std::ranges::copy(network.conductance, effective.begin());
  else if (network.wires.row_per_cell == 0) reduce_ideal_rows(network, effective);
  else if (network.wires.column_per_cell == 0) reduce_ideal_columns(network, effective);
  else reduce_blocks(network, effective);
}

}  // namespace cimera::functional
