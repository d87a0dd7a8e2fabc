// The caches against counts made by hand. Broadwell's private levels: L1 of 64 sets of 8 lines, L2 of 512 sets of 8.
#include <gtest/gtest.h>

#include "models/cost/cache_hierarchy.h"

namespace cimera::cost {
namespace {

constexpr std::int64_t kL1 = 512, kL2 = 4096;

CacheHierarchy::Shape shape(std::int64_t pages = 0) {
  return {{kL1, 8}, {kL2, 8}, {65'536, 16}, {.pages = pages, .page_lines = 64, .ahead = 4}};
}

// A vector of twice L1, read twice: with least recently used replacement nothing survives until it is needed again.
TEST(Caches, AVectorLargerThanACacheLeavesNothingInIt) {
  CacheHierarchy caches(shape());
  for (int pass = 0; pass < 2; ++pass) caches.access(0, 2 * kL1, 0, false);
  EXPECT_EQ(caches.traffic().l1, 4 * kL1);
  EXPECT_EQ(caches.traffic().l1_misses, 4 * kL1);
  EXPECT_EQ(caches.traffic().l2_misses, 2 * kL1);  // L2 keeps it
  EXPECT_EQ(caches.traffic().fills, 2 * kL1);
}

TEST(Caches, AVectorThatFitsMissesOnce) {
  CacheHierarchy caches(shape());
  for (int pass = 0; pass < 10; ++pass) caches.access(1000, kL1, 0, false);
  EXPECT_EQ(caches.traffic().l1, 10 * kL1);
  EXPECT_EQ(caches.traffic().l1_misses, kL1);
}

// Lines 64 apart fall into one set of L1: 8 of them fit, 9 push each other out. All 9 lie in different sets of L2.
TEST(Caches, AStrideOfTheSetsUsesOneSet) {
  const auto misses = [](std::int64_t lines) {
    CacheHierarchy caches(shape());
    for (int pass = 0; pass < 5; ++pass)
      for (std::int64_t i = 0; i < lines; ++i) caches.access(64 * i, 1, 0, false);
    return caches.traffic();
  };
  EXPECT_EQ(misses(8).l1_misses, 8);
  EXPECT_EQ(misses(9).l1_misses, 5 * 9);
  EXPECT_EQ(misses(9).l2_misses, 9);
}

// Lines that are 4,096 apart share a set where nothing spreads them.
TEST(Caches, LargeStridesSpreadOverASharedCache) {
  const auto misses = [](bool spread) {
    CacheHierarchy::Shape s = shape();
    s.l3.spread = spread;
    CacheHierarchy caches(s);
    for (int pass = 0; pass < 2; ++pass)
      for (std::int64_t i = 0; i < 5000; ++i) caches.access(4096 * i, 1, 0, false);
    return caches.traffic().fills;
  };
  EXPECT_EQ(misses(false), 2 * 5000);
  EXPECT_EQ(misses(true), 5000);
}

// One set in 16 of Broadwell's 45 MiB stands for all of them: 18 cores store to parts of 100,000 lines of their own,
// and all of them read the same 20,000 lines, three times. With the parts, 1.8 million lines, nothing is found again;
// without them everything is.
TEST(Caches, SomeSetsStandForAll) {
  for (const bool parts : {true, false}) {
    const auto traffic = [&](std::int64_t one_in) {
      CacheHierarchy::Shape s = shape();
      s.l3 = {.lines = 737'280, .ways = 20, .spread = true, .one_in = one_in};
      CacheHierarchy caches(s);
      caches.use(18);
      for (int pass = 0; pass < 3; ++pass) {
        if (parts) caches.access(100'000, 100'000, 100'000, true);
        caches.access(0, 20'000, 0, false);
      }
      return caches.traffic();
    };
    const CacheTraffic all = traffic(1), some = traffic(16);
    EXPECT_EQ(all.fills, parts ? 3 * (18 * 100'000 + 20'000) : 20'000);
    EXPECT_NEAR(static_cast<double>(some.fills) / static_cast<double>(all.fills), 1, parts ? 0.01 : 0.05);
    if (parts) {
      EXPECT_NEAR(static_cast<double>(some.write_backs) / static_cast<double>(all.write_backs), 1, 0.01);
    }
    EXPECT_EQ(some.l2_misses, all.l2_misses) << "private levels are played whole";
  }
}

// C += A B of 64 x 64 tiles of one line each. Rows of A (64 lines) and C are used again at once; B (4,096 lines, all
// of L2) is walked through for each row. Loop i: row i of A stays in L1? Its 64 lines are touched once for each j, and
// between two uses of a line lie 64 lines of A, 64 of B and 1 of C: they stay. B never does.
TEST(Caches, AMatrixProductInLoopOrder) {
  CacheHierarchy caches(shape());
  constexpr std::int64_t n = 64, a = 0, b = n * n, c = 2 * n * n;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t k = 0; k < n; ++k) {
        caches.access(a + i * n + k, 1, 0, false);
        caches.access(b + j * n + k, 1, 0, false);  // B lies column by column
      }
      caches.access(c + i * n + j, 1, 0, true);
    }
  // Every line of A and C once, every line of B for each i.
  EXPECT_EQ(caches.traffic().l1, n * n * (2 * n + 1));
  EXPECT_EQ(caches.traffic().l1_misses, n * n + n * n * n + n * n);
  EXPECT_EQ(caches.traffic().fills, 3 * n * n);
}

TEST(Caches, DirtyLinesAreWrittenBackOnce) {
  CacheHierarchy caches(shape());
  caches.access(0, 65'536, 0, true);
  EXPECT_EQ(caches.traffic().write_backs, 0);  // all of it fits L3
  // Pushes it out, but for what L2 held: that comes to L3 only now, and is the newest there.
  caches.access(65'536, 65'536, 0, false);
  EXPECT_EQ(caches.traffic().write_backs, 65'536 - kL2);
  EXPECT_EQ(caches.traffic().fills, 2 * 65'536);  // a store allocates: its line is read first
  caches.access(131'072, 65'536, 0, false);
  EXPECT_EQ(caches.traffic().write_backs, 65'536);
}

TEST(Caches, CoresShareWhatIsCommonAndHaveTheirOwnParts) {
  CacheHierarchy caches(shape());
  caches.use(4);
  caches.access(0, 100, 0, false);      // all four read the same 100 lines
  EXPECT_EQ(caches.traffic().l1, 100);  // of one core
  EXPECT_EQ(caches.traffic().l3, 400);
  EXPECT_EQ(caches.traffic().fills, 100);
  caches.access(1000, 100, 100, false);  // each its own 100
  EXPECT_EQ(caches.traffic().fills, 100 + 400);
  caches.use(1);
  caches.access(1100, 300, 0, false);  // what the other three brought is in L3
  EXPECT_EQ(caches.traffic().fills, 100 + 400);
}

TEST(Caches, WhatIsWrittenFromOutsideIsReadAgain) {
  CacheHierarchy caches(shape());
  caches.access(0, 10, 0, true);
  caches.invalidate(0, 10);
  caches.access(0, 10, 0, false);
  EXPECT_EQ(caches.traffic().fills, 20);
}

// In each page of 64 lines the stride is known after three lines; the other 61 come ahead of their loads.
TEST(Caches, StreamsAreRunAheadOf) {
  CacheHierarchy caches(shape(16));
  caches.access(0, 10 * 64, 0, false);
  EXPECT_EQ(caches.traffic().l2_misses, 10 * 3);
  EXPECT_EQ(caches.traffic().l2_prefetches, 10 * 61);
  EXPECT_EQ(caches.traffic().prefetched_fills, 10 * 61);
  EXPECT_EQ(caches.traffic().fills, 10 * 64);
}

TEST(Caches, OtherStridesToo) {
  CacheHierarchy caches(shape(16));
  for (std::int64_t i = 0; i < 8; ++i) caches.access(63 - 8 * i, 1, 0, false);  // downwards, by 8
  EXPECT_EQ(caches.traffic().l2_misses, 3);
  EXPECT_EQ(caches.traffic().l2_prefetches, 5);
  caches.access(1000, 1, 0, false), caches.access(1000, 1, 0, false);
  EXPECT_EQ(caches.traffic().l2_prefetches, 5);
}

// Loads without a pattern are not prefetched, and the prefetcher fetches nothing that nobody needs.
TEST(Caches, NoPatternNoPrefetch) {
  CacheHierarchy caches(shape(16));
  std::int64_t at = 1;
  for (int i = 0; i < 50; ++i) caches.access(at = at * 5 % 64, 1, 0, false);
  EXPECT_EQ(caches.traffic().l2_prefetches, 0);
}

}  // namespace
}  // namespace cimera::cost
