// From layers of the network IR to the sliding windows of kernels/.
#pragma once

#include <optional>

#include "kernels/window.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// The window of a Conv2d over one image: all channels of one group, in height and width of the layer's input.
kernels::Window2d window_of(const Network& network, const Layer& layer, const Conv2d& conv);
/// The window of a weighted layer that has positions: of a Conv2d, and of a Dense over several positions, which is a
/// convolution of 1 x 1 on an image of positions x 1 pixels with a channel for each feature. None for a Dense over one.
std::optional<kernels::Window2d> window_of(const Network& network, const Layer& layer);
/// The window of a Pool2d over one image, all channels.
kernels::Window2d window_of(const Network& network, const Layer& layer, const Pool2d& pool);

}  // namespace cimera::workloads
