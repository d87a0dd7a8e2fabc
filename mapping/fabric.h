// The units of a crossbar machine, and the ways between them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapping/builder.h"
#include "models/ops/crossbar_machine.h"
#include "models/ops/host_machine.h"

namespace cimera::mapping {

/// Tiles are numbered over all chips: chip * tiles of a chip + y * tiles_x + x. Routers take the tiles in squares of
/// `tiles_per_router` (2 x 2 for 4) and route along x, then y. The chip's links leave at router (0, 0).
class Fabric {
 public:
  Fabric(ProgramBuilder& builder, const ops::CrossbarMachine& machine);

  /// Stages of a tile. `bits` and `elements` are those of one item.
  ops::Hop fetch(std::int64_t tile, std::int64_t bits);
  ops::Hop write(std::int64_t tile, std::int64_t bits);
  ops::Hop activate(std::int64_t tile, std::int64_t elements);
  ops::Hop pool(std::int64_t tile, std::int64_t elements);
  ops::Hop add(std::int64_t tile, std::int64_t elements);
  /// The units of a tile that hold arrays of one layer, in lockstep. Where steps are skipped, the beats vary.
  ops::Hop multiply(std::int64_t tile, const std::string& layer, std::int64_t beats);
  /// The write drivers of the same units: `rows` of each are written one after another.
  ops::Hop write_cells(std::int64_t tile, const std::string& layer, std::int64_t rows);

  /// Router and chip links from tile to tile; one router at least, even when both share it.
  std::vector<ops::Hop> route(std::int64_t from, std::int64_t to, std::int64_t bits);
  /// From a tile to its chip's links, links included; and the other way.
  std::vector<ops::Hop> route_out(std::int64_t from, std::int64_t bits);
  std::vector<ops::Hop> route_in(std::int64_t to, std::int64_t bits);

 private:
  struct Place {
    std::int64_t chip, x, y;  ///< of a router
  };
  ops::Hop stage(std::int64_t tile, const std::string& name, ops::UnitKind kind, const std::string& component,
                 std::int64_t amount, std::int64_t capacity, std::vector<std::string> enters = {},
                 std::vector<std::string> leaves = {});
  Place router_of(std::int64_t tile) const;
  /// A port of a router, which leads to the point `to`.
  ops::Hop router(const Place& place, const std::string& port, const std::string& to, std::int64_t bits);
  std::string router_name(const Place& place) const;
  std::vector<std::string> tiles_of(const Place& router) const;  ///< points
  ops::Hop chip_link(std::int64_t chip, std::int64_t bits);
  void walk(Place from, const Place& to, const std::string& last_port, const std::string& end, std::int64_t bits,
            std::vector<ops::Hop>& path);
  std::string tile_name(std::int64_t tile) const;

  ProgramBuilder& builder_;
  const ops::CrossbarMachine& machine_;
};

}  // namespace cimera::mapping
