// One iteration of a task on its way through the units of its path.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "models/cost/path.h"
#include "models/ops/wait.h"

namespace cimera::timing {

struct FlightState {
  std::uint32_t task = 0;
  std::int64_t iteration = 0;
  std::size_t hop = 0;  ///< the hop that it enters next
  cost::Flight path;
  Duration issued;                         ///< when its task let it go
  ops::Wait held_by = ops::Wait::kInputs;  ///< what that waited for, last of all

  /// First come, first served; ties by task, then iteration: never by the order in which modules run.
  friend bool operator<(const FlightState& a, const FlightState& b) {
    return std::tie(a.path.arrive, a.task, a.iteration) < std::tie(b.path.arrive, b.task, b.iteration);
  }
};

}  // namespace cimera::timing
