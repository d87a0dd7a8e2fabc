// Another supply voltage: times by the alpha-power law, energies of events by V^2; the machine of Jia et al. by hand.
#include "models/ops/supply.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/ops/machine.h"
#include "tests/core/error_text.h"

namespace cimera::ops {
namespace {

using namespace literals;

TEST(Supply, EnergyGoesWithTheSquareAndTimeByTheAlphaPowerLaw) {
  const Supply supply{.voltage = 1.2_V, .times_at = 0.8_V, .threshold = 0.4_V, .alpha = 2.0};
  EXPECT_DOUBLE_EQ(supply.energy_ratio(0.8_V), 2.25);
  EXPECT_DOUBLE_EQ(supply.energy_ratio(1.2_V), 1.0);
  EXPECT_DOUBLE_EQ(supply.time_ratio(), (1.2 / 0.64) / (0.8 / 0.16));
  EXPECT_DOUBLE_EQ((Supply{0.8_V, 0.8_V, 0.4_V, 1.3}.time_ratio()), 1.0);
}

MachineSpec jia(std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.end(), {"precision.weight_bits=1", "precision.input_bits=1"});
  return load_machine("jia_jssc_2020", overrides);
}

double watts(const MachineSpec& machine, const std::vector<std::string>& components) {
  const PowerTable table = machine.full_use();
  double sum = 0;
  for (const std::string& name : components) sum += table.at(name).value().si();
  return sum;
}

// 256 columns of 2,304 cells, an operation more for the addition, in 54 clocks of 25 ns; 9.7 + 1.79 pJ a column.
TEST(Supply, JiaAtItsOwnVoltageByHand) {
  const MachineSpec machine = jia();
  const double ops = 2 * peak(*machine.crossbar()).macs_per_second;
  EXPECT_DOUBLE_EQ(ops, 256.0 * 2 * 2304 / 1.35e-6);
  EXPECT_NEAR(watts(machine, {"adc", "array"}) / ops, (9.7e-12 + 1.79e-12) / (2 * 2304), 1e-24);
  // The near-memory datapath is used once more an array read, for the sum of the inputs that offset weights need.
  EXPECT_NEAR(watts(machine, {"adc", "array", "datapath"}) / ops,
              (9.7e-12 + 1.79e-12 + 8.3e-12 * 257 / 256) / (2 * 2304), 1e-24);
}

TEST(Supply, JiaAtAHigherVoltage) {
  const MachineSpec low = jia(), high = jia({"supply.voltage=1.2 V"});
  EXPECT_TRUE(high.withdrawn.empty());
  const double v2 = (1.2 / 0.85) * (1.2 / 0.85);
  for (const char* name : {"adc", "array", "datapath"})
    EXPECT_NEAR(high.components().at(name).event_energy()->si() / low.components().at(name).event_energy()->si(), v2,
                1e-12);
  EXPECT_DOUBLE_EQ(high.components().at("chip_link").event_energy()->si(),
                   low.components().at("chip_link").event_energy()->si())
      << "it has a supply of its own";
  const double faster = low.crossbar()->step().seconds() / high.crossbar()->step().seconds();
  EXPECT_NEAR(faster, std::pow((1.2 - 0.63635) / (0.85 - 0.63635), 1.3) * 0.85 / 1.2, 1e-8)
      << "times are whole femtoseconds";
  EXPECT_NEAR(*low.crossbar()->pipeline.cell_write / *high.crossbar()->pipeline.cell_write, faster, 1e-8);
}

TEST(Supply, OutsideThePublishedVoltagesFiguresAreUnknown) {
  const MachineSpec machine = jia({"supply.voltage=0.8 V"});
  ASSERT_EQ(machine.withdrawn.size(), 3u);
  EXPECT_THAT(machine.withdrawn[0].why, testing::HasSubstr("supply.voltage = 0.85 V..1.2 V (it is 800 mV)"));
  EXPECT_THAT(error_text([] { jia({"supply.voltage=0.6 V"}); }),
              testing::HasSubstr("threshold must lie below voltage and times_at"));
}

TEST(Supply, PowerAndRateScaleTogether) {
  const std::string overrides[] = {
      "supply={voltage: 0.8 V, times_at: 1 V, threshold: 0.3 V, alpha: 1.5, source: table1}",
      "components.adc.at_supply=1 V"};
  const MachineSpec plain = load_machine("isaac"), slow = load_machine("isaac", overrides);
  const Component &before = plain.components().at("adc"), &after = slow.components().at("adc");
  EXPECT_DOUBLE_EQ(after.event_energy()->si(), before.event_energy()->si() * 0.64);
  const double times = (0.8 / std::pow(0.5, 1.5)) / (1.0 / std::pow(0.7, 1.5));
  EXPECT_DOUBLE_EQ(after.power->si(), before.power->si() * 0.64 / times);
  EXPECT_DOUBLE_EQ(slow.crossbar()->pipeline.adc_rate->si(), 1.28e9 / times);
  EXPECT_EQ(slow.components().at("dac").power, plain.components().at("dac").power);
}

}  // namespace
}  // namespace cimera::ops
