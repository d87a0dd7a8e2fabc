#include "workloads/onnx/check.h"

#include <algorithm>
#include <exception>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include "workloads/onnx/operators.h"
#include "workloads/onnx/quantised_operators.h"
#include "workloads/onnx/reader.h"

namespace cimera::workloads {
namespace {

constexpr int kNewestIr = 8;
constexpr int kFreeInitializers = 4;  // before it, initialisers were to be listed as inputs, which tools forget

/// libonnx messages run over several lines; errors of cimera are one.
std::string one_line(std::string text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!space) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  return out;
}

void check_node(const onnx::NodeProto& node, int opset, const std::string& file) {
  const std::string name = node.name().empty() && node.output_size() > 0 ? node.output(0) : node.name();
  const Where where{fmt::format("{}: node '{}' ({})", file, name, node.op_type())};
  const std::span<const OnnxOperator> table = operator_table();
  const auto row = std::ranges::find(table, node.op_type(), &OnnxOperator::name);
  const bool own_domain = node.domain().empty() || node.domain() == "ai.onnx";
  if (row == table.end() || !own_domain) {
    fail_input(where, fmt::format("operator {}{}{} is not supported. Supported: {}", node.domain(),
                                  node.domain().empty() ? "" : ".", node.op_type(), fmt::join(onnx_operators(), ", ")));
  }
  if (opset < row->since) {
    fail_input(where, fmt::format("operator set {} is too old for it; export with {} to {}", opset,
                                  std::max(row->since, 7), kNewestOpset));
  }
  if (node.output_size() == 0 || node.output(0).empty()) fail_input(where, "it has no output");
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.has_g() || attribute.graphs_size() > 0 || !attribute.ref_attr_name().empty()) {
      fail_input(where, fmt::format("attribute '{}' holds a graph or refers to a function; neither is supported",
                                    attribute.name()));
    }
    if (attribute.has_t() && attribute.t().data_location() == onnx::TensorProto::EXTERNAL) {
      fail_input(where, fmt::format("the values of attribute '{}' are in another file", attribute.name()));
    }
  }
}

/// The constant that a name stands for; null where no initialiser and no Constant node has it.
const onnx::TensorProto* constant_named(const onnx::GraphProto& graph, const std::string& name) {
  const auto stored = std::ranges::find(graph.initializer(), name, &onnx::TensorProto::name);
  if (stored != graph.initializer().end()) return &*stored;
  for (const onnx::NodeProto& node : graph.node()) {
    if (node.op_type() != "Constant" || node.output(0) != name) continue;
    for (const onnx::AttributeProto& attribute : node.attribute())
      if (attribute.name() == "value") return &attribute.t();
  }
  return nullptr;
}

/// Since operator set 18, means and maxima take their axes as an operand, which libonnx 1.12 does not know: they are
/// made an attribute again.
void lower_axes(onnx::ModelProto& model, int opset, const Where& where) {
  constexpr int kAxesAsOperand = 18;
  if (opset < kAxesAsOperand) return;
  for (onnx::NodeProto& node : *model.mutable_graph()->mutable_node()) {
    if ((node.op_type() != "ReduceMean" && node.op_type() != "ReduceMax") || node.input_size() != 2) continue;
    const onnx::TensorProto* axes = constant_named(model.graph(), node.input(1));
    if (axes == nullptr) continue;
    const Constant values = read_constant(*axes, where);
    if (values.is_float() || values.ints().empty()) continue;
    node.mutable_input()->RemoveLast();
    auto& attributes = *node.mutable_attribute();
    attributes.erase(std::remove_if(attributes.begin(), attributes.end(),
                                    [](const auto& a) { return a.name() == "noop_with_empty_axes"; }),
                     attributes.end());
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name("axes");
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t axis : values.ints()) attribute.add_ints(axis);
  }
}

/// The sizes that shape inference has found, -1 where open.
std::vector<std::int64_t> known_sizes(const onnx::TensorShapeProto& shape) {
  std::vector<std::int64_t> sizes;
  for (const onnx::TensorShapeProto::Dimension& dim : shape.dim()) {
    sizes.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  }
  return sizes;
}

void compare(const onnx::ValueInfoProto& info, const Graph& graph) {
  const Value* value = graph.find(info.name());
  if (value == nullptr || !info.type().tensor_type().has_shape()) return;
  const std::vector<std::int64_t> theirs = known_sizes(info.type().tensor_type().shape());
  const Shape ours = graph.shape_of(*value);
  bool equal = theirs.size() == ours.size();
  for (std::size_t d = 0; equal && d < ours.size(); ++d) equal = theirs[d] < 0 || theirs[d] == ours[d];
  if (!equal) {
    fail_input(Where{fmt::format("{}: '{}'", graph.file(), info.name())},
               fmt::format("its shape is {}, but the file or ONNX's shape rules say {}", format(ours), format(theirs)));
  }
}

}  // namespace

void check_model(onnx::ModelProto& model, const std::string& file) {
  const Where where{file};
  if (!model.has_ir_version() || !model.has_graph()) fail_input(where, "it is no ONNX model: it holds no graph");
  const int opset = read_opset(model, where);
  if (model.functions_size() > 0) fail_input(where, "functions inside a model are not supported");
  if (model.graph().sparse_initializer_size() > 0) fail_input(where, "sparse tensors are not supported");
  if (model.graph().node_size() == 0) fail_input(where, "the graph has no nodes");
  expand_quantised_operators(model, file);
  for (const onnx::TensorProto& tensor : model.graph().initializer()) {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
      fail_input(Where{fmt::format("{}: tensor '{}'", file, tensor.name())},
                 "its values are in another file; save the model as one file with all weights inside");
    }
  }
  for (const onnx::NodeProto& node : model.graph().node()) check_node(node, opset, file);
  lower_axes(model, opset, where);
  if (model.ir_version() == kFreeInitializers - 1) model.set_ir_version(kFreeInitializers);
  model.set_ir_version(std::min<std::int64_t>(model.ir_version(), kNewestIr));
  try {
    onnx::checker::check_model(model);
  } catch (const std::exception& error) {
    fail_input(where, fmt::format("ONNX's checker refuses it: {}", one_line(error.what())));
  }
}

void check_shapes(onnx::ModelProto& model, const Graph& graph) {
  for (onnx::ValueInfoProto& input : *model.mutable_graph()->mutable_input()) {
    auto* shape = input.mutable_type()->mutable_tensor_type()->mutable_shape();
    if (shape->dim_size() > 0 && !shape->dim(0).has_dim_value()) shape->mutable_dim(0)->set_dim_value(1);
  }
  // Before libonnx relies on what the file says: 1.12 dies of a window over an image with too few dimensions.
  for (const onnx::ValueInfoProto& info : model.graph().value_info()) compare(info, graph);
  for (const onnx::ValueInfoProto& info : model.graph().output()) compare(info, graph);
  try {
    const onnx::ShapeInferenceOptions options(true, 1, false);  // check types, strict, no propagation of data
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), options);
  } catch (const std::exception& error) {
    fail_input(Where{graph.file()}, fmt::format("ONNX's shape inference refuses it: {}", one_line(error.what())));
  }
  for (const onnx::ValueInfoProto& info : model.graph().value_info()) compare(info, graph);
  for (const onnx::ValueInfoProto& info : model.graph().output()) compare(info, graph);
}

}  // namespace cimera::workloads
