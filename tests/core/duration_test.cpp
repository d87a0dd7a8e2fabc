#include "core/duration.h"

#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "tests/core/error_text.h"

namespace cimera {
namespace {

using namespace literals;

constexpr Duration kLongest = Duration::fs(std::numeric_limits<std::int64_t>::max());
const std::string kLeft = "[run] simulated time left the range 0 .. 9223 s that 64 bits of fs can hold";

static_assert(Duration{}.fs() == 0);
static_assert(Duration::fs(5) < Duration::fs(6) && Duration::fs(5) == Duration::fs(5));
template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
static_assert(Addable<Duration, Duration> && !Addable<Duration, Seconds> && !Addable<Duration, std::int64_t>);

TEST(Duration, RoundsToTheNearestFemtosecond) {
  EXPECT_EQ(Duration::from(1_ns).fs(), 1'000'000);
  EXPECT_EQ(Duration::from(100_ns).fs(), 100'000'000);
  EXPECT_EQ(Duration::from(1.6_us).fs(), 1'600'000'000);
  EXPECT_EQ(Duration::from(0.833_ns).fs(), 833'000);
  EXPECT_EQ(Duration::from(Seconds::si(1.4e-15)).fs(), 1);
  EXPECT_EQ(Duration::from(Seconds::si(1.6e-15)).fs(), 2);
  EXPECT_EQ(Duration::from(9000_s).fs(), 9'000'000'000'000'000'000);
}

TEST(Duration, RefusesWhatItCannotHold) {
  EXPECT_EQ(error_text([] { Duration::from(-(1_ns)); }), "[run] a duration of -1 ns is outside 0 .. 9223 s");
  EXPECT_EQ(error_text([] { Duration::from(9224_s); }), "[run] a duration of 9224 s is outside 0 .. 9223 s");
  EXPECT_EQ(error_text([] { Duration::from(Seconds::si(std::numeric_limits<double>::quiet_NaN())); }),
            "[run] a duration is not a finite number");
  EXPECT_EQ(error_text([] { Duration::from(Seconds::si(std::numeric_limits<double>::infinity())); }),
            "[run] a duration is not a finite number");
}

TEST(Duration, AddsAndMultipliesExactly) {
  Duration t = Duration::from(1_ns) + Duration::from(2_ns);
  EXPECT_EQ(t.fs(), 3'000'000);
  EXPECT_EQ((t - Duration::fs(1)).fs(), 2'999'999);
  EXPECT_EQ((t * 1000).fs(), 3'000'000'000);
  EXPECT_EQ((1000 * t).fs(), 3'000'000'000);
  t += Duration::fs(5);
  t -= Duration::fs(3);
  EXPECT_EQ(t.fs(), 3'000'002);
}

TEST(Duration, NeverWraps) {
  EXPECT_EQ(error_text([] { kLongest + Duration::fs(1); }), kLeft);
  EXPECT_EQ(error_text([] { Duration::fs(1) - Duration::fs(2); }), kLeft);
  EXPECT_EQ(error_text([] { kLongest * 2; }), kLeft);
  EXPECT_EQ(error_text([] { Duration::fs(1) * -1; }), kLeft);
  EXPECT_EQ((kLongest * 1).fs(), kLongest.fs());
  EXPECT_EQ((kLongest - kLongest).fs(), 0);
}

TEST(Duration, PrintsWithAUnit) {
  EXPECT_EQ(format(Duration::from(1.6_us)), "1.6 us");
  EXPECT_EQ(format(Duration::fs(7)), "7 fs");
  EXPECT_EQ(format(Duration{}), "0 s");
}

}  // namespace
}  // namespace cimera
