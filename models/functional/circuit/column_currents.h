// Column currents of a crossbar array for given inputs, where one matrix cannot give them: cells that the input
// connects, and cells whose current is not proportional to their voltage.
#pragma once

#include <cstdint>
#include <span>

#include "models/functional/circuit/network.h"

namespace cimera::functional {

struct CurrentOptions {
  /// Relative residual at which a solution is taken, 1e-14 or more (LineSolver::solve). The error of a current is of
  /// the same size, up to a hundred times larger where wires take most of the voltage.
  double tolerance = 1e-12;
  /// [inputs][rows]: 0 where the cells of a row are disconnected from it, as by the access transistors of 1T1R cells.
  /// Empty: all are connected.
  std::span<const std::uint8_t> connected = {};
};

/// currents[inputs][columns], ampere, out of the columns into their sense amplifiers, for voltages[inputs][rows], volt.
/// Conjugate gradients, on all threads, an input on each; the bits do not depend on their number. Inputs to one linear
/// array are cheaper through effective_matrix() as soon as they are many. Throws Error(kInput) when check() does,
/// Error(kRun) when the tolerance is not reached.
void column_currents(const CrossbarNetwork& network, std::span<const double> voltages, std::span<double> currents,
                     const CurrentOptions& options = {});

/// Cells that carry I(V) = conductance V + square V^2 + cube V^3, V the voltage of the row node over the column node.
/// Such laws are measured for V > 0; a cell that gets a negative voltage carries I(V) = -I(-V) (our choice).
struct CubicCells {
  std::span<const double> square, cube;  ///< [rows][columns], A/V^2 and A/V^3
};

/// As above, by Newton's method. The cells of the solution carry their I(V) but for `tolerance` (of the sum of all
/// magnitudes). dI/dV must not be negative at the solution, else it need not be the only one: Error(kRun).
void column_currents(const CrossbarNetwork& network, const CubicCells& cells, std::span<const double> voltages,
                     std::span<double> currents, const CurrentOptions& options = {});

}  // namespace cimera::functional
