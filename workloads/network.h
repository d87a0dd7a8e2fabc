// The network IR: tensors, layers and their edges; shapes, precision and (optional) values; no machine knowledge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/id.h"
#include "workloads/code_grid.h"
#include "workloads/operator.h"

namespace cimera::workloads {

using TensorId = Id<struct TensorTag>;
using LayerId = Id<struct LayerTag>;
/// Dimensions, outermost first. Dimension 0 of an activation is the batch and is kept as 1.
using Shape = std::vector<std::int64_t>;

/// Product of the dimensions, 1 for a scalar. Throws Error(kInput) at `where` when a dimension is below 1 or the
/// product reaches 2^40, far above what a network of today holds in one tensor.
std::int64_t elements(const Shape& shape, const Where& where = {});
std::string format(const Shape& shape);  ///< "1x28x28"; "scalar" for no dimensions

/// A named value on the edges of the network. Activations carry a shape for a batch of one; constants of a network that
/// can be computed also carry values.
struct Tensor {
  std::string name;
  Shape shape;
  std::vector<float> values;  ///< row-major; empty for activations and for constants of which only the shape is known
  bool constant = false;      ///< weights, biases, constant operands, and what a KvCache has kept
  /// Of an activation of a network that was quantised before: the codes that it is kept in. Every value that is written
  /// is rounded to the nearest on the grid, in FP32 too.
  std::optional<CodeGrid> grid = {};
  bool has_values() const { return !values.empty(); }
};

/// One operation. `inputs` holds the operands: one; two for MatMul, Binary (where one of them may be a constant) and
/// KvCache (what is kept, a constant, and what is new); any number for Concat. `weights` and `bias` are constants of
/// Conv2d, Dense, Normalize (factor and addend) and Embedding (its table).
struct Layer {
  std::string name;
  Operator op;
  std::vector<TensorId> inputs;
  TensorId output;
  std::optional<TensorId> weights, bias;
  /// Conv2d and Dense of a network that was quantised before: the real value of one step of the weights' codes, per
  /// output channel; empty where the weights are no such multiples.
  std::vector<double> weight_steps = {};
  /// Conv2d and Dense: FP32 first rounds the input to 8-bit codes over its own range, sample by sample (ONNX's
  /// DynamicQuantizeLinear). Machines have fixed ranges, which calibration gives.
  bool dynamic_input = false;

  bool is_mvm() const { return std::holds_alternative<Conv2d>(op) || std::holds_alternative<Dense>(op); }
};

/// The shape of a Conv2d or Dense as matrix products, per image: `groups` products of [positions x rows] by [rows x
/// columns]. Row index of a convolution is (channel, kernel row, kernel column), channel slowest; positions are output
/// pixels, row-major.
struct MvmShape {
  std::int64_t positions = 0, rows = 0, columns = 0, groups = 1;
  std::int64_t macs() const { return positions * rows * columns * groups; }
  std::int64_t weights() const { return rows * columns * groups; }
};

/// A directed acyclic graph in topological order: layer i reads only the input and the outputs of layers before i. The
/// input of a network that begins with an Embedding holds token ids, as whole numbers in its floats.
struct Network {
  std::string name;
  std::string source;  ///< file or generator it came from, and "synthetic" where it is
  std::vector<Tensor> tensors;
  std::vector<Layer> layers;
  TensorId input, output;

  const Tensor& tensor(TensorId id) const { return tensors.at(id.value()); }
  const Layer& layer(LayerId id) const { return layers.at(id.value()); }
  /// Layers that read `tensor`, in order.
  std::vector<LayerId> consumers(TensorId tensor) const;
  /// Layer that writes `tensor`; none for the network input.
  std::optional<LayerId> producer(TensorId tensor) const;
};

/// Throws Error(kRun) for layers that are not Conv2d or Dense.
MvmShape mvm_shape(const Network& network, const Layer& layer);
/// Multiply-accumulates of one image in a layer, a Conv2d, Dense or MatMul; 0 for others.
std::int64_t macs(const Network& network, const Layer& layer);
std::int64_t macs(const Network& network);
/// Entries of the weight matrices of Conv2d and Dense; biases are not counted.
std::int64_t weight_count(const Network& network);
/// Whether the network reads token ids.
bool reads_tokens(const Network& network);
/// Whether every constant has values, so that the network can be computed.
bool has_values(const Network& network);

/// For every tensor, the index of the last layer that reads it; layers.size() for the network's output.
std::vector<std::size_t> last_readers(const Network& network);

/// Checks shapes, order and finite constants; throws Error(kInput) naming the layer.
void validate(const Network& network);

}  // namespace cimera::workloads
