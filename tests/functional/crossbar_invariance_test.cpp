// What must not change a result: threads, batches, blocks, order, processor.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include "core/parallel.h"
#include "models/functional/crossbar/layer.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

/// A clipping 6-bit converter on noisy cells: rounding boundaries are met all the time.
CrossbarConfig noisy_config() {
  CrossbarConfig config;
  config.rows = 40, config.columns = 70, config.weight_bits = 8, config.input_bits = 8, config.adc_bits = 6;
  config.adc_range = AdcRange::kFullRange;
  return config;
}

/// The cells and configurations under which every test here runs.
struct Setting {
  CrossbarConfig config;
  double sigma;
};
std::vector<Setting> settings(bool with_error = true) {
  CrossbarConfig clipping = noisy_config();
  clipping.adc_bits = 5, clipping.adc_range = AdcRange::kUnitStep, clipping.encoding = WeightEncoding::kDifferential;
  CrossbarConfig lossless;
  lossless.rows = 40, lossless.columns = 70, lossless.input_signed = true;
  if (!with_error) return {{clipping, 0.0}, {lossless, 0.0}};
  return {{noisy_config(), 0.1}, {noisy_config(), 0.0}, {clipping, 0.05}, {clipping, 0.0}, {lossless, 0.0}};
}

/// Calls body(name) once for each set of vector instructions that was compiled and that this processor has.
template <class Body>
void for_each_processor(const Body& body) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    body(hwy::TargetName(target));
  }
  hwy::SetSupportedTargetsForTest(0);
}

class CrossbarInvariance : public testing::TestWithParam<Setting> {
 protected:
  CrossbarInvariance() : dice_(11), problem_(random_problem(GetParam().config, 90, 50, 300, dice_)) {}
  ~CrossbarInvariance() override { set_threads(0); }

  /// Counts include the energy of reads, to the last bit.
  CrossbarLayer layer(const Problem& problem, CrossbarOptions options = {}) const {
    options.cell_read = true;
    return make_layer(GetParam().config, test_cell(GetParam().sigma), problem, options);
  }

  Dice dice_;
  Problem problem_;
};

TEST_P(CrossbarInvariance, Threads) {
  set_threads(1);
  const Outcome one = run(layer(problem_), problem_);
  EXPECT_GT(one.counts.cell_read.joules(), Joules());
  for (const int threads : {2, 7}) {
    set_threads(threads);
    const Outcome many = run(layer(problem_), problem_);
    EXPECT_EQ(many.out, one.out) << threads;
    EXPECT_EQ(many.counts, one.counts) << threads;
  }
}

TEST_P(CrossbarInvariance, BatchSplits) {
  const CrossbarLayer all = layer(problem_);
  const Outcome whole = run(all, problem_);
  for (const int batch : {1, 3, 64, 77}) {
    std::vector<double> out(whole.out.size());
    CrossbarCounts counts = all.programming();
    for (int first = 0; first < problem_.positions; first += batch) {
      const int count = std::min(batch, problem_.positions - first);
      all.mvm(
          {count,
           std::span(problem_.codes).subspan(std::size_t(first) * problem_.rows, std::size_t(count) * problem_.rows)},
          all.all_row_blocks(), all.all_column_blocks(),
          std::span(out).subspan(std::size_t(first) * problem_.columns, std::size_t(count) * problem_.columns), counts);
    }
    EXPECT_EQ(out, whole.out) << batch;
    EXPECT_EQ(counts, whole.counts) << batch;
  }
}

TEST_P(CrossbarInvariance, OrderOfPositions) {
  const CrossbarLayer all = layer(problem_);
  const Outcome whole = run(all, problem_);
  Problem reversed = problem_;
  for (int p = 0; p < problem_.positions; ++p)
    std::copy_n(problem_.codes.begin() + std::ptrdiff_t(p) * problem_.rows, problem_.rows,
                reversed.codes.begin() + std::ptrdiff_t(problem_.positions - 1 - p) * problem_.rows);
  const Outcome other = run(all, reversed);
  EXPECT_EQ(other.counts, whole.counts);
  for (int p = 0; p < problem_.positions; ++p)
    for (int j = 0; j < problem_.columns; ++j)
      ASSERT_EQ(other.out[std::size_t(problem_.positions - 1 - p) * problem_.columns + j],
                whole.out[std::size_t(p) * problem_.columns + j]);
}

/// Arrays run one by one, last first, and added up.
TEST_P(CrossbarInvariance, BlocksAddUp) {
  const CrossbarLayer all = layer(problem_);
  const Outcome whole = run(all, problem_);
  ASSERT_GT(all.row_blocks(), 1);
  ASSERT_GT(all.column_blocks(), 1);
  std::vector<double> out(whole.out.size());
  CrossbarCounts counts = all.programming();
  for (int c = all.column_blocks() - 1; c >= 0; --c)
    for (int r = all.row_blocks() - 1; r >= 0; --r) {
      const int columns = all.first_column(c + 1) - all.first_column(c);
      std::vector<double> part(std::size_t(problem_.positions) * columns);
      all.mvm({problem_.positions, problem_.codes}, {r, r + 1}, {c, c + 1}, part, counts);
      for (int p = 0; p < problem_.positions; ++p)
        for (int j = 0; j < columns; ++j)
          out[std::size_t(p) * problem_.columns + all.first_column(c) + j] += part[std::size_t(p) * columns + j];
    }
  EXPECT_EQ(out, whole.out);
  counts.input_bits = whole.counts.input_bits;  // each call writes input registers of its own
  EXPECT_EQ(counts, whole.counts);
}

