// Lowers a network onto a machine: the Programs that run it and that load its weights.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/ops/ledger.h"
#include "models/ops/machine.h"
#include "models/ops/program.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// Stands before the names of components and units of the host that serves a machine.
inline constexpr std::string_view kHostPrefix = "host.";

/// What a mapping may choose.
struct MapOptions {
  std::int64_t batch = 1;           ///< images that enter together: the blocks of the Program
  int weight_bits = 0;              ///< 0: the machine's own precision
  int input_bits = 0;               ///< 0: the machine's own precision
  std::vector<bool> signed_inputs;  ///< by layer: whether its input codes are two's complement; empty: none is
};

/// Arrays [first, last) of one layer in one tile.
struct Part {
  ops::LayerIndex layer;
  std::int64_t tile = 0;  ///< over all chips: chip * tiles per chip + y * tiles_x + x
  std::int64_t first = 0, last = 0;
  std::int64_t load = 0;  ///< the arrays are written anew for each load of a batch; 0 where one holds the network
};

/// A network on a machine.
struct Mapped {
  ops::Program run;         ///< one batch: input in host memory to output in host memory, weights resident, or (with
                            ///< several loads) in host memory, too
  ops::Program load;        ///< weights from host memory to where they stay; no tasks when they stay in memory. Its
                            ///< times mean nothing when the time to write a cell is unknown
  ops::PriceList prices;    ///< of the machine and of its host's work for it
  std::vector<Part> parts;  ///< crossbar machines: where the weights are
  std::int64_t loads = 1;   ///< of weights into the arrays, for every batch where there are several
  std::int64_t used_arrays = 0;  ///< most of all loads
  std::int64_t used_tiles = 0;
  double utilisation = 0.0;              ///< share of the machine's cells that hold weights (of several loads: their
                                         ///< mean); 0 for a host
  std::vector<std::string> host_layers;  ///< layers that the host executes for this machine
};

/// Maps `network` onto `machine`; `host` is the machine that its `host` key names (the machine itself for a host).
/// Throws Error(kInput) when the network does not fit, naming the number of chips that would do, or, where weights may
/// be reprogrammed, when a part that cannot be divided does not fit or the time to write cells is unknown; when a layer
/// needs more buffer than a tile has, and when results have fewer bits than the inputs of the layers that take them.
Mapped map_network(const workloads::Network& network, const ops::MachineSpec& machine, const ops::MachineSpec& host,
                   const MapOptions& options = {});

}  // namespace cimera::mapping
