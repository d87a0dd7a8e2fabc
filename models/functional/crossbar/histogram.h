// How often which column sum occurs.
#pragma once

#include <cstdint>
#include <vector>

namespace cimera::functional {

/// Magnitudes of the column sums of one step. They are counted in bins of equal width, at most 65,536: a percentile is
/// too high by at most 2^-16 of the largest sum that is possible. Integers, so the order of sums does not matter.
class SumHistogram {
 public:
  /// `bound`: the largest |sum| that is possible, at least 1.
  explicit SumHistogram(std::int64_t bound);

  void add(std::int64_t sum) { ++counts_[static_cast<std::size_t>((sum < 0 ? -sum : sum) / width_)]; }
  SumHistogram& operator+=(const SumHistogram& other);  ///< of the same bound
  /// The largest magnitude in the lowest bins that together have at least `percent` % of all sums; 0 without sums.
  double percentile(double percent) const;

 private:
  std::int64_t width_;
  std::vector<std::int64_t> counts_;
};

}  // namespace cimera::functional
