// The vocabulary of things that are counted. One table row per event; machines price events, they never invent them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace cimera::ops {

/// What can be counted. Order is the order of reports.
enum class Event : std::uint8_t {
  kCellWrites,
  kArrayReads,
  kRowDrives,
  kRowPlanes,
  kColumnPlanes,
  kSampleHolds,
  kAdcConversions,
  kAdcDecisions,
  kShiftAdds,
  kInputRegisterBits,
  kOutputRegisterBits,
  kEdramReadBits,
  kEdramWriteBits,
  kBusBits,
  kTileShiftAdds,
  kTileRegisterBits,
  kActivations,
  kPoolOutputs,
  kRouterBits,
  kChipLinkBits,
  kHostFlops,
  kHostCacheBits,
  kMemoryReadBits,
  kMemoryWriteBits,
  kClippedConversions,
  kClippedInputs,
  kCoreClocks,
  kL2Bits,
  kL3Bits,
  kLineFillBits,
  kWriteBackBits,
};
inline constexpr std::size_t kEventCount = static_cast<std::size_t>(Event::kWriteBackBits) + 1;

/// Program operations are equal in all three readings; derived events exist only in the reading that models them.
enum class EventClass : std::uint8_t { kProgram, kDerived };

struct EventInfo {
  Event event;
  EventClass kind;
  std::string_view name;     ///< key in files and JSON: "adc_conversions"
  std::string_view meaning;  ///< one sentence, with the unit of one count
};

/// All events in order; row i describes Event(i).
std::span<const EventInfo, kEventCount> event_table();
const EventInfo& info(Event event);
/// The event called `name`; throws Error(kInput) with the nearest name.
Event event_named(std::string_view name);

/// A count per event. Integers, so sums do not depend on order.
class Counts {
 public:
  std::int64_t& operator[](Event e) { return n_[static_cast<std::size_t>(e)]; }
  std::int64_t operator[](Event e) const { return n_[static_cast<std::size_t>(e)]; }
  Counts& operator+=(const Counts& other);
  /// Adds `n` events; throws Error(kRun) on overflow.
  void add(Event e, std::int64_t n) {
    if (__builtin_add_overflow((*this)[e], n, &(*this)[e])) overflow(e);
  }
  /// Adds `times` copies of `other`; throws Error(kRun) on overflow.
  void add(const Counts& other, std::int64_t times);
  Counts operator-(const Counts& other) const;
  friend bool operator==(const Counts&, const Counts&) = default;

 private:
  [[noreturn]] static void overflow(Event e);

  std::array<std::int64_t, kEventCount> n_{};
};

/// Only the program operations of `counts`, for comparing two readings.
Counts program_operations(const Counts& counts);

}  // namespace cimera::ops
