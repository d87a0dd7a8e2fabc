#include "models/ops/ledger.h"

#include <algorithm>

#include "core/error.h"

namespace cimera::ops {
namespace {

/// Sums joules into the ledger, or notes the component whose price is unknown.
class Account {
 public:
  explicit Account(Ledger& ledger) : ledger_(ledger) {}

  /// `layer` none: standing.
  void add(const std::string& component, std::optional<Joules> joules, std::optional<std::size_t> layer) {
    if (!joules) {
      if (std::find(ledger_.unknown.begin(), ledger_.unknown.end(), component) == ledger_.unknown.end())
        ledger_.unknown.push_back(component);
      return;
    }
    ledger_.by_component[component] += *joules;
    if (!layer) {
      ledger_.standing += *joules;
      ledger_.standing_by_component[component] += *joules;
      return;
    }
    ledger_.by_layer[*layer] += *joules;
    std::vector<Joules>& row = ledger_.cells[component];
    row.resize(ledger_.by_layer.size());
    row[*layer] += *joules;
  }

 private:
  Ledger& ledger_;
};

Counts sum(const TimingResult& result) {
  Counts sum;
  for (const Counts& counts : result.layer_counts) sum += counts;
  return sum;
}

/// What `events` events of a layer take, by what other events of the same layer took when they were measured.
Joules measured_energy(const MeasuredPrice& price, const OpStats& stats, std::size_t layer, std::int64_t events) {
  if (layer >= stats.layer_measured.size() || stats.layer_measured[layer][price.measure].events == 0)
    fail_run("component '" + price.component + "' is charged " + std::string(info(price.measure).name) +
             ", which the functional reading did not measure in layer " + std::to_string(layer));
  const Measured& measured = stats.layer_measured[layer][price.measure];
  return measured.energy.joules() * (static_cast<double>(events) / static_cast<double>(measured.events));
}

template <class T>
std::optional<Joules> times(std::optional<T> price, double amount) {
  if (!price) return std::nullopt;
  return Joules::si(price->si() * amount);
}

void check_alone(const std::string& component, Measure measure, const std::vector<MeasuredPrice>& prices) {
  for (const MeasuredPrice& other : prices)
    if (other.measure == measure)
      fail_input("components '" + other.component + "' and '" + component + "' are both charged " +
                 std::string(info(measure).name) + ", which is all of that energy: charge it to one of them");
}

}  // namespace

void PriceList::add(const ComponentTable& table, const LevelCounts& levels, const std::string& prefix,
                    bool with_standing) {
  for (const auto& [name, component] : table) {
    const std::string full = prefix + name;
    const std::optional<UnitState> state = state_of(component.charge);
    const bool standing = component.charge == Charge::kAlways || (state && *state != UnitState::kBusy);
    if (standing && !with_standing) continue;
    const bool by_event = component.charge == Charge::kEvents;
    for (const Event event : component.events)
      events.push_back({event, full, by_event ? component.event_energy() : Joules()});
    for (const Event event : component.covers) events.push_back({event, full, Joules()});
    if (by_event) continue;
    if (component.measure) {
      check_alone(full, *component.measure, measured);
      measured.push_back({full, *component.measure});
      continue;
    }
    std::optional<Watts> watts = component.power;
    if (watts && component.charge == Charge::kAlways) *watts = *watts * static_cast<double>(levels.at(component.per));
    const std::string units = component.units.empty() ? full : prefix + component.units;
    states.push_back({full, state, state ? units : "", watts});
  }
}

void check_priced(const TimingResult& result, const PriceList& prices, bool has_data) {
  const Counts counts = sum(result);
  for (const EventInfo& row : event_table()) {
    if (row.kind != EventClass::kProgram || counts[row.event] == 0) continue;
    const bool priced = std::any_of(prices.events.begin(), prices.events.end(),
                                    [&](const EventPrice& price) { return price.event == row.event; });
    if (!priced)
      fail_input("the machine counts " + std::string(row.name) +
                 " but none of its components is charged for them; list the event under 'events' of a component "
                 "(with 'energy: unknown' when nobody has published it)");
  }
  for (const MeasuredPrice& price : prices.measured)
    if (!has_data && counts[info(price.measure).event] != 0)
      fail_input("component '" + price.component + "' is charged " + std::string(info(price.measure).name) +
                 ", which is measured on data, and there are none: give data, or charge it for events");
}

namespace {

/// A component charged by state must be one of the Program's units, unless nothing that it covers has happened.
void check_states(const Program& program, const Counts& counts, const PriceList& prices) {
  for (const StatePrice& state : prices.states) {
    const bool is_unit = std::any_of(program.units.begin(), program.units.end(),
                                     [&](const Unit& unit) { return unit.component == state.units; });
    if (!state.state || is_unit) continue;
    bool covers = false, happened = false;
    for (const EventPrice& price : prices.events) {
      if (price.component != state.component) continue;
      covers = true;
      happened |= counts[price.event] != 0;
    }
    if (!covers || happened)
      fail_input("component '" + state.component + "' is charged while " + std::string(info(*state.state).name) +
                 ", but no unit of the program is " +
                 (state.units == state.component ? "one" : "a '" + state.units + "'") +
                 "; charge it always, or for its events");
  }
}

/// What units draw while they serve belongs to the layers that they serve.
void settle_busy(const Program& program, const TimingResult& result, const StatePrice& price, Account& account) {
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    const Task& task = program.tasks[t];
    for (std::size_t hop = 0; hop < task.op.path.size(); ++hop)
      if (program.unit(task.op.path[hop].unit).component == price.units)
        account.add(price.component, times(price.watts, result.task_busy[t][hop].seconds().si()), task.layer.value());
  }
}

void settle_state(const Program& program, const TimingResult& result, const StatePrice& price, Account& account) {
  if (!price.state)
    return account.add(price.component, times(price.watts, result.makespan.seconds().si()), std::nullopt);
  if (*price.state == UnitState::kBusy) return settle_busy(program, result, price, account);
  if (result.unit_times.size() != program.units.size())
    fail_run("component '" + price.component + "' is charged while " + std::string(info(*price.state).name) +
             ", but the reading does not say how long its units were");
  for (std::size_t u = 0; u < program.units.size(); ++u)
    if (program.units[u].component == price.units)
      account.add(price.component, times(price.watts, result.unit_times[u][*price.state].seconds().si()), std::nullopt);
}

}  // namespace

Ledger settle(const Program& program, const TimingResult& result, const PriceList& prices, const OpStats* stats) {
  Ledger ledger;
  ledger.by_layer.resize(result.layer_counts.size());
  ledger.counts = sum(result);
  check_priced(result, prices, stats != nullptr);
  check_states(program, ledger.counts, prices);

  Account account(ledger);
  for (const EventPrice& price : prices.events)
    for (std::size_t layer = 0; layer < result.layer_counts.size(); ++layer) {
      const std::int64_t n = result.layer_counts[layer][price.event];
      if (n != 0) account.add(price.component, times(price.joules, static_cast<double>(n)), layer);
    }
  for (const MeasuredPrice& price : prices.measured)
    for (std::size_t layer = 0; layer < result.layer_counts.size(); ++layer) {
      const std::int64_t n = result.layer_counts[layer][info(price.measure).event];
      if (n != 0) account.add(price.component, measured_energy(price, *stats, layer, n), layer);
    }
  for (const StatePrice& price : prices.states) settle_state(program, result, price, account);
  if (!ledger.unknown.empty()) return ledger;
  Joules total;
  for (const auto& [component, joules] : ledger.by_component) total += joules;
  ledger.total = total;
  return ledger;
}

}  // namespace cimera::ops
