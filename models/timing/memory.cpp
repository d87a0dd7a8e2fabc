#include "models/timing/memory.h"

#include <algorithm>

#include "models/timing/sc_duration.h"

namespace cimera::timing {

MemoryChannel::MemoryChannel(sc_core::sc_module_name name, Duration burst, std::int64_t burst_bytes)
    : sc_module(name), burst_(burst), burst_bytes_(burst_bytes) {
  socket.register_b_transport(this, &MemoryChannel::b_transport);
}

void MemoryChannel::b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
  const std::int64_t bursts = (transaction.get_data_length() + burst_bytes_ - 1) / burst_bytes_;
  const Duration start = std::max(now() + from_sc(delay), free_);
  free_ = start + burst_ * bursts;
  delay = to_sc(free_ - now());
  transaction.set_response_status(tlm::TLM_OK_RESPONSE);
}

MemoryStation::MemoryStation(sc_core::sc_module_name name, const ops::Unit& unit, const ops::Program& program,
                             FlightPort& port)
    : Station(name, unit, program, port), channel_("channel", unit.beat, unit.beat_bits / 8) {
  socket.bind(channel_.socket);
}

Duration MemoryStation::service(std::int64_t items, Duration item_time) {
  std::int64_t bytes = items * (item_time.fs() / unit().beat.fs()) * (unit().beat_bits / 8);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  tlm::tlm_generic_payload transaction;
  while (bytes > 0) {
    const auto length =
        static_cast<unsigned>(std::min<std::int64_t>(bytes, static_cast<std::int64_t>(scratch_.size())));
    transaction.set_command(tlm::TLM_READ_COMMAND);
    transaction.set_data_ptr(scratch_.data());
    transaction.set_data_length(length);
    transaction.set_streaming_width(length);
    transaction.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    socket->b_transport(transaction, delay);
    if (transaction.is_response_error())
      fail_run("the memory refused a transaction: " + transaction.get_response_string());
    bytes -= length;
  }
  return from_sc(delay);
}

}  // namespace cimera::timing
