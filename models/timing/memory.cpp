#include "models/timing/memory.h"

#include <algorithm>

#include "models/timing/sc_duration.h"

namespace cimera::timing {
namespace {

constexpr std::int64_t kLongest = 65536;  ///< bytes of one transaction

}  // namespace

MemoryChannel::MemoryChannel(sc_core::sc_module_name name, Duration burst, std::int64_t burst_bytes)
    : sc_module(name), burst_(burst), burst_bytes_(burst_bytes) {
  socket.register_b_transport(this, &MemoryChannel::b_transport);
}

void MemoryChannel::b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
  if (transaction.get_byte_enable_ptr() != nullptr)
    return transaction.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  if (transaction.get_data_length() == 0 || transaction.get_streaming_width() < transaction.get_data_length())
    return transaction.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  if (transaction.get_command() != tlm::TLM_IGNORE_COMMAND) {
    const std::int64_t bursts = (transaction.get_data_length() + burst_bytes_ - 1) / burst_bytes_;
    free_ = std::max(now() + from_sc(delay), free_) + burst_ * bursts;
    delay = to_sc(free_ - now());
  }
  transaction.set_response_status(tlm::TLM_OK_RESPONSE);
}

MemoryStation::MemoryStation(sc_core::sc_module_name name, const ops::Unit& unit, const ops::Program& program,
                             FlightPort& port)
    : Station(name, unit, program, port),
      channel_("channel", unit.beat, unit.beat_bits / 8),
      scratch_(
          static_cast<std::size_t>(unit.beat_bits / 8 * std::max(kLongest / (unit.beat_bits / 8), std::int64_t{1}))) {
  socket.bind(channel_.socket);
}

Duration MemoryStation::service(const Demand& demand) {
  const sc_core::sc_time start = to_sc(demand.start - now());
  sc_core::sc_time delay = start;
  tlm::tlm_generic_payload transaction;
  transaction.set_command(demand.leaves ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  transaction.set_data_ptr(scratch_.data());
  for (std::int64_t bytes = demand.beats * (unit().beat_bits / 8); bytes > 0;) {
    const std::int64_t length = std::min(bytes, static_cast<std::int64_t>(scratch_.size()));
    transaction.set_data_length(static_cast<unsigned>(length));
    transaction.set_streaming_width(static_cast<unsigned>(length));
    transaction.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    socket->b_transport(transaction, delay);
    if (transaction.is_response_error())
      fail_run("the memory refused a transaction: " + transaction.get_response_string());
    bytes -= length;
  }
  return from_sc(delay - start);
}

}  // namespace cimera::timing
