// The network IR: tensors, layers and their edges; shapes, precision and (optional) values; no machine knowledge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/id.h"

namespace cimera::workloads {

using TensorId = Id<struct TensorTag>;
using LayerId = Id<struct LayerTag>;
/// Dimensions, outermost first. Dimension 0 of an activation is the batch and is kept as 1.
using Shape = std::vector<std::int64_t>;

/// Product of the dimensions, 1 for a scalar. Throws Error(kInput) at `where` when a dimension is below 1 or the
/// product reaches 2^40, far above what a network of today holds in one tensor.
std::int64_t elements(const Shape& shape, const Where& where = {});
std::string format(const Shape& shape);  ///< "1x28x28"; "scalar" for no dimensions

/// A named value on the edges of the network. Activations carry a shape for a batch of one; constants also carry
/// values.
struct Tensor {
  std::string name;
  Shape shape;
  std::vector<float> values;  ///< row-major; empty for activations and for shape-only networks

  bool constant() const { return !values.empty(); }
};

/// 2-D convolution, NCHW, weights [out_channels][in_channels / groups][kernel_h][kernel_w].
struct Conv2d {
  std::int64_t in_channels = 0, out_channels = 0, groups = 1;
  std::int64_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
};
/// y[.., n] = sum_k x[.., k] W[k][n] + b[n]; weights stored [in_features][out_features].
struct Dense {
  std::int64_t in_features = 0, out_features = 0;
};
/// Max or average over windows, per channel. Padded places never win a maximum.
struct Pool2d {
  enum class Kind { kMax, kAverage } kind = Kind::kMax;
  std::int64_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  bool ceil_mode = false;          ///< the last window may hang over the padded edge; what hangs over counts nowhere
  bool count_include_pad = false;  ///< average only: whether padded places count in the divisor
};
enum class UnaryKind { kRelu, kSigmoid, kTanh };
struct Unary {
  UnaryKind kind = UnaryKind::kRelu;
};
enum class BinaryKind { kAdd, kSub, kMul, kDiv };
/// Elementwise with NumPy broadcasting; at most one of the two operands is a constant.
struct Binary {
  BinaryKind kind = BinaryKind::kAdd;
};
/// The same values under another shape (Reshape, Flatten, Squeeze, ...); moves nothing.
struct Reshape {};
struct Softmax {
  std::int64_t axis = -1;  ///< negative counts from the last dimension
};
/// Every step[d]-th element from start[d] on, for as many as the output shape says; steps may be negative.
struct Slice {
  std::vector<std::int64_t> start, step;
};
/// Constant values around the tensor, before[d] and after[d] of them along dimension d.
struct Pad {
  std::vector<std::int64_t> before, after;
  float value = 0.0F;
};
/// Output dimension d is input dimension perm[d]; the batch stays first.
struct Transpose {
  std::vector<std::int64_t> perm;
};

using Operator = std::variant<Conv2d, Dense, Pool2d, Unary, Binary, Reshape, Softmax, Slice, Pad, Transpose>;

/// One operation. `inputs` holds the operands: one, or two for Binary (where one of them may be a constant); `weights`
/// and `bias` are constants of Conv2d and Dense.
struct Layer {
  std::string name;
  Operator op;
  std::vector<TensorId> inputs;
  TensorId output;
  std::optional<TensorId> weights, bias;

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

/// A directed acyclic graph in topological order: layer i reads only the input and the outputs of layers before i.
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
/// Multiply-accumulates of one image in a layer; 0 for layers without weights.
std::int64_t macs(const Network& network, const Layer& layer);
std::int64_t macs(const Network& network);
/// Entries of the weight matrices of Conv2d and Dense; biases are not counted.
std::int64_t weight_count(const Network& network);
std::string op_name(const Operator& op);  ///< "conv2d", "dense", "max_pool", "relu", ...

/// For every tensor, the index of the last layer that reads it; layers.size() for the network's output.
std::vector<std::size_t> last_readers(const Network& network);

/// Checks shapes, order and finite constants; throws Error(kInput) naming the layer.
void validate(const Network& network);

}  // namespace cimera::workloads
