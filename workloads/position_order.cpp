#include "workloads/position_order.h"

#include <fmt/format.h>

namespace cimera::workloads {
namespace {

/// Positions of a Dense over several of them; 0 for other layers.
std::int64_t positions_of(const Network& network, const Layer& layer) {
  if (!std::holds_alternative<Dense>(layer.op)) return 0;
  const std::int64_t positions = mvm_shape(network, layer).positions;
  return positions > 1 ? positions : 0;
}

/// Whether a layer keeps the order of its operands, whatever it is.
bool keeps_order(const Network& network, const Layer& layer) {
  if (std::holds_alternative<Reshape>(layer.op) || std::holds_alternative<Unary>(layer.op)) return true;
  if (!std::holds_alternative<Binary>(layer.op)) return false;
  for (const TensorId input : layer.inputs)
    if (network.tensor(input).constant || network.tensor(input).shape != network.tensor(layer.output).shape)
      return false;
  return true;
}

/// Values [outer][a][b] as [outer][b][a].
std::vector<float> turned(std::span<const float> values, std::int64_t outer, std::int64_t a, std::int64_t b) {
  std::vector<float> out(values.size());
  for (std::int64_t o = 0; o < outer; ++o) {
    const float* from = values.data() + o * a * b;
    float* to = out.data() + o * a * b;
    for (std::int64_t i = 0; i < a; ++i)
      for (std::int64_t j = 0; j < b; ++j) to[j * a + i] = from[i * b + j];
  }
  return out;
}

}  // namespace

std::vector<std::int64_t> position_order(const Network& network) {
  std::vector<std::int64_t> order(network.tensors.size(), 0);
  const auto set = [&](TensorId id, std::int64_t positions, const Layer& layer) {
    std::int64_t& known = order[id.value()];
    if (known != 0 && known != positions)
      fail_input(Where{layer.name}, fmt::format("reads or writes tensor '{}' as {} positions, and another layer as {}",
                                                network.tensor(id).name, positions, known));
    const bool fresh = known == 0;
    known = positions;
    return fresh;
  };
  for (const Layer& layer : network.layers)
    if (const std::int64_t positions = positions_of(network, layer)) {
      set(layer.inputs[0], positions, layer);
      set(layer.output, positions, layer);
    }
  for (bool changed = true; changed;) {
    changed = false;
    for (const Layer& layer : network.layers) {
      if (!keeps_order(network, layer)) continue;
      std::int64_t positions = order[layer.output.value()];
      for (const TensorId input : layer.inputs) positions = std::max(positions, order[input.value()]);
      if (positions == 0) continue;
      changed = set(layer.output, positions, layer) || changed;
      for (const TensorId input : layer.inputs) changed = set(input, positions, layer) || changed;
    }
  }
  for (const Layer& layer : network.layers) {
    const bool in_parts = layer.is_mvm() || std::holds_alternative<Pool2d>(layer.op);
    if (in_parts && order[layer.inputs[0].value()] != positions_of(network, layer))
      fail_input(Where{layer.name},
                 fmt::format("{} reads tensor '{}', whose values lie by features of a dense layer over "
                             "several positions; arrays cannot take them in this order",
                             op_name(layer.op), network.tensor(layer.inputs[0]).name));
  }
  return order;
}

std::vector<float> by_shape(std::span<const float> values, std::int64_t count, std::int64_t positions) {
  const std::int64_t each = std::ssize(values) / count;
  return turned(values, count, each / positions, positions);
}

std::vector<float> by_feature(std::span<const float> values, std::int64_t count, std::int64_t positions) {
  const std::int64_t each = std::ssize(values) / count;
  return turned(values, count, positions, each / positions);
}

}  // namespace cimera::workloads
