#include "mapping/host_tasks.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/integers.h"
#include "workloads/flops.h"

namespace cimera::mapping {
namespace {

using ops::Hop;
using ops::UnitKind;
using workloads::Layer;
using workloads::Network;

constexpr std::int64_t kElementBits = 32;  // fp32

/// An activation function right behind a product is computed with it, in one pass.
bool fused(const Network& network, const Layer& layer) {
  if (!std::holds_alternative<workloads::Unary>(layer.op)) return false;
  const auto producer = network.producer(layer.inputs[0]);
  return producer && network.layer(*producer).is_mvm() && network.consumers(layer.inputs[0]).size() == 1;
}

}  // namespace

workloads::TensorId reshaped_from(const Network& network, workloads::TensorId tensor) {
  while (const auto producer = network.producer(tensor)) {
    if (!std::holds_alternative<workloads::Reshape>(network.layer(*producer).op)) break;
    tensor = network.layer(*producer).inputs[0];
  }
  return tensor;
}

std::int64_t tensor_bits(const Network& network, workloads::TensorId id) {
  return workloads::elements(network.tensor(id).shape) * kElementBits;
}

HostTasks::HostTasks(ProgramBuilder& builder, const ops::HostMachine& host, std::string prefix)
    : builder_(builder), host_(host), prefix_(std::move(prefix)) {}

Hop HostTasks::memory(std::int64_t bits) {
  const ops::HostMemory& m = host_.memory;
  const double rate = m.peak().si() * m.efficiency;
  const ops::UnitId id = builder_.unit({.name = prefix_ + "memory",
                                        .kind = UnitKind::kMemory,
                                        .component = prefix_ + "memory",
                                        .beat = Duration::from(Seconds::si(m.burst.si() / rate)),
                                        .beat_bits = std::llround(m.burst.si()),
                                        .latency = m.latency,
                                        .enters = {ops::point_of(ops::kHostMemory), kHostBus},
                                        .leaves = {ops::point_of(ops::kHostMemory), kHostBus}});
  return {.unit = id, .beats = ceil_div(bits, std::llround(m.burst.si())), .head = 1};
}

Hop HostTasks::cache(std::int64_t bits) {
  const std::int64_t line = std::llround(host_.memory.burst.si());
  const double rate = host_.l3.per_cycle.si() * host_.cores.clock.si() * static_cast<double>(host_.cores.count);
  const ops::UnitId id = builder_.unit({.name = prefix_ + "last_level_cache",
                                        .kind = UnitKind::kCache,
                                        .component = prefix_ + "cache",
                                        .beat = Duration::from(Seconds::si(static_cast<double>(line) / rate)),
                                        .beat_bits = line,
                                        .latency = Duration(),
                                        .enters = {kHostBus, ops::kHostCaches},
                                        .leaves = {kHostBus, ops::kHostCaches}});
  return {.unit = id, .beats = ceil_div(bits, line), .head = 1};
}

Hop HostTasks::cores(std::int64_t flops_per_tile, bool product, Seconds dispatch) {
  const ops::HostCores& c = host_.cores;
  const double per_clock = static_cast<double>(c.count * c.flops_per_cycle) * (product ? c.gemm_efficiency : 1.0);
  const ops::UnitId id = builder_.unit({.name = prefix_ + "cores",
                                        .kind = UnitKind::kCores,
                                        .component = prefix_ + "cores",
                                        .beat = Duration::from(1.0 / c.clock),
                                        .beat_bits = 0,
                                        .latency = Duration()});
  const auto clocks =
      static_cast<std::int64_t>(std::ceil(static_cast<double>(flops_per_tile) / per_clock + dispatch * c.clock));
  return {.unit = id, .beats = std::max<std::int64_t>(clocks, 1), .head = 1};
}

ops::Task HostTasks::compute(const Network& network, std::size_t index, std::int64_t blocks, std::int64_t images,
                             std::int64_t tiles) {
  const Layer& layer = network.layers[index];
  const std::int64_t work = flops(network, layer) * images;
  std::int64_t traffic = tensor_bits(network, layer.output) * images;
  for (const workloads::TensorId input : layer.inputs) traffic += tensor_bits(network, input) * images;
  if (layer.weights) traffic += tensor_bits(network, *layer.weights);
  if (layer.bias) traffic += tensor_bits(network, *layer.bias);
  ops::Task task;
  task.name = layer.name + " on " + prefix_ + "cores";
  task.layer = ops::LayerIndex(index);
  task.op.work = ops::HostCompute{.layer = static_cast<std::uint32_t>(index), .flops = work, .cache_bits = traffic};
  // The products of a machine that this host serves are made elsewhere: nothing is fused with them.
  const bool in_pass = prefix_.empty() && fused(network, layer);
  const Seconds dispatch = in_pass ? Seconds() : host_.dispatch.seconds() / static_cast<double>(tiles);
  task.op.path = {cache(ceil_div(traffic, tiles)), cores(ceil_div(work, tiles), layer.is_mvm(), dispatch)};
  task.blocks = blocks;
  task.iterations = tiles;
  return task;
}

}  // namespace cimera::mapping
