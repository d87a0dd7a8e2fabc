// The Program that brings weights from host memory to the tiles and writes them into cells.
#pragma once

#include <vector>

#include "mapping/builder.h"
#include "mapping/map.h"
#include "models/ops/crossbar_machine.h"
#include "models/ops/host_machine.h"

namespace cimera::mapping {

/// Adds to `load`, part by part: the weights on their way, and the cells written. `configs` by layer.
void load_weights(const workloads::Network& network, const ops::CrossbarMachine& machine, const ops::HostMachine& host,
                  const std::vector<ops::CrossbarConfig>& configs, const std::vector<Part>& parts,
                  ProgramBuilder& load);

}  // namespace cimera::mapping
