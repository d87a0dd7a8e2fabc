#include "workloads/shapes_only/draft.h"

#include <utility>

namespace cimera::workloads {

Draft::Draft(std::string name, std::string source, Shape input) : builder_(std::move(name), std::move(source)) {
  at = builder_.input("input", std::move(input));
}

TensorId Draft::add(const std::string& name, Operator op, std::vector<TensorId> inputs,
                    NetworkBuilder::Parameters parameters) {
  return builder_.add(name, std::move(op), std::move(inputs), std::move(parameters));
}

void Draft::chain(const std::string& kind, Operator op, NetworkBuilder::Parameters parameters) {
  at = add(numbered(kind), std::move(op), {at}, std::move(parameters));
}

TensorId Draft::dense(const std::string& name, TensorId from, std::int64_t features, bool bias) {
  const std::int64_t in = shape(from).back();
  NetworkBuilder::Parameters parameters;
  parameters.weights = constant(name + ".weights", {in, features});
  if (bias) parameters.bias = constant(name + ".bias", {features});
  return add(name, Dense{in, features}, {from}, std::move(parameters));
}

TensorId Draft::constant(const std::string& name, Shape shape) { return builder_.constant(name, std::move(shape)); }

std::string Draft::numbered(const std::string& kind) { return kind + std::to_string(++count_[kind]); }

}  // namespace cimera::workloads
