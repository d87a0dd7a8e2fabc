#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/window.h"
#include "workloads/inference.h"
#include "workloads/window_of.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

template <class Op>
kernels::Window2d spatial_window(const Network& network, const Layer& layer, const Op& op) {
  const Shape& in = network.tensor(layer.inputs.at(0)).shape;
  const Shape& out = network.tensor(layer.output).shape;
  return {.channels = in.at(1),
          .height = in.at(2),
          .width = in.at(3),
          .kernel_h = op.kernel_h,
          .kernel_w = op.kernel_w,
          .stride_h = op.stride_h,
          .stride_w = op.stride_w,
          .dilation_h = op.dilation_h,
          .dilation_w = op.dilation_w,
          .pad_top = op.pad_top,
          .pad_left = op.pad_left,
          .pad_bottom = op.pad_bottom,
          .pad_right = op.pad_right,
          .out_h = out.at(2),
          .out_w = out.at(3)};
}

/// One sample of an operand: a slice of an activation, or the whole of a constant.
class Operand {
 public:
  Operand(const Network& network, TensorId id, std::int64_t count, const Values& values)
      : values_(values), constant_(network.tensor(id).constant()), elements_(size(elements(network.tensor(id).shape))) {
    if (values.size() != elements_ * (constant_ ? 1 : size(count))) {
      fail_run(fmt::format("'{}': {} values for {} samples of shape {}", network.tensor(id).name, values.size(), count,
                           format(network.tensor(id).shape)));
    }
  }
  std::span<const float> sample(std::int64_t i) const {
    return std::span(values_).subspan(constant_ ? 0 : size(i) * elements_, elements_);
  }

 private:
  const Values& values_;
  bool constant_;
  std::size_t elements_;
};

/// One layer on `count` samples; operator() of each operator fills `output`, one sample after the other.
struct Run {
  const Network& network;
  const Layer& layer;
  std::int64_t count;
  std::vector<Operand> inputs;
  std::int64_t out_elements;
  Values& output;

  const Shape& in_shape() const { return network.tensor(layer.inputs.front()).shape; }
  std::span<float> out(std::int64_t i) const {
    return std::span(output).subspan(size(i * out_elements), size(out_elements));
  }
  std::span<const float> constant(const std::optional<TensorId>& id) const {
    if (!id) return {};
    const Tensor& tensor = network.tensor(*id);
    if (!tensor.constant()) {
      fail_run(
          fmt::format("layer '{}': '{}' has a shape but no values, so it cannot be computed", layer.name, tensor.name));
    }
    return tensor.values;
  }

  void operator()(const Conv2d& conv) const;
  void operator()(const Dense& dense) const;
  void operator()(const Pool2d& pool) const;
  void operator()(const Unary& unary) const;
  void operator()(const Binary& binary) const;
  void operator()(const Reshape& reshape) const;
  void operator()(const Softmax& softmax) const;
  void operator()(const Slice& slice) const;
  void operator()(const Pad& pad) const;
  void operator()(const Transpose& transpose) const;
};

void Run::operator()(const Conv2d& conv) const {
  const kernels::Window2d window = window_of(network, layer, conv);
  const std::int64_t positions = window.positions(), rows = window.taps();
  const std::int64_t columns = conv.out_channels / conv.groups;
  const std::size_t group_in = size(window.channels * window.height * window.width);
  const std::span<const float> weights = constant(layer.weights), bias = constant(layer.bias);
  Values matrix(size(rows * positions));
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t g = 0; g < conv.groups; ++g) {
      kernels::im2col<float>(window, inputs[0].sample(i).subspan(size(g) * group_in, group_in), matrix);
      kernels::gemm(columns, positions, rows, weights.subspan(size(g * columns * rows), size(columns * rows)), matrix,
                    out(i).subspan(size(g * columns * positions)));
    }
    if (bias.empty()) continue;
    float* value = out(i).data();
    for (const float b : bias) {
      for (std::int64_t p = 0; p < positions; ++p) *value++ += b;
    }
  }
}

void Run::operator()(const Dense& dense) const {
  const std::int64_t positions = out_elements / dense.out_features;
  const std::span<const float> weights = constant(layer.weights), bias = constant(layer.bias);
  for (std::int64_t i = 0; i < count; ++i) {
    // One product per sample, also where it is a single row: see kernels/gemm.h on batching.
    kernels::gemm(positions, dense.out_features, dense.in_features, inputs[0].sample(i), weights, out(i));
    if (bias.empty()) continue;
    float* value = out(i).data();
    for (std::int64_t p = 0; p < positions; ++p) {
      for (const float b : bias) *value++ += b;
    }
  }
}

void Run::operator()(const Pool2d& pool) const {
  const kernels::Window2d window = window_of(network, layer, pool);
  for (std::int64_t i = 0; i < count; ++i) {
    if (pool.kind == Pool2d::Kind::kMax) {
      kernels::max_pool(window, inputs[0].sample(i), out(i));
    } else {
      kernels::average_pool(window, pool.count_include_pad, inputs[0].sample(i), out(i));
    }
  }
}

