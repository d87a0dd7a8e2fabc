#include "mapping/host_tasks.h"

#include <algorithm>
#include <bit>
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

std::int64_t bits_of(const ops::HostMachine& host, std::int64_t lines) {
  return lines * std::llround(host.memory.burst.si());
}

/// Time of one line of a level in one core.
Duration line_time(const ops::HostMachine& host, const ops::HostCache& cache) {
  return Duration::from(Seconds::si(host.memory.burst.si() / (cache.per_cycle.si() * host.cores.clock.si())));
}

double rate(const ops::HostCores& cores, const workloads::Unary& op) {
  switch (op.kind) {
    case workloads::UnaryKind::kRelu:
    case workloads::UnaryKind::kNegate:
      return cores.simple_rate;
    case workloads::UnaryKind::kSqrt:
    case workloads::UnaryKind::kReciprocal:
      return cores.divide_rate;
    default:
      return cores.exponential_rate;
  }
}
double rate(const ops::HostCores& cores, const workloads::Binary& op) {
  return op.kind == workloads::BinaryKind::kDiv ? cores.divide_rate : cores.simple_rate;
}
double rate(const ops::HostCores& cores, const workloads::Softmax&) { return cores.exponential_rate; }
double rate(const ops::HostCores& cores, const workloads::Normalize&) { return cores.exponential_rate; }
double rate(const ops::HostCores& cores, const workloads::LocalResponse&) { return cores.exponential_rate; }
template <class Op>
double rate(const ops::HostCores& cores, const Op&) {
  return cores.simple_rate;
}

/// Flops (of products) or elements (of everything else) per clock and core.
double rate(const ops::HostCores& cores, const Layer& layer) {
  if (layer.is_mvm() || std::holds_alternative<workloads::MatMul>(layer.op))
    return static_cast<double>(cores.flops_per_cycle) * cores.gemm_efficiency;
  return std::visit([&](const auto& op) { return rate(cores, op); }, layer.op);
}

/// How often one core wakes another until so many are awake.
int doublings(std::int64_t cores) { return std::bit_width(static_cast<std::uint64_t>(cores - 1)); }

}  // namespace

bool fused(const Network& network, const Layer& layer) {
  if (!std::holds_alternative<workloads::Unary>(layer.op)) return false;
  const auto producer = network.producer(layer.inputs[0]);
  if (!producer || network.consumers(layer.inputs[0]).size() != 1) return false;
  const Layer& before = network.layer(*producer);
  return before.is_mvm() || std::holds_alternative<workloads::Binary>(before.op);
}

workloads::TensorId reshaped_from(const Network& network, workloads::TensorId tensor) {
  while (const auto producer = network.producer(tensor)) {
    if (!std::holds_alternative<workloads::Reshape>(network.layer(*producer).op)) break;
    tensor = network.layer(*producer).inputs[0];
  }
  return tensor;
}

