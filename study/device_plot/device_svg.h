// The laws of a memory cell as a figure, with cells that were drawn from them.
#pragma once

#include <string>

#include "devices/table.h"

namespace cimera::study {

/// Whether there is anything to draw: a cell with a conductance and a known error.
bool can_be_drawn(const devices::Cell& cell);

/// Error of programming against the target, and its standard deviation and that of reads, as programmed: laws, and
/// cells that are drawn from them. Where the cell has them, conductance over time, current over voltage, and the
/// spectrum of 1/f noise. Throws Error(kInput) for a cell that cannot be drawn.
std::string device_svg(const std::string& name, const devices::Cell& cell);

}  // namespace cimera::study
