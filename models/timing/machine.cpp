#include "models/timing/machine.h"

#include <limits>

#include "models/ops/op_events.h"
#include "models/timing/table.h"

namespace cimera::timing {
namespace {

/// Calls make(i) for all i < n, backwards if asked.
template <class F>
void each(std::size_t n, bool reverse, F make) {
  for (std::size_t k = 0; k < n; ++k) make(reverse ? n - 1 - k : k);
}

}  // namespace

Machine::Machine(const ops::TimingRequest& request, bool reverse_order)
    : program_(request.program),
      draws_(request.program, request.beats),
      stations_(program_.units.size()),
      sequencers_(program_.tasks.size()),
      passages_left_(request.passages == 0 ? std::numeric_limits<std::int64_t>::max() : request.passages) {
  const ops::Program& program = program_;
  each(program.units.size(), reverse_order,
       [&](std::size_t u) { stations_[u] = make_station(program.units[u], program, *this); });
  each(program.tasks.size(), reverse_order, [&](std::size_t t) {
    const ops::Task& task = program.tasks[t];
    sequencers_[t] = std::make_unique<Sequencer>(sc_core::sc_gen_unique_name("task"), static_cast<std::uint32_t>(t),
                                                 task, *stations_[task.op.path.front().unit.value()]);
  });
  for (std::size_t t = 0; t < program.tasks.size(); ++t)
    for (std::size_t hop = 0; hop < program.tasks[t].op.path.size(); ++hop)
      stations_[program.tasks[t].op.path[hop].unit.value()]->serves(static_cast<std::uint32_t>(t), hop == 0);
  each(program.edges.size(), reverse_order, [&](std::size_t e) {
    const ops::Edge& edge = program.edges[e];
    sequencers_[edge.to.value()]->add_input(edge, *sequencers_[edge.from.value()]);
  });

  tally_.layer_counts.resize(program.layer_names.size());
  tally_.task_start.resize(program.tasks.size());
  for (const ops::Task& task : program.tasks) {
    tally_.task_busy.emplace_back(task.op.path.size());
    tally_.task_waits.emplace_back(task.op.path.size());
    released_.emplace_back(task.op.path.size());
  }
  finished_ = released_;
}

std::vector<ops::StateTimes> Machine::unit_times() const {
  std::vector<ops::StateTimes> times;
  for (const auto& station : stations_) times.push_back(station->times());
  return times;
}

/// From when the unit had done the iteration before: first this one was held back, then it was on its way, then others
/// had the unit. Where it keeps the unit longer than it gives it work, its items are on their way.
void Machine::account_waits(const FlightState& flight, const Passage& passage) {
  ops::WaitTimes& waits = tally_.task_waits[flight.task][flight.hop];
  Duration& at = released_[flight.task][flight.hop];
  const auto until = [&](Duration end, ops::Wait cause) {
    if (end <= at) return;
    waits[cause] += end - at;
    at = end;
  };
  until(flight.issued, flight.held_by);
  until(passage.came, ops::Wait::kPath);
  until(passage.start, ops::Wait::kUnit);
  waits[ops::Wait::kPath] += passage.release - passage.start - passage.service;
  at = passage.release;
  finished_[flight.task][flight.hop] = passage.finish;
}

void Machine::close_waits() {
  for (std::size_t task = 0; task < released_.size(); ++task)
    for (std::size_t hop = 0; hop < released_[task].size(); ++hop)
      tally_.task_waits[task][hop][ops::Wait::kPath] += finished_[task][hop] - released_[task][hop];
}

void Machine::granted(const FlightState& flight, const Passage& passage) {
  if (passages_left_-- <= 0) {
    if (!gave_up_) sc_core::sc_pause();
    gave_up_ = true;
    return;
  }
  const ops::Task& task = program_.tasks[flight.task];
  add_events(program_, task, flight.hop, flight.iteration, tally_.layer_counts[task.layer.value()],
             task.op.path[flight.hop].varies ? std::optional(beats(flight)) : std::nullopt);
  tally_.task_busy[flight.task][flight.hop] += passage.service;
  account_waits(flight, passage);
  if (flight.hop == 0 && flight.iteration == 0) tally_.task_start[flight.task] = passage.start;
  if (flight.hop + 1 == task.op.path.size()) {
    sequencers_[flight.task]->completes(flight.path.tail);
    return;
  }
  FlightState next = flight;
  ++next.hop;
  stations_[task.op.path[next.hop].unit.value()]->request(next);
}

}  // namespace cimera::timing
