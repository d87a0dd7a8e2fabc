#include "workloads/onnx/graph.h"

#include <algorithm>
#include <filesystem>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cimera::workloads {
namespace {

Where tensor_place(const std::string& file, const std::string& kind, const std::string& name) {
  return Where{fmt::format("{}: {} '{}'", file, kind, name)};
}

/// The inputs of a graph that are no initialisers (before IR version 4, initialisers are listed as inputs too).
std::vector<const onnx::ValueInfoProto*> true_inputs(const onnx::GraphProto& graph) {
  std::unordered_set<std::string> initializers;
  for (const onnx::TensorProto& tensor : graph.initializer()) initializers.insert(tensor.name());
  std::vector<const onnx::ValueInfoProto*> inputs;
  for (const onnx::ValueInfoProto& input : graph.input()) {
    if (!initializers.contains(input.name())) inputs.push_back(&input);
  }
  return inputs;
}

template <class Names>
std::string quoted(const Names& names) {
  return fmt::format("'{}'", fmt::join(names, "', '"));
}

}  // namespace

int read_opset(const onnx::ModelProto& model, const Where& where) {
  int opset = 0;
  for (const onnx::OperatorSetIdProto& import : model.opset_import()) {
    if (!import.domain().empty() && import.domain() != "ai.onnx") continue;  // nodes of other domains are refused
    if (import.version() < kOldestOpset || import.version() > kNewestOpset) {
      fail_input(where, fmt::format("operator set {} is not supported; export with one from 7 to {}", import.version(),
                                    kNewestOpset));
    }
    opset = static_cast<int>(import.version());
  }
  if (opset == 0) fail_input(where, "names no ONNX operator set (opset_import)");
  return opset;
}

Graph::Graph(const onnx::ModelProto& model, std::string file, BatchMode mode)
    : file_(std::move(file)), mode_(mode), builder_(std::filesystem::path(file_).stem().string(), file_) {
  const onnx::GraphProto& graph = model.graph();
  opset_ = read_opset(model, Where{file_});
  for (const onnx::NodeProto& node : graph.node()) {
    for (const std::string& name : node.input()) {
      ++uses_[name];
      readers_[name].push_back(&node);
    }
  }
  std::vector<std::string> outputs;
  for (const onnx::ValueInfoProto& output : graph.output()) {
    ++uses_[output.name()];
    outputs.push_back(output.name());
  }
  if (outputs.size() != 1) {
    fail_input(Where{file_}, fmt::format("the graph has {} outputs ({}), not one", outputs.size(), quoted(outputs)));
  }
  output_ = outputs.front();
  const std::vector<const onnx::ValueInfoProto*> inputs = true_inputs(graph);
  if (inputs.size() != 1) {
    std::vector<std::string> names;
    for (const onnx::ValueInfoProto* input : inputs) names.push_back(input->name());
    fail_input(Where{file_},
               fmt::format("the graph has {} inputs without a value ({}), not one", inputs.size(), quoted(names)));
  }
  read_input(*inputs.front());
  read_initializers(graph);
}

void Graph::read_initializers(const onnx::GraphProto& graph) {
  for (const onnx::TensorProto& proto : graph.initializer()) {
    const Where where = tensor_place(file_, "tensor", proto.name());
    if (values_.contains(proto.name())) fail_input(where, "the name is used twice");
    bind(proto.name(), {.constant = std::make_shared<Constant>(read_constant(proto, where)), .tensor = {}});
  }
}

void Graph::read_input(const onnx::ValueInfoProto& input) {
  const Where where = tensor_place(file_, "input", input.name());
  const auto type = input.type().has_tensor_type() ? input.type().tensor_type().elem_type() : 0;
  if (type != onnx::TensorProto::FLOAT && type != onnx::TensorProto::INT64 && type != onnx::TensorProto::INT32) {
    fail_input(where,
               "it is no tensor of 32-bit floats, or of token ids (INT32, INT64), the inputs that are supported");
  }
  const onnx::TensorShapeProto& shape = input.type().tensor_type().shape();
  if (shape.dim_size() == 0) fail_input(where, "its shape is unknown or a scalar; at least one dimension is needed");
  Shape dimensions;
  for (int i = 0; i < shape.dim_size(); ++i) {
    const onnx::TensorShapeProto::Dimension& dim = shape.dim(i);
    symbolic_batch_ = symbolic_batch_ || (i == 0 && !dim.has_dim_value());
    if (i > 0 && !dim.has_dim_value()) {
      fail_input(where,
                 fmt::format("dimension {} ('{}') has no fixed size; only the first may be open", i, dim.dim_param()));
    }
    dimensions.push_back(dim.has_dim_value() ? dim.dim_value() : 1);
  }
  elements(dimensions, where);
  batch_ = dimensions.front();
  if (batched()) {
    dimensions.front() = 1;
  } else {
    dimensions.insert(dimensions.begin(), 1);
  }
  bind(input.name(), {.constant = nullptr, .tensor = builder_.input(input.name(), dimensions)});
}

