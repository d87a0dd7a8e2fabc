#include "devices/level_scale.h"

#include "core/error.h"

namespace cimera::devices {

LevelScale level_scale(const CellFigures& cell, int level_count) {
  if (!cell.g_off || !cell.g_on)
    fail_input("this cell has no conductance: it holds charge; resistive kinds of cells (reram, pcm, ...) have one");
  return {*cell.g_off, (*cell.g_on - *cell.g_off) / static_cast<double>(level_count - 1)};
}

}  // namespace cimera::devices
