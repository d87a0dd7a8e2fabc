// Conv, MaxPool, AveragePool and the global pools.
#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "workloads/onnx/operators.h"

namespace cimera::workloads {
namespace {

/// What Conv2d and Pool2d share, read from the attributes that ONNX's windowed operators share.
struct Spatial {
  std::int64_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
};

/// Two sizes from an attribute, each 1..2^30.
std::pair<std::int64_t, std::int64_t> read_pair(const Node& node, const char* name,
                                                std::vector<std::int64_t> otherwise) {
  constexpr std::int64_t kMaxSize = std::int64_t{1} << 30;
  const std::vector<std::int64_t> values = node.integers(name, std::move(otherwise));
  node.require(values.size() == 2,
               fmt::format("{} has {} entries; two spatial dimensions are supported", name, values.size()));
  for (const std::int64_t value : values) {
    node.require(value >= 1 && value <= kMaxSize, fmt::format("{} {} is outside 1..2^30", name, value));
  }
  return {values[0], values[1]};
}

/// Paddings for which the output has ceil(in / stride) values; the odd one goes to the end for SAME_UPPER.
std::pair<std::int64_t, std::int64_t> same_padding(std::int64_t in, std::int64_t kernel, std::int64_t stride,
                                                   std::int64_t dilation, bool upper) {
  const std::int64_t out = (in + stride - 1) / stride;
  const std::int64_t reach = dilation * (kernel - 1) + 1;
  const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * stride + reach - in);
  const std::int64_t smaller = total / 2;
  return upper ? std::pair{smaller, total - smaller} : std::pair{total - smaller, smaller};
}

Spatial read_spatial(const Node& node, const Shape& input, std::int64_t kernel_h, std::int64_t kernel_w) {
  Spatial s;
  std::tie(s.stride_h, s.stride_w) = read_pair(node, "strides", {1, 1});
  std::tie(s.dilation_h, s.dilation_w) = read_pair(node, "dilations", {1, 1});
  const std::string auto_pad = node.text("auto_pad", "NOTSET");
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    const bool upper = auto_pad == "SAME_UPPER";
    std::tie(s.pad_top, s.pad_bottom) = same_padding(input[2], kernel_h, s.stride_h, s.dilation_h, upper);
    std::tie(s.pad_left, s.pad_right) = same_padding(input[3], kernel_w, s.stride_w, s.dilation_w, upper);
  } else if (auto_pad == "NOTSET") {
    const std::vector<std::int64_t> pads = node.integers("pads", {0, 0, 0, 0});
    node.require(pads.size() == 4, fmt::format("pads has {} entries, not 4", pads.size()));
    s.pad_top = pads[0];
    s.pad_left = pads[1];
    s.pad_bottom = pads[2];
    s.pad_right = pads[3];
  } else {
    node.require(auto_pad == "VALID",
                 fmt::format("auto_pad '{}' is none of NOTSET, SAME_UPPER, SAME_LOWER, VALID", auto_pad));
  }
  return s;
}

template <class Op>
void set_spatial(Op& op, const Spatial& s) {
  op.stride_h = s.stride_h;
  op.stride_w = s.stride_w;
  op.dilation_h = s.dilation_h;
  op.dilation_w = s.dilation_w;
  op.pad_top = s.pad_top;
  op.pad_left = s.pad_left;
  op.pad_bottom = s.pad_bottom;
  op.pad_right = s.pad_right;
}

void read_pool(Node& node, Pool2d::Kind kind) {
  const TensorId input = image_operand(node);
  const Shape shape = node.graph().builder().network().tensor(input).shape;
  Pool2d pool{.kind = kind};
  std::tie(pool.kernel_h, pool.kernel_w) = read_pair(node, "kernel_shape", {});
  set_spatial(pool, read_spatial(node, shape, pool.kernel_h, pool.kernel_w));
  pool.ceil_mode = node.integer("ceil_mode", 0) != 0;
  pool.count_include_pad = node.integer("count_include_pad", 0) != 0;
  image_output(node, node.add(pool, {input}));
}

void read_global_pool(Node& node, Pool2d::Kind kind) {
  const TensorId input = image_operand(node);
  const Shape shape = node.graph().builder().network().tensor(input).shape;
  image_output(node, node.add(Pool2d{.kind = kind, .kernel_h = shape[2], .kernel_w = shape[3]}, {input}));
}

}  // namespace

TensorId image_operand(Node& node) {
  const Shape shape = node.shape(0);
  node.require(
      shape.size() == 4,
      fmt::format("its input has shape {}; images [batch, channels, height, width] are supported", format(shape)));
  const TensorId input = node.activation(0);
  if (node.graph().batched()) return input;
  node.require(shape[0] == 1, fmt::format("its input of shape {} holds {} images, but the graph mixes them elsewhere",
                                          format(shape), shape[0]));
  return node.add(Reshape{}, {input}, {.shape = shape});
}

TensorId image_shaped(Node& node, TensorId image) {
  if (node.graph().batched()) return image;
  return node.reshape(image, node.graph().builder().network().tensor(image).shape);
}

void image_output(Node& node, TensorId image) { node.output(image_shaped(node, image)); }

TensorId convolution(Node& node, const ConstantPtr& weights, std::optional<TensorId> bias) {
  const TensorId input = image_operand(node);
  const Shape image = node.graph().builder().network().tensor(input).shape;
  const Shape& shape = weights->shape;
  node.require(shape.size() == 4,
               fmt::format("its weights have shape {}; [out, in, height, width] is supported", format(shape)));
  constant_size(shape, node.where());
  Conv2d conv{.out_channels = shape[0], .groups = node.integer("group", 1), .kernel_h = shape[2], .kernel_w = shape[3]};
  node.require(conv.groups >= 1 && conv.groups <= shape[0],
               fmt::format("group {} is outside 1..{} output channels", conv.groups, shape[0]));
  conv.in_channels = shape[1] * conv.groups;
  const std::vector<std::int64_t> kernel = node.integers("kernel_shape", {shape[2], shape[3]});
  node.require(kernel == std::vector{shape[2], shape[3]},
               fmt::format("kernel_shape differs from its weights of shape {}", format(shape)));
  set_spatial(conv, read_spatial(node, image, conv.kernel_h, conv.kernel_w));
  const TensorId output =
      node.add(conv, {input}, {.weights = node.graph().tensor_of(node.input_name(1), weights), .bias = bias});
  take_weight_steps(node, output, *weights, 0);
  return output;
}

void read_conv(Node& node) {
  node.floats(1, "weights");
  std::optional<TensorId> bias;
  if (node.has(2)) {
    node.floats(2, "bias");
    bias = node.graph().tensor_of(node.input_name(2), node.constant(2, "bias"));
  }
  image_output(node, convolution(node, node.constant(1, "weights"), bias));
}

void read_max_pool(Node& node) { read_pool(node, Pool2d::Kind::kMax); }
void read_average_pool(Node& node) { read_pool(node, Pool2d::Kind::kAverage); }
void read_global_max_pool(Node& node) { read_global_pool(node, Pool2d::Kind::kMax); }
void read_global_average_pool(Node& node) { read_global_pool(node, Pool2d::Kind::kAverage); }

}  // namespace cimera::workloads
