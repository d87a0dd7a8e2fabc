// From layers of the network IR to the sliding windows of kernels/.
#pragma once

#include "kernels/window.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// The window of a Conv2d over one image: all channels of one group, in height and width of the layer's input.
kernels::Window2d window_of(const Network& network, const Layer& layer, const Conv2d& conv);
/// The window of a Pool2d over one image, all channels.
kernels::Window2d window_of(const Network& network, const Layer& layer, const Pool2d& pool);

}  // namespace cimera::workloads
