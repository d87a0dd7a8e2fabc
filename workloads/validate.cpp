#include <cmath>

#include <fmt/format.h>

#include "core/error.h"
#include "workloads/network.h"
#include "workloads/shapes.h"

namespace cimera::workloads {
namespace {

void check_tensor(const Tensor& tensor) {
  const Where where{tensor.name};
  const std::int64_t count = elements(tensor.shape, where);
  if (tensor.grid) {
    if (tensor.constant) fail_input(where, "a constant is in no codes");
    tensor.grid->check(where);
  }
  if (!tensor.has_values()) return;
  if (static_cast<std::int64_t>(tensor.values.size()) != count) {
    fail_input(where, fmt::format("{} values for shape {}", tensor.values.size(), format(tensor.shape)));
  }
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    if (!std::isfinite(tensor.values[i])) {
      fail_input(where, fmt::format("value {} is {}; weights must be finite numbers", i, tensor.values[i]));
    }
  }
}

/// Which tensors a layer may read: the input, constants, and what layers before it wrote.
class Known {
 public:
  explicit Known(const Network& network) : written_(network.tensors.size(), false) {
    for (std::size_t i = 0; i < network.tensors.size(); ++i) written_[i] = network.tensors[i].constant;
    if (network.input.value() >= written_.size()) fail_input(Where{network.source}, "the network has no input");
    written_[network.input.value()] = true;
  }
  bool has(TensorId id) const { return id.value() < written_.size() && written_[id.value()]; }
  void write(TensorId id, const Where& where) {
    if (id.value() >= written_.size() || written_[id.value()]) fail_input(where, "writes a tensor twice");
    written_[id.value()] = true;
  }

 private:
  std::vector<bool> written_;
};

const Shape* shape_of(const Network& network, const std::optional<TensorId>& id, const Where& where) {
  if (!id) return nullptr;
  if (id->value() >= network.tensors.size()) fail_input(where, "names a tensor that does not exist");
  return &network.tensor(*id).shape;
}

void check_steps(const Network& network, const Layer& layer, const Where& where) {
  if (layer.weight_steps.empty() && !layer.dynamic_input) return;
  if (!layer.is_mvm()) fail_input(where, "has codes of weights or a dynamic input, but no weights");
  if (layer.weight_steps.empty()) return;
  const MvmShape shape = mvm_shape(network, layer);
  if (std::ssize(layer.weight_steps) != shape.groups * shape.columns || !network.tensor(*layer.weights).has_values())
    fail_input(where, fmt::format("has {} steps of weights for {} output channels", layer.weight_steps.size(),
                                  shape.groups * shape.columns));
  for (const double step : layer.weight_steps)
    if (!(std::isfinite(step) && step > 0.0))
      fail_input(where, fmt::format("a step of its weights is {}; it must be above 0", step));
}

void check_layer(const Network& network, const Layer& layer, Known& known) {
  const Where where{layer.name};
  std::vector<Shape> inputs;
  for (const TensorId id : layer.inputs) {
    if (!known.has(id)) fail_input(where, "reads a tensor that no layer before it writes");
    inputs.push_back(network.tensor(id).shape);
  }
  known.write(layer.output, where);
  check_steps(network, layer, where);
  const Shape& declared = network.tensor(layer.output).shape;
  const Shape shape = output_shape({.op = layer.op,
                                    .inputs = inputs,
                                    .weights = shape_of(network, layer.weights, where),
                                    .bias = shape_of(network, layer.bias, where),
                                    .wanted = &declared},
                                   where);
  if (shape != declared) {
    fail_input(where, fmt::format("writes shape {}, but '{}' is declared as {}", format(shape),
                                  network.tensor(layer.output).name, format(declared)));
  }
  if (shape.empty() || shape.front() != 1) {
    fail_input(where, fmt::format("output shape {} does not start with the batch dimension 1", format(shape)));
  }
}

}  // namespace

void validate(const Network& network) {
  for (const Tensor& tensor : network.tensors) check_tensor(tensor);
  Known known(network);
  for (const Layer& layer : network.layers) check_layer(network, layer, known);
  if (!known.has(network.output)) fail_input(Where{network.source}, "no layer writes the output of the network");
}

}  // namespace cimera::workloads
