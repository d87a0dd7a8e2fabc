// Arrays with wires, against the nodal matrix of each of them, position by position and step by step.
#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/parallel.h"
#include "models/functional/crossbar/layer.h"
#include "tests/functional/circuit_oracle.h"
#include "tests/functional/crossbar_fixture.h"

namespace cimera::functional::crossbar_test {
namespace {

using namespace cimera::literals;
using ops::ArrayInputs;
using ops::ArrayWires;

/// 2 kOhm cells, 2 MOhm when off: these wires take a good part of the voltage.
ArrayWires strong_wires(bool far_ends = false) {
  ArrayWires wires;
  wires.row_per_cell = 2_Ohm, wires.column_per_cell = 3_Ohm, wires.row_driver = 20_Ohm, wires.column_sense = 10_Ohm;
  if (far_ends) wires.row_far = 30_Ohm, wires.column_far = 40_Ohm;
  return wires;
}

CrossbarConfig small_config(WeightEncoding encoding, const ArrayWires& wires) {
  CrossbarConfig config;
  config.rows = 20, config.columns = 26, config.cell_bits = 2, config.weight_bits = 5, config.input_bits = 4;
  config.encoding = encoding, config.adc_bits = 12, config.wires = wires;
  return config;
}

/// The electrical network of one array, put together here once more from the cells' conductances.
CrossbarNetwork network_of(const CrossbarConfig& config, const CellBlock& cells, const devices::CellModel& cell,
                           std::uint32_t unit, std::vector<double>& g) {
  const ArrayWires& w = config.wires;
  const bool pairs = w.interleaved, gates = w.inputs == ArrayInputs::kGates;
  const int rows = pairs ? 2 * cells.rows : cells.rows, columns = cells.cell_columns() / (pairs ? 2 : 1);
  const int all_rows = pairs ? 2 * config.rows : config.rows, all_columns = pairs ? config.columns / 2 : config.columns;
  const double off = cell.figures().g_off->si(), on = cell.figures().g_on->si();
  g.assign(static_cast<std::size_t>(rows) * columns, 0.0);
  std::vector<float> effective(cells.rows);
  for (int line = 0; line < cells.cell_columns(); ++line) {
    const auto target = std::span(cells.levels).subspan(static_cast<std::size_t>(line) * cells.rows, cells.rows);
    std::copy(target.begin(), target.end(), effective.begin());
    if (!cell.ideal())
      cell.program(config.levels(), target, effective, test_stream(), {unit, static_cast<std::uint32_t>(line), 0});
    for (int k = 0; k < cells.rows; ++k) {
      const double siemens = std::max(0.0, off + effective[k] * (on - off) / (config.levels() - 1));
      if (pairs) g[(2 * k + line % 2) * columns + line / 2] = siemens;
      else g[k * columns + line] = siemens;
    }
  }
  Wires wires{w.row_per_cell.si(), w.column_per_cell.si(), w.row_driver.si(), w.column_sense.si()};
  if (w.column_far) wires.column_far = w.column_far->si() + (all_rows - rows) * wires.column_per_cell;
  if (w.row_far) wires.row_far = w.row_far->si() + (gates ? 0 : all_columns - columns) * wires.row_per_cell;
  if (gates) wires.row_driver += (all_rows - rows) * wires.row_per_cell;
  return {rows, columns, g, wires};
}

/// Column sums of an array in level units, [digit rows][slice * weights + weight].
std::vector<double> sums_of(const CrossbarConfig& config, const CellBlock& cells, const devices::CellModel& cell,
                            std::uint32_t unit, const std::vector<std::vector<int>>& digits) {
  std::vector<double> g, volts, currents;
  const CrossbarNetwork network = network_of(config, cells, cell, unit, g);
  const bool pairs = config.wires.interleaved, gates = config.wires.inputs == ArrayInputs::kGates;
  for (const std::vector<int>& row : digits) {
    std::vector<std::uint8_t> active;
    for (int r = 0; r < network.rows; ++r) {
      const int digit = row[pairs ? r / 2 : r];
      active.push_back(digit != 0);
      volts.push_back(pairs && r % 2 == 1 ? -digit : digit);
    }
    if (!gates) continue;
    const Supply supply = pairs ? Supply::kInterleaved : Supply::kPositive;
    const auto one = circuit_test::oracle_gated(network, supply, active);
    currents.insert(currents.end(), one.begin(), one.end());
  }
  if (!gates) currents = circuit_test::oracle_currents(network, volts);

  const double off = cell.figures().g_off->si(), unit_step = (cell.figures().g_on->si() - off) / (config.levels() - 1);
  std::vector<double> sums;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    double driven = 0.0;
    for (const int digit : digits[i]) driven += digit;
    const double* at = &currents[i * network.columns];
    for (int s = 0; s < cells.slices; ++s)
      for (int j = 0; j < cells.weights; ++j) {
        const int sensed = j * cells.slices + s;
        const double siemens = pairs                        ? at[sensed]
                               : cells.cells_per_slice == 2 ? at[2 * sensed] - at[2 * sensed + 1]
                                                            : at[sensed] - driven * off;
        sums.push_back(siemens / unit_step);
      }
  }
  return sums;
}

/// What a layer must give, between two bounds where a sum lies so near to the edge of a code that the rounding of held
/// levels decides.
struct Bounds {
  std::vector<double> low, high;
};

Bounds expected(const CrossbarConfig& config, const devices::CellModel& cell, const Problem& problem,
                const CrossbarLayer& layer) {
  Bounds bounds{std::vector<double>(static_cast<std::size_t>(problem.positions) * problem.columns), {}};
  bounds.high = bounds.low;
  const int steps = config.steps(), magnitudes = steps - (config.input_signed ? 1 : 0);
  for (int r = 0; r < layer.row_blocks(); ++r)
    for (int c = 0; c < layer.column_blocks(); ++c) {
      const ProgrammedArray& array = layer.array(r, c);
      const int row = layer.first_row(r), column = layer.first_column(c);
      const WeightBlock block{problem.weights.data() + row * problem.columns + column, problem.columns, array.rows(),
                              array.weights()};
      const CellBlock cells = encode(config, block, array.slices());
      std::vector<std::vector<int>> digits;
      for (int p = 0; p < problem.positions; ++p)
        for (int t = 0; t < steps; ++t) {
          digits.emplace_back();
          for (int k = 0; k < array.rows(); ++k)
            digits.back().push_back(static_cast<int>(problem.code(p, row + k) >> (t * config.dac_bits)) &
                                    ((1 << config.dac_bits) - 1));
        }
      const std::vector<double> sums =
          sums_of(config, cells, cell, static_cast<std::uint32_t>(r * layer.column_blocks() + c), digits);
      const double slack = std::ldexp(1.0 * array.rows() * config.digit_max() + 1, -array.fraction_bits() - 1) + 1e-6;
      const Converter& converter = layer.setting().converter;
      for (int p = 0; p < problem.positions; ++p) {
        double driven = 0.0;
        for (int k = 0; k < array.rows(); ++k) driven += static_cast<double>(problem.code(p, row + k));
        for (int j = 0; j < array.weights(); ++j) {
          const std::size_t at = static_cast<std::size_t>(p) * problem.columns + column + j;
          bounds.low[at] += cells.input_factor[j] * driven, bounds.high[at] += cells.input_factor[j] * driven;
          for (int s = 0; s < cells.slices; ++s)
            for (int t = 0; t < steps; ++t) {
              const double sum = sums[((p * steps + t) * cells.slices + s) * cells.weights + j];
              const double lsb = converter.lsb[array.slices().begin + s];
              const auto code = [&](double value) {
                return std::clamp<double>(std::nearbyint(value / lsb), converter.min_code, converter.max_code);
              };
              double factor = cells.slice_factor[s * cells.weights + j] * lsb * std::ldexp(1.0, t * config.dac_bits);
              if (t >= magnitudes) factor = -factor;
              const double a = factor * code(sum - slack), b = factor * code(sum + slack);
              bounds.low[at] += std::min(a, b), bounds.high[at] += std::max(a, b);
            }
        }
      }
    }
  return bounds;
}

void expect_oracle(const CrossbarConfig& config, const devices::CellModel& cell, int rows, int columns, int seed) {
  Dice dice(seed);
  const Problem problem = random_problem(config, rows, columns, 3, dice);
  const CrossbarLayer layer = make_layer(config, cell, problem);
  const std::vector<double> out = run(layer, problem).out;
  const Bounds bounds = expected(config, cell, problem, layer);
  std::size_t sharp = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_GE(out[i], bounds.low[i] - 1e-9) << i;
    EXPECT_LE(out[i], bounds.high[i] + 1e-9) << i;
    sharp += bounds.low[i] == bounds.high[i];
  }
  EXPECT_GT(sharp, out.size() * 8 / 10);  // the bounds are one number for most of them
  EXPECT_GT(circuit_test::largest_error(out, integer_product(problem), 1.0), 0.01);  // wires do something
}

