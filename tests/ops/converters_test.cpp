// A machine that names a converter: where its own figures hold they stay, elsewhere the family gives them.
#include "models/ops/converters.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/ops/machine.h"
#include "tests/core/error_text.h"

namespace cimera::ops {
namespace {

using testing::HasSubstr;

MachineSpec isaac(std::vector<std::string> overrides, const std::string& family = "isaac_adc") {
  overrides.push_back("components.adc.converter=" + family);
  return load_machine("isaac", overrides);
}

double picojoules(const MachineSpec& machine) {
  return machine.components().at("adc").event_energy().value().si() * 1e12;
}

TEST(TakeConverters, ThePublishedRowStaysWhereItHolds) {
  EXPECT_NEAR(picojoules(isaac({})), 1.5625, 1e-9) << "the table says 1.67";
  EXPECT_EQ(total(isaac({}).full_use()), total(load_machine("isaac").full_use()));
  EXPECT_EQ(isaac({}).area(), load_machine("isaac").area());
}

TEST(TakeConverters, OtherResolutionsHaveThePriceOfTheFamily) {
  const std::map<int, double> table{{4, 0.79}, {5, 0.99}, {6, 1.20}, {7, 1.42}, {9, 1.969}, {10, 2.379}};
  for (const auto& [bits, pj] : table) {
    const MachineSpec machine = isaac({"precision.adc_bits=" + std::to_string(bits)});
    EXPECT_NEAR(picojoules(machine), pj, 1e-9) << bits;
    EXPECT_TRUE(machine.withdrawn.empty()) << bits;
    EXPECT_TRUE(machine.area()) << bits;
  }
  const MachineSpec six = isaac({"precision.adc_bits=6"});
  EXPECT_NEAR(six.components().at("adc").area->si(), 8 * 626.91e-12, 1e-18);
  const MachineSpec shared = isaac({"precision.adc_bits=6", "organisation.adcs_per_ima=2"});
  EXPECT_NEAR(shared.components().at("adc").area->si(), 2 * 626.91e-12, 1e-18);
  const auto energy = std::ranges::find(six.fields, "components.adc.energy", &FieldInfo::path);
  EXPECT_EQ(energy->source, "the converter, isaac_adc: 6 bits at 32 nm");
}

TEST(TakeConverters, WhatTheFamilyDoesNotHaveIsUnknownAndTheNearestIsNamed) {
  const MachineSpec machine = isaac({"precision.adc_bits=11"});
  EXPECT_FALSE(machine.components().at("adc").event_energy());
  ASSERT_EQ(machine.withdrawn.size(), 2u);
  EXPECT_THAT(machine.withdrawn[1].why, HasSubstr("converter isaac_adc has no 11 bits at 32 nm: it has 4, 5, 6, 7, 8, "
                                                  "9, 10 bits at 32 nm; the nearest is 10 bits at 32 nm"));
}

TEST(TakeConverters, TheRateFollowsToo) {
  EXPECT_THAT(error_text([] { isaac({"pipeline.adc_rate=2 GHz"}); }),
              HasSubstr("converts at 1.28 GHz at most; the nearest is --set 'isaac:pipeline.adc_rate=1.28 GHz'"));
  // 8 bits take 9 ns: 128 columns of each of 8 converters 1152 ns, where they were 100.
  const MachineSpec slow = isaac({"pipeline.adc_rate=unknown"}, "neurosim_sar_lstp");
  EXPECT_EQ(slow.crossbar()->step(), Duration::fs(1'152'000'000));
  EXPECT_NEAR(picojoules(slow), (1.1294 * 8 + 8.8998) * 9e-3, 1e-9) << "ISAAC's price held for 1.28 GHz";
  EXPECT_FALSE(slow.area()) << "NeuroSim's area is unknown";
}

TEST(TakeConverters, RefusesWhatCannotBeChosen) {
  EXPECT_THAT(error_text([] { isaac({}, "isac_adc"); }), HasSubstr("unknown converter 'isac_adc'"));
  EXPECT_THAT(error_text([] { isaac({"components.dac.converter=isaac_adc"}); }),
              HasSubstr("a `converter` is charged for adc_conversions, or measured as adc_column"));
  const std::string column =
      "components.column={per: ima, charge: measured, measure: adc_column, events: "
      "[adc_conversions], converter: neurosim_sar_hp}";
  EXPECT_THAT(error_text([&] {
                isaac({"pipeline.adc_rate=unknown", column}, "neurosim_sar_hp");
              }),
              HasSubstr("or not linearly in its conductance; neurosim_sar_lstp does"));
}

}  // namespace
}  // namespace cimera::ops
