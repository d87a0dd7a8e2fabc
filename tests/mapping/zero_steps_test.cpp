// Input steps in which nothing is driven may be skipped: the same values, fewer events, less time; drawn for any batch
// from what data showed.
#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cases.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"
#include "workloads/synthetic/digits.h"

namespace cimera::mapping {
namespace {

using ops::BeatTables;
using ops::Event;
using ops::Histogram;
using test::Shape;
using workloads::Network;

Shape skipping(Shape shape) {
  shape.overrides.emplace_back("pipeline.zero_steps=skipped");
  return shape;
}

struct Read {
  Mapped mapped;
  functional::Outcome outcome;
};

/// All of `images` through the functional reading; the Program is for as many.
Read read(const Network& network, const Shape& shape, const workloads::QuantizedNetwork& quantized,
          const workloads::Batch& images, double sigma) {
  const ops::MachineSpec machine = shape.machine();
  Read result{test::map(network, machine, test::options_for(quantized, images.count)), {}};
  const devices::Reram cell = test::reram(sigma);
  result.outcome =
      functional::Executor(result.mapped.run, result.mapped.load, machine, quantized, &cell, {}).run(images);
  return result;
}

workloads::QuantizedNetwork quantize(const Network& network, const Shape& shape, const workloads::Batch& images) {
  return workloads::quantize(network, {.weight_bits = shape.weight_bits, .activation_bits = shape.input_bits}, images);
}

/// Images of which half the values are zero, so that small arrays see steps in which nothing is driven.
workloads::Batch sparse_batch(const Network& network, std::int64_t count) {
  workloads::Batch images = test::random_batch(network, count, -1.0, 1.0);
  for (float& v : images.values) v = std::max(v, 0.0F);
  return images;
}

ops::Counts sum(const std::vector<ops::Counts>& layers) {
  ops::Counts total;
  for (const ops::Counts& counts : layers) total += ops::program_operations(counts);
  return total;
}

TEST(ZeroSteps, StepsOfADenseLayerByHand) {
  // 4-bit inputs in steps of 1 bit. The union of the codes of a position says which steps are driven.
  test::Sketch s({1, 3});
  const Network network = s.finish(s.dense(s.x, 2));
  workloads::Batch images = test::random_batch(network, 5);
  images.values = {0, 0, 0, /**/ 15, 0, 0, /**/ 4, 1, 0, /**/ 2, 2, 2, /**/ 8, 4, 3};
  const Shape shape = skipping({"four_bits", {}, 16, 4});
  const workloads::QuantizedNetwork quantized = quantize(network, shape, images);
  ASSERT_EQ(quantized.layers[0].input_scale, 1.0);
  const Read r = read(network, shape, quantized, images, 0.0);
  const ops::TaskId products = test::task_named(r.mapped.run, "products");
  EXPECT_EQ(r.outcome.task_beats[products.value()], Histogram({1, 1, 1, 0, 2}));  // 0, 4, 2, 1, 4 steps
  const ops::Counts counts = sum(r.outcome.layer_counts);
  EXPECT_EQ(counts[Event::kArrayReads], 11);
  EXPECT_EQ(counts[Event::kRowDrives], 11 * 3);
  EXPECT_EQ(counts[Event::kAdcConversions], 11 * 2 * 8);
  EXPECT_EQ(counts[Event::kInputRegisterBits], 5 * 3 * 4) << "all bits pass the registers";
}

TEST(ZeroSteps, ValuesAreTheSame) {
  for (const double sigma : {0.0, 0.1})
    for (const char* name : {"isaac", "small_arrays", "two_bit_dac", "offset", "differential", "bits_8_8"}) {
      SCOPED_TRACE(std::string(name) + ", sigma " + std::to_string(sigma));
      const Network network = test::mixed_network();
      const workloads::Batch images = test::random_batch(network, 3, -1.0, 1.0);  // signed codes
      const workloads::QuantizedNetwork quantized = quantize(network, test::shape(name), images);
      const Read driven = read(network, test::shape(name), quantized, images, sigma);
      const Read skipped = read(network, skipping(test::shape(name)), quantized, images, sigma);
      EXPECT_EQ(driven.outcome.output, skipped.outcome.output);
      EXPECT_TRUE(driven.outcome.task_beats.empty());
    }
}

TEST(ZeroSteps, AllThreeReadingsCountTheSame) {
  for (const char* name : {"isaac", "one_array_per_tile", "small_arrays", "two_bit_dac", "bits_5_3"}) {
    SCOPED_TRACE(name);
    const Shape shape = skipping(test::shape(name));
    const Network network = test::digits_network();
    const workloads::Batch images = sparse_batch(network, 3);
    const workloads::QuantizedNetwork quantized = quantize(network, shape, images);
    const Read skipped = read(network, shape, quantized, images, 0.0);
    const BeatTables beats{7, skipped.outcome.task_beats};
    const ops::TimingResult cost = cost::evaluate(skipped.mapped.run, true, beats);
    const ops::TimingResult timing = study::time_in_worker({skipped.mapped.run, true, beats, 0});
    for (std::size_t layer = 0; layer < cost.layer_counts.size(); ++layer) {
      EXPECT_EQ(ops::program_operations(skipped.outcome.layer_counts[layer]), cost.layer_counts[layer]);
      EXPECT_EQ(cost.layer_counts[layer], timing.layer_counts[layer]);
    }
    EXPECT_TRUE(cost.drawn && timing.drawn);
    EXPECT_LE(cost.makespan, timing.makespan);
    const ops::TimingResult all = cost::evaluate(skipped.mapped.run);
    EXPECT_FALSE(all.drawn) << "without data every step is executed";
    EXPECT_LT(sum(cost.layer_counts)[Event::kArrayReads], sum(all.layer_counts)[Event::kArrayReads]);
    EXPECT_EQ(sum(all.layer_counts),
              sum(cost::evaluate(read(network, test::shape(name), quantized, images, 0.0).mapped.run).layer_counts));
  }
}

TEST(ZeroSteps, DigitsTakeLessTimeAndFewerConversions) {
  const Network network = test::digits_network();
  const workloads::Batch images = workloads::digits(3, 0, 20);
  const Shape shape = skipping(test::shape("isaac"));
  const workloads::QuantizedNetwork quantized = quantize(network, shape, images);
  const Read skipped = read(network, shape, quantized, images, 0.0);
  const BeatTables beats{7, skipped.outcome.task_beats};
  const Mapped one = test::map(network, shape.machine(), test::options_for(quantized, 1));
  const ops::TimingResult drawn = study::time_in_worker({one.run, true, beats, 0});
  const ops::TimingResult driven = test::play(test::map(network, test::isaac(), 1).run);
  EXPECT_LT(drawn.makespan, driven.makespan);
  // The first layer bounds the time; it takes the mean of its steps, up to one step of every position.
  const std::size_t first = test::task_named(one.run, "conv1 products").value();
  const Histogram& steps = beats.tasks[first];
  const double mean = static_cast<double>(steps.sum()) / static_cast<double>(steps.total());
  EXPECT_LT(mean, 15.0);
  EXPECT_NEAR(static_cast<double>(drawn.task_busy[first][1].fs()), mean * 576 * 1e8, 0.01 * 576 * 16 * 1e8);
}

}  // namespace
}  // namespace cimera::mapping
