// Reductions, normalisations, and functions of one value that ONNX has as operators of their own.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "workloads/onnx/operators.h"

namespace cimera::workloads {
namespace {

template <UnaryKind kKind>
void unary(Node& node) {
  node.output(node.add(Unary{kKind}, {node.activation(0)}));
}

/// The axes of a reduction: the second operand or an attribute, by operator set; all when left out, none where the node
/// says so.
std::vector<std::int64_t> reduced_axes(Node& node, std::int64_t rank) {
  std::vector<std::int64_t> axes = node.has(1) ? node.ints(1, "list of axes") : node.integers("axes", {});
  if (axes.empty()) {
    if (node.integer("noop_with_empty_axes", 0) != 0) return {};
    for (std::int64_t d = 0; d < rank; ++d) axes.push_back(d);
  }
  for (std::int64_t& axis : axes) axis = node.axis(axis, rank);
  std::ranges::sort(axes);
  node.require(std::ranges::adjacent_find(axes) == axes.end(), "an axis is named twice");
  return axes;
}

void reduce(Node& node, Reduce::Kind kind) {
  const Shape shape = node.shape(0);
  const std::vector<std::int64_t> axes = reduced_axes(node, static_cast<std::int64_t>(shape.size()));
  if (axes.empty()) return node.output_same_as(0);
  if (node.graph().batched() && axes.front() == 0) node.fail_mixes_batch("reduces axis 0");
  Reduce op{.kind = kind, .axes = axes};
  for (std::int64_t& axis : op.axes) axis += node.graph().lead();
  const TensorId reduced = node.add(std::move(op), {node.activation(0)});
  if (node.integer("keepdims", 1) != 0) return node.output(reduced);
  Shape less;
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (!std::ranges::binary_search(axes, static_cast<std::int64_t>(d))) less.push_back(shape[d]);
  node.output(node.reshape(reduced, less));
}

/// A bound of a Clip: an operand since operator set 11, an attribute before.
float bound(Node& node, int operand, const char* name, float otherwise) {
  constexpr int kBoundsAsInputs = 11;
  if (node.opset() < kBoundsAsInputs) return static_cast<float>(node.real(name, otherwise));
  if (!node.has(operand)) return otherwise;
  const std::vector<float>& value = node.floats(operand, name);
  node.require(value.size() == 1, fmt::format("its {} is no single number", name));
  return value.front();
}

}  // namespace

void read_neg(Node& node) { unary<UnaryKind::kNegate>(node); }
void read_sqrt(Node& node) { unary<UnaryKind::kSqrt>(node); }
void read_reciprocal(Node& node) { unary<UnaryKind::kReciprocal>(node); }
void read_exp(Node& node) { unary<UnaryKind::kExp>(node); }
void read_erf(Node& node) { unary<UnaryKind::kErf>(node); }

void read_pow(Node& node) {
  const TensorId x = node.activation(0);
  const std::vector<float> power =
      std::visit([](const auto& values) { return std::vector<float>(values.begin(), values.end()); },
                 node.constant(1, "exponent")->data);
  node.require(power.size() == 1 && node.shape(1).size() <= node.shape(0).size(),
               "its exponent is no single number; only such are supported");
  constexpr float kHalf = 0.5F;
  if (power.front() == 1.0F) return node.output_same_as(0);
  if (power.front() == 2.0F) return node.output(node.add(Binary{BinaryKind::kMul}, {x, x}));
  if (power.front() == 3.0F) {
    const TensorId square = node.add(Binary{BinaryKind::kMul}, {x, x});
    return node.output(node.add(Binary{BinaryKind::kMul}, {square, x}));
  }
  if (power.front() == kHalf) return unary<UnaryKind::kSqrt>(node);
  if (power.front() == -1.0F) return unary<UnaryKind::kReciprocal>(node);
  if (power.front() == -kHalf)
    return node.output(
        node.add(Unary{UnaryKind::kReciprocal}, {node.add(Unary{UnaryKind::kSqrt}, {node.activation(0)})}));
  node.fail(fmt::format("its exponent is {}; supported are -1, -0.5, 0.5, 1, 2 and 3", power.front()));
}

void read_clip(Node& node) {
  const float low = bound(node, 1, "min", std::numeric_limits<float>::lowest());
  const float high = bound(node, 2, "max", std::numeric_limits<float>::max());
  node.output(node.add(Clip{low, high}, {node.activation(0)}));
}

void read_reduce_mean(Node& node) { reduce(node, Reduce::Kind::kMean); }
void read_reduce_sum(Node& node) { reduce(node, Reduce::Kind::kSum); }
void read_reduce_max(Node& node) { reduce(node, Reduce::Kind::kMax); }

void read_layer_normalization(Node& node) {
  const Shape shape = node.shape(0);
  const auto rank = static_cast<std::int64_t>(shape.size());
  const std::int64_t axis = node.axis(node.integer("axis", -1), rank);
  if (node.graph().batched() && axis == 0) node.fail_mixes_batch("normalises axis 0");
  const auto middle = shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const std::int64_t width = elements(Shape(middle, shape.end()), node.where());
  const auto parameter = [&](int i, const char* what) {
    std::vector<float> values = node.floats(i, what);
    node.require(static_cast<std::int64_t>(values.size()) == width,
                 fmt::format("its {} has shape {} for {} values", what, format(node.shape(i)), width));
    return node.new_constant(what, {width}, std::move(values));
  };
  NetworkBuilder::Parameters parameters{.weights = parameter(1, "factor")};
  if (node.has(2)) parameters.bias = parameter(2, "addend");
  Shape flat(shape.begin(), middle);
  flat.push_back(width);
  const TensorId input = node.reshape(node.activation(0), flat);
  const Normalize op{.kind = Normalize::Kind::kLayer, .epsilon = static_cast<float>(node.real("epsilon", 1e-5))};
  node.output(node.reshape(node.add(op, {input}, std::move(parameters)), shape));
}

void read_local_response(Node& node) {
  const TensorId image = image_operand(node);
  const LocalResponse op{.size = node.integer("size", 1),
                         .alpha = static_cast<float>(node.real("alpha", 1e-4)),
                         .beta = static_cast<float>(node.real("beta", 0.75)),
                         .bias = static_cast<float>(node.real("bias", 1.0))};
  image_output(node, node.add(op, {image}));
}

}  // namespace cimera::workloads
