// An array of a mapped network as a netlist for ngspice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "study/experiment.h"

namespace cimera::study {

/// Which array, and how much of it.
struct SpiceChoice {
  std::string layer;       ///< of the network; "" if only one has weights
  std::int64_t array = 0;  ///< of the layer
  /// Wordlines and bitlines that are written: the last rows and the first columns, which are nearest to sense
  /// amplifiers and drivers. None: all.
  std::optional<std::int64_t> rows, columns;
};

/// The netlist (models/functional/circuit/spice.h) of the conductances that a first trial of the experiment's first
/// machine has, with its wires. Every row is driven at the read voltage of the cell (1 V where that is unknown); of
/// machines whose inputs open gates, all are open. Throws Error(kInput).
std::string spice_of(const Experiment& experiment, const SpiceChoice& choice);

}  // namespace cimera::study
