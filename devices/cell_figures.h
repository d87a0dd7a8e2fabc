// What the time, energy and area of a machine need to know of its cells.
#pragma once

#include <optional>

#include "core/duration.h"
#include "core/quantity.h"

namespace cimera::devices {

/// Empty: nobody has published it, or the kind has no such thing.
struct CellFigures {
  std::optional<Volts> v_read;
  std::optional<Duration> t_read;      ///< one read pulse
  std::optional<Joules> read_energy;   ///< of reading one cell once, of cells without a conductance
  std::optional<Duration> t_write;     ///< one write pulse; without write-verify, programming one cell
  std::optional<Joules> write_energy;  ///< of one write pulse, an upper bound where the kind says so
  std::optional<double> area_f2;       ///< of one cell, in squares of the feature size
  std::optional<double> endurance;     ///< writes that a cell survives
  std::optional<Siemens> g_off, g_on;  ///< of level 0 and of the highest level; none for cells that hold charge
};

}  // namespace cimera::devices
