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

#include "models/ops/ledger.h"
#include "models/ops/machine.h"
#include "models/ops/op_events.h"
#include "tests/ops/sketch.h"

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
    for (const auto& [name, component] : machine.components)
      if (const auto level = per.find(component.per); level != per.end()) {
        watts += component.power.value().si() * level->second;
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
  const LevelCounts levels = isaac.levels();
  const double rate = ops::peak(*isaac.crossbar()).macs_per_second;
  double tiles = 0;
  for (const auto& [name, component] : isaac.components()) {
    const double pj = component.power.value().si() * static_cast<double>(levels.at(component.per)) / rate * 1e12;
    if (component.per != "chip") tiles += pj;
    if (const auto published = kShares.find(name); published != kShares.end()) {
      EXPECT_NEAR(pj / kChip, published->second / kChip, kPoints) << name;
      EXPECT_NEAR(pj, published->second, 1e-4) << name << ": to the digits of the reference";
    }
  }
  expect_published(tiles, kTiles, "tiles, pJ per multiply-accumulate");
}

/// What one tile with every array at work does in one product of 16 bits, 1.6 us: 96 arrays of 128 x 128 cells hold
/// 1,536 columns of 128 weights; 2 KiB of inputs for each unit, and 1,536 results that are scaled, written to
/// the buffer, read from there and pooled 2 x 2, kept, and sent through one router and into another.
Program full_tile(const CrossbarMachine& machine) {
  Sketch s;
  const auto unit = [&](const std::string& name, UnitKind kind) { return Hop{s.unit(name, machine.step(), {}, kind)}; };
  const Hop fetch = unit("fetch", UnitKind::kBuffer), arrays = unit("arrays", UnitKind::kMvmUnit),
            activation = unit("activation", UnitKind::kDigital), pool = unit("pool", UnitKind::kDigital),
            adder = unit("adder", UnitKind::kDigital), out = unit("router", UnitKind::kRouterLink),
            in = unit("far router", UnitKind::kRouterLink), write = unit("write", UnitKind::kBuffer);
  constexpr std::int64_t kArrays = 96, kUnits = 12, kLines = 128, kResults = kArrays * 16, kBits = 16;
  s.task("products", {fetch, arrays}, 1, 1,
         Mvm{.first = 0,
             .last = kArrays,
             .steps = kBits,
             .driven_rows = kArrays * kLines,
             .used_columns = kArrays * kLines,
             .row_sums = kArrays,
             .fetch_bits = kUnits * 2048 * 8,
             .register_bits = kArrays * kLines * kBits,
             .result_bits = kResults * kBits});
  s.task("activation", {activation}, 1, 1, Digital{.end = kResults, .element_bits = kBits});
  s.task("sums", {adder}, 1, 1, Digital{.function = Digital::Function::kMerge, .end = kResults});
  s.task("pool", {fetch, pool}, 1, 1,
         Digital{.function = Digital::Function::kPool, .end = kResults / 4, .fetch_bits = kResults * kBits});
  s.task("send", {out, in, write}, 1, 1, Transfer{.end = kResults, .element_bits = kBits});
  return s.program;
}

TEST(Isaac, ATileAtFullUseIsChargedItsPublishedPower) {
  const MachineSpec isaac = load_machine("isaac");
  const CrossbarMachine& machine = *isaac.crossbar();
  const Program program = full_tile(machine);
  TimingResult run;
  run.layer_counts.resize(1);
  for (const Task& task : program.tasks) {
    run.task_busy.emplace_back(task.op.path.size());
    for (std::size_t hop = 0; hop < task.op.path.size(); ++hop) add_events(program, task, hop, 0, run.layer_counts[0]);
  }
  PriceList prices;
  prices.add(isaac.components(), isaac.levels(), "", false);
  const Ledger ledger = settle(program, run, prices);

  const double seconds = (machine.step() * machine.config().steps()).seconds().si();
  EXPECT_DOUBLE_EQ(seconds, 1.6e-6);
  expect_published(ledger.total.value().si() / seconds, 0.330, "tile power from its events, W");
  const double macs = 96.0 * 128 * 16;
  for (const auto& [name, published] : kShares) {
    const double pj = ledger.by_component.at(name).si() / macs * 1e12;
    EXPECT_NEAR(pj / kChip, published / kChip, kPoints) << name;
    EXPECT_NEAR(pj / published, 1.0, kTolerance) << name;
  }
  EXPECT_NEAR(static_cast<double>(run.layer_counts[0][Event::kAdcConversions]) / macs, 1.0, 1e-12)
      << "16-bit weights in 2-bit cells, 16 steps, 128 rows: one conversion per multiply-accumulate";
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
  const Component& idle = cpu.components().at("package");
  const Component& active = cpu.components().at("cores");
  EXPECT_EQ(idle.charge, Charge::kAlways);
  EXPECT_EQ(active.charge, while_in(UnitState::kBusy));
  EXPECT_NEAR(idle.power->si() + active.power->si(), 145.0, 1e-9);
  EXPECT_NEAR(cpu.area()->si(), 456.1e-6, 0.1e-6);  // Tom's Hardware: the die measures 18.1 x 25.2 mm
}

}  // namespace
}  // namespace cimera::ops
