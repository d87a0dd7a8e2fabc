#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/parallel.h"
#include "models/functional/circuit/column_currents.h"
#include "models/functional/circuit/effective_matrix.h"
#include "models/functional/circuit/gated_columns.h"
#include "models/functional/circuit/line_solver.h"
#include "tests/functional/circuit_oracle.h"

namespace cimera::functional {
namespace {

using namespace circuit_test;

const Wires kWires{
    .row_per_cell = 1, .column_per_cell = 2, .row_driver = 10, .column_sense = 15, .row_far = 30, .column_far = 40};

std::vector<double> currents(const CrossbarNetwork& network, std::span<const double> voltages,
                             const CurrentOptions& options = {}) {
  std::vector<double> out(voltages.size() / network.rows * network.columns);
  column_currents(network, voltages, out, options);
  return out;
}
std::vector<double> currents(const CrossbarNetwork& network, const CubicCells& cells, std::span<const double> voltages,
                             const CurrentOptions& options = {}) {
  std::vector<double> out(voltages.size() / network.rows * network.columns);
  column_currents(network, cells, voltages, out, options);
  return out;
}
std::string refusal(const auto& call, Error::Kind kind) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  return "";
}

TEST(ColumnCurrentsTest, AreThoseOfTheNodalMatrix) {
  for (const auto& [rows, columns] : {std::pair(1, 1), std::pair(5, 5), std::pair(64, 40), std::pair(200, 150)})
    for (const double highest : {1e-6, 1e-4, 1e-2}) {
      const std::vector<double> g = conductances(static_cast<std::size_t>(rows) * columns, 1, highest, INFINITY);
      const CrossbarNetwork network{rows, columns, g, kWires};
      const std::vector<double> voltages = uniform(2 * rows, 2, -1, 1);
      const std::vector<double> expected = oracle_currents(network, voltages);
      const double scale = std::abs(*std::ranges::max_element(expected, {}, [](double i) { return std::abs(i); }));
      const std::vector<double> found = currents(network, voltages);
      for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(found[i], expected[i], 1e-9 * scale) << rows << "x" << columns << ", " << highest << " S";
    }
}

TEST(ColumnCurrentsTest, AreThoseOfTheEffectiveMatrixForEveryMixtureOfIdealAndRealParts) {
  const int rows = 14, columns = 21;
  const std::vector<double> g = conductances(rows * columns, 3, 1.0, INFINITY), voltages = uniform(rows, 4);
  for (const double row : {0.0, 0.1})
    for (const double column : {0.0, 0.2})
      for (const double driver : {0.0, 0.3})
        for (const double sense : {0.0, 0.4})
          for (const double row_far : {0.0, 0.5, kOpen})
            for (const double column_far : {0.0, 0.6, kOpen}) {
              const CrossbarNetwork network{rows, columns, g, {row, column, driver, sense, row_far, column_far}};
              std::vector<double> matrix(g.size());
              effective_matrix(network, matrix);
              EXPECT_LT(largest_error(currents(network, voltages), product(matrix, voltages, columns)), 1e-10)
                  << row << " " << column << " " << driver << " " << sense << " " << row_far << " " << column_far;
            }
}

TEST(ColumnCurrentsTest, AddUp) {
  const std::vector<double> g = conductances(30 * 20, 5, 1e-3, 100);
  const CrossbarNetwork network{30, 20, g, kWires};
  std::vector<double> voltages = uniform(2 * 30, 6);
  for (int r = 0; r < 30; ++r) voltages.push_back(2 * voltages[r] - 3 * voltages[30 + r]);
  const std::vector<double> i = currents(network, voltages);
  for (int c = 0; c < 20; ++c) EXPECT_NEAR(i[40 + c], 2 * i[c] - 3 * i[20 + c], 1e-10 * i[c]);
}

TEST(ColumnCurrentsTest, OfDisconnectedRowsAreThoseWithoutTheirCells) {
  const int rows = 40, columns = 30;
  const std::vector<double> g = conductances(rows * columns, 7, 1e-3, 100), voltages = uniform(rows, 8);
  std::vector<std::uint8_t> connected(rows);
  std::vector<double> rest = g;
  for (int r = 0; r < rows; ++r) {
    connected[r] = r % 3 != 0;
    if (!connected[r]) std::fill_n(rest.begin() + r * columns, columns, 0.0);
  }
  const std::vector<double> found = currents({rows, columns, g, kWires}, voltages, {.connected = connected});
  EXPECT_LT(largest_error(found, oracle_currents({rows, columns, rest, kWires}, voltages)), 1e-9);
  // A row at 0 V whose cells stay connected takes current away; that is another circuit.
  std::vector<double> grounded = voltages;
  for (int r = 0; r < rows; r += 3) grounded[r] = 0.0;
  EXPECT_GT(largest_error(currents({rows, columns, g, kWires}, grounded), found), 1e-3);
}

TEST(ColumnCurrentsTest, ConserveEnergy) {
  // What the sources give is what cells, wires and terminals take. All currents follow from those of the cells.
  const int rows = 23, columns = 31;
  const std::vector<double> g = conductances(rows * columns, 9, 1e-2, 100), v = uniform(rows, 10);
  const Wires w{.row_per_cell = 1, .column_per_cell = 2, .row_driver = 3, .column_sense = 4};
  LineSolver solver(rows, columns, w);
  solver.set_cells(g);
  std::vector<double> source(g.size()), extra(g.size());
  for (std::size_t i = 0; i < g.size(); ++i) source[i] = g[i] * v[i / columns];
  solver.solve(source, extra, 1e-13);
  double given = 0.0, taken = 0.0;
  std::vector<double> down(columns, 0.0);
  for (int r = 0; r < rows; ++r) {
    double along = 0.0;
    for (int c = columns - 1; c >= 0; --c) {
      const std::size_t at = r * columns + c;
      const double current = source[at] + g[at] * extra[at];
      along += current, down[c] += current;
      taken += current * (v[r] + extra[at]) + along * along * (w.row_per_cell + (c == 0 ? w.row_driver : 0.0));
    }
    given += v[r] * along;
    for (int c = 0; c < columns; ++c)
      taken += down[c] * down[c] * (w.column_per_cell + (r == rows - 1 ? w.column_sense : 0.0));
  }
  EXPECT_NEAR(taken / given, 1.0, 1e-12);
  EXPECT_LT(largest_error(down, oracle_currents({rows, columns, g, w}, v)), 1e-10);
}

TEST(ColumnCurrentsTest, HaveTheSameBitsForAnyThreads) {
  const std::vector<double> g = conductances(60 * 50, 11, 1e-3, 100), voltages = uniform(9 * 60, 12);
  const std::vector<double> square(g.size(), 1e-4), cube(g.size(), 1e-3);
  const CrossbarNetwork network{60, 50, g, kWires};
  std::vector<std::uint8_t> active(9 * 60);
  for (std::size_t i = 0; i < active.size(); ++i) active[i] = voltages[i] < 0.5;
  const auto gated = [&] {
    std::vector<double> out(9 * 50);
    gated_currents(network, Supply::kInterleaved, active, out);
    return out;
  };
  set_threads(1);
  const auto one = currents(network, voltages), cubic = currents(network, {square, cube}, voltages), gates = gated();
  for (const int count : {2, 7}) {
    set_threads(count);
    EXPECT_EQ(currents(network, voltages), one);
    EXPECT_EQ(currents(network, {square, cube}, voltages), cubic);
    EXPECT_EQ(gated(), gates);
  }
  set_threads(0);
}

TEST(ColumnCurrentsTest, AreRefusedWhereTheToleranceIsNotReached) {
  const std::vector<double> g = {1, 1, 1, 1}, voltages = {1, 1};
  const auto ask = [&](double tolerance) {
    return [&, tolerance] { currents({2, 2, g, kWires}, voltages, {.tolerance = tolerance}); };
  };
  EXPECT_EQ(refusal(ask(0), Error::Kind::kInput), "tolerance = 0: expected 1e-14 or more; rounding allows no less");
  // Here wires take all of the voltage: rounding alone leaves more than is asked for.
  const std::vector<double> large = conductances(200 * 200, 13, 1e6, INFINITY);
  const std::vector<double> all(200, 1.0);
  LineSolver solver(200, 200, {.row_per_cell = 1e6, .column_per_cell = 1e6});
  solver.set_cells(large);
  std::vector<double> extra(large.size());
  EXPECT_THAT(refusal([&] { solver.solve(large, extra, 0.0); }, Error::Kind::kRun), testing::HasSubstr("asked for 0"));
}

TEST(CubicCellsTest, WithoutCubesAreLinear) {
  const std::vector<double> g = conductances(25 * 35, 14, 1e-3, 100), voltages = uniform(2 * 25, 15), none(g.size());
  const CrossbarNetwork network{25, 35, g, kWires};
  EXPECT_LT(largest_error(currents(network, {none, none}, voltages), currents(network, voltages)), 1e-11);
}

TEST(CubicCellsTest, GiveTheCurrentOfOneCellInSeriesWithItsWires) {
  // (1 - V) / 100 = 0.01 V + 0.02 V^2 + 0.03 V^3 has the root V = 0.35909...; the test solves it by bisection.
  const std::vector<double> g = {0.01}, square = {0.02}, cube = {0.03}, voltages = {1.0};
  double low = 0.0, high = 1.0;
  for (int i = 0; i < 100; ++i) {
    const double v = (low + high) / 2;
    (v * (0.01 + v * (0.02 + v * 0.03)) > (1 - v) / 100 ? high : low) = v;
  }
  const Wires wires{.row_per_cell = 10, .column_per_cell = 20, .row_driver = 30, .column_sense = 40};
  EXPECT_NEAR(currents({1, 1, g, wires}, {square, cube}, voltages)[0], (1 - low) / 100, 1e-14);
}

TEST(CubicCellsTest, AreAtTheVoltagesThatTheirCurrentsLeave) {
  // Cells of the size that Milo et al. measured at 100 uS (devices' catalog), twice as nonlinear, on long thin wires.
  // A linear array whose cells have the conductance I(V) / V of the solution has the same currents; I(V) of its
  // voltages must give these conductances again.
  const int rows = 30, columns = 20;
  const std::vector<double> g = conductances(rows * columns, 16, 2e-4, 4), square(g.size(), 5e-5), cube(g.size(), 4e-4),
                            v = uniform(rows, 17, 0.1, 0.5);
  const Wires wires{.row_per_cell = 20, .column_per_cell = 30, .row_driver = 100, .column_sense = 100};
  const CrossbarNetwork network{rows, columns, g, wires};
  const std::vector<double> found = currents(network, {square, cube}, v);
  std::vector<double> chord = g, extra(g.size()), source(g.size());
  LineSolver solver(rows, columns, wires);
  for (int step = 0; step < 200; ++step) {  // a fixed point, instead of Newton's method
    solver.set_cells(chord);
    for (std::size_t i = 0; i < g.size(); ++i) source[i] = chord[i] * v[i / columns];
    solver.solve(source, extra, 1e-13);
    for (std::size_t i = 0; i < g.size(); ++i) {
      const double volts = std::abs(v[i / columns] + extra[i]);
      chord[i] = g[i] + volts * (square[i] + volts * cube[i]);
    }
  }
  EXPECT_LT(largest_error(found, oracle_currents({rows, columns, chord, wires}, v)), 1e-9);
  EXPECT_GT(largest_error(found, currents(network, v)), 0.02);  // they are not linear
}

TEST(CubicCellsTest, CarryTheSameTheOtherWayRound) {
  const std::vector<double> g = conductances(12 * 9, 25, 1e-3, 100), square(g.size(), 1e-3), cube(g.size(), 1e-2);
  std::vector<double> voltages = uniform(12, 26, -0.5, 0.5);
  const CrossbarNetwork network{12, 9, g, kWires};
  std::vector<double> forward = currents(network, {square, cube}, voltages);
  for (double& v : voltages) v = -v;
  for (double& i : forward) i = -i;
  EXPECT_LT(largest_error(currents(network, {square, cube}, voltages), forward), 1e-10);
}

TEST(CubicCellsTest, OfDisconnectedRowsCarryNothing) {
  const std::vector<double> g = {1e-3, 1e-3}, square = {1e-3, 1e-3}, cube = {1e-3, 1e-3}, voltages = {0.5, 0.5};
  const std::vector<double> one = {1e-3}, half = {0.5};
  const std::vector<std::uint8_t> connected = {0, 1};
  const Wires open{.row_per_cell = 1, .column_per_cell = 2, .row_driver = 10, .column_sense = 15};
  EXPECT_NEAR(currents({2, 1, g, open}, {square, cube}, voltages, {.connected = connected})[0],
              currents({1, 1, one, open}, {one, one}, half)[0], 1e-15);
}

TEST(CubicCellsTest, ThatFallAreRefused) {
  const std::vector<double> g = {1.0}, square = {-1.0}, cube = {0.0}, voltages = {0.9};
  EXPECT_THAT(refusal(
                  [&] {
                    currents({1, 1, g, {.row_driver = 0.1}}, {square, cube}, voltages);
                  },
                  Error::Kind::kRun),
              testing::HasSubstr("falls with its voltage at the solution"));
}

TEST(GatedColumnsTest, AreThoseOfTheNodalMatrixForEveryMixtureOfIdealAndRealParts) {
  const int rows = 12, columns = 11;
  const std::vector<double> g = conductances(rows * columns, 18, 1.0, INFINITY);
  std::vector<std::uint8_t> active(rows);
  for (int r = 0; r < rows; ++r) active[r] = r % 5 != 1 && r != 0;
  for (const Supply supply : {Supply::kPositive, Supply::kInterleaved})
    for (const double row : {0.0, 0.1})
      for (const double column : {0.0, 0.2})
        for (const double driver : {0.0, 0.3})
          for (const double sense : {0.0, 0.4})
            for (const double row_far : {0.0, 0.5, kOpen})
              for (const double column_far : {0.0, 0.6, kOpen}) {
                const CrossbarNetwork network{rows, columns, g, {row, column, driver, sense, row_far, column_far}};
                std::vector<double> found(columns);
                gated_currents(network, supply, active, found);
                const std::vector<double> expected = oracle_gated(network, supply, active);
                for (int c = 0; c < columns; ++c)
                  EXPECT_NEAR(found[c], expected[c], 1e-12)
                      << row << " " << column << " " << driver << " " << sense << " " << row_far << " " << column_far;
              }
}

TEST(GatedColumnsTest, AreExactInLongColumns) {
  const int rows = 400, columns = 10;
  for (const double highest : {1e-6, 1e-2}) {
    const std::vector<double> g = conductances(rows * columns, 19, highest, 100);
    const CrossbarNetwork network{rows, columns, g, kWires};
    std::vector<std::uint8_t> active(2 * rows);
    for (int r = 0; r < rows; ++r) active[r] = r % 3 != 0, active[rows + r] = r % 7 == 0;
    std::vector<double> found(2 * columns);
    gated_currents(network, Supply::kPositive, active, found);
    for (int input = 0; input < 2; ++input) {
      const auto rows_on = std::span(active).subspan(input * rows, rows);
      EXPECT_LT(largest_error(std::span(found).subspan(input * columns, columns),
                              oracle_gated(network, Supply::kPositive, rows_on)),
                1e-10);
    }
  }
}

TEST(GatedColumnsTest, SumTheirCellsWhenWiresAreIdeal) {
  const std::vector<double> g = {1, 2, 4, 8, 16, 32};
  const std::vector<std::uint8_t> active = {1, 0, 1};
  std::vector<double> out(2);
  gated_currents({3, 2, g, {}}, Supply::kPositive, active, out);
  EXPECT_THAT(out, testing::ElementsAre(1 + 16, 2 + 32));
}

}  // namespace
}  // namespace cimera::functional
