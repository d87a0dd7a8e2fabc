// The parts of a Program that run one after another, because whole edges lead from one to the next.
#pragma once

#include <cstddef>
#include <vector>

#include "models/ops/program.h"

namespace cimera::ops {

/// Whether some task waits for all blocks of another one; then no block of the Program is like the one before it.
bool staged(const Program& program);

/// The tasks of each stage, ascending: a whole edge leads to a later stage, an edge from a producer with one block
/// never to an earlier one, and tasks that pass on blocks one by one are in the same. A stage may be walked through
/// with all its blocks before the next one. It says nothing of time: what waits for nothing may start at once in any
/// stage. Without whole edges one stage has all tasks. Throws Error(kRun) when a task would have to follow itself.
std::vector<std::vector<std::size_t>> stages(const Program& program);

}  // namespace cimera::ops
