// A network on a von Neumann machine.
#pragma once

#include "mapping/builder.h"
#include "mapping/map.h"
#include "models/ops/host_machine.h"

namespace cimera::mapping {

/// Adds the tasks of one batch to `builder`: one per layer, with what it moves through the caches and from memory,
/// which depends on what the batch before and the layers before have left there; and one that stores the output.
void map_on_host(const workloads::Network& network, const ops::HostMachine& host, const MapOptions& options,
                 ProgramBuilder& builder);

}  // namespace cimera::mapping
