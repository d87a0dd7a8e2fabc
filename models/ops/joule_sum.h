// Joules added up exactly: many terms from many threads, and a total that does not depend on their order.
#pragma once

#include <cstdint>

#include "core/quantity.h"

namespace cimera::ops {

/// A sum in whole steps of 2^-110 J (8e-34 J), so that addition is exact; below 1e5 J.
class JouleSum {
 public:
  JouleSum() = default;
  /// One term, rounded to the nearest step. Throws Error(kRun) for what is not in 0..2^-10 J.
  explicit JouleSum(Joules joules);

  /// Throws Error(kRun) on overflow.
  JouleSum& operator+=(JouleSum other);
  /// Adds a term `times` times, at most 2^26 times; throws Error(kRun) on overflow.
  void add(JouleSum term, std::int64_t times);
  Joules joules() const;
  friend bool operator==(JouleSum, JouleSum) = default;

 private:
  __extension__ using Steps = __int128;

  [[noreturn]] static void overflow();

  Steps steps_ = 0;
};

}  // namespace cimera::ops
