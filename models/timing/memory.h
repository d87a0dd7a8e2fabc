// Host memory behind TLM-2.0: a target of bounded bandwidth, and the station that drives it.
#pragma once

#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "models/timing/station.h"

namespace cimera::timing {

/// A memory channel group, or a level of cache, as a loosely timed target: bursts of `burst_bytes` back to back, one
/// every `burst`; a part of a burst takes the time of a whole one. Timing only: data are neither stored nor touched.
/// Transactions must come in order of time (now + delay); byte enables and streaming bursts are refused.
class MemoryChannel : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<MemoryChannel> socket{"socket"};

  MemoryChannel(sc_core::sc_module_name name, Duration burst, std::int64_t burst_bytes);

 private:
  void b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);

  const Duration burst_;
  const std::int64_t burst_bytes_;
  Duration free_;
};

/// The station of a memory unit: every flight becomes reads (at the start of its path) or writes on the socket, of
/// whole bursts, up to 64 KiB each where a burst is not longer.
class MemoryStation : public Station {
 public:
  tlm_utils::simple_initiator_socket<MemoryStation> socket{"socket"};

  MemoryStation(sc_core::sc_module_name name, const ops::Unit& unit, const ops::Program& program, FlightPort& port);

 protected:
  Duration service(const Demand& demand) override;

 private:
  MemoryChannel channel_;
  std::vector<unsigned char> scratch_;  ///< data of the longest transaction
};

}  // namespace cimera::timing
