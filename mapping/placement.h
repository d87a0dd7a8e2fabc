// Where the weights of a network lie on a crossbar machine: arrays of a layer in tiles, tile after tile.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/map.h"
#include "models/ops/crossbar_machine.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// Places the weighted layers in order, each on consecutive units (a unit holds one layer only), tile after tile. A
/// tile takes no more of a layer than its buffer can hold the windows of: inputs, and results that it pools or adds.
/// Throws Error(kInput) when a layer's window exceeds a whole tile's buffer, and when the machine is too small, with
/// the --set for the machine called `name` that would do.
std::vector<Part> place(const workloads::Network& network, const std::string& name, const ops::CrossbarMachine& machine,
                        const std::vector<ops::CrossbarConfig>& configs);

}  // namespace cimera::mapping
