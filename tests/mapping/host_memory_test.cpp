// Where a host keeps tensors: nothing that is still to be read is written over, and what is done with is used again.
#include "mapping/host_memory.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/resources.h"
#include "mapping/host_tasks.h"
#include "tests/support/networks.h"
#include "workloads/shapes_only/catalog.h"

namespace cimera::mapping {
namespace {

using test::Sketch;
using test::Weights;
using workloads::Network;
using workloads::TensorId;

TEST(HostMemory, OfAResidualBlockByHand) {
  // Pages of 16 elements. x and the last output have regions of their own, so have weights.
  Sketch s({1, 8}, Weights::kShapesOnly);
  const auto a = s.dense(s.x, 32);
  const auto b = s.relu(a);       // over a: nobody else reads it
  const auto c = s.dense(b, 48);  // b is still wanted
  const auto d = s.dense(c, 32);  // c is free behind it
  const auto e = s.sum(d, b);     // over d, or over b: both have been read
  const auto f = s.dense(e, 40);  // where b and c, neighbours, were
  const Network network = s.finish(s.dense(f, 8));
  const HostMemory memory = plan_memory(network, 1, 16);
  const auto begin = [&](TensorId tensor) { return memory.regions[tensor.value()].begin; };
  EXPECT_EQ(begin(b), begin(a));
  EXPECT_EQ(begin(e), begin(d));
  EXPECT_EQ(begin(f), begin(b));
  EXPECT_EQ(begin(c), begin(b) + 32);
  EXPECT_EQ(memory.regions[f.value()].size, 40);
  for (const Region& region : memory.regions) EXPECT_EQ(region.begin % 16, 0);
}

class HostMemoryOf : public ::testing::TestWithParam<const char*> {};

TEST_P(HostMemoryOf, WhatIsStillToBeReadStays) {
  const Network network =
      workloads::load_catalog(resource("workloads/catalog") / (std::string(GetParam()) + ".yaml"), {}).network;
  const HostMemory memory = plan_memory(network, 3, 1024);
  std::vector<std::size_t> last(network.tensors.size(), network.layers.size());
  const auto root = [&](TensorId tensor) { return reshaped_from(network, tensor).value(); };
  for (const workloads::Layer& layer : network.layers)
    if (root(layer.output) != root(network.output)) last[root(layer.output)] = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    for (const TensorId input : network.layers[i].inputs)
      if (!network.tensor(input).constant && root(input) != root(network.output) &&
          network.producer(TensorId(root(input))))
        last[root(input)] = i;
  const auto apart = [&](std::size_t a, std::size_t b) {
    const Region &x = memory.regions[a], &y = memory.regions[b];
    return x.begin + x.size <= y.begin || y.begin + y.size <= x.begin;
  };
  std::vector<std::size_t> live;
  for (std::size_t t = 0; t < network.tensors.size(); ++t)
    if (network.tensors[t].constant || TensorId(t) == network.input) live.push_back(t);
  std::int64_t elements = 0;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const std::size_t out = root(network.layers[i].output);
    if (std::ranges::count(live, out) > 0) continue;
    elements += memory.regions[out].size;
    // What this layer reads for the last time may be written over; by its tile loops only if it is elementwise.
    const bool elementwise = std::holds_alternative<workloads::Unary>(network.layers[i].op) ||
                             std::holds_alternative<workloads::Binary>(network.layers[i].op);
    for (const std::size_t t : live) {
      if (elementwise && last[t] == i) continue;
      EXPECT_TRUE(apart(out, t)) << network.layers[i].name << " over " << t;
    }
    live.push_back(out);
    std::erase_if(live, [&](std::size_t t) { return !network.tensors[t].constant && last[t] <= i; });
  }
  EXPECT_LT(memory.end, elements + 3 * workloads::weight_count(network)) << "something is used again";
}

INSTANTIATE_TEST_SUITE_P(Networks, HostMemoryOf,
                         ::testing::Values("lenet5", "alexnet", "vgg16", "resnet18", "resnet50", "mobilenetv2",
                                           "bert_base"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace cimera::mapping
