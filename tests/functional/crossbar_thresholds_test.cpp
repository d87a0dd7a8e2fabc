// Converters whose parts do not match.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/functional/crossbar/thresholds.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

using ops::ConverterErrors;
using ops::ConverterType;

std::vector<float> draw(ConverterType type, double sigma, int bits, std::uint32_t converter = 0) {
  return converter_thresholds({.type = type, .mismatch_sigma = sigma}, bits, test_stream(), 3, converter);
}

class Thresholds : public testing::TestWithParam<ConverterType> {};

TEST_P(Thresholds, AreHalvesWithoutMismatch) {
  for (const int bits : {1, 3, 8}) {
    const std::vector<float> thresholds = draw(GetParam(), 0.0, bits);
    ASSERT_EQ(thresholds.size(), (1u << bits) - 1);
    for (std::size_t k = 0; k < thresholds.size(); ++k) EXPECT_FLOAT_EQ(thresholds[k], static_cast<float>(k) + 0.5f);
  }
}

TEST_P(Thresholds, RiseWhateverTheMismatch) {
  for (const double sigma : {0.05, 0.5, 3.0})
    for (std::uint32_t c = 0; c < 20; ++c) EXPECT_TRUE(std::ranges::is_sorted(draw(GetParam(), sigma, 7, c)));
}

INSTANTIATE_TEST_SUITE_P(Types, Thresholds,
                         testing::Values(ConverterType::kSar, ConverterType::kRamp, ConverterType::kFlash));

/// Mean and variance of threshold k over many converters.
std::pair<double, double> spread(ConverterType type, double sigma, int bits, std::size_t k, int converters) {
  double sum = 0.0, squares = 0.0;
  for (int c = 0; c < converters; ++c) {
    const double t = draw(type, sigma, bits, static_cast<std::uint32_t>(c))[k - 1] - (static_cast<double>(k) - 0.5);
    sum += t, squares += t * t;
  }
  return {sum / converters, squares / converters};
}

TEST(Thresholds, SpreadOfASarByHand) {
  // The threshold of the highest bit is the weight of half the capacitors as a share of all: with M = 2^b units of
  // variance s^2 and w of them in the bit, the variance of M w' / (w' + r') is w (M - w) / M s^2 = M s^2 / 4 to first
  // order.
  constexpr int kConverters = 4000;
  constexpr double kSigma = 0.02;
  for (const int bits : {6, 8}) {
    const auto [mean, variance] = spread(ConverterType::kSar, kSigma, bits, std::size_t{1} << (bits - 1), kConverters);
    const double expected = std::ldexp(kSigma * kSigma, bits - 2);
    EXPECT_NEAR(variance / expected, 1.0, 5 * std::sqrt(2.0 / kConverters) + 0.01) << bits;
    // a code that lies below what its lower bits reach shifts the mean down by less than a tenth of the spread
    EXPECT_NEAR(mean, 0.0, 5 * std::sqrt(expected / kConverters) + 0.1 * std::sqrt(expected)) << bits;
  }
}

TEST(Thresholds, SpreadOfARampByHand) {
  // A random walk pinned at both ends: k (n - k) / n s^2 after k of n steps.
  constexpr int kConverters = 4000, kBits = 6, kSteps = 63;
  for (const std::size_t k : {std::size_t{8}, std::size_t{32}, std::size_t{60}}) {
    const double expected = static_cast<double>(k * (kSteps - k)) / kSteps * 0.05 * 0.05;
    EXPECT_NEAR(spread(ConverterType::kRamp, 0.05, kBits, k, kConverters).second / expected, 1.0,
                5 * std::sqrt(2.0 / kConverters) + 0.01);
  }
  EXPECT_NEAR(spread(ConverterType::kRamp, 0.05, kBits, kSteps, 100).second, 0.0, 1e-9);
}

TEST(Thresholds, SpreadOfAFlashConverterIsThatOfItsComparators) {
  constexpr int kConverters = 4000;
  const auto [mean, variance] = spread(ConverterType::kFlash, 0.1, 5, 16, kConverters);  // too small to change places
  EXPECT_NEAR(mean, 0.0, 5 * 0.1 / std::sqrt(kConverters));
  EXPECT_NEAR(variance / 0.01, 1.0, 5 * std::sqrt(2.0 / kConverters));
}

