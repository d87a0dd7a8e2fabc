#include "workloads/onnx/node.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace cimera::workloads {
namespace {

std::string display_name(const onnx::NodeProto& proto) {
  if (!proto.name().empty()) return proto.name();
  return proto.output_size() > 0 ? proto.output(0) : std::string();
}

}  // namespace

Node::Node(Graph& graph, const onnx::NodeProto& proto)
    : graph_(graph),
      proto_(proto),
      where_{fmt::format("{}: node '{}' ({})", graph.file(), display_name(proto), proto.op_type())} {}

void Node::check_outputs(int outputs) const {
  for (int i = outputs; i < proto_.output_size(); ++i) {
    require(graph_.uses(proto_.output(i)) == 0 || proto_.output(i).empty(),
            fmt::format("its output {} ('{}') is used, but only the first {} supported", i + 1, proto_.output(i),
                        outputs == 1 ? "is" : fmt::format("{} are", outputs)));
  }
}

void Node::fail(std::string_view message) const { fail_input(where_, message); }

void Node::fail_mixes_batch(std::string_view message) const {
  throw MixesBatch(Error::Kind::kInput, where_,
                   fmt::format("{}, but the first axis counts the samples, which must stay apart", message));
}

void Node::require(bool holds, std::string_view message) const {
  if (!holds) fail(message);
}

bool Node::all_constant() const {
  for (int i = 0; i < inputs(); ++i) {
    if (has(i) && !is_constant(i)) return false;
  }
  return true;
}

const Value& Node::value(int i) const {
  require(has(i), fmt::format("operand {} is missing", i + 1));
  const Value* found = graph_.find(proto_.input(i));
  if (found == nullptr) fail(fmt::format("operand '{}' is computed by no node before it", proto_.input(i)));
  return *found;
}

const ConstantPtr& Node::constant(int i, std::string_view what) const {
  const ConstantPtr& found = value(i).constant;
  if (found == nullptr) {
    fail(fmt::format("the {} ('{}') depends on the input of the network; only constants are supported", what,
                     proto_.input(i)));
  }
  return found;
}

const std::vector<float>& Node::floats(int i, std::string_view what) const {
  const ConstantPtr& found = constant(i, what);
  require(found->is_float(), fmt::format("the {} ('{}') holds integers, not floats", what, proto_.input(i)));
  return found->floats();
}

const std::vector<std::int64_t>& Node::ints(int i, std::string_view what) const {
  const ConstantPtr& found = constant(i, what);
  require(!found->is_float(), fmt::format("the {} ('{}') holds floats, not integers", what, proto_.input(i)));
  return found->ints();
}

TensorId Node::activation(int i) const {
  const Value& found = value(i);
  require(found.constant == nullptr,
          fmt::format("operand '{}' is a constant; it must depend on the network's input", proto_.input(i)));
  require(found.coded == carried_,
          found.coded ? fmt::format("operand '{}' holds integers of a quantised tensor; this operator is supported on "
                                    "real numbers (behind DequantizeLinear)",
                                    proto_.input(i))
                      : fmt::format("operand '{}' holds real numbers, but the first one integers", proto_.input(i)));
  return found.tensor;
}

const Coded* Node::coded(int i) const {
  const Value& found = value(i);
  return found.coded ? &*found.coded : nullptr;
}

void Node::carry_codes() {
  if (const Coded* codes = coded(0); codes != nullptr && codes->role == Coded::Role::kCodes) carried_ = *codes;
}

Shape Node::shape(int i) const {
  const Value& found = value(i);
  return graph_.shape_of(found);
}

std::int64_t Node::axis(std::int64_t axis, std::int64_t rank) const {
  require(axis >= -rank && axis < rank, fmt::format("axis {} is outside a shape of {} dimensions", axis, rank));
  return axis < 0 ? axis + rank : axis;
}

const onnx::AttributeProto* Node::attribute(std::string_view name) const {
  const auto found = std::ranges::find(proto_.attribute(), name, &onnx::AttributeProto::name);
  return found == proto_.attribute().end() ? nullptr : &*found;
}

std::int64_t Node::integer(std::string_view name, std::int64_t otherwise) const {
  const onnx::AttributeProto* found = attribute(name);
  return found == nullptr ? otherwise : found->i();
}

double Node::real(std::string_view name, double otherwise) const {
  const onnx::AttributeProto* found = attribute(name);
  return found == nullptr ? otherwise : static_cast<double>(found->f());
}

std::string Node::text(std::string_view name, std::string_view otherwise) const {
  const onnx::AttributeProto* found = attribute(name);
  return found == nullptr ? std::string(otherwise) : found->s();
}

std::vector<std::int64_t> Node::integers(std::string_view name, std::vector<std::int64_t> otherwise) const {
  const onnx::AttributeProto* found = attribute(name);
  return found == nullptr ? std::move(otherwise)
                          : std::vector<std::int64_t>(found->ints().begin(), found->ints().end());
}

TensorId Node::add(Operator op, std::vector<TensorId> inputs, NetworkBuilder::Parameters parameters) {
  parameters.where = where_;
  return graph_.builder().add(graph_.unique_layer_name(display_name(proto_)), std::move(op), std::move(inputs),
                              std::move(parameters));
}

TensorId Node::reshape(TensorId tensor, const Shape& onnx_shape) {
  const Shape& current = graph_.builder().network().tensor(tensor).shape;
  Shape wanted = onnx_shape;
  if (!graph_.batched()) {
    wanted.insert(wanted.begin(), 1);
  } else {
    const bool keeps = !wanted.empty() && wanted.front() == graph_.batch();
    if (keeps) wanted.front() = 1;
    if (!keeps || elements(wanted, where_) != elements(current, where_)) {
      fail_mixes_batch(fmt::format("turns shape {} into {}", format(graph_.onnx_shape(tensor)), format(onnx_shape)));
    }
  }
  if (wanted == current) return tensor;
  return add(Reshape{}, {tensor}, {.shape = wanted});
}

TensorId Node::new_constant(std::string_view what, Shape shape, std::vector<float> values) {
  return graph_.builder().constant(fmt::format("{}.{}", display_name(proto_), what), std::move(shape),
                                   std::move(values));
}

void Node::output(TensorId tensor) {
  const Value value{.constant = nullptr, .tensor = tensor, .coded = carried_};
  for (int i = 0; i < inputs(); ++i) {
    if (has(i) && !is_constant(i) && this->value(i).tensor == tensor) return graph_.bind_alias(output_name(), value);
  }
  graph_.builder().rename(tensor, output_name());
  graph_.bind(output_name(), value);
}

void Node::output(Constant constant) {
  graph_.bind(output_name(), {.constant = std::make_shared<Constant>(std::move(constant)), .tensor = {}});
}

void Node::output_same_as(int input) { graph_.bind_alias(output_name(), value(input)); }

void Node::output_coded(TensorId tensor, Coded coded, int output) {
  const Value value{.constant = nullptr, .tensor = tensor, .coded = std::move(coded)};
  const std::string& name = proto_.output(output);
  for (int i = 0; i < inputs(); ++i) {
    if (has(i) && !is_constant(i) && this->value(i).tensor == tensor)
      return output == 0 ? graph_.bind_alias(name, value) : graph_.bind(name, value);
  }
  graph_.builder().rename(tensor, name);
  graph_.bind(name, value);
}

}  // namespace cimera::workloads
