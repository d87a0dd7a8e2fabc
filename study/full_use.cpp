#include "study/full_use.h"

#include <optional>

#include <fmt/format.h>

#include "study/text.h"

namespace cimera::study {
namespace {

using Align = TextTable::Align;

template <class T>
std::string or_unknown(const std::optional<T>& value) {
  return value ? format(*value) : "unknown";
}

std::string price(const ops::Component& row) {
  if (const std::optional<ops::UnitState> state = state_of(row.charge))
    return "while " + std::string(info(*state).name);
  switch (row.charge) {
    case ops::Charge::kEvents:
      return or_unknown(row.event_energy());
    case ops::Charge::kAlways:
      return "always";
    case ops::Charge::kMeasured:
      return "measured";
    case ops::Charge::kInState:
      break;
  }
  return "";
}

std::string component_table(const ops::MachineSpec& machine) {
  const ops::PowerTable powers = machine.full_use();
  const std::optional<Watts> full = ops::total(powers);
  TextTable table;
  table.column("component", Align::kLeft);
  table.column("per", Align::kLeft);
  for (const char* header : {"such", "power", "area", "power in all", "share", "one event"}) table.column(header);
  for (const auto& [name, row] : machine.components()) {
    const std::int64_t parents = machine.levels().at(row.per);
    const std::optional<Watts> all = powers.at(name);
    std::optional<Watts> each = all;
    if (each) *each = *each / static_cast<double>(parents);
    table.row({name, row.per, grouped(parents), or_unknown(each), row.off_chip ? "off chip" : or_unknown(row.area),
               or_unknown(all), all && full && full->si() > 0 ? percent_text(*all / *full) : "", price(row)});
  }
  return table.str();
}

std::string peak_text(const ops::CrossbarMachine& machine) {
  const ops::CrossbarPeak peak = ops::peak(machine);
  const double ops_per_s = 2 * peak.macs_per_second;
  std::string text = fmt::format("  {} of {}-bit weights and {}-bit inputs", si_text(ops_per_s, "OPS"),
                                 machine.precision.weight_bits, machine.precision.input_bits);
  if (peak.power) text += fmt::format(", {}", si_text(ops_per_s / peak.power->si(), "OPS/W"));
  if (peak.area) text += fmt::format(", {}", si_text(ops_per_s / (peak.area->si() * 1e6), "OPS/mm2"));
  if (peak.per_mac) text += fmt::format(", {} a multiply-accumulate", format(*peak.per_mac));
  return text;
}

std::string peak_text(const ops::HostMachine& machine) {
  return fmt::format("  {} in FP32, {} from memory", si_text(machine.peak_flops(), "FLOP/s"),
                     si_text(machine.memory.peak().si() / 8, "B/s"));
}

}  // namespace

std::string full_use_text(const ops::MachineSpec& machine) {
  const std::string totals =
      fmt::format("  {} and {} in all", or_unknown(ops::total(machine.full_use())), or_unknown(machine.area()));
  return "full use, every part at work at once\n" + component_table(machine) + "\n" + wrapped(totals, 2) +
         wrapped(std::visit([](const auto& params) { return peak_text(params); }, machine.params), 2);
}

}  // namespace cimera::study
