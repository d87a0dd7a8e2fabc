// A unit of hardware as a SystemC module: serves one flight at a time, first come first served.
#pragma once

#include <deque>
#include <optional>

#include <systemc>

#include "models/ops/program.h"
#include "models/ops/unit_state.h"
#include "models/timing/flight.h"

namespace cimera::timing {

/// When a flight passes a unit.
struct Passage {
  Duration came, start, release;
  Duration service;  ///< of the time from start to release
  Duration finish;   ///< when its last part had passed; after `release` where the unit serves others meanwhile
};

/// Where stations and sequencers hand flights on. Calls never wait.
struct FlightPort : sc_core::sc_interface {
  /// Beats of an item of `flight` at its hop.
  virtual std::int64_t beats(const FlightState& flight) const = 0;
  /// `flight` came to hop `flight.hop` at `came`, enters it at `start`, now or later, and keeps its unit at work for
  /// `service` of the time until `release`; its times are those after the hop.
  virtual void granted(const FlightState& flight, const Passage& passage) = 0;
};

/// What a flight asks of a unit.
struct Demand {
  Duration start;          ///< of the service, now or later
  std::int64_t beats = 0;  ///< for all items
  bool leaves = false;     ///< the flight ends its path here: a memory is written, not read
};

/// Serves flights in order of arrival. Requests may be made ahead of their arrival time.
/// A unit that one hop of one task has for itself is granted at once: flights come in order, so nothing can come before
/// the one that asks. A shared unit is granted when the service starts; and where a sequencer of a task with precedence
/// could still ask in this instant, only after all of them have run (kSettle delta cycles), so that results do not
/// depend on the order of processes. Requests from other stations lie ahead of the instant in which they are made.
class Station : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Station);
  Station(sc_core::sc_module_name name, const ops::Unit& unit, const ops::Program& program, FlightPort& port);

  /// Declares that a hop of `task` runs here, before the first request; `first`: flights enter their path here.
  void serves(std::uint32_t task, bool first);
  /// `flight.path.arrive` must not lie in the past.
  void request(const FlightState& flight);

  Duration free() const { return free_; }
  /// How long the unit was, or will be, in each state by what has been granted; what is left of a run it was idle.
  const ops::StateTimes& times() const { return times_; }
  /// In the order of service.
  const std::deque<FlightState>& waiting() const { return waiting_; }

 protected:
  /// Time that the unit needs for the demand.
  virtual Duration service(const Demand& demand);
  const ops::Unit& unit() const { return unit_; }
  void spend(ops::UnitState state, Duration time) { times_[state] += time; }

 private:
  void serve();
  void grant(FlightState flight);
  void wake_for_first();
  bool may_be_overtaken(const FlightState& flight) const;

  const ops::Unit& unit_;
  const ops::Program& program_;
  FlightPort& port_;
  std::deque<FlightState> waiting_;
  Duration free_;
  ops::StateTimes times_;
  int hops_ = 0;                              ///< hops of tasks that run here
  std::optional<std::uint32_t> first_entry_;  ///< the task with the greatest precedence that enters its path here
  int settle_ = 0;
  sc_core::sc_event wake_;
};

}  // namespace cimera::timing
