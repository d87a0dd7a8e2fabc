// Gemm, MatMul, BatchNormalization, and folding constants into the weights and bias of a layer.
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "workloads/onnx/operators.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// The values of a constant that varies along one axis only of a result of `rank` dimensions, expanded to `channels`
/// values; none when the constant varies along another axis or does not fit.
std::optional<std::vector<float>> per_channel(const Constant& constant, std::size_t rank, std::size_t axis,
                                              std::int64_t channels) {
  if (!constant.is_float() || constant.shape.size() > rank) return std::nullopt;
  const std::size_t missing = rank - constant.shape.size();
  for (std::size_t d = 0; d < constant.shape.size(); ++d) {
    const bool channel_axis = d + missing == axis;
    if (constant.shape[d] != 1 && !(channel_axis && constant.shape[d] == channels)) return std::nullopt;
  }
  const std::vector<float>& values = constant.floats();
  if (values.size() == size(channels)) return values;
  return std::vector<float>(size(channels), values.front());
}

/// A Conv2d or Dense whose output nobody but the current node reads, and whose parameters have values.
struct Foldable {
  Layer* layer = nullptr;
  std::size_t channel_axis = 0;
  std::int64_t channels = 0;
};
std::optional<Foldable> foldable_producer(Graph& graph, TensorId tensor) {
  Layer* layer = graph.builder().producer(tensor);
  if (layer == nullptr || !layer->is_mvm() || graph.uses(tensor) != 1) return std::nullopt;
  if (graph.builder().network().tensor(tensor).grid) return std::nullopt;  // rounded before the constant comes
  if (const auto* conv = std::get_if<Conv2d>(&layer->op)) {
    return Foldable{.layer = layer, .channel_axis = 1, .channels = conv->out_channels};
  }
  const Shape& shape = graph.builder().network().tensor(tensor).shape;
  return Foldable{.layer = layer, .channel_axis = shape.size() - 1, .channels = shape.back()};
}

void set_bias(Node& node, const Foldable& target, std::vector<float> values) {
  const Shape shape = {target.channels};  // before new_constant, which does not move layers
  target.layer->bias = node.new_constant("bias", shape, std::move(values));
}

/// y = scale[c] x + shift[c] after a weighted layer becomes new weights and bias, computed in FP64.
void fold_scale(Node& node, const Foldable& target, const std::vector<double>& scale,
                const std::vector<double>& shift) {
  const Network& network = node.graph().builder().network();
  const Tensor& old = network.tensor(*target.layer->weights);
  const bool is_conv = std::holds_alternative<Conv2d>(target.layer->op);
  const std::size_t per_channel_values = old.values.size() / size(target.channels);
  const Shape shape = old.shape;
  std::vector<float> weights = old.values;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t channel = is_conv ? i / per_channel_values : i % size(target.channels);
    weights[i] = static_cast<float>(static_cast<double>(weights[i]) * scale[channel]);
  }
  for (std::size_t c = 0; c < target.layer->weight_steps.size(); ++c) target.layer->weight_steps[c] *= scale[c];
  const bool has_shift = std::ranges::any_of(shift, [](double s) { return s != 0.0; });
  std::vector<float> bias(size(target.channels), 0.0F);
  if (target.layer->bias) bias = network.tensor(*target.layer->bias).values;
  for (std::size_t c = 0; c < bias.size(); ++c) {
    bias[c] = static_cast<float>(static_cast<double>(bias[c]) * scale[c] + shift[c]);
  }
  target.layer->weights = node.new_constant("weights", shape, std::move(weights));
  if (target.layer->bias || has_shift) set_bias(node, target, std::move(bias));
}

std::vector<float> transposed(const std::vector<float>& values, std::int64_t rows, std::int64_t columns) {
  std::vector<float> out(values.size());
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) out[size(c * rows + r)] = values[size(r * columns + c)];
  }
  return out;
}

