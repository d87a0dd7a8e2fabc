// The options that compare and run share, as an Experiment.
#pragma once

#include "apps/arguments.h"
#include "study/result.h"

namespace cimera::apps {

/// Everything but the machines. Throws Error(kInput).
study::Experiment experiment_from(const Arguments& arguments);

/// Runs the experiment; prints it on standard output as `text` makes it, or as JSON with --json; writes --out. Throws
/// Error(kRun) at the end when some points have failed: then --out is not written.
void execute(const study::Experiment& experiment, const Arguments& arguments,
             std::string (*text)(const study::Report& report));

}  // namespace cimera::apps
