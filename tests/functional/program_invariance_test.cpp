// What a result may not depend on: threads, batches, the order of images, where arrays lie. And what it must: the draw.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "tests/support/cases.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::functional {
namespace {

using workloads::Batch;
using workloads::Network;
using workloads::QuantizedNetwork;
using workloads::Values;

constexpr std::int64_t kImages = 32;

/// A network on a machine, with cells that are off by 10 %.
class ProgramInvariance : public ::testing::Test {
 protected:
  void TearDown() override { set_threads(0); }

  Executor executor(const Draw& draw = {}, const std::string& shape = "isaac", double sigma = 0.1) {
    test::Shape measured = test::shape(shape);  // energies that depend on data, too
    measured.overrides.insert(measured.overrides.end(),
                              {"components.array.charge=measured", "components.array.measure=cell_read"});
    machines_.push_back(std::make_unique<ops::MachineSpec>(measured.machine()));
    devices::ReramParams cell = test::reram(sigma).params();
    cell.v_read = Volts::si(0.2), cell.t_read = test::ns(10);
    cells_.push_back(std::make_unique<devices::Reram>(cell));
    mapped_.push_back(
        std::make_unique<mapping::Mapped>(test::map(network_, *machines_.back(), test::options_for(quantized_, 1))));
    return {mapped_.back()->run, mapped_.back()->load, *machines_.back(), quantized_, cells_.back().get(), draw};
  }

  /// Images [begin, end).
  Batch part(std::int64_t begin, std::int64_t end) const {
    Batch batch = images_;
    const std::int64_t size = workloads::elements(images_.shape);
    batch.first = begin;
    batch.count = end - begin;
    batch.values.assign(images_.values.begin() + begin * size, images_.values.begin() + end * size);
    return batch;
  }

  const Network network_ = test::mixed_network();
  const Batch images_ = test::random_batch(network_, kImages, -1.0, 1.0);
  const QuantizedNetwork quantized_ =
      workloads::quantize(network_, {.weight_bits = 16, .activation_bits = 16}, images_);

 private:
  std::vector<std::unique_ptr<ops::MachineSpec>> machines_;  // executors keep references
  std::vector<std::unique_ptr<devices::Reram>> cells_;
  std::vector<std::unique_ptr<mapping::Mapped>> mapped_;
};

const ops::OpStats& stats(const Outcome& outcome) { return outcome; }

TEST_F(ProgramInvariance, Threads) {
  set_threads(1);
  const Outcome one = executor().run(images_);
  for (const int threads : {2, 7}) {
    set_threads(threads);
    const Outcome many = executor().run(images_);
    EXPECT_EQ(many.output, one.output) << threads;
    EXPECT_EQ(stats(many), stats(one)) << threads;
  }
}

TEST_F(ProgramInvariance, SplitOfTheBatch) {
  const Executor device = executor();
  const Outcome whole = device.run(images_);
  ASSERT_GT(whole.layer_measured[0][ops::Measure::kCellRead].energy.joules().si(), 0.0);
  for (const std::vector<std::int64_t>& ends : {std::vector<std::int64_t>{1, 8, 32}, {16, 32}, {3, 20, 21, 32}}) {
    Values output;
    ops::OpStats sum(network_.layers.size());
    std::int64_t begin = 0;
    for (const std::int64_t end : ends) {
      const Outcome piece = device.run(part(begin, end));
      output.insert(output.end(), piece.output.begin(), piece.output.end());
      sum += piece;
      begin = end;
    }
    EXPECT_EQ(output, whole.output);
    EXPECT_EQ(sum, stats(whole));
  }
}

TEST_F(ProgramInvariance, OrderOfImages) {
  const Executor device = executor();
  const Outcome in_order = device.run(images_);
  const Values& straight = in_order.output;
  Batch shuffled = images_;
  const std::int64_t in = workloads::elements(images_.shape), out = std::ssize(straight) / kImages;
  const auto place = [](std::int64_t i) { return (i * 13 + 5) % kImages; };  // a permutation: 13 and 32 are coprime
  for (std::int64_t i = 0; i < kImages; ++i)
    std::copy_n(images_.values.begin() + i * in, in, shuffled.values.begin() + place(i) * in);
  const Outcome out_of_order = device.run(shuffled);
  const Values& moved = out_of_order.output;
  EXPECT_EQ(stats(out_of_order), stats(in_order));
  for (std::int64_t i = 0; i < kImages; ++i)
    EXPECT_TRUE(
        std::equal(straight.begin() + i * out, straight.begin() + (i + 1) * out, moved.begin() + place(i) * out))
        << "image " << i;
}

TEST_F(ProgramInvariance, PlacementOfTheArrays) {
  // The same arrays in other tiles and chips hold the same cells, and partial sums are joined in another order.
  const Outcome isaac = executor().run(images_);
  for (const char* shape : {"one_unit_per_tile", "one_array_per_tile", "many_chips", "layered"})
    EXPECT_EQ(executor({}, shape).run(images_).output, isaac.output) << shape;
}

TEST_F(ProgramInvariance, EqualDrawsRepeatAndOthersDiffer) {
  const Values one = executor({.seed = 1, .trial = 0}).run(images_).output;
  EXPECT_EQ(executor({.seed = 1, .trial = 0}).run(images_).output, one);
  EXPECT_NE(executor({.seed = 2, .trial = 0}).run(images_).output, one);
  EXPECT_NE(executor({.seed = 1, .trial = 1}).run(images_).output, one);
  EXPECT_NE(executor({.seed = 1, .trial = 1}).run(images_).output, executor({.seed = 2}).run(images_).output);
}

TEST_F(ProgramInvariance, IdealCellsDoNotDependOnTheDraw) {
  const Values one = executor({.seed = 1}, "isaac", 0.0).run(images_).output;
  EXPECT_EQ(executor({.seed = 2, .trial = 9}, "isaac", 0.0).run(images_).output, one);
  EXPECT_NE(executor({.seed = 1}, "isaac", 0.1).run(images_).output, one);
}

TEST_F(ProgramInvariance, GroupsAndLayersDrawTheirCellsApart) {
  // Two groups of equal weights on equal inputs: with one stream for both they would give equal outputs.
  test::Sketch s({1, 8, 3, 3});
  workloads::Conv2d op{.in_channels = 8, .out_channels = 4, .groups = 2};
  const auto w = s.constant({4, 4, 1, 1});
  Network network = s.finish(s.add("twins", op, {s.x}, {.weights = w}));
  std::vector<float>& weights = network.tensors[network.layers[0].weights->value()].values;
  std::copy_n(weights.begin(), 8, weights.begin() + 8);
  Batch image = test::random_batch(network, 1);
  std::copy_n(image.values.begin(), 36, image.values.begin() + 36);
  const QuantizedNetwork quantized = workloads::quantize(network, {.weight_bits = 16, .activation_bits = 16}, image);
  const ops::MachineSpec machine = test::isaac();
  const mapping::Mapped mapped = test::map(network, machine);
  for (const double sigma : {0.0, 0.1}) {
    const devices::Reram cell = test::reram(sigma);
    const Values output = Executor(mapped.run, mapped.load, machine, quantized, &cell, {}).run(image).output;
    EXPECT_EQ(std::equal(output.begin(), output.begin() + 18, output.begin() + 18), sigma == 0.0) << sigma;
  }
}

}  // namespace
}  // namespace cimera::functional
