#include "models/ops/wait.h"

namespace cimera::ops {
namespace {

constexpr std::array<WaitInfo, kWaitCount> kTable{{
    {Wait::kInputs, "inputs", "what other tasks have not made yet"},
    {Wait::kRoom, "room", "room in a buffer behind it, which others have not freed yet"},
    {Wait::kPath, "path", "earlier units of its own path, or its own iterations before it"},
    {Wait::kUnit, "unit", "the unit, which serves another task"},
}};

}  // namespace

std::span<const WaitInfo, kWaitCount> wait_table() { return kTable; }

Duration WaitTimes::sum() const {
  Duration sum;
  for (const Duration time : for_) sum += time;
  return sum;
}

WaitTimes& WaitTimes::operator+=(const WaitTimes& other) {
  for (std::size_t i = 0; i < kWaitCount; ++i) for_[i] += other.for_[i];
  return *this;
}

WaitTimes WaitTimes::repeated(const WaitTimes& earlier, const WaitTimes& later, std::int64_t times) {
  WaitTimes result;
  for (std::size_t i = 0; i < kWaitCount; ++i) result.for_[i] = (later.for_[i] - earlier.for_[i]) * times;
  return result;
}

}  // namespace cimera::ops
