// QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear: integers that stand for real numbers.
//
// The network holds real numbers only. A tensor of codes is the activation that they stand for, which QuantizeLinear
// puts on a grid (Tensor::grid).
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "workloads/file_codes.h"
#include "workloads/onnx/operators.h"

namespace cimera::workloads {
namespace {

using onnx::TensorProto;

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

struct IntegerRange {
  std::int32_t low, high;
};
IntegerRange range_of(const Node& node, int type) {
  switch (type) {
    case TensorProto::UINT8:
      return {0, 255};
    case TensorProto::INT8:
      return {-128, 127};
    case TensorProto::UINT16:
      return {0, 65535};
    case TensorProto::INT16:
      return {-32768, 32767};
    default:
      node.fail(fmt::format("its codes are of type {}; UINT8, INT8, UINT16 and INT16 are supported", type));
  }
}

/// Operands 1 and 2 of QuantizeLinear and DequantizeLinear.
struct Linear {
  std::vector<float> scale;              ///< one, or one for each index of `axis`
  std::vector<std::int64_t> zero_point;  ///< as many
  std::size_t axis = 0;
  int type = 0;  ///< of the codes; 0 where no zero point says it
};

Linear read_linear(const Node& node, const Shape& shape) {
  constexpr int kPerAxis = 13;
  Linear linear{.scale = node.floats(1, "scale"), .zero_point = {}};
  node.require(node.integer("block_size", 0) == 0, "a scale for each block (block_size) is not supported");
  for (const float scale : linear.scale)
    node.require(std::isfinite(scale) && scale > 0.0F, fmt::format("its scale is {}; it must be above 0", scale));
  if (node.has(2)) {
    linear.zero_point = node.ints(2, "zero point");
    linear.type = node.constant(2, "zero point")->type;
    node.require(linear.zero_point.size() == linear.scale.size(),
                 fmt::format("has {} scales, but {} zero points", linear.scale.size(), linear.zero_point.size()));
  } else {
    linear.zero_point.assign(linear.scale.size(), 0);
    linear.type = static_cast<int>(node.integer("output_dtype", TensorProto::UINT8));
  }
  if (linear.scale.size() == 1) return linear;
  node.require(node.opset() >= kPerAxis, "a scale for each channel is supported from operator set 13 on");
  linear.axis = size(node.axis(node.integer("axis", 1), static_cast<std::int64_t>(shape.size())));
  node.require(static_cast<std::int64_t>(linear.scale.size()) == shape[linear.axis],
               fmt::format("has {} scales for axis {} of shape {}", linear.scale.size(), linear.axis, format(shape)));
  return linear;
}

/// Which scale and zero point each element of a constant has.
class ByElement {
 public:
  ByElement(const Linear& linear, const Shape& shape) : scales_(linear.scale.size()) {
    for (std::size_t d = linear.axis + 1; d < shape.size(); ++d) inner_ *= size(shape[d]);
  }
  std::size_t operator()(std::size_t element) const { return scales_ == 1 ? 0 : element / inner_ % scales_; }