std::int64_t tensor_bits(const Network& network, workloads::TensorId id) {
  return workloads::elements(network.tensor(id).shape) * kHostElementBits;
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

/// Beats are lines of one core: all cores have as many.
Hop HostTasks::level(const std::string& name, const ops::HostCache& cache, std::int64_t lines_of_a_core) {
  const ops::UnitId id = builder_.unit({.name = prefix_ + name,
                                        .kind = UnitKind::kCache,
                                        .component = prefix_ + "cores",
                                        .beat = line_time(host_, cache),
                                        .beat_bits = std::llround(host_.memory.burst.si()),
                                        .latency = Duration(),
                                        .enters = {kHostBus, ops::kHostCaches},
                                        .leaves = {kHostBus, ops::kHostCaches}});
  return {.unit = id, .beats = std::max(lines_of_a_core, std::int64_t{1}), .head = 1};
}

Hop HostTasks::cache(std::int64_t bits) {
  const std::int64_t lines = ceil_div(bits, std::llround(host_.memory.burst.si()));
  return level("l3", host_.l3, ceil_div(lines, host_.cores.count));
}

std::int64_t HostTasks::clocks(const Network& network, const Layer& layer, std::int64_t images, double share) const {
  const ops::HostCores& c = host_.cores;
  const auto work = static_cast<double>(workloads::flops(network, layer) * images);
  return std::max(static_cast<std::int64_t>(std::ceil(work * share / rate(c, layer))), std::int64_t{1});
}

Duration HostTasks::dispatch(std::int64_t cores) const {
  if (host_.cores.count == 1) return {};
  return Duration::fs(host_.dispatch.fs() / doublings(host_.cores.count) * doublings(cores));
}

std::int64_t HostTasks::cores_for(const Network& network, std::size_t index, std::int64_t images) const {
  const Layer& layer = network.layers[index];
  std::int64_t operands = tensor_bits(network, layer.output) * images;
  for (const workloads::TensorId input : layer.inputs) operands += tensor_bits(network, input) * images;
  if (layer.weights) operands += tensor_bits(network, *layer.weights);
  const auto time = [&](std::int64_t cores) {
    const std::int64_t lines = ceil_div(operands, std::llround(host_.memory.burst.si()) * cores);
    return dispatch(cores) + std::max(Duration::from(1.0 / host_.cores.clock) *
                                          clocks(network, layer, images, 1.0 / static_cast<double>(cores)),
                                      line_time(host_, host_.l3) * lines);
  };
  std::int64_t best = 1;
  for (std::int64_t cores = 2; cores < 2 * host_.cores.count; cores *= 2) {
    const std::int64_t tried = std::min(cores, host_.cores.count);
    if (time(tried) < time(best)) best = tried;
  }
  return best;
}

std::int64_t HostTasks::l3_lines(const HostTraffic& traffic) const {
  const double waits =
      static_cast<double>(traffic.fills - traffic.prefetched) / static_cast<double>(host_.cores.fill_buffers) +
      static_cast<double>(traffic.prefetched) / static_cast<double>(host_.cores.queue);
  const double wait = waits / static_cast<double>(traffic.cores) * (host_.memory.latency.seconds().si());
  const auto lines = static_cast<std::int64_t>(std::ceil(wait / line_time(host_, host_.l3).seconds().si()));
  return std::max(lines, ceil_div(traffic.l3, traffic.cores));
}

ops::Task HostTasks::compute(const Network& network, std::size_t index, std::int64_t blocks, std::int64_t images,
                             const HostTraffic& traffic) {
  const Layer& layer = network.layers[index];
  const std::int64_t cores = traffic.cores;
  ops::Task task;
  task.name = layer.name + " on " + prefix_ + "cores";
  task.layer = ops::LayerIndex(index);
  task.blocks = blocks;
  // What a machine that this host serves computes is made elsewhere: nothing is fused with it.
  const bool in_pass = prefix_.empty() && fused(network, layer);
  const Duration start = in_pass ? Duration() : dispatch(cores);
  std::vector<Hop>& path = task.op.path;
  if (start > Duration()) {
    const ops::UnitId id = builder_.unit({.name = prefix_ + "dispatch",
                                          .kind = UnitKind::kDispatch,
                                          .component = prefix_ + "cores",
                                          .beat = Duration::fs(1),
                                          .beat_bits = 0,
                                          .latency = Duration()});
    path.push_back({.unit = id, .beats = start.fs()});
  }
  const std::int64_t memory_lines = traffic.fills + traffic.write_backs;
  if (memory_lines > 0) path.push_back(memory(bits_of(host_, memory_lines)));
  if (traffic.l3 > 0) path.push_back(level("l3", host_.l3, l3_lines(traffic)));
  if (traffic.l2 > 0) path.push_back(level("l2", host_.l2, ceil_div(traffic.l2, cores)));
  if (traffic.l1 > 0) path.push_back(level("l1", host_.l1, ceil_div(traffic.l1, cores)));
  const ops::UnitId id = builder_.unit({.name = prefix_ + "cores",
                                        .kind = UnitKind::kCores,
                                        .component = prefix_ + "cores",
                                        .beat = Duration::from(1.0 / host_.cores.clock),
                                        .beat_bits = 0,
                                        .latency = Duration()});
  path.push_back({.unit = id, .beats = clocks(network, layer, images, traffic.share), .head = 1});

  Duration slowest;  // of what goes on at once
  for (const Hop& hop : path) {
    const ops::Unit& unit = builder_.at(hop.unit);
    if (unit.kind != UnitKind::kDispatch) slowest = std::max(slowest, unit.beat * hop.beats + unit.latency);
  }
  const double awake = static_cast<double>(cores) * (start + slowest).seconds().si() * host_.cores.clock.si();
  std::int64_t operands = tensor_bits(network, layer.output) * images;
  for (const workloads::TensorId input : layer.inputs) operands += tensor_bits(network, input) * images;
  for (const auto& constant : {layer.weights, layer.bias})
    if (constant) operands += tensor_bits(network, *constant);
  task.op.work = ops::HostCompute{.layer = static_cast<std::uint32_t>(index),
                                  .flops = workloads::flops(network, layer) * images,
                                  .cache_bits = operands,
                                  .core_clocks = static_cast<std::int64_t>(std::ceil(awake)),
                                  .l2_bits = bits_of(host_, traffic.l2),
                                  .l3_bits = bits_of(host_, traffic.l3),
                                  .fill_bits = bits_of(host_, traffic.fills),
                                  .write_back_bits = bits_of(host_, traffic.write_backs)};
  return task;
}

ops::Task HostTasks::serve(const Network& network, std::size_t index, std::int64_t blocks) {
  const std::int64_t cores = cores_for(network, index, 1);
  const auto [known, fresh] = served_.try_emplace(HostLoops::signature(network, index, 1, cores));
  if (fresh) {
    HostLoops loops(network, host_, 1);
    loops.run(index, cores);
    for (const workloads::TensorId input : network.layers[index].inputs)
      if (!network.tensor(input).constant) loops.renew(input);
    known->second = loops.run(index, cores);
  }
  return compute(network, index, blocks, 1, known->second);
}

}  // namespace cimera::mapping
