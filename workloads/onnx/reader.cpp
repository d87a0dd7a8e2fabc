#include "workloads/onnx/reader.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include "core/error.h"
#include "core/files.h"
#include "workloads/onnx/check.h"
#include "workloads/onnx/graph.h"
#include "workloads/onnx/node.h"
#include "workloads/onnx/operators.h"
#include "workloads/onnx/quantised_operators.h"

namespace cimera::workloads {
namespace {

constexpr std::uintmax_t kMaxBytes = (std::uintmax_t{1} << 31) - 1;  // protobuf's own limit

/// Parses a protobuf message; what protobuf would print about malformed bytes goes into our message instead.
template <class Message>
Message parse(std::string_view bytes, const Where& where, const char* what) {
  const google::protobuf::LogSilencer silence;
  if (bytes.empty()) fail_input(where, "the file is empty");
  if (bytes.size() > kMaxBytes) fail_input(where, "the file is larger than 2 GB, protobuf's limit");
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    fail_input(where, fmt::format("it is no {}, or a truncated one ({} bytes)", what, bytes.size()));
  }
  return message;
}

void convert(Graph& graph, const onnx::NodeProto& proto) {
  Node node(graph, proto);
  const std::span<const OnnxOperator> table = operator_table();
  const OnnxOperator& row = *std::ranges::find(table, proto.op_type(), &OnnxOperator::name);
  node.check_outputs(row.outputs);
  if (node.all_constant()) {
    if (row.fold == nullptr) node.fail("all its operands are constants; that is not supported for this operator");
    row.fold(node);
  } else {
    if (row.layers == nullptr) {
      node.fail("it depends on the input of the network; the operator is supported for constants only");
    }
    if (row.moves) node.carry_codes();
    row.layers(node);
  }
}

Graph build(const onnx::ModelProto& model, const std::string& name, BatchMode mode) {
  Graph graph(model, name, mode);
  for (const onnx::NodeProto& proto : model.graph().node()) convert(graph, proto);
  return graph;
}

Network read(onnx::ModelProto& model, const std::string& name) {
  const auto finish = [&](Graph graph) {
    check_shapes(model, graph);
    return std::move(graph).finish();
  };
  try {
    return finish(build(model, name, BatchMode::kBatched));
  } catch (const MixesBatch&) {
    if (Graph(model, name, BatchMode::kBatched).symbolic_batch()) throw;
  }
  return finish(build(model, name, BatchMode::kWhole));
}

}  // namespace

Network parse_onnx(std::string_view bytes, const std::string& name) {
  auto model = parse<onnx::ModelProto>(bytes, Where{name}, "ONNX model");
  check_model(model, name);
  return read(model, name);
}

Network load_onnx(const std::string& path) { return parse_onnx(read_whole(path, kMaxBytes), path); }

std::vector<std::string> onnx_operators() {
  std::vector<std::string> names;
  for (const OnnxOperator& row : operator_table()) names.emplace_back(row.name);
  std::ranges::copy(quantised_operators(), std::back_inserter(names));
  std::ranges::sort(names);
  return names;
}

Tensor load_onnx_tensor(const std::string& path) {
  const Where where{path};
  const auto proto = parse<onnx::TensorProto>(read_whole(path, kMaxBytes), where, "ONNX tensor");
  if (!proto.has_data_type()) fail_input(where, "it is no ONNX tensor: it has no data type");
  const Constant constant = read_constant(proto, where);
  std::vector<float> values =
      std::visit([](const auto& v) { return std::vector<float>(v.begin(), v.end()); }, constant.data);
  return {.name = proto.name(), .shape = constant.shape, .values = std::move(values)};
}

}  // namespace cimera::workloads
