// Weights that are written anew for every batch: what that takes, and how long the cells last.
#pragma once

#include <optional>

#include "mapping/map.h"
#include "study/machines.h"
#include "study/result.h"

namespace cimera::study {

/// None where the weights stay where they are. `latency`: of a batch, as long as which the next one waits.
std::optional<Reprogramming> reprogramming(const Machine& machine, const mapping::Mapped& mapped, Duration latency);

}  // namespace cimera::study
