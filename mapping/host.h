// A network on a von Neumann machine.
#pragma once

#include "mapping/builder.h"
#include "mapping/map.h"
#include "models/ops/host_machine.h"

namespace cimera::mapping {

/// Adds the tasks of one batch to `builder`: per layer, weights and (where they do not fit the last-level cache)
/// activations stream from memory while the cores compute.
void map_on_host(const workloads::Network& network, const ops::HostMachine& host, const MapOptions& options,
                 ProgramBuilder& builder);

}  // namespace cimera::mapping
