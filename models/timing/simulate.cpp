#include "models/timing/simulate.h"

#include <systemc>

#include "core/error.h"
#include "models/ops/stages.h"
#include "models/timing/machine.h"
#include "models/timing/periods.h"

namespace cimera::timing {
namespace {

/// Runs the simulation to its end. SystemC turns what a process throws into a report of its own.
void run() {
  try {
    sc_core::sc_start();
  } catch (const sc_core::sc_report& report) {
    fail_run(report.get_msg());
  }
}

void check_finished(Machine& machine) {
  std::string waiting;
  for (const auto& q : machine.sequencers())
    if (!q->finished())
      waiting += (waiting.empty() ? "" : ", ") + q->task().name + " (" + std::to_string(q->done()) + " of " +
                 std::to_string(q->total()) + ")";
  if (!waiting.empty()) fail_run("the program cannot finish; waiting for tokens or buffer room: " + waiting);
}

}  // namespace

ops::TimingResult simulate(const ops::TimingRequest& request, bool reverse_order) {
  ops::validate(request.program);
  sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
  Machine machine(request, reverse_order);
  // Of tasks of different stages the blocks do not come together, so none repeats an earlier one.
  const bool alike = !machine.draws().any() && !ops::staged(request.program);
  Periods periods("periods", machine, request.skip_periods && alike);
  run();
  ops::TimingResult result;
  if (machine.gave_up()) {
    result.finished = false;
    return result;
  }
  check_finished(machine);
  machine.close_waits();
  result = std::move(machine.tally());
  result.drawn = machine.draws().any();
  periods.finish(result);
  return result;
}

}  // namespace cimera::timing
