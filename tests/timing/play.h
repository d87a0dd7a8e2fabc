// Plays many Programs from one test: each in a forked process, because SystemC has one kernel per process.
#pragma once

#include <string>

#include "models/ops/beats.h"
#include "models/ops/program.h"
#include "models/ops/timing_result.h"

namespace cimera::timing {

struct How {
  bool skip_periods = false;
  bool reverse_order = false;
  ops::BeatTables beats = {};
};

struct Played {
  ops::TimingResult result;
  std::string error;  ///< as error_text() gives it; "" when there is a result
};

/// Never fails itself: a process that dies is reported in `error`.
Played play(const ops::Program& program, How how = {});

}  // namespace cimera::timing
