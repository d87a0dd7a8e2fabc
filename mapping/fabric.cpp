#include "mapping/fabric.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/integers.h"
#include "mapping/host_tasks.h"

namespace cimera::mapping {
namespace {

using ops::Hop;
using ops::UnitKind;

std::int64_t whole(Bits bits) { return std::llround(bits.si()); }

/// The point at which a chip's routers meet its links.
std::string links_of(std::int64_t chip) { return fmt::format("links of chip {}", chip); }

}  // namespace

Fabric::Fabric(ProgramBuilder& builder, const ops::CrossbarMachine& machine) : builder_(builder), machine_(machine) {}

std::string Fabric::tile_name(std::int64_t tile) const {
  const std::int64_t tiles = machine_.organisation.tiles();
  return fmt::format("chip{}.tile{}", tile / tiles, tile % tiles);
}

Hop Fabric::stage(std::int64_t tile, const std::string& name, UnitKind kind, const std::string& component,
                  std::int64_t amount, std::int64_t capacity, std::vector<std::string> enters,
                  std::vector<std::string> leaves) {
  const ops::UnitId id = builder_.unit(tile_name(tile) + "." + name, [&] {
    return ops::Unit{.name = {},
                     .kind = kind,
                     .component = component,
                     .beat = machine_.step(),
                     .beat_bits = kind == UnitKind::kBuffer ? capacity : 0,
                     .latency = Duration(),
                     .enters = std::move(enters),
                     .leaves = std::move(leaves)};
  });
  return {.unit = id, .beats = ceil_div(amount, capacity)};
}

Hop Fabric::fetch(std::int64_t tile, std::int64_t bits) {
  return stage(tile, "fetch", UnitKind::kBuffer, "edram", bits, machine_.pipeline.fetch_bits);
}
Hop Fabric::write(std::int64_t tile, std::int64_t bits) {
  return stage(tile, "write", UnitKind::kBuffer, "edram", bits, machine_.pipeline.write_bits, {ops::point_of(tile)},
               {ops::buffer_of(tile)});
}
Hop Fabric::activate(std::int64_t tile, std::int64_t elements) {
  return stage(tile, "activation", UnitKind::kDigital, "activation", elements, machine_.pipeline.activations);
}
Hop Fabric::pool(std::int64_t tile, std::int64_t elements) {
  return stage(tile, "pool", UnitKind::kDigital, "pool", elements, machine_.pipeline.pool_outputs);
}
Hop Fabric::add(std::int64_t tile, std::int64_t elements) {
  return stage(tile, "adder", UnitKind::kDigital, "tile_shift_add", elements, machine_.pipeline.tile_adds);
}

Hop Fabric::multiply(std::int64_t tile, const std::string& layer, std::int64_t beats) {
  const ops::UnitId id = builder_.unit({.name = tile_name(tile) + ".arrays of " + layer,
                                        .kind = UnitKind::kMvmUnit,
                                        .component = "array",
                                        .beat = machine_.step(),
                                        .beat_bits = 0,
                                        .latency = machine_.step() * machine_.pipeline.drain_stages});
  return {.unit = id, .beats = beats, .varies = machine_.pipeline.zero_steps == ops::ZeroSteps::kSkipped};
}

Hop Fabric::write_cells(std::int64_t tile, const std::string& layer, std::int64_t rows) {
  // A time that is unknown still needs a beat: cells are written in the functional reading, and no time is reported.
  const std::optional<Seconds> row = machine_.pipeline.cell_write;
  const ops::UnitId id = builder_.unit({.name = tile_name(tile) + ".write drivers of " + layer,
                                        .kind = UnitKind::kMvmUnit,
                                        .component = "cell_write",
                                        .beat = row ? Duration::from(*row) : Duration::fs(1),
                                        .beat_bits = 0,
                                        .latency = Duration()});
  return {.unit = id, .beats = rows};
}

Fabric::Place Fabric::router_of(std::int64_t tile) const {
  const ops::CrossbarOrganisation& o = machine_.organisation;
  const std::int64_t in_chip = tile % o.tiles();
  return {tile / o.tiles(), in_chip % o.tiles_x / o.router_x(), in_chip / o.tiles_x / o.router_y()};
}

std::string Fabric::router_name(const Place& place) const {
  return fmt::format("chip{}.router{},{}", place.chip, place.x, place.y);
}

std::vector<std::string> Fabric::tiles_of(const Place& router) const {
  const ops::CrossbarOrganisation& o = machine_.organisation;
  std::vector<std::string> tiles;
  for (std::int64_t y = router.y * o.router_y(); y < (router.y + 1) * o.router_y(); ++y)
    for (std::int64_t x = router.x * o.router_x(); x < (router.x + 1) * o.router_x(); ++x)
      tiles.push_back(ops::point_of(router.chip * o.tiles() + y * o.tiles_x + x));
  return tiles;
}

Hop Fabric::router(const Place& place, const std::string& port, const std::string& to, std::int64_t bits) {
  const std::int64_t flit = whole(machine_.network.flit);
  const ops::UnitId id = builder_.unit(router_name(place) + "." + port, [&] {
    std::vector<std::string> enters = tiles_of(place);
    enters.push_back(router_name(place));
    return ops::Unit{.name = {},
                     .kind = UnitKind::kRouterLink,
                     .component = "router",
                     .beat = machine_.network.flit_time,
                     .beat_bits = flit,
                     .latency = machine_.network.hop_latency,
                     .enters = std::move(enters),
                     .leaves = {to}};
  });
  return {.unit = id, .beats = ceil_div(bits, flit), .head = 1};
}

Hop Fabric::chip_link(std::int64_t chip, std::int64_t bits) {
  const std::int64_t packet = whole(machine_.network.chip_packet);
  const Seconds beat = Seconds::si(static_cast<double>(packet) / machine_.network.chip_link.si());
  const ops::UnitId id = builder_.unit({.name = fmt::format("chip{}.link", chip),
                                        .kind = UnitKind::kChipLink,
                                        .component = "chip_link",
                                        .beat = Duration::from(beat),
                                        .beat_bits = packet,
                                        .latency = machine_.network.chip_link_latency,
                                        .enters = {links_of(chip), kHostBus},
                                        .leaves = {router_name({chip, 0, 0}), kHostBus}});
  return {.unit = id, .beats = ceil_div(bits, packet), .head = 1};
}

void Fabric::walk(Place from, const Place& to, const std::string& last_port, const std::string& end, std::int64_t bits,
                  std::vector<Hop>& path) {
  const auto step = [&](const std::string& port, const Place& next) {
    path.push_back(router(from, port, router_name(next), bits));
    from = next;
  };
  while (from.x < to.x) step("east", {from.chip, from.x + 1, from.y});
  while (from.x > to.x) step("west", {from.chip, from.x - 1, from.y});
  while (from.y < to.y) step("south", {from.chip, from.x, from.y + 1});
  while (from.y > to.y) step("north", {from.chip, from.x, from.y - 1});
  path.push_back(router(to, last_port, end, bits));
}

std::vector<Hop> Fabric::route_out(std::int64_t from, std::int64_t bits) {
  std::vector<Hop> path;
  const Place start = router_of(from);
  walk(start, {start.chip, 0, 0}, "links", links_of(start.chip), bits, path);
  path.push_back(chip_link(start.chip, bits));
  return path;
}

std::vector<Hop> Fabric::route_in(std::int64_t to, std::int64_t bits) {
  const Place end = router_of(to);
  std::vector<Hop> path{chip_link(end.chip, bits)};
  walk({end.chip, 0, 0}, end, tile_name(to), ops::point_of(to), bits, path);
  return path;
}

std::vector<Hop> Fabric::route(std::int64_t from, std::int64_t to, std::int64_t bits) {
  const Place start = router_of(from), end = router_of(to);
  std::vector<Hop> path;
  if (start.chip == end.chip) {
    walk(start, end, tile_name(to), ops::point_of(to), bits, path);
    return path;
  }
  path = route_out(from, bits);
  for (const Hop& hop : route_in(to, bits)) path.push_back(hop);
  return path;
}

}  // namespace cimera::mapping
