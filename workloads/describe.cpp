#include "workloads/describe.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"

namespace cimera::workloads {
namespace {

std::int64_t bytes_of(const Tensor& tensor, int bits) { return (elements(tensor.shape) * bits + 7) / 8; }

LayerSummary summarize(const Network& network, const Layer& layer, int bits) {
  const Tensor& output = network.tensor(layer.output);
  LayerSummary summary{.name = layer.name,
                       .op = op_name(layer.op),
                       .input = network.tensor(layer.inputs.front()).shape,
                       .output = output.shape,
                       .macs = macs(network, layer),
                       .activation_bytes = bytes_of(output, bits)};
  if (layer.is_mvm()) summary.weights = mvm_shape(network, layer).weights();
  if (layer.bias) summary.biases = elements(network.tensor(*layer.bias).shape);
  return summary;
}

}  // namespace

NetworkSummary summarize(const Network& network, int activation_bits) {
  if (activation_bits < 1 || activation_bits > 64) {
    fail_input(fmt::format("activation bits = {}: must be 1 to 64", activation_bits));
  }
  NetworkSummary total;
  const std::vector<std::size_t> last_reader = last_readers(network);
  std::int64_t live = bytes_of(network.tensor(network.input), activation_bits);
  total.activation_bytes = live;
  total.peak_activation_bytes = live;
  std::vector<bool> gone(network.tensors.size(), false);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const LayerSummary layer = summarize(network, network.layers[i], activation_bits);
    total.macs += layer.macs;
    total.weights += layer.weights;
    total.biases += layer.biases;
    total.activation_bytes += layer.activation_bytes;
    live += layer.activation_bytes;
    total.peak_activation_bytes = std::max(total.peak_activation_bytes, live);
    for (const TensorId id : network.layers[i].inputs) {
      const bool activation = id == network.input || network.producer(id).has_value();
      if (!activation || gone[id.value()] || last_reader[id.value()] != i) continue;
      live -= bytes_of(network.tensor(id), activation_bits);
      gone[id.value()] = true;
    }
    total.layers.push_back(layer);
  }
  return total;
}

}  // namespace cimera::workloads
