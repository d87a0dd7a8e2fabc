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
  EXPECT_THAT(isaac_with("organisation.tiles_per_router=5"), HasSubstr("tiles must divide evenly over the routers"));
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

}  // namespace
}  // namespace cimera::ops
