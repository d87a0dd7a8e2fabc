#include "core/range.h"

#include <set>

#include <gtest/gtest.h>

#include "core/stream.h"

namespace cimera {
namespace {

TEST(Range, Intersection) {
  EXPECT_EQ(intersect({0, 5}, {3, 9}), (Range{3, 5}));
  EXPECT_EQ(intersect({0, 5}, {5, 9}), (Range{}));
  EXPECT_TRUE((Range{2, 8}).contains({2, 8}));
  EXPECT_FALSE((Range{2, 8}).contains({1, 3}));
}

TEST(RangeSet, KeepsTheFewestRangesInOrder) {
  RangeSet set({10, 12});
  set.add({4, 6});
  set.add({6, 6});
  EXPECT_EQ(set.ranges(), (std::vector<Range>{{4, 6}, {10, 12}}));
  set.add({6, 10});
  EXPECT_EQ(set.ranges(), (std::vector<Range>{{4, 12}}));
}

/// Small ranges from a stream of numbers.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  Range roll() {
    std::uint32_t bits[2];
    Stream({.seed = seed_, .purpose = "ranges"}).bits({0, 0, next_++}, bits);
    const auto begin = static_cast<std::int64_t>(bits[0] % 40);
    return {begin, begin + static_cast<std::int64_t>(bits[1] % 7)};
  }

 private:
  std::uint64_t seed_, next_ = 0;
};

TEST(RangeSet, IsASetOfNumbers) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Dice dice(seed);
    RangeSet set, other;
    std::set<std::int64_t> numbers, others;
    for (int i = 0; i < 8; ++i) {
      const Range a = dice.roll(), b = dice.roll();
      set.add(a);
      for (std::int64_t n = a.begin; n < a.end; ++n) numbers.insert(n);
      if (i > 1) continue;
      other.add(b);
      for (std::int64_t n = b.begin; n < b.end; ++n) others.insert(n);
    }
    std::set<std::int64_t> listed;
    for (std::size_t r = 0; r < set.ranges().size(); ++r) {
      if (r > 0) {
        EXPECT_LT(set.ranges()[r - 1].end, set.ranges()[r].begin);
      }
      for (std::int64_t n = set.ranges()[r].begin; n < set.ranges()[r].end; ++n) listed.insert(n);
    }
    EXPECT_EQ(listed, numbers);
    bool shared = false;
    for (const std::int64_t n : others) shared = shared || numbers.contains(n);
    EXPECT_EQ(set.overlaps(other), shared);
    const Range asked = dice.roll();
    Range expected;
    for (std::int64_t n = asked.end - 1; n >= asked.begin; --n)
      if (!numbers.contains(n)) expected = {n, expected.begin == n + 1 && expected.size() > 0 ? expected.end : n + 1};
    EXPECT_EQ(set.missing(asked), expected) << seed;
  }
}

}  // namespace
}  // namespace cimera