 private:
  std::size_t scales_, inner_ = 1;
};

/// The activation rounded to the grid. Where something else reads it too, a copy is.
TensorId on_grid(Node& node, TensorId tensor, const CodeGrid& grid) {
  Graph& graph = node.graph();
  const Network& network = graph.builder().network();
  if (grid_of(network, tensor) == grid) return tensor;
  const bool alone = graph.read_only_like(node.input_name(0), node.proto()) &&
                     graph.uses(tensor) == graph.uses(node.input_name(0)) && !network.tensor(tensor).grid;
  if (!alone) {
    const TensorId copy = node.add(Unary{UnaryKind::kIdentity}, {tensor});
    graph.builder().set_grid(copy, grid);
    return copy;
  }
  // A Reshape shows the values of another tensor: that one is put on the grid, where nothing else reads it.
  TensorId source = tensor;
  for (const Layer* layer = graph.builder().producer(source);
       layer != nullptr && std::holds_alternative<Reshape>(layer->op) && graph.uses(layer->inputs[0]) <= 1 &&
       !network.tensor(layer->inputs[0]).grid;
       layer = graph.builder().producer(source))
    source = layer->inputs[0];
  const Layer* layer = graph.builder().producer(source);
  if (layer != nullptr && std::holds_alternative<Reshape>(layer->op)) {
    source = tensor = node.add(Unary{UnaryKind::kIdentity}, {tensor});
  }
  graph.builder().set_grid(source, grid);
  return tensor;
}

}  // namespace

void read_quantize(Node& node) {
  const TensorId tensor = node.activation(0);
  const Linear linear = read_linear(node, node.shape(0));
  node.require(linear.scale.size() == 1, "activations have one scale each; a scale for each channel is for weights");
  const auto [low, high] = range_of(node, linear.type);
  const CodeGrid grid{linear.scale[0], static_cast<std::int32_t>(linear.zero_point[0]), low, high};
  grid.check(node.where());
  node.output_coded(on_grid(node, tensor, grid),
                    {.type = linear.type, .scale = grid.scale, .zero_point = grid.zero_point});
}

void read_dequantize(Node& node) {
  const Coded* coded = node.coded(0);
  node.require(coded != nullptr && coded->role == Coded::Role::kCodes && coded->type != TensorProto::FLOAT,
               fmt::format("operand '{}' holds no integers of a quantised tensor", node.input_name(0)));
  node.require(!coded->range, "reads codes of DynamicQuantizeLinear; they are supported for Conv- and MatMulInteger");
  const Linear linear = read_linear(node, node.shape(0));
  if (is_sums(coded)) {
    node.require(std::ranges::all_of(linear.zero_point, [](std::int64_t z) { return z == 0; }),
                 "sums of products have the zero point 0");
    Shape shape(linear.scale.size() == 1 ? 0 : node.shape(0).size() - linear.axis, 1);
    if (!shape.empty()) shape.front() = static_cast<std::int64_t>(linear.scale.size());
    return scale_sums(node, 0, {.shape = shape, .data = linear.scale});
  }
  node.require(linear.scale.size() == 1 && linear.scale[0] == coded->scale && linear.zero_point[0] == coded->zero_point,
               fmt::format("its scale and zero point ({}, {}) are not those that '{}' was quantised with ({}, {})",
                           linear.scale[0], linear.zero_point[0], node.input_name(0), coded->scale, coded->zero_point));
  node.output(node.value(0).tensor);
}

void read_dynamic_quantize(Node& node) {
  const TensorId tensor = node.activation(0);
  const Coded coded{.type = TensorProto::UINT8, .range = tensor};
  node.output_coded(tensor, coded);
  for (const auto& [output, role] : {std::pair{1, Coded::Role::kScale}, std::pair{2, Coded::Role::kZeroPoint}}) {
    Coded beside = coded;
    beside.role = role;
    if (output < node.proto().output_size()) node.output_coded(tensor, beside, output);
  }
}

void take_weight_steps(Node& node, TensorId output, const Constant& constant, std::size_t axis, double factor) {
  if (!constant.codes) return;
  Layer& layer = *node.graph().builder().producer(output);
  const MvmShape shape = mvm_shape(node.graph().builder().network(), layer);
  const auto& [scale, scale_axis] = *constant.codes;
  node.require(scale.size() == 1 || scale_axis == axis,
               fmt::format("its integer weights have a scale for each index of axis {}; one for each output channel "
                           "(axis {}) is supported",
                           scale_axis, axis));
  node.require(factor > 0.0, fmt::format("its integer weights are multiplied by {}", factor));
  for (std::int64_t c = 0; c < shape.groups * shape.columns; ++c)
    layer.weight_steps.push_back(factor * static_cast<double>(scale[scale.size() == 1 ? 0 : size(c)]));
}

void fold_quantize(Node& node) {
  const ConstantPtr in = node.constant(0, "operand");
  const std::vector<float>& values = node.floats(0, "operand");
  const Linear linear = read_linear(node, in->shape);
  const ByElement of(linear, in->shape);
  const auto [low, high] = range_of(node, linear.type);
  std::vector<std::int64_t> codes(values.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const float code = std::nearbyint(values[i] / linear.scale[of(i)]);
    codes[i] =
        static_cast<std::int64_t>(std::clamp(static_cast<double>(code) + static_cast<double>(linear.zero_point[of(i)]),
                                             static_cast<double>(low), static_cast<double>(high)));
  }
  node.output(Constant{.shape = in->shape, .data = std::move(codes), .type = linear.type});
}

void fold_dequantize(Node& node) {
  const ConstantPtr in = node.constant(0, "operand");
  const std::vector<std::int64_t>& codes = node.ints(0, "operand");
  const Linear linear = read_linear(node, in->shape);
  const ByElement of(linear, in->shape);
  std::vector<float> values(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i)
    values[i] = static_cast<float>(codes[i] - linear.zero_point[of(i)]) * linear.scale[of(i)];
  node.output(Constant{.shape = in->shape,
                       .data = std::move(values),
                       .type = TensorProto::FLOAT,
                       .codes = ConstantCodes{linear.scale, linear.axis}});
}

}  // namespace cimera::workloads
