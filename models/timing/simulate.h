// The timing reading: plays every iteration of a Program on SystemC modules that contend for their units.
#pragma once

#include "models/ops/serialize.h"
#include "models/ops/timing_result.h"

namespace cimera::timing {

/// Plays the request's program to its end. One call per process: SystemC has one kernel. Throws Error(kRun) when the
/// program cannot finish (naming the tasks that wait) or when time leaves 64 bits.
/// With `skip_periods`, once the whole state of the machine at the end of a block equals that at the end of an earlier
/// block (times taken relative to the block's end), the blocks between are repeated by arithmetic; exact, because the
/// machine is deterministic.
/// With `passages`, gives up when there would be more; the result then says that it is not finished.
/// `reverse_order` creates the modules in reverse: results must not depend on it (for tests).
ops::TimingResult simulate(const ops::TimingRequest& request, bool reverse_order = false);

}  // namespace cimera::timing
