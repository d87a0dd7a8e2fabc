// How often each small whole number occurred: added up from any number of parts in any order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cimera::ops {

class Histogram {
 public:
  Histogram() = default;
  /// `counts[v]`: how often v occurred; none negative, or Error(kRun).
  explicit Histogram(std::vector<std::int64_t> counts);

  /// `value` occurred `times` more; neither negative. Throws Error(kRun) on overflow.
  void add(std::int64_t value, std::int64_t times = 1);
  Histogram& operator+=(const Histogram& other);

  /// By value, up to the largest that occurred.
  std::span<const std::int64_t> counts() const { return counts_; }
  bool empty() const { return counts_.empty(); }
  std::int64_t total() const { return total_; }  ///< how many numbers
  std::int64_t sum() const;                      ///< of the numbers; throws Error(kRun) on overflow
  std::int64_t largest() const { return static_cast<std::int64_t>(counts_.size()) - 1; }  ///< -1 when empty
  bool constant() const { return empty() || counts_.back() == total_; }                   ///< one value at most
  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  std::vector<std::int64_t> counts_;  ///< the last one is not 0
  std::int64_t total_ = 0;
};

}  // namespace cimera::ops
