// The three readings of one Program: equal program operations, counted where the work is done, layer by layer and event
// by event; the closed form never later than SystemC, and equal to it where nothing contends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ops/compare.h"
#include "tests/support/cases.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using test::Shape;
using workloads::Network;

/// "" where two readings counted the same, else the first difference.
std::string difference(const Network& network, const std::vector<ops::Counts>& a, const std::vector<ops::Counts>& b) {
  if (a.size() != network.layers.size() || b.size() != a.size()) return "layers are missing";
  for (std::size_t layer = 0; layer < a.size(); ++layer)
    for (const ops::EventInfo& row : ops::event_table())
      if (row.kind == ops::EventClass::kProgram && a[layer][row.event] != b[layer][row.event])
        return network.layers[layer].name + ", " + std::string(row.name) + ": " + std::to_string(a[layer][row.event]) +
               " and " + std::to_string(b[layer][row.event]);
  return "";
}

ops::Counts sum(const std::vector<ops::Counts>& layers) {
  ops::Counts total;
  for (const ops::Counts& counts : layers) total += counts;
  return total;
}

void expect_lower_bound(const ops::Program& program, const ops::TimingResult& cost, const ops::TimingResult& timing) {
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    EXPECT_LE(cost.task_start[t], timing.task_start[t]) << program.tasks[t].name;
    EXPECT_LE(cost.task_end[t], timing.task_end[t]) << program.tasks[t].name;
  }
  ASSERT_EQ(cost.block_end.size(), timing.block_end.size());
  for (std::size_t b = 0; b < cost.block_end.size(); ++b) EXPECT_LE(cost.block_end[b], timing.block_end[b]);
  EXPECT_LE(cost.makespan, timing.makespan);
  EXPECT_EQ(cost.task_busy, timing.task_busy);
}

/// Every entry of the ledger is in the total once: by component, and by layer with the standing power.
void expect_ledger_sums(const Mapped& mapped, const ops::TimingResult& timing) {
  const ops::Ledger ledger = ops::settle(mapped.run, timing, mapped.prices);
  ASSERT_TRUE(ledger.total) << "unknown: " << (ledger.unknown.empty() ? "" : ledger.unknown[0]);
  double components = 0, layers = ledger.standing.si();
  for (const auto& [name, joules] : ledger.by_component) components += joules.si();
  for (const Joules joules : ledger.by_layer) layers += joules.si();
  EXPECT_GT(ledger.total->si(), 0.0);
  EXPECT_NEAR(components / ledger.total->si(), 1.0, 1e-9);
  EXPECT_NEAR(layers / ledger.total->si(), 1.0, 1e-9);
}

/// All that must hold of a network on a machine of this shape, for batches of 1 and 3.
void expect_readings_agree(const Network& network, const Shape& shape, double low, double high) {
  const ops::MachineSpec machine = shape.machine();
  const workloads::Batch images = test::random_batch(network, 3, low, high);
  const workloads::QuantizedNetwork quantized =
      workloads::quantize(network, {.weight_bits = shape.weight_bits, .activation_bits = shape.input_bits}, images);
  for (const std::int64_t batch : {1, 3}) {
    SCOPED_TRACE("batch " + std::to_string(batch));
    const Mapped mapped = test::map(network, machine, test::options_for(quantized, batch));
    const devices::Reram cell = test::reram(0.0);
    const functional::Executor executor(mapped.run, mapped.load, machine, quantized, &cell, {});
    workloads::Batch input = images;
    input.count = batch;
    input.values.resize(static_cast<std::size_t>(batch * workloads::elements(images.shape)));

    const std::vector<ops::Counts> values = executor.run(input).layer_counts;
    const ops::TimingResult cost = cost::evaluate(mapped.run), timing = test::play(mapped.run);
    EXPECT_EQ(difference(network, values, cost.layer_counts), "");
    EXPECT_EQ(difference(network, cost.layer_counts, timing.layer_counts), "");
    EXPECT_GT(sum(values)[ops::Event::kAdcConversions], 0);
    EXPECT_GT(sum(values)[ops::Event::kMemoryReadBits], 0);
    expect_lower_bound(mapped.run, cost, timing);
    expect_ledger_sums(mapped, timing);

    const ops::TimingResult load = cost::evaluate(mapped.load), played = test::play(mapped.load);
    EXPECT_EQ(difference(network, load.layer_counts, played.layer_counts), "");
    if (!mapped.load.tasks.empty()) expect_lower_bound(mapped.load, load, played);
    EXPECT_EQ(difference(network, executor.loading(), load.layer_counts), "");
  }
}

class Readings : public ::testing::TestWithParam<Shape> {};

