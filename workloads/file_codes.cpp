#include "workloads/file_codes.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace cimera::workloads {
namespace {

/// Whether every value of the layer's output is 0 or one of its inputs, so that it lies on their common grid.
struct OnlyPicks {
  template <class Op>
  bool operator()(const Op&) const {
    return false;
  }
  bool operator()(const Reshape&) const { return true; }
  bool operator()(const Transpose&) const { return true; }
  bool operator()(const Slice&) const { return true; }
  bool operator()(const Concat&) const { return true; }
  bool operator()(const Expand&) const { return true; }
  bool operator()(const Pad& pad) const { return pad.value == 0.0F; }
  bool operator()(const Pool2d& pool) const { return pool.kind == Pool2d::Kind::kMax; }
  bool operator()(const Unary& unary) const {
    return unary.kind == UnaryKind::kRelu || unary.kind == UnaryKind::kIdentity;
  }
};

/// Adds the bits of a layer's integer weights.
void add_weights(const Network& network, const Layer& layer, FileCodes& codes) {
  constexpr double kOffGrid = 1e-3;  // of a step: far above the rounding of FP32, far below another code
  const std::vector<float>& weights = network.tensor(*layer.weights).values;
  const std::size_t channels = layer.weight_steps.size();
  const bool channels_first = std::holds_alternative<Conv2d>(layer.op);
  double low = 0.0, high = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t channel = channels_first ? i / (weights.size() / channels) : i % channels;
    const double code = static_cast<double>(weights[i]) / layer.weight_steps[channel];
    if (!(std::abs(code - std::nearbyint(code)) <= kOffGrid))
      fail_input(Where{layer.name}, fmt::format("weight {} is {} steps of its scale, no whole number", i, code));
    low = std::min(low, std::nearbyint(code));
    high = std::max(high, std::nearbyint(code));
  }
  int bits = 8;  // files have no narrower integers
  while (low < -std::ldexp(1.0, bits - 1) || high > std::ldexp(1.0, bits - 1) - 1.0) ++bits;
  const int sign_magnitude = low == -std::ldexp(1.0, bits - 1) ? bits + 1 : bits;
  if (bits > 16) fail_input(Where{layer.name}, fmt::format("its integer weights need {} bits, more than 16", bits));
  ++codes.weights;
  codes.weight_bits = std::max(codes.weight_bits, bits);
  codes.sign_magnitude_bits = std::max(codes.sign_magnitude_bits, sign_magnitude);
}

}  // namespace

FileCodes file_codes(const Network& network) {
  constexpr int kDynamicBits = 8;  // of ONNX's DynamicQuantizeLinear
  FileCodes codes;
  for (const Layer& layer : network.layers) {
    if (!layer.is_mvm()) continue;
    ++codes.layers;
    if (!layer.weight_steps.empty()) add_weights(network, layer, codes);
    if (layer.dynamic_input) {
      ++codes.dynamic;
      codes.activation_bits = std::max(codes.activation_bits, kDynamicBits);
    } else if (const auto grid = grid_of(network, layer.inputs.at(0))) {
      ++codes.inputs;
      codes.activation_bits = std::max(codes.activation_bits, grid->bits());
    }
  }
  return codes;
}

std::optional<CodeGrid> grid_of(const Network& network, TensorId tensor) {
  if (network.tensor(tensor).grid) return network.tensor(tensor).grid;
  const auto producer = network.producer(tensor);
  if (!producer || !std::visit(OnlyPicks{}, network.layer(*producer).op)) return std::nullopt;
  const std::vector<TensorId>& inputs = network.layer(*producer).inputs;
  const auto first = grid_of(network, inputs.at(0));
  for (const TensorId id : inputs)
    if (network.tensor(id).constant || grid_of(network, id) != first) return std::nullopt;
  return first;
}

}  // namespace cimera::workloads
