// What happens to a resistive cell beside the error of programming: variation, stuck cells, verify, time.
#include "devices/resistive_cell.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/devices/cell_statistics.h"

namespace cimera::devices {
namespace {

using namespace literals;

/// g_on = 5 g_off: with five levels, a level unit is g_off.
ResistiveParams plain(double sigma = 0.0) {
  ResistiveParams params;
  params.description = "test", params.r_on = 10_kOhm, params.r_off = 50_kOhm;
  params.max_levels = 16, params.sigma_program = sigma;
  return params;
}

Curve constant(double y) {
  CurvePiece piece;
  piece.per = 1_uS, piece.coefficients = {y}, piece.from = 0, piece.to = 1000;
  return {piece};
}

TEST(ResistiveCell, DeviceToDeviceIsAFactorThatADeviceKeeps) {
  ResistiveParams params = plain();
  params.variation = Variation{.device_to_device = 0.05, .cycle_to_cycle = 0};
  const ResistiveCell cell(params);
  EXPECT_FALSE(cell.ideal());
  for (const int level : {0, 4}) {
    const Sample sample = sample_level(cell, 5, level);
    EXPECT_NEAR(sample.mean, level, sample.mean_bound());
    EXPECT_NEAR(sample.deviation, 0.05 * (level + 1), sample.deviation_bound());
  }
  const std::vector<std::uint8_t> low(300, 0), high(300, 4);
  std::vector<float> a(300), b(300);
  cell.program(5, low, a, test_stream(), {1, 2, 0});
  cell.program(5, high, b, test_stream(), {1, 2, 1});  // the next write
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR((b[i] + 1) / 5, a[i] + 1, 1e-6);
}

TEST(ResistiveCell, CycleToCycleIsAnErrorOfEachWrite) {
  ResistiveParams params = plain();
  params.variation = Variation{.device_to_device = 0, .cycle_to_cycle = 0.02};
  const ResistiveCell cell(params);
  for (const int level : {1, 4}) {
    const Sample sample = sample_level(cell, 5, level);
    EXPECT_NEAR(sample.mean, level, sample.mean_bound());
    EXPECT_NEAR(sample.deviation, 0.02 * 4, sample.deviation_bound());
  }
  const std::vector<std::uint8_t> levels(2000, 2);
  std::vector<float> a(2000), b(2000);
  cell.program(5, levels, a, test_stream(), {1, 2, 0});
  cell.program(5, levels, b, test_stream(), {1, 2, 1});
  double product = 0;
  for (std::size_t i = 0; i < a.size(); ++i) product += (a[i] - 2) * (b[i] - 2) / (0.08 * 0.08);
  EXPECT_LT(std::abs(product / 2000), 5.0 / std::sqrt(2000.0));
}

TEST(ResistiveCell, StuckCellsAreBinomialAndStay) {
  ResistiveParams params = plain(0.01);
  params.stuck = Stuck{.on = 0.02, .off = 0.05};
  const ResistiveCell cell(params);
  const auto share = [](const std::vector<double>& cells, double value) {
    return static_cast<double>(std::ranges::count_if(cells, [&](double c) { return std::abs(c - value) < 1e-6; })) /
           static_cast<double>(cells.size());
  };
  const std::vector<double> cells = cells_of_level(cell, 5, 2);
  const auto bound = [&](double p) { return 5.0 * std::sqrt(p * (1 - p) / static_cast<double>(cells.size())); };
  EXPECT_NEAR(share(cells, 4), 0.02, bound(0.02));
  EXPECT_NEAR(share(cells, 0), 0.05, bound(0.05));
  const std::vector<std::uint8_t> low(500, 0), high(500, 4);
  std::vector<float> a(500), b(500);
  cell.program(5, low, a, test_stream(), {1, 2, 0});
  cell.program(5, high, b, test_stream(), {1, 2, 7});
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i] - 4) < 1e-6f) {
      EXPECT_EQ(b[i], a[i]);
    }  // stuck on
    if (std::abs(b[i]) < 1e-6f) {
      EXPECT_NEAR(a[i], 0, 1e-6);
    }  // stuck off
  }
}

