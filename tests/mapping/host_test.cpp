// A network on the host itself (cpu_ddr4), the von Neumann machine that others are compared with. Its figures, from
// models/catalog/cpu_ddr4.yaml: 18 cores x 32 flops x 2.3 GHz, of which a product reaches 89.8 %; memory at 69.96 GB/s
// (91.1 % of 76.8) in lines of 914,746 fs, 95 ns away; caches of 32 KiB, 256 KiB and 45 MiB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "mapping/host_loops.h"
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

Network dense(std::int64_t in, std::int64_t out) {
  Sketch s({1, in}, Weights::kShapesOnly);
  return s.finish(s.dense(s.x, out));
}

ops::MachineSpec machine(const std::vector<std::string>& overrides) { return ops::load_machine("cpu_ddr4", overrides); }

Mapped map_on(const Network& network, const ops::MachineSpec& spec, std::int64_t batch = 1) {
  return map_network(network, spec, spec, {.batch = batch});
}

ops::Counts total(const Network& network, std::int64_t batch, const ops::MachineSpec& spec = cpu()) {
  ops::Counts sum;
  for (const ops::Counts& counts : cost::evaluate(map_on(network, spec, batch).run).layer_counts) sum += counts;
  return sum;
}

std::int64_t lines(std::int64_t elements) { return (elements + 15) / 16; }

// One core and no prefetcher, so that every line can be followed. The batch before has left the weights in the caches;
// the input is new. 128 inputs are 8 lines: read from memory with 10 under way at once. Nothing else leaves L1.
TEST(Host, WholeMakespanByHand) {
  const ops::MachineSpec spec = machine({"cores.count=1", "prefetch.pages=0"});
  const Mapped mapped = map_on(dense(128, 16), spec);
  ASSERT_EQ(mapped.run.tasks.size(), 2U);
  const auto& path = mapped.run.tasks[0].op.path;
  std::vector<std::string> units;
  std::vector<std::int64_t> beats;
  for (const ops::Hop& hop : path) units.push_back(mapped.run.unit(hop.unit).name), beats.push_back(hop.beats);
  EXPECT_THAT(units, ::testing::ElementsAre("memory", "l3", "l2", "l1", "cores"));
  // Weights 128 lines, input 8, output 1 touched; the 8 lines of the input come from memory through every level. L3
  // serves one core 64 bytes in 64 / 11.6 clocks of 434,783 fs; waiting 8 / 10 x 95 ns takes as long as 32 of those.
  // The product takes 4,112 flops / (32 x 0.898) = 143.1 clocks.
  EXPECT_EQ(beats, (std::vector<std::int64_t>{8, 32, 8, 137, 144}));
  const ops::TimingResult timing = test::play(mapped.run);
  const ops::TimingResult cost = cost::evaluate(mapped.run);
  EXPECT_EQ(timing.makespan, cost.makespan);
  // First line 914,746 + 95 ns, then the 32 lines of L3, which are the slowest, and what follows the last of them: one
  // line in L2 and in L1, and a clock for each.
  const double first = 0.914746e-9 + 95e-9, l3 = 64 / (11.6 * 2.3e9), l1 = 64 / (56.3 * 2.3e9), clock = 1 / 2.3e9;
  const double least = first + 32 * l3, most = least + 64 / (18.7 * 2.3e9) + 18 * l1 + 18 * clock;
  const double end = timing.task_end[0].seconds().si();
  EXPECT_GE(end, least);
  EXPECT_LE(end, most);
}

TEST(Host, CompulsoryTrafficByHand) {
  // Small enough to stay in L3 from batch to batch: only the input comes from memory, line by line, and the output goes
  // there. Prefetches stay within the page of the input.
  const ops::Counts one = total(dense(300, 200), 7, machine({"prefetch.pages=0"}));
  EXPECT_EQ(one[Event::kLineFillBits], 512 * lines(7 * 300));
  EXPECT_EQ(one[Event::kWriteBackBits], 0);
  EXPECT_EQ(one[Event::kMemoryWriteBits], 32 * 7 * 200);
  EXPECT_EQ(one[Event::kHostFlops], 7 * (2 * 300 * 200 + 200));
  EXPECT_EQ(one[Event::kHostCacheBits], 32 * (7 * 300 + 300 * 200 + 200 + 2 * 7 * 200)) << "the output leaves, too";
}

TEST(Host, WeightsThatDoNotFitAreReadForEveryBatch) {
  // 64 MiB of weights in 45 MiB of cache: with least recently used replacement none is left when it is needed again.
  const ops::MachineSpec plain = machine({"prefetch.pages=0"});
  const ops::Counts counts = total(dense(4096, 4096), 1, plain);
  EXPECT_NEAR(static_cast<double>(counts[Event::kLineFillBits]) / (32.0 * 4096 * 4096), 1, 0.01);
  // In a cache of twice the size they stay.
  const ops::Counts large = total(dense(4096, 4096), 1, machine({"prefetch.pages=0", "l3.capacity=128 MiB"}));
  EXPECT_EQ(large[Event::kLineFillBits], 512 * lines(4096));
}

