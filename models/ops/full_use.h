// What a machine draws with every part at work at once, from its component table and what its parts then do.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "models/ops/crossbar_machine.h"
#include "models/ops/event.h"
#include "models/ops/host_machine.h"

namespace cimera::ops {

/// Events of one tile in one product of the machine's own precision, every array full and at work: inputs fetched for
/// all rows of every unit, a result for each weight of a row, activated, summed once over tiles, sent through
/// one router and into another into a tile's buffer, read from there and pooled 2 x 2. One product takes `steps` input
/// steps.
Counts full_tile_events(const CrossbarMachine& machine);

/// Watts by component, all of the machine; none where unknown.
using PowerTable = std::map<std::string, std::optional<Watts>>;

/// A component that is charged for events draws their price at the rate at which full_tile_events() happen; what never
/// happens then draws nothing. Others draw their `power`.
PowerTable full_use(const CrossbarMachine& machine);
/// Component::full_use() of every component.
PowerTable full_use(const HostMachine& machine);

/// The sum; none when one is unknown.
std::optional<Watts> total(const PowerTable& table);

/// What the machine reaches with every array busy all the time.
struct CrossbarPeak {
  double macs_per_second = 0;
  std::optional<Watts> power;
  std::optional<SquareMetres> area;
  std::optional<Joules> per_mac;
};
CrossbarPeak peak(const CrossbarMachine& machine);

}  // namespace cimera::ops
