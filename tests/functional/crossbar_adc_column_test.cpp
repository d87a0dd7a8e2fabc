// What converters draw for the conductance of their columns: by hand, and the same whatever the results come from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/functional/crossbar/layer.h"
#include "tests/core/error_text.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

using namespace literals;

constexpr auto kEach = devices::JoulesPerSiemens::si(0.072341 * 9e-9);  // NeuroSim's SAR, LSTP, 22 nm, 8 bits

double measured(const CrossbarConfig& config, const devices::CellModel& cell, const Problem& problem,
                CrossbarOptions options = {}) {
  options.adc_column = kEach;
  return run(make_layer(config, cell, problem, options), problem).counts.adc_column.joules().si();
}

/// Levels 0, 3 / 1, 1: rows of 500.5 uS and of 334 uS (crossbar_cell_read_test.cpp), each driven twice.
struct TwoByTwo {
  CrossbarConfig config;
  Problem problem{2, 2, 2, {-2, 1, -1, -1}, {1, 3, 2, 0}};

  TwoByTwo() {
    config.rows = 2, config.columns = 2, config.weight_bits = 2, config.input_bits = 2;
    config.encoding = WeightEncoding::kOffset;
  }
};

// The cells are read at 0.2 V, where NeuroSim's formula is for 0.5 V.
TEST(AdcColumn, TwoByTwoByHand) {
  TwoByTwo t;
  const double joules = 0.072341 * 9e-9 * 0.2 / 0.5 * (2 * 500.5e-6 + 2 * 334e-6);
  EXPECT_NEAR(measured(t.config, test_cell(0.0), t.problem) / joules, 1, 1e-9);
  EXPECT_NEAR(measured(t.config, test_cell(0.0), t.problem, {.exact_shortcut = false}) / joules, 1, 1e-9);
}

TEST(AdcColumn, GoesWithWhatReadsDissipate) {
  TwoByTwo t;
  const devices::Reram cell = test_cell(0.1);
  const CrossbarOptions both{.cell_read = true, .adc_column = kEach};
  const CrossbarCounts counts = run(make_layer(t.config, cell, t.problem, both), t.problem).counts;
  EXPECT_GT(counts.cell_read.joules().si(), 0);
  EXPECT_NEAR(counts.adc_column.joules().si() / counts.cell_read.joules().si(),
              0.072341 * 9e-9 * 0.2 / 0.5 / (0.2 * 0.2 * 1e-9), 1e-3);
}

TEST(AdcColumn, IsKnownForInputsOfOneBitAStepOnly) {
  TwoByTwo t;
  t.config.dac_bits = 2;
  EXPECT_THAT(error_text([&] { measured(t.config, test_cell(0.0), t.problem); }),
              testing::HasSubstr("dac_bits = 2: what converters draw from a column (adc_column) is known for inputs"));
}

TEST(AdcColumn, CostsNothingWhereItIsNotAskedFor) {
  TwoByTwo t;
  EXPECT_EQ(run(make_layer(t.config, test_cell(0.0), t.problem), t.problem).counts.adc_column, ops::JouleSum());
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