/// The bits of a SAR converter, one after the other.
int successive(const std::vector<double>& weights, double input) {
  int code = 0;
  for (int i = static_cast<int>(weights.size()) - 1; i >= 0; --i)
    if (input >= weights[static_cast<std::size_t>(i)]) input -= weights[static_cast<std::size_t>(i)], code |= 1 << i;
  return code;
}

TEST(Thresholds, OfASarAreWhereSuccessiveApproximationChangesItsCode) {
  constexpr int kBits = 6;
  const Stream stream = test_stream();
  for (std::uint32_t c = 0; c < 50; ++c) {
    std::vector<float> normals(kBits + 1);
    stream.normal({3, c, 0}, normals);
    std::vector<double> weights;
    double sum = 1.0 + 0.3 * static_cast<double>(normals[kBits]);
    for (int i = 0; i < kBits; ++i) {
      weights.push_back(
          std::max(0.0, std::ldexp(1.0, i) + 0.3 * std::sqrt(std::ldexp(1.0, i)) *
                                                 static_cast<double>(normals[static_cast<std::size_t>(i)])));
      sum += weights.back();
    }
    for (double& weight : weights) weight *= 64.0 / sum;
    const std::vector<float> thresholds = draw(ConverterType::kSar, 0.3, kBits, c);
    for (double input = -0.4; input < 66.0; input += 0.0137) {
      const auto code = std::ranges::upper_bound(thresholds, static_cast<float>(input - 0.5)) - thresholds.begin();
      const int nearby = successive(weights, input - 1e-5), nearby_above = successive(weights, input + 1e-5);
      if (nearby == nearby_above) {
        ASSERT_EQ(code, nearby) << "input " << input;
      }
    }
  }
}

/// Through an array: each code is the number of thresholds that the sum has reached.
TEST(Thresholds, DecideTheCodesOfAnArray) {
  for (const WeightEncoding encoding : {WeightEncoding::kOffset, WeightEncoding::kDifferential})
    for (const ConverterType type : {ConverterType::kSar, ConverterType::kRamp, ConverterType::kFlash}) {
      CrossbarConfig config;
      config.rows = 30, config.columns = 64, config.cell_bits = 3, config.weight_bits = 4, config.encoding = encoding;
      config.input_bits = config.dac_bits = 1, config.adc_bits = 6, config.adc_range = AdcRange::kFullRange;
      if (encoding == WeightEncoding::kOffset) config.weight_bits = 3;
      config.adc = {.type = type, .mismatch_sigma = 0.4}, config.columns_per_adc = 4;
      Dice dice(17);
      const Problem problem = random_problem(config, 30, 11, 40, dice);
      const CrossbarLayer layer = make_layer(config, test_cell(0.0), problem);
      const std::vector<double> out = run(layer, problem).out;
      const CellBlock cells = encode(config, {problem.weights.data(), 11, 30, 11}, all_slices(config));
      const Converter& converter = layer.setting().converter;
      for (int j = 0; j < 11; ++j) {
        const std::vector<float> thresholds =
            converter_thresholds(config.adc, 6, test_stream().branch("converter mismatch"), 0,
                                 static_cast<std::uint32_t>(j * config.cells_per_slice() / 4));
        for (int p = 0; p < problem.positions; ++p) {
          double sum = 0.0, inputs = 0.0;
          for (int k = 0; k < 30; ++k) {
            const int minus = config.differential() ? cells.column(j, 0, 1)[k] : 0;
            sum += static_cast<double>(problem.code(p, k)) * (cells.column(j, 0, 0)[k] - minus);
            inputs += static_cast<double>(problem.code(p, k));
          }
          const float above = static_cast<float>(sum / converter.lsb[0]) - static_cast<float>(converter.min_code);
          const auto reached = std::ranges::upper_bound(thresholds, above) - thresholds.begin();
          const double code = static_cast<double>(converter.min_code + reached);
          ASSERT_EQ(out[static_cast<std::size_t>(p) * 11 + j],
                    cells.slice_factor[static_cast<std::size_t>(j)] * converter.lsb[0] * code +
                        cells.input_factor[static_cast<std::size_t>(j)] * inputs);
        }
      }
    }
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
