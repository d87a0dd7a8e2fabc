#include "study/explain/energy_cells.h"

#include <algorithm>
#include <set>
#include <utility>

namespace cimera::study {

EnergyCells energy_cells(const ops::Program& program, const ops::Ledger& ledger) {
  std::vector<std::pair<std::string, Joules>> sorted(ledger.by_component.begin(), ledger.by_component.end());
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.second > b.second; });
  EnergyCells cells;
  cells.layers = program.layer_names;
  cells.of.resize(cells.layers.size());
  for (const auto& [component, joules] : sorted) {
    cells.components.push_back(component);
    cells.total.push_back(joules);
    const auto standing = ledger.standing_by_component.find(component);
    cells.standing.push_back(standing == ledger.standing_by_component.end() ? Joules() : standing->second);
    const auto row = ledger.cells.find(component);
    for (std::size_t layer = 0; layer < cells.layers.size(); ++layer)
      cells.of[layer].push_back(row == ledger.cells.end() ? Joules() : row->second[layer]);
  }
  return cells;
}

std::optional<Joules> LayerCharge::energy() const {
  if (power) return Joules::si(power->si() * time.seconds().si());
  if (!per_event) return std::nullopt;
  return *per_event * static_cast<double>(count);
}

std::vector<LayerCharge> layer_charges(const ops::Program& program, const ops::TimingResult& timing,
                                       const ops::PriceList& prices, std::size_t layer) {
  std::vector<LayerCharge> charges;
  std::set<std::string> otherwise;  // components that other charges cover: their events cost nothing by themselves
  for (const ops::StatePrice& price : prices.states) otherwise.insert(price.component);
  for (const ops::MeasuredPrice& price : prices.measured) otherwise.insert(price.component);
  for (const ops::EventPrice& price : prices.events)
    if (const std::int64_t n = timing.layer_counts[layer][price.event]; n != 0 && !otherwise.contains(price.component))
      charges.push_back({price.component, std::string(ops::info(price.event).name), n, {}, price.joules, {}});
  for (const ops::StatePrice& price : prices.states) {
    if (price.state != ops::UnitState::kBusy) continue;
    Duration busy;
    for (std::size_t task = 0; task < program.tasks.size(); ++task)
      for (std::size_t hop = 0; hop < timing.task_busy[task].size(); ++hop)
        if (program.tasks[task].layer.value() == layer &&
            program.unit(program.tasks[task].op.path[hop].unit).component == price.units)
          busy += timing.task_busy[task][hop];
    if (busy != Duration()) charges.push_back({price.component, "busy", 0, busy, {}, price.watts});
  }
  std::ranges::stable_sort(charges, [](const LayerCharge& a, const LayerCharge& b) {
    return a.energy().value_or(Joules()) > b.energy().value_or(Joules());
  });
  return charges;
}

}  // namespace cimera::study
