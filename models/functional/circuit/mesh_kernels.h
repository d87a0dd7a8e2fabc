// The inner loops of the elimination of nodes, chosen for the processor at run time. Products and sums are rounded
// one by one and in an order that does not depend on the processor, so results are the same bits on every target.
#pragma once

#include <cstdint>

#include "models/functional/circuit/leaf_plan.h"

namespace cimera::functional {

inline constexpr int kMeshLanes = 8;    ///< blocks that stars() handles at a time; columns of a group
inline constexpr int kTileGroups8 = 3;  ///< groups that update() handles at a time

struct MeshKernels {
  /// Executes the plan on kMeshLanes blocks; values[slot][block].
  void (*stars)(const LeafPlan& plan, double* values);
  /// Eliminates nodes first..last-1 from rows first..last-1 of a front, whose row k holds the conductances of node k to
  /// nodes k + 1..width - 1 (width: whole groups). `inverse[k]` receives 1 / sum of the row.
  void (*factor)(double* front, std::int64_t stride, int first, int last, int width, double* inverse);
  /// c[i][j] += sum over k of a[k][i] * b[k][j], for 8 rows and 1..kTileGroups8 groups of 8 columns. `b` has
  /// `b_stride` numbers from group to group; all k in order.
  void (*update)(const double* a, const double* b, std::int64_t b_stride, int depth, int groups, double* c,
                 std::int64_t stride);
};

MeshKernels mesh_kernels();

}  // namespace cimera::functional
