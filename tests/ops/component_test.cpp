// The component table: what a row is worth, and what its schema refuses.

#include "models/ops/component.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/yaml.h"
#include "models/ops/machine.h"
#include "tests/core/error_text.h"

namespace cimera::ops {
namespace {

using namespace literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

Component row(const std::string& text) { return load<Component>(parse_yaml(text, "row.yaml"), Figures::kFree).value; }

std::string refusal(const std::string& text) {
  return error_text([&] { row(text); });
}

TEST(Component, PowerAtFullRateGivesTheEnergyOfAnEvent) {
  const Component c = row("{per: ima, power: 16 mW, area: 0.0096 mm^2, events: [adc_conversions], full_rate: 10 GHz}");
  EXPECT_NEAR(c.event_energy()->si(), 1.6e-12, 1e-24);
}

TEST(Component, AnEnergyOfItsOwnComesFirst) {
  const Component c =
      row("{per: ima, power: 16 mW, area: 0 mm^2, events: [adc_conversions], full_rate: 10 GHz, energy: 2 "
          "pJ}");
  EXPECT_NEAR(c.event_energy()->si(), 2e-12, 1e-24);
}

TEST(Component, UnknownIsNotZero) {
  EXPECT_FALSE(row("{per: ima, power: unknown, area: unknown, events: [shift_adds]}").event_energy());
  EXPECT_FALSE(row("{per: ima, area: 0 mm^2, events: [shift_adds], energy: unknown}").event_energy());
  EXPECT_EQ(row("{per: ima, power: 0 W, area: 0 mm^2, events: [shift_adds], full_rate: 1 GHz}").event_energy()->si(), 0)
      << "zero is a figure like others";
  EXPECT_FALSE(row("{per: ima, power: unknown, area: 0 mm^2, events: [shift_adds], full_rate: 1 GHz}").event_energy());
}

TEST(Component, AMissingEnergyIsRefused) {
  EXPECT_THAT(
      refusal("{per: ima, power: 16 mW, area: 0 mm^2, events: [adc_conversions]}"),
      HasSubstr("the energy of an event is missing: give `energy`, or the `full_rate` at which `power` is drawn"));
  EXPECT_THAT(refusal("{per: ima, power: 0 W, area: 0 mm^2, events: [adc_conversions]}"),
              HasSubstr("the energy of an event is missing"));
}

TEST(Component, AnEnergyIsAPriceWithoutAPower) {
  const Component c = row("{per: ima, area: 0 mm^2, events: [shift_adds], energy: 2 pJ, full_rate: 3 GHz}");
  EXPECT_FALSE(c.power);
  EXPECT_NEAR(c.event_energy()->si(), 2e-12, 1e-24);
  EXPECT_NEAR(c.full_use()->si(), 6e-3, 1e-15);
  // How often it happens at full use is not said: that power is unknown, not zero.
  EXPECT_FALSE(row("{per: ima, area: 0 mm^2, events: [shift_adds], energy: 2 pJ}").full_use());
}

TEST(Component, WhatIsOffChipHasNoAreaOfTheMachine) {
  ComponentTable table;
  table["chip"] = row("{per: chip, power: 1 W, area: 7 mm^2, charge: always}");
  table["module"] = row("{per: chip, power: 1 W, off_chip: true, charge: always}");
  EXPECT_NEAR(total_area(table, {{"chip", 2}})->si(), 14e-6, 1e-15);
  table["module"].off_chip = false;
  EXPECT_FALSE(total_area(table, {{"chip", 2}}));
  EXPECT_THAT(refusal("{per: chip, power: 1 W, area: 1 mm^2, off_chip: true, charge: always}"),
              HasSubstr("`off_chip: true` goes with no `area`"));
}

TEST(Component, AWrongUnitIsRefused) {
  const std::string text =
      refusal("{per: ima, power: 16 pJ, area: 0 mm^2, events: [adc_conversions], full_rate: 1 GHz}");
  EXPECT_THAT(text, HasSubstr("row.yaml:1: power = 16 pJ: expected a power"));
  EXPECT_THAT(text, HasSubstr("got an energy"));
}

TEST(Component, AMissingKeyAndAnUnknownKeyAreRefused) {
  EXPECT_THAT(refusal("{per: ima, power: 0 W, events: [shift_adds], energy: 1 pJ}"),
              HasSubstr("row.yaml:1: 'component' lacks area or off_chip or converter."));
  EXPECT_THAT(refusal("{per: ima, area: 0 mm^2, events: [shift_adds]}"),
              HasSubstr("row.yaml:1: 'component' lacks power or energy or converter."));
  EXPECT_THAT(refusal("{per: ima, power: 0 W, area: 0 mm^2, events: [shift_adds], energie: 1 pJ}"),
              HasSubstr("unknown key 'energie' in 'component'; did you mean 'energy'?"));
}

TEST(Component, AChargeAndWhatItNeedsGoTogether) {
  EXPECT_THAT(refusal("{per: ima, power: 1 W, area: 0 mm^2}"), HasSubstr("`charge: events` needs `events`"));
  EXPECT_THAT(refusal("{per: ima, power: 1 W, area: 0 mm^2, charge: always, energy: 1 pJ}"),
              HasSubstr("`energy` goes with it alone"));
  EXPECT_THAT(refusal("{per: ima, power: 1 W, area: 0 mm^2, charge: sometimes}"), HasSubstr("sometimes"));
}

TEST(Component, EveryStateOfAUnitCanBeCharged) {
  for (const UnitStateInfo& state : unit_state_table()) {
    const Component c = row("{per: tile, power: 1 W, area: 0 mm^2, units: x, charge: " + std::string(state.name) + "}");
    EXPECT_EQ(state_of(c.charge), state.state);
    EXPECT_EQ(c.units, "x");
    EXPECT_EQ(info(state.state).name, state.name);
  }
  EXPECT_FALSE(state_of(Charge::kAlways) || state_of(Charge::kEvents) || state_of(Charge::kMeasured));
  EXPECT_THAT(
      refusal("{per: ima, power: 1 W, area: 0 mm^2, charge: idel}"),
      AllOf(HasSubstr("expected one of: events, always, measured, busy, idle"), HasSubstr("did you mean 'idle'?")));
  EXPECT_THAT(refusal("{per: ima, power: 1 W, area: 0 mm^2, charge: always, units: cores}"),
              HasSubstr("`units` goes with a charge by state: busy (while one of its units serves an operation)"));
  EXPECT_THAT(refusal("{per: ima, power: 1 W, area: 0 mm^2, charge: idle, full_rate: 1 GHz}"),
              HasSubstr("`full_rate` does not go with power by time"));
}

TEST(Component, RollsUpByTheParentsThatHoldIt) {
  ComponentTable table;
  table["a"] = row("{per: tile, power: 2 mW, area: 3 mm^2, charge: always}");
  table["b"] = row("{per: chip, power: 5 W, area: 7 mm^2, charge: always}");
  const LevelCounts levels{{"tile", 100}, {"chip", 2}};
  EXPECT_NEAR(total_area(table, levels)->si(), 314e-6, 1e-15);
  table["a"].area.reset();
  EXPECT_FALSE(total_area(table, levels));
}

std::string machine_refusal(const std::string& override_text) {
  return error_text([&] {
    const std::string overrides[] = {override_text};
    load_machine("isaac", overrides);
  });
}

TEST(Component, AnUnknownLevelIsRefused) {
  EXPECT_THAT(machine_refusal("components.adc.per=chpi"),
              HasSubstr("`per` of a component must be ima, tile, router or chip"));
}

TEST(Component, AnUnknownEventIsRefused) {
  EXPECT_THAT(machine_refusal("components.adc.events=[adc_conversion]"),
              AllOf(HasSubstr("components.adc.events.0 = adc_conversion: expected one of"),
                    HasSubstr("did you mean 'adc_conversions'?")));
}

}  // namespace
}  // namespace cimera::ops
