// The crossbar layer against numbers worked out by hand, against the integer product, and against the oracle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "models/functional/crossbar/layer.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// x = (3, 2) in two steps, w = | 1 -2 |, so x w = (1, -4). Steps drive (1, 0), then (1, 1).
///                              |-1  1 |
Problem two_by_two() { return {2, 2, 1, {1, -2, -1, 1}, {3, 2}}; }

CrossbarConfig two_by_two_config(WeightEncoding encoding, int adc_bits) {
  CrossbarConfig config;
  config.rows = 2, config.columns = 6, config.cell_bits = 1, config.weight_bits = 3, config.input_bits = 2;
  config.encoding = encoding, config.adc_bits = adc_bits;
  return config;
}

TEST(CrossbarLayer, TwoByTwoByHand) {
  const CrossbarConfig config = two_by_two_config(WeightEncoding::kOffset, 2);
  const Outcome outcome =
      run(make_layer(config, test_cell(0.0), two_by_two(), {.exact_shortcut = false}), two_by_two());
  EXPECT_THAT(outcome.out, ElementsAre(1, -4));
  // 2 rows, 2 weights x 3 slices in one array, 2 steps.
  const CrossbarCounts expected{.cells_programmed = 12,
                                .input_bits = 4,
                                .array_reads = 2,
                                .row_drives = 4,
                                .sample_holds = 12,
                                .adc_conversions = 12,
                                .shift_adds = 14,
                                .clipped_conversions = 0};
  EXPECT_EQ(outcome.counts, expected);
}

TEST(CrossbarLayer, TwoByTwoClippedByHand) {
  // A 1-bit converter. Column (1, 1) of weight 0, slice 0 gives 1, then 2 -> 1: 1 + 2 * 1 = 3 instead of 5. All other
  // sums are at most 1. So weight 0 loses 2 and weight 1 nothing.
  const CrossbarConfig config = two_by_two_config(WeightEncoding::kOffset, 1);
  const Outcome outcome = run(make_layer(config, test_cell(0.0), two_by_two()), two_by_two());
  EXPECT_THAT(outcome.out, ElementsAre(-1, -4));
  EXPECT_EQ(outcome.counts.clipped_conversions, 1);
}

TEST(CrossbarLayer, TwoByTwoFlippedByHand) {
  // Flipping stores that column as (0, 0): nothing clips on one bit.
  const CrossbarConfig config = two_by_two_config(WeightEncoding::kFlip, 1);
  const Outcome outcome =
      run(make_layer(config, test_cell(0.0), two_by_two(), {.exact_shortcut = false}), two_by_two());
  EXPECT_THAT(outcome.out, ElementsAre(1, -4));
  EXPECT_EQ(outcome.counts.clipped_conversions, 0);
}

TEST(CrossbarLayer, TwoByTwoDifferentialByHand) {
  // 2 slices x 2 cells per weight: one weight per array of 6 columns, two arrays. Pairs are converted together.
  const CrossbarConfig config = two_by_two_config(WeightEncoding::kDifferential, 2);
  const Outcome outcome =
      run(make_layer(config, test_cell(0.0), two_by_two(), {.exact_shortcut = false}), two_by_two());
  EXPECT_THAT(outcome.out, ElementsAre(1, -4));
  const CrossbarCounts expected{.cells_programmed = 16,
                                .input_bits = 4,
                                .array_reads = 4,
                                .row_drives = 8,
                                .sample_holds = 8,
                                .adc_conversions = 8,
                                .shift_adds = 8,
                                .clipped_conversions = 0};
  EXPECT_EQ(outcome.counts, expected);
}

TEST(CrossbarLayer, ResultsAreAddedToWhatIsThere) {
  for (const bool shortcut : {false, true}) {
    const CrossbarLayer layer = make_layer(two_by_two_config(WeightEncoding::kOffset, 2), test_cell(0.0), two_by_two(),
                                           {.exact_shortcut = shortcut});
    std::vector<double> out = {10.0, 20.0};
    CrossbarCounts counts;
    for (int i = 0; i < 2; ++i)
      layer.mvm({1, two_by_two().codes}, layer.all_row_blocks(), layer.all_column_blocks(), out, counts);
    EXPECT_THAT(out, ElementsAre(10 + 2 * 1, 20 - 2 * 4));
    EXPECT_EQ(counts.array_reads, 4);
  }
}

