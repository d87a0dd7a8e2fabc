#include "models/cost/cache.h"

#include <algorithm>

namespace cimera::cost {
namespace {

std::uint16_t note(std::uint32_t owner, bool dirty) { return static_cast<std::uint16_t>(owner << 1 | (dirty ? 1 : 0)); }

}  // namespace

Cache::Cache(const Shape& shape)
    : sets_(static_cast<std::uint64_t>(shape.lines / shape.ways)),
      ways_(static_cast<std::uint64_t>(shape.ways)),
      one_in_(static_cast<std::uint64_t>(shape.one_in)),
      spread_(shape.spread),
      inverse_(~std::uint64_t{0} / sets_ + 1),
      tags_(sets_ * ways_),
      notes_(sets_ * ways_) {}

std::int64_t Cache::line_at(const Place& place) const {
  const std::uint64_t number = (place.tag - std::uint64_t{1}) * sets_ + place.set / ways_;
  if (!spread_) return static_cast<std::int64_t>(number);
  return static_cast<std::int64_t>(number / (kBlock + kShift) * kBlock + number % (kBlock + kShift));
}

CacheLine Cache::unpack(std::size_t set, std::size_t way) const {
  const std::uint16_t kept = notes_[set + way];
  return {line_at({set, tags_[set + way]}), static_cast<std::uint32_t>(kept >> 1), (kept & kDirty) != 0};
}

std::optional<CacheLine> Cache::fill(const CacheLine& line) {
  const Place place = place_of(line.line);
  std::optional<CacheLine> out;
  if (tags_[place.set + ways_ - 1] != 0) out = unpack(place.set, ways_ - 1);
  to_front(place.set, ways_ - 1, place.tag, note(line.owner, line.dirty));
  return out;
}

template <class F>
void Cache::each(std::int64_t first, std::int64_t end, F f) {
  if (end - first < static_cast<std::int64_t>(sets_)) {
    for (std::int64_t line = first; line < end; ++line) {
      const Place place = place_of(line);
      if (const std::size_t way = find(place); way < ways_) f(place.set, way);
    }
    return;
  }
  for (std::size_t set = 0; set < tags_.size(); set += ways_)
    for (std::size_t way = ways_; way-- > 0;) {  // backwards: f may take one out
      if (tags_[set + way] == 0) continue;
      const std::int64_t line = unpack(set, way).line;
      if (first <= line && line < end) f(set, way);
    }
}

void Cache::drop_at(std::size_t set, std::size_t way) {
  std::copy(&tags_[set + way] + 1, &tags_[set] + ways_, &tags_[set + way]);
  std::copy(&notes_[set + way] + 1, &notes_[set] + ways_, &notes_[set + way]);
  tags_[set + ways_ - 1] = 0;
}

std::optional<CacheLine> Cache::drop(std::int64_t line) {
  const Place place = place_of(line);
  const std::size_t way = find(place);
  if (way == ways_) return std::nullopt;
  const CacheLine dropped = unpack(place.set, way);
  drop_at(place.set, way);
  return dropped;
}

void Cache::drop(std::int64_t first, std::int64_t end) {
  each(first, end, [&](std::size_t set, std::size_t way) { drop_at(set, way); });
}

}  // namespace cimera::cost
