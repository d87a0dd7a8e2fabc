#include "devices/reram.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/devices/cell_statistics.h"

namespace cimera::devices {
namespace {

using namespace literals;
using testing::Each;

/// g_on = 5 g_off, so that with four levels g_off is 3/4 of a level unit.
ReramParams params(double sigma, ProgramError error) {
  ReramParams params;
  params.description = "test", params.r_on = 10_kOhm, params.r_off = 50_kOhm;
  params.max_levels = 16, params.sigma_program = sigma, params.program_error = error;
  return params;
}

TEST(Reram, ProportionalErrorByHand) {
  const Reram cell(params(0.1, ProgramError::kProportional));
  // Conductances in level units: 0.75, 1.75, 2.75, 3.75; a tenth of each.
  for (const int level : {0, 1, 3}) {
    const Sample sample = sample_level(cell, 4, level);
    EXPECT_NEAR(sample.mean, level, sample.mean_bound());
    EXPECT_NEAR(sample.deviation, 0.1 * (level + 0.75), sample.deviation_bound());
  }
  const Sample of_sixteen = sample_level(cell, 16, 15);  // off = 15 / 4
  EXPECT_NEAR(of_sixteen.deviation, 0.1 * 18.75, of_sixteen.deviation_bound());
}

TEST(Reram, RangeErrorByHand) {
  const Reram cell(params(0.04, ProgramError::kRange));
  for (const int level : {0, 1, 3}) {
    const Sample sample = sample_level(cell, 4, level);
    EXPECT_NEAR(sample.mean, level, sample.mean_bound());
    EXPECT_NEAR(sample.deviation, 0.04 * 3.0, sample.deviation_bound());
  }
}

TEST(Reram, ConductanceIsClippedAtZero) {
  // Level 0 of four with an error of half the range: 0.75 +- 1.5 level units, below zero with probability Phi(-0.5).
  const Reram cell(params(0.5, ProgramError::kRange));
  const std::vector<std::uint8_t> levels(100000, 0);
  std::vector<float> effective(levels.size());
  cell.program(4, levels, effective, test_stream(), {});
  EXPECT_EQ(*std::min_element(effective.begin(), effective.end()), -0.75f);
  const double clipped = static_cast<double>(std::count(effective.begin(), effective.end(), -0.75f)) / 1e5;
  const double expected = 0.5 * std::erfc(0.5 / std::sqrt(2.0));
  EXPECT_NEAR(clipped, expected, 5.0 * std::sqrt(expected * (1.0 - expected) / 1e5));
}

TEST(Reram, IdealCellIsExact) {
  const Reram cell(params(0.0, ProgramError::kProportional));
  EXPECT_TRUE(cell.ideal());
  const std::vector<std::uint8_t> levels = {0, 3, 15, 7};
  std::vector<float> effective(4);
  cell.program(16, levels, effective, test_stream(), {});
  EXPECT_THAT(effective, testing::ElementsAre(0.0f, 3.0f, 15.0f, 7.0f));
}

TEST(Reram, DrawsAreAddressed) {
  const Reram cell(params(0.1, ProgramError::kProportional));
  const std::vector<std::uint8_t> levels(100, 2);
  const auto program = [&](std::uint64_t trial, const Stream::Address& at, std::size_t count = 100) {
    std::vector<float> effective(count);
    cell.program(4, std::span(levels).first(count), effective, test_stream(trial), at);
    return effective;
  };
  const std::vector<float> first = program(0, {1, 2, 0});
  EXPECT_EQ(program(0, {1, 2, 0}), first);
  EXPECT_NE(program(1, {1, 2, 0}), first);
  EXPECT_NE(program(0, {2, 2, 0}), first);
  EXPECT_NE(program(0, {1, 3, 0}), first);
  EXPECT_NE(program(0, {1, 2, 1}), first);
  const std::vector<float> part = program(0, {1, 2, 0}, 37);  // a cell does not depend on how many come with it
  EXPECT_TRUE(std::equal(part.begin(), part.end(), first.begin()));
}

TEST(Reram, WriteEnergyByHand) {
  ReramParams p = params(0.1, ProgramError::kProportional);
  EXPECT_FALSE(Reram(p).figures().write_energy);
  p.v_write = 2_V, p.t_write = Duration::from(50_ns);
  EXPECT_NEAR(Reram(p).figures().write_energy->in(1_pJ), 20.0, 1e-9);  // 4 V^2 x 100 uS x 50 ns
}

TEST(Reram, UnknownParametersAreRefusedWhereTheyAreNeeded) {
  ReramParams p = params(0.1, ProgramError::kProportional);
  p.max_levels.reset(), p.sigma_program.reset();
  const Reram cell(p);
  EXPECT_FALSE(cell.ideal());
  EXPECT_THROW(cell.max_levels(), Error);
  const std::vector<std::uint8_t> levels(1);
  std::vector<float> effective(1);
  EXPECT_THROW(cell.program(2, levels, effective, test_stream(), {}), Error);
}

}  // namespace
}  // namespace cimera::devices
