// The experiment itself: from what is asked for to the results.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "study/accuracy.h"
#include "study/experiment.h"
#include "study/progress.h"
#include "study/result.h"

namespace cimera::study {

/// Loads everything, maps the network onto every machine and prices it, so that whatever is wrong is refused before
/// any work; then measures accuracy by the functional reading and latency and energy by the cost or timing reading.
/// Throws Error(kInput) for wrong input. A timing worker that dies is an error of its Result only.
Report run(const Experiment& experiment, const Progress& progress = {});

/// What experiments on the same network and data share, each made when it is needed first.
struct SharedWork {
  std::optional<Reference> reference;
  std::map<std::pair<int, int>, Quantized> quantized;  ///< by bits of weights and of activations
};

/// The results of an experiment that is loaded already. `shared` comes from runs on the same `inputs`, whose machines
/// may have changed since (set_machines()); it must not outlive them. Errors as above.
std::vector<Result> run(const Inputs& inputs, SharedWork& shared, const Progress& progress = {});

}  // namespace cimera::study