TEST_P(CrossbarInvariance, Processors) {
  const Outcome best = run(layer(problem_), problem_);
  for_each_processor([&](const char* name) {
    const Outcome other = run(layer(problem_, {.vnni = false}), problem_);
    EXPECT_EQ(other.out, best.out) << name;
    EXPECT_EQ(other.counts, best.counts) << name;
  });
}

/// Cells with errors keep them in their place; only ideal ones may move.
class CrossbarOrder : public CrossbarInvariance {};

/// Rows that change places with their inputs.
TEST_P(CrossbarOrder, OfRowsInAnArray) {
  Problem swapped = problem_;
  for (int k = 0; k < 20; ++k) {  // within the first block of 40 rows
    for (int j = 0; j < problem_.columns; ++j)
      std::swap(swapped.weights[std::size_t(k) * problem_.columns + j],
                swapped.weights[std::size_t(39 - k) * problem_.columns + j]);
    for (int p = 0; p < problem_.positions; ++p)
      std::swap(swapped.codes[std::size_t(p) * problem_.rows + k],
                swapped.codes[std::size_t(p) * problem_.rows + 39 - k]);
  }
  const Outcome one = run(layer(problem_), problem_), other = run(layer(swapped), swapped);
  EXPECT_EQ(other.out, one.out);
  EXPECT_EQ(other.counts, one.counts);
}

TEST_P(CrossbarOrder, OfColumns) {
  Problem reversed = problem_;
  for (int k = 0; k < problem_.rows; ++k)
    std::reverse(reversed.weights.begin() + std::ptrdiff_t(k) * problem_.columns,
                 reversed.weights.begin() + std::ptrdiff_t(k + 1) * problem_.columns);
  const Outcome one = run(layer(problem_), problem_), other = run(layer(reversed), reversed);
  for (int p = 0; p < problem_.positions; ++p)
    for (int j = 0; j < problem_.columns; ++j)
      ASSERT_EQ(other.out[std::size_t(p) * problem_.columns + j],
                one.out[std::size_t(p + 1) * problem_.columns - 1 - j]);
}

INSTANTIATE_TEST_SUITE_P(Settings, CrossbarInvariance, testing::ValuesIn(settings()));
INSTANTIATE_TEST_SUITE_P(Settings, CrossbarOrder, testing::ValuesIn(settings(false)));

TEST(CrossbarProcessors, UseTheirOwnCode) {
  std::set<decltype(PlaneKernels::dot16)> kernels;
  std::size_t count = 0;
  for_each_processor([&](const char*) { kernels.insert(plane_kernels(false).dot16), ++count; });
  EXPECT_EQ(kernels.size(), count);
  EXPECT_GE(count, 2u);
}

/// Widths, digits, signs and encodings of all kinds.
TEST(CrossbarProcessors, AgreeOnRandomConfigurations) {
  Dice dice(13);
  for (int trial = 0; trial < 60; ++trial) {
    CrossbarConfig config = random_config(dice);
    config.adc_bits = std::max(config.differential() ? 2 : 1, config.adc_bits - dice.roll(0, 3));
    config.adc_range = trial % 2 == 0 ? AdcRange::kFullRange : AdcRange::kUnitStep;
    const devices::Reram cell = test_cell(trial % 3 == 0 ? 0.0 : 0.1);
    const Problem problem = random_problem(config, dice.roll(1, 130), dice.roll(1, 20), dice.roll(1, 20), dice);
    const Outcome best = run(make_layer(config, cell, problem), problem);
    for_each_processor([&](const char* name) {
      const Outcome other = run(make_layer(config, cell, problem, {.vnni = false}), problem);
      ASSERT_EQ(other.out, best.out) << name << ": " << describe(config);
      ASSERT_EQ(other.counts, best.counts) << name << ": " << describe(config);
    });
  }
}

/// Without a converter that rounds or clips, the layer is linear in its inputs: f(a + b) = f(a) + f(b).
TEST(CrossbarLinearity, OfInputs) {
  CrossbarConfig config;
  config.rows = 40, config.columns = 70;
  Dice dice(12);
  Problem a = random_problem(config, 90, 20, 10, dice), b = a, sum = a;
  for (std::size_t i = 0; i < a.codes.size(); ++i) {
    b.codes[i] = a.codes[i] / 3, a.codes[i] -= b.codes[i];
    sum.codes[i] = a.codes[i] + b.codes[i];
  }
  const CrossbarLayer layer = make_layer(config, test_cell(0.0), a, {.exact_shortcut = false});
  const Outcome of_a = run(layer, a), of_b = run(layer, b), of_sum = run(layer, sum);
  for (std::size_t i = 0; i < of_sum.out.size(); ++i) ASSERT_EQ(of_sum.out[i], of_a.out[i] + of_b.out[i]);
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
