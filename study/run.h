// The experiment itself: from what is asked for to the results.
#pragma once

#include "study/experiment.h"
#include "study/progress.h"
#include "study/result.h"

namespace cimera::study {

/// Loads everything, maps the network onto every machine and prices it, so that whatever is wrong is refused before
/// any work; then measures accuracy by the functional reading and latency and energy by the cost or timing reading.
/// Throws Error(kInput) for wrong input. A timing worker that dies is an error of its Result only.
Report run(const Experiment& experiment, const Progress& progress = {});

}  // namespace cimera::study