struct Topology {
  ArrayInputs inputs;
  bool interleaved;
  std::string name;
};
void PrintTo(const Topology& topology, std::ostream* out) { *out << topology.name; }

class CrossbarWires : public ::testing::TestWithParam<Topology> {
 protected:
  ArrayWires wires(bool far_ends = false) const {
    ArrayWires wires = strong_wires(far_ends);
    wires.inputs = GetParam().inputs, wires.interleaved = GetParam().interleaved;
    return wires;
  }
};

TEST_P(CrossbarWires, GiveWhatTheNodalMatrixGives) {
  int seed = 60;
  for (const WeightEncoding encoding :
       {WeightEncoding::kDifferential, WeightEncoding::kTwoSided, WeightEncoding::kOffset, WeightEncoding::kFlip})
    for (const double sigma : {0.0, 0.05})
      for (const bool far_ends : {false, true}) {
        CrossbarConfig config = small_config(encoding, wires(far_ends));
        if (GetParam().interleaved && !config.differential()) continue;
        config.input_signed = far_ends;
        if (sigma > 0) config.slice_layout = ops::SliceLayout::kApart;
        SCOPED_TRACE(describe(config));
        expect_oracle(config, test_cell(sigma), 33, 11, ++seed);
      }
}

TEST_P(CrossbarWires, ChangeNothingWhenTheyAreIdeal) {
  for (const double sigma : {0.0, 0.05}) {
    CrossbarConfig plain = small_config(WeightEncoding::kDifferential, {}), ideal = plain;
    ideal.wires.inputs = GetParam().inputs, ideal.wires.interleaved = GetParam().interleaved;
    ideal.wires.row_far = Ohms();
    Dice dice(70);
    const Problem problem = random_problem(plain, 45, 9, 5, dice);
    const Outcome without = run(make_layer(plain, test_cell(sigma), problem), problem);
    const Outcome with = run(make_layer(ideal, test_cell(sigma), problem), problem);
    EXPECT_EQ(with.out, without.out);
    EXPECT_EQ(with.counts, without.counts);
  }
}