void Run::operator()(const Unary& unary) const {
  for (std::int64_t i = 0; i < count; ++i) {
    switch (unary.kind) {
      case UnaryKind::kRelu:
        kernels::relu(inputs[0].sample(i), out(i));
        break;
      case UnaryKind::kSigmoid:
        kernels::sigmoid(inputs[0].sample(i), out(i));
        break;
      case UnaryKind::kTanh:
        kernels::tanh(inputs[0].sample(i), out(i));
        break;
    }
  }
}

void Run::operator()(const Binary& binary) const {
  static constexpr kernels::Arithmetic kOps[] = {kernels::Arithmetic::kAdd, kernels::Arithmetic::kSub,
                                                 kernels::Arithmetic::kMul, kernels::Arithmetic::kDiv};
  const kernels::BroadcastLoop loop = kernels::broadcast_loop(in_shape(), network.tensor(layer.inputs[1]).shape);
  for (std::int64_t i = 0; i < count; ++i) {
    kernels::arithmetic(kOps[static_cast<std::size_t>(binary.kind)], loop, inputs[0].sample(i), inputs[1].sample(i),
                        out(i));
  }
}

void Run::operator()(const Reshape&) const {
  for (std::int64_t i = 0; i < count; ++i) std::ranges::copy(inputs[0].sample(i), out(i).begin());
}

void Run::operator()(const Softmax& softmax) const {
  const Shape& shape = in_shape();
  const std::size_t axis =
      size(softmax.axis < 0 ? softmax.axis + static_cast<std::int64_t>(shape.size()) : softmax.axis);
  const std::int64_t outer = elements(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(axis)));
  const std::int64_t inner = out_elements / outer / shape[axis];
  for (std::int64_t i = 0; i < count; ++i) {
    kernels::softmax(outer, shape[axis], inner, inputs[0].sample(i), out(i));
  }
}

void Run::operator()(const Slice& slice) const {
  const std::vector<std::int64_t> in_strides = kernels::dense_strides(in_shape());
  const Shape& shape = network.tensor(layer.output).shape;
  kernels::StridedSide from;
  for (std::size_t d = 0; d < in_strides.size(); ++d) {
    from.offset += slice.start[d] * in_strides[d];
    from.strides.push_back(slice.step[d] * in_strides[d]);
  }
  const kernels::StridedSide to{.offset = 0, .strides = kernels::dense_strides(shape)};
  for (std::int64_t i = 0; i < count; ++i) kernels::copy_strided<float>(shape, inputs[0].sample(i), from, out(i), to);
}

void Run::operator()(const Pad& pad) const {
  const kernels::StridedSide from{.offset = 0, .strides = kernels::dense_strides(in_shape())};
  kernels::StridedSide to{.offset = 0, .strides = kernels::dense_strides(network.tensor(layer.output).shape)};
  for (std::size_t d = 0; d < to.strides.size(); ++d) to.offset += pad.before[d] * to.strides[d];
  std::ranges::fill(output, pad.value);
  for (std::int64_t i = 0; i < count; ++i)
    kernels::copy_strided<float>(in_shape(), inputs[0].sample(i), from, out(i), to);
}

void Run::operator()(const Transpose& transpose) const {
  const std::vector<std::int64_t> in_strides = kernels::dense_strides(in_shape());
  const Shape& shape = network.tensor(layer.output).shape;
  kernels::StridedSide from;
  for (const std::int64_t d : transpose.perm) from.strides.push_back(in_strides[size(d)]);
  const kernels::StridedSide to{.offset = 0, .strides = kernels::dense_strides(shape)};
  for (std::int64_t i = 0; i < count; ++i) kernels::copy_strided<float>(shape, inputs[0].sample(i), from, out(i), to);
}

}  // namespace

kernels::Window2d window_of(const Network& network, const Layer& layer, const Conv2d& conv) {
  kernels::Window2d window = spatial_window(network, layer, conv);
  window.channels = conv.in_channels / conv.groups;
  return window;
}

kernels::Window2d window_of(const Network& network, const Layer& layer, const Pool2d& pool) {
  return spatial_window(network, layer, pool);
}

Values run_layer(const Network& network, const Layer& layer, std::int64_t count,
                 const std::vector<const Values*>& inputs) {
  std::vector<Operand> operands;
  for (std::size_t i = 0; i < inputs.size(); ++i) operands.emplace_back(network, layer.inputs.at(i), count, *inputs[i]);
  const std::int64_t out_elements = elements(network.tensor(layer.output).shape);
  Values output(size(count * out_elements));
  std::visit(Run{.network = network,
                 .layer = layer,
                 .count = count,
                 .inputs = std::move(operands),
                 .out_elements = out_elements,
                 .output = output},
             layer.op);
  return output;
}

}  // namespace cimera::workloads
