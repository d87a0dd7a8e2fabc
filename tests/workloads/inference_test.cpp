#include "workloads/inference.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>

#include <gmock/gmock.h>

#include "core/parallel.h"
#include "tests/workloads/support.h"

namespace cimera::workloads {
namespace {

using ::testing::HasSubstr;

class ThreadsReset : public ::testing::Test {
 protected:
  ~ThreadsReset() override { set_threads(0); }
};
using Inference = ThreadsReset;

TEST_F(Inference, AConvolutionByHand) {
  NetworkBuilder b("hand", "test");
  const TensorId x = b.input("x", {1, 1, 2, 3});
  const TensorId weights = b.constant("w", {2, 1, 2, 2}, {1, 2, 3, 4, -1, 0, 0, 1});
  const TensorId bias = b.constant("b", {2}, {10, 0.5F});
  const TensorId y = b.add("conv", Conv2d{.in_channels = 1, .out_channels = 2, .kernel_h = 2, .kernel_w = 2}, {x},
                           {.weights = weights, .bias = bias});
  const Network n = std::move(b).finish(b.add("relu", Unary{}, {y}));
  // Two samples: rows (1 2 3 / 4 5 6) and (0 -1 0 / 0 0 -2).
  const Batch batch{.count = 2, .shape = {1, 2, 3}, .values = {1, 2, 3, 4, 5, 6, 0, -1, 0, 0, 0, -2}, .labels = {}};
  EXPECT_EQ(infer(n, batch), (Values{47, 57, 4.5F, 4.5F,  // 1 2 4 5 . 1 2 3 4 = 37, + 10; 5 - 1 = 4, + 0.5
                                     8, 1, 0.5F, 0}));    // -2 + 10; -1 - 8 + 10; 0 + 0.5; 1 - 2 + 0.5 -> 0
}

/// Convolution of one image in FP64, by its definition.
std::vector<double> naive_conv(const Conv2d& c, const Shape& in, const std::vector<float>& x,
                               const std::vector<float>& w, std::int64_t out_h, std::int64_t out_w) {
  std::vector<double> y;
  const std::int64_t in_group = c.in_channels / c.groups, out_group = c.out_channels / c.groups;
  for (std::int64_t o = 0; o < c.out_channels; ++o) {
    for (std::int64_t p = 0; p < out_h * out_w; ++p) {
      double sum = 0.0;
      for (std::int64_t t = 0; t < in_group * c.kernel_h * c.kernel_w; ++t) {
        const std::int64_t channel = o / out_group * in_group + t / (c.kernel_h * c.kernel_w);
        const std::int64_t row = p / out_w * c.stride_h - c.pad_top + t / c.kernel_w % c.kernel_h * c.dilation_h;
        const std::int64_t column = p % out_w * c.stride_w - c.pad_left + t % c.kernel_w * c.dilation_w;
        if (row < 0 || row >= in[2] || column < 0 || column >= in[3]) continue;
        sum += static_cast<double>(x[static_cast<std::size_t>((channel * in[2] + row) * in[3] + column)]) *
               static_cast<double>(w[static_cast<std::size_t>(o * in_group * c.kernel_h * c.kernel_w + t)]);
      }
      y.push_back(sum);
    }
  }
  return y;
}

TEST_F(Inference, ConvolutionsOfEveryKindAgreeWithTheDefinition) {
  std::vector<Conv2d> kinds(6, Conv2d{.in_channels = 6, .out_channels = 12, .kernel_h = 3, .kernel_w = 2});
  kinds[1].groups = 3;
  kinds[2].groups = 6;  // depthwise, two outputs per input
  kinds[3].stride_h = 2;
  kinds[3].stride_w = 3;
  kinds[4].dilation_h = 2;
  kinds[4].dilation_w = 3;
  kinds[5] = {.in_channels = 6,
              .out_channels = 12,
              .groups = 2,
              .kernel_h = 3,
              .kernel_w = 3,
              .stride_h = 2,
              .stride_w = 2,
              .dilation_h = 2,
              .dilation_w = 1,
              .pad_top = 1,
              .pad_left = 0,
              .pad_bottom = 2,
              .pad_right = 1};
  for (const Conv2d& conv : kinds) {
    NetworkBuilder b("n", "test");
    const Shape in = {1, 6, 9, 8};
    const Shape shape = {12, 6 / conv.groups, conv.kernel_h, conv.kernel_w};
    const std::vector<float> weights = random_values(elements(shape), -1, 1, 7);
    const TensorId x = b.input("x", in);
    const Network n = std::move(b).finish(b.add("conv", conv, {x}, {.weights = b.constant("w", shape, weights)}));
    const Batch batch = random_batch(1, {6, 9, 8}, -1, 1, 8);
    const Values y = infer(n, batch);
    const Shape& out = n.tensor(n.output).shape;
    const std::vector<double> expected = naive_conv(conv, in, batch.values, weights, out[2], out[3]);
    ASSERT_EQ(y.size(), expected.size());
    for (std::size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y[i], expected[i], 1e-5);
  }
}

TEST_F(Inference, BitsDependNeitherOnBatchingNorOnThreadsNorOnOrder) {
  const Network n = mixed_network();
  constexpr std::int64_t kCount = 41;
  const std::int64_t classes = 5;
  const Batch batch = random_batch(kCount, {2, 9, 9}, -1, 1, 1);
  set_threads(1);
  const Values expected = infer(n, batch);
  for (const int threads : {1, 2, 7}) {
    set_threads(threads);
    EXPECT_EQ(infer(n, batch), expected) << threads << " threads";
    for (const std::int64_t chunk : {1, 3, 64}) {
      const auto same = [&](const LayerCall& c) { return run_layer(n, c.layer, c.count, c.inputs); };
      EXPECT_EQ(infer_with(n, batch, same, chunk), expected) << "chunks of " << chunk;
    }
    for (std::int64_t i = 0; i < kCount; ++i) {
      const Values one = infer(n, pick(batch, {i}));
      ASSERT_TRUE(std::equal(one.begin(), one.end(), expected.begin() + i * classes)) << "sample " << i << " alone";
    }
    std::vector<std::int64_t> backwards(kCount);
    std::iota(backwards.rbegin(), backwards.rend(), 0);
    const Values reversed = infer(n, pick(batch, backwards));
    for (std::int64_t i = 0; i < kCount; ++i) {
      ASSERT_TRUE(std::equal(reversed.begin() + i * classes, reversed.begin() + (i + 1) * classes,
                             expected.begin() + (kCount - 1 - i) * classes));
    }
  }
}

TEST_F(Inference, SoftmaxOfTheMixedNetworkIsADistribution) {
  const Values y = infer(mixed_network(), random_batch(3, {2, 9, 9}, -1, 1, 2));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(std::accumulate(y.begin() + 5 * static_cast<std::ptrdiff_t>(i),
                                y.begin() + 5 * (static_cast<std::ptrdiff_t>(i) + 1), 0.0),
                1.0, 1e-6);
  }
}

TEST_F(Inference, AReplacementSeesEverySampleOfEveryWeightedLayerOnce) {
  const Network n = mixed_network();
  Batch batch = random_batch(20, {2, 9, 9}, -1, 1, 3);
  batch.first = 1000;
  std::map<LayerId, std::vector<int>> seen;
  std::mutex mutex;
  const Values y = infer_with(
      n, batch,
      [&](const LayerCall& call) {
        EXPECT_TRUE(call.layer.is_mvm());
        EXPECT_EQ(&call.layer, &n.layer(call.id));
        {
          const std::scoped_lock lock(mutex);
          std::vector<int>& counts = seen[call.id];
          counts.resize(20, 0);
          for (std::int64_t i = 0; i < call.count; ++i) ++counts.at(static_cast<std::size_t>(call.first - 1000 + i));
        }
        return run_layer(n, call.layer, call.count, call.inputs);
      },
      6);
  EXPECT_EQ(y, infer(n, batch));
  EXPECT_EQ(seen.size(), 4u);
  for (const auto& [id, counts] : seen) EXPECT_EQ(counts, std::vector<int>(20, 1));
}

TEST_F(Inference, RefusesWhatDoesNotFit) {
  const Network n = mixed_network();
  EXPECT_THAT(input_error([&] {
                infer(n, random_batch(2, {2, 9, 8}, 0, 1, 1));
              }),
              HasSubstr("reads samples of shape 1x2x9x9, but the data have 2 samples of shape 2x9x8"));
  Batch short_batch = random_batch(2, {2, 9, 9}, 0, 1, 1);
  short_batch.values.pop_back();
  EXPECT_THAT(input_error([&] { infer(n, short_batch); }), HasSubstr("in 323 values"));
  EXPECT_TRUE(infer(n, random_batch(0, {2, 9, 9}, 0, 1, 1)).empty());
  const auto too_few = [](const LayerCall&) { return Values(3); };
  EXPECT_THROW(infer_with(n, random_batch(2, {2, 9, 9}, 0, 1, 1), too_few), Error);

  NetworkBuilder b("shapes", "test");
  const TensorId x = b.input("x", {1, 4});
  const Network shapes = std::move(b).finish(
      b.add("fc", Dense{.in_features = 4, .out_features = 2}, {x}, {.weights = b.constant("w", {4, 2})}));
  try {
    infer(shapes, random_batch(1, {4}, 0, 1, 1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::Kind::kRun);
    EXPECT_THAT(error.what(), HasSubstr("'w' has a shape but no values"));
  }
}

TEST(Argmax, TheFirstOfEqualValuesWins) {
  EXPECT_EQ(argmax({1, 3, 3, -1, -2, -1}, 2), (std::vector<std::int32_t>{1, 0}));
  EXPECT_TRUE(argmax({}, 0).empty());
}

}  // namespace
}  // namespace cimera::workloads
