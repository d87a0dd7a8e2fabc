// Rooflines, waits and charges of machines and Programs that are small enough to check by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/cost/evaluate.h"
#include "study/explain/energy_cells.h"
#include "study/explain/labels.h"
#include "study/explain/roofline.h"
#include "study/explain/stalls.h"
#include "study/explain/svg.h"
#include "study/run.h"
#include "tests/core/error_text.h"
#include "tests/support/networks.h"

namespace cimera::study {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

Duration us(std::int64_t count) { return Duration::fs(count * 1'000'000'000); }

Machine machine(const std::string& name, std::vector<std::string> overrides = {}) {
  Experiment experiment;
  experiment.machines = {name};
  experiment.overrides = std::move(overrides);
  return load_machines(experiment)[0];
}

TEST(Roofline, OfIsaacByHand) {
  const Roofline roofline = machine_roofline(machine("isaac"), 8, 2);
  // 128 rows x 16 weights x 2 operations in 16 steps of 100 ns: 2.56 GOPS an array; 168 tiles x 12 x 8 arrays.
  ASSERT_EQ(roofline.peaks.size(), 2U);
  EXPECT_EQ(roofline.peaks[0].name, "all 16,128 arrays");
  EXPECT_DOUBLE_EQ(roofline.peaks[0].ops_per_second, 16'128 * 2.56e9);
  EXPECT_DOUBLE_EQ(roofline.peaks[1].ops_per_second, 8 * 2.56e9);
  EXPECT_DOUBLE_EQ(roofline.peak(), 8 * 2.56e9) << "the lowest";
  ASSERT_EQ(roofline.levels.size(), 3U);
  EXPECT_DOUBLE_EQ(roofline.levels[0].bytes_per_second, 2 * 8192 / 100e-9 / 8) << "two tiles fetch 8,192 bits a stage";
  EXPECT_DOUBLE_EQ(roofline.levels[1].bytes_per_second, 25.6e9) << "204.8 Gbit/s";
  // Four channels of 2400 MT/s x 8 bytes, and the share that streams reach.
  const ops::HostMemory memory = machine("cpu_ddr4").spec.host()->memory;
  EXPECT_DOUBLE_EQ(roofline.levels[2].bytes_per_second, 76.8e9 * memory.efficiency);
}

TEST(Roofline, FewerBitsDoMore) {
  // 8-bit weights: 32 in a row of cells; 8-bit inputs: 8 steps.
  Experiment experiment;
  experiment.machines = {"isaac"};
  experiment.weight_bits = experiment.activation_bits = 8;
  EXPECT_DOUBLE_EQ(machine_roofline(load_machines(experiment)[0], 1, 1).peak(), 4 * 2.56e9);
}

TEST(Roofline, OfTheProcessorByHand) {
  const Machine cpu = machine("cpu_ddr4", {"cores.count=4", "cores.clock=2 GHz", "cores.gemm_efficiency=0.5"});
  const Roofline roofline = machine_roofline(cpu, 0, 0);
  const auto flops = static_cast<double>(cpu.spec.host()->cores.flops_per_cycle);
  EXPECT_DOUBLE_EQ(roofline.peaks[0].ops_per_second, 4 * 2e9 * flops);
  EXPECT_DOUBLE_EQ(roofline.peaks[1].ops_per_second, 2 * 2e9 * flops);
  EXPECT_EQ(roofline.levels.back().traffic, (std::vector{ops::Event::kMemoryReadBits, ops::Event::kMemoryWriteBits,
                                                         ops::Event::kLineFillBits, ops::Event::kWriteBackBits}));
}

TEST(Roofline, MatrixThatDoesNotFitTheCachesIsHeldBackByMemory) {
  // 2 operations for 4 bytes of weights, read at 91.1 % of 76.8 GB/s.
  Experiment experiment;
  experiment.network.layer = "gemv:4096,4096";
  experiment.machines = {"cpu_ddr4"};
  experiment.fidelity = Fidelity::kCost;
  experiment.keep_evaluation = true;
  const Report report = study::run(experiment);
  const Roofline r = roofline(report.inputs.machines[0], report.inputs.network, report.results[0]);
  ASSERT_EQ(r.points.size(), 1U);
  EXPECT_EQ(r.levels[r.points[0].level].name, "memory");
  EXPECT_NEAR(r.points[0].roof, 0.911 * 76.8e9 / 2, 0.01 * 35e9);
  EXPECT_GT(r.points[0].speed, 0.95 * r.points[0].roof);
}

/// Two layers: the first has two tasks on units of their own, the second one task on two units.
struct ByHand : ::testing::Test {
  ByHand() {
    program.machine = "hand";
    program.layer_names = {"first", "second", "joined"};
    for (const char* name : {"a", "b", "c"}) {
      ops::Unit unit;
      unit.name = unit.component = name;
      unit.beat = us(1);
      program.units.push_back(unit);
    }
    add("load", 0, {0});
    add("compute", 0, {1});
    add("store", 1, {1, 2});
    timing.makespan = us(100);
    timing.task_busy = {{us(10)}, {us(40)}, {us(5), us(20)}};
    timing.task_waits.resize(3);
    for (std::size_t t = 0; t < 3; ++t) timing.task_waits[t].resize(timing.task_busy[t].size());
    timing.task_waits[1][0][ops::Wait::kInputs] = us(12);
    timing.task_waits[2][1][ops::Wait::kInputs] = us(50);
    timing.task_waits[2][1][ops::Wait::kUnit] = us(3);
    timing.layer_counts.resize(3);
    timing.layer_counts[0][ops::Event::kAdcConversions] = 100;
    timing.layer_counts[1][ops::Event::kRouterBits] = 1000;
  }

  void add(const std::string& name, std::size_t layer, const std::vector<std::size_t>& units) {
    ops::Task task;
    task.name = name;
    task.layer = ops::LayerIndex(layer);
    task.op.work = ops::Digital{};
    for (const std::size_t unit : units) task.op.path.push_back({ops::UnitId(unit)});
    program.tasks.push_back(task);
  }

  ops::Program program;
  ops::TimingResult timing;
};

TEST_F(ByHand, TheCriticalUnitIsTheOneThatWorksLongest) {
  const std::vector<Critical> critical = critical_hops(program, timing);
  ASSERT_EQ(critical.size(), 3U);
  EXPECT_EQ(critical[0].task, 1U);
  EXPECT_EQ(critical[0].busy, us(40));
  EXPECT_EQ(critical[1].task, 2U);
  EXPECT_EQ(critical[1].hop, 1U);
  EXPECT_FALSE(critical[2].used) << "no task works for it";
}

TEST_F(ByHand, WorkWaitsAndRestFillTheMakespan) {
  const std::vector<Stall> rows = stalls(program, timing);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].unit, "b");
  EXPECT_EQ(rows[0].times.rest, us(100 - 40 - 12));
  EXPECT_EQ(rows[1].task, "store");
  EXPECT_EQ(rows[1].unit, "c");
  EXPECT_EQ((*rows[1].times.waits)[ops::Wait::kUnit], us(3));
  EXPECT_EQ(rows[1].times.work + rows[1].times.waits->sum() + rows[1].times.rest, us(100));
  EXPECT_EQ(task_rows(program, timing, 1).size(), 2U) << "one row for each unit of the path";
}

TEST_F(ByHand, TasksThatShareAUnitWorkThereTogether) {
  add("another load", 0, {0});
  timing.task_busy.push_back({us(35)});
  timing.task_waits.push_back({{}});
  const std::vector<Stall> rows = stalls(program, timing);
  EXPECT_EQ(rows[0].unit, "a") << "10 + 35 us, more than the 40 us of b";
  EXPECT_EQ(rows[0].times.work, us(45));
  EXPECT_FALSE(rows[0].times.waits) << "each waits for the other: unknown, not zero";
  EXPECT_EQ(rows[0].times.rest, us(55));
  EXPECT_TRUE(rows[1].times.waits);
  EXPECT_TRUE(knows_waits(rows));
}

TEST_F(ByHand, TheClosedFormKnowsNoWaits) {
  timing.task_waits.clear();
  const std::vector<Stall> rows = stalls(program, timing);
  EXPECT_FALSE(rows[0].times.waits);
  EXPECT_EQ(rows[0].times.rest, us(60));
}

TEST_F(ByHand, EnergyByComponentAndLayer) {
  ops::PriceList prices;
  prices.events = {{ops::Event::kAdcConversions, "adc", Joules::si(2e-12)},
                   {ops::Event::kRouterBits, "router", Joules::si(1e-12)}};
  prices.states = {{"b", ops::UnitState::kBusy, "b", Watts::si(2e-3)}, {"clock", std::nullopt, "", Watts::si(1e-3)}};
  const ops::Ledger ledger = ops::settle(program, timing, prices);
  const EnergyCells cells = energy_cells(program, ledger);
  // clock 1 mW x 100 us; b 2 mW x (40 + 5) us; router 1000 x 1 pJ; adc 100 x 2 pJ.
  EXPECT_THAT(cells.components, ElementsAre("clock", "b", "router", "adc"));
  EXPECT_THAT(cells.standing[0].si(), DoubleNear(100e-9, 1e-18));
  EXPECT_THAT(cells.of[0][1].si(), DoubleNear(80e-9, 1e-18));
  EXPECT_THAT(cells.of[1][1].si(), DoubleNear(10e-9, 1e-18));
  EXPECT_THAT(cells.of[1][2].si(), DoubleNear(1e-9, 1e-18));
  double sum = 0;
  for (std::size_t c = 0; c < cells.components.size(); ++c) {
    double row = cells.standing[c].si();
    for (const std::vector<Joules>& layer : cells.of) row += layer[c].si();
    EXPECT_NEAR(row, cells.total[c].si(), 1e-9 * row);
    sum += row;
  }
  EXPECT_NEAR(sum, ledger.total->si(), 1e-9 * sum);

  const std::vector<LayerCharge> charges = layer_charges(program, timing, prices, 0);
  ASSERT_EQ(charges.size(), 2U);
  EXPECT_EQ(charges[0].component, "b");
  EXPECT_EQ(charges[0].time, us(40));
  EXPECT_THAT(charges[0].energy()->si(), DoubleNear(80e-9, 1e-18));
  EXPECT_EQ(charges[1].count, 100);
  EXPECT_THAT(charges[1].energy()->si(), DoubleNear(200e-12, 1e-21));
}

TEST(Svg, KeepsTextsApartFromMarkup) {
  Svg svg(100, 50, "a < b & c");
  svg.text(1, 2, "x > y");
  EXPECT_THAT(svg.str(), ::testing::HasSubstr("<title>a &lt; b &amp; c</title>"));
  EXPECT_THAT(svg.str(), ::testing::HasSubstr(">x &gt; y</text>"));
  EXPECT_THAT(svg.str(), ::testing::EndsWith("</svg>\n"));
}

TEST(LogAxis, DecadesAreEquallyFarApart) {
  const LogAxis axis{.low = 1e6, .high = 1e9, .from = 100, .to = 400};
  EXPECT_DOUBLE_EQ(axis.at(1e6), 100);
  EXPECT_NEAR(axis.at(1e7), 200, 1e-9);
  EXPECT_NEAR(axis.at(1e9), 400, 1e-9);
  EXPECT_THAT(axis.decades(), ElementsAre(1e6, 1e7, 1e8, 1e9));
}

TEST(Labels, NeverLieOnEachOtherNorOutside) {
  const Box area{0, 0, 400, 200};
  Labels labels(area, 13);
  std::vector<Box> placed;
  int refused = 0;
  for (int i = 0; i < 60; ++i) {
    const Label* label = labels.place(200 + i % 5, 100 + i % 7, "layer" + std::to_string(i));
    if (label == nullptr) {
      ++refused;
      continue;
    }
    const Box& box = label->box;
    EXPECT_TRUE(box.x >= 0 && box.y >= 0 && box.x + box.width <= 400 && box.y + box.height <= 200);
    for (const Box& other : placed) EXPECT_FALSE(box.overlaps(other));
    placed.push_back(box);
  }
  EXPECT_GT(placed.size(), 15U);
  EXPECT_GT(refused, 0) << "60 labels have no room here";
}

}  // namespace
}  // namespace cimera::study