TEST(CrossbarLayer, FullRangeRoundsHalfToEvenByHand) {
  // 12 rows of 1-bit cells, 2 codes bits: lsb = 12 / 3 = 4. Sums 2, 6, 10, 7 of four inputs are 0.5, 1.5, 2.5 and 1.75
  // steps: codes 0, 2, 2, 2, each worth 4 levels; a 1-bit weight of +1 is 2 * level - 1.
  CrossbarConfig config;
  config.rows = 12, config.columns = 1, config.cell_bits = 1, config.weight_bits = 1, config.input_bits = 1;
  config.encoding = WeightEncoding::kOffset, config.adc_bits = 2, config.adc_range = AdcRange::kFullRange;
  Problem problem{12, 1, 4, std::vector<std::int16_t>(12, 1), {}};
  for (const int ones : {2, 6, 10, 7})
    for (int k = 0; k < 12; ++k) problem.codes.push_back(k < ones ? 1 : 0);
  const Outcome outcome = run(make_layer(config, test_cell(0.0), problem), problem);
  EXPECT_THAT(outcome.out, ElementsAre(2 * 0 - 2, 2 * 8 - 6, 2 * 8 - 10, 2 * 8 - 7));
  EXPECT_EQ(outcome.counts.clipped_conversions, 0);
}

/// Ideal cells and a lossless converter are the integer product, whatever the widths, encodings and shapes; the
/// shortcut and the planes agree in results and counts.
TEST(CrossbarLayer, IdealIsTheIntegerProduct) {
  Dice dice(3);
  for (int trial = 0; trial < 400; ++trial) {
    const CrossbarConfig config = random_config(dice);
    const Problem problem = random_problem(config, dice.roll(1, 150), dice.roll(1, 60), dice.roll(1, 20), dice);
    const std::vector<double> product = integer_product(problem);
    const CrossbarLayer fast = make_layer(config, test_cell(0.0), problem);
    const CrossbarLayer full = make_layer(config, test_cell(0.0), problem, {.exact_shortcut = false});
    for (int r = 0; r < fast.row_blocks(); ++r)
      for (int c = 0; c < fast.column_blocks(); ++c) {
        ASSERT_TRUE(fast.array(r, c).exact()) << describe(config);
        ASSERT_FALSE(full.array(r, c).exact());
      }
    const Outcome shortcut = run(fast, problem), planes = run(full, problem);
    ASSERT_EQ(shortcut.out, product) << describe(config);
    ASSERT_EQ(planes.out, product) << describe(config);
    ASSERT_EQ(shortcut.counts, planes.counts) << describe(config);
    ASSERT_EQ(planes.counts.clipped_conversions, 0) << describe(config);
  }
}

/// One array of a layer loses and the other does not; each decides for itself. 2-bit weights in 2-bit cells hold w + 2.
TEST(CrossbarLayer, ShortcutIsDecidedPerArray) {
  CrossbarConfig config;
  config.rows = 8, config.columns = 1, config.cell_bits = 2, config.weight_bits = 2, config.input_bits = 1;
  config.encoding = WeightEncoding::kOffset, config.adc_bits = 3;
  Problem problem{16, 1, 1, std::vector<std::int16_t>(16, -2), std::vector<std::int32_t>(16, 1)};
  std::fill_n(problem.weights.begin(), 8, std::int16_t{1});  // array 0: eight cells at level 3, up to 24 > 7
  problem.weights[9] = problem.weights[12] = 1;              // array 1: two of them, up to 6
  const CrossbarLayer layer = make_layer(config, test_cell(0.0), problem);
  EXPECT_FALSE(layer.array(0, 0).exact());
  EXPECT_TRUE(layer.array(1, 0).exact());
  const Outcome outcome = run(layer, problem);
  EXPECT_THAT(outcome.out, ElementsAre((7 - 2 * 8) + (6 - 2 * 8)));
  EXPECT_EQ(outcome.counts.clipped_conversions, 1);
}

/// Converters that clip or are coarse, with and without programming error: equal to the plain loops, bit for bit.
TEST(CrossbarLayer, EqualsTheOracle) {
  Dice dice(5);
  std::int64_t clipped = 0, noisy = 0;
  for (int trial = 0; trial < 300; ++trial) {
    CrossbarConfig config = random_config(dice);
    config.adc_bits = std::max(config.differential() ? 2 : 1, config.adc_bits - dice.roll(0, 4));
    config.adc_range = dice.roll(0, 1) == 1 ? AdcRange::kFullRange : AdcRange::kUnitStep;
    const double sigma = dice.roll(0, 2) == 0 ? 0.0 : 0.01 * dice.roll(1, 30);
    const auto error = dice.roll(0, 1) == 1 ? devices::ProgramError::kRange : devices::ProgramError::kProportional;
    const devices::Reram cell = test_cell(sigma, error);
    const Problem problem = random_problem(config, dice.roll(1, 130), dice.roll(1, 20), dice.roll(1, 8), dice);
    const CrossbarLayer layer = make_layer(config, cell, problem);
    const Outcome outcome = run(layer, problem);
    const Oracle oracle = run_oracle(config, cell, problem, layer);
    ASSERT_EQ(outcome.out, oracle.out) << describe(config) << " sigma " << sigma;
    ASSERT_EQ(outcome.counts, oracle.counts) << describe(config) << " sigma " << sigma;
    clipped += outcome.counts.clipped_conversions, noisy += sigma > 0.0;
  }
  EXPECT_GT(clipped, 10000);  // the loop did meet clipping
  EXPECT_GT(noisy, 100);
}

