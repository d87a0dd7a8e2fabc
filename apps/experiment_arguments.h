// The options that compare and run share, as an Experiment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "apps/arguments.h"
#include "study/result.h"

namespace cimera::apps {

/// --network, --layer, --phase and --context. Throws Error(kInput).
study::NetworkChoice network_from(const Arguments& arguments);
/// --bits W,A; none where it is not given. Throws Error(kInput).
std::optional<std::pair<int, int>> bits_from(const Arguments& arguments);
/// Everything but the machines. Throws Error(kInput).
study::Experiment experiment_from(const Arguments& arguments);

/// Threads that parallel work may use from now on: --threads. Throws Error(kInput).
void set_threads_from(const Arguments& arguments);

/// Runs the experiment on as many threads as --threads says, with its progress on a terminal.
study::Report run_experiment(const study::Experiment& experiment, const Arguments& arguments);

/// Runs the experiment; prints it on standard output as `text` makes it, or as JSON with --json; writes --out. Throws
/// Error(kRun) at the end when some points have failed: then --out is not written, and `also` is not called.
void execute(const study::Experiment& experiment, const Arguments& arguments,
             std::string (*text)(const study::Report& report),
             const std::function<void(const study::Report&)>& also = {});

}  // namespace cimera::apps
