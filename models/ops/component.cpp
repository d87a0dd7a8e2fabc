#include "models/ops/component.h"

#include <algorithm>

namespace cimera::ops {
namespace {

/// "cell_read of array_reads (what it is)": all measures, for people.
std::string measures() {
  std::string text;
  for (const MeasureInfo& row : measure_table())
    text += (text.empty() ? "" : ", ") + std::string(row.name) + " of " + std::string(info(row.event).name) + " (" +
            std::string(row.meaning) + ")";
  return text;
}

/// "busy (what that is)": all states, for people.
std::string states() {
  std::string text;
  for (const UnitStateInfo& row : unit_state_table())
    text += (text.empty() ? "" : ", ") + std::string(row.name) + " (while one of its units " +
            std::string(row.meaning) + ")";
  return text;
}

bool by_time(Charge charge) { return charge == Charge::kAlways || state_of(charge); }

}  // namespace

std::optional<UnitState> state_of(Charge charge) {
  if (charge < Charge::kInState) return std::nullopt;
  return static_cast<UnitState>(static_cast<int>(charge) - static_cast<int>(Charge::kInState));
}

EnumNames<Charge> enum_names(const Charge*) {
  EnumNames<Charge> names{{"events", Charge::kEvents}, {"always", Charge::kAlways}, {"measured", Charge::kMeasured}};
  for (const UnitStateInfo& row : unit_state_table()) names.emplace_back(row.name, while_in(row.state));
  return names;
}

EnumNames<Event> enum_names(const Event*) {
  EnumNames<Event> names;
  for (const EventInfo& row : event_table()) names.emplace_back(row.name, row.event);
  return names;
}

std::optional<Joules> Component::event_energy() const {
  if (energy) return energy;
  if (!power || !full_rate) return std::nullopt;
  return Joules::si(power->si() / full_rate->si());
}

std::optional<Watts> Component::full_use() const {
  if (power) return power;
  if (!energy || !full_rate) return std::nullopt;
  return Watts::si(energy->si() * full_rate->si());
}

Schema<Component> schema(const Component*) {
  return Schema<Component>("component", "a row of the machine's component table")
      .need("per", &Component::per, "level of the machine that holds it: ima, tile, router, chip, package")
      .opt("count", &Component::count, "instances in one of these", "one")
      .at_least(1)
      .opt("area", &Component::area, "area of all `count` instances", "off chip, or unknown")
      .at_least(SquareMetres())
      .opt("off_chip", &Component::off_chip, "sold and placed apart, so that its area is not the machine's", "false")
      .any_of({"area", "off_chip", "converter"})
      .opt("power", &Component::power, "power of all `count` instances at full use", "energy x full_rate, or unknown")
      .at_least(Watts())
      .opt("charge", &Component::charge,
           "what it is charged for: counted events, its power always or in a state of its units, or joules measured on "
           "data",
           "events")
      .opt("units", &Component::units, "charged by state: the component whose units are meant", "itself")
      .opt("events", &Component::events, "the events it is charged for, or that its other charge covers", "none")
      .opt("covers", &Component::covers, "events whose energy is in that of `events`: the source gives them as one",
           "none")
      .opt("measure", &Component::measure, "the joules that it is charged: " + measures(), "none")
      .opt("full_rate", &Component::full_rate, "events per second of one `per` at full use",
           "priced by `energy` instead")
      .positive()
      .opt("energy", &Component::energy, "energy of one event", "power / full_rate")
      .at_least(Joules())
      .opt("converter", &Component::converter,
           "family of `cimera list converters` that gives energy, area and rate, by precision.adc_bits and "
           "feature_size, "
           "where the row itself does not, or where its own figures hold for other parameters",
           "none")
      .any_of({"power", "energy", "converter"})
      .opt(
          "at_supply", &Component::at_supply,
          "voltage of the machine's `supply` that its power and energy were published at; at another one the energy of "
          "an event goes with V^2",
          "the same at every voltage")
      .positive()
      .opt("holds_for", &Component::holds_for,
           "values of the machine's parameters, or ranges (1..4), that its power, energy and area were published for; "
           "with "
           "others they are unknown",
           "all values")
      .check("`off_chip: true` goes with no `area`", [](const Component& c) { return !c.off_chip || !c.area; })
      .check("`charge: events` needs `events`, and `energy` goes with it alone",
             [](const Component& c) { return c.charge == Charge::kEvents ? !c.events.empty() : !c.energy; })
      .check("`full_rate` does not go with power by time (always, or in a state)",
             [](const Component& c) { return !by_time(c.charge) || !c.full_rate; })
      .check("`covers` and `at_supply` go with `charge: events`",
             [](const Component& c) { return c.charge == Charge::kEvents || (c.covers.empty() && !c.at_supply); })
      .check("an event stands in `events` or in `covers`, not in both",
             [](const Component& c) {
               return std::none_of(c.covers.begin(), c.covers.end(), [&](Event event) {
                 return std::find(c.events.begin(), c.events.end(), event) != c.events.end();
               });
             })
      .check("a `converter` is charged for adc_conversions, or measured as adc_column, which needs one",
             [](const Component& c) {
               if (c.converter.empty()) return c.measure != Measure::kAdcColumn;
               return c.events == std::vector{Event::kAdcConversions} &&
                      (c.charge == Charge::kEvents || c.measure == Measure::kAdcColumn);
             })
      .check("`units` goes with a charge by state: " + states(),
             [](const Component& c) { return c.units.empty() || state_of(c.charge); })
      .check("`charge: measured` and `measure` go together; measures: " + measures(),
             [](const Component& c) { return c.measure.has_value() == (c.charge == Charge::kMeasured); })
      .check("a measured component lists the event of its measure and no other: " + measures(),
             [](const Component& c) { return !c.measure || c.events == std::vector{info(*c.measure).event}; })
      .check("the energy of an event is missing: give `energy`, or the `full_rate` at which `power` is drawn",
             [](const Component& c) { return c.charge != Charge::kEvents || !c.power || c.full_rate || c.energy; });
}

bool charges(const ComponentTable& table, Measure measure) {
  return std::any_of(table.begin(), table.end(), [&](const auto& row) { return row.second.measure == measure; });
}

std::optional<devices::JoulesPerSiemens> column_energy(const ComponentTable& table) {
  for (const auto& [name, row] : table)
    if (row.measure == Measure::kAdcColumn) return row.column;
  return std::nullopt;
}

std::optional<SquareMetres> total_area(const ComponentTable& table, const LevelCounts& levels) {
  SquareMetres sum;
  for (const auto& [name, component] : table) {
    if (component.off_chip) continue;
    if (!component.area) return std::nullopt;
    sum += *component.area * static_cast<double>(levels.at(component.per));
  }
  return sum;
}

}  // namespace cimera::ops