/// One pulse is within the tolerance with p = erf(t / (s sqrt 2)); of at most m pulses the mean is (1 - (1-p)^m) / p.
TEST(ResistiveCell, WriteVerifyStopsWithinTheTolerance) {
  ResistiveParams params = plain(0.1);
  params.write_verify = WriteVerify{.tolerance = 0.05, .of = ToleranceOf::kTarget, .max_pulses = 6};
  const ResistiveCell cell(params);
  const double p = std::erf(0.5 / std::sqrt(2.0)), miss = 1 - p;
  const double mean = (1 - std::pow(miss, 6)) / p;
  double second = 0;  // of the number of pulses
  for (int k = 1; k <= 6; ++k) second += k * k * (k < 6 ? p * std::pow(miss, k - 1) : std::pow(miss, 5));

  constexpr int kLines = 100, kCells = 400;
  const std::vector<std::uint8_t> levels(kCells, 3);
  std::vector<float> effective(kCells);
  Programming took;
  std::int64_t outside = 0;
  for (std::uint32_t line = 0; line < kLines; ++line) {
    const Programming one = cell.program(5, levels, effective, test_stream(), {1, line, 0});
    EXPECT_EQ(one.pulses, one.reads);
    EXPECT_EQ(one.longest, 6);  // among 400 cells some take all
    took += one;
    outside += std::ranges::count_if(effective, [](float e) { return std::abs(e - 3) > 0.05f * 4; });
  }
  constexpr double n = kLines * kCells;
  EXPECT_NEAR(static_cast<double>(took.pulses) / n, mean, 5.0 * std::sqrt((second - mean * mean) / n));
  EXPECT_EQ(took.failed, outside);
  const double fail = std::pow(miss, 6);
  EXPECT_NEAR(static_cast<double>(took.failed) / n, fail, 5.0 * std::sqrt(fail * (1 - fail) / n));
}

TEST(ResistiveCell, WriteVerifySeesWhatTheDeviceDoes) {
  ResistiveParams params = plain(0.05);
  params.variation = Variation{.device_to_device = 0.1, .cycle_to_cycle = 0};
  params.stuck = Stuck{.on = 0, .off = 0.1};
  params.write_verify = WriteVerify{.tolerance = 0.01, .of = ToleranceOf::kRange, .max_pulses = 500};
  const ResistiveCell cell(params);
  const std::vector<std::uint8_t> levels(1000, 4);
  std::vector<float> effective(1000);
  const Programming took = cell.program(5, levels, effective, test_stream(), {1, 2, 0});
  const auto stuck = std::ranges::count_if(effective, [](float e) { return std::abs(e) < 1e-6f; });
  EXPECT_GT(stuck, 0);
  EXPECT_GE(took.pulses, 500 * stuck);  // they never get there
  EXPECT_GE(took.failed, stuck);
  const auto within = std::ranges::count_if(effective, [](float e) { return std::abs(e - 4) <= 0.04f; });
  EXPECT_EQ(within + took.failed, 1000);
}

/// G falls by (t / t0)^-|nu|: the exponent of each cell, from two ages, is the same, and has the law's mean and spread.
TEST(ResistiveCell, DriftExponentFromTwoAges) {
  ResistiveParams params = plain(0.03);
  params.drift = DriftLaw{.t0 = 20_s, .nu = constant(0.06), .sigma_nu = constant(0.01)};
  const auto conductances = [&](double seconds) {
    params.age = 1_s * seconds;
    std::vector<double> g = cells_of_level(ResistiveCell(params), 5, 3);
    for (double& one : g) one += 1;
    return g;
  };
  const std::vector<double> fresh = conductances(20), early = conductances(2e3), late = conductances(2e6);
  std::vector<double> exponents;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    exponents.push_back(std::log(early[i] / fresh[i]) / -std::log(100.0));
    ASSERT_NEAR(std::log(late[i] / early[i]) / -std::log(1000.0), exponents.back(), 1e-5);
  }
  const Sample nu = sample_of(exponents);
  EXPECT_NEAR(nu.mean, 0.06, nu.mean_bound());
  EXPECT_NEAR(nu.deviation, 0.01, nu.deviation_bound());
  params.age = 20_s;
  EXPECT_EQ(ResistiveCell(plain()).ideal(), true);
  params.sigma_program = 0;
  EXPECT_TRUE(ResistiveCell(params).ideal());  // at t0 nothing has drifted
  params.age = 21_s;
  EXPECT_FALSE(ResistiveCell(params).ideal());
}

