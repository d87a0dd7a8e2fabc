// The tags of a set-associative cache: least recently used replacement, write-back. Lines are numbers; no data.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace cimera::cost {

/// A line in a cache. `owner` is a note of whoever touched it, kept with the line; below 2^15.
struct CacheLine {
  std::int64_t line = 0;
  std::uint32_t owner = 0;
  bool dirty = false;
};

/// Lines are below 2^32 x the number of sets.
class Cache {
 public:
  struct Shape {
    std::int64_t lines = 0, ways = 1;  ///< lines >= ways >= 1; the sets are lines / ways
    /// Large powers of two as strides spread over all sets: as in shared caches, whose slices are chosen by a hash.
    bool spread = false;
    std::int64_t one_in = 1;  ///< of so many sets one is played: the others stand for what it does
  };
  explicit Cache(const Shape& shape);

  /// Whether the set of a line is played. The calls below are for such lines only.
  bool plays(std::int64_t line) const;
  std::int64_t one_in() const { return static_cast<std::int64_t>(one_in_); }
  /// Whether the line is there. It becomes the most recent of its set; a write makes it dirty and `owner`'s.
  bool touch(std::int64_t line, std::uint32_t owner, bool write);
  bool contains(std::int64_t line) const;
  /// Puts in a line that is not there; returns the one that had to go.
  std::optional<CacheLine> fill(const CacheLine& line);
  /// Takes a line out; returns it when it was there.
  std::optional<CacheLine> drop(std::int64_t line);
  /// Takes lines [first, end) out. In time of the cache's size at most.
  void drop(std::int64_t first, std::int64_t end);

 private:
  /// The set of a line, as the index of its first way, and what tells it from others in the set.
  struct Place {
    std::size_t set;
    std::uint32_t tag;
  };
  Place place_of(std::int64_t line) const;
  std::int64_t line_at(const Place& place) const;
  /// Position in its set, `ways_` when it is not there.
  std::size_t find(const Place& place) const;
  /// Puts an entry at the front of a set; those before position `way` move one back.
  void to_front(std::size_t set, std::size_t way, std::uint32_t tag, std::uint16_t note);
  /// Calls f(set, way) for each line of [first, end) that is there.
  template <class F>
  void each(std::int64_t first, std::int64_t end, F f);
  void drop_at(std::size_t set, std::size_t way);
  CacheLine unpack(std::size_t set, std::size_t way) const;

  static constexpr std::uint16_t kDirty = 1;
  /// Spread: each block of lines begins a prime number of sets further.
  static constexpr std::uint64_t kBlock = 4096, kShift = 577;

  std::uint64_t sets_, ways_, one_in_;
  bool spread_;
  std::uint64_t inverse_;  ///< 2^64 / sets, rounded up
  // By set and way, most recent first:
  std::vector<std::uint32_t> tags_;   ///< 0 is empty
  std::vector<std::uint16_t> notes_;  ///< owner << 1 | dirty
};

// The way of every line that is touched; here so that it can be inlined.

/// Quotients of numbers below 2^32 by multiplication: Lemire, Kaser and Kurz, Software: Practice and Experience 49
/// (2019) 953.
inline Cache::Place Cache::place_of(std::int64_t line) const {
  __extension__ using Wide = unsigned __int128;
  const auto at = static_cast<std::uint64_t>(line);
  const std::uint64_t number = spread_ ? at + at / kBlock * kShift : at;
  const bool fast = number >> 32 == 0 && sets_ > 1;
  const std::uint64_t quotient =
      fast ? static_cast<std::uint64_t>(static_cast<Wide>(inverse_) * number >> 64) : number / sets_;
  return {static_cast<std::size_t>((number - quotient * sets_) * ways_), static_cast<std::uint32_t>(quotient + 1)};
}

/// By a product of the set's number with 2^64 / golden ratio, so that no stride meets only sets that are left out.
inline bool Cache::plays(std::int64_t line) const {
  return one_in_ == 1 || (place_of(line).set / ways_ * 0x9E3779B97F4A7C15U >> 40) % one_in_ == 0;
}

/// Four at a time, with one branch: most lines that are there are found among the first.
inline std::size_t Cache::find(const Place& place) const {
  const std::uint32_t* tags = &tags_[place.set];
  std::size_t way = 0;
  for (; way + 4 <= ways_; way += 4) {
    const std::uint32_t a = tags[way] ^ place.tag, b = tags[way + 1] ^ place.tag;
    const std::uint32_t c = tags[way + 2] ^ place.tag, d = tags[way + 3] ^ place.tag;
    if (a != 0 && b != 0 && c != 0 && d != 0) continue;
    return way + (a == 0 ? 0 : b == 0 ? 1 : c == 0 ? 2 : 3);
  }
  while (way < ways_ && tags[way] != place.tag) ++way;
  return way;
}

inline void Cache::to_front(std::size_t set, std::size_t way, std::uint32_t tag, std::uint16_t note) {
  std::copy_backward(&tags_[set], &tags_[set + way], &tags_[set + way] + 1);
  std::copy_backward(&notes_[set], &notes_[set + way], &notes_[set + way] + 1);
  tags_[set] = tag, notes_[set] = note;
}

inline bool Cache::touch(std::int64_t line, std::uint32_t owner, bool write) {
  const Place place = place_of(line);
  const std::size_t way = find(place);
  if (way == ways_) return false;
  const std::uint16_t kept = write ? static_cast<std::uint16_t>(owner << 1 | kDirty) : notes_[place.set + way];
  if (way > 0) to_front(place.set, way, place.tag, kept);
  else notes_[place.set] = kept;
  return true;
}

inline bool Cache::contains(std::int64_t line) const { return find(place_of(line)) < ways_; }

}  // namespace cimera::cost
