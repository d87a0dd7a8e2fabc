// What the cost and the timing reading answer about a Program: when it ends, what happened, how long each unit was in
// which state.
#pragma once

#include <cstdint>
#include <vector>

#include "core/duration.h"
#include "models/ops/event.h"
#include "models/ops/unit_state.h"
#include "models/ops/wait.h"

namespace cimera::ops {

struct TimingResult {
  bool finished = true;              ///< false where a reading gave up (TimingRequest::passages): nothing below is set
  Duration makespan;                 ///< end of the last iteration of the last task
  std::vector<Duration> task_start;  ///< by TaskId: when its first iteration entered its first unit
  std::vector<Duration> task_end;    ///< by TaskId: when its last iteration was done
  std::vector<Duration> block_end;   ///< by block: when the last task had done its last iteration of that block
  std::vector<std::vector<Duration>> task_busy;  ///< by TaskId and hop: time that the unit spent serving beats for it
  /// By TaskId and hop: time that the unit did not work for the task from 0 to the task's end there, by what the task
  /// waited for; with task_busy and the rest until the end it sums to the makespan. Empty where the closed form
  /// answers.
  std::vector<std::vector<WaitTimes>> task_waits;
  std::vector<StateTimes> unit_times;  ///< by UnitId: its states sum to the makespan
  std::vector<Counts> layer_counts;    ///< by LayerIndex
  bool drawn = false;                  ///< iterations differ, by beats drawn from data: none was skipped
  std::int64_t skipped_blocks = 0;     ///< blocks that were jumped over as exact repetitions
};

}  // namespace cimera::ops
