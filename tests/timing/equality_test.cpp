// The closed form and the SystemC reading of the same random Programs: equal where nothing contends and no buffer is
// bounded, a lower bound elsewhere.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/cost/evaluate.h"
#include "tests/ops/compare.h"
#include "tests/ops/random_program.h"
#include "tests/ops/sketch.h"
#include "tests/timing/play.h"

namespace cimera::timing {
namespace {

using ops::Program;
using ops::Shape;
using ops::Sketch;
using ops::TaskId;
using ops::TimingResult;
using ops::UnitId;

TEST(Equality, PrivateUnitsAndUnboundedBuffersAreTimedExactly) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Program program = ops::random_program(seed, {.lags = seed % 3 == 1, .wholes = seed % 3 == 2});
    const Played played = play(program);
    ASSERT_EQ(played.error, "") << "seed " << seed;
    ASSERT_EQ(ops::difference(program, cost::evaluate(program), played.result), "") << "seed " << seed;
  }
}

/// Where `timing` is below `cost`, "" nowhere; counts and busy times must be equal.
std::string below(const Program& program, const TimingResult& cost, TimingResult timing) {
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    if (timing.task_start[t] < cost.task_start[t]) return program.tasks[t].name + " starts before its bound";
    if (timing.task_end[t] < cost.task_end[t]) return program.tasks[t].name + " ends before its bound";
  }
  for (std::size_t b = 0; b < cost.block_end.size(); ++b)
    if (timing.block_end[b] < cost.block_end[b]) return "block " + std::to_string(b) + " ends before its bound";
  if (timing.makespan < cost.makespan) return "the makespan is below its bound";
  timing.task_start = cost.task_start, timing.task_end = cost.task_end, timing.block_end = cost.block_end;
  timing.makespan = cost.makespan;
  for (std::size_t u = 0; u < timing.unit_times.size(); ++u)
    timing.unit_times[u][ops::UnitState::kIdle] = cost.unit_times[u][ops::UnitState::kIdle];
  return ops::difference(program, cost, timing);
}

TEST(Equality, SharedUnitsAndBoundedBuffersOnlyDelay) {
  int later = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const Shape shape{
        .shared_units = seed % 3 != 0, .bounded = seed % 3 != 1, .lags = seed % 4 == 1, .wholes = seed % 4 == 3};
    const Program program = ops::random_program(seed, shape);
    const Played played = play(program);
    ASSERT_EQ(played.error, "") << "seed " << seed;
    const TimingResult cost = cost::evaluate(program);
    ASSERT_EQ(below(program, cost, played.result), "") << "seed " << seed;
    later += played.result.makespan > cost.makespan;
  }
  EXPECT_GT(later, 150) << "most Programs of this kind should contend";
}

TEST(Equality, TheStatesOfAUnitFillTheMakespan) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Shape shape{.shared_units = seed % 3 != 0, .bounded = seed % 2 == 0};
    shape.blocks = 12;
    const Program program = ops::random_program(seed, shape);
    const Played played = play(program, {.skip_periods = seed % 4 != 0});
    ASSERT_EQ(played.error, "") << "seed " << seed;
    for (const TimingResult& result : {cost::evaluate(program), played.result}) {
      std::vector<Duration> busy(program.units.size());
      for (std::size_t t = 0; t < program.tasks.size(); ++t)
        for (std::size_t hop = 0; hop < program.tasks[t].op.path.size(); ++hop)
          busy[program.tasks[t].op.path[hop].unit.value()] += result.task_busy[t][hop];
      ASSERT_EQ(result.unit_times.size(), program.units.size());
      for (std::size_t u = 0; u < program.units.size(); ++u) {
        ASSERT_EQ(result.unit_times[u].sum(), result.makespan) << "seed " << seed << ", " << program.units[u].name;
        ASSERT_EQ(result.unit_times[u][ops::UnitState::kBusy], busy[u]) << "seed " << seed;
      }
    }
  }
}

TEST(Equality, WorkAndWaitsFillTheTimeUntilATaskEnds) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Shape shape{.shared_units = seed % 3 != 0, .bounded = seed % 2 == 0, .lags = seed % 5 == 0};
    shape.blocks = 12;
    const Program program = ops::random_program(seed, shape);
    const Played played = play(program, {.skip_periods = seed % 4 != 0});
    ASSERT_EQ(played.error, "") << "seed " << seed;
    for (std::size_t t = 0; t < program.tasks.size(); ++t) {
      const ops::Task& task = program.tasks[t];
      const std::size_t last = task.op.path.size() - 1;
      const Duration there = played.result.task_busy[t][last] + played.result.task_waits[t][last].sum();
      ASSERT_EQ(there + program.unit(task.op.path[last].unit).latency, played.result.task_end[t])
          << "seed " << seed << ", " << task.name;
    }
  }
}

