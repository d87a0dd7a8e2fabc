// Compares with ngspice, which solves the same network from a netlist.
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/error.h"
#include "models/functional/circuit/column_currents.h"
#include "models/functional/circuit/effective_matrix.h"
#include "models/functional/circuit/spice.h"
#include "tests/functional/circuit_oracle.h"
#include "tests/functional/ngspice.h"

namespace cimera::functional {
namespace {

using namespace circuit_test;

struct Size {
  int rows, columns;
};
void PrintTo(const Size& size, std::ostream* out) { *out << size.rows << "x" << size.columns; }

class Ngspice : public ::testing::TestWithParam<Size> {};

TEST_P(Ngspice, FindsTheSameCurrents) {
  if (!has_ngspice()) GTEST_SKIP() << "ngspice is not installed (scripts/packages.txt)";
  const auto [rows, columns] = GetParam();
  const std::vector<double> g = conductances(static_cast<std::size_t>(rows) * columns, 20, 1e-4, INFINITY);
  const CrossbarNetwork network{rows,
                                columns,
                                g,
                                {.row_per_cell = 1,
                                 .column_per_cell = 2,
                                 .row_driver = 50,
                                 .column_sense = 30,
                                 .row_far = 80,
                                 .column_far = 100}};
  const std::vector<double> voltages = uniform(rows, 21, 0.05, 0.2);
  const std::vector<double> theirs = run_ngspice(spice_netlist(network, voltages, "a test"), columns);
  std::vector<double> matrix(g.size()), direct(columns);
  effective_matrix(network, matrix);
  column_currents(network, voltages, direct);
  EXPECT_LT(largest_error(product(matrix, voltages, columns), theirs), 1e-6);
  EXPECT_LT(largest_error(direct, theirs), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Sizes, Ngspice, ::testing::Values(Size{16, 16}, Size{5, 12}, Size{64, 64}),
                         ::testing::PrintToStringParamName());

TEST(SpiceTest, WritesIdealPartsAsOneNode) {
  if (!has_ngspice()) GTEST_SKIP() << "ngspice is not installed (scripts/packages.txt)";
  const std::vector<double> g = conductances(6 * 5, 22, 1e-3, INFINITY), voltages = uniform(6, 23);
  for (const double row : {0.0, 10.0})
    for (const double column : {0.0, 20.0})
      for (const double terminal : {0.0, 30.0}) {
        const CrossbarNetwork network{
            6,
            5,
            g,
            {.row_per_cell = row, .column_per_cell = column, .row_driver = terminal, .column_sense = terminal}};
        EXPECT_LT(largest_error(run_ngspice(spice_netlist(network, voltages, "ideal parts"), 5),
                                oracle_currents(network, voltages)),
                  1e-9);
      }
}

TEST(SpiceTest, WritesGatedArrays) {
  if (!has_ngspice()) GTEST_SKIP() << "ngspice is not installed (scripts/packages.txt)";
  const std::vector<double> g = conductances(10 * 7, 24, 1e-3, 100);
  const std::vector<std::uint8_t> active = {1, 0, 1, 1, 0, 0, 1, 1, 1, 0};
  const CrossbarNetwork network{
      10, 7, g, {.row_per_cell = 5, .column_per_cell = 10, .row_driver = 3, .column_sense = 8}};
  for (const Supply supply : {Supply::kPositive, Supply::kInterleaved}) {
    std::vector<double> ours(7);
    gated_currents(network, supply, active, ours);
    EXPECT_LT(largest_error(ours, run_ngspice(spice_netlist(network, supply, active, "gates"), 7)), 1e-9);
  }
}

TEST(SpiceTest, WritesWhatOneExpects) {
  const std::vector<double> g = {0.5, 0, 0.25, 0.125}, voltages = {0.25, -1};
  EXPECT_EQ(spice_netlist({2, 2, g, {.row_per_cell = 1, .row_driver = 2, .column_sense = 3}}, voltages, "two by\ntwo"),
            R"(* two by
* two
* 2 rows, 2 columns; Ohm, V; column nodes y<column>_<row>, row nodes x<row>_<column>
vrow0 row0 0 dc 0.25
rfirst_x0 row0 x0_0 3
rx0_1 x0_0 x0_1 1
rcell0_0 x0_0 y0 2
vrow1 row1 0 dc -1
rfirst_x1 row1 x1_0 3
rx1_1 x1_0 x1_1 1
rcell1_0 x1_0 y0 4
rcell1_1 x1_1 y1 8
vcol0 col0 0 dc 0
rlast_y0 col0 y0 3
vcol1 col1 0 dc 0
rlast_y1 col1 y1 3
.op
.options reltol=1e-12 abstol=1e-18 vntol=1e-15 gmin=1e-18
.control
set numdgt=16
run
print i(vcol0)
print i(vcol1)
.endc
.end
)");
}

TEST(SpiceTest, RefusesLargeArrays) {
  const std::vector<double> g(65, 1.0), voltages(65);
  try {
    spice_netlist({65, 1, g, {}}, voltages, "too long");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a netlist of 65 x 1 cells: at most 64 x 64 can be written; take a part of the array");
  }
}

}  // namespace
}  // namespace cimera::functional
