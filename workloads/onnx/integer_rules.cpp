// ConvInteger and MatMulInteger: integer sums of products are the real output of a layer, in steps of its scales, which
// a Cast and a product with these scales behind them make real numbers.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "workloads/onnx/operators.h"

namespace cimera::workloads {

using onnx::TensorProto;

bool is_sums(const Coded* coded) {
  return coded != nullptr && coded->role == Coded::Role::kCodes &&
         (coded->type == TensorProto::INT32 || coded->type == TensorProto::FLOAT);
}

void scale_sums(Node& node, int sums, const Constant& factor) {
  const Value& value = node.value(sums);
  node.require(factor.is_float() && std::ranges::all_of(factor.floats(), [](float f) { return f > 0.0F; }),
               "its scale is not above 0");
  const double step = value.coded->range ? 1.0 : static_cast<double>(value.coded->scale);
  node.require(scale_layer(node, value.tensor, factor, 1.0 / step),
               "its integers are not the sums of a layer right before it that nothing else reads, or its scales are "
               "not one for each output channel");
  node.output(value.tensor);
}

namespace {

/// Integer weights less their zero point, as floats with a step of 1.
ConstantPtr integer_weights(Node& node, std::size_t channel_axis) {
  const ConstantPtr& codes = node.constant(1, "weights");
  const std::vector<std::int64_t>& values = node.ints(1, "weights");
  const std::vector<std::int64_t> zeros =
      node.has(3) ? node.ints(3, "zero point of the weights") : std::vector<std::int64_t>{0};
  node.require(codes->shape.size() >= 2 && !values.empty(),
               fmt::format("its weights have shape {}; matrices and kernels are supported", format(codes->shape)));
  const auto channels = static_cast<std::size_t>(codes->shape[channel_axis]);
  node.require(zeros.size() == 1 || zeros.size() == channels,
               fmt::format("has {} zero points for weights of shape {}", zeros.size(), format(codes->shape)));
  std::size_t inner = 1;
  for (std::size_t d = channel_axis + 1; d < codes->shape.size(); ++d)
    inner *= static_cast<std::size_t>(codes->shape[d]);
  std::vector<float> weights(values.size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = static_cast<float>(values[i] - zeros[zeros.size() == 1 ? 0 : i / inner % channels]);
  return std::make_shared<Constant>(
      Constant{.shape = codes->shape, .data = std::move(weights), .codes = ConstantCodes{{1.0F}, 0}});
}

/// Checks the operands of ConvInteger and MatMulInteger, and makes the first one readable.
Coded integer_input(Node& node) {
  const Coded* coded = node.is_constant(0) ? nullptr : node.coded(0);
  node.require(coded != nullptr && coded->role == Coded::Role::kCodes && !is_sums(coded),
               fmt::format("its input '{}' comes from no QuantizeLinear or DynamicQuantizeLinear", node.input_name(0)));
  node.require(node.is_constant(1), "it multiplies two activations; only constant weights are supported");
  if (coded->range) {
    const Coded* zero = node.has(2) && !node.is_constant(2) ? node.coded(2) : nullptr;
    node.require(zero != nullptr && zero->role == Coded::Role::kZeroPoint && zero->range == coded->range,
                 "its zero point is not that of the DynamicQuantizeLinear of its input");
  } else {
    const std::int64_t zero = node.has(2) ? node.ints(2, "zero point").at(0) : 0;
    node.require(zero == coded->zero_point,
                 fmt::format("its zero point is {}, but its input was quantised with {}", zero, coded->zero_point));
  }
  node.carry_codes();
  return *coded;
}

void give_sums(Node& node, TensorId layer, TensorId output, const Coded& input) {
  node.graph().builder().producer(layer)->dynamic_input = input.range.has_value();
  node.output_coded(output, {.type = TensorProto::INT32, .scale = input.scale, .zero_point = 0, .range = input.range});
}

}  // namespace

void read_conv_integer(Node& node) {
  const Coded input = integer_input(node);
  const TensorId image = convolution(node, integer_weights(node, 0), std::nullopt);
  give_sums(node, image, image_shaped(node, image), input);
}

void read_matmul_integer(Node& node) {
  const Coded input = integer_input(node);
  const TensorId product = dense_product(node, integer_weights(node, 1));
  give_sums(node, product, product, input);
}

bool cast_codes(Node& node) {
  const Coded* coded = node.coded(0);
  if (coded == nullptr) return false;
  node.require(is_sums(coded) && node.integer("to", 0) == TensorProto::FLOAT,
               "casts integers of a quantised tensor; only sums of Conv- and MatMulInteger may be cast, to FLOAT");
  Coded floats = *coded;
  floats.type = TensorProto::FLOAT;
  node.output_coded(node.value(0).tensor, floats);
  return true;
}

bool scale_codes(Node& node) {
  const auto coded = [&](int i) { return node.is_constant(i) ? nullptr : node.coded(i); };
  const auto is_scale = [](const Coded* c) { return c != nullptr && c->role == Coded::Role::kScale; };
  for (const int i : {0, 1}) {
    const Coded *own = coded(i), *other = coded(1 - i);
    if (is_scale(own) && node.is_constant(1 - i)) {
      node.require(own->factor == nullptr, "a scale that is measured at run time is multiplied twice");
      node.floats(1 - i, "scale");
      Coded product = *own;
      product.factor = node.constant(1 - i, "scale");
      node.output_coded(node.value(i).tensor, product);
      return true;
    }
    if (!is_sums(own)) continue;
    node.require(own->type == TensorProto::FLOAT, "multiplies integers; a Cast to FLOAT is needed before");
    if (!own->range && node.is_constant(1 - i)) {
      scale_sums(node, i, *node.constant(1 - i, "scale"));
      return true;
    }
    node.require(own->range && is_scale(other) && other->range == own->range,
                 "multiplies sums of products with something else than the scales of their operands");
    scale_sums(node, i, other->factor ? *other->factor : Constant{.shape = {}, .data = std::vector<float>{1.0F}});
    return true;
  }
  return false;
}

}  // namespace cimera::workloads
