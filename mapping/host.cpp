#include "mapping/host.h"

#include <algorithm>
#include <optional>
#include <string>

#include "mapping/host_tasks.h"

namespace cimera::mapping {
namespace {

using workloads::Layer;
using workloads::Network;
using workloads::TensorId;

/// Constants of a layer: weights, bias and constant operands.
std::int64_t constants_of(const Network& network, const Layer& layer) {
  std::int64_t elements = 0;
  for (const auto& constant : {layer.weights, layer.bias})
    if (constant) elements += workloads::elements(network.tensor(*constant).shape);
  for (const TensorId input : layer.inputs)
    if (network.tensor(input).constant) elements += workloads::elements(network.tensor(input).shape);
  return elements;
}

/// Parts in which the weights of a layer stream through the caches: each at most a quarter of all second-level caches,
/// so that the next part arrives while one is computed; at most 64.
std::int64_t tiles_of(const Network& network, const Layer& layer, const ops::HostMachine& host) {
  if (!layer.weights) return 1;
  const double part = host.l2.capacity.si() * static_cast<double>(host.cores.count) / 4;
  const double parts = static_cast<double>(tensor_bits(network, *layer.weights)) / part;
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(parts) + 1, 1, 64);
}

/// Runs layer after layer, the whole batch together. Weights come from memory each time; activations stay in the
/// last-level cache where input and output of a layer fit in half of it, else they go through memory.
class HostMapper {
 public:
  HostMapper(const Network& network, const ops::HostMachine& host, ProgramBuilder& builder, std::int64_t batch)
      : network_(network),
        host_(host),
        builder_(builder),
        tasks_(builder, host, ""),
        batch_(batch),
        where_(network.tensors.size()) {
    where_[network.input.value()] = Home{.in_memory = true};
    output_ = reshaped_from(network, network.output);
  }

  void layer(std::size_t index) {
    const Layer& layer = network_.layers[index];
    if (std::holds_alternative<workloads::Reshape>(layer.op)) {
      where_[layer.output.value()] = where_[layer.inputs[0].value()];
      return;
    }
    const std::int64_t tiles = tiles_of(network_, layer, host_);
    std::vector<std::pair<ops::TaskId, Loop>> before;
    for (const TensorId input : layer.inputs)
      if (!network_.tensor(input).constant) bring(index, input, before);
    std::optional<ops::TaskId> weights;
    if (constants_of(network_, layer) > 0) weights = load_weights(index, tiles);
    const ops::TaskId compute = builder_.task(tasks_.compute(network_, index, 1, batch_, tiles));
    const Loop loop{.rows = tiles};
    if (weights) builder_.window(*weights, loop, compute, loop, {.a = 1}, {.a = 1}, 2);
    for (const auto& [task, from] : before) builder_.barrier(task, from, compute, loop);
    keep(index, compute, loop);
  }

 private:
  /// Where the values of a tensor are, and since when.
  struct Home {
    bool in_memory = false;
    std::optional<ops::TaskId> task;
    Loop loop;
  };

  ops::Task move(std::size_t index, TensorId tensor, const std::string& name, std::vector<ops::Hop> path) {
    ops::Task task;
    task.name = network_.layers[index].name + " " + name;
    task.layer = ops::LayerIndex(index);
    task.op.work = ops::Transfer{.tensor = tensor.value(),
                                 .begin = 0,
                                 .end = workloads::elements(network_.tensor(tensor).shape),
                                 .element_bits = 32,
                                 .images = batch_};
    task.op.path = std::move(path);
    return task;
  }

  void bring(std::size_t index, TensorId tensor, std::vector<std::pair<ops::TaskId, Loop>>& before) {
    const Home& home = where_[tensor.value()];
    if (!home.in_memory) {
      before.emplace_back(*home.task, home.loop);
      return;
    }
    const std::int64_t bits = tensor_bits(network_, tensor) * batch_;
    const ops::TaskId load =
        builder_.task(move(index, tensor, "load input", {tasks_.memory(bits), tasks_.cache(bits)}));
    if (home.task) builder_.barrier(*home.task, home.loop, load, {});
    before.emplace_back(load, Loop{});
  }

  ops::TaskId load_weights(std::size_t index, std::int64_t tiles) {
    const Layer& layer = network_.layers[index];
    const std::int64_t elements = constants_of(network_, layer);
    const std::int64_t bits = (elements + tiles - 1) / tiles * 32;
    ops::Task task;
    task.name = layer.name + " load weights";
    task.layer = ops::LayerIndex(index);
    task.op.work =
        ops::Transfer{.what = ops::Transfer::What::kWeights, .begin = 0, .end = elements, .element_bits = 32};
    task.op.path = {tasks_.memory(bits), tasks_.cache(bits)};
    task.iterations = tiles;
    return builder_.task(std::move(task));
  }

  void keep(std::size_t index, ops::TaskId compute, const Loop& loop) {
    const Layer& layer = network_.layers[index];
    std::int64_t bits = tensor_bits(network_, layer.output) * batch_;
    for (const TensorId input : layer.inputs) bits += tensor_bits(network_, input) * batch_;
    const bool spills = static_cast<double>(bits) > host_.l3.capacity.si() / 2;
    if (!spills && layer.output != output_) {
      where_[layer.output.value()] = Home{false, compute, loop};
      return;
    }
    const std::int64_t out = tensor_bits(network_, layer.output) * batch_;
    const ops::TaskId store =
        builder_.task(move(index, layer.output, "store output", {tasks_.cache(out), tasks_.memory(out)}));
    builder_.barrier(compute, loop, store, {});
    where_[layer.output.value()] = Home{true, store, {}};
  }

  const Network& network_;
  const ops::HostMachine& host_;
  ProgramBuilder& builder_;
  HostTasks tasks_;
  std::int64_t batch_;
  TensorId output_;
  std::vector<Home> where_;  // by tensor
};

}  // namespace

void map_on_host(const Network& network, const ops::HostMachine& host, const MapOptions& options,
                 ProgramBuilder& builder) {
  HostMapper mapper(network, host, builder, options.batch);
  for (std::size_t index = 0; index < network.layers.size(); ++index) mapper.layer(index);
}

}  // namespace cimera::mapping
