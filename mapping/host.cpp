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
      : network_(network), builder_(builder), tasks_(builder, host, ""), loops_(network, host, batch), batch_(batch) {}

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
      if (fused(network_, layer)) {  // in registers, where the layer before leaves its results
        const HostTraffic& before = moved[network_.producer(layer.inputs[0])->value()];
        moved[index].cores = before.cores, moved[index].share = before.share;
        continue;
      }
      moved[index] = loops_.run(index, tasks_.cores_for(network_, index, batch_));
    }
    return moved;
  }

  void layer(std::size_t index, const HostTraffic& moved) {
    const Layer& layer = network_.layers[index];
    if (std::holds_alternative<workloads::Reshape>(layer.op)) return;
    const ops::TaskId compute = builder_.task(tasks_.compute(network_, index, 1, batch_, moved));
    if (last_) builder_.barrier(*last_, {}, compute, {});  // all cores are free for it then
    last_ = compute;
  }

  void store_output() {
    if (!last_) return;  // the input, under another shape at most: it is in memory
    const std::int64_t bits = tensor_bits(network_, network_.output) * batch_;
    ops::Task store;
    store.name = "store output";
    store.layer = ops::LayerIndex(network_.layers.size() - 1);
    store.op.work = ops::Transfer{.tensor = reshaped_from(network_, network_.output).value(),
                                  .begin = 0,
                                  .end = workloads::elements(network_.tensor(network_.output).shape),
                                  .element_bits = kHostElementBits,
                                  .images = batch_};
    store.op.path = {tasks_.cache(bits), tasks_.memory(bits)};
    builder_.barrier(*last_, {}, builder_.task(std::move(store)), {});
  }

  const Network& network_;
  ProgramBuilder& builder_;
  HostTasks tasks_;
  HostLoops loops_;
  std::int64_t batch_;
  std::optional<ops::TaskId> last_;  // the layer before
};

}  // namespace

void map_on_host(const Network& network, const ops::HostMachine& host, const MapOptions& options,
                 ProgramBuilder& builder) {
  HostMapper(network, host, builder, options.batch).map();
}

}  // namespace cimera::mapping
