#include "models/functional/circuit/network.h"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "core/error.h"

namespace cimera::functional {
namespace {

void check_resistance(std::string_view name, double ohm, bool may_be_open) {
  if (ohm >= 0 && (std::isfinite(ohm) || may_be_open)) return;
  fail_input(fmt::format("{} = {} Ohm: expected 0 or more{}", name, ohm, may_be_open ? "" : ", and finite"));
}

}  // namespace

void check(const CrossbarNetwork& network) {
  if (network.rows < 1 || network.columns < 1)
    fail_input(fmt::format("a crossbar of {} x {} cells: expected at least one row and one column", network.rows,
                           network.columns));
  if (network.conductance.size() != static_cast<std::size_t>(network.rows) * network.columns)
    fail_input(fmt::format("{} conductances for a crossbar of {} x {} cells", network.conductance.size(), network.rows,
                           network.columns));
  for (int r = 0; r < network.rows; ++r)
    for (int c = 0; c < network.columns; ++c)
      if (!(network.at(r, c) >= 0) || !std::isfinite(network.at(r, c)))
        fail_input(
            fmt::format("conductance of cell ({}, {}) = {} S: expected 0 or more, and finite", r, c, network.at(r, c)));
  const Wires& wires = network.wires;
  check_resistance("row_per_cell", wires.row_per_cell, false);
  check_resistance("column_per_cell", wires.column_per_cell, false);
  check_resistance("row_driver", wires.row_driver, false);
  check_resistance("column_sense", wires.column_sense, false);
  check_resistance("row_far", wires.row_far, true);
  check_resistance("column_far", wires.column_far, true);
}

}  // namespace cimera::functional
