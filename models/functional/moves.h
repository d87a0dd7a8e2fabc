// What the functional reading counts for data on the move: bits through every unit of a way.
#pragma once

#include <cstdint>
#include <vector>

#include "models/ops/event.h"
#include "models/ops/program.h"
#include "workloads/network.h"

namespace cimera::functional {

/// Adds to `counts` the bits that a transfer moves over its path for `images` images.
void count_move(const ops::Program& program, const ops::Task& task, const ops::Transfer& move, std::int64_t images,
                ops::Counts& counts);

/// Throws Error(kRun) unless the path of every transfer is one way, unit by unit, from the place it comes from to the
/// place it goes to: into the buffer of a tile where it brings activations; between memory and caches within a host.
void check_ways(const ops::Program& program);

/// Adds to `counts` (by layer) what a run of a host reads once for all images: the weights that its transfers move, and
/// weights and biases that go through its last-level cache to the cores.
void count_host_weights(const ops::Program& program, const workloads::Network& network,
                        std::vector<ops::Counts>& counts);

}  // namespace cimera::functional
