#include "workloads/quantize.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "core/parallel.h"
#include "tests/workloads/support.h"
#include "workloads/calibrate.h"
#include "workloads/inference.h"

namespace cimera::workloads {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// x [1x3] -> Dense 3x2 with the given weights [3][2].
Network dense(std::vector<float> weights, std::vector<float> bias = {}) {
  NetworkBuilder b("dense", "test");
  const TensorId x = b.input("x", {1, 3});
  NetworkBuilder::Parameters parameters{.weights = b.constant("w", {3, 2}, std::move(weights))};
  if (!bias.empty()) parameters.bias = b.constant("b", {2}, std::move(bias));
  return std::move(b).finish(b.add("fc", Dense{.in_features = 3, .out_features = 2}, {x}, parameters));
}

Batch batch(std::vector<float> values) {
  return {
      .count = static_cast<std::int64_t>(values.size()) / 3, .shape = {3}, .values = std::move(values), .labels = {}};
}

const std::vector<float> kWeights = {0.5F, -2, -1, 1, 0.25F, 0};  // columns (0.5, -1, 0.25) and (-2, 1, 0)

TEST(Quantize, WeightsPerColumnByHand) {
  const Network n = dense(kWeights, {3, 4});
  const QuantizedNetwork q = quantize(n, {.weight_bits = 4, .activation_bits = 8}, batch({0, 1, 2}));
  const QuantizedLayer& layer = q.of(LayerId(0));
  EXPECT_THAT(layer.weight_scale, ElementsAre(1.0 / 7, 2.0 / 7));
  // 0.5 -> 3.5 -> 4 (half to even), -1 -> -7, 0.25 -> 1.75 -> 2; -2 -> -7, 1 -> 3.5 -> 4, 0.
  EXPECT_THAT(layer.weights, ElementsAre(4, -7, -7, 4, 2, 0));
  EXPECT_THAT(layer.bias, ElementsAre(3, 4));
  EXPECT_THAT(quantize(dense(kWeights), {}, batch({0, 1, 2})).of(LayerId(0)).bias, ElementsAre(0, 0));
}

TEST(Quantize, OneBitWeightsAreSignsTimesTheMeanMagnitude) {
  const Network n = dense(kWeights);
  const QuantizedLayer layer = quantize(n, {.weight_bits = 1}, batch({0, 1, 2})).layers.at(0);
  EXPECT_THAT(layer.weights, ElementsAre(1, -1, -1, 1, 1, 1));
  EXPECT_DOUBLE_EQ(layer.weight_scale[0], 1.75 / 3);
  EXPECT_DOUBLE_EQ(layer.weight_scale[1], 1.0);
}

TEST(Quantize, InputCodesAreUnsignedWhereNothingIsNegative) {
  const Network n = dense(kWeights);
  const auto layer = [&](int bits, std::vector<float> values) {
    return quantize(n, {.activation_bits = bits}, batch(std::move(values))).layers.at(0);
  };
  const QuantizedLayer positive = layer(8, {0, 51, 2});
  EXPECT_FALSE(positive.input_signed);
  EXPECT_DOUBLE_EQ(positive.input_scale, 0.2);  // 51 / 255
  EXPECT_EQ(positive.code_min(), 0);
  EXPECT_EQ(positive.code_max(), 255);
  const QuantizedLayer negative = layer(8, {-1, 12.7F, 2});
  EXPECT_TRUE(negative.input_signed);
  EXPECT_FLOAT_EQ(static_cast<float>(negative.input_scale), 0.1F);  // 12.7 / 127 is more than 1 / 128
  EXPECT_EQ(negative.code_min(), -128);
  EXPECT_EQ(negative.code_max(), 127);
  EXPECT_DOUBLE_EQ(layer(8, {-256, 1, 2}).input_scale, 2.0);  // 256 / 128
  EXPECT_DOUBLE_EQ(layer(1, {0, 3, 2}).input_scale, 3.0);     // codes 0 and 1
  EXPECT_EQ(layer(1, {0, 3, 2}).code_max(), 1);
  EXPECT_DOUBLE_EQ(layer(1, {-5, 9, 2}).input_scale, 5.0);  // codes -1 and 0
  EXPECT_EQ(layer(1, {-5, 9, 2}).code_min(), -1);
  EXPECT_EQ(layer(1, {-5, 9, 2}).code_max(), 0);
  EXPECT_EQ(layer(16, {0, 65535, 2}).input_scale, 1.0);
  EXPECT_EQ(layer(8, {0, 0, 0}).input_scale, 1.0);  // nothing to cover
}

TEST(Quantize, ZeroWeightsStayZero) {
  const Network n = dense({0, 1, 0, 1, 0, 1});
  const QuantizedLayer layer = quantize(n, {.weight_bits = 8}, batch({0, 1, 2})).layers.at(0);
  EXPECT_THAT(layer.weights, ElementsAre(0, 127, 0, 127, 0, 127));
  EXPECT_EQ(layer.weight_scale[0], 1.0);
  EXPECT_EQ(quantize(n, {.weight_bits = 1}, batch({0, 1, 2})).layers.at(0).weight_scale[0], 0.0);
}

TEST(Quantize, ConvolutionCodesFollowTheRowsOfTheProduct) {
  NetworkBuilder b("conv", "test");
  const TensorId x = b.input("x", {1, 2, 1, 2});
  // Two groups of one input and one output channel each, kernel 1x2.
  const Network n = std::move(b).finish(
      b.add("conv", Conv2d{.in_channels = 2, .out_channels = 2, .groups = 2, .kernel_h = 1, .kernel_w = 2}, {x},
            {.weights = b.constant("w", {2, 1, 1, 2}, {1, -0.5F, 4, 2})}));
  const Batch data{.count = 1, .shape = {2, 1, 2}, .values = {1, 2, 3, 4}, .labels = {}};
  const QuantizedLayer layer = quantize(n, {.weight_bits = 3}, data).layers.at(0);
  EXPECT_THAT(layer.weights, ElementsAre(3, -2, 3, 2));  // 3 steps; -1.5 -> -2, 1.5 -> 2
  EXPECT_THAT(layer.weight_scale, ElementsAre(1.0 / 3, 4.0 / 3));
}

TEST(Histogram, PercentileCountsMagnitudesAndZeros) {
  Histogram h{.limit = 100.0};
  for (int i = 1; i <= 100; ++i) h.add(i % 2 == 0 ? static_cast<float>(-i) : static_cast<float>(i));
  EXPECT_NEAR(h.percentile(90.0), 90.0, 100.0 / Histogram::kBins);
  EXPECT_EQ(h.percentile(100.0), 100.0);
  for (int i = 0; i < 100; ++i) h.add(0.0F);
  EXPECT_NEAR(h.percentile(90.0), 80.0, 100.0 / Histogram::kBins);  // 180 of 200 are at most 80
}

TEST(Histogram, BestClipBalancesRoundingAgainstClipping) {
  Histogram h{.limit = 100.0};
  for (int i = 0; i < 100000; ++i) h.add(static_cast<float>(i % 1000) / 1000.0F);  // 0 .. 1, and one far away
  h.add(100.0F);
  EXPECT_LT(h.best_clip(15), 60.0);     // 15 steps over 100 would leave everything else in step 0
  EXPECT_GT(h.best_clip(65535), 99.0);  // with so many steps clipping one value costs more
  Histogram flat{.limit = 10.0};
  for (int i = 0; i < 10000; ++i) flat.add(static_cast<float>(i) / 1000.0F);
  EXPECT_GE(flat.best_clip(15), 9.5);  // nothing is rare: do not clip
}

TEST(Quantize, PercentileAndMseClipWhatIsRare) {
  const Network n = dense(kWeights);
  std::vector<float> values = random_values(3000, 0, 1, 1);
  values[17] = 20.0F;
  const auto step = [&](Calibration calibration) {
    return quantize(n, {.activation_bits = 4, .calibration = calibration, .percentile = 99.0}, batch(values))
        .layers.at(0)
        .input_scale;
  };
  EXPECT_DOUBLE_EQ(step(Calibration::kMinMax), 20.0 / 15);
  EXPECT_LT(step(Calibration::kPercentile), 1.1 / 15);
  EXPECT_LT(step(Calibration::kMse), 15.0 / 15);
  EXPECT_GT(step(Calibration::kMse), 1.0 / 15);
}

TEST(Quantize, MseWeightsAreNoWorseThanMinMax) {
  std::vector<float> weights = random_values(400 * 3, -1, 1, 5);
  for (float& w : weights) w = w * w * w;  // few large values
  NetworkBuilder b("fc", "test");
  const TensorId x = b.input("x", {1, 400});
  const Network n = std::move(b).finish(
      b.add("fc", Dense{.in_features = 400, .out_features = 3}, {x}, {.weights = b.constant("w", {400, 3}, weights)}));
  const Batch data = random_batch(2, {400}, 0, 1, 6);
  for (const int bits : {2, 3, 4, 8}) {
    const auto error = [&](Calibration calibration) {
      const QuantizedLayer q = quantize(n, {.weight_bits = bits, .calibration = calibration}, data).layers.at(0);
      double sum = 0.0;
      for (std::size_t i = 0; i < weights.size(); ++i) {
        sum += std::pow(static_cast<double>(weights[i]) - q.weight_scale[i % 3] * q.weights[i], 2);
      }
      return sum;
    };
    EXPECT_LE(error(Calibration::kMse), error(Calibration::kMinMax));
    if (bits <= 3) {
      EXPECT_LT(error(Calibration::kMse), 0.9 * error(Calibration::kMinMax));
    }
  }
}

TEST(Quantize, DependsNeitherOnThreadsNorOnTheOrderOfTheData) {
  const Network n = mixed_network();
  const Batch data = random_batch(30, {2, 9, 9}, -1, 1, 9);
  std::vector<std::int64_t> backwards;
  for (std::int64_t i = 29; i >= 0; --i) backwards.push_back(i);
  for (const Calibration calibration : {Calibration::kMinMax, Calibration::kPercentile, Calibration::kMse}) {
    const QuantizeOptions options{.weight_bits = 5, .activation_bits = 6, .calibration = calibration};
    set_threads(1);
    const QuantizedNetwork a = quantize(n, options, data);
    set_threads(7);
    const QuantizedNetwork b = quantize(n, options, pick(data, backwards));
    set_threads(0);
    ASSERT_EQ(a.layers.size(), 4u);
    for (std::size_t i = 0; i < a.layers.size(); ++i) {
      EXPECT_EQ(a.layers[i].input_scale, b.layers[i].input_scale);
      EXPECT_EQ(a.layers[i].input_signed, b.layers[i].input_signed);
      EXPECT_EQ(a.layers[i].weights, b.layers[i].weights);
    }
  }
}

TEST(Quantize, RefusesWhatItCannotDo) {
  const Network n = dense(kWeights);
  const Batch data = batch({0, 1, 2});
  EXPECT_THAT(input_error([&] { quantize(n, {.weight_bits = 0}, data); }),
              HasSubstr("weight bits = 0: must be 1 to 16"));
  EXPECT_THAT(input_error([&] { quantize(n, {.activation_bits = 17}, data); }), HasSubstr("activation bits = 17"));
  EXPECT_THAT(input_error([&] { quantize(n, {.percentile = 0.0}, data); }), HasSubstr("percentile = 0"));
  EXPECT_THAT(input_error([&] { quantize(n, {}, batch({})); }), HasSubstr("no samples"));
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(input_error([&] {
                quantize(n, {}, batch({0, 1, 2, 3, kNan, 5}));
              }),
              HasSubstr("calibration: an input of layer 'fc' is nan for sample 1"));
  EXPECT_THAT(input_error([&] { quantize(n, {}, random_batch(1, {4}, 0, 1, 1)); }), HasSubstr("shape"));
  EXPECT_THROW(quantize(n, {}, data).of(LayerId(7)), Error);
}

}  // namespace
}  // namespace cimera::workloads
