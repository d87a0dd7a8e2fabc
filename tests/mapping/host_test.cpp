// A network on the host itself (cpu_ddr4), the von Neumann machine that others are compared with. Its figures, from
// models/catalog/cpu_ddr4.yaml: 18 cores x 32 flops x 2.3 GHz, of which a product reaches 89.8 %; memory at 69.96 GB/s
// (91.1 % of 76.8) in bursts of 914,746 fs, 95 ns away; 133,267 fs a line of the last-level cache; 2 us to dispatch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "tests/support/cases.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"
#include "workloads/inference.h"

namespace cimera::mapping {
namespace {

using ops::Event;
using test::cpu;
using test::Sketch;
using test::Weights;
using workloads::Network;

constexpr double kPeak = 18 * 32 * 2.3e9;          // flops per second
constexpr double kMemory = 0.911 * 4 * 2.4e9 * 8;  // bytes per second

Network dense(std::int64_t in, std::int64_t out) {
  Sketch s({1, in}, Weights::kShapesOnly);
  return s.finish(s.dense(s.x, out));
}

double seconds(const Network& network, std::int64_t batch) {
  return test::play(test::map(network, cpu(), batch).run).makespan.seconds().si();
}

TEST(Host, WholeMakespanByHand) {
  const Mapped mapped = test::map(dense(128, 16), cpu());
  const ops::TimingResult timing = test::play(mapped.run);
  // Input: 8 bursts; the last is in the cache at 8 x 0.914746 + 95 + 0.133267 = 102.451235.
  // Weights and bias: 8,256 bytes, 129 bursts behind those: 137 x 0.914746 + 95 + 0.133267 = 220.453469.
  // Product: 4,112 flops / (576 x 0.898) = 7.95 clocks and 4,600 to dispatch: 4,608 clocks of 0.434783, a line later.
  // Output: one line and one burst: 0.133267 + 0.914746 + 95.
  EXPECT_EQ(timing.makespan, Duration::fs(220'453'469 + 133'267 + 4'608 * 434'783LL + 133'267 + 914'746 + 95'000'000));
  // The closed form does not see that the weights wait for the input.
  EXPECT_EQ(timing.makespan - cost::evaluate(mapped.run).makespan, Duration::fs(8 * 914'746));
}

TEST(Host, LargeProductReachesItsShareOfThePeak) {
  const double flops = 2.0 * 4096 * 4096 * 4096;
  const double share = flops / seconds(dense(4096, 4096), 4096) / kPeak;
  EXPECT_LE(share, 0.898);
  EXPECT_GE(share, 0.898 * 0.98);
}

TEST(Host, VectorProductStreamsItsWeightsAtTheRateOfMemory) {
  for (const std::int64_t n : {2048, 4096, 16384}) {
    const double bound = 4.0 * static_cast<double>(n * n) / kMemory;
    const double time = seconds(dense(n, n), 1);
    EXPECT_GE(time, bound) << n;
    EXPECT_LE(time, bound * 1.05) << n;
  }
}

TEST(Host, SmallLayersCostADispatchEach) {
  Sketch s({1, 16}, Weights::kShapesOnly);
  auto x = s.x;
  for (int i = 0; i < 10; ++i) x = s.relu(s.dense(x, 16));  // an activation function goes with its product
  const double time = seconds(s.finish(x), 1);
  EXPECT_GE(time, 10 * 2e-6);
  EXPECT_LE(time, 10 * 2.1e-6);
}

ops::Counts total(const Network& network, std::int64_t batch) {
  ops::Counts sum;
  for (const ops::Counts& counts : cost::evaluate(test::map(network, cpu(), batch).run).layer_counts) sum += counts;
  return sum;
}

TEST(Host, CompulsoryTrafficByHand) {
  // Weights and bias once, inputs and outputs once an image; what lies between stays in the cache.
  const ops::Counts one = total(dense(300, 200), 7);
  EXPECT_EQ(one[Event::kMemoryReadBits], 32 * (300 * 200 + 200 + 7 * 300));
  EXPECT_EQ(one[Event::kMemoryWriteBits], 32 * 7 * 200);
  EXPECT_EQ(one[Event::kHostFlops], 7 * (2 * 300 * 200 + 200));
  Sketch s({1, 3, 20, 20}, Weights::kShapesOnly);
  const auto conv = s.relu(s.conv(s.x, 8, 3, 3));
  const ops::Counts two = total(s.finish(s.dense(s.flatten(s.max_pool(conv, 2)), 10)), 4);
  EXPECT_EQ(two[Event::kMemoryReadBits], 32 * (8 * 27 + 8 + 648 * 10 + 10 + 4 * 3 * 400));
  EXPECT_EQ(two[Event::kMemoryWriteBits], 32 * 4 * 10);
}

TEST(Host, ActivationsThatDoNotFitTheCacheGoThroughMemory) {
  // 16 x 700 x 700 values are 31.4 MB, more than half of 45 MB: written and read once more; the 1 x 1 result is not.
  Sketch s({1, 1, 700, 700}, Weights::kShapesOnly);
  const auto a = s.conv(s.x, 16, 1, 1, {.bias = false});
  const ops::Counts counts = total(s.finish(s.conv(a, 1, 700, 700, {.bias = false})), 1);
  EXPECT_EQ(counts[Event::kMemoryReadBits], 32 * (16 + 490'000 + 16 * 490'000 + 16 * 490'000));
  EXPECT_EQ(counts[Event::kMemoryWriteBits], 32 * (16 * 490'000 + 1));
}

TEST(Host, BatchIsOnePass) {
  const Network network = dense(4096, 4096);
  const ops::Counts one = total(network, 1), many = total(network, 64);
  EXPECT_EQ(many[Event::kMemoryReadBits] - one[Event::kMemoryReadBits], 32LL * 63 * 4096);
  EXPECT_EQ(many[Event::kHostFlops], 64 * one[Event::kHostFlops]);
  // Weights are the bottleneck for one image and for eight.
  EXPECT_LT(seconds(network, 8), 1.05 * seconds(network, 1));
}

/// A network that uses constants as operands, so that they pass the cache too.
Network with_constants() {
  Sketch s({1, 3, 8, 8});
  const auto scaled =
      s.add("scale", workloads::Binary{workloads::BinaryKind::kMul}, {s.x, s.constant({1, 3, 1, 1})}, {});
  const auto shifted =
      s.add("shift", workloads::Binary{workloads::BinaryKind::kSub}, {scaled, s.constant({1, 3, 8, 8})}, {});
  return s.finish(s.softmax(s.dense(s.flatten(s.relu(s.conv(shifted, 5, 3, 3))), 10)));
}

TEST(Host, ConstantOperandsComeFromMemoryToo) {
  const ops::Counts counts = total(with_constants(), 5);
  EXPECT_EQ(counts[Event::kMemoryReadBits], 32 * (3 + 3 * 64 + 5 * 27 + 5 + 180 * 10 + 10 + 5 * 3 * 64));
}

TEST(Host, ThreeReadingsCountTheSame) {
  for (const Network& network : {test::digits_network(), test::mixed_network(), with_constants()})
    for (const std::int64_t batch : {1, 3, 37}) {  // 37 images are several pieces of work for several threads
      const Mapped mapped = test::map(network, cpu(), batch);
      const workloads::QuantizedNetwork none{.network = &network, .layers = {}};
      const functional::Executor executor(mapped.run, mapped.load, cpu(), none, nullptr, {});
      const workloads::Batch images = test::random_batch(network, batch);
      const functional::Outcome outcome = executor.run(images);
      const ops::TimingResult cost = cost::evaluate(mapped.run), timing = test::play(mapped.run);
      EXPECT_EQ(timing.layer_counts, cost.layer_counts);
      for (std::size_t i = 0; i < network.layers.size(); ++i)
        for (const ops::EventInfo& row : ops::event_table())
          EXPECT_EQ(outcome.layer_counts[i][row.event], cost.layer_counts[i][row.event])
              << network.layers[i].name << ", " << row.name << ", batch " << batch;
      EXPECT_EQ(outcome.output, workloads::infer(network, images));
      EXPECT_LE(cost.makespan, timing.makespan);
    }
}

TEST(Host, ServesACrossbarMachineWithTheSameConstants) {
  // The scaling of the input is the host's work there too, one image at a time.
  const Network network = with_constants();
  const workloads::Batch images = test::random_batch(network, 37);
  const workloads::QuantizedNetwork quantized =
      workloads::quantize(network, {.weight_bits = 16, .activation_bits = 16}, images);
  const ops::MachineSpec isaac = test::isaac();
  const Mapped mapped = test::map(network, isaac, test::options_for(quantized, 37));
  const devices::Reram cell = test::reram(0.0);
  const auto counts =
      functional::Executor(mapped.run, mapped.load, isaac, quantized, &cell, {}).run(images).layer_counts;
  const ops::TimingResult cost = cost::evaluate(mapped.run);
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    EXPECT_EQ(ops::program_operations(counts[i]), cost.layer_counts[i]) << network.layers[i].name;
}

}  // namespace
}  // namespace cimera::mapping
