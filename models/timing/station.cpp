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

void Station::request(const FlightState& flight) {
  const auto place = waiting_.insert(flight).first;
  if (place == waiting_.begin()) wake_.notify(sc_core::SC_ZERO_TIME);
}

Duration Station::service(std::int64_t items, Duration item_time) { return item_time * items; }

void Station::serve() {
  if (waiting_.empty()) return;
  const Duration start = std::max(waiting_.begin()->path.arrive, free_);
  if (start > now()) {
    settle_ = 0;
    next_trigger(to_sc(start - now()), wake_);
  } else if (settle_ < kSettle) {
    ++settle_;
    next_trigger(sc_core::SC_ZERO_TIME);
  } else {
    settle_ = 0;
    grant();
    if (!waiting_.empty()) next_trigger(to_sc(std::max(waiting_.begin()->path.arrive, free_) - now()), wake_);
  }
}

void Station::grant() {
  FlightState flight = *waiting_.begin();
  waiting_.erase(waiting_.begin());
  const ops::Task& task = program_.tasks[flight.task];
  const cost::Stage stage = cost::stage(program_, task.op.path[flight.hop]);
  const Duration needed = service(task.items(flight.iteration), stage.item);
  free_ = flight.path.enter(free_, needed, stage);
  port_.granted(flight, needed);
}

}  // namespace cimera::timing
