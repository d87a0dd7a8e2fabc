#include "models/timing/station.h"

#include <algorithm>

#include "models/timing/sc_duration.h"

namespace cimera::timing {
namespace {

/// Delta cycles after which every request of an instant has been made: a completion wakes a sequencer (1), which wakes
/// those that wait for its tokens or room (2), which make their requests.
constexpr int kSettle = 4;

}  // namespace

Station::Station(sc_core::sc_module_name name, const ops::Unit& unit, const ops::Program& program, FlightPort& port)
    : sc_module(name), unit_(unit), program_(program), port_(port) {
  SC_METHOD(serve);
  sensitive << wake_;
  dont_initialize();
}

void Station::serves(std::uint32_t task, bool first) {
  ++hops_;
  if (first) first_entry_ = std::min(task, first_entry_.value_or(task));
}

void Station::request(const FlightState& flight) {
  if (hops_ == 1) return grant(flight);
  const auto place = std::upper_bound(waiting_.begin(), waiting_.end(), flight);
  const bool first = place == waiting_.begin();
  waiting_.insert(place, flight);
  if (first) wake_for_first();
}

Duration Station::service(const Demand& demand) { return unit_.beat * demand.beats; }

/// An event has one pending notification, and the earlier one wins: it is always that of the first flight's start.
void Station::wake_for_first() { wake_.notify(to_sc(std::max({waiting_.front().path.arrive, free_, now()}) - now())); }

bool Station::may_be_overtaken(const FlightState& flight) const {
  return flight.path.arrive == now() && first_entry_ && *first_entry_ < flight.task;
}

void Station::serve() {
  if (may_be_overtaken(waiting_.front()) && settle_++ < kSettle) return wake_.notify(sc_core::SC_ZERO_TIME);
  settle_ = 0;
  const FlightState flight = waiting_.front();
  waiting_.pop_front();
  grant(flight);
  if (!waiting_.empty()) wake_for_first();
}

void Station::grant(FlightState flight) {
  const ops::Task& task = program_.tasks[flight.task];
  const std::int64_t beats = port_.beats(flight);
  const Demand demand{.start = std::max(flight.path.arrive, free_),
                      .beats = beats * task.items(flight.iteration),
                      .leaves = flight.hop > 0 && flight.hop + 1 == task.op.path.size()};
  const Duration needed = service(demand);
  spend(ops::UnitState::kBusy, needed);
  const Duration came = flight.path.arrive;
  free_ = flight.path.enter(free_, needed, cost::stage(program_, task.op, flight.hop, beats));
  port_.granted(flight, {.came = came,
                         .start = demand.start,
                         .release = free_,
                         .service = needed,
                         .finish = flight.path.tail - unit_.latency});
}

}  // namespace cimera::timing
