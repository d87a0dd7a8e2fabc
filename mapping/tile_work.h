// Which layers a crossbar machine computes in its tiles, and how the values that they read come to a tile.
#pragma once

#include <optional>
#include <vector>

#include "models/ops/crossbar_machine.h"
#include "workloads/network.h"

namespace cimera::mapping {

/// The function of a tile that computes `op`; none where no tile has one.
std::optional<ops::TileFunction> tile_function(const workloads::Operator& op);

/// How the values of a tensor become known to those who read it.
enum class Arrival {
  kPixels,  ///< made in tiles, pixel by pixel of its image (all at once where it is none)
  kRows,    ///< sent by the host, row by row of its image (all at once where it is none)
  kStored,  ///< sent by the host, pixel by pixel: all of it was in its memory before the load began (loads.h)
  kWhole,   ///< made in tiles, in an order that a Reshape has broken: usable when all are there
};

/// Whether the host sends them.
constexpr bool from_host(Arrival arrival) { return arrival == Arrival::kRows || arrival == Arrival::kStored; }

struct TileWork {
  /// By layer: whether tiles compute it. Weighted layers always; the others where the machine has the function, the
  /// operands lie in tiles, an addition has two operands of one shape, and a pooling gets its image pixel by pixel.
  /// Where the operands of an addition must be kept whole (one comes from the host, or from behind a layer of the
  /// host), both must fit into half of a tile's buffer, together with those of earlier additions in the same tile.
  std::vector<bool> in_tiles;
  std::vector<Arrival> arrival;  ///< by tensor
  /// By layer: the operand where which an addition is done, the first one that lies in tiles; 0 for other layers.
  std::vector<std::size_t> anchor;
  /// By tensor: bits of operands that are kept whole in the tile that makes it, for additions that it comes from.
  std::vector<std::int64_t> kept_whole;
};
/// Of layers [first, last): the others are none of the tiles' business, the results of those before are in host memory.
TileWork tile_work(const workloads::Network& network, const ops::CrossbarMachine& machine, std::size_t first,
                   std::size_t last);

}  // namespace cimera::mapping
