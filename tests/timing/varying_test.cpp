// Beats drawn from data: both readings draw the same, counts are those of the data, and the largest of two is not the
// larger of their means.

#include <cstdint>

#include <gtest/gtest.h>

#include "models/cost/evaluate.h"
#include "tests/ops/compare.h"
#include "tests/ops/random_program.h"
#include "tests/ops/sketch.h"
#include "tests/timing/play.h"

namespace cimera::timing {
namespace {

using ops::BeatTables;
using ops::Histogram;
using ops::Hop;
using ops::Program;
using ops::Sketch;
using ops::TaskId;
using ops::TimingResult;

TEST(Varying, BothReadingsDrawTheSame) {
  int drawn = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Program program = ops::random_program(seed, {.varies = true, .lags = seed % 2 == 1});
    const BeatTables beats = ops::random_beats(seed, program);
    const Played played = play(program, {.skip_periods = true, .beats = beats});
    ASSERT_EQ(played.error, "") << "seed " << seed;
    const TimingResult cost = cost::evaluate(program, true, beats);
    ASSERT_EQ(ops::difference(program, cost, played.result), "") << "seed " << seed;
    EXPECT_EQ(cost.drawn, played.result.drawn);
    if (!cost.drawn) continue;
    ++drawn;
    EXPECT_EQ(cost.skipped_blocks + played.result.skipped_blocks, 0);
  }
  EXPECT_GT(drawn, 100);
}

TEST(Varying, TheClosedFormStaysALowerBound) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Program program = ops::random_program(seed, {.shared_units = true, .bounded = seed % 2 == 0, .varies = true});
    const BeatTables beats = ops::random_beats(seed, program);
    const Played played = play(program, {.beats = beats});
    ASSERT_EQ(played.error, "") << "seed " << seed;
    const TimingResult cost = cost::evaluate(program, true, beats);
    EXPECT_LE(cost.makespan, played.result.makespan) << "seed " << seed;
    EXPECT_EQ(cost.layer_counts, played.result.layer_counts) << "seed " << seed;
    EXPECT_EQ(cost.task_busy, played.result.task_busy) << "seed " << seed;
    const TimingResult most = cost::evaluate(program);
    EXPECT_LE(cost.makespan, most.makespan) << "seed " << seed;
  }
}

TEST(Varying, OneTaskTakesTheSumOfItsItems) {
  Sketch s;
  const TaskId t = s.task("t", {{.unit = s.unit("u", Duration::fs(10)), .beats = 9, .varies = true}}, 50, 4);
  BeatTables beats{1, {Histogram({20, 0, 100, 0, 0, 0, 0, 0, 0, 80})}};
  const Played played = play(s.program, {.skip_periods = true, .beats = beats});
  EXPECT_EQ(played.error, "");
  EXPECT_EQ(played.result.makespan.fs(), 10 * (100 * 2 + 80 * 9));
  EXPECT_EQ(played.result.task_busy[t.value()][0].fs(), 10 * (100 * 2 + 80 * 9));
  EXPECT_TRUE(played.result.drawn);
}

/// Two tasks, each feeding the same consumer item by item through a buffer for one: they go in step.
Program in_step(std::int64_t items, std::int64_t most) {
  Sketch s;
  const auto side = [&](const char* name) {
    return s.task(name, {Hop{.unit = s.unit(name, Duration::fs(10)), .beats = most, .varies = true}}, items);
  };
  const TaskId a = side("a"), b = side("b"), join = s.task("join", {{s.unit("j", Duration::fs(1))}}, items);
  s.edge(a, join, 1);
  s.edge(b, join, 1);
  return s.program;
}

TEST(Varying, TheMeanOfTheLargestIsNotTheLargestOfTheMeans) {
  // Items take 1 or 3 beats, half of them each: 2 in the mean. Of two independent ones the larger takes 1 beat with a
  // chance of 1/4: 2.5 in the mean.
  constexpr std::int64_t kItems = 4000;
  const Program program = in_step(kItems, 3);
  const auto makespan = [&](const Histogram& table) {
    const Played played = play(program, {.beats = {5, {table, table, {}}}});
    EXPECT_EQ(played.error, "");
    return static_cast<double>(played.result.makespan.fs()) / kItems;
  };
  const double mean = makespan(Histogram({0, 0, 1})), drawn = makespan(Histogram({0, 1, 0, 1}));
  EXPECT_NEAR(mean, 21, 0.1);    // 2 beats of 10 and the consumer's 1
  EXPECT_NEAR(drawn, 26, 0.35);  // 2.5 beats; 3 standard deviations of the number of ones are 0.3
  EXPECT_LT(makespan(Histogram({0, 1})), mean);
}

}  // namespace
}  // namespace cimera::timing
