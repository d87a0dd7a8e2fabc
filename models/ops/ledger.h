// Turns what a reading counted into joules, by component and by layer. No entry may lack an energy.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/duration.h"
#include "models/ops/component.h"
#include "models/ops/event.h"
#include "models/ops/program.h"
#include "models/ops/timing_result.h"

namespace cimera::ops {

/// What one event costs in one component.
struct EventPrice {
  Event event;
  std::string component;
  std::optional<Joules> joules;  ///< none: nobody has published it
};

/// Power drawn always, or while units of the component are busy.
struct StatePrice {
  std::string component;
  Charge charge;               ///< kAlways or kBusy
  std::optional<Watts> watts;  ///< of the whole machine (kAlways), of one busy unit (kBusy)
};

/// All prices of a machine, in the order in which they are summed.
struct PriceList {
  std::vector<EventPrice> events;
  std::vector<StatePrice> states;

  /// Adds the prices of `table`, component names prefixed by `prefix`. `with_always` is false for a machine that only
  /// serves as host of another one: its standing power is not charged to that one.
  void add(const ComponentTable& table, const LevelCounts& levels, const std::string& prefix, bool with_always);
};

/// Joules of one run. `unknown` names components whose energy is unknown but was needed: then `total` is none.
struct Ledger {
  std::optional<Joules> total;
  std::map<std::string, Joules> by_component;
  std::vector<Joules> by_layer;  ///< events and busy time only; standing power belongs to no layer
  Joules standing;               ///< power that is always drawn x makespan
  std::vector<std::string> unknown;
  Counts counts;  ///< sum over the layers
};

/// Prices `result` of `program`. Throws Error(kInput) naming the event when one that was counted has no price at all.
Ledger settle(const Program& program, const TimingResult& result, const PriceList& prices);

}  // namespace cimera::ops
