// What a machine takes from the file of its cell, and what it states itself.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/ops/machine.h"
#include "tests/core/error_text.h"

namespace cimera::ops {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

MachineSpec isaac(const std::vector<std::string>& overrides = {}) { return load_machine("isaac", overrides); }

const FieldInfo& field(const MachineSpec& spec, const std::string& path) {
  for (const FieldInfo& f : spec.fields)
    if (f.path == path) return f;
  throw std::out_of_range(path);
}

TEST(CellFigures, AWriteTakesWhatTheCellSays) {
  const MachineSpec spec = isaac();
  EXPECT_DOUBLE_EQ(spec.crossbar()->pipeline.cell_write->si(), 40e-9);
  EXPECT_NEAR(spec.components().at("cell_write").event_energy()->si(), 80e-12, 1e-18);  // (2 V)^2 / 2 kOhm x 40 ns
  EXPECT_EQ(field(spec, "pipeline.cell_write").value, "40 ns");
  EXPECT_THAT(field(spec, "components.cell_write.energy").source, HasSubstr("the cell, reram_isaac"));
}

TEST(CellFigures, AnotherCellWritesAtItsOwnCost) {
  // r_on 1333 Ohm: 4 V^2 / 1333 Ohm x 40 ns.
  EXPECT_NEAR(isaac({"cell=reram_isaac_cimloop"}).components().at("cell_write").energy->si(), 4.0 / 1333 * 40e-9,
              1e-20);
  const MachineSpec slow = isaac({"cell.t_write=1 us"});
  EXPECT_DOUBLE_EQ(slow.crossbar()->pipeline.cell_write->si(), 1e-6);
  EXPECT_NEAR(slow.components().at("cell_write").energy->si(), 2e-9, 1e-18);
}

TEST(CellFigures, WhatTheMachineStatesStays) {
  const MachineSpec spec =
      isaac({"pipeline.cell_write=3 us", "components.cell_write.energy=5 pJ", "cell.t_write=1 us"});
  EXPECT_DOUBLE_EQ(spec.crossbar()->pipeline.cell_write->si(), 3e-6);
  EXPECT_DOUBLE_EQ(spec.components().at("cell_write").energy->si(), 5e-12);
  EXPECT_THAT(field(spec, "pipeline.cell_write").source, StartsWith("set by the user"));
}

TEST(CellFigures, UnknownStaysUnknown) {
  const MachineSpec spec = isaac({"cell=reram_prime"});
  EXPECT_FALSE(spec.crossbar()->pipeline.cell_write);
  EXPECT_FALSE(spec.components().at("cell_write").event_energy());
  EXPECT_EQ(field(spec, "pipeline.cell_write").value, "unknown");
}

TEST(CellFigures, AreaOfArraysFollowsWhereTheTableHasNone) {
  // 8 arrays of 128 x 128 cells of 16 squares of 32 nm.
  const double cells = 8.0 * 128 * 128 * 16 * 32e-9 * 32e-9;
  EXPECT_NEAR(isaac({"components.array.area=unknown"}).components().at("array").area->si(), cells, 1e-18);
  EXPECT_NEAR(isaac().components().at("array").area->si(), 0.0002e-6, 1e-15);  // as Table I says
  EXPECT_FALSE(isaac({"components.array.area=unknown", "feature_size=unknown"}).components().at("array").area);
}

TEST(CellFigures, AMachineWithoutCellsHasNoneToSet) {
  const std::string text = error_text([] {
    const std::string overrides[] = {"cell.t_write=1 us"};
    load_machine("cpu_ddr4", overrides);
  });
  EXPECT_THAT(text, HasSubstr("machine 'cpu_ddr4' has no cells"));
}

}  // namespace
}  // namespace cimera::ops
