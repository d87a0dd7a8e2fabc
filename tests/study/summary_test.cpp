// The figures of a Result, from a Program and a reading written down by hand.
#include "study/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/cost/evaluate.h"
#include "tests/support/networks.h"

namespace cimera::study {
namespace {

using ::testing::ElementsAre;

Duration us(std::int64_t count) { return Duration::fs(count * 1'000'000'000); }

/// Two layers, each one task on a unit of its own; the second works for the first layer's sums too.
struct TwoLayers : ::testing::Test {
  TwoLayers() {
    test::Sketch sketch({1, 8});
    network = sketch.finish(sketch.dense(sketch.dense(sketch.x, 4), 2));
    ops::Program& run = mapped.run;
    run.machine = "hand";
    run.layer_names = {"dense1", "dense2"};
    for (const char* name : {"slow", "fast"}) {
      ops::Unit unit;
      unit.name = name;
      unit.kind = ops::UnitKind::kDigital;
      unit.component = name;
      unit.beat = us(name == std::string("slow") ? 3 : 1);
      run.units.push_back(unit);
      ops::Task task;
      task.name = name;
      task.layer = ops::LayerIndex(run.tasks.size());
      task.op.work = ops::Digital{.function = ops::Digital::Function::kPool, .end = 1};
      task.op.path = {{ops::UnitId(run.tasks.size())}};
      run.tasks.push_back(task);
    }
    ops::Edge& edge = run.edges.emplace_back();
    edge.from = ops::TaskId(0), edge.to = ops::TaskId(1), edge.row.a = 1;
    mapped.load.layer_names = run.layer_names;
    mapped.prices.events = {{ops::Event::kPoolOutputs, "pool", Joules::si(2e-6)}};
    mapped.prices.states = {{"leak", std::nullopt, "", Watts::si(0.5)},
                            {"slow", ops::UnitState::kBusy, "slow", Watts::si(1)}};
    machine.spec.name = "hand";
    machine.spec.params = ops::HostMachine();
  }

  Result result(std::int64_t blocks) {
    for (ops::Task& task : mapped.run.tasks) task.blocks = blocks;
    return summarise(network, machine, mapped, blocks, read_program(mapped.run, Fidelity::kCost), nullptr);
  }

  workloads::Network network;
  Machine machine;
  mapping::Mapped mapped;
};

TEST_F(TwoLayers, OneImage) {
  const Result r = result(1);
  EXPECT_EQ(r.latency, us(4));
  EXPECT_EQ(r.throughput, 1 / 4e-6);  // no second image: batch over latency
  EXPECT_EQ(r.operations, 2.0 * (8 * 4 + 4 * 2));
  // Two pool outputs of 2 uJ, 3 us at 1 W, 4 us at 0.5 W.
  EXPECT_NEAR(r.energy->si(), 4e-6 + 3e-6 + 2e-6, 1e-18);
  EXPECT_NEAR(r.standing_energy.si(), 2e-6, 1e-18);
  EXPECT_NEAR(r.layers[0].energy->si(), 2e-6 + 3e-6, 1e-18);
  EXPECT_NEAR(r.layers[1].energy->si(), 2e-6, 1e-18);
  EXPECT_NEAR(r.power()->si(), 9e-6 / 4e-6, 1e-12);
  EXPECT_NEAR(*r.edp(), 9e-6 * 4e-6, 1e-24);
  EXPECT_NEAR(*r.tops(), 80 / 4e-6 / 1e12, 1e-12);
  EXPECT_NEAR(*r.tops_per_watt(), 80 / 9e-6 / 1e12, 1e-12);
}

TEST_F(TwoLayers, ImagesThatFollowEachOther) {
  const Result r = result(5);
  EXPECT_EQ(r.latency, us(5 * 3 + 1));
  EXPECT_DOUBLE_EQ(r.throughput, 1 / 3e-6);  // one image leaves every 3 us
}

TEST_F(TwoLayers, LayersOverlapAndWhatTheyAddSumsToTheLatency) {
  const Result r = result(5);
  EXPECT_EQ(r.layers[0].latency, us(15));
  EXPECT_EQ(r.layers[1].latency, us(13));  // from 3 us on
  EXPECT_EQ(r.layers[0].exposed, us(15));
  EXPECT_EQ(r.layers[1].exposed, us(1));
  EXPECT_EQ(r.shared_units, Duration());
  EXPECT_EQ(r.layers[0].macs, 32);
}

TEST_F(TwoLayers, ASharedUnitBoundsTheClosedForm) {
  mapped.run.tasks[1].op.path[0].unit = ops::UnitId(0);  // both on the slow unit, and without an edge between them
  mapped.run.edges.clear();
  const Result r = result(1);
  EXPECT_EQ(r.latency, us(6));
  EXPECT_EQ(r.shared_units, us(3));  // each path ends after 3 us
  ASSERT_EQ(r.busiest.size(), 1U);
  EXPECT_EQ(r.busiest[0].unit, "slow");
  EXPECT_EQ(r.busiest[0].busy, us(6));
}

TEST_F(TwoLayers, UnknownPriceLeavesTheEnergyUnknown) {
  mapped.prices.events[0].joules = std::nullopt;
  const Result r = result(1);
  EXPECT_EQ(r.energy, std::nullopt);
  EXPECT_THAT(r.unknown, ElementsAre("pool"));
  EXPECT_EQ(r.power(), std::nullopt);
  EXPECT_EQ(r.edp(), std::nullopt);
  EXPECT_EQ(r.tops_per_watt(), std::nullopt);
  EXPECT_NE(r.tops(), std::nullopt);
  EXPECT_EQ(r.layers[0].energy, std::nullopt);
}

TEST_F(TwoLayers, NoWeightsToLoadTakesNothing) {
  const WeightLoad load = summarise_load(machine, mapped, read_program(mapped.load, Fidelity::kCost));
  EXPECT_EQ(load.latency, Duration());
  EXPECT_EQ(load.energy, Joules());
}

TEST_F(TwoLayers, ATimeToWriteThatIsUnknownLeavesTheLoadUnknown) {
  const std::string overrides[] = {"cell=reram_prime", "cell.endurance=1e6"};
  machine.spec = ops::load_machine("isaac", overrides);
  machine.cell = machine.spec.cell;
  const WeightLoad load = summarise_load(machine, mapped, read_program(mapped.load, Fidelity::kCost));
  EXPECT_EQ(load.latency, std::nullopt);
  EXPECT_EQ(load.energy, std::nullopt);
  EXPECT_THAT(load.unknown, ElementsAre("pipeline.cell_write"));
  EXPECT_EQ(load.endurance, 1e6);
}

TEST_F(TwoLayers, InputStepsAreOfDataOrAllAreExecuted) {
  EXPECT_FALSE(input_steps(mapped.run, {}, 0));
  for (ops::Task& task : mapped.run.tasks) task.op.path[0].varies = true;
  mapped.run.tasks[0].op.path[0].beats = 16, mapped.run.tasks[1].op.path[0].beats = 8;
  mapped.run.tasks[1].iterations = 3;
  const std::optional<InputSteps> all = input_steps(mapped.run, {}, 0);
  EXPECT_EQ(all->images, 0);
  EXPECT_FALSE(all->differ);
  EXPECT_EQ(all->most, 16);
  EXPECT_EQ(all->mean, (16 + 3 * 8) / 4.0);
  const std::optional<InputSteps> drawn =
      input_steps(mapped.run, {1, {ops::Histogram({1, 0, 1}), ops::Histogram({0, 0, 0, 0, 6})}}, 2);
  EXPECT_EQ(drawn->images, 2);
  EXPECT_TRUE(drawn->differ);
  EXPECT_EQ(drawn->mean, (2 + 6 * 4) / 8.0);
}

TEST(CompareWith, RatiosAreAgainstTheSameBatchSize) {
  const auto result = [](const std::string& machine, std::int64_t batch, std::int64_t latency,
                         std::optional<double> energy) {
    Result r;
    r.machine = machine, r.batch = batch, r.latency = us(latency);
    if (energy) r.energy = Joules::si(*energy);
    return r;
  };
  std::vector<Result> results{result("a", 1, 10, 4.0), result("a", 2, 20, std::nullopt), result("b", 1, 5, 8.0),
                              result("b", 2, 80, 8.0), result("b", 3, 1, 1.0)};
  results[4].error = "died";
  compare_with("a", results);
  EXPECT_EQ(results[0].baseline->speedup, 1.0);
  EXPECT_EQ(results[2].baseline->speedup, 2.0);
  EXPECT_EQ(results[2].baseline->energy_ratio, 0.5);
  EXPECT_EQ(results[3].baseline->speedup, 0.25);
  EXPECT_EQ(results[3].baseline->energy_ratio, std::nullopt);
  EXPECT_FALSE(results[4].baseline.has_value());
}

}  // namespace
}  // namespace cimera::study