/// The second operand of a product as weights [in][out] of the network.
TensorId dense_weights(Node& node, const ConstantPtr& constant, Dense& dense, bool transpose, double factor) {
  const std::vector<float>& values = constant->floats();
  const Shape& shape = constant->shape;
  node.require(shape.size() == 2 && shape[0] >= 1 && shape[1] >= 1,
               fmt::format("its weights have shape {}; matrices are supported", format(shape)));
  dense.in_features = transpose ? shape[1] : shape[0];
  dense.out_features = transpose ? shape[0] : shape[1];
  if (!transpose && factor == 1.0) return node.graph().tensor_of(node.input_name(1), constant);
  std::vector<float> weights = transpose ? transposed(values, shape[0], shape[1]) : values;
  for (float& w : weights) w = static_cast<float>(factor * static_cast<double>(w));
  return node.new_constant("weights", {dense.in_features, dense.out_features}, std::move(weights));
}

/// The first operand of a product; constants belong on the other side.
TensorId product_input(Node& node) {
  node.require(!node.is_constant(0), "its first operand is a constant; weights are supported as the second operand");
  const TensorId input = node.activation(0);
  if (node.graph().builder().network().tensor(input).shape.size() < 2) {
    node.fail_mixes_batch("multiplies a vector");
  }
  return input;
}

}  // namespace

bool scale_layer(Node& node, TensorId product, const Constant& constant, double by) {
  const auto target = foldable_producer(node.graph(), product);
  if (!target) return false;
  const std::size_t rank = node.graph().builder().network().tensor(product).shape.size();
  const auto values = per_channel(constant, rank, target->channel_axis, target->channels);
  if (!values) return false;
  std::vector<double> scale;
  for (const float value : *values) scale.push_back(static_cast<double>(value) * by);
  fold_scale(node, *target, scale, std::vector<double>(scale.size(), 0.0));
  return true;
}

bool fold_into_bias(Node& node, int activation, int constant) {
  const TensorId input = node.activation(activation);
  const auto target = foldable_producer(node.graph(), input);
  if (!target || target->layer->bias) return false;
  const std::size_t rank = node.graph().builder().network().tensor(input).shape.size();
  auto values = per_channel(*node.constant(constant, "operand"), rank, target->channel_axis, target->channels);
  if (!values) return false;
  set_bias(node, *target, std::move(*values));
  node.graph().builder().rename(input, node.output_name());
  node.graph().bind_alias(node.output_name(), node.value(activation));
  return true;
}

namespace {

/// Product of two activations, or of an activation and a stack of constant matrices.
void multiply_stacks(Node& node) {
  const TensorId input = product_input(node);
  const std::size_t rank = std::max(node.shape(0).size(), node.shape(1).size());
  const auto operand = [&](int i) {
    const Shape shape = node.shape(i);
    node.require(shape.size() >= 2,
                 fmt::format("operand {} has shape {}; matrices are supported", i + 1, format(shape)));
    Shape longer(rank - shape.size(), 1);
    longer.insert(longer.end(), shape.begin(), shape.end());
    if (!node.is_constant(i)) {
      if (longer != shape && node.graph().batched())
        node.fail_mixes_batch(fmt::format("multiplies an input of shape {} in {} dimensions", format(shape), rank));
      return longer == shape ? node.activation(i) : node.reshape(node.activation(i), longer);
    }
    const std::vector<float>& values = node.floats(i, "second operand");
    node.require(!values.empty(), "its second operand is empty");
    if (node.graph().batched() && longer.front() != 1)
      node.fail_mixes_batch(fmt::format("has a constant operand of shape {}", format(shape)));
    if (!node.graph().batched()) longer.insert(longer.begin(), 1);
    return node.new_constant("matrices", longer, values);
  };
  const TensorId a = rank == node.shape(0).size() ? input : operand(0), b = operand(1);
  if (rank + static_cast<std::size_t>(node.graph().lead()) < 3) node.fail_mixes_batch("multiplies two activations");
  node.output(node.add(MatMul{}, {a, b}));
}

}  // namespace

void read_matmul(Node& node) {
  const bool one_matrix = node.is_constant(1) && node.shape(1).size() <= 2;
  if (!one_matrix) return multiply_stacks(node);
  node.floats(1, "second operand");
  node.output(dense_product(node, node.constant(1, "second operand")));
}

TensorId dense_product(Node& node, const ConstantPtr& matrix) {
  const TensorId input = product_input(node);
  Dense dense;
  const TensorId weights = dense_weights(node, matrix, dense, false, 1.0);
  const TensorId product = node.add(dense, {input}, {.weights = weights});
  take_weight_steps(node, product, *matrix, 1);
  return product;
}

