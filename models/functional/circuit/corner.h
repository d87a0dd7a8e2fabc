// A corner of an array, as a network of its own.
#pragma once

#include <vector>

#include "models/functional/circuit/network.h"

namespace cimera::functional {

/// The last `rows` rows and the first `columns` columns, whose cells are nearest to the drivers and sense amplifiers;
/// all others are not connected, and lines to the other ends pass them by. `gated`: rows stand for supply lines along
/// the columns (gated_columns.h). The result's conductances lie in `storage`. rows and columns: 1 to those of the
/// array.
CrossbarNetwork corner(const CrossbarNetwork& network, int rows, int columns, bool gated, std::vector<double>& storage);

}  // namespace cimera::functional
