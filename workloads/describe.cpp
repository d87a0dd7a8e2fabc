#include "workloads/describe.h"

#include <algorithm>
#include <utility>

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

/// What a chain of layers that only repeat or reorder values began with.
TensorId origin(const Network& network, TensorId id) {
  for (auto producer = network.producer(id); producer; producer = network.producer(id)) {
    const Operator& op = network.layer(*producer).op;
    if (!std::holds_alternative<Reshape>(op) && !std::holds_alternative<Transpose>(op) &&
        !std::holds_alternative<Expand>(op))
      break;
    id = network.layer(*producer).inputs.front();
  }
  return id;
}

/// Keys and values, and the part of them that lies in memory from the start.
struct Kept {
  std::int64_t all = 0, before = 0;
};
Kept kept_bytes(const Network& network, int bits) {
  Kept kept;
  for (const Layer& layer : network.layers) {
    if (std::holds_alternative<MatMul>(layer.op))
      kept.all += bytes_of(network.tensor(origin(network, layer.inputs.at(1))), bits);
    if (std::holds_alternative<KvCache>(layer.op)) kept.before += bytes_of(network.tensor(layer.inputs.at(0)), bits);
  }
  return kept;
}

}  // namespace

NetworkSummary summarize(const Network& network, int weight_bits, int activation_bits) {
  for (const int bits : {weight_bits, activation_bits})
    if (bits < 1 || bits > 64) fail_input(fmt::format("bits = {}: must be 1 to 64", bits));
  NetworkSummary total{.weight_bits = weight_bits, .activation_bits = activation_bits};
  const std::vector<std::size_t> last_reader = last_readers(network);
  const std::int64_t input = bytes_of(network.tensor(network.input), activation_bits);
  std::int64_t live = input;
  total.activation_bytes = live;
  total.peak_activation_bytes = live;
  std::vector<std::int64_t> held(network.tensors.size(), 0);  // bytes of activations that are still needed
  held[network.input.value()] = input;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    LayerSummary layer = summarize(network, network.layers[i], activation_bits);
    if (std::holds_alternative<KvCache>(network.layers[i].op)) layer.activation_bytes = 0;
    total.macs += layer.macs;
    total.weights += layer.weights;
    total.biases += layer.biases;
    total.activation_bytes += layer.activation_bytes;
    live += layer.activation_bytes;
    held[network.layers[i].output.value()] = layer.activation_bytes;
    total.peak_activation_bytes = std::max(total.peak_activation_bytes, live);
    for (const TensorId id : network.layers[i].inputs)
      if (last_reader[id.value()] == i) live -= std::exchange(held[id.value()], 0);
    total.layers.push_back(std::move(layer));
  }
  const Kept kept = kept_bytes(network, activation_bits);
  total.kv_bytes = kept.all;
  total.weight_bytes = (total.weights * weight_bits + 7) / 8;
  const std::int64_t moved =
      total.weight_bytes + kept.before + input + bytes_of(network.tensor(network.output), activation_bits);
  total.intensity = 2.0 * static_cast<double>(total.macs) / static_cast<double>(moved);
  return total;
}

}  // namespace cimera::workloads
