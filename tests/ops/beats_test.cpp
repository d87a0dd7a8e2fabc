// Beats that vary: permutations, and numbers drawn in exact proportion.

#include "models/ops/beats.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/ops/op_stats.h"
#include "tests/core/error_text.h"
#include "tests/ops/sketch.h"

namespace cimera::ops {
namespace {

/// One task of n iterations with 20 beats at most.
Program varying(std::int64_t iterations, std::int64_t blocks = 1) {
  Sketch s;
  s.task("t", {{.unit = s.unit("u", Duration::fs(10)), .beats = 20, .varies = true}}, iterations, blocks);
  return s.program;
}

std::vector<std::int64_t> drawn(const Program& program, const BeatTables& tables) {
  const BeatDraws draws(program, tables);
  std::vector<std::int64_t> beats;
  for (std::int64_t i = 0; i < program.tasks[0].total(); ++i) beats.push_back(draws.beats(0, 0, i));
  return beats;
}

Histogram histogram(const std::vector<std::int64_t>& values) {
  Histogram h;
  for (const std::int64_t v : values) h.add(v);
  return h;
}

TEST(Shuffle, IsAPermutation) {
  for (const std::int64_t n : {1, 2, 3, 4, 5, 16, 17, 100, 4096, 5000}) {
    const Shuffle shuffle(n, {1, 2, 3, 4});
    std::vector<bool> seen(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t p = shuffle(i);
      ASSERT_TRUE(p >= 0 && p < n && !seen[static_cast<std::size_t>(p)]) << n << ", " << i;
      seen[static_cast<std::size_t>(p)] = true;
    }
  }
  const Shuffle large(std::int64_t{1} << 62, {1, 2, 3, 4});
  EXPECT_NE(large(0), large(1));
}

TEST(Shuffle, HasNoOrder) {
  // The rank correlation of a random permutation of n has a standard deviation of 1 / sqrt(n - 1).
  constexpr std::int64_t kN = 10'000;
  for (std::uint32_t key = 0; key < 20; ++key) {
    const Shuffle shuffle(kN, {key, 7, 8, 9, 10, 11, 12, 13});
    double self = 0, next = 0;
    const double mean = (kN - 1) / 2.0, variance = (double{kN} * kN - 1) / 12;
    for (std::int64_t i = 0; i < kN; ++i) {
      const double p = static_cast<double>(shuffle(i)) - mean;
      self += p * (static_cast<double>(i) - mean);
      next += p * (static_cast<double>(shuffle((i + 1) % kN)) - mean);
    }
    EXPECT_LT(std::abs(self / kN / variance), 5e-2) << key;
    EXPECT_LT(std::abs(next / kN / variance), 5e-2) << key;
  }
}

TEST(BeatDraws, AsManyIterationsAsEntriesDrawEachOnce) {
  const Histogram table({5, 0, 100, 3, 0, 0, 1, 391});
  const std::vector<std::int64_t> beats = drawn(varying(100, 5), {9, {table}});
  EXPECT_EQ(histogram(beats), table);
  EXPECT_NE(std::ranges::is_sorted(beats), true);
}

TEST(BeatDraws, OtherwiseProportionsAreRightToOne) {
  const Histogram table({5, 0, 100, 3, 0, 0, 1, 391});
  for (const std::int64_t n : {1, 2, 7, 499, 501, 1234, 50'000}) {
    const Histogram got = histogram(drawn(varying(n), {9, {table}}));
    EXPECT_EQ(got.total(), n);
    for (std::size_t v = 0; v < got.counts().size(); ++v)
      EXPECT_LE(std::abs(static_cast<double>(got.counts()[v]) -
                         static_cast<double>(table.counts()[v]) * static_cast<double>(n) / 500.0),
                1.0)
          << n << ", " << v;
  }
}

TEST(BeatDraws, DependOnSeedAndTask) {
  const Histogram table({50, 50});
  const std::vector<std::int64_t> one = drawn(varying(100), {1, {table}});
  EXPECT_EQ(one, drawn(varying(100), {1, {table}}));
  EXPECT_NE(one, drawn(varying(100), {2, {table}}));
  Program two = varying(100);
  two.tasks.push_back(two.tasks[0]);
  const BeatDraws draws(two, {1, {table, table}});
  int different = 0;
  for (std::int64_t i = 0; i < 100; ++i) different += draws.beats(0, 0, i) != draws.beats(1, 0, i);
  EXPECT_GT(different, 20);
}

TEST(BeatDraws, WithoutATableAnItemTakesAllBeats) {
  EXPECT_EQ(histogram(drawn(varying(10), {})),
            Histogram({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10}));
  EXPECT_FALSE(BeatDraws(varying(10), {}).any());
  EXPECT_FALSE(BeatDraws(varying(10), {1, {Histogram({0, 0, 7})}}).any()) << "all alike";
  EXPECT_TRUE(BeatDraws(varying(10), {1, {Histogram({1, 0, 7})}}).any());
}

TEST(BeatDraws, TablesOfAnotherProgramAreRefused) {
  EXPECT_EQ(error_text([] {
              BeatDraws(varying(10), {1, {Histogram(), Histogram()}});
            }),
            "[run] beats of 2 tasks for a program of 1");
  Histogram table;
  table.add(21);
  EXPECT_EQ(error_text([&] {
              BeatDraws(varying(10), {1, {table}});
            }),
            "[run] program: 't': data showed an item of 21 beats, its hop takes at most 20");
  Program fixed = varying(10);
  fixed.tasks[0].op.path[0].varies = false;
  EXPECT_EQ(error_text([&] {
              BeatDraws(fixed, {1, {table}});
            }),
            "[run] program: 't': data showed an item of 21 beats, but none of its hops varies");
}

TEST(BeatDraws, AHopThatVariesIsPassedOnWholeWithOneItem) {
  Program program = varying(10);
  validate(program);
  program.tasks[0].op.items = 2;
  EXPECT_EQ(error_text([&] { validate(program); }),
            "[run] program: 't': where the beats of an item vary, it is passed on whole, and an iteration has one");
}

TEST(Histogram, AddsUpInAnyOrder) {
  Histogram a({1, 2, 3}), b({0, 0, 0, 4});
  Histogram ab = a, ba = b;
  ab += b, ba += a;
  EXPECT_EQ(ab, ba);
  EXPECT_EQ(ab.total(), 10);
  EXPECT_EQ(ab.sum(), 2 + 6 + 12);
  EXPECT_EQ(ab.largest(), 3);
  EXPECT_TRUE(b.constant());
  EXPECT_FALSE(ab.constant());
  EXPECT_EQ(error_text([] {
              Histogram({1, -1});
            }),
            "[run] a histogram counts whole numbers from 0 on, none less often than never");
}

TEST(OpStats, HistogramsOfTasksAddUp) {
  OpStats all, one(2), other(2);
  one.task_beats = {Histogram(), Histogram({1, 2})};
  other.task_beats = {Histogram(), Histogram({0, 5})};
  all += one, all += other;
  ASSERT_EQ(all.task_beats.size(), 2U);
  EXPECT_TRUE(all.task_beats[0].empty());
  EXPECT_EQ(all.task_beats[1], Histogram({1, 7}));
}

}  // namespace
}  // namespace cimera::ops