TEST_P(Readings, AgreeOnTheDefaultNetwork) { expect_readings_agree(test::digits_network(), GetParam(), 0.0, 255.0); }

TEST_P(Readings, AgreeOnAMixedNetworkWithSignedInputs) {
  expect_readings_agree(test::mixed_network(), GetParam(), -1.0, 1.0);
  expect_readings_agree(test::attention_network(), GetParam(), -1.0, 1.0);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Readings, ::testing::ValuesIn(test::shapes()),
                         [](const auto& info) { return info.param.name; });

/// A file of CIMERA_DATA and the shapes that it is played on.
struct RealNetwork {
  std::string file;
  std::vector<std::string> shapes;
};
void PrintTo(const RealNetwork& network, std::ostream* out) { *out << network.file; }

class RealReadings : public ::testing::TestWithParam<RealNetwork> {};

TEST_P(RealReadings, Agree) {
  const auto file = test::data_file("models/" + GetParam().file + ".onnx");
  if (!file) GTEST_SKIP() << "CIMERA_DATA is not set";
  const Network network = workloads::load_onnx(*file);
  for (const std::string& shape : GetParam().shapes) {
    SCOPED_TRACE(shape);
    expect_readings_agree(network, test::shape(shape), 0.0, 1.0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Networks, RealReadings,
    ::testing::Values(RealNetwork{"mnist-8",
                                  {"isaac", "one_array_per_tile", "many_chips", "small_arrays", "differential"}},
                      RealNetwork{"mnist_mlp_784_50_100_10", {"isaac", "one_array_per_tile", "many_chips", "bits_5_3"}},
                      RealNetwork{"mlperftiny_ic_resnet8",
                                  {"isaac", "one_unit_per_tile", "one_array_per_tile", "many_chips", "layered"}},
                      RealNetwork{"cifar10_resnet20", {"isaac", "one_unit_per_tile", "many_chips", "layered"}}),
    [](const auto& info) {
      std::string name = info.param.file;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

/// The same Program with every task on units of its own and buffers without bounds: nothing contends.
ops::Program uncontended(ops::Program program) {
  std::vector<ops::Unit> units;
  for (ops::Task& task : program.tasks)
    for (ops::Hop& hop : task.op.path) {
      ops::Unit own = program.unit(hop.unit);
      own.name += " of hop " + std::to_string(units.size());
      hop.unit = ops::UnitId(units.size());
      units.push_back(own);
    }
  program.units = units;
  for (ops::Edge& edge : program.edges) edge.capacity = 0;
  return program;
}

TEST(Readings, ClosedFormIsExactWhereNothingContends) {
  for (const char* name : {"isaac", "one_array_per_tile", "many_chips", "layered", "bits_5_3"})
    for (const Network& network : {test::digits_network(), test::mixed_network()}) {
      SCOPED_TRACE(std::string(name) + ", " + network.name);
      const Mapped mapped = test::map(network, test::shape(name).machine(), 3);
      const ops::Program program = uncontended(mapped.run);
      const ops::TimingResult cost = cost::evaluate(program), timing = test::play(program);
      EXPECT_EQ(cost.task_start, timing.task_start);
      EXPECT_EQ(cost.task_end, timing.task_end);
      EXPECT_EQ(cost.block_end, timing.block_end);
      EXPECT_EQ(cost.task_busy, timing.task_busy);
      EXPECT_EQ(cost.makespan, timing.makespan);
      EXPECT_EQ(cost.layer_counts, timing.layer_counts);
    }
}

TEST(Readings, TheClosedFormOfManyImagesIsThatOfWalkingThroughThem) {
  for (const Shape& shape : test::shapes())
    for (const Network& network : {test::digits_network(), test::mixed_network()}) {
      SCOPED_TRACE(shape.name + ", " + network.name);
      const Mapped mapped = test::map(network, shape.machine(), 60);
      const ops::TimingResult full = cost::evaluate(mapped.run, false), jumped = cost::evaluate(mapped.run);
      EXPECT_EQ(ops::difference(mapped.run, full, jumped), "");
      EXPECT_GE(jumped.skipped_blocks, 50);
    }
}

TEST(Readings, ContentionIsSeenBySystemCOnly) {
  // One array per tile: inputs of four tiles cross one link. So the bound of the closed form is not tight here.
  const Mapped mapped = test::map(test::digits_network(), test::shape("one_array_per_tile").machine(), 3);
  const ops::TimingResult cost = cost::evaluate(mapped.run), timing = test::play(mapped.run);
  EXPECT_LT(cost.makespan, timing.makespan);
}

}  // namespace
}  // namespace cimera::mapping