TEST(Host, ActivationsThatDoNotFitTheCacheGoThroughMemory) {
  // 16 x 1,400 x 1,400 values are 125 MB: written by one layer, and gone when the next one reads them. A line that is
  // stored is read first, and written back later.
  Sketch s({1, 1, 1400, 1400}, Weights::kShapesOnly);
  const auto a = s.conv(s.x, 16, 1, 1, {.bias = false});
  const ops::Counts counts = total(s.finish(s.max_pool(a, 100)), 1, machine({"prefetch.pages=0"}));
  const double middle = 32.0 * 16 * 1400 * 1400, input = 32.0 * 1400 * 1400;
  // At most a cacheful of what was written last is still found.
  const double cache = 8.0 * 45 * (1 << 20), fills = static_cast<double>(counts[Event::kLineFillBits]);
  EXPECT_GE(fills, 2 * middle + input - cache);
  EXPECT_LE(fills, 1.01 * (2 * middle + input));
  EXPECT_NEAR(static_cast<double>(counts[Event::kWriteBackBits]), middle, 0.02 * middle);
}

TEST(Host, BatchIsOnePass) {
  const Network network = dense(4096, 4096);
  const ops::Counts one = total(network, 1), many = total(network, 64);
  EXPECT_EQ(many[Event::kHostFlops], 64 * one[Event::kHostFlops]);
  EXPECT_NEAR(static_cast<double>(many[Event::kLineFillBits]) / static_cast<double>(one[Event::kLineFillBits]), 1, 0.1)
      << "weights are read once for all images";
}

TEST(Host, ALargeLayerIsPlayedInPart) {
  // Each core has 64 tiles of 128 columns, all of which are played, or 128, of which only some are.
  const ops::MachineSpec spec = cpu();
  Sketch s({1, 1024}, Weights::kShapesOnly);  // two layers: what the last one makes is stored at the end
  const Network layer = s.finish(s.dense(s.dense(s.x, 1024), 1024));
  const ops::Counts one = total(layer, 18 * 128 * 64, spec), two = total(layer, 18 * 128 * 128, spec);
  for (const Event event : {Event::kL2Bits, Event::kL3Bits, Event::kLineFillBits})
    EXPECT_NEAR(static_cast<double>(two[event]) / static_cast<double>(one[event]), 2, 0.02) << ops::info(event).name;
  // What the further columns of the first layer store is written back, but for what is in the caches at the end, as it
  // was before.
  const double more = static_cast<double>(two[Event::kWriteBackBits] - one[Event::kWriteBackBits]);
  EXPECT_NEAR(more / (32.0 * 18 * 128 * 64 * 1024), 1, 0.02);
}

TEST(Host, SmallLayersRunOnOneCoreAndStartNoThreads) {
  Sketch s({1, 16}, Weights::kShapesOnly);
  auto x = s.x;
  for (int i = 0; i < 10; ++i) x = s.relu(s.dense(x, 16));
  const Mapped mapped = map_on(s.finish(x), cpu());
  for (const ops::Unit& unit : mapped.run.units) EXPECT_NE(unit.kind, ops::UnitKind::kDispatch) << unit.name;
}

TEST(Host, ALayerTakesAsManyCoresAsPay) {
  const auto dispatch = [](const std::string& setting) {
    const Mapped mapped = map_on(dense(2048, 2048), machine({"dispatch=" + setting}));
    for (const ops::Hop& hop : mapped.run.tasks[0].op.path)
      if (mapped.run.unit(hop.unit).kind == ops::UnitKind::kDispatch) return hop.beats;
    return std::int64_t{0};
  };
  // 16 MiB in L3, which serves a core at 26.7 GB/s: 629 us by one core, 39 us by 16, 35 us by 18. Starting 18 takes
  // five levels of a tree, 16 four.
  EXPECT_EQ(dispatch("1 us"), 1'000'000'000);              // all 18: 1 + 35 us
  EXPECT_EQ(dispatch("100 us"), 100'000'000'000 / 5 * 4);  // 16: 80 + 39 us
  EXPECT_EQ(dispatch("100 ms"), 0);                        // none pays
}

TEST(Host, ExponentialsTakeLongerThanComparisons) {
  const auto clocks = [](workloads::UnaryKind kind) {
    Sketch s({1, 8, 64, 64}, Weights::kShapesOnly);
    const auto a = s.max_pool(s.x, 2);
    const Mapped mapped = map_on(s.finish(s.unary(a, kind)), machine({"cores.count=1"}));
    return mapped.run.tasks[1].op.path.back().beats;
  };
  EXPECT_EQ(clocks(workloads::UnaryKind::kRelu), 8 * 32 * 32 / 8);
  EXPECT_EQ(clocks(workloads::UnaryKind::kTanh), 8 * 32 * 32);
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
        for (const ops::EventInfo& row : ops::event_table()) {
          if (row.kind != ops::EventClass::kProgram) continue;  // caches are not the functional reading's
          EXPECT_EQ(outcome.layer_counts[i][row.event], cost.layer_counts[i][row.event])
              << network.layers[i].name << ", " << row.name << ", batch " << batch;
        }
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
    EXPECT_EQ(ops::program_operations(counts[i]), ops::program_operations(cost.layer_counts[i]))
        << network.layers[i].name;
}

}  // namespace
}  // namespace cimera::mapping
