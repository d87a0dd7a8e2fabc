// What programming a line of cells took, and what that costs.
#pragma once

#include <cstdint>
#include <optional>

#include "core/quantity.h"
#include "devices/cell_figures.h"

namespace cimera::devices {

/// Counts add up: those of several lines are the sum, `longest` the largest.
struct Programming {
  std::int64_t pulses = 0;   ///< write pulses of all cells
  std::int64_t reads = 0;    ///< reads of one cell that verify; 0 where nothing is verified
  std::int64_t longest = 0;  ///< pulses of the cell that took most: rounds of a line whose cells are written together
  std::int64_t failed = 0;   ///< cells that were outside the tolerance after the last pulse

  Programming& operator+=(const Programming& other) {
    pulses += other.pulses, reads += other.reads, failed += other.failed;
    if (other.longest > longest) longest = other.longest;
    return *this;
  }
};

/// Energy of `took`: write pulses, and reads to verify (v_read^2 * g_on * t_read each, an upper bound, or the cell's
/// own energy of a read). Empty where a figure that this needs is unknown.
std::optional<Joules> energy(const Programming& took, const CellFigures& cell);

/// Time of `took` when the cells of a line are written one after the other. Empty where a figure is unknown.
std::optional<Seconds> serial_time(const Programming& took, const CellFigures& cell);

/// Time of one line, whose cells are written and verified together, round by round. Empty where a figure is unknown.
std::optional<Seconds> parallel_time(const Programming& took, const CellFigures& cell);

}  // namespace cimera::devices
