// Convolution, dense layers and pooling.
#include <algorithm>
#include <span>
#include <utility>

#include "core/integers.h"
#include "core/parallel.h"
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/window.h"
#include "workloads/layer_run.h"
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

/// c [m][n] = a [m][k] b [k][n], in blocks of rows that only the shape decides: see kernels/gemm.h on batching. Blocks
/// take a tenth of a millisecond or more, and have rows enough that b is not read for a few of them.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, std::span<const float> a, std::span<const float> b,
              std::span<float> c) {
  constexpr std::int64_t kMacs = std::int64_t{1} << 23, kRows = 32;
  const std::int64_t block = ceil_div(std::max(kRows, ceil_div(kMacs, n * k)), kRows) * kRows;
  parallel_for(m, block, [&](std::int64_t begin, std::int64_t end) {
    kernels::gemm(end - begin, n, k, a.subspan(size(begin * k), size((end - begin) * k)), b,
                  c.subspan(size(begin * n), size((end - begin) * n)));
  });
}

}  // namespace

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
      multiply(columns, positions, rows, weights.subspan(size(g * columns * rows), size(columns * rows)), matrix,
               out(i).subspan(size(g * columns * positions), size(columns * positions)));
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
    multiply(positions, dense.out_features, dense.in_features, inputs[0].sample(i), weights, out(i));
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

kernels::Window2d window_of(const Network& network, const Layer& layer, const Conv2d& conv) {
  kernels::Window2d window = spatial_window(network, layer, conv);
  window.channels = conv.in_channels / conv.groups;
  return window;
}

std::optional<kernels::Window2d> window_of(const Network& network, const Layer& layer) {
  if (const auto* conv = std::get_if<Conv2d>(&layer.op)) return window_of(network, layer, *conv);
  const std::int64_t positions = mvm_shape(network, layer).positions;
  if (positions == 1) return std::nullopt;
  kernels::Window2d window;
  window.channels = std::get<Dense>(layer.op).in_features;
  window.height = window.out_h = positions;
  window.width = window.out_w = 1;
  return window;
}

kernels::Window2d window_of(const Network& network, const Layer& layer, const Pool2d& pool) {
  return spatial_window(network, layer, pool);
}

namespace {

/// The layer by itself: no rounding to codes before or behind it.
Values compute(const Network& network, const Layer& layer, std::int64_t count,
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

}  // namespace

Values run_layer(const Network& network, const Layer& layer, std::int64_t count,
                 const std::vector<const Values*>& inputs) {
  Values rounded, output;
  if (layer.dynamic_input) {
    rounded = *inputs.front();
    const std::size_t per_sample = rounded.size() / size(std::max<std::int64_t>(count, 1));
    for (std::size_t at = 0; at < rounded.size(); at += per_sample)
      kernels::snap_to_own_range(std::span(rounded).subspan(at, per_sample));
    output = compute(network, layer, count, {&rounded});
  } else {
    output = compute(network, layer, count, inputs);
  }
  if (const auto& grid = network.tensor(layer.output).grid) grid->snap(output);
  return output;
}

}  // namespace cimera::workloads
