// Arithmetic, activations, softmax, and operators that change nothing at inference.
#include <fmt/format.h>

#include "workloads/onnx/operators.h"

namespace cimera::workloads {
namespace {

/// An operand of an elementwise operation, as a tensor whose axes line up with a result of `rank` ONNX dimensions.
TensorId aligned_operand(Node& node, int i, std::size_t rank) {
  const Shape shape = node.shape(i);
  if (node.is_constant(i)) {
    node.floats(i, "constant operand");
    node.require(constant_size(shape, node.where()) > 0, fmt::format("operand '{}' is empty", node.input_name(i)));
    if (node.graph().batched() && shape.size() == rank && shape.front() != 1) {
      node.fail_mixes_batch(fmt::format("has a constant operand of shape {}", format(shape)));
    }
    return node.graph().tensor_of(node.input_name(i), node.constant(i, "operand"));
  }
  if (shape.size() == rank) return node.activation(i);
  if (node.graph().batched()) {
    node.fail_mixes_batch(fmt::format("combines an input of shape {} with {} dimensions", format(shape), rank));
  }
  Shape longer(rank - shape.size(), 1);
  longer.insert(longer.end(), shape.begin(), shape.end());
  return node.reshape(node.activation(i), longer);
}

void read_binary(Node& node, BinaryKind kind) {
  const std::size_t rank = std::max(node.shape(0).size(), node.shape(1).size());
  const TensorId a = aligned_operand(node, 0, rank);
  const TensorId b = aligned_operand(node, 1, rank);
  node.output(node.add(Binary{kind}, {a, b}));
}

void read_unary(Node& node, UnaryKind kind) { node.output(node.add(Unary{kind}, {node.activation(0)})); }

}  // namespace

void read_add(Node& node) {
  if (node.is_constant(1) && fold_into_bias(node, 0, 1)) return;
  if (node.is_constant(0) && fold_into_bias(node, 1, 0)) return;
  read_binary(node, BinaryKind::kAdd);
}

void read_sub(Node& node) { read_binary(node, BinaryKind::kSub); }
void read_mul(Node& node) {
  if (!scale_codes(node)) read_binary(node, BinaryKind::kMul);
}
void read_div(Node& node) { read_binary(node, BinaryKind::kDiv); }

void read_sum(Node& node) {
  if (node.inputs() == 1) return node.output_same_as(0);
  std::size_t rank = 0;
  for (int i = 0; i < node.inputs(); ++i) rank = std::max(rank, node.shape(i).size());
  TensorId sum = aligned_operand(node, 0, rank);
  for (int i = 1; i < node.inputs(); ++i)
    sum = node.add(Binary{BinaryKind::kAdd}, {sum, aligned_operand(node, i, rank)});
  node.output(sum);
}

void read_relu(Node& node) { read_unary(node, UnaryKind::kRelu); }
void read_sigmoid(Node& node) { read_unary(node, UnaryKind::kSigmoid); }
void read_tanh(Node& node) { read_unary(node, UnaryKind::kTanh); }

void read_softmax(Node& node) {
  constexpr int kSingleAxis = 13;  // before it, all dimensions from `axis` on were normalised together
  const Shape shape = node.shape(0);
  const auto rank = static_cast<std::int64_t>(shape.size());
  const std::int64_t axis = node.axis(node.integer("axis", node.opset() < kSingleAxis ? 1 : -1), rank);
  if (node.graph().batched() && axis == 0) node.fail_mixes_batch("normalises along axis 0");
  if (node.opset() >= kSingleAxis || axis == rank - 1) {
    return node.output(node.add(Softmax{.axis = axis + node.graph().lead()}, {node.activation(0)}));
  }
  const auto middle = shape.begin() + static_cast<std::ptrdiff_t>(axis);
  Shape flat(shape.begin(), middle);
  flat.push_back(elements(Shape(middle, shape.end()), node.where()));
  const TensorId joined = node.add(Softmax{.axis = -1}, {node.reshape(node.activation(0), flat)});
  node.output(node.reshape(joined, shape));
}

void read_dropout(Node& node) {
  if (node.has(2)) {
    const std::vector<std::int64_t>& training = node.ints(2, "training_mode");
    node.require(training.size() == 1 && training.front() == 0, "training_mode is not supported");
  }
  node.output_same_as(0);
}

void read_identity(Node& node) { node.output_same_as(0); }

void read_cast(Node& node) {
  if (cast_codes(node)) return;
  node.require(node.integer("to", 0) == onnx::TensorProto::FLOAT, "activations are 32-bit floats and stay so");
  node.output_same_as(0);
}

}  // namespace cimera::workloads
