// Column currents of an array whose inputs open the access transistors of the cells and carry no current themselves.
//
//   supply of column c                 V -[row_driver]-[w]-s(0,c)-[w]-s(1,c)- ... -[w]-s(R-1,c)-[w]-[row_far]- V
//                                                            |          |                 |
//                                                          cell       cell              cell      if its row is active
//                                                            |          |                 |
//   column c    0 V -[column_far]-[u]-b(0,c)-[u]-b(1,c)- ... -[u]-b(R-1,c)-[u]-[column_sense]- 0 V
//
// A column has a supply line of its own beside it, so columns do not disturb each other (CrossSim 3.2,
// simulator/circuits/array/*_SepSource.py). The row figures of Wires are those of the supply line: w = row_per_cell is
// one segment of it, u = column_per_cell.
#pragma once

#include <cstdint>
#include <span>

#include "models/functional/circuit/network.h"

namespace cimera::functional {

/// Where the cells of an array get their voltage from.
enum class Supply {
  kPositive,    ///< all at +V
  kInterleaved  ///< cells of even rows at +V, of odd rows from a second supply line beside each column, at -V
};

/// currents[inputs][columns], ampere, out of the columns into their sense amplifiers when V = 1 volt, for
/// active[inputs][rows]: 0 where the cells of a row are disconnected. Direct, with a relative error of rounding (for
/// kInterleaved, of the larger of the currents of the two supplies); on all threads, and the bits do not depend on
/// their number. Throws Error(kInput) when check() does.
void gated_currents(const CrossbarNetwork& network, Supply supply, std::span<const std::uint8_t> active,
                    std::span<double> currents);

}  // namespace cimera::functional
