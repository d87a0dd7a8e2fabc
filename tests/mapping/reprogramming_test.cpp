// Weights that do not fit, written again for every batch: a makespan and joules worked out by hand, what is in which
// load, and what is refused. Times that the paper does not give come from models/catalog/isaac.yaml and cpu_ddr4.yaml
// and are typed here, not computed: see pipeline_test.cpp.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/core/error_text.h"
#include "tests/support/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using test::isaac;
using test::ns;
using test::Overrides;
using test::Sketch;
using test::task_named;
using testing::HasSubstr;
using workloads::Network;

/// A chip of `x` tiles side by side, of one array each.
ops::MachineSpec arrays(std::int64_t x, const Overrides& more = {"weights=reprogrammed"}) {
  Overrides all = {"components.router.holds_for={}", "organisation.tiles_x=" + std::to_string(x),
                   "organisation.tiles_y=1",         "organisation.tiles_per_router=1",
                   "organisation.imas_per_tile=1",   "organisation.arrays_per_ima=1",
                   "organisation.adcs_per_ima=1"};
  all.insert(all.end(), more.begin(), more.end());
  return isaac(all);
}

/// 128 x 16 weights fill an array, 16 x 4 lie in another one.
Network two_arrays() {
  Sketch s({1, 128});
  return s.finish(s.dense(s.relu(s.dense(s.x, 16)), 4));
}

/// In nanoseconds, to the femtosecond.
Duration ns_fs(std::int64_t ns, std::int64_t fs) { return Duration::fs(ns * 1'000'000 + fs); }

