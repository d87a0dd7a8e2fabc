// What the host of a machine adds by being switched on.
#include "study/host_standing.h"

#include <gtest/gtest.h>

#include "study/summary.h"
#include "tests/core/error_text.h"

namespace cimera::study {
namespace {

Machine machine(const std::string& name, const std::vector<std::string>& host_overrides = {}) {
  Machine m;
  m.spec = ops::load_machine(name);
  m.host = ops::load_machine("cpu_ddr4", host_overrides);
  return m;
}

constexpr std::int64_t kMicrosecond = 1'000'000'000;  ///< fs

/// A run of 2 us in which the host's cores, if the program has them, were busy for 0.5 us.
std::optional<HostStanding> standing(const Machine& machine, bool with_cores = true) {
  ops::Program program;
  ops::TimingResult timing;
  timing.makespan = Duration::fs(2 * kMicrosecond);
  if (with_cores) {
    program.units.push_back({"host.cores", ops::UnitKind::kCores, "host.cores", Duration::fs(1), 0, {}});
    timing.unit_times.resize(1);
    timing.unit_times[0][ops::UnitState::kBusy] = Duration::fs(kMicrosecond / 2);
    timing.unit_times[0].fill(timing.makespan);
  }
  return host_standing(machine, program, timing);
}

constexpr double kHostWatts = 14.4 + 4 * 1.07;  ///< package and four modules, models/catalog/cpu_ddr4.yaml

TEST(HostStanding, IsWhatTheHostAlwaysDraws) {
  const auto host = standing(machine("isaac"));
  ASSERT_TRUE(host);
  EXPECT_NEAR(host->power->si(), kHostWatts, 1e-12);
  EXPECT_NEAR(host->energy->si(), kHostWatts * 2e-6, 1e-18);
  EXPECT_NEAR(host->area->si(), 456.1e-6, 1e-12);  // the package; modules are off chip
}

TEST(HostStanding, AMachineThatIsItsOwnHostHasNone) { EXPECT_FALSE(standing(machine("cpu_ddr4"))); }

TEST(HostStanding, UnknownIsNotZero) {
  const auto host = standing(machine("isaac", {"components.memory_idle.power=unknown"}));
  ASSERT_TRUE(host);
  EXPECT_FALSE(host->power);
  EXPECT_FALSE(host->energy);
}

const std::string kIdleCores =
    "components.cores_idle={per: package, power: 8 W, area: 0 mm^2, charge: idle, units: cores}";

TEST(HostStanding, WhatItsUnitsDrawWhileIdleIsInIt) {
  const Machine served = machine("isaac", {kIdleCores});
  EXPECT_NEAR(standing(served)->energy->si(), kHostWatts * 2e-6 + 8 * 1.5e-6, 1e-17);
  EXPECT_NEAR(standing(served)->power->si(), kHostWatts + 8 * 0.75, 1e-9) << "on average";
  EXPECT_NEAR(standing(served, false)->power->si(), kHostWatts + 8, 1e-9) << "cores without work are idle";
  const Machine unknown = machine(
      "isaac", {"components.cores_idle={per: package, power: unknown, area: 0 mm^2, charge: idle, units: cores}"});
  EXPECT_FALSE(standing(unknown)->energy);
}

TEST(HostStanding, AStateOfWhatIsNoUnitIsRefused) {
  const std::string text = error_text([] { standing(machine("isaac", {"components.package.charge=idle"})); });
  EXPECT_EQ(
      text,
      "component 'host.package' is charged while idle, but it does no work of its own, so it has no state; charge "
      "it always");
}

/// 3 J against 10 J alone; with a host that draws 9 J it is 12 J.
std::vector<Result> two() {
  std::vector<Result> results(2);
  results[0].machine = "served", results[1].machine = "own";
  for (Result& r : results) r.latency = Duration::fs(1'000'000);
  results[0].energy = Joules::si(3), results[1].energy = Joules::si(10);
  results[0].host_standing = HostStanding{Watts::si(9e9), Joules::si(9), SquareMetres::si(1e-6)};
  return results;
}

TEST(HostStanding, ChangesRatioAndOrder) {
  std::vector<Result> results = two();
  compare_with("own", results);
  EXPECT_DOUBLE_EQ(*results[0].baseline->energy_ratio, 10.0 / 3);
  EXPECT_DOUBLE_EQ(*results[0].baseline->energy_ratio_with_host, 10.0 / 12);
  EXPECT_EQ(energy_with_host(results[0])->si(), 12);
  EXPECT_EQ(energy_with_host(results[1])->si(), 10);
  EXPECT_EQ(order_with_hosts(results), "At batch 1 the order by energy would change; from the least: own, served.");
}

TEST(HostStanding, MayLeaveTheOrder) {
  std::vector<Result> results = two();
  results[1].energy = Joules::si(13);
  EXPECT_EQ(order_with_hosts(results), "The order of the machines by energy would stay as above.");
}

}  // namespace
}  // namespace cimera::study
