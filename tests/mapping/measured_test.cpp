// The energy that the functional reading measured on its way into the ledger, on mapped networks.
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "tests/core/error_text.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using namespace literals;
using functional::Executor;
using ops::Measure;
using ops::OpStats;
using test::Overrides;

/// ISAAC, its arrays charged what their reads dissipate.
ops::MachineSpec measured_isaac(Overrides overrides = {}) {
  overrides.push_back("components.array.charge=measured");
  overrides.push_back("components.array.measure=cell_read");
  return test::isaac(overrides);
}

devices::Reram cell(double sigma) {
  devices::ReramParams params = test::reram(sigma).params();
  params.v_read = 200_mV, params.t_read = Duration::from(1_ns);
  return devices::Reram(params);
}

/// A grouped convolution and two dense layers, the first on 4 x 2 arrays at 16 bits; noisy cells; 40 images.
class MeasuredEnergy : public testing::Test {
 protected:
  MeasuredEnergy() : network_(make_network()), input_(test::random_batch(network_, 40)) {
    quantized_ = workloads::quantize(network_, {}, input_);
  }
  ~MeasuredEnergy() override { set_threads(0); }

  static workloads::Network make_network() {
    test::Sketch s({1, 4, 16, 16});
    const auto conv = s.conv(s.x, 8, 3, 3, {.stride = 1, .pad = 1, .groups = 2});
    return s.finish(s.dense(s.relu(s.dense(s.flatten(s.max_pool(s.relu(conv), 2)), 30)), 10));
  }

  Mapped map(const ops::MachineSpec& machine, std::int64_t batch) const {
    return test::map(network_, machine, test::options_for(quantized_, batch));
  }
  OpStats read(const ops::MachineSpec& machine, const workloads::Batch& input, double sigma = 0.1) const {
    const Mapped mapped = map(machine, 1);
    const devices::Reram reram = cell(sigma);
    return Executor(mapped.run, mapped.load, machine, quantized_, &reram, {}).run(input);
  }
  workloads::Batch images(std::int64_t first, std::int64_t count) const {
    workloads::Batch batch{.count = count, .shape = input_.shape, .values = {}, .labels = {}};
    const std::int64_t per_image = workloads::elements(input_.shape);
    batch.values.assign(input_.values.begin() + first * per_image, input_.values.begin() + (first + count) * per_image);
    return batch;
  }

  workloads::Network network_;
  workloads::Batch input_;
  workloads::QuantizedNetwork quantized_;
};

TEST_F(MeasuredEnergy, DependsOnNothingButTheData) {
  const ops::MachineSpec machine = measured_isaac();
  set_threads(1);
  const OpStats one = read(machine, input_);
  for (const ops::Measurements& layer : one.layer_measured)
    EXPECT_EQ(layer[Measure::kCellRead].events == 0, layer[Measure::kCellRead].energy == ops::JouleSum());
  EXPECT_GT(one.layer_measured[0][Measure::kCellRead].events, 0);
  set_threads(5);
  EXPECT_EQ(read(machine, input_), one);
  OpStats parts = read(machine, images(0, 1));
  parts += read(machine, images(1, 17));
  parts += read(machine, images(18, 22));
  EXPECT_EQ(parts, one);
}

/// Tiles of one array make each layer many operations on parts of it.
TEST_F(MeasuredEnergy, DoesNotDependOnTheTilesThatHoldALayer) {
  const ops::MachineSpec whole = measured_isaac();
  const ops::MachineSpec cut = measured_isaac({"organisation.imas_per_tile=1", "organisation.arrays_per_ima=1"});
  ASSERT_GT(map(cut, 1).used_tiles, map(whole, 1).used_tiles + 5);
  EXPECT_EQ(read(cut, input_).layer_measured, read(whole, input_).layer_measured);
}

/// The same Program with and without data-dependent prices: only the arrays' part differs.
TEST_F(MeasuredEnergy, BreakdownSumsToTheTotalAtEveryBatchSize) {
  const ops::MachineSpec measured = measured_isaac(), table = test::isaac();
  const OpStats stats = read(measured, input_);
  Joules cells;
  for (const ops::Measurements& layer : stats.layer_measured) cells += layer[Measure::kCellRead].energy.joules();
  for (const std::int64_t batch : {1, 3, 64}) {
    const Mapped mapped = map(measured, batch);
    const ops::TimingResult cost = cost::evaluate(mapped.run);
    const ops::Ledger ledger = ops::settle(mapped.run, cost, mapped.prices, &stats);
    const double sum = std::accumulate(ledger.by_component.begin(), ledger.by_component.end(), 0.0,
                                       [](double joules, const auto& row) { return joules + row.second.si(); });
    EXPECT_NEAR(sum / ledger.total.value().si(), 1.0, 1e-9);
    const double layers = std::accumulate(ledger.by_layer.begin(), ledger.by_layer.end(), ledger.standing.si(),
                                          [](double joules, Joules layer) { return joules + layer.si(); });
    EXPECT_NEAR(layers / ledger.total.value().si(), 1.0, 1e-9);
    EXPECT_NEAR(ledger.by_component.at("array") / cells * 40.0 / static_cast<double>(batch), 1.0, 1e-9);

    const ops::Ledger other = ops::settle(mapped.run, cost, map(table, batch).prices);
    for (const auto& [component, joules] : other.by_component) {
      if (component == "array") continue;
      EXPECT_EQ(ledger.by_component.at(component), joules) << component;
    }
    EXPECT_NE(ledger.by_component.at("array"), other.by_component.at("array"));
  }
}

TEST_F(MeasuredEnergy, WeightsAreLoadedWithoutData) {
  const Mapped mapped = map(measured_isaac(), 1);
  EXPECT_EQ(error_text([&] { ops::settle(mapped.load, cost::evaluate(mapped.load), mapped.prices); }), "no error");
  EXPECT_THAT(error_text([&] { ops::settle(mapped.run, cost::evaluate(mapped.run), mapped.prices); }),
              testing::HasSubstr("component 'array' is charged cell_read, which is measured on data"));
}

TEST_F(MeasuredEnergy, IsNotMeasuredWhereNobodyIsChargedIt) {
  const OpStats stats = read(test::isaac(), images(0, 1));
  for (const ops::Measurements& layer : stats.layer_measured) EXPECT_EQ(layer, ops::Measurements());
}

TEST_F(MeasuredEnergy, ACellWithoutReadFiguresIsRefused) {
  const ops::MachineSpec machine = measured_isaac();
  const Mapped mapped = map(machine, 1);
  const devices::Reram reram = test::reram(0.0);
  EXPECT_THAT(error_text([&] { Executor(mapped.run, mapped.load, machine, quantized_, &reram, {}); }),
              testing::StartsWith("v_read of the memory cell is unknown"));
}

}  // namespace
}  // namespace cimera::mapping
