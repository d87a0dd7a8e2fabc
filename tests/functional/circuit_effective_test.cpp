#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <hwy/highway.h>

#include "core/error.h"
#include "core/parallel.h"
#include "models/functional/circuit/effective_matrix.h"
#include "tests/functional/circuit_oracle.h"

namespace cimera::functional {
namespace {

using namespace circuit_test;

constexpr double kHighest = 1e-4;  // S, of the cells: 10 kOhm

std::vector<double> effective(const CrossbarNetwork& network) {
  std::vector<double> matrix(network.conductance.size());
  effective_matrix(network, matrix);
  return matrix;
}

/// Wires of `ratio` times the resistance of the most conductive cell, with terminals at both ends of all lines.
Wires wires_of(double ratio) {
  const double r = ratio / kHighest;
  return {.row_per_cell = r,
          .column_per_cell = 1.5 * r,
          .row_driver = 7 * r,
          .column_sense = 4 * r,
          .row_far = 20 * r,
          .column_far = 30 * r};
}

struct Size {
  int rows, columns;
};
void PrintTo(const Size& size, std::ostream* out) { *out << size.rows << "x" << size.columns; }

class EffectiveMatrix : public ::testing::TestWithParam<Size> {};

TEST_P(EffectiveMatrix, GivesTheCurrentsOfTheNodalMatrix) {
  const auto [rows, columns] = GetParam();
  const std::size_t cells = static_cast<std::size_t>(rows) * columns;
  for (const double ratio : {1e-6, 1e-4, 1e-2})
    for (const double on_off : {100.0, static_cast<double>(INFINITY)}) {
      if (cells > 50000 && (ratio == 1e-4 || (on_off == 100.0) == (ratio == 1e-2))) continue;  // two are enough
      SCOPED_TRACE(testing::Message() << "Rp/Rmin " << ratio << ", on/off " << on_off);
      const std::vector<double> g = conductances(cells, rows + 3 * columns, kHighest, on_off);
      const CrossbarNetwork network{rows, columns, g, wires_of(ratio)};
      const std::vector<double> matrix = effective(network);
      // Random inputs; then single rows, whose currents are elements of the matrix.
      std::vector<double> voltages = uniform(rows, 5);
      for (const int row : cells > 50000 ? std::vector{rows / 2} : std::vector{0, rows / 2, rows - 1}) {
        voltages.resize(voltages.size() + rows, 0.0);
        voltages[voltages.size() - rows + row] = 1.0;
      }
      const std::vector<double> expected = oracle_currents(network, voltages);
      for (int input = 0; input < static_cast<int>(voltages.size()) / rows; ++input) {
        const auto found = product(matrix, std::span(voltages).subspan(input * rows, rows), columns);
        EXPECT_LT(largest_error(found, std::span(expected).subspan(input * columns, columns)), 1e-9) << input;
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, EffectiveMatrix,
                         ::testing::Values(Size{1, 1}, Size{2, 2}, Size{5, 5}, Size{32, 32}, Size{128, 128},
                                           Size{256, 256}, Size{512, 512}, Size{1, 40}, Size{40, 1}, Size{9, 70},
                                           Size{130, 17}, Size{100, 300}),
                         ::testing::PrintToStringParamName());

TEST(EffectiveMatrixTest, IsTheConductancesWhenWiresAreIdeal) {
  const std::vector<double> g = conductances(37 * 23, 1, kHighest, INFINITY);
  EXPECT_EQ(effective({37, 23, g, {}}), g);
  EXPECT_EQ(effective({37, 23, g, {.row_far = 0, .column_far = 0}}), g);
  EXPECT_EQ(effective({37, 23, g, {.row_driver = 5, .column_sense = 6, .row_far = 0, .column_far = 0}}), g);
}

TEST(EffectiveMatrixTest, TakesEveryMixtureOfIdealAndRealParts) {
  const double inf = kOpen;
  const int rows = 11, columns = 9;
  const std::vector<double> g = conductances(rows * columns, 2, 1.0, INFINITY);
  std::vector<double> voltages = uniform(rows, 3);
  int cases = 0;
  for (const double row : {0.0, 0.1})
    for (const double column : {0.0, 0.2})
      for (const double driver : {0.0, 0.3})
        for (const double sense : {0.0, 0.4})
          for (const double row_far : {0.0, 0.5, inf})
            for (const double column_far : {0.0, 0.6, inf}) {
              const CrossbarNetwork network{rows, columns, g, {row, column, driver, sense, row_far, column_far}};
              const auto found = product(effective(network), voltages, columns);
              EXPECT_LT(largest_error(found, oracle_currents(network, voltages)), 1e-12)
                  << row << " " << column << " " << driver << " " << sense << " " << row_far << " " << column_far;
              ++cases;
            }
  EXPECT_EQ(cases, 144);
}

TEST(EffectiveMatrixTest, OfOneCellIsItsSeriesResistance) {
  const std::vector<double> g = {0.01};
  EXPECT_DOUBLE_EQ(
      effective({1, 1, g, {.row_per_cell = 1, .column_per_cell = 2, .row_driver = 3, .column_sense = 4}})[0],
      1.0 / (1 + 2 + 3 + 4 + 100));
}

TEST(EffectiveMatrixTest, OfTwoCellsIsWhatOneCalculatesByHand) {
  // A row of two cells of 1 Ohm with segments of 1 Ohm and ideal columns: from the source 1 Ohm, then 1 Ohm to ground
  // beside (1 + 1) Ohm to ground: the first node is at (2/3) / (1 + 2/3) = 2/5 of the source, the second at half of it.
  const std::vector<double> g = {1, 1};
  const std::vector<double> row = effective({1, 2, g, {.row_per_cell = 1}});
  EXPECT_DOUBLE_EQ(row[0], 0.4);
  EXPECT_DOUBLE_EQ(row[1], 0.2);
  // A column of two cells: the same seen from its sense amplifier, which lies behind the last row.
  const std::vector<double> column = effective({2, 1, g, {.column_per_cell = 1}});
  EXPECT_DOUBLE_EQ(column[0], 0.2);
  EXPECT_DOUBLE_EQ(column[1], 0.4);
}

TEST(EffectiveMatrixTest, OfALongRowIsTheHyperbolicSineOfALadder) {
  // Uniform ladder, open at its end: node n has cosh((N - n - 1/2) a) / cosh((N - 1/2) a + a) of the source,
  // with 2 sinh(a / 2) = sqrt(g r). [Node -1 is the source; the end is a mirror behind the last node.]
  const int cells = 300;
  const std::vector<double> g(cells, 1e-3);
  const std::vector<double> row = effective({1, cells, g, {.row_per_cell = 0.1}});
  const double a = 2 * std::asinh(std::sqrt(1e-3 * 0.1) / 2);
  for (int n = 0; n < cells; ++n)
    EXPECT_NEAR(row[n] / (1e-3 * std::cosh((cells - n - 0.5) * a) / std::cosh((cells + 0.5) * a)), 1.0, 1e-12) << n;
}

TEST(EffectiveMatrixTest, IsReciprocal) {
  const int rows = 50, columns = 33;
  const std::vector<double> g = conductances(rows * columns, 4, kHighest, INFINITY);
  const Wires wires = wires_of(1e-3);
  const std::vector<double> matrix = effective({rows, columns, g, wires});
  std::vector<double> turned(g.size());
  const auto place = [&](int r, int c) { return (columns - 1 - c) * rows + (rows - 1 - r); };
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) turned[place(r, c)] = g[r * columns + c];
  const std::vector<double> other = effective({columns,
                                               rows,
                                               turned,
                                               {wires.column_per_cell, wires.row_per_cell, wires.column_sense,
                                                wires.row_driver, wires.column_far, wires.row_far}});
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c)
      EXPECT_NEAR(matrix[r * columns + c] / other[place(r, c)], 1.0, 1e-12) << r << " " << c;
}

TEST(EffectiveMatrixTest, CarriesLessTheMoreItsPartsResist) {
  // All rows at the same voltage: a network of two terminals, whose conductance grows with each part of it (Rayleigh).
  const std::vector<double> g = conductances(40 * 40, 6, kHighest, 100);
  const auto all = [&](const std::vector<double>& cells, const Wires& wires) {
    double sum = 0.0;
    for (const double w : effective({40, 40, cells, wires})) sum += w;
    return sum;
  };
  const Wires wires = wires_of(1e-3);
  const double plain = all(g, wires);
  for (double Wires::*part : {&Wires::row_per_cell, &Wires::column_per_cell, &Wires::row_driver, &Wires::column_sense,
                              &Wires::row_far, &Wires::column_far}) {
    Wires more = wires;
    more.*part *= 1.01;
    EXPECT_LT(all(g, more), plain * (1 - 1e-9));
  }
  for (const int cell : {0, 39, 820, 1599}) {
    std::vector<double> more = g;
    more[cell] *= 1.5;
    EXPECT_GT(all(more, wires), plain * (1 + 1e-9));
  }
}

TEST(EffectiveMatrixTest, FallsWithTheDistanceFromDriverAndSenseAmplifier) {
  const int n = 64;
  const std::vector<double> g(n * n, kHighest);
  const std::vector<double> matrix = effective({n, n, g, {.row_per_cell = 1, .column_per_cell = 1}});
  for (int r = 1; r < n; ++r)
    for (int c = 1; c < n; ++c) {
      EXPECT_LT(matrix[r * n + c], matrix[r * n + c - 1]);
      EXPECT_GT(matrix[r * n + c], matrix[(r - 1) * n + c]);
    }
}

TEST(EffectiveMatrixTest, HasTheSameBitsForAnyThreadsAndProcessor) {
  for (const Size size : {Size{200, 130}, Size{300, 300}}) {
    const std::vector<double> g = conductances(static_cast<std::size_t>(size.rows) * size.columns, 7, kHighest, 100);
    const CrossbarNetwork network{size.rows, size.columns, g, wires_of(1e-4)};
    Wires rows = wires_of(1e-4);
    rows.row_per_cell = 0;
    set_threads(1);
    const std::vector<double> one = effective(network);
    const std::vector<double> ideal_rows = effective({size.rows, size.columns, g, rows});
    for (const int count : {2, 7}) {
      set_threads(count);
      EXPECT_EQ(effective(network), one) << count;
      EXPECT_EQ(effective({size.rows, size.columns, g, rows}), ideal_rows) << count;
    }
    set_threads(0);
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      EXPECT_EQ(effective(network), one) << hwy::TargetName(target);
    }
    hwy::SetSupportedTargetsForTest(0);
  }
}

TEST(EffectiveMatrixTest, RefusesWhatIsNoNetwork) {
  const auto refusal = [](const CrossbarNetwork& network) -> std::string {
    try {
      effective(network);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::Kind::kInput);
      return error.what();
    }
    return "";
  };
  const std::vector<double> g = {1, 2, 3, 4}, negative = {1, 2, -3, 4}, infinite = {1, 2, 3, INFINITY};
  EXPECT_EQ(refusal({2, 2, g, {.row_driver = -1}}), "row_driver = -1 Ohm: expected 0 or more, and finite");
  EXPECT_EQ(refusal({2, 2, g, {.row_per_cell = INFINITY}}), "row_per_cell = inf Ohm: expected 0 or more, and finite");
  EXPECT_EQ(refusal({2, 2, g, {.column_far = -2}}), "column_far = -2 Ohm: expected 0 or more");
  EXPECT_EQ(refusal({2, 2, negative, {}}), "conductance of cell (1, 0) = -3 S: expected 0 or more, and finite");
  EXPECT_EQ(refusal({2, 2, infinite, {}}), "conductance of cell (1, 1) = inf S: expected 0 or more, and finite");
  EXPECT_EQ(refusal({2, 3, g, {}}), "4 conductances for a crossbar of 2 x 3 cells");
  EXPECT_EQ(refusal({0, 3, {}, {}}), "a crossbar of 0 x 3 cells: expected at least one row and one column");
}

}  // namespace
}  // namespace cimera::functional
