#include "workloads/onnx/quantised_operators.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace cimera::workloads {
namespace {

constexpr const char* kMicrosoft = "com.microsoft";
constexpr int kNone = -1;

/// Where the operands stand: each quantised one is tensor, scale, zero point.
struct Row {
  const char* domain;
  const char* name;
  const char* real;     ///< operator on real numbers
  int first, operands;  ///< first tensor, and how many; 0 operands: as many as there are
  int bias;             ///< int32 in steps of the product of the first two scales, or kNone
  int out;              ///< scale of the result, its zero point behind it
};
// https://onnx.ai/onnx/operators, https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
constexpr Row kRows[] = {
    {"", "QLinearConv", "Conv", 0, 2, 8, 6},
    {"", "QLinearMatMul", "MatMul", 0, 2, kNone, 6},
    {kMicrosoft, "QGemm", "Gemm", 0, 2, 6, 7},
    {kMicrosoft, "QLinearAdd", "Add", 0, 2, kNone, 6},
    {kMicrosoft, "QLinearMul", "Mul", 0, 2, kNone, 6},
    {kMicrosoft, "QLinearSigmoid", "Sigmoid", 0, 1, kNone, 3},
    {kMicrosoft, "QLinearSoftmax", "Softmax", 0, 1, kNone, 3},
    {kMicrosoft, "QLinearAveragePool", "AveragePool", 0, 1, kNone, 3},
    {kMicrosoft, "QLinearGlobalAveragePool", "GlobalAveragePool", 0, 1, kNone, 3},
    {kMicrosoft, "QLinearConcat", "Concat", 2, 0, kNone, 0},
};

const onnx::AttributeProto* attribute(const onnx::NodeProto& node, const char* name) {
  const auto found = std::ranges::find(node.attribute(), name, &onnx::AttributeProto::name);
  return found == node.attribute().end() ? nullptr : &*found;
}

void set_axis(onnx::NodeProto& node, std::int64_t axis) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name("axis");
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(axis);
}

/// Writes what one node becomes.
class Expansion {
 public:
  Expansion(const onnx::NodeProto& node, const Row& row, int opset, const std::string& file, onnx::GraphProto& to)
      : node_(node),
        row_(row),
        opset_(opset),
        to_(to),
        name_(node.name().empty() && node.output_size() > 0 ? node.output(0) : node.name()),
        where_{fmt::format("{}: node '{}' ({})", file, name_, node.op_type())} {}

  void write() {
    const int operands = row_.operands > 0 ? row_.operands : (node_.input_size() - row_.first) / 3;
    if (operands < 1) fail_input(where_, "it has no operands");
    if (node_.output_size() != 1) fail_input(where_, "it has not one output");
    check_attributes();
    std::vector<std::string> real;
    for (int i = 0; i < operands; ++i) real.push_back(dequantise(row_.first + 3 * i, i));
    if (row_.bias != kNone && has(row_.bias)) real.push_back(bias());
    // Without a scale of the result, which QGemm may leave out, the result is real.
    const bool quantised = has(row_.out);
    if (!quantised && row_.bias == kNone) fail_input(where_, fmt::format("operand {} is missing", row_.out + 1));
    const std::string result = quantised ? tensor("real") : node_.output(0);
    onnx::NodeProto& main = add(row_.real, real, result, "");
    for (const onnx::AttributeProto& attribute : node_.attribute())
      if (attribute.name() != "channels_last" && attribute.name() != "opset") *main.add_attribute() = attribute;
    if (quantised)
      add("QuantizeLinear", {result, operand(row_.out), optional(row_.out + 1)}, node_.output(0), "/codes");
  }

