// A network on a crossbar machine.
#pragma once

#include <vector>

#include "mapping/builder.h"
#include "mapping/map.h"
#include "models/ops/crossbar_machine.h"
#include "models/ops/host_machine.h"

namespace cimera::mapping {

/// Places the weights and adds the tasks of one batch to `run`, those that load the weights to `load`; fills in the
/// parts and the layers left to the host.
///
/// Every weighted layer becomes, per tile that holds a part of it, one matrix-vector product a position (fetch, array
/// reads, drain); partial sums of rows that lie in other tiles go to the tile with the first rows (their home) and are
/// added; the home scales, adds the bias and applies the activation function; results go on to the tiles that need
/// them, pixel by pixel, into a buffer that holds the window of the consumer.
void map_on_crossbars(const workloads::Network& network, const ops::CrossbarMachine& machine,
                      const ops::HostMachine& host, const MapOptions& options, ProgramBuilder& run,
                      ProgramBuilder& load, Mapped& mapped);

}  // namespace cimera::mapping
