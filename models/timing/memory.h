// Host memory behind TLM-2.0: a target of bounded bandwidth, and the station that drives it.
#pragma once

#include <array>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "models/timing/station.h"

namespace cimera::timing {

/// A memory channel group as a loosely timed target: bursts of `burst_bytes` back to back, one every `burst`. Timing
/// only: data are neither stored nor touched. Transactions must arrive in order of time.
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

/// The station of a memory unit: every flight becomes reads or writes on the socket, up to 64 KiB each.
class MemoryStation : public Station {
 public:
  tlm_utils::simple_initiator_socket<MemoryStation> socket{"socket"};

  MemoryStation(sc_core::sc_module_name name, const ops::Unit& unit, const ops::Program& program, FlightPort& port);

 protected:
  Duration service(std::int64_t items, Duration item_time) override;

 private:
  MemoryChannel channel_;
  std::array<unsigned char, 65536> scratch_{};
};

}  // namespace cimera::timing
