// The integer reference against plain 64-bit sums, and against the real numbers it stands for.
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>

#include "core/parallel.h"
#include "kernels/exact_gemm.h"
#include "tests/workloads/support.h"
#include "workloads/inference.h"

namespace cimera::workloads {
namespace {

using ::testing::ElementsAre;

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

/// A weighted layer by the public pieces: codes, 64-bit sums, real values. What a crossbar model does, with plain sums.
Values by_pieces(const QuantizedNetwork& q, const LayerCall& call) {
  const Network& n = *q.network;
  const QuantizedLayer& layer = q.of(call.id);
  const MvmShape shape = mvm_shape(n, call.layer);
  Values output(size(call.count * elements(n.tensor(call.layer.output).shape)));
  for (std::int64_t g = 0; g < shape.groups; ++g) {
    const std::vector<std::int32_t> codes = input_codes(n, layer, call.count, *call.inputs.front(), g);
    const std::int64_t vectors = call.count * shape.positions;
    EXPECT_EQ(codes.size(), size(vectors * shape.rows));
    const auto first = layer.weights.begin() + g * shape.rows * shape.columns;
    std::vector<std::int64_t> sums(size(vectors * shape.columns));
    kernels::gemm_reference(vectors, shape.columns, shape.rows, codes,
                            std::vector<std::int32_t>(first, first + shape.rows * shape.columns), sums);
    dequantize(n, layer, call.count, g, std::vector<double>(sums.begin(), sums.end()), output);
  }
  return output;
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
  EXPECT_THAT(input_codes(n, layer, 1, input, 0), ElementsAre(2, 0, 0, 0, 3, -4, -4, 0));
  // Sums [position][column]: (2 1 + 0, 2 -2), (0, 0), (3 - 4, -6 - 4), (-4, 8).
  Values output(8);
  dequantize(n, layer, 1, 0, std::vector<double>{2, -4, 0, 0, -1, -10, -4, 8}, output);
  EXPECT_THAT(output, ElementsAre(1.25F, 0.25F, -0.25F, -1.75F, -2, -1, -3.5F, 1));
  const QuantizedNetwork q{.network = &n, .layers = {layer}};
  EXPECT_EQ(infer_integer(q, {.count = 1, .shape = {1, 2, 2}, .values = input, .labels = {}}), output);
  EXPECT_THROW(dequantize(n, layer, 2, 0, std::vector<double>(8), output), Error);
}

}  // namespace
}  // namespace cimera::workloads
