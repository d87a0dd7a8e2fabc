// Random tensors for networks of which only the shapes are known, so that every reading can be made of them.
#pragma once

#include <cstdint>
#include <string>

#include "workloads/dataset.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// What random_values() draws, for reports.
inline constexpr const char* kRandomTensors =
    "random tensors: weights uniform with variance 2 / rows (He et al., ICCV 2015, eq. 10), biases 0, factors of "
    "normalisations 1, everything else uniform in -1..1";

/// The network with values for every constant that has none, addressed by `seed` and the constant's place. They are the
/// same whatever else is drawn.
Network random_values(Network network, std::uint64_t seed);

/// `count` samples for the network's input: uniform in -1..1, or token ids. Without labels.
Dataset random_samples(const Network& network, std::int64_t count, std::uint64_t seed);

}  // namespace cimera::workloads
