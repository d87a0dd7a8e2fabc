// The timing reading from outside: a worker process per Program, because SystemC has one kernel per process.
#pragma once

#include <filesystem>

#include "models/ops/serialize.h"
#include "models/ops/timing_result.h"

namespace cimera::study {

/// The program that plays Programs: what the environment variable CIMERA_TIMING_WORKER names; else
/// `cimera-timing-worker` beside the running program, in the folder above it, or in ../libexec/cimera. Throws
/// Error(kRun) naming the places when there is none.
std::filesystem::path timing_worker();

/// Plays the request in a worker of its own; may be called from several threads at once. Throws Error(kRun) when the
/// worker cannot be started, dies or does not answer, with what it wrote on standard error.
ops::TimingResult time_in_worker(const ops::TimingRequest& request);

}  // namespace cimera::study
