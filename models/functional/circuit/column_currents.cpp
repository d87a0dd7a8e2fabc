#include "models/functional/circuit/column_currents.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/parallel.h"
#include "models/functional/circuit/line_solver.h"

namespace cimera::functional {
namespace {

void check_sizes(const CrossbarNetwork& network, std::span<const double> voltages, std::span<double> currents,
                 const CurrentOptions& options) {
  check(network);
  const std::size_t inputs = voltages.size() / network.rows;
  if (voltages.size() % network.rows != 0 || currents.size() != inputs * network.columns ||
      (!options.connected.empty() && options.connected.size() != voltages.size()))
    fail_run(
        fmt::format("column_currents: {} voltages, {} marks of connected rows and room for {} currents do not fit "
                    "an array of {} x {} cells",
                    voltages.size(), options.connected.size(), currents.size(), network.rows, network.columns));
  if (!(options.tolerance >= 1e-14))
    fail_input(fmt::format("tolerance = {}: expected 1e-14 or more; rounding allows no less", options.tolerance));
}

/// One input to one array: conductances and applied voltages, cell by cell.
struct Applied {
  std::vector<double> conductance, voltage;

  Applied(const CrossbarNetwork& network, const double* voltages, const std::uint8_t* connected)
      : conductance(network.conductance.begin(), network.conductance.end()), voltage(conductance.size()) {
    for (int r = 0; r < network.rows; ++r) {
      const std::size_t at = static_cast<std::size_t>(r) * network.columns;
      std::fill_n(voltage.begin() + at, network.columns, voltages[r]);
      if (connected && !connected[r]) std::fill_n(conductance.begin() + at, network.columns, 0.0);
    }
  }
};

void sum_columns(std::span<const double> cells, std::span<double> currents) {
  std::ranges::fill(currents, 0.0);
  for (std::size_t i = 0; i < cells.size(); ++i) currents[i % currents.size()] += cells[i];
}

/// Currents of all cells, when each carries G V.
std::vector<double> solve_linear(LineSolver& solver, const Applied& applied, double tolerance) {
  const std::vector<double>&g = applied.conductance, &v = applied.voltage;
  std::vector<double> cells(g.size()), extra(g.size());
  for (std::size_t i = 0; i < g.size(); ++i) cells[i] = g[i] * v[i];
  solver.set_cells(g);
  solver.solve(cells, extra, tolerance);
  for (std::size_t i = 0; i < g.size(); ++i) cells[i] = g[i] * (v[i] + extra[i]);
  return cells;
}

/// The law of one cell.
struct Cubic {
  double g, square, cube;

  double current(double volts) const { return volts * (g + std::abs(volts) * (square + std::abs(volts) * cube)); }
  double slope(double volts) const { return g + std::abs(volts) * (2 * square + std::abs(volts) * 3 * cube); }
};

/// Currents of all cells, by Newton's method: the linear cells that touch the laws at the voltages so far give the next
/// voltages. A step that makes things worse is halved.
std::vector<double> solve_cubic(LineSolver& solver, const std::vector<Cubic>& laws, const Applied& applied,
                                double tolerance) {
  constexpr int kSteps = 100;
  const std::size_t n = laws.size();
  std::vector<double> at = applied.voltage, cells(n), slope(n), source(n), extra(n);
  double smallest = INFINITY, reach = 1.0;
  for (int step = 0;; ++step) {
    for (std::size_t i = 0; i < n; ++i) {
      cells[i] = laws[i].current(at[i]);
      slope[i] = std::max(laws[i].slope(at[i]), 0.0);
      source[i] = cells[i] - slope[i] * (at[i] - applied.voltage[i]);
    }
    solver.set_cells(slope);
    solver.solve(source, extra, tolerance);
    double missing = 0.0, all = 0.0, steepest_fall = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      const double volts = applied.voltage[i] + extra[i], linear = cells[i] + slope[i] * (volts - at[i]);
      cells[i] = laws[i].current(volts);
      steepest_fall = std::min(steepest_fall, laws[i].slope(volts));
      missing += std::abs(cells[i] - linear), all += std::abs(cells[i]);
    }
    if (missing <= tolerance * all) {
      if (steepest_fall == 0) return cells;
      fail_run(
          "currents of a crossbar: the current of a cell falls with its voltage at the solution, so that there may "
          "be others; use a lower read voltage");
    }
    if (step == kSteps || !std::isfinite(missing))
      fail_run(
          fmt::format("currents of a crossbar with nonlinear cells: after {} steps of Newton's method cells carry "
                      "other currents than they should, by {:.3g} of all; asked for {:.3g}",
                      step, missing / all, tolerance));
    reach = missing < smallest ? std::min(1.0, 2 * reach) : reach / 2;
    smallest = std::min(smallest, missing);
    for (std::size_t i = 0; i < n; ++i) at[i] += reach * (applied.voltage[i] + extra[i] - at[i]);
  }
}

/// solve(solver, applied, marks of the connected rows or null) gives the currents of all cells for one input.
template <class Solve>
void for_each_input(const CrossbarNetwork& network, std::span<const double> voltages, std::span<double> currents,
                    const CurrentOptions& options, const Solve& solve) {
  const std::int64_t inputs = static_cast<std::int64_t>(voltages.size()) / network.rows;
  parallel_for(inputs, 1, [&](std::int64_t input, std::int64_t) {
    const std::uint8_t* connected = options.connected.empty() ? nullptr : &options.connected[input * network.rows];
    LineSolver solver(network.rows, network.columns, network.wires);
    const Applied applied(network, &voltages[input * network.rows], connected);
    sum_columns(solve(solver, applied, connected), currents.subspan(input * network.columns, network.columns));
  });
}

}  // namespace

void column_currents(const CrossbarNetwork& network, std::span<const double> voltages, std::span<double> currents,
                     const CurrentOptions& options) {
  check_sizes(network, voltages, currents, options);
  for_each_input(network, voltages, currents, options,
                 [&](LineSolver& solver, const Applied& applied, const std::uint8_t*) {
                   return solve_linear(solver, applied, options.tolerance);
                 });
}

void column_currents(const CrossbarNetwork& network, const CubicCells& cubic, std::span<const double> voltages,
                     std::span<double> currents, const CurrentOptions& options) {
  check_sizes(network, voltages, currents, options);
  const std::size_t cells = network.conductance.size();
  if (cubic.square.size() != cells || cubic.cube.size() != cells)
    fail_run(fmt::format("column_currents: {} square and {} cube terms for an array of {} x {} cells",
                         cubic.square.size(), cubic.cube.size(), network.rows, network.columns));
  for_each_input(network, voltages, currents, options,
                 [&](LineSolver& solver, const Applied& applied, const std::uint8_t* connected) {
                   std::vector<Cubic> laws(cells, Cubic{});
                   for (std::size_t i = 0; i < cells; ++i)
                     if (!connected || connected[i / network.columns])
                       laws[i] = {network.conductance[i], cubic.square[i], cubic.cube[i]};
                   return solve_cubic(solver, laws, applied, options.tolerance);
                 });
}

}  // namespace cimera::functional
