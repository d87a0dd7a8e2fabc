// Every machine of the catalog: it loads, and what it says fits together. The published figures of each machine are in
// tests of their own.

#include "models/ops/machine.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/error_text.h"

namespace cimera::ops {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(Machines, AllLoadAndAreWhole) {
  ASSERT_GE(machine_names().size(), 2u);
  for (const std::string& name : machine_names()) {
    SCOPED_TRACE(name);
    const MachineSpec machine = load_machine(name);
    EXPECT_EQ(machine.name, name);
    EXPECT_FALSE(machine.description().empty());
    EXPECT_TRUE((machine.crossbar() != nullptr) != (machine.host() != nullptr));
    EXPECT_FALSE(machine.components().empty());
    for (const auto& [row, component] : machine.components()) {
      EXPECT_TRUE(machine.levels().contains(component.per)) << row;
      EXPECT_GE(machine.levels().at(component.per), 1) << row;
    }
    EXPECT_GT(machine.area().value_or(SquareMetres::si(1)).si(), 0);
    for (const FieldInfo& field : machine.fields) {
      EXPECT_FALSE(field.meaning.empty()) << field.path;
      const bool number = field.kind.find('(') != std::string::npos || field.kind.find("number") != std::string::npos;
      EXPECT_TRUE(!number || field.value == "unknown" || !field.source.empty()) << field.path << " has no source";
    }
    if (const CrossbarMachine* crossbar = machine.crossbar()) {
      EXPECT_THAT(machine_names(), Contains(crossbar->host));
      EXPECT_NE(load_machine(crossbar->host).host(), nullptr);
      crossbar->config().check();
      EXPECT_GT(crossbar->step(), Duration());
    }
  }
}

TEST(Machines, NoComponentIsChargedTwiceForAnEvent) {
  for (const std::string& name : machine_names()) {
    const MachineSpec machine = load_machine(name);
    for (const auto& [row, component] : machine.components()) {
      const std::set<Event> events(component.events.begin(), component.events.end());
      EXPECT_EQ(events.size(), component.events.size()) << name << ": " << row;
    }
  }
}

TEST(Machines, AnUnknownNameIsRefusedWithTheNearest) {
  const std::string text = error_text([] { load_machine("isac"); });
  EXPECT_THAT(text, HasSubstr("unknown machine 'isac'; did you mean 'isaac'?"));
  EXPECT_THAT(text, HasSubstr("cpu_ddr4"));
}

std::string isaac_with(const std::string& override_text) {
  return error_text([&] {
    const std::string overrides[] = {override_text};
    load_machine("isaac", overrides);
  });
}

TEST(Machines, WrongValuesAreRefused) {
  EXPECT_EQ(isaac_with("organisation.chips=4"), "no error");
  EXPECT_THAT(isaac_with("organisation.chips=0"), HasSubstr("organisation.chips = 0"));
  EXPECT_THAT(isaac_with("organisation.rows=128 V"), HasSubstr("organisation.rows = 128 V"));
  EXPECT_THAT(isaac_with("pipeline.array_read=100 mV"), HasSubstr("expected a time"));
  EXPECT_THAT(isaac_with("organisation.tile_x=14"), HasSubstr("unknown key 'tile_x'"));
  EXPECT_THAT(isaac_with("schedule=parallel"), HasSubstr("pipelined"));
  EXPECT_THAT(isaac_with("organisation.tiles_per_router=5"), HasSubstr("must divide tiles_x and tiles_y"));
  EXPECT_THAT(isaac_with("organisation.tiles_per_router=3"),
              HasSubstr("must divide tiles_x and tiles_y"));  // 3 x 1 of 14
  EXPECT_EQ(isaac_with("organisation.tiles_per_router=2"), "no error");
  EXPECT_THAT(isaac_with("network.flit=0.4 bit"), HasSubstr("allowed: 1 bit"));
  EXPECT_THAT(isaac_with("network.flit=2.5 bit"), HasSubstr("whole bits"));
  EXPECT_THAT(isaac_with("network.flit_time=0 ns"), HasSubstr("> 0 s"));
  EXPECT_THAT(isaac_with("pipeline.fetch_bits=9223372036854775807"), HasSubstr("out of range"));
  EXPECT_THAT(isaac_with("components.edram={per: tile, area: 1 mm^2, power: 1 mW, charge: busy}"),
              HasSubstr("not by the state of its units"));
  EXPECT_THAT(isaac_with("organisation.columns=4"), HasSubstr("a weight does not fit in one row of an array"));
  EXPECT_THAT(isaac_with("model=crosbar"), HasSubstr("unknown machine model 'crosbar'; did you mean 'crossbar'?"));
}

TEST(Machines, OverridesReachTheParameters) {
  const std::string overrides[] = {"organisation.chips=3", "components.adc.power=32 mW"};
  const MachineSpec machine = load_machine("isaac", overrides);
  EXPECT_EQ(machine.crossbar()->organisation.chips, 3);
  EXPECT_EQ(machine.levels().at("tile"), 3 * 168);
  EXPECT_DOUBLE_EQ(machine.components().at("adc").power->si(), 0.032);
}

// Table I holds for 8 converters of 16 mW and 1,024 drivers of 4 mW in a unit; a unit with other numbers has other
// power, area and rates, at the same price of an event.
TEST(Machines, AStepTakesAllPulsesOfADigitAndAllGroupsOfRows) {
  const auto step = [](const std::vector<std::string>& overrides) {
    return load_machine("isaac", overrides).crossbar()->step().seconds().si();
  };
  EXPECT_DOUBLE_EQ(step({}), 100e-9);
  EXPECT_DOUBLE_EQ(step({"precision.dac_bits=3"}), 100e-9);
  EXPECT_DOUBLE_EQ(step({"precision.dac_bits=3", "precision.input_coding=pulse_width"}), 700e-9);
  EXPECT_DOUBLE_EQ(step({"precision.input_coding=pulse_width"}), 100e-9);
  EXPECT_DOUBLE_EQ(step({"organisation.active_rows=50"}), 300e-9);  // 128 rows in groups of 50
  EXPECT_DOUBLE_EQ(step({"organisation.active_rows=200"}), 100e-9);
}

TEST(Machines, PartsOfAUnitScaleWithItsOrganisation) {
  const std::string overrides[] = {"organisation.adcs_per_ima=2", "organisation.rows=64"};
  const MachineSpec plain = load_machine("isaac"), other = load_machine("isaac", overrides);
  const auto check = [&](const std::string& row, std::int64_t count, double scale) {
    const Component& before = plain.components().at(row);
    const Component& after = other.components().at(row);
    EXPECT_EQ(after.count, count) << row;
    EXPECT_DOUBLE_EQ(after.power->si(), before.power->si() * scale) << row;
    EXPECT_DOUBLE_EQ(after.area->si(), before.area->si() * scale) << row;
    EXPECT_DOUBLE_EQ(after.event_energy()->si(), before.event_energy()->si()) << row;
  };
  check("adc", 2, 0.25);
  check("dac", 512, 0.5);
  check("sample_hold", 1024, 1.0);
  check("shift_add", 1, 0.25);
  check("input_register", 1, 0.5);
  check("output_register", 1, 1.0);
  check("edram", 1, 1.0);
}

}  // namespace
}  // namespace cimera::ops
