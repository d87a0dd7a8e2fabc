// Between level units and conductances of a resistive cell.
#pragma once

#include "core/quantity.h"
#include "devices/cell_figures.h"

namespace cimera::devices {

/// g(level) = off + level * step with step = (g_on - g_off) / (level count - 1); levels may be any real number.
struct LevelScale {
  Siemens off, step;

  Siemens conductance(double level) const { return off + step * level; }
  double level(Siemens conductance) const { return (conductance - off) / step; }
};

/// `level_count` is at least 2. Throws Error(kInput) for a cell without conductances.
LevelScale level_scale(const CellFigures& cell, int level_count);

}  // namespace cimera::devices
