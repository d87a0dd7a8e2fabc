// Why a unit stood still for a task: the vocabulary, and the time spent on each cause.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/duration.h"

namespace cimera::ops {

/// What an iteration of a task was waiting for, last of all, while a unit of its path could have worked for it.
enum class Wait : std::uint8_t {
  kInputs,
  kRoom,
  kPath,
  kUnit,
};
inline constexpr std::size_t kWaitCount = static_cast<std::size_t>(Wait::kUnit) + 1;

struct WaitInfo {
  Wait wait;
  std::string_view name;     ///< in files: "inputs"
  std::string_view meaning;  ///< completes "the next iteration waits for ..."
};

/// All causes in order; row i describes Wait(i).
std::span<const WaitInfo, kWaitCount> wait_table();

/// The time that one unit was kept waiting by one task, by cause.
class WaitTimes {
 public:
  Duration& operator[](Wait wait) { return for_[static_cast<std::size_t>(wait)]; }
  Duration operator[](Wait wait) const { return for_[static_cast<std::size_t>(wait)]; }
  Duration sum() const;
  WaitTimes& operator+=(const WaitTimes& other);
  /// What was added between two moments, `times` times.
  static WaitTimes repeated(const WaitTimes& earlier, const WaitTimes& later, std::int64_t times);
  friend bool operator==(const WaitTimes&, const WaitTimes&) = default;

 private:
  std::array<Duration, kWaitCount> for_;
};

}  // namespace cimera::ops