TEST(Equality, ASharedUnitDelaysStrictly) {
  // Each task alone: 4 x 10. Sharing, the second waits for the first one each time: 8 x 10.
  Sketch s;
  const UnitId u = s.unit("u", Duration::fs(10));
  const TaskId a = s.task("a", {{u}}, 4), b = s.task("b", {{u}}, 4);
  const TimingResult cost = cost::evaluate(s.program);
  const Played played = play(s.program);
  ASSERT_EQ(played.error, "");
  EXPECT_EQ(cost.task_end[b.value()].fs(), 40);
  EXPECT_EQ(cost.makespan.fs(), 80) << "the busiest unit bounds the makespan";
  EXPECT_GT(played.result.task_end[a.value()], cost.task_end[a.value()]);
  EXPECT_EQ(played.result.task_end[b.value()].fs(), 80);
  EXPECT_EQ(played.result.makespan.fs(), 80);
}

TEST(Equality, ABoundedBufferDelaysStrictly) {
  // a makes 1 every 10 with latency 30; b takes 40 each. Unbounded: b runs at 40, 80, ..., 40 + 5 x 40 = 240.
  // With room for one, a starts the next only when b is done with the one before: 40 + 40 each.
  Sketch s;
  const UnitId u = s.unit("u", Duration::fs(10), Duration::fs(30)), v = s.unit("v", Duration::fs(40));
  const TaskId a = s.task("a", {{u}}, 5), b = s.task("b", {{v}}, 5);
  s.at(a).in_flight = 5;
  s.edge(a, b, 1);
  const TimingResult cost = cost::evaluate(s.program);
  const Played played = play(s.program);
  ASSERT_EQ(played.error, "");
  EXPECT_EQ(cost.makespan.fs(), 240);
  EXPECT_EQ(played.result.task_end[b.value()].fs(), 5 * 80);
  EXPECT_GT(played.result.makespan, cost.makespan);
}

TEST(Order, ATieIsDecidedWhenAllHaveAsked) {
  // At 10 `late` reaches u, and in the same instant, but some delta cycles later, the token lets `early` ask for it.
  // `early` stands first, so it goes first.
  Sketch s;
  const UnitId u = s.unit("u", Duration::fs(10));
  const TaskId token = s.task("token", {{s.unit("t", Duration::fs(10))}}, 1), early = s.task("early", {{u}}, 1),
               late = s.task("late", {{s.unit("p", Duration::fs(10))}, {u}}, 1);
  s.edge(token, early);
  for (const bool reverse : {false, true}) {
    const Played played = play(s.program, {.reverse_order = reverse});
    ASSERT_EQ(played.error, "");
    EXPECT_EQ(played.result.task_end[early.value()].fs(), 20);
    EXPECT_EQ(played.result.task_end[late.value()].fs(), 30);
  }
}

TEST(Order, AnEarlierArrivalGoesBeforeATaskThatStandsFirst) {
  // `late` reaches u at 9, one before the token lets `early` ask.
  Sketch s;
  const UnitId u = s.unit("u", Duration::fs(10));
  const TaskId token = s.task("token", {{s.unit("t", Duration::fs(10))}}, 1), early = s.task("early", {{u}}, 1),
               late = s.task("late", {{s.unit("p", Duration::fs(9))}, {u}}, 1);
  s.edge(token, early);
  const Played played = play(s.program);
  ASSERT_EQ(played.error, "");
  EXPECT_EQ(played.result.task_end[late.value()].fs(), 19);
  EXPECT_EQ(played.result.task_end[early.value()].fs(), 29);
}

TEST(Order, ResultsDoNotDependOnTheOrderOfModules) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Shape shape{.shared_units = true, .bounded = seed % 2 == 0, .lags = seed % 5 == 0};
    const Program program = ops::random_program(seed, shape);
    const Played forth = play(program), back = play(program, {.reverse_order = true});
    ASSERT_EQ(forth.error, "") << "seed " << seed;
    ASSERT_EQ(back.error, "") << "seed " << seed;
    ASSERT_EQ(ops::difference(program, forth.result, back.result), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace cimera::timing
