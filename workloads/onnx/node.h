// One node of an ONNX graph, as the rule of its operator sees it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <onnx/onnx_pb.h>

#include "workloads/onnx/graph.h"

namespace cimera::workloads {

/// Reads operands and attributes of a node and records what it becomes. Every failure names the file, the node and its
/// operator. The node has passed ONNX's checker: attributes have the right types, required ones are there.
class Node {
 public:
  Node(Graph& graph, const onnx::NodeProto& proto);

  Graph& graph() { return graph_; }
  const std::string& op() const { return proto_.op_type(); }
  int opset() const { return graph_.opset(); }
  /// Fails when an output behind the first `outputs` is used.
  void check_outputs(int outputs) const;
  [[noreturn]] void fail(std::string_view message) const;
  /// For operations along the axis that counts samples.
  [[noreturn]] void fail_mixes_batch(std::string_view message) const;
  void require(bool holds, std::string_view message) const;
  /// Where messages about this node come from.
  const Where& where() const { return where_; }

  int inputs() const { return proto_.input_size(); }
  bool has(int i) const { return i < inputs() && !proto_.input(i).empty(); }
  bool is_constant(int i) const { return value(i).constant != nullptr; }
  bool all_constant() const;
  const std::string& input_name(int i) const { return proto_.input(i); }
  const Value& value(int i) const;
  /// A constant operand; `what` names its role in the message when it is computed from the input of the network.
  const ConstantPtr& constant(int i, std::string_view what) const;
  const std::vector<float>& floats(int i, std::string_view what) const;
  const std::vector<std::int64_t>& ints(int i, std::string_view what) const;
  TensorId activation(int i) const;
  /// How an operand is coded; null for real numbers.
  const Coded* coded(int i) const;
  /// For operators that only move values: operands may be codes, all in the same way, and so is the result.
  void carry_codes();
  /// Shape of an operand as ONNX sees it.
  Shape shape(int i) const;
  /// Turns a possibly negative ONNX axis of an operand of `rank` dimensions into 0..rank-1.
  std::int64_t axis(std::int64_t axis, std::int64_t rank) const;

  bool has_attribute(std::string_view name) const { return attribute(name) != nullptr; }
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  double real(std::string_view name, double otherwise) const;
  std::string text(std::string_view name, std::string_view otherwise) const;
  std::vector<std::int64_t> integers(std::string_view name, std::vector<std::int64_t> otherwise) const;
  const onnx::AttributeProto* attribute(std::string_view name) const;
  const onnx::NodeProto& proto() const { return proto_; }

  /// Appends a layer; its output is an intermediate value unless given to output().
  TensorId add(Operator op, std::vector<TensorId> inputs, NetworkBuilder::Parameters parameters = {});
  /// An activation under another shape (as ONNX sees it), by a Reshape layer where the shape differs. Throws MixesBatch
  /// when the new shape does not keep the samples apart.
  TensorId reshape(TensorId tensor, const Shape& onnx_shape);
  /// A new constant tensor of the network that this node derives from its operands.
  TensorId new_constant(std::string_view what, Shape shape, std::vector<float> values);

  /// What the node's first output is: an activation, a folded constant, or another name for an operand.
  void output(TensorId tensor);
  void output(Constant constant);
  void output_same_as(int input);
  /// The same for integers that stand for an activation, and for what DynamicQuantizeLinear gives beside its codes.
  void output_coded(TensorId tensor, Coded coded, int output = 0);
  const std::string& output_name() const { return proto_.output(0); }

 private:
  Graph& graph_;
  const onnx::NodeProto& proto_;
  Where where_;
  std::optional<Coded> carried_;
};

}  // namespace cimera::workloads
