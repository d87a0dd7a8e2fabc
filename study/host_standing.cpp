#include "study/host_standing.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

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

}  // namespace

std::optional<HostStanding> host_standing(const Machine& machine, Duration latency) {
  if (machine.spec.host() != nullptr) return std::nullopt;
  HostStanding standing{Watts(), Joules(), machine.host.area()};
  for (const auto& [name, row] : machine.host.components()) {
    if (row.charge != ops::Charge::kAlways) continue;
    if (!row.power) return HostStanding{{}, {}, machine.host.area()};
    *standing.power += *row.power * static_cast<double>(machine.host.levels().at(row.per));
  }
  standing.energy = *standing.power * latency.seconds();
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
