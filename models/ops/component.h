// The component table of a machine: what one parent (a tile, a chip) holds, its power, area and what is charged to it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/quantity.h"
#include "core/schema.h"
#include "devices/converter.h"
#include "models/ops/event.h"
#include "models/ops/measure.h"
#include "models/ops/unit_state.h"

namespace cimera::ops {

/// What a component is charged for.
enum class Charge : std::uint8_t {
  kEvents,    ///< counted events: each `energy`, or `power` / `full_rate`
  kAlways,    ///< `power` during the whole run, whether used or not
  kMeasured,  ///< the joules that the functional reading measured on data; `power` then only tells the peak
  kInState,   ///< this plus i: `power` while one of its units is in UnitState(i)
};
constexpr Charge while_in(UnitState state) {
  return static_cast<Charge>(static_cast<int>(Charge::kInState) + static_cast<int>(state));
}
/// The state that a charge is for; none for the other charges.
std::optional<UnitState> state_of(Charge charge);

/// One row of the table. `count` instances in one `per`; power and area are of all of them together.
struct Component {
  std::string per;                   ///< level of the machine's hierarchy that holds it: "ima", "tile", "chip", ...
  std::int64_t count = 1;            ///< instances in one `per`
  std::optional<SquareMetres> area;  ///< of `count` instances
  bool off_chip = false;             ///< sold and placed apart: its area is not the machine's
  std::optional<Watts> power;        ///< of `count` instances at full use; may be left out where `energy` is given
  Charge charge = Charge::kEvents;
  std::string units;               ///< charged by state: the units of this component are meant; "": its own
  std::vector<Event> events;       ///< what it is charged for (kEvents), or what its other charge covers
  std::vector<Event> covers;       ///< events whose energy is in that of `events`
  std::optional<Measure> measure;  ///< what was measured (kMeasured)
  std::string converter;           ///< family that gives what is not known otherwise; "": none (converters.h)
  std::optional<Hertz> full_rate;  ///< events per second of one `per` at which `power` is drawn (not by time)
  std::optional<Joules> energy;    ///< of one event; instead of power and full_rate (kEvents)
  std::optional<Volts> at_supply;  ///< voltage that power and energy were published at; none: no matter of the supply
  /// Values of the machine's parameters, by path, that power, energy and area were published for:
  /// {"precision.adc_bits": "8"}.
  std::map<std::string, std::string> holds_for;

  /// Not in files. Of Measure::kAdcColumn: what the converter draws for each siemens.
  std::optional<devices::JoulesPerSiemens> column;

  /// Joules of one event; none when unknown.
  std::optional<Joules> event_energy() const;
  /// Watts of `count` instances at full use by the table alone: `power`, else energy x full_rate; none when unknown.
  std::optional<Watts> full_use() const;
};

EnumNames<Charge> enum_names(const Charge*);
EnumNames<Event> enum_names(const Event*);
Schema<Component> schema(const Component*);

using ComponentTable = std::map<std::string, Component>;

/// Whether a component of the table is charged what `measure` gives.
bool charges(const ComponentTable& table, Measure measure);
/// Component::column of the row that has one.
std::optional<devices::JoulesPerSiemens> column_energy(const ComponentTable& table);

/// How many parents of each level the whole machine has: {"ima": 2016, "tile": 168, "chip": 1}.
using LevelCounts = std::map<std::string, std::int64_t>;

/// Sum of `area` x parents over the rows that are not off chip; none when one is unknown.
std::optional<SquareMetres> total_area(const ComponentTable& table, const LevelCounts& levels);

}  // namespace cimera::ops
