#include "models/ops/component.h"

namespace cimera::ops {
namespace {

/// Sum over the table of `value` times the parents that hold the row; none when one is unknown.
template <class T>
std::optional<T> roll_up(const ComponentTable& table, const LevelCounts& levels, std::optional<T> Component::*value) {
  T sum;
  for (const auto& [name, component] : table) {
    if (!(component.*value)) return std::nullopt;
    sum += *(component.*value) * static_cast<double>(levels.at(component.per));
  }
  return sum;
}

}  // namespace

EnumNames<Charge> enum_names(const Charge*) {
  return {{"events", Charge::kEvents}, {"always", Charge::kAlways}, {"busy", Charge::kBusy}};
}

std::optional<Joules> Component::event_energy() const {
  if (energy) return energy;
  if (!power || !full_rate || power->si() == 0) return std::nullopt;
  return Joules::si(power->si() / full_rate->si());
}

Schema<Component> schema(const Component*) {
  return Schema<Component>("component", "a row of the machine's component table")
      .need("per", &Component::per, "level of the machine that holds it: ima, tile, router, chip, package")
      .opt("count", &Component::count, "instances in one of these", "one")
      .at_least(1)
      .need("area", &Component::area, "area of all `count` instances")
      .at_least(SquareMetres())
      .need("power", &Component::power, "power of all `count` instances at full use")
      .at_least(Watts())
      .opt("charge", &Component::charge, "when the power is drawn: for counted events, always, or while busy", "events")
      .opt("events", &Component::events, "the events it is charged for, or that its power by time covers", "none")
      .opt("full_rate", &Component::full_rate, "events per second of one `per` at which `power` is drawn",
           "priced by `energy` instead")
      .positive()
      .opt("energy", &Component::energy, "energy of one event", "power / full_rate")
      .at_least(Joules())
      .check("`full_rate` and `energy` go with `charge: events`, and such a component lists its events",
             [](const Component& c) {
               return c.charge == Charge::kEvents ? !c.events.empty() : !c.full_rate && !c.energy;
             })
      .check("the energy of an event is missing: give `energy`, or the `full_rate` at which `power` is drawn",
             [](const Component& c) {
               return c.charge != Charge::kEvents || !c.power || c.power->si() == 0 || c.full_rate || c.energy;
             });
}

std::optional<Watts> full_power(const ComponentTable& table, const LevelCounts& levels) {
  return roll_up(table, levels, &Component::power);
}

std::optional<SquareMetres> total_area(const ComponentTable& table, const LevelCounts& levels) {
  return roll_up(table, levels, &Component::area);
}

}  // namespace cimera::ops
