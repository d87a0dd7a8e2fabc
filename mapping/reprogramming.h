// Weights written anew while a network runs: one load after another in the same arrays.
#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "mapping/builder.h"
#include "mapping/weight_loading.h"

namespace cimera::mapping {

/// Adds the tasks of loads to a Program, and the edges that keep them apart in each tile: new weights come when all
/// that works there with the old ones has done the whole batch; products wait for their cells; values come into the
/// tile's buffer when the new weights are in its cells.
class Reprogramming {
 public:
  Reprogramming(WeightLoading& loading, ProgramBuilder& run) : loading_(loading), run_(run) {}

  /// Before the layers of a load are lowered: its weights.
  void begin(const std::vector<Part>& parts);
  /// Behind them: the edges from its weights.
  void end();

 private:
  void wait_for_cells(ops::TaskId task, const ops::Mvm& work);
  void wait_for_tile(ops::TaskId task, ops::Place tile);

  WeightLoading& loading_;
  ProgramBuilder& run_;
  std::size_t first_ = 0;                                                  ///< task of this load behind its weights
  std::map<std::pair<ops::Place, ops::LayerIndex>, ops::TaskId> written_;  ///< tasks of this load that write cells
  std::map<ops::Place, ops::TaskId> rewritten_;             ///< one of them, where an earlier load was in the tile
  std::map<ops::Place, std::vector<ops::TaskId>> workers_;  ///< tasks of the latest load that work in a tile
};

}  // namespace cimera::mapping
