#include "workloads/network.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.h"

namespace cimera::workloads {
namespace {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;

/// One lambda per operator; the compiler refuses a visitor that misses one.
template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

}  // namespace

std::int64_t elements(const Shape& shape, const Where& where) {
  std::int64_t product = 1;
  for (const std::int64_t size : shape) {
    if (size < 1) fail_input(where, fmt::format("shape {} has a dimension below 1", format(shape)));
    if (size > (kMaxElements - 1) / product) {
      fail_input(where,
                 fmt::format("shape {} has 2^40 elements or more; that is no tensor of a network", format(shape)));
    }
    product *= size;
  }
  return product;
}

std::string format(const Shape& shape) { return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x")); }

std::vector<LayerId> Network::consumers(TensorId tensor) const {
  std::vector<LayerId> found;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (std::ranges::find(layers[i].inputs, tensor) != layers[i].inputs.end()) found.emplace_back(i);
  }
  return found;
}

std::optional<LayerId> Network::producer(TensorId tensor) const {
  const auto layer = std::ranges::find(layers, tensor, &Layer::output);
  if (layer == layers.end()) return std::nullopt;
  return LayerId(static_cast<std::size_t>(layer - layers.begin()));
}

MvmShape mvm_shape(const Network& network, const Layer& layer) {
  if (const auto* conv = std::get_if<Conv2d>(&layer.op)) {
    const Shape& out = network.tensor(layer.output).shape;
    return {.positions = out.at(2) * out.at(3),
            .rows = conv->in_channels / conv->groups * conv->kernel_h * conv->kernel_w,
            .columns = conv->out_channels / conv->groups,
            .groups = conv->groups};
  }
  if (const auto* dense = std::get_if<Dense>(&layer.op)) {
    return {.positions = elements(network.tensor(layer.output).shape) / dense->out_features,
            .rows = dense->in_features,
            .columns = dense->out_features,
            .groups = 1};
  }
  fail_run(fmt::format("layer '{}' ({}) is no matrix product", layer.name, op_name(layer.op)));
}

std::int64_t macs(const Network& network, const Layer& layer) {
  if (layer.is_mvm()) return mvm_shape(network, layer).macs();
  if (!std::holds_alternative<MatMul>(layer.op)) return 0;
  return elements(network.tensor(layer.output).shape) * network.tensor(layer.inputs.at(0)).shape.back();
}

std::int64_t macs(const Network& network) {
  std::int64_t sum = 0;
  for (const Layer& layer : network.layers) sum += macs(network, layer);
  return sum;
}

std::int64_t weight_count(const Network& network) {
  std::int64_t sum = 0;
  for (const Layer& layer : network.layers) {
    if (layer.is_mvm()) sum += mvm_shape(network, layer).weights();
  }
  return sum;
}

bool reads_tokens(const Network& network) {
  const std::vector<LayerId> readers = network.consumers(network.input);
  return std::ranges::any_of(readers,
                             [&](LayerId id) { return std::holds_alternative<Embedding>(network.layer(id).op); });
}

bool has_values(const Network& network) {
  return std::ranges::all_of(network.tensors,
                             [](const Tensor& tensor) { return !tensor.constant || tensor.has_values(); });
}

std::vector<std::size_t> last_readers(const Network& network) {
  std::vector<std::size_t> last(network.tensors.size(), 0);
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    for (const TensorId id : network.layers[i].inputs) last[id.value()] = i;
  }
  last[network.output.value()] = network.layers.size();
  return last;
}

std::string op_name(const Operator& op) {
  static constexpr const char* kUnaryNames[] = {"relu", "sigmoid", "tanh", "negate", "square_root", "reciprocal",
                                                "exp",  "erf",     "gelu", "silu",   "identity"};
  static constexpr const char* kBinaryNames[] = {"add", "sub", "mul", "div"};
  static constexpr const char* kReduceNames[] = {"mean", "sum", "max"};
  const auto at = [](const auto& names, auto kind) -> std::string { return names[static_cast<std::size_t>(kind)]; };
  return std::visit(
      Overloaded{
          [](const Conv2d&) -> std::string { return "conv2d"; }, [](const Dense&) -> std::string { return "dense"; },
          [](const Pool2d& pool) -> std::string {
            return pool.kind == Pool2d::Kind::kMax ? "max_pool" : "average_pool";
          },
          [&](const Unary& unary) { return at(kUnaryNames, unary.kind); },
          [](const Clip&) -> std::string { return "clip"; },
          [&](const Binary& binary) { return at(kBinaryNames, binary.kind); },
          [](const Reshape&) -> std::string { return "reshape"; },
          [](const Softmax&) -> std::string { return "softmax"; }, [](const Slice&) -> std::string { return "slice"; },
          [](const Pad&) -> std::string { return "pad"; }, [](const Transpose&) -> std::string { return "transpose"; },
          [](const Concat&) -> std::string { return "concat"; }, [](const Expand&) -> std::string { return "expand"; },
          [&](const Reduce& reduce) { return at(kReduceNames, reduce.kind); },
          [](const MatMul&) -> std::string { return "matmul"; },
          [](const Normalize& normalize) -> std::string {
            return normalize.kind == Normalize::Kind::kLayer ? "layer_norm" : "rms_norm";
          },
          [](const LocalResponse&) -> std::string { return "local_response"; },
          [](const Embedding&) -> std::string { return "embedding"; },
          [](const KvCache&) -> std::string { return "kv_cache"; }},
      op);
}

}  // namespace cimera::workloads
