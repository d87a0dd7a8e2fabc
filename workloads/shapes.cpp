#include <algorithm>

#include <fmt/format.h>

#include "workloads/shape_rule.h"

namespace cimera::workloads {

Shape Rule::operator()(const Conv2d& conv) const {
  require_rank(operand(0), 4, "input");
  require(conv.groups >= 1 && conv.in_channels >= 1 && conv.out_channels >= 1 && conv.in_channels % conv.groups == 0 &&
              conv.out_channels % conv.groups == 0,
          fmt::format("{} groups do not divide {} input and {} output channels", conv.groups, conv.in_channels,
                      conv.out_channels));
  require(operand(0)[1] == conv.in_channels,
          fmt::format("input of shape {} has {} channels, but the weights are for {}", format(operand(0)),
                      operand(0)[1], conv.in_channels));
  require(query.weights != nullptr, "has no weights");
  const Shape wanted = {conv.out_channels, conv.in_channels / conv.groups, conv.kernel_h, conv.kernel_w};
  require(*query.weights == wanted,
          fmt::format("weights have shape {}, not {}", format(*query.weights), format(wanted)));
  require_bias(conv.out_channels);
  const std::int64_t out_h = window_count({.in = operand(0)[2],
                                           .kernel = conv.kernel_h,
                                           .stride = conv.stride_h,
                                           .dilation = conv.dilation_h,
                                           .pad_before = conv.pad_top,
                                           .pad_after = conv.pad_bottom},
                                          where);
  const std::int64_t out_w = window_count({.in = operand(0)[3],
                                           .kernel = conv.kernel_w,
                                           .stride = conv.stride_w,
                                           .dilation = conv.dilation_w,
                                           .pad_before = conv.pad_left,
                                           .pad_after = conv.pad_right},
                                          where);
  return {operand(0)[0], conv.out_channels, out_h, out_w};
}

Shape Rule::operator()(const Dense& dense) const {
  require(operand(0).size() >= 2 && operand(0).back() == dense.in_features,
          fmt::format("input of shape {} does not end in the {} rows of the weights", format(operand(0)),
                      dense.in_features));
  require(query.weights != nullptr, "has no weights");
  const Shape wanted = {dense.in_features, dense.out_features};
  require(*query.weights == wanted,
          fmt::format("weights have shape {}, not {}", format(*query.weights), format(wanted)));
  require_bias(dense.out_features);
  Shape out = operand(0);
  out.back() = dense.out_features;
  return out;
}

Shape Rule::operator()(const Pool2d& pool) const {
  require_rank(operand(0), 4, "input");
  const auto size = [&](const WindowSize& window) {
    const std::int64_t count = window_count(window, where);
    const std::int64_t reach = window.dilation * (window.kernel - 1) + 1;
    const std::int64_t last = (count - 1) * window.stride - window.pad_before;
    const bool touches = window.pad_before < reach && last < window.in &&
                         (window.in >= window.dilation || (window.pad_before == 0 && last + reach <= window.in));
    require(touches, fmt::format("a window of {} (dilation {}) over {} values padded by {} and {} sees only padding",
                                 window.kernel, window.dilation, window.in, window.pad_before, window.pad_after));
    return count;
  };
  const std::int64_t out_h = size({.in = operand(0)[2],
                                   .kernel = pool.kernel_h,
                                   .stride = pool.stride_h,
                                   .dilation = pool.dilation_h,
                                   .pad_before = pool.pad_top,
                                   .pad_after = pool.pad_bottom,
                                   .ceil_mode = pool.ceil_mode});
  const std::int64_t out_w = size({.in = operand(0)[3],
                                   .kernel = pool.kernel_w,
                                   .stride = pool.stride_w,
                                   .dilation = pool.dilation_w,
                                   .pad_before = pool.pad_left,
                                   .pad_after = pool.pad_right,
                                   .ceil_mode = pool.ceil_mode});
  return {operand(0)[0], operand(0)[1], out_h, out_w};
}

Shape Rule::operator()(const Reshape&) const {
  require(query.wanted != nullptr, "has no output shape");
  require(!query.wanted->empty() && query.wanted->front() == operand(0).front() &&
              elements(*query.wanted, where) == elements(operand(0), where),
          fmt::format("cannot turn shape {} into {}", format(operand(0)), format(*query.wanted)));
  return *query.wanted;
}

Shape Rule::operator()(const Softmax& softmax) const {
  const auto rank = static_cast<std::int64_t>(operand(0).size());
  const std::int64_t axis = softmax.axis < 0 ? softmax.axis + rank : softmax.axis;
  require(axis >= 1 && axis < rank,
          fmt::format("axis {} of shape {} is not one of a single sample", softmax.axis, format(operand(0))));
  return operand(0);
}

Shape Rule::operator()(const Slice& slice) const {
  require(query.wanted != nullptr, "has no output shape");
  require_per_dimension(slice.start.size(), "start");
  require_per_dimension(slice.step.size(), "step");
  require_per_dimension(query.wanted->size(), "the output shape");
  for (std::size_t d = 0; d < operand(0).size(); ++d) {
    const std::int64_t size = operand(0)[d], count = (*query.wanted)[d], start = slice.start[d], step = slice.step[d];
    const bool inside = count >= 1 && count <= size && start >= 0 && start < size &&
                        (count == 1 || (step != 0 && (step > 0 ? step <= (size - 1 - start) / (count - 1)
                                                               : -step <= start / (count - 1) && -step > 0)));
    require(inside && (d > 0 || count == size),
            fmt::format("dimension {} of shape {} has no {} elements from {} in steps of {}", d, format(operand(0)),
                        count, start, step));
  }
  return *query.wanted;
}

Shape Rule::operator()(const Pad& pad) const {
  require_per_dimension(pad.before.size(), "before");
  require_per_dimension(pad.after.size(), "after");
  Shape out = operand(0);
  for (std::size_t d = 0; d < out.size(); ++d) {
    constexpr std::int64_t kMaxPad = std::int64_t{1} << 32;
    const bool allowed = pad.before[d] >= 0 && pad.after[d] >= 0 && pad.before[d] <= kMaxPad &&
                         pad.after[d] <= kMaxPad && (d > 0 || pad.before[d] + pad.after[d] == 0);
    require(allowed, fmt::format("dimension {} of shape {} cannot be padded by {} and {}", d, format(out),
                                 pad.before[d], pad.after[d]));
    out[d] += pad.before[d] + pad.after[d];
  }
  return out;
}

Shape Rule::operator()(const Transpose& transpose) const {
  require_per_dimension(transpose.perm.size(), "perm");
  std::vector<std::int64_t> sorted = transpose.perm;
  std::ranges::sort(sorted);
  Shape out;
  for (std::size_t d = 0; d < sorted.size(); ++d) {
    require(sorted[d] == static_cast<std::int64_t>(d), "perm is no permutation of the dimensions");
  }
  require(transpose.perm.front() == 0, "perm moves the batch, which stays first");
  for (const std::int64_t d : transpose.perm) out.push_back(operand(0)[static_cast<std::size_t>(d)]);
  return out;
}

Shape broadcast(const Shape& a, const Shape& b, const Where& where) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape out = longer;
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& size = out[out.size() - 1 - i];
    const std::int64_t other = shorter[shorter.size() - 1 - i];
    if (size != other && size != 1 && other != 1) {
      fail_input(where, fmt::format("shapes {} and {} do not broadcast", format(a), format(b)));
    }
    size = size == 1 ? other : size;
  }
  return out;
}

