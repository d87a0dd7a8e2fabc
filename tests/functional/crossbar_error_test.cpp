// Programming error: how the cells hold it, and what it does to results. Statistics have bounds from the sample size.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/functional/crossbar/layer.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

TEST(CrossbarError, LevelsAreHeldToTheirFractionBits) {
  CrossbarConfig config;
  Dice dice(21);
  const Problem problem = random_problem(config, 128, 16, 0, dice);
  const devices::Reram cell = test_cell(0.1);
  const CrossbarLayer layer = make_layer(config, cell, problem);
  const ProgrammedArray& array = layer.array(0, 0);
  EXPECT_GE(array.fraction_bits(), 12);  // largest level 3 * (1 + 5 * 0.1) < 8, 15 bits and a sign
  const CellBlock cells = encode(config, {problem.weights.data(), 16, 128, 16}, all_slices(config));
  std::vector<float> effective(128);
  for (int j = 0; j < 16; ++j)
    for (int s = 0; s < 8; ++s) {
      cell.program(4, cells.column(j, s, 0), effective, test_stream(), {0, static_cast<std::uint32_t>(j * 8 + s), 0});
      for (int k = 0; k < 128; ++k)
        ASSERT_NEAR(array.level(layer.setting(), k, j, s), effective[k], std::ldexp(1.0, -array.fraction_bits() - 1));
    }
}

TEST(CrossbarError, IdealCellsAreHeldExactly) {
  CrossbarConfig config;
  config.encoding = WeightEncoding::kDifferential;
  Dice dice(22);
  const Problem problem = random_problem(config, 100, 8, 0, dice);
  const CrossbarLayer layer = make_layer(config, test_cell(0.0), problem, {.exact_shortcut = false});
  const CellBlock cells = encode(config, {problem.weights.data(), 8, 100, 8}, all_slices(config));
  EXPECT_EQ(layer.array(0, 0).fraction_bits(), 0);
  for (int j = 0; j < 8; ++j)
    for (int s = 0; s < 8; ++s)
      for (int k = 0; k < 100; ++k)
        ASSERT_EQ(layer.array(0, 0).level(layer.setting(), k, j, s),
                  cells.column(j, s, 0)[k] - cells.column(j, s, 1)[k]);
}

TEST(CrossbarError, TrialsDifferAndRepeat) {
  CrossbarConfig config;
  Dice dice(23);
  const Problem problem = random_problem(config, 200, 20, 4, dice);
  const auto of_trial = [&](std::uint64_t trial) {
    return run(make_layer(config, test_cell(0.1), problem, {}, trial), problem).out;
  };
  EXPECT_EQ(of_trial(1), of_trial(1));
  EXPECT_NE(of_trial(1), of_trial(2));
}

struct Moments {
  double mean, variance;
};

/// Of max(0, m + s n) with a standard normal n: a conductance that cannot be negative.
Moments clipped_normal(double m, double s) {
  const double density = std::exp(-0.5 * m * m / (s * s)) / std::sqrt(2.0 * M_PI);
  const double above = 0.5 * std::erfc(-m / (s * std::sqrt(2.0)));
  const double mean = m * above + s * density;
  return {mean, (m * m + s * s) * above + m * s * density - mean * mean};
}

/// Results over independent cells. All columns hold the same weights, so each is a sample.
/// A cell at level l is programmed to l + off, off = (L-1) g_off / (g_on - g_off), and holds clipped_normal(l + off, s)
/// - off with s = sigma * (l + off) or sigma * (L-1). Its error stays the same in all steps; 2-bit slices weigh 4^s:
///   mean(y) - x w = sum over rows, slices, polarities of +-x 4^s (mean of the cell - l)
///   var(y)        = sum over rows, slices, polarities of (x 4^s)^2 var(cell)
///                   + sum over slices, steps of (4^s 2^t)^2 / 12, the rounding of the converter
/// Rounding errors are nearly independent and unbiased because the spread of a column is above a level unit (checked).
void check_spread(WeightEncoding encoding, devices::ProgramError error) {
  constexpr int kRows = 64, kColumns = 500, kTrials = 20;
  constexpr double kSigma = 0.15;
  CrossbarConfig config;
  config.rows = kRows, config.columns = 4096, config.weight_bits = 4, config.input_bits = 4, config.adc_bits = 12;
  config.encoding = encoding;
  Dice dice(24);
  Problem problem = random_problem(config, kRows, kColumns, 1, dice);
  for (std::size_t i = 0; i < problem.weights.size(); ++i)
    problem.weights[i] = problem.weights[i / kColumns * kColumns];

  const CellBlock cells = encode(config, {problem.weights.data(), kColumns, kRows, 1}, all_slices(config));
  const double off = 3.0 * (1.0 / 2e6) / (1.0 / 2e3 - 1.0 / 2e6);
  double mean = integer_product(problem)[0], variance = 0.0, column_variance = 0.0;
  for (int s = 0; s < cells.slices; ++s) {
    for (int polarity = 0; polarity < cells.cells_per_slice; ++polarity)
      for (int k = 0; k < kRows; ++k) {
        const double level = cells.column(0, s, polarity)[k], x = static_cast<double>(problem.code(0, k));
        const double spread = kSigma * (error == devices::ProgramError::kRange ? 3.0 : level + off);
        const Moments cell = clipped_normal(level + off, spread);
        const double factor = cells.slice_factor[s] * (polarity == 1 ? -x : x);
        mean += factor * (cell.mean - off - level);
        variance += factor * factor * cell.variance;
        column_variance += cell.variance / 2.0;  // about half of the rows are driven in a step
      }
    for (int t = 0; t < config.steps(); ++t) variance += std::pow(cells.slice_factor[s] * std::pow(2.0, t), 2) / 12.0;
  }
  ASSERT_GT(std::sqrt(column_variance / cells.slices), 1.0);

  constexpr double kSamples = kColumns * kTrials;
  double sum = 0.0, squares = 0.0;
  for (int trial = 0; trial < kTrials; ++trial)
    for (const double y : run(make_layer(config, test_cell(kSigma, error), problem, {}, trial), problem).out)
      sum += y - mean, squares += (y - mean) * (y - mean);
  const double offset = sum / kSamples, measured = squares / kSamples - offset * offset;
  EXPECT_LT(std::fabs(offset), 4.5 * std::sqrt(variance / kSamples));              // standard error of a mean
  EXPECT_NEAR(measured / variance, 1.0, 4.5 * std::sqrt(2.0 / (kSamples - 1.0)));  // and of a variance
}

TEST(CrossbarError, SpreadOfResultsDifferentialProportional) {
  check_spread(WeightEncoding::kDifferential, devices::ProgramError::kProportional);
}
TEST(CrossbarError, SpreadOfResultsDifferentialRange) {
  check_spread(WeightEncoding::kDifferential, devices::ProgramError::kRange);
}
TEST(CrossbarError, SpreadOfResultsOffsetProportional) {
  check_spread(WeightEncoding::kOffset, devices::ProgramError::kProportional);
}
TEST(CrossbarError, SpreadOfResultsFlipRange) { check_spread(WeightEncoding::kFlip, devices::ProgramError::kRange); }

}  // namespace
}  // namespace cimera::functional::crossbar_test
