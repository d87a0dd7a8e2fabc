#include "mapping/host.h"

#include <optional>
#include <string>

#include "mapping/host_loops.h"
#include "mapping/host_tasks.h"

namespace cimera::mapping {
namespace {

using workloads::Layer;
using workloads::Network;
using workloads::TensorId;

/// Runs layer after layer, the whole batch together.
class HostMapper {
 public:
  HostMapper(const Network& network, const ops::HostMachine& host, ProgramBuilder& builder, std::int64_t batch)
      : network_(network),
        builder_(builder),
        tasks_(builder, host, ""),
        loops_(network, host, batch),
        batch_(batch),
        made_(network.tensors.size()) {}

  void map() {
    if (loops_.weights_stay()) traffic();  // the batch before, which leaves its traces in the caches
    const std::vector<HostTraffic> moved = traffic();
    for (std::size_t index = 0; index < network_.layers.size(); ++index) layer(index, moved[index]);
    store_output();
  }

 private:
  /// What each layer of one batch moves. The input comes from outside, through memory, and the output goes there.
  std::vector<HostTraffic> traffic() {
    std::vector<HostTraffic> moved(network_.layers.size());
    loops_.renew(network_.input);
    for (std::size_t index = 0; index < network_.layers.size(); ++index) {
      const Layer& layer = network_.layers[index];
      if (std::holds_alternative<workloads::Reshape>(layer.op)) continue;
      if (fused(network_, layer)) {  // in registers, where the product leaves its results
        moved[index].cores = moved[network_.producer(layer.inputs[0])->value()].cores;
        continue;
      }
      moved[index] = loops_.run(index, tasks_.cores_for(network_, index, batch_));
    }
    loops_.clean(network_.output);
    return moved;
  }

  void layer(std::size_t index, const HostTraffic& moved) {
    const Layer& layer = network_.layers[index];
    if (std::holds_alternative<workloads::Reshape>(layer.op)) {
      made_[layer.output.value()] = made_[layer.inputs[0].value()];
      return;
    }
    const ops::TaskId compute = builder_.task(tasks_.compute(network_, index, 1, batch_, moved));
    for (const TensorId input : layer.inputs)
      if (const auto& maker = made_[input.value()]) builder_.barrier(*maker, {}, compute, {});
    made_[layer.output.value()] = compute;
  }

  void store_output() {
    const auto& maker = made_[network_.output.value()];
    if (!maker) return;  // the input, under another shape at most: it is in memory
    const std::int64_t bits = tensor_bits(network_, network_.output) * batch_;
    ops::Task store;
    store.name = "store output";
    store.layer = ops::LayerIndex(network_.layers.size() - 1);
    store.op.work = ops::Transfer{.tensor = reshaped_from(network_, network_.output).value(),
                                  .begin = 0,
                                  .end = workloads::elements(network_.tensor(network_.output).shape),
                                  .element_bits = 32,
                                  .images = batch_};
    store.op.path = {tasks_.cache(bits), tasks_.memory(bits)};
    builder_.barrier(*maker, {}, builder_.task(std::move(store)), {});
  }

  const Network& network_;
  ProgramBuilder& builder_;
  HostTasks tasks_;
  HostLoops loops_;
  std::int64_t batch_;
  std::vector<std::optional<ops::TaskId>> made_;  // by tensor: the task after which it is there
};

}  // namespace

void map_on_host(const Network& network, const ops::HostMachine& host, const MapOptions& options,
                 ProgramBuilder& builder) {
  HostMapper(network, host, builder, options.batch).map();
}

}  // namespace cimera::mapping