std::int64_t window_count(const WindowSize& window, const Where& where) {
  constexpr std::int64_t kMaxSize = std::int64_t{1} << 30;  // keeps every product below inside 64 bits
  const auto inside = [](std::int64_t value, std::int64_t low) { return value >= low && value <= kMaxSize; };
  if (!inside(window.in, 1) || !inside(window.kernel, 1) || !inside(window.stride, 1) || !inside(window.dilation, 1) ||
      !inside(window.pad_before, 0) || !inside(window.pad_after, 0)) {
    fail_input(
        where,
        fmt::format("window of {} (stride {}, dilation {}) over {} values padded by {} and {}: sizes must "
                    "be 1 or more, paddings 0 or more, all at most 2^30",
                    window.kernel, window.stride, window.dilation, window.in, window.pad_before, window.pad_after));
  }
  const std::int64_t reach = window.dilation * (window.kernel - 1) + 1;
  const std::int64_t room = window.in + window.pad_before + window.pad_after - reach;
  if (room < 0) {
    fail_input(where, fmt::format("window of {} (dilation {}) is wider than {} values padded by {} and {}",
                                  window.kernel, window.dilation, window.in, window.pad_before, window.pad_after));
  }
  return (room + (window.ceil_mode ? window.stride - 1 : 0)) / window.stride + 1;
}

Shape output_shape(const ShapeQuery& query, const Where& where) {
  const Rule rule{query, where};
  const bool pair = std::holds_alternative<Binary>(query.op) || std::holds_alternative<MatMul>(query.op) ||
                    std::holds_alternative<KvCache>(query.op);
  rule.require(!query.inputs.empty(), "has no operands");
  if (!std::holds_alternative<Concat>(query.op)) rule.require_operands(pair ? 2 : 1);
  for (const Shape& shape : query.inputs) {
    rule.require(std::holds_alternative<Binary>(query.op) || !shape.empty(), "operand has no dimensions");
    elements(shape, where);
  }
  Shape out = std::visit(rule, query.op);
  elements(out, where);
  return out;
}

}  // namespace cimera::workloads
