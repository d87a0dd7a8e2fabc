// The integer reference against plain 64-bit sums, and against the real numbers it stands for.
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>

#include "core/parallel.h"
#include "kernels/exact_gemm.h"
#include "tests/workloads/support.h"
#include "workloads/inference.h"
#include "workloads/position_order.h"

namespace cimera::workloads {
namespace {

using ::testing::ElementsAre;

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// Elements [first, first + n) of every sample of [count][all].
template <class T>
std::vector<T> cut(const std::vector<T>& values, std::int64_t count, std::int64_t first, std::int64_t n) {
  std::vector<T> part;
  const std::int64_t all = std::ssize(values) / count;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto from = values.begin() + i * all + first;
    part.insert(part.end(), from, from + n);
  }
  return part;
}

/// A weighted layer by the public pieces: codes, 64-bit sums, real values. What a crossbar model does, with plain sums;
/// a channel of the input, or a few elements, at a time.
Values by_pieces(const QuantizedNetwork& q, const LayerCall& call) {
  const Network& n = *q.network;
  const QuantizedLayer& layer = q.of(call.id);
  const MvmShape shape = mvm_shape(n, call.layer);
  const auto* conv = std::get_if<Conv2d>(&call.layer.op);
  const std::int64_t inputs = elements(n.tensor(call.layer.inputs[0]).shape);
  const std::int64_t outputs = shape.groups * shape.columns * shape.positions;
  // A dense layer over several positions is taken feature by feature.
  const bool turned = conv == nullptr && shape.positions > 1;
  const Values in = turned ? by_feature(*call.inputs.front(), call.count, shape.positions) : *call.inputs.front();
  std::vector<double> all(size(call.count * outputs));  // channel slowest
  for (std::int64_t g = 0; g < shape.groups; ++g) {
    const std::int64_t vectors = call.count * shape.positions;
    std::vector<std::int32_t> codes(size(vectors * shape.rows), -12345);
    const std::int64_t share = inputs / shape.groups;
    const std::int64_t piece = conv     ? inputs / conv->in_channels
                               : turned ? shape.positions
                                        : std::min<std::int64_t>(share, 7);
    for (std::int64_t e = g * share; e < (g + 1) * share;) {
      const std::int64_t length = std::min(piece, share - e % share);
      input_codes(n, layer, call.count, e, cut(in, call.count, e, length), codes);
      e += length;
    }
    const auto first = layer.weights.begin() + g * shape.rows * shape.columns;
    std::vector<std::int64_t> sums(size(vectors * shape.columns));
    kernels::gemm_reference(vectors, shape.columns, shape.rows, codes,
                            std::vector<std::int32_t>(first, first + shape.rows * shape.columns), sums);
    for (std::int64_t i = 0; i < vectors * shape.columns; ++i) {
      const std::int64_t sample = i / (shape.positions * shape.columns), position = i / shape.columns % shape.positions;
      const std::int64_t channel = g * shape.columns + i % shape.columns;
      all[size(sample * outputs + channel * shape.positions + position)] = static_cast<double>(sums[size(i)]);
    }
  }
  Values output(all.size());
  const std::int64_t half = outputs / 2;
  for (const auto& [first, length] : {std::pair(std::int64_t{0}, half), std::pair(half, outputs - half)}) {
    if (length == 0) continue;
    Values part(size(call.count * length));
    dequantize(n, layer, call.count, first, cut(all, call.count, first, length), part);
    for (std::int64_t i = 0; i < call.count; ++i)
      std::copy_n(part.begin() + i * length, length, output.begin() + i * outputs + first);
  }
  return turned ? by_shape(output, call.count, shape.positions) : output;
}

TEST(Integer, EqualsPlainSumsBitForBitAtEveryPrecision) {
  const Network n = mixed_network();
  const Batch data = random_batch(11, {2, 9, 9}, -1, 1, 1);
  for (const auto& [weights, activations] : {std::pair{8, 8}, {16, 16}, {1, 1}, {4, 3}, {2, 16}, {12, 5}}) {
    const QuantizedNetwork q = quantize(n, {.weight_bits = weights, .activation_bits = activations}, data);
    const Values reference = infer_integer(q, data);
    EXPECT_EQ(infer_with(n, data, [&](const LayerCall& call) { return by_pieces(q, call); }), reference)
        << weights << " and " << activations << " bits";
  }
}

TEST(Integer, BitsDependNeitherOnBatchingNorOnThreads) {
  const Network n = mixed_network();
  const Batch data = random_batch(23, {2, 9, 9}, -1, 1, 2);
  const QuantizedNetwork q = quantize(n, {}, data);
  set_threads(1);
  const Values expected = infer_integer(q, data);
  for (const int threads : {2, 7}) {
    set_threads(threads);
    EXPECT_EQ(infer_integer(q, data), expected);
  }
  set_threads(0);
  for (std::int64_t i = 0; i < data.count; ++i) {
    const Values one = infer_integer(q, pick(data, {i}));
    ASSERT_TRUE(std::equal(one.begin(), one.end(), expected.begin() + i * 5));
  }
}

TEST(Integer, ErrorsShrinkWithThePrecision) {
  const Network n = mixed_network();
  const Batch data = random_batch(20, {2, 9, 9}, -1, 1, 3);
  const Values exact = infer(n, data);
  const auto worst = [&](int bits) {
    const Values y = infer_integer(quantize(n, {.weight_bits = bits, .activation_bits = bits}, data), data);
    double largest = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i)
      largest = std::max(largest, std::abs(static_cast<double>(y[i]) - static_cast<double>(exact[i])));
    return largest;
  };
  EXPECT_LT(worst(16), 1e-4);
  EXPECT_LT(worst(8), 2e-2);
  EXPECT_LT(worst(16), worst(8) / 50);
  EXPECT_LT(worst(8), worst(4));
}