TEST_P(CrossbarWires, HaveTheSameBitsForAnyThreadsAndCountTheSameWork) {
  const CrossbarConfig config = small_config(WeightEncoding::kDifferential, wires(true));
  CrossbarConfig plain = config;
  plain.wires = {};
  Dice dice(71);
  const Problem problem = random_problem(config, 45, 20, 300, dice);
  set_threads(1);
  const Outcome one = run(make_layer(config, test_cell(0.05), problem), problem);
  for (const int count : {2, 7}) {
    set_threads(count);
    EXPECT_EQ(run(make_layer(config, test_cell(0.05), problem), problem).out, one.out) << count;
  }
  set_threads(0);
  CrossbarCounts without = run(make_layer(plain, test_cell(0.05), problem), problem).counts, with = one.counts;
  with.clipped_conversions = without.clipped_conversions = 0;
  EXPECT_EQ(with, without);
}

INSTANTIATE_TEST_SUITE_P(Topologies, CrossbarWires,
                         ::testing::Values(Topology{ArrayInputs::kRows, false, "rows"},
                                           Topology{ArrayInputs::kRows, true, "rows_interleaved"},
                                           Topology{ArrayInputs::kGates, false, "gates"},
                                           Topology{ArrayInputs::kGates, true, "gates_interleaved"}),
                         ::testing::PrintToStringParamName());

TEST(CrossbarWiresTest, TakeDigitsOfSeveralBits) {
  CrossbarConfig config = small_config(WeightEncoding::kOffset, strong_wires());
  config.dac_bits = 2;
  expect_oracle(config, test_cell(0.02), 20, 8, 80);
}

TEST(CrossbarWiresTest, LeaveNoShortcut) {
  CrossbarConfig config = small_config(WeightEncoding::kDifferential, {});
  Dice dice(81);
  const Problem problem = random_problem(config, 20, 5, 2, dice);
  EXPECT_TRUE(make_layer(config, test_cell(0.0), problem).array(0, 0).exact());
  config.wires = strong_wires();
  EXPECT_FALSE(make_layer(config, test_cell(0.0), problem).array(0, 0).exact());
}

TEST(CrossbarWiresTest, CellsThatAreNotUsedAreNotConnected) {
  // With open ends it does not matter how large the array is around the used cells, which lie where it is best.
  CrossbarConfig config = small_config(WeightEncoding::kDifferential, strong_wires());
  Dice dice(82);
  const Problem problem = random_problem(config, 20, 6, 4, dice);
  CrossbarConfig large = config;
  large.rows = 100, large.columns = 90;
  EXPECT_EQ(run(make_layer(large, test_cell(0.0), problem), problem).out,
            run(make_layer(config, test_cell(0.0), problem), problem).out);
}

