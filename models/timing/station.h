// A unit of hardware as a SystemC module: serves one flight at a time, first come first served.
#pragma once

#include <functional>
#include <set>

#include <systemc>

#include "models/ops/program.h"
#include "models/timing/flight.h"

namespace cimera::timing {

/// Where stations and sequencers hand flights on. Calls never wait.
struct FlightPort : sc_core::sc_interface {
  /// `flight` has entered hop `flight.hop` and was granted its unit until `release`; its times are those after the hop.
  virtual void granted(const FlightState& flight, Duration service) = 0;
};

/// Serves flights in order of arrival. Requests may be made ahead of their arrival time. A grant is decided only after
/// all processes of the same instant have made theirs (kSettle delta cycles), so results do not depend on process
/// order.
class Station : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Station);
  Station(sc_core::sc_module_name name, const ops::Unit& unit, const ops::Program& program, FlightPort& port);

  /// `flight.path.arrive` must not lie in the past.
  void request(const FlightState& flight);

  Duration free() const { return free_; }
  const std::set<FlightState>& waiting() const { return waiting_; }

 protected:
  /// Time that the unit needs for all items of a flight that starts now.
  virtual Duration service(std::int64_t items, Duration item_time);
  const ops::Unit& unit() const { return unit_; }

 private:
  void serve();
  void grant();

  const ops::Unit& unit_;
  const ops::Program& program_;
  FlightPort& port_;
  std::set<FlightState> waiting_;
  Duration free_;
  int settle_ = 0;
  sc_core::sc_event wake_;
};

}  // namespace cimera::timing
