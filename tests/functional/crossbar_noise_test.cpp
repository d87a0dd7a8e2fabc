// Noise of reads and errors of converters: both ways of drawing have the distribution that the cells and converters
// say.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parallel.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

/// Levels exactly, and reads with a standard deviation of 0.3 + 0.1 x level.
class NoisyCell final : public devices::CellModel {
 public:
  explicit NoisyCell(devices::ReadNoise noise) : noise_(noise) {}

  int max_levels() const override { return 256; }
  bool ideal() const override { return true; }
  devices::Programming program(int, std::span<const std::uint8_t> levels, std::span<float> effective, const Stream&,
                               const Stream::Address&) const override {
    std::ranges::copy(levels, effective.begin());
    return {};
  }
  devices::ReadNoise read_noise() const override { return noise_; }
  int read_octaves() const override { return noise_ == devices::ReadNoise::kFlicker ? 12 : 0; }
  void read_sigma(int, std::span<const float> effective, std::span<float> sigma) const override {
    for (std::size_t i = 0; i < sigma.size(); ++i) sigma[i] = 0.3f + 0.1f * effective[i];
  }
  devices::CellFigures figures() const override { return {}; }

 private:
  devices::ReadNoise noise_;
};

constexpr int kRows = 24, kColumns = 5, kReads = 4000;

/// One step, one slice: an output is what one conversion gives.
CrossbarConfig one_conversion(WeightEncoding encoding, int dac_bits) {
  CrossbarConfig config;
  config.rows = kRows, config.columns = 32, config.cell_bits = 4, config.encoding = encoding;
  config.weight_bits = encoding == WeightEncoding::kOffset ? 4 : 5;
  config.input_bits = config.dac_bits = dac_bits;
  config.adc_bits = 20;
  return config;
}

/// The same inputs at every position: only their reads differ.
Problem equal_reads(const CrossbarConfig& config) {
  Dice dice(3);
  Problem problem = random_problem(config, kRows, kColumns, 1, dice);
  problem.positions = kReads;
  for (int p = 1; p < kReads; ++p)
    for (int k = 0; k < kRows; ++k) problem.codes.push_back(problem.codes[static_cast<std::size_t>(k)]);
  return problem;
}

struct Moments {
  double mean = 0.0, variance = 0.0;
};
Moments moments(const Outcome& outcome, int column) {
  Moments m;
  const auto at = [&](int p) { return outcome.out[static_cast<std::size_t>(p) * kColumns + column]; };
  for (int p = 0; p < kReads; ++p) m.mean += at(p) / kReads;
  for (int p = 0; p < kReads; ++p) m.variance += (at(p) - m.mean) * (at(p) - m.mean) / (kReads - 1);
  return m;
}

/// Variance of a sum by hand, with that of rounding to whole codes.
double variance_by_hand(const CrossbarConfig& config, const Problem& problem, int column) {
  const CellBlock cells = encode(config, {problem.weights.data(), kColumns, kRows, kColumns}, all_slices(config));
  double variance = 1.0 / 12.0;
  for (int polarity = 0; polarity < cells.cells_per_slice; ++polarity)
    for (int k = 0; k < kRows; ++k) {
      const double one = static_cast<double>(problem.code(0, k)) * (0.3 + 0.1 * cells.column(column, 0, polarity)[k]);
      variance += one * one;
    }
  return variance;
}

struct NoiseCase {
  const char* name;
  bool per_cell;
  devices::ReadNoise noise;
  WeightEncoding encoding;
  int dac_bits;
};

class NoiseOfReads : public testing::TestWithParam<NoiseCase> {};