void read_gemm(Node& node) {
  TensorId input = product_input(node);
  const Shape shape = node.shape(0);
  node.require(shape.size() == 2, fmt::format("its first operand has shape {}, not two dimensions", format(shape)));
  if (node.integer("transA", 0) != 0) {
    if (node.graph().batched()) node.fail_mixes_batch("transposes its first operand");
    input = node.add(Transpose{.perm = {0, 2, 1}}, {input});
  }
  Dense dense;
  const bool transposed = node.integer("transB", 0) != 0;
  const double alpha = node.real("alpha", 1.0);
  node.floats(1, "second operand");
  const TensorId weights = dense_weights(node, node.constant(1, "second operand"), dense, transposed, alpha);
  const auto multiply = [&](std::optional<TensorId> bias) {
    const TensorId product = node.add(dense, {input}, {.weights = weights, .bias = bias});
    take_weight_steps(node, product, *node.constant(1, "weights"), transposed ? 0 : 1, alpha);
    return product;
  };
  if (!node.has(2)) return node.output(multiply(std::nullopt));

  std::vector<float> addend = node.floats(2, "third operand");
  const double beta = node.real("beta", 1.0);
  for (float& value : addend) value = static_cast<float>(beta * static_cast<double>(value));
  const Constant scaled{.shape = node.shape(2), .data = std::move(addend)};
  if (auto bias = per_channel(scaled, 2, 1, dense.out_features)) {
    const TensorId id = node.new_constant("bias", {dense.out_features}, std::move(*bias));
    return node.output(multiply(id));
  }
  if (node.graph().batched()) node.fail_mixes_batch(fmt::format("adds a matrix of shape {}", format(scaled.shape)));
  const TensorId product = multiply(std::nullopt);
  const TensorId matrix = node.new_constant("addend", scaled.shape, scaled.floats());
  node.output(node.add(Binary{BinaryKind::kAdd}, {product, matrix}));
}

void read_batch_normalization(Node& node) {
  constexpr int kInferenceByDefault = 7;
  node.require(node.integer("training_mode", 0) == 0, "training_mode is not supported");
  node.require(node.opset() >= kInferenceByDefault || node.integer("is_test", 0) == 1, "only is_test = 1 is supported");
  node.require(node.integer("spatial", 1) == 1, "only statistics per channel (spatial = 1) are supported");
  const TensorId input = node.activation(0);
  const Shape shape = node.graph().builder().network().tensor(input).shape;
  const std::size_t axis = static_cast<std::size_t>(1 + node.graph().lead());
  node.require(shape.size() > axis, fmt::format("its input of shape {} has no channels", format(node.shape(0))));
  const std::int64_t channels = shape[axis];
  const char* names[] = {"input", "scale", "shift", "mean", "variance"};
  for (int i = 1; i <= 4; ++i) {
    node.require(node.floats(i, names[i]).size() == size(channels),
                 fmt::format("its {} has shape {} for {} channels", names[i], format(node.shape(i)), channels));
  }
  const double epsilon = node.real("epsilon", 1e-5);
  std::vector<double> scale, shift;
  for (std::size_t c = 0; c < size(channels); ++c) {
    const auto at = [&](int i) { return static_cast<double>(node.floats(i, names[i])[c]); };
    const double deviation = std::sqrt(at(4) + epsilon);
    node.require(deviation > 0.0, fmt::format("the variance of channel {} is {}", c, at(4)));
    scale.push_back(at(1) / deviation);
    shift.push_back(at(2) - at(3) * scale.back());
  }
  const auto target = foldable_producer(node.graph(), input);
  if (target && target->channel_axis == axis && target->layer->weight_steps.empty()) {
    fold_scale(node, *target, scale, shift);
    node.graph().builder().rename(input, node.output_name());
    return node.graph().bind_alias(node.output_name(), node.value(0));
  }
  Shape along(shape.size() - axis, 1);
  along.front() = channels;
  const TensorId factor = node.new_constant("scale", along, {scale.begin(), scale.end()});
  const TensorId addend = node.new_constant("shift", along, {shift.begin(), shift.end()});
  const TensorId scaled = node.add(Binary{BinaryKind::kMul}, {input, factor});
  node.output(node.add(Binary{BinaryKind::kAdd}, {scaled, addend}));
}

}  // namespace cimera::workloads