TEST(CrossbarLayer, EqualsTheOracleOnIsaacArrays) {
  const CrossbarConfig config;
  Dice dice(6);
  const Problem problem = random_problem(config, 200, 40, 5, dice);
  for (const double sigma : {0.0, 0.1}) {
    const devices::Reram cell = test_cell(sigma);
    const CrossbarLayer layer = make_layer(config, cell, problem, {.exact_shortcut = false});
    EXPECT_EQ(layer.row_blocks(), 2);
    EXPECT_EQ(layer.column_blocks(), 3);
    const Outcome outcome = run(layer, problem);
    const Oracle oracle = run_oracle(config, cell, problem, layer);
    EXPECT_EQ(outcome.out, oracle.out);
    EXPECT_EQ(outcome.counts, oracle.counts);
  }
}

TEST(CrossbarLayer, ManyRowsAndLargeDigitsStayInRange) {
  CrossbarConfig config;  // the largest sums that a configuration allows
  config.rows = 4096, config.columns = 2, config.cell_bits = 8, config.weight_bits = 8;
  config.input_bits = 8, config.dac_bits = 8, config.encoding = WeightEncoding::kOffset;
  config.adc_bits = 23, config.adc_range = AdcRange::kFullRange;
  Problem problem{4096, 2, 2, std::vector<std::int16_t>(8192, 127), std::vector<std::int32_t>(8192, 255)};
  for (const double sigma : {0.0, 0.2}) {
    const devices::Reram cell = test_cell(sigma);
    const CrossbarLayer layer = make_layer(config, cell, problem);
    EXPECT_EQ(run(layer, problem).out, run_oracle(config, cell, problem, layer).out);
  }
}

std::string refusal(const CrossbarConfig& config, const devices::CellModel& cell, const Problem& problem) {
  try {
    make_layer(config, cell, problem);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::Kind::kInput);
    return error.what();
  }
  return "no error";
}

TEST(CrossbarLayer, RefusesWhatItCannotStore) {
  CrossbarConfig config = two_by_two_config(WeightEncoding::kOffset, 2);
  Problem problem = two_by_two();
  problem.weights[2] = 4;
  EXPECT_THAT(
      refusal(config, test_cell(0.0), problem),
      HasSubstr(
          "weight code 4 in row 1, column 0: 3 slices of 1-bit cells hold 3-bit weights -4..3; the nearest is 3"));
  config.adc_bits = 0;
  EXPECT_THAT(refusal(config, test_cell(0.0), problem), HasSubstr("adc_bits = 0"));
  config = two_by_two_config(WeightEncoding::kOffset, 2);
  config.cell_bits = 2;
  devices::ReramParams params = test_cell(0.0).params();
  params.max_levels = 2;
  EXPECT_THAT(refusal(config, devices::Reram(params), two_by_two()), HasSubstr("the cell stores at most 2 levels"));
  params.max_levels.reset();
  EXPECT_THAT(refusal(config, devices::Reram(params), two_by_two()),
              HasSubstr("max_levels of the cell 'test' is unknown"));
  params.max_levels = 4, params.sigma_program.reset();
  EXPECT_THAT(refusal(config, devices::Reram(params), two_by_two()),
              HasSubstr("sigma_program of the cell 'test' is unknown"));
  EXPECT_THAT(refusal(config, test_cell(0.0), Problem{0, 2, 0, {}, {}}), HasSubstr("0 x 2"));
}

TEST(CrossbarLayer, RefusesInputsOutOfRange) {
  const CrossbarConfig config = two_by_two_config(WeightEncoding::kOffset, 2);
  const CrossbarLayer layer = make_layer(config, test_cell(0.0), two_by_two());
  const auto refusal_of = [&](std::vector<std::int32_t> codes, BlockRange rows, std::size_t room) {
    CrossbarCounts counts;
    std::vector<double> out(room);
    try {
      layer.mvm({1, codes}, rows, layer.all_column_blocks(), out, counts);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::Kind::kRun);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(refusal_of({3, 2}, {0, 1}, 2), "no error");
  EXPECT_THAT(refusal_of({3, 4}, {0, 1}, 2), HasSubstr("input code 4 is outside the unsigned 2-bit codes 0..3"));
  EXPECT_THAT(refusal_of({-1, 2}, {0, 1}, 2), HasSubstr("input code -1"));
  EXPECT_THAT(refusal_of({3, 2}, {0, 2}, 2), HasSubstr("row blocks 0..2 of a crossbar layer that has 1"));
  EXPECT_THAT(refusal_of({3, 2, 1}, {0, 1}, 2), HasSubstr("3 input codes"));
  EXPECT_THAT(refusal_of({3, 2}, {0, 1}, 3), HasSubstr("room for 3 results"));
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