 private:
  bool has(int i) const { return i < node_.input_size() && !node_.input(i).empty(); }
  const std::string& operand(int i) const {
    if (!has(i)) fail_input(where_, fmt::format("operand {} is missing", i + 1));
    return node_.input(i);
  }
  /// Those that the operator on real numbers does not have.
  void check_attributes() const {
    if (const auto* last = attribute(node_, "channels_last"); last != nullptr && last->i() != 0)
      fail_input(where_, "channels_last is not supported");
    if (const auto* set = attribute(node_, "opset"); set != nullptr && (set->i() < kPerAxis) != (opset_ < kPerAxis))
      fail_input(where_, fmt::format("is defined by operator set {}, but the file by {}", set->i(), opset_));
  }
  std::string optional(int i) const { return has(i) ? node_.input(i) : ""; }
  std::string tensor(const std::string& what) const { return node_.output(0) + "/" + what; }

  onnx::NodeProto& add(const char* op, const std::vector<std::string>& inputs, const std::string& output,
                       const std::string& suffix) {
    onnx::NodeProto& node = *to_.add_node();
    node.set_op_type(op);
    node.set_name(name_ + suffix);
    for (const std::string& input : inputs) node.add_input(input);
    while (node.input_size() > 0 && node.input(node.input_size() - 1).empty()) node.mutable_input()->RemoveLast();
    node.add_output(output);
    return node;
  }

  /// Which axis of the weights counts output channels.
  std::int64_t channel_axis() const {
    const std::string real = row_.real;
    if (real == "Conv") return 0;
    const auto* transposed = attribute(node_, "transB");
    return transposed != nullptr && transposed->i() != 0 ? 0 : 1;
  }

  std::string dequantise(int first, int index) {
    const std::string number = std::to_string(index);
    const std::string made = tensor("operand" + number);
    onnx::NodeProto& node =
        add("DequantizeLinear", {operand(first), operand(first + 1), optional(first + 2)}, made, "/operand" + number);
    if (index == 1 && opset_ >= kPerAxis) set_axis(node, channel_axis());
    return made;
  }

  std::string bias() {
    if (const auto* alpha = attribute(node_, "alpha"); alpha != nullptr && alpha->f() != 1.0F)
      fail_input(where_, "alpha other than 1 is not supported");
    const std::string scale = tensor("bias_scale"), made = tensor("bias");
    add("Mul", {operand(1), operand(4)}, scale, "/bias_scale");
    onnx::NodeProto& node = add("DequantizeLinear", {operand(row_.bias), scale}, made, "/bias");
    if (opset_ >= kPerAxis) set_axis(node, 0);
    return made;
  }

  static constexpr int kPerAxis = 13;  // from here on scales may be per channel, and Softmax has one axis
  const onnx::NodeProto& node_;
  const Row& row_;
  int opset_;
  onnx::GraphProto& to_;
  std::string name_;
  Where where_;
};

const Row* row_of(const onnx::NodeProto& node) {
  const std::string domain = node.domain() == "ai.onnx" ? "" : node.domain();
  const auto found =
      std::ranges::find_if(kRows, [&](const Row& row) { return domain == row.domain && node.op_type() == row.name; });
  return found == std::end(kRows) ? nullptr : &*found;
}

}  // namespace

void expand_quantised_operators(onnx::ModelProto& model, const std::string& file) {
  onnx::GraphProto& graph = *model.mutable_graph();
  if (std::ranges::none_of(graph.node(), [](const onnx::NodeProto& node) { return row_of(node) != nullptr; })) return;
  int opset = 0;
  for (const onnx::OperatorSetIdProto& import : model.opset_import())
    if (import.domain().empty() || import.domain() == "ai.onnx") opset = static_cast<int>(import.version());
  const auto nodes = std::exchange(*graph.mutable_node(), {});
  for (const onnx::NodeProto& node : nodes) {
    if (const Row* row = row_of(node)) {
      Expansion(node, *row, opset, file, graph).write();
    } else {
      *graph.add_node() = node;
    }
  }
}

std::vector<std::string> quantised_operators() {
  std::vector<std::string> names;
  for (const Row& row : kRows)
    names.push_back(*row.domain == '\0' ? row.name : fmt::format("{}.{}", row.domain, row.name));
  return names;
}

}  // namespace cimera::workloads
