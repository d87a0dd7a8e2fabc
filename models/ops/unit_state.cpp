#include "models/ops/unit_state.h"

namespace cimera::ops {
namespace {

constexpr std::array<UnitStateInfo, kUnitStateCount> kTable{{
    {UnitState::kBusy, "busy", "serves an operation"},
    {UnitState::kIdle, "idle", "has nothing to serve, or waits for what it serves"},
}};

}  // namespace

std::span<const UnitStateInfo, kUnitStateCount> unit_state_table() { return kTable; }

const UnitStateInfo& info(UnitState state) { return kTable[static_cast<std::size_t>(state)]; }

Duration StateTimes::sum() const {
  Duration sum;
  for (const Duration time : in_) sum += time;
  return sum;
}

StateTimes& StateTimes::operator+=(const StateTimes& other) {
  for (std::size_t i = 0; i < kUnitStateCount; ++i) in_[i] += other.in_[i];
  return *this;
}

StateTimes StateTimes::operator-(const StateTimes& other) const {
  StateTimes result = *this;
  for (std::size_t i = 0; i < kUnitStateCount; ++i) result.in_[i] -= other.in_[i];
  return result;
}

StateTimes StateTimes::operator*(std::int64_t times) const {
  StateTimes result = *this;
  for (Duration& time : result.in_) time = time * times;
  return result;
}

void StateTimes::fill(Duration makespan) { (*this)[UnitState::kIdle] += makespan - sum(); }

}  // namespace cimera::ops
