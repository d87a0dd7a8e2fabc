// The energy of reads: V^2 G t by hand and by plain loops over all cells. That it depends on nothing but the data is
// tested with the results, in crossbar_invariance_test.cpp.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/functional/crossbar/layer.h"
#include "tests/core/error_text.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

using namespace literals;

double measured(const CrossbarConfig& config, const devices::CellModel& cell, const Problem& problem,
                CrossbarOptions options = {}) {
  options.cell_read = true;
  return run(make_layer(config, cell, problem, options), problem).counts.cell_read.joules().si();
}

/// Levels 0, 3 / 1, 1. At 4 levels of 0.5 uS to 500 uS a level is 166.5 uS above the last:
///   first row   0.5 + 500 = 500.5 uS;  second row   167 + 167 = 334 uS
struct TwoByTwo {
  CrossbarConfig config;
  Problem problem{2, 2, 2, {-2, 1, -1, -1}, {1, 3, 2, 0}};

  TwoByTwo() {
    config.rows = 2, config.columns = 2, config.weight_bits = 2, config.input_bits = 2;
    config.encoding = WeightEncoding::kOffset;
  }
};

/// The first row is driven once by each input (01, 10), the second twice by the first (11, 00).
TEST(CellRead, TwoByTwoByHand) {
  TwoByTwo t;
  const double joules = 0.2 * 0.2 * 1e-9 * (2 * 500.5e-6 + 2 * 334e-6);
  EXPECT_NEAR(joules, 66.76e-15, 1e-27);
  EXPECT_NEAR(measured(t.config, test_cell(0.0), t.problem), joules, 1e-26);
  EXPECT_NEAR(measured(t.config, test_cell(0.0), t.problem, {.exact_shortcut = false}), joules, 1e-26);
}

/// Two bits in one step: a digit d is driven at d / 3 of the voltage.
TEST(CellRead, DigitsAreAmplitudes) {
  TwoByTwo t;
  t.config.dac_bits = 2;
  const double joules = 0.2 * 0.2 * 1e-9 * ((1 + 4) * 500.5e-6 + 9 * 334e-6) / 9;
  EXPECT_NEAR(measured(t.config, test_cell(0.0), t.problem), joules, 1e-26);
}

TEST(CellRead, CellsWithoutWeightsTakeNothing) {
  TwoByTwo t;
  const double small = measured(t.config, test_cell(0.0), t.problem);
  t.config.rows = 128, t.config.columns = 128;
  EXPECT_EQ(measured(t.config, test_cell(0.0), t.problem), small);
}

TEST(CellRead, BothCellsOfAPairAndTheSignStepByHand) {
  CrossbarConfig config;
  config.rows = 2, config.columns = 2, config.weight_bits = 2, config.cell_bits = 1;
  config.input_bits = 2, config.input_signed = true, config.encoding = WeightEncoding::kDifferential;
  const Problem problem{2, 1, 2, {-1, 1}, {-2, 1, -1, 0}};
  // Both rows: one cell on, one off. Driven by -2 = 10 and -1 = 11 three times, by 1 = 01 and 0 once.
  EXPECT_NEAR(measured(config, test_cell(0.0), problem), 0.2 * 0.2 * 1e-9 * (3 + 1) * 500.5e-6, 1e-26);
}

TEST(CellRead, AgreesWithPlainLoops) {
  Dice dice(31);
  int differential = 0, is_signed = 0, wide_digits = 0;
  for (int trial = 0; trial < 80; ++trial) {
    const CrossbarConfig config = random_config(dice);
    differential += config.differential(), is_signed += config.input_signed, wide_digits += config.dac_bits > 1;
    const Problem problem = random_problem(config, dice.roll(1, 130), dice.roll(1, 20), dice.roll(1, 20), dice);
    const auto error = trial % 2 == 0 ? devices::ProgramError::kProportional : devices::ProgramError::kRange;
    const devices::Reram cell = test_cell(trial % 4 == 0 ? 0.0 : 0.2, error);
    const CrossbarLayer layer = make_layer(config, cell, problem, {.cell_read = true});
    const Oracle oracle = run_oracle(config, cell, problem, layer);
    Outcome outcome = run(layer, problem);
    // A cell that an error leaves without conductance holds -g_off as a float: 6e-8 of g_off away.
    const double joules = outcome.counts.cell_read.joules().si(), expected = static_cast<double>(oracle.cell_read);
    ASSERT_NEAR(joules / expected, 1.0, cell.ideal() ? 1e-12 : 1e-9) << describe(config);
    outcome.counts.cell_read = {};
    ASSERT_EQ(outcome.counts, oracle.counts) << describe(config);
    ASSERT_EQ(outcome.out, oracle.out) << describe(config);
  }
  EXPECT_GT(differential, 10);
  EXPECT_GT(is_signed, 10);
  EXPECT_GT(wide_digits, 10);
}

TEST(CellRead, CostsNothingWhereItIsNotAskedFor) {
  TwoByTwo t;
  EXPECT_EQ(run(make_layer(t.config, test_cell(0.0), t.problem), t.problem).counts.cell_read, ops::JouleSum());
}

TEST(CellRead, NamesTheFigureThatIsUnknown) {
  TwoByTwo t;
  devices::ReramParams params = test_cell(0.0).params();
  params.v_read.reset();
  EXPECT_EQ(error_text([&] { measured(t.config, devices::Reram(params), t.problem); }),
            "v_read of the memory cell is unknown, and the measured energy of reads needs it: give it a value, "
            "for example 0.2 V");
  params.v_read = 1_V, params.t_read.reset();
  EXPECT_THAT(error_text([&] { measured(t.config, devices::Reram(params), t.problem); }),
              testing::StartsWith("t_read of the memory cell is unknown"));
  EXPECT_EQ(error_text([&] { make_layer(t.config, devices::Reram(params), t.problem); }), "no error");
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
