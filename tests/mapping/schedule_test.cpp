// The two schedules of a machine: images and layers one after the other, or all under way at once.
#include <gtest/gtest.h>

#include "tests/support/cases.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using test::isaac;
using test::ns;
using test::Overrides;
using test::Sketch;
using workloads::Network;

/// A network whose first layer is the host's.
Network host_first() {
  Sketch s({1, 4, 8, 8});
  return s.finish(s.conv(s.average_pool(s.x, 2), 4, 1, 1));
}

std::vector<Network> networks() {
  return {test::digits_network(), test::mixed_network(), test::attention_network(), host_first()};
}

Duration makespan(const Network& network, const Overrides& overrides, std::int64_t batch) {
  return test::play(test::map(network, isaac(overrides), batch).run).makespan;
}

// The rule: an image enters when all results of the one before it have left; so batches do not overlap at all.
TEST(LayeredSchedule, BatchTakesAsLongAsItsImagesTogether) {
  for (const Network& network : networks())
    for (const std::int64_t batch : {2, 5}) {
      const Mapped one = test::map(network, isaac({"schedule=layered"}), 1);
      const Mapped many = test::map(network, isaac({"schedule=layered"}), batch);
      EXPECT_EQ(cost::evaluate(many.run).makespan, cost::evaluate(one.run).makespan * batch);
      EXPECT_EQ(test::play(many.run).makespan, test::play(one.run).makespan * batch);
    }
}

// Inside an image, the inputs of a layer start to move when the layer before has made its last result.
TEST(LayeredSchedule, LayersOfAnImageDoNotOverlap) {
  const Mapped mapped = test::map(test::digits_network(), isaac({"schedule=layered"}));
  const ops::TimingResult timing = test::play(mapped.run);
  const auto start = [&](const char* t) { return timing.task_start[test::task_named(mapped.run, t).value()]; };
  const auto end = [&](const char* t) { return timing.task_end[test::task_named(mapped.run, t).value()]; };
  EXPECT_EQ(start("conv2 input"), end("pool1 pooling"));
  EXPECT_EQ(start("dense1 input"), end("pool2 pooling"));
  EXPECT_EQ(start("dense2 input"), end("dense1 activation"));
}

TEST(PipelinedSchedule, IsFasterThanLayered) {
  for (const Network& network : networks())
    for (const std::int64_t batch : {2, 5})
      EXPECT_LT(makespan(network, {}, batch), makespan(network, {"schedule=layered"}, batch)) << batch;
  // Layers overlap within one image too.
  EXPECT_LT(makespan(test::digits_network(), {}, 1), makespan(test::digits_network(), {"schedule=layered"}, 1));
}

TEST(PipelinedSchedule, ImagesFollowAtTheRateOfTheSlowestLayer) {
  // The first convolution has 24 x 24 positions, all other layers fewer: 576 x 1.6 us an image in the closed form. The
  // buffer before it holds 6 rows; 5 are in use until an image's last position is done, so that the arrays wait for
  // four rows of the next one. Alone these take 538 ns (see pipeline_test.cpp), and with 3 stages to drain, a fetch,
  // and some writes of other layers in between less than one position.
  const Mapped mapped = test::map(test::digits_network(), isaac(), 6);
  const ops::TimingResult cost = cost::evaluate(mapped.run), timing = test::play(mapped.run);
  for (std::size_t b = 1; b < timing.block_end.size(); ++b) {
    EXPECT_EQ(cost.block_end[b] - cost.block_end[b - 1], ns(576 * 1600)) << "image " << b;
    EXPECT_GT(timing.block_end[b] - timing.block_end[b - 1], ns(576 * 1600)) << "image " << b;
    EXPECT_LT(timing.block_end[b] - timing.block_end[b - 1], ns(577 * 1600)) << "image " << b;
  }
}

void expect_equal(const ops::TimingResult& a, const ops::TimingResult& b) {
  EXPECT_EQ(a.makespan, b.makespan);
  EXPECT_EQ(a.task_start, b.task_start);
  EXPECT_EQ(a.task_end, b.task_end);
  EXPECT_EQ(a.block_end, b.block_end);
  EXPECT_EQ(a.task_busy, b.task_busy);
  EXPECT_EQ(a.layer_counts, b.layer_counts);
}

TEST(PeriodSkipping, AgreesWithTheFullRun) {
  for (const char* schedule : {"pipelined", "layered"})
    for (const char* shape : {"isaac", "one_array_per_tile", "many_chips"})
      for (const Network& network : networks()) {
        Overrides overrides = test::shape(shape).overrides;
        overrides.push_back("schedule=" + std::string(schedule));
        const Mapped mapped = test::map(network, isaac(overrides), 16);
        const ops::TimingResult full = test::play(mapped.run, false), skipped = test::play(mapped.run, true);
        SCOPED_TRACE(std::string(schedule) + ", " + shape);
        expect_equal(full, skipped);
        EXPECT_EQ(full.skipped_blocks, 0);
        // A host that computes first is not held back by what follows, and runs ahead of it to the end of the batch.
        const std::string& first = network.layers[0].name;
        const bool runs_ahead = first == "pool1" && schedule == std::string("pipelined");
        EXPECT_EQ(skipped.skipped_blocks > 0, !runs_ahead) << network.layers[0].name;
      }
}

class RealPeriods : public ::testing::TestWithParam<const char*> {};

TEST_P(RealPeriods, SkippingAgreesWithTheFullRun) {
  const auto file = test::data_file(std::string("models/") + GetParam() + ".onnx");
  if (!file) GTEST_SKIP() << "CIMERA_DATA is not set";
  const Mapped mapped = test::map(workloads::load_onnx(*file), isaac(), 32);
  const ops::TimingResult full = test::play(mapped.run, false), skipped = test::play(mapped.run, true);
  expect_equal(full, skipped);
  EXPECT_GT(skipped.skipped_blocks, 0);
}

INSTANTIATE_TEST_SUITE_P(Networks, RealPeriods,
                         ::testing::Values("mnist-8", "mnist_mlp_784_50_100_10", "mlperftiny_ic_resnet8",
                                           "cifar10_resnet20"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace cimera::mapping
