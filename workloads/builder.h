// Builds a Network layer by layer and checks every step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "workloads/network.h"

namespace cimera::workloads {

/// Collects tensors and layers in topological order. Every method throws Error(kInput) naming the tensor or the layer
/// when names repeat, shapes do not fit or constants are not finite.
class NetworkBuilder {
 public:
  NetworkBuilder(std::string name, std::string source);

  /// The network input; `shape` starts with the batch dimension 1. Called once, before any layer.
  TensorId input(std::string name, Shape shape);

  /// A constant. Without values it is a shape only (for networks of which only the shapes are known).
  TensorId constant(std::string name, Shape shape, std::vector<float> values = {});

  /// What a layer may have besides its operands.
  struct Parameters {
    std::optional<TensorId> weights = {}, bias = {};
    std::optional<Shape> shape = {};  ///< output shape, required for Reshape and Slice
    std::string output = {};          ///< name of the output tensor; the layer's name when empty
    Where where = {};                 ///< where messages about the layer point to; the layer's name when empty
  };

  /// Appends a layer and returns its output.
  TensorId add(std::string name, Operator op, std::vector<TensorId> inputs, Parameters parameters);
  TensorId add(std::string name, Operator op, std::vector<TensorId> inputs);

  /// What has been built so far.
  const Network& network() const { return network_; }
  /// The layer that writes `tensor`, to fold a following operation into it; null for inputs and constants. Valid until
  /// the next layer is added.
  Layer* producer(TensorId tensor);
  void rename(TensorId tensor, std::string name);
  /// Sets Tensor::grid.
  void set_grid(TensorId tensor, const CodeGrid& grid);

  /// Sets the output, drops layers and constants that it does not need, and validates.
  Network finish(TensorId output) &&;

 private:
  TensorId add_tensor(std::string name, Shape shape, std::vector<float> values);

  Network network_;
  std::vector<std::optional<std::size_t>> producers_;  ///< per tensor: index of the layer that writes it
  bool has_input_ = false;
};

}  // namespace cimera::workloads
