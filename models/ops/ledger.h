// Turns what a reading counted into joules, by component and by layer. No entry may lack an energy.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/duration.h"
#include "models/ops/component.h"
#include "models/ops/event.h"
#include "models/ops/op_stats.h"
#include "models/ops/program.h"
#include "models/ops/timing_result.h"

namespace cimera::ops {

/// What one event costs in one component.
struct EventPrice {
  Event event;
  std::string component;
  std::optional<Joules> joules;  ///< none: nobody has published it
};

/// Power drawn always, or while units are in a state.
struct StatePrice {
  std::string component;
  std::optional<UnitState> state;  ///< none: always
  std::string units;               ///< the component whose units' time it is; "" where `state` is none
  std::optional<Watts> watts;      ///< of the whole machine (always), of one unit in that state
};

/// A component whose joules depend on data.
struct MeasuredPrice {
  std::string component;
  Measure measure;
};

/// All prices of a machine, in the order in which they are summed.
struct PriceList {
  std::vector<EventPrice> events;
  std::vector<StatePrice> states;
  std::vector<MeasuredPrice> measured;

  /// Adds the prices of `table`, component names prefixed by `prefix`. `with_standing` is false for a machine that only
  /// serves as host of another one: what it draws always, or while not busy, is not charged to that one. Throws
  /// Error(kInput) when two components are charged the same measure: it is all of that energy.
  void add(const ComponentTable& table, const LevelCounts& levels, const std::string& prefix, bool with_standing);
};

/// Joules of one run. `unknown` names components whose energy is unknown but was needed: then `total` is none.
struct Ledger {
  std::optional<Joules> total;
  std::map<std::string, Joules> by_component;
  std::vector<Joules> by_layer;  ///< events and busy time only; standing power belongs to no layer
  /// Both together: by component, by layer. With `standing_by_component` it sums to by_component.
  std::map<std::string, std::vector<Joules>> cells;
  std::map<std::string, Joules> standing_by_component;
  Joules standing;  ///< power drawn always, or by units that are not busy
  std::vector<std::string> unknown;
  Counts counts;  ///< sum over the layers
};

/// Throws Error(kInput) naming the event or the component when something that was counted has no price at all, or
/// one that only data can tell while there are none.
void check_priced(const TimingResult& result, const PriceList& prices, bool has_data);

/// Prices `result` of `program`. `stats`, null without data: the functional reading of the same mapping on any number
/// of images; a layer is charged its measured joules per event times the events counted in `result`. Throws as
/// check_priced(), and Error(kRun) when `stats` lack a measure or a layer.
Ledger settle(const Program& program, const TimingResult& result, const PriceList& prices,
              const OpStats* stats = nullptr);

}  // namespace cimera::ops
