// Which tasks of a Program wait for which: the edges that make an order of reading and writing certain.
#pragma once

#include <cstdint>
#include <vector>

#include "models/ops/program.h"

namespace cimera::functional {

/// What the edges of a Program promise within one image (lag 0). An edge of another lag, or against the order of the
/// tasks, promises nothing here. That an edge exists counts, not how many tokens it asks for.
class Dependencies {
 public:
  explicit Dependencies(const ops::Program& program);

  /// Whether a chain of edges leads from task `maker` to task `reader`, so that one cannot start without the other.
  bool lead(std::uint32_t maker, std::uint32_t reader) const;

 private:
  std::vector<std::vector<std::uint32_t>> before_;  ///< by task: those at the other end of its incoming edges
};

}  // namespace cimera::functional
