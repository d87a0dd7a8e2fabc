// What the host of a machine adds by being switched on.
#include "study/host_standing.h"

#include <gtest/gtest.h>

#include "study/summary.h"

namespace cimera::study {
namespace {

Machine machine(const std::string& name, const std::vector<std::string>& host_overrides = {}) {
  Machine m;
  m.spec = ops::load_machine(name);
  m.host = ops::load_machine("cpu_ddr4", host_overrides);
  return m;
}

constexpr double kHostWatts = 14.4 + 4 * 1.07;  ///< package and four modules, models/catalog/cpu_ddr4.yaml

TEST(HostStanding, IsWhatTheHostAlwaysDraws) {
  const auto standing = host_standing(machine("isaac"), Duration::fs(2'000'000'000));
  ASSERT_TRUE(standing);
  EXPECT_NEAR(standing->power->si(), kHostWatts, 1e-12);
  EXPECT_NEAR(standing->energy->si(), kHostWatts * 2e-6, 1e-18);
  EXPECT_NEAR(standing->area->si(), 456.1e-6, 1e-12);  // the package; modules are off chip
}

TEST(HostStanding, AMachineThatIsItsOwnHostHasNone) {
  EXPECT_FALSE(host_standing(machine("cpu_ddr4"), Duration::fs(1)));
}

TEST(HostStanding, UnknownIsNotZero) {
  const auto standing = host_standing(machine("isaac", {"components.memory_idle.power=unknown"}), Duration::fs(1));
  ASSERT_TRUE(standing);
  EXPECT_FALSE(standing->power);
  EXPECT_FALSE(standing->energy);
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
