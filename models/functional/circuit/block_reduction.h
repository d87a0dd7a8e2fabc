// Nested dissection of a crossbar array whose wires all have a resistance.
#pragma once

#include <span>

#include "models/functional/circuit/network.h"

namespace cimera::functional {

/// As effective_matrix(), for row_per_cell > 0 and column_per_cell > 0.
void reduce_blocks(const CrossbarNetwork& network, std::span<double> effective);

/// As effective_matrix(), for row_per_cell == 0: each row is one node.
void reduce_ideal_rows(const CrossbarNetwork& network, std::span<double> effective);

}  // namespace cimera::functional
