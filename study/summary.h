// From a reading of a mapped network to the figures of a Result.
#pragma once

#include "mapping/map.h"
#include "study/reading.h"
#include "study/result.h"
#include "workloads/network.h"

namespace cimera::study {

/// Fills in everything but accuracy, weight load and the comparison with the baseline. `stats`: of the functional
/// reading of the same mapping, or null without data.
Result summarise(const workloads::Network& network, const Machine& machine, const mapping::Mapped& mapped,
                 std::int64_t batch, const Reading& reading, const ops::OpStats* stats);

/// None where no hop of the Program varies. `images`: how many `beats` are of.
std::optional<InputSteps> input_steps(const ops::Program& program, const ops::BeatTables& beats, std::int64_t images);

/// What loading the weights takes.
WeightLoad summarise_load(const Machine& machine, const mapping::Mapped& mapped, const Reading& reading);

/// Compares every result with that of `baseline` at the same batch size.
void compare_with(const std::string& baseline, std::vector<Result>& results);

}  // namespace cimera::study
