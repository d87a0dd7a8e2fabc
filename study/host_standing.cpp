#include "study/host_standing.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/error.h"
#include "mapping/map.h"

namespace cimera::study {
namespace {

using Energy = std::optional<Joules> (*)(const Result&);

/// Machines of one batch size whose energy is known, least first.
std::vector<std::string> order(const std::vector<Result>& all, std::int64_t batch, Energy energy) {
  std::vector<const Result*> known;
  for (const Result& result : all)
    if (result.batch == batch && !result.error && energy(result)) known.push_back(&result);
  std::ranges::stable_sort(known, {}, [&](const Result* r) { return energy(*r)->si(); });
  std::vector<std::string> names;
  for (const Result* result : known) names.push_back(result->machine);
  return names;
}

/// How long the units of a component of the host were in `state`, all together.
Seconds time_in(ops::UnitState state, const std::string& name, const ops::ComponentTable& table,
                const ops::Program& program, const ops::TimingResult& timing) {
  const std::string units = table.at(name).units.empty() ? name : table.at(name).units;
  const std::string prefixed = std::string(mapping::kHostPrefix) + units;
  Seconds sum;
  bool used = false;
  for (std::size_t u = 0; u < program.units.size(); ++u) {
    if (program.units[u].component != prefixed) continue;
    used = true;
    sum += timing.unit_times.at(u)[state].seconds();
  }
  if (used) return sum;
  // A part that does work would be a unit of the program if there were work for it.
  const auto row = table.find(units);
  if (row == table.end() || row->second.events.empty())
    fail_input("component '" + prefixed + "' is charged while " + std::string(info(state).name) +
               ", but it does no work of its own, so it has no state; charge it always");
  return state == ops::UnitState::kIdle ? timing.makespan.seconds() : Seconds();
}

}  // namespace

std::optional<HostStanding> host_standing(const Machine& machine, const ops::Program& program,
                                          const ops::TimingResult& timing) {
  if (machine.spec.host() != nullptr) return std::nullopt;
  const ops::ComponentTable& table = machine.host.components();
  HostStanding standing{Watts(), Joules(), machine.host.area()};
  Joules in_states;
  for (const auto& [name, row] : table) {
    const std::optional<ops::UnitState> state = state_of(row.charge);
    if (row.charge != ops::Charge::kAlways && (!state || *state == ops::UnitState::kBusy)) continue;
    if (!row.power) return HostStanding{{}, {}, machine.host.area()};
    if (state) in_states += *row.power * time_in(*state, name, table, program, timing);
    else *standing.power += *row.power * static_cast<double>(machine.host.levels().at(row.per));
  }
  const Seconds latency = timing.makespan.seconds();
  standing.energy = *standing.power * latency + in_states;
  if (in_states > Joules()) *standing.power += in_states / latency;
  return standing;
}

std::optional<Joules> energy_with_host(const Result& result) {
  if (!result.host_standing) return result.energy;
  if (!result.energy || !result.host_standing->energy) return std::nullopt;
  return *result.energy + *result.host_standing->energy;
}

std::string order_with_hosts(const std::vector<Result>& results) {
  std::set<std::int64_t> batches;
  for (const Result& result : results) batches.insert(result.batch);
  std::string changes;
  for (const std::int64_t batch : batches) {
    const auto alone = order(results, batch, [](const Result& r) { return r.energy; });
    const auto with_hosts = order(results, batch, energy_with_host);
    if (alone != with_hosts)
      changes += fmt::format(" At batch {} the order by energy would change; from the least: {}.", batch,
                             fmt::join(with_hosts, ", "));
  }
  return changes.empty() ? "The order of the machines by energy would stay as above." : changes.substr(1);
}

}  // namespace cimera::study
