// What the functional reading counts for data on the move: bits through every unit of a way.
#pragma once

#include <cstdint>
#include <vector>

#include "models/ops/event.h"
#include "models/ops/program.h"
#include "workloads/network.h"

namespace cimera::functional {

/// Adds to `counts` (by layer) the bits that the transfers of a Program move for `count` images. Throws Error(kRun) for
/// a transfer of elements that its tensor does not have.
void count_moves(const ops::Program& program, const workloads::Network& network, std::int64_t count,
                 std::vector<ops::Counts>& counts);

/// Adds the weights and biases of the layers that a host computes: through its last-level cache to the cores, once a
/// run.
void count_host_weights(const ops::Program& program, const workloads::Network& network,
                        std::vector<ops::Counts>& counts);

}  // namespace cimera::functional
