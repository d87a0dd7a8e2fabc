// Layers that move values: other shapes, orders and sizes, tables, and products of two activations.
#include <algorithm>
#include <cmath>

#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "workloads/layer_run.h"

namespace cimera::workloads {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

}  // namespace

void Run::operator()(const Reshape&) const {
  for (std::int64_t i = 0; i < count; ++i) std::ranges::copy(inputs[0].sample(i), out(i).begin());
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

void Run::join(std::int64_t axis) const {
  const Shape& shape = network.tensor(layer.output).shape;
  const std::int64_t outer = elements(Shape(shape.begin(), shape.begin() + axis));
  for (std::int64_t i = 0; i < count; ++i) {
    auto to = out(i).begin();
    for (std::int64_t o = 0; o < outer; ++o) {
      for (const Operand& input : inputs) {
        const std::span<const float> all = input.sample(i);
        const std::size_t run = all.size() / size(outer);
        to = std::ranges::copy(all.subspan(size(o) * run, run), to).out;
      }
    }
  }
}

void Run::operator()(const Concat& concat) const { join(concat.axis); }
void Run::operator()(const KvCache& cache) const { join(cache.axis); }

void Run::operator()(const Expand&) const {
  const Shape& shape = network.tensor(layer.output).shape;
  kernels::StridedSide from{.offset = 0, .strides = kernels::dense_strides(in_shape())};
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (in_shape()[d] == 1) from.strides[d] = 0;
  const kernels::StridedSide to{.offset = 0, .strides = kernels::dense_strides(shape)};
  for (std::int64_t i = 0; i < count; ++i) kernels::copy_strided<float>(shape, inputs[0].sample(i), from, out(i), to);
}

void Run::operator()(const MatMul& product) const {
  const Shape &a = in_shape(), &b = network.tensor(layer.inputs[1]).shape;
  const std::size_t last = a.size() - 1;
  const std::int64_t m = a[last - 1], k = a[last], n = product.transpose_b ? b[last - 1] : b[last];
  const Shape outer_a(a.begin(), a.end() - 2), outer_b(b.begin(), b.end() - 2);
  const kernels::BroadcastLoop loop = kernels::broadcast_loop(outer_a, outer_b);
  const std::int64_t products = out_elements / (m * n);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t p = 0; p < products; ++p) {
      std::int64_t at_a = 0, at_b = 0, rest = p;
      for (std::size_t d = loop.sizes.size(); d-- > 0; rest /= loop.sizes[d]) {
        at_a += rest % loop.sizes[d] * loop.stride_a[d];
        at_b += rest % loop.sizes[d] * loop.stride_b[d];
      }
      kernels::gemm(m, n, k, inputs[0].sample(i).subspan(size(at_a * m * k), size(m * k)),
                    inputs[1].sample(i).subspan(size(at_b * k * n), size(k * n)),
                    out(i).subspan(size(p * m * n), size(m * n)), {.transpose_b = product.transpose_b});
    }
  }
}

void Run::operator()(const Embedding& embedding) const {
  const std::span<const float> table = constant(layer.weights);
  for (std::int64_t i = 0; i < count; ++i) {
    auto to = out(i).begin();
    for (const float token : inputs[0].sample(i)) {
      if (!(token >= 0.0F && token < static_cast<float>(embedding.vocabulary)) || token != std::floor(token))
        fail_input(Where{network.source},
                   fmt::format("token {} is none of the {} that the network knows", token, embedding.vocabulary));
      to = std::ranges::copy(
               table.subspan(static_cast<std::size_t>(token) * size(embedding.features), size(embedding.features)), to)
               .out;
    }
  }
}

}  // namespace cimera::workloads
