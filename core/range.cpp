#include "core/range.h"

#include <algorithm>

namespace cimera {

Range intersect(const Range& a, const Range& b) {
  const Range both{std::max(a.begin, b.begin), std::min(a.end, b.end)};
  return both.begin < both.end ? both : Range{};
}

void RangeSet::add(const Range& range) {
  if (range.size() <= 0) return;
  Range merged = range;
  const auto first = std::ranges::find_if(ranges_, [&](const Range& r) { return r.end >= range.begin; });
  auto last = first;
  for (; last != ranges_.end() && last->begin <= range.end; ++last)
    merged = {std::min(merged.begin, last->begin), std::max(merged.end, last->end)};
  ranges_.insert(ranges_.erase(first, last), merged);
}

void RangeSet::add(const RangeSet& other) {
  for (const Range& range : other.ranges_) add(range);
}

Range RangeSet::missing(const Range& range) const {
  std::int64_t begin = range.begin;
  for (const Range& r : ranges_) {
    if (r.end <= begin) continue;
    if (r.begin > begin) return intersect({begin, r.begin}, range);
    begin = r.end;
    if (begin >= range.end) return {};
  }
  return begin < range.end ? Range{begin, range.end} : Range{};
}

bool RangeSet::overlaps(const RangeSet& other) const {
  for (const Range& a : ranges_)
    for (const Range& b : other.ranges_)
      if (intersect(a, b).size() > 0) return true;
  return false;
}

}  // namespace cimera
