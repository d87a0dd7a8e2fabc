// What is not played against playing every line, on networks of the catalog; and what holds of every network on a host.
#include <gtest/gtest.h>

#include "mapping/host_loops.h"
#include "mapping/host_tasks.h"
#include "models/ops/ledger.h"
#include "study/networks.h"
#include "tests/support/spine.h"

namespace cimera::mapping {
namespace {

using ops::Event;
using workloads::Network;

struct Case {
  const char* network;
  std::int64_t batch;
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.network << ", batch " << c.batch; }

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  return std::string(info.param.network) + "_" + std::to_string(info.param.batch);
}

Network catalog(const char* name) { return study::load_network({.network = name, .layer = {}, .use = {}}).network; }

/// Lines of the whole network, all cores at work on every layer.
HostTraffic moved(const Network& network, std::int64_t batch, HostLoops::Play play) {
  const ops::MachineSpec machine = test::cpu();
  HostLoops loops(network, *machine.host(), batch, play);
  HostTraffic sum;
  loops.renew(network.input);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const workloads::Layer& layer = network.layers[i];
    if (std::holds_alternative<workloads::Reshape>(layer.op) || fused(network, layer)) continue;
    const HostTraffic t = loops.run(i, machine.host()->cores.count);
    sum.l2 += t.l2, sum.l3 += t.l3, sum.fills += t.fills, sum.write_backs += t.write_backs;
  }
  return sum;
}

class HostShortcuts : public ::testing::TestWithParam<Case> {};

TEST_P(HostShortcuts, MoveWhatPlayingEveryLineMoves) {
  const Network network = catalog(GetParam().network);
  const HostTraffic part = moved(network, GetParam().batch, HostLoops::Play::kInPart),
                    whole = moved(network, GetParam().batch, HostLoops::Play::kWhole);
  const auto ratio = [](std::int64_t a, std::int64_t b) { return static_cast<double>(a) / static_cast<double>(b); };
  EXPECT_NEAR(ratio(part.l2, whole.l2), 1, 0.02);
  EXPECT_NEAR(ratio(part.l3, whole.l3), 1, 0.02);
  EXPECT_NEAR(ratio(part.fills, whole.fills), 1, 0.03);
  // Few lines where all stays in the caches: against all that passes the bus.
  EXPECT_NEAR(static_cast<double>(part.write_backs), static_cast<double>(whole.write_backs),
              0.03 * static_cast<double>(whole.fills + whole.write_backs));
}

INSTANTIATE_TEST_SUITE_P(Networks, HostShortcuts,
                         ::testing::Values(Case{"bert_base", 1}, Case{"bert_base", 4}, Case{"resnet50", 1},
                                           Case{"resnet18", 16}, Case{"mobilenetv2", 14}),
                         name_of);

class HostNetworks : public ::testing::TestWithParam<Case> {};

TEST_P(HostNetworks, KeepWithinWhatTheProcessorHas) {
  const ops::MachineSpec machine = test::cpu();
  const ops::HostMachine& host = *machine.host();
  const Mapped mapped = map_network(catalog(GetParam().network), machine, machine, {.batch = GetParam().batch});
  ops::PriceList prices;
  prices.add(machine.components(), machine.levels(), "", true);
  for (const ops::TimingResult& result : {cost::evaluate(mapped.run), test::play(mapped.run)}) {
    const ops::Ledger ledger = ops::settle(mapped.run, result, prices);
    const double seconds = result.makespan.seconds().si();
    const auto count = [&](Event event) { return static_cast<double>(ledger.counts[event]); };
    EXPECT_LE(count(Event::kCoreClocks), static_cast<double>(host.cores.count) * host.cores.clock.si() * seconds);
    EXPECT_LE(count(Event::kHostFlops), host.peak_flops() * host.cores.gemm_efficiency * seconds);
    const double bits = count(Event::kLineFillBits) + count(Event::kWriteBackBits) + count(Event::kMemoryWriteBits);
    EXPECT_LE(bits, host.memory.peak().si() * host.memory.efficiency * seconds * (1 + 1e-9));
    double watts = 0;
    for (const char* part : {"package", "cores", "cores_awake", "caches"})
      watts += ledger.by_component.at(part).si() / seconds;
    EXPECT_GT(watts, 14.4);
    EXPECT_LE(watts, 145.0);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, HostNetworks,
                         ::testing::Values(Case{"lenet5", 1}, Case{"alexnet", 4}, Case{"resnet50", 1},
                                           Case{"resnet18", 4}, Case{"mobilenetv2", 1}, Case{"bert_base", 4},
                                           Case{"gpt2_xl", 1}),
                         name_of);

// Images in equal parts for all cores, and one more: no core may wait long for that one.
TEST(HostDivision, OneImageMoreCostsLittle) {
  const Network network = catalog("resnet18");
  const ops::MachineSpec machine = test::cpu();
  const auto rate = [&](std::int64_t batch) {
    const Mapped mapped = map_network(network, machine, machine, {.batch = batch});
    return static_cast<double>(batch) / cost::evaluate(mapped.run).makespan.seconds().si();
  };
  EXPECT_GT(rate(19), 0.9 * rate(18));
}

// 512 x 512 x 9 weights, 14 x 14 positions, 3 images on 2 cores: 98 of the 196 columns of each image for each core.
TEST(HostDivision, NoLayerEndsBeforeItsLargestPart) {
  Network network = study::load_network({.network = {}, .layer = "conv:512,512,3x3,14x14,pad=1", .use = {}}).network;
  const auto latency = [&](std::int64_t cores, std::int64_t batch) {
    const std::vector<std::string> overrides{"dispatch=0 us", "cores.count=" + std::to_string(cores)};
    const ops::MachineSpec machine = ops::load_machine("cpu_ddr4", overrides);
    return cost::evaluate(map_network(network, machine, machine, {.batch = batch}).run).makespan.seconds().si();
  };
  EXPECT_NEAR(latency(2, 3) / latency(1, 3), 0.5, 0.01);
  EXPECT_NEAR(latency(2, 1) / latency(1, 1), 0.5, 0.01);
  EXPECT_NEAR(latency(3, 1) / latency(1, 1), 66.0 / 196, 0.01) << "171 rows of 512 at most, or 66 of 196 columns";
}

}  // namespace
}  // namespace cimera::mapping
