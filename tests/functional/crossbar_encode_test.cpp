#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/functional/crossbar/encode.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

using testing::ElementsAre;

/// w = | 1 -2 |
///     |-1  1 |
const std::vector<std::int16_t> kWeights = {1, -2, -1, 1};

CrossbarConfig three_bit(WeightEncoding encoding) {
  CrossbarConfig config;
  config.rows = 2, config.columns = 12, config.cell_bits = 1, config.weight_bits = 3, config.encoding = encoding;
  return config;
}

TEST(CrossbarEncode, OffsetByHand) {
  const CellBlock cells = encode(three_bit(WeightEncoding::kOffset), {kWeights.data(), 2, 2, 2},
                                 all_slices(three_bit(WeightEncoding::kOffset)));
  // w + 4 = | 5 2 | = | 101 010 |
  //         | 3 5 |   | 011 101 |; slice 0 is the lowest bit
  EXPECT_THAT(cells.column(0, 0, 0), ElementsAre(1, 1));
  EXPECT_THAT(cells.column(0, 1, 0), ElementsAre(0, 1));
  EXPECT_THAT(cells.column(0, 2, 0), ElementsAre(1, 0));
  EXPECT_THAT(cells.column(1, 0, 0), ElementsAre(0, 1));
  EXPECT_THAT(cells.column(1, 1, 0), ElementsAre(1, 0));
  EXPECT_THAT(cells.column(1, 2, 0), ElementsAre(0, 1));
  EXPECT_THAT(cells.slice_factor, ElementsAre(1, 1, 2, 2, 4, 4));
  EXPECT_THAT(cells.input_factor, ElementsAre(-4, -4));
}

TEST(CrossbarEncode, FlipByHand) {
  const CellBlock cells = encode(three_bit(WeightEncoding::kFlip), {kWeights.data(), 2, 2, 2},
                                 all_slices(three_bit(WeightEncoding::kFlip)));
  // Only slice 0 of weight 0 sums to more than 2 * 1 / 2: it is stored as its complement.
  EXPECT_THAT(cells.column(0, 0, 0), ElementsAre(0, 0));
  EXPECT_THAT(cells.column(0, 1, 0), ElementsAre(0, 1));
  EXPECT_THAT(cells.slice_factor, ElementsAre(-1, 1, 2, 2, 4, 4));
  EXPECT_THAT(cells.input_factor, ElementsAre(-3, -4));
}

TEST(CrossbarEncode, DifferentialByHand) {
  const CellBlock cells = encode(three_bit(WeightEncoding::kDifferential), {kWeights.data(), 2, 2, 2},
                                 all_slices(three_bit(WeightEncoding::kDifferential)));
  EXPECT_EQ(cells.slices, 2);
  EXPECT_THAT(cells.column(0, 0, 0), ElementsAre(1, 0));
  EXPECT_THAT(cells.column(0, 0, 1), ElementsAre(0, 1));
  EXPECT_THAT(cells.column(0, 1, 0), ElementsAre(0, 0));
  EXPECT_THAT(cells.column(1, 0, 0), ElementsAre(0, 1));
  EXPECT_THAT(cells.column(1, 1, 1), ElementsAre(1, 0));
  EXPECT_THAT(cells.slice_factor, ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(cells.input_factor, ElementsAre(0, 0));
}

TEST(CrossbarEncode, OneBitWeights) {
  CrossbarConfig config = three_bit(WeightEncoding::kOffset);
  config.weight_bits = 1;
  const std::vector<std::int16_t> weights = {1, -1};
  const CellBlock cells = encode(config, {weights.data(), 1, 2, 1}, all_slices(config));
  EXPECT_THAT(cells.column(0, 0, 0), ElementsAre(1, 0));
  EXPECT_THAT(cells.slice_factor, ElementsAre(2));
  EXPECT_THAT(cells.input_factor, ElementsAre(-1));
}

/// The contract in encode.h for inputs that are 1 in one row and 0 elsewhere: the factors give back each weight.
TEST(CrossbarEncode, FactorsGiveTheWeightsBack) {
  Dice dice(1);
  for (int trial = 0; trial < 300; ++trial) {
    const CrossbarConfig config = random_config(dice);
    const Problem problem =
        random_problem(config, dice.roll(1, config.rows), dice.roll(1, config.weights_per_array()), 0, dice);
    const WeightBlock block{problem.weights.data(), problem.columns, problem.rows, problem.columns};
    std::vector<double> weights(problem.weights.size());
    const int parts = config.slice_arrays(), slices = config.slices_per_array();
    for (int part = 0; part < parts; ++part) {
      const SliceRange range{part * slices, (part + 1) * slices};
      const CellBlock cells = encode(config, block, range);
      const std::vector<std::int16_t> codes = slice_codes(config, block, range);
      for (int k = 0; k < problem.rows; ++k)
        for (int j = 0; j < problem.columns; ++j) {
          double weight = cells.input_factor[j];
          for (int s = 0; s < cells.slices; ++s) {
            const int negative = cells.cells_per_slice == 2 ? cells.column(j, s, 1)[k] : 0;
            weight += cells.slice_factor[static_cast<std::size_t>(s) * cells.weights + j] *
                      (cells.column(j, s, 0)[k] - negative);
          }
          const std::size_t at = static_cast<std::size_t>(k) * problem.columns + j;
          ASSERT_EQ(weight, codes[at]) << describe(config);
          weights[at] += weight;
        }
      for (const std::uint8_t level : cells.levels) ASSERT_LT(level, config.levels());
      if (config.encoding == WeightEncoding::kTwoSided) continue;  // its sums are of differences
      std::vector<std::int64_t> sums;
      const auto unit = cells.levels.end() - std::int64_t{cells.unit_columns} * cells.rows;
      EXPECT_TRUE(std::all_of(unit, cells.levels.end(), [&](int level) { return level == config.unit_level(); }));
      for (auto cell = cells.levels.begin(); cell != unit; cell += cells.rows)
        sums.push_back(std::accumulate(cell, cell + cells.rows, std::int64_t{0}));
      ASSERT_EQ(level_sums(config, block, range), sums) << describe(config);
    }
    ASSERT_EQ(weights, std::vector<double>(problem.weights.begin(), problem.weights.end())) << describe(config);
  }
}

TEST(CrossbarEncode, NoColumnOfFlipEncodingExceedsHalf) {
  Dice dice(2);
  for (int trial = 0; trial < 100; ++trial) {
    CrossbarConfig config = random_config(dice);
    config.encoding = WeightEncoding::kFlip;
    config.columns = 16 * 20;
    const Problem problem = random_problem(config, config.rows, 5, 0, dice);
    const CellBlock cells =
        encode(config, {problem.weights.data(), problem.columns, problem.rows, problem.columns}, all_slices(config));
    for (int j = 0; j < cells.weights; ++j)
      for (int s = 0; s < cells.slices; ++s) {
        int sum = 0;
        for (const std::uint8_t level : cells.column(j, s, 0)) sum += level;
        ASSERT_LE(2 * sum, config.rows * (config.levels() - 1));
      }
  }
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
