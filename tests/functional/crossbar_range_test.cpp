// Converter ranges from calibration data.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/functional/crossbar/calibrate.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

using testing::Each;
using testing::ElementsAre;

TEST(SumHistogram, PercentileIsTheLargestMagnitudeOfTheLowestBins) {
  SumHistogram sums(100);
  EXPECT_EQ(sums.percentile(99.9), 0.0);
  for (int i = 1; i <= 100; ++i) sums.add(i % 2 == 0 ? i : -i);
  EXPECT_EQ(sums.percentile(100.0), 100.0);
  EXPECT_EQ(sums.percentile(99.0), 99.0);
  EXPECT_EQ(sums.percentile(98.5), 99.0);
  EXPECT_EQ(sums.percentile(1.0), 1.0);
  SumHistogram twice = sums;
  twice += sums;
  EXPECT_EQ(twice.percentile(50.0), 50.0);
}

TEST(SumHistogram, LargeSumsAreOffByLessThanABin) {
  const std::int64_t bound = std::int64_t{4096} * 255 * 255;
  SumHistogram sums(bound);
  sums.add(bound), sums.add(-bound / 3);
  EXPECT_GE(sums.percentile(100.0), static_cast<double>(bound));
  EXPECT_NEAR(sums.percentile(50.0), static_cast<double>(bound) / 3, static_cast<double>(bound) / 65536 + 1);
}

/// Column sums of one slice of every step and array, by plain loops; differential encodings.
std::vector<std::int64_t> plain_sums(const CrossbarConfig& config, const Problem& problem, int slice) {
  std::vector<std::int64_t> sums;
  for (int p = 0; p < problem.positions; ++p)
    for (int t = 0; t < config.steps(); ++t)
      for (int row = 0; row < problem.rows; row += config.rows)
        for (int j = 0; j < problem.columns; ++j) {
          std::int64_t sum = 0;
          for (int k = row; k < std::min(problem.rows, row + config.rows); ++k) {
            const std::int64_t w = problem.weight(k, j);
            const std::int64_t part = std::abs(w) >> (slice * config.cell_bits) & (config.levels() - 1);
            const std::int64_t digit =
                problem.code(p, k) >> (t * config.dac_bits) & ((std::int64_t{1} << config.dac_bits) - 1);
            sum += digit * (w < 0 ? -part : part);
          }
          sums.push_back(std::abs(sum));
        }
  std::ranges::sort(sums);
  return sums;
}

class RangeCalibrationTest : public testing::TestWithParam<double> {
 protected:
  RangeCalibrationTest() {
    config_.rows = 20, config_.columns = 64, config_.cell_bits = 2, config_.weight_bits = 8, config_.input_bits = 6;
    config_.dac_bits = 2, config_.encoding = WeightEncoding::kDifferential, config_.adc_range = AdcRange::kPercentile;
    config_.adc_bits = 4, config_.adc_percentile = GetParam();
    Dice dice(5);
    problem_ = random_problem(config_, 50, 9, 13, dice);
  }
  WeightBlock weights() const { return {problem_.weights.data(), problem_.columns, problem_.rows, problem_.columns}; }
  std::vector<double> calibrate() const {
    RangeCalibration calibration(config_, weights());
    calibration.observe(problem_.codes, problem_.positions);
    return converter_limits(config_, calibration.sums());
  }

  CrossbarConfig config_;
  Problem problem_;
};

TEST_P(RangeCalibrationTest, LimitsAreOrderStatisticsOfTheColumnSums) {
  const std::vector<double> limits = calibrate();
  ASSERT_EQ(limits.size(), 4u);
  std::vector<std::int64_t> all;
  for (int s = 0; s < 4; ++s) {
    const std::vector<std::int64_t> sums = plain_sums(config_, problem_, s);
    const auto rank = static_cast<std::size_t>(std::ceil(GetParam() / 100.0 * static_cast<double>(sums.size()))) - 1;
    EXPECT_EQ(limits[static_cast<std::size_t>(s)], static_cast<double>(sums[rank])) << "slice " << s;
    all.insert(all.end(), sums.begin(), sums.end());
  }
  std::ranges::sort(all);
  config_.adc_range_of = AdcRangeOf::kLayer;
  const auto rank = static_cast<std::size_t>(std::ceil(GetParam() / 100.0 * static_cast<double>(all.size()))) - 1;
  EXPECT_THAT(calibrate(), Each(static_cast<double>(all[rank])));
}

TEST_P(RangeCalibrationTest, WhereTheSlicesLieChangesNoLimit) {
  const std::vector<double> together = calibrate();
  config_.slice_layout = SliceLayout::kApart;
  EXPECT_EQ(calibrate(), together);
}

TEST_P(RangeCalibrationTest, ClipsTheShareOfSumsThatItSays) {
  CrossbarOptions options;
  options.adc_limits = calibrate();
  const CrossbarLayer layer = make_layer(config_, test_cell(0.0), problem_, options);
  for (int s = 0; s < 4; ++s) {
    const double lsb = layer.setting().converter.lsb[static_cast<std::size_t>(s)];
    EXPECT_GE(lsb * 7, options.adc_limits[static_cast<std::size_t>(s)]);
    EXPECT_LE(lsb, std::max(1.0, options.adc_limits[static_cast<std::size_t>(s)] / 7 * (1 + 1.0 / 512)));
  }
  const Outcome outcome = run(layer, problem_);
  const auto conversions = static_cast<double>(outcome.counts.adc_conversions);
  EXPECT_LE(static_cast<double>(outcome.counts.clipped_conversions), conversions * (1 - GetParam() / 100.0));
}

INSTANTIATE_TEST_SUITE_P(Percentiles, RangeCalibrationTest, testing::Values(100.0, 99.9, 95.0, 50.0));

TEST(ConverterRange, LimitsComeFromCalibrationOrNotAtAll) {
  CrossbarConfig config;
  config.adc_range = AdcRange::kPercentile;
  EXPECT_THROW(Converter{config}, Error);
  const std::vector<double> limits(static_cast<std::size_t>(config.slices()), 1020.0);
  EXPECT_THAT(Converter(config, limits).lsb, Each(4.0));
  config.adc_range = AdcRange::kUnitStep;
  EXPECT_THROW((Converter{config, limits}), Error);
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
