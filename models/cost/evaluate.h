// The closed-form reading: when each task of a Program can end at the earliest, and what it does.
#pragma once

#include "models/ops/beats.h"
#include "models/ops/program.h"
#include "models/ops/timing_result.h"

namespace cimera::cost {

/// Time from an operation's first item entering its first unit to its last item leaving the last one, nothing else in
/// the way. Without cut-through that is the sum over hops of (item time + latency) + (items - 1) x the longest item
/// time.
Duration latency(const ops::Program& program, const ops::Op& op, std::int64_t items);

/// Every task's start and end from the token recurrence (longest path) with unbounded buffers, each task meeting only
/// its own earlier iterations in its units; and the makespan as the larger of that path and the busiest unit's total.
/// Equal to the timing reading where no unit serves two tasks and no buffer is bounded; a lower bound elsewhere,
/// because every start time in the timing reading is the maximum over the same terms and more.
/// With `skip_periods`, blocks that repeat earlier ones exactly are found by arithmetic (repeats.h): the same result.
/// `beats`: of variable hops, see BeatDraws; where iterations differ nothing is skipped.
ops::TimingResult evaluate(const ops::Program& program, bool skip_periods = true, const ops::BeatTables& beats = {});

}  // namespace cimera::cost
