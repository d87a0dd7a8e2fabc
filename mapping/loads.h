// Which weights are in the arrays at the same time: all of a network, or one part of it after another.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mapping/map.h"
#include "mapping/tile_work.h"
#include "models/ops/crossbar_machine.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// Weights that lie in the arrays together, and the layers that run while they do.
struct Load {
  std::size_t first = 0, last = 0;  ///< layers [first, last)
  std::vector<Part> parts;
  TileWork work;
};

/// The loads of a network, in the order of its layers: one where all of it fits. Else, where the machine called `name`
/// may be reprogrammed, each takes as many layers as fit. A layer that is larger than the
/// machine is cut between column blocks; its loads hold no other weights. Throws Error(kInput) when the network does
/// not fit and weights are resident, when one column of arrays does not, and as place().
std::vector<Load> cut_into_loads(const workloads::Network& network, const std::string& name,
                                 const ops::CrossbarMachine& machine, const std::vector<ops::CrossbarConfig>& configs);

}  // namespace cimera::mapping
