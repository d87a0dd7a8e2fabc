#include "study/layer_errors.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "study/statistics.h"
#include "workloads/inference.h"
#include "workloads/position_order.h"

namespace cimera::study {
namespace {

using workloads::Values;

/// Outputs of the weighted layers for some images, [image][element].
class LayerOutputs {
 public:
  LayerOutputs(const workloads::Network& network, std::int64_t images)
      : network_(network), by_layer_(network.layers.size()) {
    for (std::size_t i = 0; i < by_layer_.size(); ++i)
      if (network.layers[i].is_mvm()) by_layer_[i].resize(static_cast<std::size_t>(images * elements(i)));
  }

  std::int64_t elements(std::size_t layer) const {
    return workloads::elements(network_.tensor(network_.layers[layer].output).shape);
  }
  /// Values [count][range.size()] of images from `first` on.
  void put(std::size_t layer, const Range& range, std::int64_t first, std::span<const float> values) {
    const std::int64_t size = range.size(), all = elements(layer);
    for (std::int64_t i = 0; i * size < std::ssize(values); ++i)
      std::copy_n(values.begin() + i * size, size, by_layer_[layer].begin() + (first + i) * all + range.begin);
  }
  const Values& of(std::size_t layer) const { return by_layer_[layer]; }

 private:
  const workloads::Network& network_;
  std::vector<Values> by_layer_;
};

}  // namespace

std::vector<LayerError> layer_errors(const Inputs& inputs, const functional::Executor& executor) {
  const workloads::Network& network = inputs.network;
  const std::int64_t images = std::min(inputs.samples, kLayerImages);
  const workloads::Batch batch = workloads::take(*inputs.data, 0, images, inputs.experiment.transform);
  const std::vector<std::int64_t> order = workloads::position_order(network);
  LayerOutputs reference(network, images), machine(network, images);
  workloads::infer_with(network, batch, [&](const workloads::LayerCall& call) {
    Values values = workloads::run_layer(network, call.layer, call.count, call.inputs);
    const std::size_t layer = call.id.value();
    const Range all{0, reference.elements(layer)};
    if (const std::int64_t positions = order[call.layer.output.value()])
      reference.put(layer, all, call.first, workloads::by_feature(values, call.count, positions));
    else reference.put(layer, all, call.first, values);
    return values;
  });
  std::vector<LayerError> errors(network.layers.size());
  executor.run(batch, [&](const functional::ProductOutput& output) {
    machine.put(output.layer, output.range, output.first, output.values);
  });
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (!network.layers[i].is_mvm()) continue;
    Sqnr sqnr;
    sqnr.add(reference.of(i), machine.of(i));
    errors[i] = {true, sqnr.dB()};
  }
  return errors;
}

}  // namespace cimera::study
