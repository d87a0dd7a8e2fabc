#include "workloads/onnx/target_shape.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

std::int64_t rank_of(const Shape& shape) { return static_cast<std::int64_t>(shape.size()); }

/// Axes of a Squeeze or Unsqueeze: an attribute up to operator set 12, the second operand since. Sorted, each in
/// 0..rank-1, none twice.
std::vector<std::int64_t> read_axes(Node& node, std::int64_t rank) {
  constexpr int kAxesAsInput = 13;
  std::vector<std::int64_t> axes =
      node.opset() >= kAxesAsInput ? node.ints(1, "list of axes") : node.integers("axes", {});
  for (std::int64_t& axis : axes) axis = node.axis(axis, rank);
  std::ranges::sort(axes);
  node.require(std::ranges::adjacent_find(axes) == axes.end(), "an axis is named twice");
  return axes;
}

}  // namespace

Shape flattened_shape(Node& node) {
  const Shape in = node.shape(0);
  const std::int64_t rank = rank_of(in);
  std::int64_t axis = node.integer("axis", 1);
  node.require(axis >= -rank && axis <= rank, fmt::format("axis {} is outside shape {}", axis, format(in)));
  if (axis < 0) axis += rank;
  if (axis == 0 && node.graph().symbolic_batch() && !node.is_constant(0)) node.fail_mixes_batch("flattens all axes");
  const auto middle = in.begin() + axis;
  return {constant_size(Shape(in.begin(), middle), node.where()), constant_size(Shape(middle, in.end()), node.where())};
}

Shape reshaped_shape(Node& node) {
  const Shape in = node.shape(0);
  Shape out = node.ints(1, "shape");
  const bool allow_zero = node.integer("allowzero", 0) != 0;
  std::int64_t open = -1, known = 1;
  for (std::size_t d = 0; d < out.size(); ++d) {
    if (out[d] == 0 && !allow_zero) {
      node.require(d < in.size(), fmt::format("dimension {} is to be kept, but the input has shape {}", d, format(in)));
      out[d] = in[d];
    }
    if (out[d] == -1) {
      node.require(open < 0, "more than one dimension of the wanted shape is -1");
      open = static_cast<std::int64_t>(d);
      continue;
    }
    node.require(out[d] >= 0, fmt::format("the wanted shape {} has a negative dimension", format(out)));
    known = constant_size({known, out[d]}, node.where());
  }
  const std::int64_t count = constant_size(in, node.where());
  if (open >= 0) {
    node.require(known > 0 && count % known == 0,
                 fmt::format("shape {} does not divide into {} values", format(in), known));
    out[size(open)] = count / known;
  } else {
    node.require(known == count, fmt::format("shape {} cannot become {}", format(in), format(out)));
  }
  return out;
}

Shape squeezed_shape(Node& node) {
  const Shape in = node.shape(0);
  constexpr int kAxesAsInput = 13;
  const bool named = node.opset() >= kAxesAsInput ? node.has(1) : node.has_attribute("axes");
  std::vector<std::int64_t> axes;
  if (named) {
    axes = read_axes(node, rank_of(in));
  } else {
    const bool keep_first = node.graph().symbolic_batch() && !node.is_constant(0);
    for (std::int64_t d = keep_first ? 1 : 0; d < rank_of(in); ++d) {
      if (in[size(d)] == 1) axes.push_back(d);
    }
  }
  Shape out;
  for (std::int64_t d = 0; d < rank_of(in); ++d) {
    if (!std::ranges::binary_search(axes, d)) {
      out.push_back(in[size(d)]);
    } else {
      node.require(in[size(d)] == 1, fmt::format("axis {} of shape {} is not 1", d, format(in)));
    }
  }
  if (node.graph().symbolic_batch() && !node.is_constant(0) && std::ranges::binary_search(axes, 0)) {
    node.fail_mixes_batch("removes axis 0");
  }
  return out;
}

Shape unsqueezed_shape(Node& node) {
  const Shape in = node.shape(0);
  constexpr std::int64_t kMaxNewAxes = 16;
  const std::int64_t new_axes = node.opset() >= 13 ? static_cast<std::int64_t>(node.ints(1, "list of axes").size())
                                                   : static_cast<std::int64_t>(node.integers("axes", {}).size());
  node.require(new_axes <= kMaxNewAxes, fmt::format("adds {} axes, more than {}", new_axes, kMaxNewAxes));
  Shape out = in;
  for (const std::int64_t axis : read_axes(node, rank_of(in) + new_axes)) out.insert(out.begin() + axis, 1);
  return out;
}

std::vector<std::int64_t> permutation(Node& node) {
  const std::int64_t rank = rank_of(node.shape(0));
  std::vector<std::int64_t> reversed(size(rank));
  for (std::int64_t d = 0; d < rank; ++d) reversed[size(d)] = rank - 1 - d;
  std::vector<std::int64_t> perm = node.integers("perm", reversed);
  std::vector<std::int64_t> sorted = perm, identity = reversed;
  std::ranges::sort(sorted);
  std::ranges::reverse(identity);
  node.require(sorted == identity, fmt::format("perm is no permutation of {} axes", rank));
  return perm;
}

std::vector<AxisSlice> axis_slices(Node& node) {
  constexpr int kBoundsAsInputs = 10;
  const Shape in = node.shape(0);
  const bool as_inputs = node.opset() >= kBoundsAsInputs;
  const std::vector<std::int64_t> starts = as_inputs ? node.ints(1, "starts") : node.integers("starts", {});
  const std::vector<std::int64_t> ends = as_inputs ? node.ints(2, "ends") : node.integers("ends", {});
  std::vector<std::int64_t> axes(starts.size()), steps(starts.size(), 1);
  std::iota(axes.begin(), axes.end(), 0);
  axes = as_inputs ? (node.has(3) ? node.ints(3, "axes") : axes) : node.integers("axes", axes);
  if (as_inputs && node.has(4)) steps = node.ints(4, "steps");
  node.require(ends.size() == starts.size() && axes.size() == starts.size() && steps.size() == starts.size(),
               fmt::format("has {} starts, {} ends, {} axes and {} steps", starts.size(), ends.size(), axes.size(),
                           steps.size()));
  std::vector<AxisSlice> slices;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    AxisSlice part{.axis = node.axis(axes[i], rank_of(in))};
    node.require(std::ranges::find(slices, part.axis, &AxisSlice::axis) == slices.end(),
                 fmt::format("axis {} is named twice", part.axis));
    const std::int64_t length = in[size(part.axis)];
    node.require(steps[i] != 0, "a step is 0");
    if (length == 0) {
      slices.push_back(part);
      continue;
    }
    part.step = std::clamp(steps[i], -length - 1, length + 1);  // further steps leave one element, as this one does
    const auto bound = [&](std::int64_t value, std::int64_t low, std::int64_t high) {
      return std::clamp(value < 0 ? value + length : value, low, high);
    };
    const bool forward = part.step > 0;
    part.start = forward ? bound(starts[i], 0, length) : bound(starts[i], 0, length - 1);
    const std::int64_t end = forward ? bound(ends[i], 0, length) : bound(ends[i], -1, length - 1);
    const std::int64_t span = forward ? end - part.start : part.start - end;
    const std::int64_t stride = forward ? part.step : -part.step;
    part.count = span > 0 ? (span + stride - 1) / stride : 0;
    slices.push_back(part);
  }
  return slices;
}

}  // namespace cimera::workloads
