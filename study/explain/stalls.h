// How long the unit that a layer needs most works for it, and what it waits for otherwise.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/ops/program.h"
#include "models/ops/timing_result.h"

namespace cimera::study {

/// The unit that works longest for a layer, and of the hops of its tasks there the busiest.
struct Critical {
  bool used = false;  ///< false: the layer has no task
  std::size_t task = 0, hop = 0;
  std::int64_t hops = 0;  ///< that the layer's tasks have at the unit
  Duration busy;          ///< of all of them together
};

/// By layer of the Program.
std::vector<Critical> critical_hops(const ops::Program& program, const ops::TimingResult& timing);

/// The makespan from the place of one unit and one task: it works, it waits, it is done.
struct Times {
  Duration work;
  std::optional<ops::WaitTimes> waits;  ///< unknown to the closed form, and of a unit that several tasks share
  Duration rest;                        ///< until the end of the makespan; with the waits where they are unknown
};

/// One layer, seen from its critical unit.
struct Stall {
  std::string layer, task, unit;
  Times times;
};

std::vector<Stall> stalls(const ops::Program& program, const ops::TimingResult& timing);

/// Whether there is a layer of which waits are known: not in the closed form.
bool knows_waits(const std::vector<Stall>& stalls);

/// One task at one of its units.
struct TaskRow {
  std::string task, unit;
  Times times;
};

/// The tasks of a layer, hop by hop.
std::vector<TaskRow> task_rows(const ops::Program& program, const ops::TimingResult& timing, std::size_t layer);

}  // namespace cimera::study
