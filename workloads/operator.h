// What a layer can be: one struct per kind, with what it needs besides its operands.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace cimera::workloads {

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
/// Functions of one value: max(x, 0); 1 / (1 + e^-x); tanh x; -x; sqrt x; 1 / x; e^x; the error function; x Phi(x) with
/// the normal distribution Phi (GELU); x / (1 + e^-x) (SiLU); x, for another copy in other codes (Tensor::grid).
enum class UnaryKind { kRelu, kSigmoid, kTanh, kNegate, kSqrt, kReciprocal, kExp, kErf, kGelu, kSilu, kIdentity };
struct Unary {
  UnaryKind kind = UnaryKind::kRelu;
};
enum class BinaryKind { kAdd, kSub, kMul, kDiv };
/// min(max(x, low), high).
struct Clip {
  float low = 0.0F, high = 0.0F;
};
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

/// Joins tensors along one dimension, never the batch.
struct Concat {
  std::int64_t axis = 1;
};
/// The same values for every index of the dimensions of size 1 that the output shape makes larger.
struct Expand {};
/// Over the named dimensions together, which stay with size 1; never the batch. Sorted, none twice.
struct Reduce {
  enum class Kind { kMean, kSum, kMax } kind = Kind::kMean;
  std::vector<std::int64_t> axes;
};
/// Product of two activations: y[.., i, j] = sum_k a[.., i, k] b[.., k, j], the dimensions before them broadcast as in
/// NumPy. `transpose_b`: b is stored [.., j, k].
struct MatMul {
  bool transpose_b = false;
};
/// Over the last dimension: y = (x - mean) / sqrt(variance + epsilon), or y = x / sqrt(mean of x^2 + epsilon); then
/// times `weights` and plus `bias`, where the layer has them.
struct Normalize {
  enum class Kind { kLayer, kRms } kind = Kind::kLayer;
  float epsilon = 1e-5F;
};
/// y = x / (bias + alpha / size * sum of x^2 over `size` channels around)^beta (Krizhevsky et al., NIPS 2012, 3.3).
struct LocalResponse {
  std::int64_t size = 1;
  float alpha = 1e-4F, beta = 0.75F, bias = 1.0F;
};
/// Rows of a table [vocabulary][features] by token ids: [1, n] gives [1, n, features].
struct Embedding {
  std::int64_t vocabulary = 0, features = 0;
};
/// Keys or values of attention: what earlier tokens left, and behind it along `axis` what the present ones bring. Only
/// the latter is written; the kept part lies in memory, where the layer that reads the output finds it.
struct KvCache {
  std::int64_t axis = 2;
};

using Operator = std::variant<Conv2d, Dense, Pool2d, Unary, Clip, Binary, Reshape, Softmax, Slice, Pad, Transpose,
                              Concat, Expand, Reduce, MatMul, Normalize, LocalResponse, Embedding, KvCache>;

std::string op_name(const Operator& op);  ///< "conv2d", "dense", "max_pool", "relu", ...

}  // namespace cimera::workloads