TEST(Reprogramming, TwoLoadsByHand) {
  const Mapped mapped = test::map(two_arrays(), arrays(1));
  ASSERT_EQ(mapped.loads, 2);
  EXPECT_TRUE(mapped.load.tasks.empty());
  EXPECT_EQ(mapped.used_arrays, 1);
  EXPECT_DOUBLE_EQ(mapped.utilisation, (2048 + 64) * 8 / (2 * 128.0 * 128.0));
  const ops::TimingResult timing = test::play(mapped.run), cost = cost::evaluate(mapped.run);
  const auto end = [&](const std::string& task) { return timing.task_end[task_named(mapped.run, task).value()]; };
  const auto start = [&](const std::string& task) { return timing.task_start[task_named(mapped.run, task).value()]; };

  // 2,048 weights of 16 bits are 64 bursts, 128 packets, 1,024 flits: the first burst 0.914746 + 95, its first packet
  // 1.25 + 5, then the flits 1,024 + 3. Then 128 rows of 40 ns.
  EXPECT_EQ(end("dense1 weights"), ns_fs(1129, 164'746));
  EXPECT_EQ(end("dense1 cells"), ns_fs(1129 + 5120, 164'746));
  // A fetch, 16 reads, 3 to drain, an activation; the inputs have come long before.
  EXPECT_EQ(start("dense1 products"), end("dense1 cells"));
  const Duration first = ns_fs(8349, 164'746);
  EXPECT_EQ(end("dense1 activation"), first);
  // Now two things go on. 16 results leave: 8 flits + 3, the packet behind the last of them 1.25 + 5, a burst and 95.
  EXPECT_EQ(end("relu2 output"), first + ns_fs(113, 164'746));
  // 64 weights come: 2 bursts, 4 packets, 32 flits, and 128 rows are written again.
  EXPECT_EQ(start("dense3 weights"), first);
  EXPECT_EQ(end("dense3 weights"), first + ns_fs(137, 164'746));
  const Duration written = first + ns_fs(137 + 5120, 164'746);
  EXPECT_EQ(end("dense3 cells"), written);
  // The 16 results come back when the cells are written: a burst and 95, a packet and 5, 8 flits and 3, 100 to write.
  EXPECT_EQ(start("dense3 input"), written);
  EXPECT_EQ(end("dense3 input"), written + ns_fs(213, 164'746));
  // Products and activation as before, and 4 results leave: 2 flits + 3, 1.25 + 5, a burst and 95.
  const Duration all = written + ns_fs(213 + 2100 + 107, 2 * 164'746);
  EXPECT_EQ(timing.makespan, all);
  EXPECT_EQ(all, ns_fs(16'026, 658'984));
  EXPECT_EQ(cost.makespan, all);  // what shares units here does not do so at the same time
}

TEST(Reprogramming, JoulesByHand) {
  const Mapped mapped = test::map(two_arrays(), arrays(1));
  const ops::Ledger ledger = ops::settle(mapped.run, test::play(mapped.run), mapped.prices);
  const auto nJ = [&](const std::string& component) { return ledger.by_component.at(component).si() * 1e9; };
  // (2,048 + 64) weights in 8 cells each; 2 V on 2 kOhm for 40 ns are 80 pJ.
  EXPECT_EQ(ledger.counts[ops::Event::kCellWrites], 16'896);
  EXPECT_NEAR(nJ("cell_write"), 1351.68, 1e-9);
  // (2,048 + 64) weights, 128 inputs, 16 results out and in again, 4 out: 16 bits each.
  EXPECT_EQ(ledger.counts[ops::Event::kMemoryReadBits], 16 * (2112 + 128 + 16));
  EXPECT_EQ(ledger.counts[ops::Event::kMemoryWriteBits], 16 * (16 + 4));
  EXPECT_NEAR(nJ("host.memory"), 36'416 * 22.5e-3, 1e-9);
  EXPECT_NEAR(nJ("router"), 36'416 * 42.0 / 122.88e3, 1e-9);  // 42 mW at 122.88 Gbit/s
  EXPECT_NEAR(nJ("chip_link"), 10.4 * 16'026.658984, 1e-6);   // 10.4 W all the time
  double sum = 0.0;
  for (const auto& [component, joules] : ledger.by_component) sum += joules.si();
  EXPECT_NEAR(sum / ledger.total->si(), 1.0, 1e-12);
}

TEST(Reprogramming, ABatchIsWrittenOnceAndWaitsForNothingHalfDone) {
  for (const std::string schedule : {"pipelined", "layered"}) {
    const Mapped mapped = test::map(two_arrays(), arrays(1, {"weights=reprogrammed", "schedule=" + schedule}), 5);
    const ops::TimingResult timing = test::play(mapped.run), cost = cost::evaluate(mapped.run);
    EXPECT_EQ(ops::settle(mapped.run, timing, mapped.prices).counts[ops::Event::kCellWrites], 16'896);
    const auto task = [&](const char* name) { return task_named(mapped.run, name).value(); };
    EXPECT_EQ(timing.task_start[task("dense3 weights")], timing.task_end[task("dense1 activation")]);
    EXPECT_GE(timing.task_start[task("dense3 input")], timing.task_end[task("relu2 output")]);
    EXPECT_LE(cost.makespan, timing.makespan);
    EXPECT_EQ(timing.skipped_blocks, 0);
    // Five images of at least 1.6 us, or, layer by layer, of more than 2.1.
    const Duration images = timing.task_end[task("dense1 activation")] - timing.task_start[task("dense1 products")];
    EXPECT_GT(images, schedule == "pipelined" ? ns(4 * 1600 + 2100) : ns(5 * 2100));
  }
}

TEST(Reprogramming, NothingChangesForANetworkThatFits) {
  const Network network = test::digits_network();
  const Mapped resident = test::map(network, isaac(), 2), may = test::map(network, isaac({"weights=reprogrammed"}), 2);
  EXPECT_EQ(may.loads, 1);
  EXPECT_EQ(may.run.tasks.size(), resident.run.tasks.size());
  EXPECT_EQ(may.run.edges.size(), resident.run.edges.size());
  EXPECT_EQ(may.load.tasks.size(), resident.load.tasks.size());
  EXPECT_EQ(cost::evaluate(may.run).makespan, cost::evaluate(resident.run).makespan);
}

/// Loads as "layer first-last, ..." each.
std::vector<std::string> loads(const Network& network, const Mapped& mapped) {
  std::vector<std::string> text(static_cast<std::size_t>(mapped.loads));
  for (const Part& part : mapped.parts) {
    std::string& load = text[static_cast<std::size_t>(part.load)];
    load += (load.empty() ? "" : ", ") + network.layer(workloads::LayerId(part.layer.value())).name + " " +
            std::to_string(part.first) + "-" + std::to_string(part.last);
  }
  return text;
}

TEST(Reprogramming, EachLoadTakesAsManyLayersAsFit) {
  // Arrays: 2 (200 rows), 1, 2 (32 columns), 1.
  Sketch s({1, 200});
  const Network network = s.finish(s.dense(s.dense(s.dense(s.dense(s.x, 16), 10), 32), 3));
  EXPECT_EQ(loads(network, test::map(network, arrays(6, {}))).size(), 1u);
  EXPECT_EQ(loads(network, test::map(network, arrays(5))),
            (std::vector<std::string>{"dense1 0-1, dense1 1-2, dense2 0-1, dense3 0-1, dense3 1-2", "dense4 0-1"}));
  EXPECT_EQ(loads(network, test::map(network, arrays(4))),
            (std::vector<std::string>{"dense1 0-1, dense1 1-2, dense2 0-1", "dense3 0-1, dense3 1-2, dense4 0-1"}));
  EXPECT_EQ(loads(network, test::map(network, arrays(2))),
            (std::vector<std::string>{"dense1 0-1, dense1 1-2", "dense2 0-1", "dense3 0-1, dense3 1-2", "dense4 0-1"}));
}

TEST(Reprogramming, ALayerLargerThanTheMachineIsCutBetweenItsColumns) {
  // 200 rows are 2 row blocks; 40 columns are 3 blocks of 16. Three arrays hold one column whole.
  Sketch s({1, 200});
  const Network network = s.finish(s.relu(s.dense(s.relu(s.dense(s.relu(s.dense(s.x, 10)), 200)), 40)));
  const Mapped mapped = test::map(network, arrays(3));
  EXPECT_EQ(loads(network, mapped),
            (std::vector<std::string>{"dense1 0-1, dense1 1-2", "dense3 0-1, dense3 1-2, dense3 2-3",
                                      "dense3 3-4, dense3 4-5, dense3 5-6", "dense3 6-7, dense3 7-8, dense3 8-9",
                                      "dense3 9-10, dense3 10-11, dense3 11-12", "dense3 12-13",
                                      "dense5 0-1, dense5 1-2", "dense5 2-3, dense5 3-4", "dense5 4-5, dense5 5-6"}));
  EXPECT_TRUE(mapped.host_layers.empty());
  const workloads::Batch images = test::random_batch(network, 3);
  const workloads::QuantizedNetwork quantized = workloads::quantize(network, {}, images);
  const Mapped with_signs = test::map(network, arrays(3), test::options_for(quantized, 3));
  const devices::Reram ideal = test::reram(0.0);
  const functional::Executor executor(with_signs.run, with_signs.load, arrays(3), quantized, &ideal, {});
  EXPECT_EQ(executor.run(images).output, workloads::infer_integer(quantized, images));
}

TEST(Reprogramming, ResidualsAndPoolingsThatCrossLoadsAreExact) {
  // Every place where a load can end, by the number of tiles; what tiles can no longer do the host does.
  Sketch s({1, 3, 16, 16});
  const auto a = s.relu(s.conv(s.x, 16, 3, 3, {.pad = 1}));
  const auto b = s.max_pool(s.relu(s.conv(a, 16, 3, 3, {.pad = 1})), 2);
  const auto c = s.relu(s.sum(s.conv(s.relu(s.conv(b, 16, 3, 3, {.pad = 1})), 16, 1, 1), b));
  const auto d = s.conv(s.relu(s.conv(c, 32, 3, 3, {.stride = 2, .pad = 1})), 32, 1, 1);
  const auto e = s.relu(s.sum(d, s.conv(c, 32, 1, 1, {.stride = 2})));
  const Network network = s.finish(s.dense(s.flatten(s.max_pool(e, 2)), 10));
  const workloads::Batch images = test::random_batch(network, 3);
  const workloads::QuantizedNetwork quantized = workloads::quantize(network, {}, images);
  const auto expected = workloads::infer_integer(quantized, images);
  const devices::Reram ideal = test::reram(0.0);
  std::vector<std::int64_t> seen;
  for (std::int64_t tiles = 2; tiles <= 25; ++tiles) {
    SCOPED_TRACE(tiles);
    const ops::MachineSpec machine = arrays(tiles);
    const Mapped mapped = test::map(network, machine, test::options_for(quantized, 3));
    seen.push_back(mapped.loads);
    EXPECT_EQ(functional::Executor(mapped.run, mapped.load, machine, quantized, &ideal, {}).run(images).output,
              expected);
    EXPECT_LE(cost::evaluate(mapped.run).makespan, test::play(mapped.run).makespan);
  }
  EXPECT_TRUE(std::ranges::is_sorted(seen, std::ranges::greater{}));
  EXPECT_GT(seen.front(), 4);
  EXPECT_EQ(seen.back(), 1);
}

std::string refusal(const Network& network, const ops::MachineSpec& machine) {
  return error_text([&] { test::map(network, machine); });
}

TEST(Reprogramming, WhatDoesNotFitIsRefusedWithBothWaysOut) {
  EXPECT_EQ(refusal(two_arrays(), arrays(1, {})),
            "network 'sketch' needs 2 tiles but 1 chip of isaac has 1; use --set isaac:organisation.chips=2, or "
            "--set isaac:weights=reprogrammed to write its weights into the cells part by part for every batch");
}

TEST(Reprogramming, AColumnLargerThanTheMachineIsRefused) {
  Sketch s({1, 300});
  const Network network = s.finish(s.dense(s.dense(s.x, 20), 4));
  EXPECT_EQ(refusal(network, arrays(2)),
            "layer 'dense1' of network 'sketch': one column of its weight matrix fills 3 arrays, which isaac "
            "cannot hold together, and columns are not divided between loads; the layer alone needs 6 tiles: use --set "
            "isaac:organisation.chips=3");
}

TEST(Reprogramming, AnUnknownTimeToWriteIsRefusedWhereItCounts) {
  const Overrides unknown = {"weights=reprogrammed", "cell=reram_prime"};
  EXPECT_EQ(refusal(two_arrays(), arrays(1, unknown)),
            "network 'sketch' is written into the cells of isaac in 2 loads for every batch, but the time to "
            "write a row of cells 'reram_prime' is unknown; use --set 'isaac:pipeline.cell_write=...' with a time");
  EXPECT_EQ(refusal(two_arrays(), arrays(2, unknown)), "no error");
  Overrides known = unknown;
  known.push_back("pipeline.cell_write=100 ns");
  const Mapped mapped = test::map(two_arrays(), arrays(1, known));
  const ops::Ledger ledger = ops::settle(mapped.run, cost::evaluate(mapped.run), mapped.prices);
  EXPECT_FALSE(ledger.total);
  EXPECT_EQ(ledger.unknown, std::vector<std::string>{"cell_write"});
}

}  // namespace
}  // namespace cimera::mapping
