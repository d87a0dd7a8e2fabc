// Cells that were programmed and read, as a plot shows them.
#pragma once

#include <vector>

#include "devices/resistive_cell.h"

namespace cimera::study {

/// Conductances in uS of 4,000 cells that were asked for one target, in rising order: what a plot shows of them.
struct CellSample {
  double target = 0, mean = 0, deviation = 0;
  double p5 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;  ///< percentiles
  double read_deviation = 0;                          ///< of one read of each cell about its own conductance
};

/// One sample for each of some levels, from the lowest to the highest; always the same draws.
std::vector<CellSample> sample_cells(const devices::ResistiveCell& cell, int level_count, int every = 1);

}  // namespace cimera::study