const Value* Graph::find(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

void Graph::bind(const std::string& name, Value value) {
  if (value.constant == nullptr) tensor_uses_[value.tensor] += uses(name);
  values_[name] = std::move(value);
}

void Graph::bind_alias(const std::string& alias, const Value& value) {
  if (value.constant == nullptr) --tensor_uses_[value.tensor];
  bind(alias, value);
}

int Graph::uses(const std::string& name) const {
  const auto found = uses_.find(name);
  return found == uses_.end() ? 0 : found->second;
}

int Graph::uses(TensorId tensor) const {
  const auto found = tensor_uses_.find(tensor);
  return found == tensor_uses_.end() ? 0 : found->second;
}

TensorId Graph::tensor_of(const std::string& name, const ConstantPtr& constant) {
  const auto found = constant_tensors_.find(constant.get());
  if (found != constant_tensors_.end()) return found->second;
  const TensorId id = builder_.constant(name, constant->shape, constant->floats());
  constant_tensors_[constant.get()] = id;
  kept_.push_back(constant);
  return id;
}

std::string Graph::unique_layer_name(const std::string& wanted) {
  const int count = ++layer_names_[wanted];
  return count == 1 ? wanted : fmt::format("{}#{}", wanted, count);
}

bool Graph::read_only_like(const std::string& name, const onnx::NodeProto& like) const {
  const auto found = readers_.find(name);
  if (found == readers_.end() || uses(name) != static_cast<int>(found->second.size())) return false;
  return std::ranges::all_of(found->second, [&](const onnx::NodeProto* node) {
    return node->op_type() == like.op_type() && node->input(0) == name &&
           std::ranges::equal(node->input().begin() + 1, node->input().end(), like.input().begin() + 1,
                              like.input().end());
  });
}

Shape Graph::shape_of(const Value& value) const {
  if (value.constant != nullptr) return value.constant->shape;
  if (!value.coded || value.coded->role == Coded::Role::kCodes) return onnx_shape(value.tensor);
  return value.coded->factor == nullptr ? Shape() : value.coded->factor->shape;
}

Shape Graph::onnx_shape(TensorId tensor) const {
  Shape shape = builder_.network().tensor(tensor).shape;
  if (batched()) {
    shape.front() = batch_;
  } else {
    shape.erase(shape.begin());
  }
  return shape;
}

Network Graph::finish() && {
  const Where where = tensor_place(file_, "output", output_);
  const Value* output = find(output_);
  if (output == nullptr) fail_input(where, "no node computes it");
  if (output->constant != nullptr) fail_input(where, "it does not depend on the input of the network");
  const TensorId real = real_output(*output, where);
  return std::move(builder_).finish(real);
}

/// Integers at the output of the graph, as floats.
TensorId Graph::real_output(const Value& output, const Where& where) {
  if (!output.coded) return output.tensor;
  const Coded& coded = *output.coded;
  if (coded.range) fail_input(where, "it depends on a range that is measured at run time; only real numbers may");
  const auto with = [&](const char* what, BinaryKind kind, TensorId tensor, float value) {
    const TensorId constant = builder_.constant(output_ + what, {1}, {value});
    return builder_.add(unique_layer_name(output_ + what), Binary{kind}, {tensor, constant});
  };
  const TensorId steps = with(".codes", BinaryKind::kDiv, output.tensor, coded.scale);
  if (coded.zero_point == 0) return steps;
  return with(".zero_point", BinaryKind::kAdd, steps, static_cast<float>(coded.zero_point));
}

}  // namespace cimera::workloads
