// The timing worker: a process that reads one request, plays it, and writes the answer.
#pragma once

namespace cimera::timing {

/// Reads a TimingRequest from standard input, writes a TimingResult to standard output. Returns 0; or 1 with the
/// message of what went wrong on standard error.
int run_worker();

}  // namespace cimera::timing