TEST(CrossbarWiresTest, HurtMoreInLargerArrays) {
  CrossbarConfig config = small_config(WeightEncoding::kDifferential, {});
  config.columns = 64, config.weight_bits = 8, config.input_bits = 8, config.adc_bits = 16;
  config.wires.row_per_cell = config.wires.column_per_cell = 0.02_Ohm;
  Dice dice(83);
  const Problem problem = random_problem(config, 512, 8, 4, dice);
  const std::vector<double> exact = integer_product(problem);
  std::vector<double> errors;
  for (const int rows : {64, 128, 256, 512}) {
    config.rows = rows;
    const std::vector<double> out = run(make_layer(config, test_cell(0.0), problem), problem).out;
    double sum = 0.0;
    for (std::size_t i = 0; i < out.size(); ++i) sum += (out[i] - exact[i]) * (out[i] - exact[i]);
    errors.push_back(std::sqrt(sum));
  }
  for (int i = 0; i < 3; ++i) EXPECT_GT(errors[i + 1], 1.5 * errors[i]) << i;
}

std::string refusal(const CrossbarConfig& config) {
  try {
    config.check();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(CrossbarWiresTest, RefuseWhatCannotBeBuilt) {
  CrossbarConfig config = small_config(WeightEncoding::kOffset, strong_wires());
  config.wires.interleaved = true;
  EXPECT_EQ(
      refusal(config),
      "interleaved: only the cells of a differential pair can lie on one column; use the encoding differential or "
      "two_sided");
  config = small_config(WeightEncoding::kOffset, strong_wires());
  config.wires.inputs = ArrayInputs::kGates, config.dac_bits = 2;
  EXPECT_EQ(refusal(config), "dac_bits = 2: inputs that open gates are on or off; use 1");
}

/// A linear cell whose current grows a little faster than its voltage.
class CubicCell final : public devices::CellModel {
 public:
  explicit CubicCell(double strength) : strength_(strength) {}

  int max_levels() const override { return 256; }
  bool ideal() const override { return true; }
  devices::Programming program(int, std::span<const std::uint8_t> levels, std::span<float> effective, const Stream&,
                               const Stream::Address&) const override {
    std::copy(levels.begin(), levels.end(), effective.begin());
    return {};
  }
  bool linear() const override { return false; }
  devices::CubicCurrent cubic(Siemens g) const override { return {strength_ * g.si(), 2 * strength_ * g.si()}; }
  devices::CellFigures figures() const override { return test_cell(0.0).figures(); }

 private:
  double strength_;
};

TEST(CrossbarWiresTest, TakeCellsWithCubicCurrents) {
  const CrossbarConfig config = small_config(WeightEncoding::kDifferential, strong_wires());
  Dice dice(84);
  const Problem problem = random_problem(config, 20, 6, 4, dice);
  const auto out = [&](const devices::CellModel& cell) { return run(make_layer(config, cell, problem), problem).out; };
  // Without its cube the cell is a linear one, solved step by step: sums are the same but for rounding.
  const std::vector<double> linear = out(test_cell(0.0)), none = out(CubicCell(0.0)), some = out(CubicCell(1.0));
  std::size_t same = 0, larger = 0;
  for (std::size_t i = 0; i < linear.size(); ++i) {
    same += linear[i] == none[i];
    EXPECT_NEAR(linear[i], none[i], 15);
    larger += std::abs(some[i]) >= std::abs(none[i]);
  }
  EXPECT_GT(same, linear.size() * 8 / 10);
  EXPECT_GT(larger, linear.size() * 8 / 10);
  EXPECT_NE(some, none);
}

TEST(CrossbarWiresTest, GiveACubicCellOneConductanceWhereTheyAreIdeal) {
  CrossbarConfig config = small_config(WeightEncoding::kDifferential, {});
  Dice dice(85);
  const Problem problem = random_problem(config, 20, 6, 4, dice);
  const CubicCell cell(1.0);  // at 0.2 V: g (1 + 0.2 + 2 * 0.04)
  const CrossbarLayer layer = make_layer(config, cell, problem);
  const CellBlock cells = encode(config, {problem.weights.data(), 6, 20, 6}, all_slices(config));
  for (int k = 0; k < 20; ++k)
    EXPECT_NEAR(layer.array(0, 0).level(layer.setting(), k, 3, 1),
                1.28 * (cells.column(3, 1, 0)[k] - cells.column(3, 1, 1)[k]), 1e-3);
  // Solved plane by plane it is the same: digits of two bits have no such shortcut, but here only 0 and 3 are driven.
  CrossbarConfig wide = config;
  wide.dac_bits = 2, wide.input_bits = 2, config.input_bits = 1;
  config.adc_bits = wide.adc_bits = 20;
  Problem bits = problem, digits = problem;
  for (std::int32_t& code : bits.codes) code = code > 7;
  for (std::size_t i = 0; i < bits.codes.size(); ++i) digits.codes[i] = 3 * bits.codes[i];
  const std::vector<double> one = run(make_layer(config, cell, bits), bits).out;
  const std::vector<double> three = run(make_layer(wide, cell, digits), digits).out;
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(three[i], 3 * one[i], 2 * 5 * 1.5) << i;
}

}  // namespace
}  // namespace cimera::functional::crossbar_test