TEST(Integer, CodesAndRealValuesByHand) {
  NetworkBuilder b("conv", "test");
  const TensorId x = b.input("x", {1, 1, 2, 2});
  Conv2d conv{.in_channels = 1, .out_channels = 2, .kernel_h = 1, .kernel_w = 2};
  conv.pad_right = 1;
  const TensorId weights = b.constant("w", {2, 1, 1, 2}, {1, 1, -1, 0.5F});
  const Network n =
      std::move(b).finish(b.add("conv", conv, {x}, {.weights = weights, .bias = b.constant("b", {2}, {0.25F, -1})}));
  QuantizedLayer layer{.layer = LayerId(0),
                       .weight_bits = 3,
                       .activation_bits = 3,
                       .input_scale = 0.5,
                       .input_signed = true,
                       .weight_scale = {1.0, 0.5},
                       .weights = {1, -2, 1, 1},
                       .bias = {0.25F, -1}};
  const Values input = {0.75F, -0.25F, 9, -9};  // 1.5 -> 2, -0.5 -> 0, 18 -> 3, -18 -> -4
  std::vector<std::int32_t> codes(8);
  input_codes(n, layer, 1, 0, input, codes);
  EXPECT_THAT(codes, ElementsAre(2, 0, 0, 0, 3, -4, -4, 0));
  EXPECT_THROW(input_codes(n, layer, 1, 2, std::span(input).subspan(2), codes), Error) << "half a channel";
  EXPECT_THROW(input_codes(n, layer, 1, 0, input, std::span(codes).subspan(1)), Error);
  EXPECT_EQ(clipped_inputs(layer, input), 2);
  EXPECT_EQ(clipped_inputs(layer, Values{1.5F, 1.75F, -2.25F, -2.26F, -2}), 2) << "3, 3.5 -> 4, -4.5 -> -4, -4.52, -4";
  // Sums [column][position]: 2 1 + 0, 0, 3 - 4, -4; 2 -2, 0, -6 - 4, 8.
  Values output(8);
  dequantize(n, layer, 1, 0, std::vector<double>{2, 0, -1, -4, -4, 0, -10, 8}, output);
  EXPECT_THAT(output, ElementsAre(1.25F, 0.25F, -0.25F, -1.75F, -2, -1, -3.5F, 1));
  const QuantizedNetwork q{.network = &n, .layers = {layer}};
  EXPECT_EQ(infer_integer(q, {.count = 1, .shape = {1, 2, 2}, .values = input, .labels = {}}), output);
  EXPECT_THROW(dequantize(n, layer, 2, 0, std::vector<double>(9), output), Error);
  EXPECT_THROW(dequantize(n, layer, 1, 1, std::vector<double>(8), output), Error);
}

}  // namespace
}  // namespace cimera::workloads
