// Integer time: femtoseconds in 64 bits, the one type for simulated time everywhere.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "core/quantity.h"

namespace cimera {

/// A span of simulated time, in whole femtoseconds; never negative. Arithmetic that would leave 0 .. 2^63-1 fs
/// (2.56 hours) throws Error(kRun): simulated time never wraps.
class Duration {
 public:
  constexpr Duration() = default;
  /// `count` must not be negative.
  static constexpr Duration fs(std::int64_t count) { return Duration(count); }
  /// Rounds to the nearest femtosecond; throws when negative, not finite or too large.
  static Duration from(Seconds seconds);

  constexpr std::int64_t fs() const { return fs_; }
  constexpr Seconds seconds() const { return Seconds::si(static_cast<double>(fs_) / 1e15); }

  friend Duration operator+(Duration a, Duration b);
  friend Duration operator-(Duration a, Duration b);
  friend Duration operator*(Duration a, std::int64_t count);
  friend Duration operator*(std::int64_t count, Duration a) { return a * count; }
  Duration& operator+=(Duration other) { return *this = *this + other; }
  Duration& operator-=(Duration other) { return *this = *this - other; }
  friend constexpr auto operator<=>(Duration, Duration) = default;

 private:
  constexpr explicit Duration(std::int64_t fs) : fs_(fs) {}
  std::int64_t fs_ = 0;
};

std::string format(Duration duration);  ///< "1.6 us"

}  // namespace cimera
