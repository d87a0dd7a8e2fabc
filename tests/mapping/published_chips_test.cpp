// Chips whose published rates and energies come out of a network that fills their arrays: mapped, played and settled.
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using test::Overrides;
using test::Sketch;
using test::Weights;

/// A dense layer of so many rows and columns, over many positions.
workloads::Network full_array(std::int64_t rows, std::int64_t columns, std::int64_t positions) {
  Sketch s({1, positions, rows}, Weights::kShapesOnly);
  return s.finish(s.dense(s.x, columns));
}

/// What an array that never rests takes for one operation.
struct Full {
  double ops_per_second = 0;
  std::map<std::string, double> joules_per_op;

  Full(const std::string& name, Overrides overrides, std::int64_t rows, std::int64_t columns) {
    constexpr std::int64_t kPositions = 400;
    const ops::MachineSpec machine = ops::load_machine(name, overrides);
    const ops::CrossbarMachine& crossbar = *machine.crossbar();
    MapOptions options{.batch = 1};
    options.weight_bits = static_cast<int>(crossbar.precision.weight_bits);
    options.input_bits = static_cast<int>(crossbar.precision.input_bits);
    options.signed_inputs = {false};
    const Mapped mapped = test::map(full_array(rows, columns, kPositions), machine, options);
    EXPECT_EQ(mapped.used_arrays, 1);
    EXPECT_EQ(mapped.loads, 1);
    const ops::TimingResult timing = test::play(mapped.run);
    EXPECT_LE(cost::evaluate(mapped.run).makespan, timing.makespan);
    const ops::TaskId products = test::task_named(mapped.run, "products");
    const Duration busy = timing.task_busy[products.value()].back();
    const double ops = 2.0 * static_cast<double>(rows * columns * kPositions);
    ops_per_second = ops / busy.seconds().si();
    const ops::Ledger ledger = ops::settle(mapped.run, timing, mapped.prices);
    EXPECT_TRUE(ledger.total);
    for (const auto& [component, joules] : ledger.by_component) joules_per_op[component] = joules.si() / ops;
  }
  double of(std::initializer_list<const char*> components) const {
    double sum = 0;
    for (const char* component : components) sum += joules_per_op.at(component);
    return sum;
  }
};

// Table II: 0.874 TOPS and 400 TOPS/W at 0.85 V, 2.185 and 192 at 1.2 V. The clock of the second point was fitted.
TEST(Jia, RateAndEnergyOfAFullArray) {
  const Overrides binary{"precision.weight_bits=1", "precision.input_bits=1"};
  Overrides fast = binary;
  fast.push_back("supply.voltage=1.2 V");
  const Full low("jia_jssc_2020", binary, 2304, 256), high("jia_jssc_2020", fast, 2304, 256);
  EXPECT_NEAR(low.ops_per_second / 0.874e12, 1.0, 0.05);
  EXPECT_NEAR(1 / low.of({"adc", "array"}) / 400e12, 1.0, 0.05);
  EXPECT_NEAR(1 / low.of({"adc", "array", "datapath"}) / 233e12, 1.0, 0.05);
  EXPECT_NEAR(high.ops_per_second / 2.185e12, 1.0, 0.05);
  EXPECT_NEAR(1 / high.of({"adc", "array"}) / 192e12, 1.0, 0.05);
  EXPECT_NEAR(low.of({"adc"}) * 2 * 2304, 1.79e-12, 1e-17);
  EXPECT_NEAR(low.of({"array"}) * 2 * 2304, 9.7e-12, 1e-17);
}

/// Results, inputs with their sign: published TOPS of 48 cores, and fJ of an operation.
struct Row {
  int result_bits, input_bits;
  double tops, wordlines, neurons, inputs;
};

class NeurramChip : public ::testing::TestWithParam<Row> {};

TEST_P(NeurramChip, RateAndEnergyOfAFullCore) {
  const Row& row = GetParam();
  const int magnitude = std::max(1, row.input_bits - 1);
  const Full full(
      "wan_nature_2022",
      {"precision.adc_bits=" + std::to_string(row.result_bits), "precision.input_bits=" + std::to_string(magnitude)},
      128, 256);
  EXPECT_NEAR(48 * full.ops_per_second / (row.tops * 1e12), 1.0, 0.1);
  EXPECT_NEAR(full.of({"wordline_phase", "wordline_plane"}) / (row.wordlines * 1e-15), 1.0, 0.1);
  EXPECT_NEAR(full.of({"neuron_plane", "neuron_decision"}) / (row.neurons * 1e-15), 1.0, 0.1);
  EXPECT_NEAR(full.of({"input_pulse"}) / (row.inputs * 1e-15), 1.0, 0.1);
}

INSTANTIATE_TEST_SUITE_P(Rows, NeurramChip,
                         ::testing::Values(Row{3, 1, 2.1223, 8.990, 10.619, 3.446},
                                           Row{5, 3, 1.1654, 15.463, 20.118, 7.732},
                                           Row{9, 7, 0.3439, 43.692, 61.833, 22.835}),
                         [](const auto& info) { return "inputs_of_" + std::to_string(info.param.input_bits); });

}  // namespace
}  // namespace cimera::mapping
