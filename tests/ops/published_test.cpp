// The published figures of the machines, computed by the program from their component files.
//
// ISAAC: Shafiee et al., ISCA 2016, corrected version of 5 October 2016: Table I (power and area of every component),
// and the totals of ISAAC-CE in sections VII and VIII. Picojoules per 16-bit multiply-accumulate follow from Table I:
// power / (41,288 GOPS / 2).
// cpu_ddr4: Intel Xeon E5-2697 v4; cores, clock and load rates from RRZE-HPC/kerncraft,
// examples/machine-files/BroadwellEP_E5-2697v4_CoD.yml; 145 W and DDR4-2400 from Intel's product tables.

#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "models/ops/full_use.h"
#include "models/ops/machine.h"

namespace cimera::ops {
namespace {

constexpr double kTolerance = 0.015;

void expect_published(double ours, double published, const std::string& what) {
  EXPECT_NEAR(ours / published, 1.0, kTolerance) << what << ": ours " << ours << ", published " << published;
}

/// Power and area of the components of the given levels, per one of the top level.
struct Sum {
  double watts = 0.0, square_metres = 0.0;

  Sum(const CrossbarMachine& machine, const std::map<std::string, double>& per) {
    const PowerTable powers = full_use(machine);
    const LevelCounts levels = machine.levels();
    for (const auto& [name, component] : machine.components)
      if (const auto level = per.find(component.per); level != per.end()) {
        watts += powers.at(name).value().si() / static_cast<double>(levels.at(component.per)) * level->second;
        square_metres += component.area.value().si() * level->second;
      }
  }
};

TEST(Isaac, ATileTakesThePublishedPowerAndArea) {
  const MachineSpec isaac = load_machine("isaac");
  // 12 units, the tile's own components, and a quarter of a router.
  const Sum tile(*isaac.crossbar(), {{"ima", 12}, {"tile", 1}, {"router", 0.25}});
  expect_published(tile.watts, 0.330, "tile power, W");
  expect_published(tile.square_metres, 0.372e-6, "tile area, m^2");
  const Sum units(*isaac.crossbar(), {{"ima", 12}});
  expect_published(units.watts, 0.289, "12 units, W");
  expect_published(units.square_metres, 0.157e-6, "12 units, m^2");
}

TEST(Isaac, AChipReachesThePublishedTotals) {
  const MachineSpec isaac = load_machine("isaac");
  const CrossbarPeak peak = ops::peak(*isaac.crossbar());
  const double gops = 2 * peak.macs_per_second / 1e9;
  expect_published(peak.power.value().si(), 65.8, "chip power, W");
  expect_published(peak.area.value().si(), 85.4e-6, "chip area, m^2");
  expect_published(isaac.area().value().si(), 85.4e-6, "chip area by the machine, m^2");
  expect_published(gops, 41288, "GOPS");
  expect_published(gops / peak.power->si(), 627.5, "GOPS/W");
  expect_published(gops / (peak.area->si() * 1e6), 478.95, "GOPS/s/mm^2");
  expect_published(peak.per_mac.value().si(), 3.187e-12, "J per multiply-accumulate");
}

TEST(Isaac, ASecondChipDoublesRatePowerAndArea) {
  const std::string two[] = {"organisation.chips=2"};
  const CrossbarPeak one = ops::peak(*load_machine("isaac").crossbar());
  const CrossbarPeak both = ops::peak(*load_machine("isaac", two).crossbar());
  EXPECT_DOUBLE_EQ(both.macs_per_second, 2 * one.macs_per_second);
  EXPECT_DOUBLE_EQ(both.power->si(), 2 * one.power->si());
  EXPECT_DOUBLE_EQ(both.area->si(), 2 * one.area->si());
}

/// Published picojoules per multiply-accumulate; the chip takes 3.187, the tiles 2.686.
const std::map<std::string, double> kShares{
    {"adc", 1.5625},    {"dac", 0.3906}, {"array", 0.2344},    {"edram", 0.1685}, {"input_register", 0.1211},
    {"router", 0.0854}, {"bus", 0.0570}, {"shift_add", 0.0195}};
constexpr double kChip = 3.187, kTiles = 2.686, kPoints = 0.02;

TEST(Isaac, EveryComponentTakesItsPublishedShare) {
  const MachineSpec isaac = load_machine("isaac");
  const PowerTable powers = isaac.full_use();
  const double rate = ops::peak(*isaac.crossbar()).macs_per_second;
  double tiles = 0;
  for (const auto& [name, component] : isaac.components()) {
    const double pj = powers.at(name).value().si() / rate * 1e12;
    if (component.per != "chip") tiles += pj;
    if (const auto published = kShares.find(name); published != kShares.end()) {
      EXPECT_NEAR(pj / kChip, published->second / kChip, kPoints) << name;
      EXPECT_NEAR(pj, published->second, 1e-4) << name << ": to the digits of the reference";
    }
  }
  expect_published(tiles, kTiles, "tiles, pJ per multiply-accumulate");
}

// Nothing but full_use() ties the events of a tile to the power that the table prints for a component.
TEST(Isaac, EveryComponentAtFullUseDrawsWhatTheTablePrints) {
  const MachineSpec isaac = load_machine("isaac");
  const PowerTable powers = isaac.full_use();
  const LevelCounts levels = isaac.levels();
  for (const auto& [name, component] : isaac.components()) {
    if (name == "cell_write") continue;
    EXPECT_NEAR(powers.at(name)->si() / static_cast<double>(levels.at(component.per)) / component.power->si(), 1.0,
                1e-9)
        << name;
  }
  EXPECT_EQ(powers.at("cell_write")->si(), 0) << "no cell is written at full use";
}

// In one product of 16 bits, 1.6 us: 96 arrays of 128 x 128 cells hold 1,536 columns of 128 weights; 2 KiB of inputs
// for each unit, and 1,536 results that are scaled, written to the buffer, read from there and pooled 2 x 2, kept, and
// sent through one router and into another.
TEST(Isaac, WhatATileDoesAtFullUse) {
  const MachineSpec isaac = load_machine("isaac");
  const Counts tile = full_tile_events(*isaac.crossbar());
  const std::map<Event, std::int64_t> expected{
      {Event::kArrayReads, 96 * 16},           {Event::kRowDrives, 96 * 128 * 16},
      {Event::kSampleHolds, 96 * 128 * 16},    {Event::kAdcConversions, 96 * 128 * 16},
      {Event::kShiftAdds, 96 * 129 * 16},      {Event::kInputRegisterBits, 96 * 128 * 16},
      {Event::kOutputRegisterBits, 1536 * 16}, {Event::kEdramReadBits, 12 * 2048 * 8 + 1536 * 16},
      {Event::kEdramWriteBits, 1536 * 16},     {Event::kBusBits, 12 * 2048 * 8 + 2 * 1536 * 16},
      {Event::kTileShiftAdds, 1536},           {Event::kActivations, 1536},
      {Event::kTileRegisterBits, 1536 * 16},   {Event::kPoolOutputs, 384},
      {Event::kRouterBits, 2 * 1536 * 16}};
  for (const EventInfo& row : event_table()) {
    const auto found = expected.find(row.event);
    EXPECT_EQ(tile[row.event], found == expected.end() ? 0 : found->second) << row.name;
  }
  EXPECT_EQ(tile[Event::kAdcConversions], 96 * 128 * 16) << "one conversion per 16-bit multiply-accumulate";
}

// Joules of an event do not depend on how often it happens: what a multiply-accumulate takes changes only by the links'
// 10.4 W, drawn for longer.
TEST(Isaac, ASlowMachineTakesTheSameForEachEvent) {
  const CrossbarPeak plain = ops::peak(*load_machine("isaac").crossbar());
  const double links = 10.4 / plain.macs_per_second, events = plain.per_mac->si() - links;
  const std::string half[] = {"organisation.adcs_per_ima=4"};
  const CrossbarPeak shared = ops::peak(*load_machine("isaac", half).crossbar());
  EXPECT_DOUBLE_EQ(shared.macs_per_second, plain.macs_per_second / 2);
  EXPECT_NEAR(shared.per_mac->si(), events + 2 * links, 1e-18);
  const std::string slow[] = {"pipeline.array_read=1 us", "components.array.holds_for={}",
                              "components.dac.holds_for={}", "components.sample_hold.holds_for={}"};
  const CrossbarPeak tenth = ops::peak(*load_machine("isaac", slow).crossbar());
  EXPECT_NEAR(tenth.per_mac->si(), events + 10 * links, 1e-18);
}

TEST(CpuDdr4, ReachesItsPublishedPeaks) {
  const MachineSpec spec = load_machine("cpu_ddr4");
  const HostMachine& cpu = *spec.host();
  EXPECT_NEAR(cpu.peak_flops(), 1324.8e9, 1e3);          // 18 cores x 2.3 GHz x 32
  EXPECT_NEAR(cpu.memory.peak().si() / 8, 76.8e9, 1.0);  // 4 channels x 2,400 MT/s x 8 bytes
  const double streaming = cpu.memory.peak().si() / 8 * cpu.memory.efficiency;
  EXPECT_NEAR(streaming / 69.98e9, 1.0, 0.05);  // kerncraft, load benchmark on 18 cores
}

TEST(CpuDdr4, IdleAndActivePowerMakeTheThermalDesignPower) {
  const MachineSpec cpu = load_machine("cpu_ddr4");
  const auto full = [&](const char* name) { return cpu.components().at(name).full_use().value().si(); };
  EXPECT_EQ(cpu.components().at("package").charge, Charge::kAlways);
  EXPECT_NEAR(full("package") + full("cores") + full("cores_awake"), 145.0, 0.1);
  EXPECT_NEAR(full("cores") / full("cores_awake"), 1, 1e-3);  // our choice
  EXPECT_NEAR(cpu.area()->si(), 456.1e-6, 0.1e-6);            // Tom's Hardware: the die measures 18.1 x 25.2 mm
}

}  // namespace
}  // namespace cimera::ops
