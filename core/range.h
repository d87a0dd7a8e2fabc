// Ranges of whole numbers, and sets of them.
#pragma once

#include <cstdint>
#include <vector>

namespace cimera {

/// Whole numbers [begin, end).
struct Range {
  std::int64_t begin = 0, end = 0;

  std::int64_t size() const { return end - begin; }
  bool contains(const Range& other) const { return begin <= other.begin && other.end <= end; }
  friend bool operator==(const Range&, const Range&) = default;
};

/// What both hold; {0, 0} where that is nothing.
Range intersect(const Range& a, const Range& b);

/// A set of whole numbers, kept as the fewest ranges, in order.
class RangeSet {
 public:
  RangeSet() = default;
  explicit RangeSet(const Range& range) { add(range); }

  void add(const Range& range);
  void add(const RangeSet& other);
  const std::vector<Range>& ranges() const { return ranges_; }
  /// The first stretch of `range` that is not in the set; {0, 0} where all of it is.
  Range missing(const Range& range) const;
  bool overlaps(const RangeSet& other) const;
  friend bool operator==(const RangeSet&, const RangeSet&) = default;

 private:
  std::vector<Range> ranges_;  // disjoint, not touching, in order
};

}  // namespace cimera
