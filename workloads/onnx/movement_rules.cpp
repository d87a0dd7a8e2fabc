// Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Slice, Pad and Shape of activations.
#include <fmt/format.h>

#include "workloads/onnx/operators.h"
#include "workloads/onnx/target_shape.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

void give_shape(Node& node, const Shape& shape) { node.output(node.reshape(node.activation(0), shape)); }

}  // namespace

void read_flatten(Node& node) { give_shape(node, flattened_shape(node)); }
void read_reshape(Node& node) { give_shape(node, reshaped_shape(node)); }
void read_squeeze(Node& node) { give_shape(node, squeezed_shape(node)); }
void read_unsqueeze(Node& node) { give_shape(node, unsqueezed_shape(node)); }

void read_transpose(Node& node) {
  const std::vector<std::int64_t> perm = permutation(node);
  if (node.graph().batched() && perm.front() != 0) node.fail_mixes_batch("moves axis 0");
  Transpose transpose;
  if (!node.graph().batched()) transpose.perm.push_back(0);
  for (const std::int64_t axis : perm) transpose.perm.push_back(axis + node.graph().lead());
  node.output(node.add(std::move(transpose), {node.activation(0)}));
}

void read_slice(Node& node) {
  const TensorId input = node.activation(0);
  Shape shape = node.graph().builder().network().tensor(input).shape;
  Slice slice{.start = std::vector<std::int64_t>(shape.size(), 0), .step = std::vector<std::int64_t>(shape.size(), 1)};
  for (const AxisSlice& part : axis_slices(node)) {
    const std::size_t d = size(part.axis + node.graph().lead());
    if (node.graph().batched() && part.axis == 0) {
      const bool whole = part.start == 0 && part.step == 1 && part.count == node.graph().batch();
      if (!whole || node.graph().symbolic_batch()) node.fail_mixes_batch("slices axis 0");
      continue;
    }
    node.require(part.count > 0,
                 fmt::format("nothing is left of axis {} of shape {}", part.axis, format(node.shape(0))));
    slice.start[d] = part.start;
    slice.step[d] = part.step;
    shape[d] = part.count;
  }
  node.output(node.add(std::move(slice), {input}, {.shape = shape}));
}

void read_pad(Node& node) {
  constexpr int kPadsAsInput = 11;
  node.require(node.text("mode", "constant") == "constant",
               fmt::format("mode '{}' is not supported, only constant", node.text("mode", "constant")));
  const TensorId input = node.activation(0);
  const std::size_t rank = node.shape(0).size();
  const std::vector<std::int64_t> pads =
      node.opset() >= kPadsAsInput ? node.ints(1, "paddings") : node.integers("pads", {});
  node.require(pads.size() == 2 * rank, fmt::format("has {} paddings for {} dimensions", pads.size(), rank));
  Pad pad{.before = std::vector<std::int64_t>(size(node.graph().lead()), 0),
          .after = std::vector<std::int64_t>(size(node.graph().lead()), 0),
          .value = static_cast<float>(node.real("value", 0.0))};
  if (node.opset() >= kPadsAsInput && node.has(2)) {
    const std::vector<float>& value = node.floats(2, "padding value");
    node.require(value.size() == 1, "the padding value is no single number");
    pad.value = value.front();
  }
  if (node.graph().batched() && (pads[0] != 0 || pads[rank] != 0)) node.fail_mixes_batch("pads axis 0");
  pad.before.insert(pad.before.end(), pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(rank));
  pad.after.insert(pad.after.end(), pads.begin() + static_cast<std::ptrdiff_t>(rank), pads.end());
  node.output(node.add(std::move(pad), {input}));
}

void read_shape(Node& node) {
  const Shape shape = node.shape(0);
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto bound = [&](const char* name, std::int64_t otherwise) {
    const std::int64_t axis = node.integer(name, otherwise);
    return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  const std::int64_t begin = bound("start", 0), end = std::max(begin, bound("end", rank));
  node.output(
      Constant{.shape = {end - begin}, .data = std::vector<std::int64_t>(shape.begin() + begin, shape.begin() + end)});
}

}  // namespace cimera::workloads
