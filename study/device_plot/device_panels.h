// The diagrams that a figure of a memory cell is made of.
#pragma once

#include <vector>

#include "devices/resistive_cell.h"
#include "study/device_plot/cell_samples.h"
#include "study/explain/svg.h"

namespace cimera::study {

inline constexpr double kPanelWidth = 492, kPanelHeight = 350;

struct Place {
  double left, top;
};

/// Programmed less target over the target: law, and percentiles of cells.
void draw_errors(Svg& svg, Place at, const devices::ResistiveCell& cell, const std::vector<CellSample>& samples);
/// Standard deviation of programming and of reads over the target: laws, and what cells have.
void draw_deviations(Svg& svg, Place at, const devices::ResistiveCell& cell, const std::vector<CellSample>& samples);

bool has_time(const devices::ResistiveParams& params);
/// Conductance over time of cells of three targets.
void draw_time(Svg& svg, Place at, const devices::ResistiveCell& cell);
/// Current over voltage of cells of four conductances, beside G V.
void draw_current(Svg& svg, Place at, const devices::ResistiveCell& cell);
/// Power spectrum of reads of cells with 1/f noise, relative to its variance, beside 1/f.
void draw_spectrum(Svg& svg, Place at, const devices::ResistiveCell& cell);

}  // namespace cimera::study