TEST_P(NoiseOfReads, HasTheMeanAndSpreadOfItsCells) {
  CrossbarConfig config = one_conversion(GetParam().encoding, GetParam().dac_bits);
  config.noise_per_cell = GetParam().per_cell;
  const Problem problem = equal_reads(config);
  const Outcome outcome = run(make_layer(config, NoisyCell(GetParam().noise), problem), problem);
  for (int j = 0; j < kColumns; ++j) {
    const Moments m = moments(outcome, j);
    const double variance = variance_by_hand(config, problem, j);
    // 5 standard errors of a mean and of a variance of kReads independent Gaussian numbers
    EXPECT_NEAR(m.mean, integer_product(problem)[static_cast<std::size_t>(j)], 5 * std::sqrt(variance / kReads));
    EXPECT_NEAR(m.variance / variance, 1.0, 5 * std::sqrt(2.0 / kReads));
    int inside = 0;
    for (int p = 0; p < kReads; ++p)
      inside += std::abs(outcome.out[static_cast<std::size_t>(p) * kColumns + j] - m.mean) < std::sqrt(variance);
    // a Gaussian has 68.27 % within one sigma; whole codes move the edges by up to half a code
    const double edge = 0.5 / std::sqrt(variance) * 2 * 0.242;
    EXPECT_NEAR(static_cast<double>(inside) / kReads, 0.6827, 5 * std::sqrt(0.6827 * 0.3173 / kReads) + edge);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Ways, NoiseOfReads,
    testing::Values(NoiseCase{"output", false, devices::ReadNoise::kWhite, WeightEncoding::kOffset, 1},
                    NoiseCase{"output_pair", false, devices::ReadNoise::kWhite, WeightEncoding::kDifferential, 1},
                    NoiseCase{"output_two_sided_digits", false, devices::ReadNoise::kWhite, WeightEncoding::kTwoSided,
                              3},
                    NoiseCase{"output_amplitude", false, devices::ReadNoise::kWhite, WeightEncoding::kOffset, 8},
                    NoiseCase{"cells", true, devices::ReadNoise::kWhite, WeightEncoding::kOffset, 1},
                    NoiseCase{"cells_pair", true, devices::ReadNoise::kWhite, WeightEncoding::kDifferential, 1},
                    NoiseCase{"cells_two_sided_digits", true, devices::ReadNoise::kWhite, WeightEncoding::kTwoSided, 3},
                    NoiseCase{"cells_amplitude", true, devices::ReadNoise::kWhite, WeightEncoding::kOffset, 8}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(NoiseOfReads, FlickerIsDrawnPerCellAndReadsDependOnEachOther) {
  CrossbarConfig config = one_conversion(WeightEncoding::kDifferential, 1);
  const Problem problem = equal_reads(config);
  const Outcome outcome = run(make_layer(config, NoisyCell(devices::ReadNoise::kFlicker), problem), problem);
  double neighbours = 0.0, all = 0.0;
  for (int j = 0; j < kColumns; ++j) {
    const Moments m = moments(outcome, j);
    for (int p = 1; p < kReads; ++p) {
      const double a = outcome.out[static_cast<std::size_t>(p) * kColumns + j] - m.mean;
      neighbours += a * (outcome.out[static_cast<std::size_t>(p - 1) * kColumns + j] - m.mean);
      all += a * a;
    }
  }
  // 12 octaves: neighbours share octave k with probability 1 - 2^-k, the mean of which is 10/12; the slowest octaves
  // are all but taken off with the mean of 4000 reads. White noise would give 0 +- 0.007.
  EXPECT_GT(neighbours / all, 0.6);
  EXPECT_LT(neighbours / all, 0.9);
}

/// A problem with everything that draws, in several arrays.
class Draws : public testing::TestWithParam<bool> {
 protected:
  Draws() {
    config_.rows = 40, config_.columns = 64, config_.cell_bits = 2, config_.weight_bits = 8, config_.input_bits = 6;
    config_.dac_bits = 2, config_.encoding = WeightEncoding::kDifferential, config_.adc_bits = 9;
    config_.adc = {.offset_sigma = 0.6, .gain_sigma = 0.02, .noise_sigma = 0.7};
    config_.columns_per_adc = 16, config_.noise_per_cell = GetParam();
    Dice dice(11);
    problem_ = random_problem(config_, 90, 21, 37, dice);
  }
  CrossbarConfig config_;
  Problem problem_;
  NoisyCell cell_{devices::ReadNoise::kWhite};
};

TEST_P(Draws, DependOnNothingButTheirAddress) {
  const CrossbarLayer layer = make_layer(config_, cell_, problem_);
  const std::vector<double> whole = run(layer, problem_).out;
  for (const int threads : {1, 2, 7}) {
    set_threads(threads);
    EXPECT_EQ(run(layer, problem_).out, whole) << threads << " threads";
  }
  set_threads(0);
  EXPECT_EQ(run(make_layer(config_, cell_, problem_, {.vnni = false}), problem_).out, whole);
  std::vector<double> parts(whole.size());
  CrossbarCounts counts;
  for (int first = 0; first < problem_.positions; first += 5) {
    const int count = std::min(5, problem_.positions - first);
    layer.mvm(
        {count,
         std::span(problem_.codes).subspan(static_cast<std::size_t>(first) * 90, static_cast<std::size_t>(count) * 90),
         {},
         static_cast<std::uint64_t>(first)},
        layer.all_row_blocks(), layer.all_column_blocks(),
        std::span(parts).subspan(static_cast<std::size_t>(first) * 21, static_cast<std::size_t>(count) * 21), counts);
  }
  EXPECT_EQ(parts, whole);
}

TEST_P(Draws, DifferFromReadToReadAndFromTrialToTrial) {
  const CrossbarLayer layer = make_layer(config_, cell_, problem_);
  const std::vector<double> once = run(layer, problem_).out;
  std::vector<double> later(once.size());
  CrossbarCounts counts;
  layer.mvm({problem_.positions, problem_.codes, {}, 1000}, layer.all_row_blocks(), layer.all_column_blocks(), later,
            counts);
  EXPECT_NE(later, once);
  EXPECT_NE(run(make_layer(config_, cell_, problem_, {}, 1), problem_).out, once);
}

INSTANTIATE_TEST_SUITE_P(Ways, Draws, testing::Bool(),
                         [](const auto& info) { return std::string(info.param ? "per_cell" : "of_output"); });

/// One conversion of a step of 1 for each of many arrays and columns, of a sum of 0.
std::vector<double> conversions_of_zero(const ops::ConverterErrors& errors, int columns_per_adc) {
  CrossbarConfig config = one_conversion(WeightEncoding::kDifferential, 1);
  config.columns = 64, config.adc = errors, config.columns_per_adc = columns_per_adc;
  Problem problem{1, 32 * 200, 1, std::vector<std::int16_t>(32 * 200), {1}};
  return run(make_layer(config, test_cell(0.0), problem), problem).out;
}

TEST(ConverterErrors, OffsetsHaveTheirSpreadAndAreSharedByTheColumnsOfAConverter) {
  const std::vector<double> own = conversions_of_zero({.offset_sigma = 20.0}, 2);
  double squares = 0.0;
  for (const double code : own) squares += code * code / static_cast<double>(own.size());
  EXPECT_NEAR(squares / (400.0 + 1.0 / 12.0), 1.0, 5 * std::sqrt(2.0 / static_cast<double>(own.size())));
  const std::vector<double> shared = conversions_of_zero({.offset_sigma = 20.0}, 16);
  for (std::size_t i = 0; i < shared.size(); ++i) EXPECT_EQ(shared[i], shared[i / 8 * 8]);  // 16 cells are 8 pairs
  EXPECT_NE(shared[0], shared[8]);
}

TEST(ConverterErrors, NoiseIsOfEveryConversion) {
  CrossbarConfig config = one_conversion(WeightEncoding::kDifferential, 1);
  config.adc.noise_sigma = 3.0;
  const Problem problem = equal_reads(config);
  const Outcome outcome = run(make_layer(config, test_cell(0.0), problem), problem);
  for (int j = 0; j < kColumns; ++j) {
    const Moments m = moments(outcome, j);
    EXPECT_NEAR(m.mean, integer_product(problem)[static_cast<std::size_t>(j)], 5 * 3.02 / std::sqrt(kReads));
    EXPECT_NEAR(m.variance / (9.0 + 1.0 / 12.0), 1.0, 5 * std::sqrt(2.0 / kReads));
  }
}

TEST(ConverterErrors, GainsMultiplyTheSum) {
  CrossbarConfig config = one_conversion(WeightEncoding::kDifferential, 1);
  config.rows = 1000, config.columns = 64, config.adc.gain_sigma = 0.01, config.columns_per_adc = 2;
  Problem problem{1000, 32 * 100, 1, std::vector<std::int16_t>(1000 * 32 * 100, 10),
                  std::vector<std::int32_t>(1000, 1)};
  const std::vector<double> out = run(make_layer(config, test_cell(0.0), problem), problem).out;
  double squares = 0.0;
  for (const double code : out) squares += (code - 1e4) * (code - 1e4) / static_cast<double>(out.size());
  EXPECT_NEAR(squares / 1e4, 1.0, 5 * std::sqrt(2.0 / static_cast<double>(out.size())));
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