TEST(ResistiveCell, RelaxationByHand) {
  ResistiveParams params = plain();
  params.relaxation = RelaxationLaw{.t0 = 1_s, .mean = -1_uS, .sigma = 2_uS, .sigma_per_ln = 0.5_uS};
  params.age = 1_s * std::exp(4.0);
  const Sample sample = sample_level(ResistiveCell(params), 5, 3);  // level units of 20 uS
  EXPECT_NEAR(sample.mean, 3 - 4.0 / 20, sample.mean_bound());
  EXPECT_NEAR(sample.deviation, (2 + 2.0) / 20, sample.deviation_bound());
  params.age = 0_s;
  EXPECT_TRUE(ResistiveCell(params).ideal());
}

TEST(ResistiveCell, ReadNoiseByHand) {
  ResistiveParams params = plain();
  EXPECT_EQ(ResistiveCell(params).read_noise(), ReadNoise::kNone);
  const std::vector<float> effective = {-1.0f, 0.0f, 2.5f, 4.0f};
  std::vector<float> sigma(4, 9.0f);
  ResistiveCell(params).read_sigma(5, effective, sigma);
  EXPECT_EQ(sigma, std::vector<float>(4, 0.0f));
  params.read_noise = ReadNoiseParams{.sigma = 0.1, .law = {}};
  EXPECT_EQ(ResistiveCell(params).read_noise(), ReadNoise::kWhite);
  EXPECT_TRUE(ResistiveCell(params).ideal());  // what is stored is exact
  ResistiveCell(params).read_sigma(5, effective, sigma);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(sigma[i], 0.1 * (effective[i] + 1), 1e-6);
  params.read_noise->of = ErrorOf::kRange, params.read_noise->spectrum = Spectrum::kFlicker;
  params.read_noise->octaves = 20;
  const ResistiveCell flicker(params);
  EXPECT_EQ(flicker.read_noise(), ReadNoise::kFlicker);
  EXPECT_EQ(flicker.read_octaves(), 20);
  flicker.read_sigma(5, effective, sigma);
  for (const float s : sigma) EXPECT_NEAR(s, 0.4, 1e-6);
  params.read_noise->of = ErrorOf::kLaw;
  params.read_noise->law = ReadLaw{.sigma = constant(3), .of = ErrorOf::kLaw, .unit = 1_uS, .t_read = 0_s};
  ResistiveCell(params).read_sigma(5, effective, sigma);
  for (const float s : sigma) EXPECT_NEAR(s, 0.1 * 3 / 20, 1e-6);
}

/// A cell with everything switched on: what it stores depends neither on its neighbours nor on their number.
TEST(ResistiveCell, EveryDrawBelongsToItsCell) {
  ResistiveParams params = plain(0.1);
  params.variation = Variation{.device_to_device = 0.05, .cycle_to_cycle = 0.02};
  params.stuck = Stuck{.on = 0.05, .off = 0.05};
  params.drift = DriftLaw{.t0 = 20_s, .nu = constant(0.06), .sigma_nu = constant(0.01)};
  params.relaxation = RelaxationLaw{.t0 = 1_s, .mean = -1_uS, .sigma = 2_uS, .sigma_per_ln = 0.5_uS};
  params.write_verify = WriteVerify{.tolerance = 0.1, .of = ToleranceOf::kRange, .max_pulses = 9};
  params.age = 1e5_s;
  const ResistiveCell cell(params);
  std::vector<std::uint8_t> levels(120), other(120);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i] = static_cast<std::uint8_t>(i * 7 % 5);
    other[i] = i % 2 == 0 ? levels[i] : static_cast<std::uint8_t>((levels[i] + 1) % 5);
  }
  const auto program = [&](const std::vector<std::uint8_t>& line, std::size_t count, const Stream::Address& at) {
    std::vector<float> effective(count);
    cell.program(5, std::span(line).first(count), effective, test_stream(), at);
    return effective;
  };
  const std::vector<float> whole = program(levels, 120, {1, 2, 3});
  for (const std::size_t count : {std::size_t{1}, std::size_t{37}, std::size_t{64}}) {
    const std::vector<float> part = program(levels, count, {1, 2, 3});
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin())) << count;
  }
  const std::vector<float> neighbours = program(other, 120, {1, 2, 3});
  for (std::size_t i = 0; i < 120; i += 2) EXPECT_EQ(neighbours[i], whole[i]);
  for (const Stream::Address& at : {Stream::Address{1, 2, 4}, {1, 3, 3}, {2, 2, 3}})
    EXPECT_NE(program(levels, 120, at), whole);
}

}  // namespace
}  // namespace cimera::devices
