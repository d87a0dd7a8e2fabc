#include "core/duration.h"

#include <cmath>

namespace cimera {
namespace {

[[noreturn]] void out_of_range() { fail_run("simulated time left the range 0 .. 9223 s that 64 bits of fs can hold"); }

}  // namespace

Duration Duration::from(Seconds seconds) {
  constexpr double kFsPerSecond = 1e15;
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  const double fs = std::nearbyint(seconds.si() * kFsPerSecond);
  if (!(fs >= 0.0) || fs >= kLimit) {
    fail_run(std::isfinite(fs) ? "a duration of " + format(seconds) + " is outside 0 .. 9223 s"
                               : std::string("a duration is not a finite number"));
  }
  return Duration(static_cast<std::int64_t>(fs));
}

Duration operator+(Duration a, Duration b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.fs_, b.fs_, &sum)) out_of_range();
  return Duration(sum);
}

Duration operator-(Duration a, Duration b) {
  if (b.fs_ > a.fs_) out_of_range();
  return Duration(a.fs_ - b.fs_);
}

Duration operator*(Duration a, std::int64_t count) {
  std::int64_t product = 0;
  if (count < 0 || __builtin_mul_overflow(a.fs_, count, &product)) out_of_range();
  return Duration(product);
}

std::string format(Duration duration) { return format(duration.seconds()); }

}  // namespace cimera
