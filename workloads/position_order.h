// In which order the values of a tensor lie where a Dense over several positions reads or writes them in parts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "workloads/network.h"

namespace cimera::workloads {

/// By tensor: 0 where elements lie in the order of its shape; else a number of positions P, and element f of position p
/// lies at f P + p. That is so for the inputs and outputs of every Dense over P > 1 positions, since arrays hold some
/// of its features for all positions; for tensors that a Reshape makes of them or they of it; and along element-wise
/// layers between them. Throws Error(kInput) naming a layer that reads such a tensor in another order and does not have
/// it whole in one place (a convolution, pooling, or a Dense over other positions).
std::vector<std::int64_t> position_order(const Network& network);

/// Values [count][elements] of a tensor in the order of its shape from that of `positions`, and the other way.
std::vector<float> by_shape(std::span<const float> values, std::int64_t count, std::int64_t positions);
std::vector<float> by_feature(std::span<const float> values, std::int64_t count, std::int64_t positions);

}  // namespace cimera::workloads
