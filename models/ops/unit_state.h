// The vocabulary of states in which a unit of hardware spends its time. One table row per state; modules say how long
// their unit was in which, and machines price power by state.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/duration.h"

namespace cimera::ops {

/// At each instant of a run a unit is in one of these.
enum class UnitState : std::uint8_t {
  kBusy,
  kIdle,
};
inline constexpr std::size_t kUnitStateCount = static_cast<std::size_t>(UnitState::kIdle) + 1;

struct UnitStateInfo {
  UnitState state;
  std::string_view name;     ///< in files: "busy"
  std::string_view meaning;  ///< completes "while a unit ..."
};

/// All states in order; row i describes UnitState(i).
std::span<const UnitStateInfo, kUnitStateCount> unit_state_table();
const UnitStateInfo& info(UnitState state);

/// The time that one unit spent in each state.
class StateTimes {
 public:
  Duration& operator[](UnitState state) { return in_[static_cast<std::size_t>(state)]; }
  Duration operator[](UnitState state) const { return in_[static_cast<std::size_t>(state)]; }
  Duration sum() const;
  StateTimes& operator+=(const StateTimes& other);
  StateTimes operator-(const StateTimes& other) const;
  StateTimes operator*(std::int64_t times) const;
  /// What modules did not account for was idle: makes the states sum to `makespan`. Throws Error(kRun) when they are
  /// longer already.
  void fill(Duration makespan);
  friend bool operator==(const StateTimes&, const StateTimes&) = default;

 private:
  std::array<Duration, kUnitStateCount> in_;
};

}  // namespace cimera::ops
