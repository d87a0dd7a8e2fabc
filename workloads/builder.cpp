#include "workloads/builder.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "workloads/shapes.h"

namespace cimera::workloads {

NetworkBuilder::NetworkBuilder(std::string name, std::string source) {
  network_.name = std::move(name);
  network_.source = std::move(source);
}

TensorId NetworkBuilder::add_tensor(std::string name, Shape shape, std::vector<float> values) {
  elements(shape, Where{name});
  network_.tensors.push_back({.name = std::move(name), .shape = std::move(shape), .values = std::move(values)});
  producers_.emplace_back();
  return TensorId(network_.tensors.size() - 1);
}

TensorId NetworkBuilder::input(std::string name, Shape shape) {
  if (has_input_) fail_input(Where{name}, "a network has one input");
  if (shape.empty() || shape.front() != 1) {
    fail_input(Where{name}, fmt::format("input shape {} does not start with the batch dimension 1", format(shape)));
  }
  has_input_ = true;
  network_.input = add_tensor(std::move(name), std::move(shape), {});
  return network_.input;
}

TensorId NetworkBuilder::constant(std::string name, Shape shape, std::vector<float> values) {
  const TensorId id = add_tensor(std::move(name), std::move(shape), std::move(values));
  network_.tensors.back().constant = true;
  return id;
}

TensorId NetworkBuilder::add(std::string name, Operator op, std::vector<TensorId> inputs, Parameters parameters) {
  const Where where = parameters.where.file.empty() ? Where{name} : parameters.where;
  const auto shape_of = [&](TensorId id) -> const Shape& {
    if (id.value() >= network_.tensors.size()) fail_input(where, "names a tensor that does not exist");
    return network_.tensor(id).shape;
  };
  std::vector<Shape> shapes;
  for (const TensorId id : inputs) shapes.push_back(shape_of(id));
  Shape shape = output_shape({.op = op,
                              .inputs = shapes,
                              .weights = parameters.weights ? &shape_of(*parameters.weights) : nullptr,
                              .bias = parameters.bias ? &shape_of(*parameters.bias) : nullptr,
                              .wanted = parameters.shape ? &*parameters.shape : nullptr},
                             where);
  const TensorId output = add_tensor(parameters.output.empty() ? name : std::move(parameters.output), shape, {});
  producers_[output.value()] = network_.layers.size();
  network_.layers.push_back({.name = std::move(name),
                             .op = std::move(op),
                             .inputs = std::move(inputs),
                             .output = output,
                             .weights = parameters.weights,
                             .bias = parameters.bias});
  return output;
}

TensorId NetworkBuilder::add(std::string name, Operator op, std::vector<TensorId> inputs) {
  return add(std::move(name), std::move(op), std::move(inputs), Parameters{});
}

Layer* NetworkBuilder::producer(TensorId tensor) {
  const auto index = producers_.at(tensor.value());
  return index ? &network_.layers[*index] : nullptr;
}

void NetworkBuilder::rename(TensorId tensor, std::string name) {
  network_.tensors.at(tensor.value()).name = std::move(name);
}

void NetworkBuilder::set_grid(TensorId tensor, const CodeGrid& grid) {
  network_.tensors.at(tensor.value()).grid = grid;
}

namespace {

/// Tensors that the output depends on, found backwards from it.
std::vector<bool> needed_tensors(const Network& network) {
  std::vector<bool> needed(network.tensors.size(), false);
  needed.at(network.output.value()) = true;
  for (auto layer = network.layers.rbegin(); layer != network.layers.rend(); ++layer) {
    if (!needed[layer->output.value()]) continue;
    for (const TensorId id : layer->inputs) needed[id.value()] = true;
    if (layer->weights) needed[layer->weights->value()] = true;
    if (layer->bias) needed[layer->bias->value()] = true;
  }
  needed[network.input.value()] = true;
  return needed;
}

/// Removes the layers and tensors that are not needed and renumbers the rest.
void prune(Network& network) {
  const std::vector<bool> needed = needed_tensors(network);
  std::vector<TensorId> renumbered(network.tensors.size());
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    renumbered[i] = TensorId(tensors.size());
    tensors.push_back(std::move(network.tensors[i]));
  }
  std::erase_if(network.layers, [&](const Layer& layer) { return !needed[layer.output.value()]; });
  const auto renumber = [&](TensorId& id) { id = renumbered[id.value()]; };
  for (Layer& layer : network.layers) {
    std::ranges::for_each(layer.inputs, renumber);
    renumber(layer.output);
    if (layer.weights) renumber(*layer.weights);
    if (layer.bias) renumber(*layer.bias);
  }
  renumber(network.input);
  renumber(network.output);
  network.tensors = std::move(tensors);
}

}  // namespace

Network NetworkBuilder::finish(TensorId output) && {
  if (!has_input_) fail_input(Where{network_.source}, "the network has no input");
  network_.output = output;
  prune(network_);
  validate(network_);
  return std::move(network_);
}

}  // namespace cimera::workloads
