// Figures that were published for one value of a parameter do not hold for another one.

#include "models/ops/conditions.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/ops/machine.h"
#include "tests/core/error_text.h"

namespace cimera::ops {
namespace {

using ::testing::HasSubstr;

MachineSpec isaac(const std::vector<std::string>& overrides = {}) { return load_machine("isaac", overrides); }

std::vector<std::string> components(const MachineSpec& spec) {
  std::vector<std::string> names;
  for (const Withdrawn& row : spec.withdrawn) names.push_back(row.component);
  return names;
}

TEST(Conditions, HoldInEveryFileOfTheCatalog) {
  for (const std::string& name : machine_names()) EXPECT_TRUE(load_machine(name).withdrawn.empty()) << name;
}

TEST(Conditions, WithdrawWhatWasPublishedForAnotherValue) {
  const MachineSpec spec = isaac({"precision.adc_bits=6"});
  const Component& adc = spec.components().at("adc");
  EXPECT_FALSE(adc.power);
  EXPECT_FALSE(adc.area);
  EXPECT_FALSE(adc.event_energy());
  EXPECT_FALSE(spec.area());
  EXPECT_TRUE(spec.components().at("dac").event_energy());
  ASSERT_EQ(spec.withdrawn.size(), 1U);
  EXPECT_EQ(spec.withdrawn[0].why,
            "power and area of adc were published for adc_bits = 8 (it is 6): unknown until given with --set "
            "'isaac:components.adc.power=... W' --set 'isaac:components.adc.area=... mm^2'");
  for (const FieldInfo& field : spec.fields)
    if (field.path == "components.adc.power") {
      EXPECT_EQ(field.value, "unknown");
      EXPECT_EQ(field.source, "published for adc_bits = 8 (it is 6)");
    }
}

TEST(Conditions, NameEveryParameterThatDiffers) {
  EXPECT_EQ(components(isaac({"organisation.rows=64"})), std::vector<std::string>{"array"});
  EXPECT_EQ(components(isaac({"precision.dac_bits=2"})), std::vector<std::string>{"dac"});
  const MachineSpec both = isaac({"organisation.rows=64", "precision.cell_bits=1"});
  ASSERT_EQ(both.withdrawn.size(), 1U);
  EXPECT_THAT(both.withdrawn[0].why, HasSubstr("for cell_bits = 2 (it is 1), rows = 128 (it is 64): unknown"));
}

TEST(Conditions, WhatTheUserSetsIsKnown) {
  const MachineSpec power = isaac({"precision.adc_bits=6", "components.adc.power=4 mW"});
  EXPECT_NEAR(power.components().at("adc").event_energy()->si(), 4e-3 / 10.24e9, 1e-20);
  EXPECT_FALSE(power.components().at("adc").area);
  const MachineSpec both =
      isaac({"precision.adc_bits=6", "components.adc.power=4 mW", "components.adc.area=0.004 mm^2"});
  EXPECT_TRUE(both.withdrawn.empty());
  EXPECT_TRUE(both.area());
}

TEST(Conditions, AProcessorHasThemToo) {
  const std::string overrides[] = {"cores.count=9"};
  EXPECT_EQ(components(load_machine("cpu_ddr4", overrides)), (std::vector<std::string>{"cores", "package"}));
}

std::string refusal(const std::string& condition) {
  return error_text([&] { isaac({"components.adc.holds_for=" + condition}); });
}

TEST(Conditions, AParameterThatIsNoneIsRefused) {
  EXPECT_THAT(refusal("{adc_bit: 8}"), HasSubstr("components.adc.holds_for: unknown parameter 'adc_bit'; did you mean "
                                                 "'adc_bits'?"));
  EXPECT_EQ(refusal("{}"), "no error");
  const std::string text = error_text([] {
    const std::string overrides[] = {"components.cores.holds_for={capacity: 32 KiB}"};
    load_machine("cpu_ddr4", overrides);
  });
  EXPECT_THAT(text, HasSubstr("'capacity' is the name of several parameters: l1.capacity and l2.capacity"));
}

}  // namespace
}  // namespace cimera::ops
