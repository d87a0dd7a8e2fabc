// What happens when an operation passes a unit: one function per kind of operation, and a place for the next.
#pragma once

#include <optional>

#include "models/ops/program.h"

namespace cimera::ops {

/// Adds to `counts` the events of hop `hop` when an iteration of `task` completes there. Summed over hops, iterations
/// and blocks these are the program operations. `drawn`: beats that an item takes there, of a hop whose beats vary;
/// none: Hop::beats. Throws Error(kRun) for an operation that its unit cannot do, and on overflow.
void add_events(const Program& program, const Task& task, std::size_t hop, std::int64_t iteration, Counts& counts,
                std::optional<std::int64_t> drawn = std::nullopt);

}  // namespace cimera::ops
