// How much arithmetic a layer is.
#pragma once

#include <cstdint>

#include "workloads/network.h"

namespace cimera::workloads {

/// fp32 operations of a layer for one image: 2 per multiply-accumulate, one per bias added, one per place of a pooling
/// window, one per output element otherwise; none for a Reshape and a KvCache.
std::int64_t flops(const Network& network, const Layer& layer);

}  // namespace cimera::workloads
