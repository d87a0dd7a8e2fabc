// Where the weights of a network lie on a crossbar machine: arrays of a layer in tiles, tile after tile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapping/map.h"
#include "mapping/tile_work.h"
#include "models/ops/crossbar_machine.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// The weighted layers of [first, last), the first of them from array `array` on.
struct Stretch {
  std::size_t first = 0, last = 0;
  std::int64_t array = 0;
};

/// What lies where, and how far it goes: all arrays before array `array` of layer `layer` are placed.
struct Placed {
  std::vector<Part> parts;
  std::size_t layer = 0;
  std::int64_t array = 0;
};

/// Places weighted layers in order, each on consecutive units (a unit holds one layer only), tile after tile, until all
/// are placed or `tiles` are full. A tile takes no more of a layer than its buffer can hold the windows of: inputs, and
/// results that it pools or adds (`work`). Throws Error(kInput) when a layer's window exceeds a whole tile's buffer,
/// with the --set for the machine called `name` that would do.
Placed place(const workloads::Network& network, const std::string& name, const ops::CrossbarMachine& machine,
             const std::vector<ops::CrossbarConfig>& configs, const TileWork& work, const Stretch& stretch,
             std::int64_t tiles);

}  // namespace cimera::mapping
