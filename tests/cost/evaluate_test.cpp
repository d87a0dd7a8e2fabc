// The closed form against sums by hand, and how it must behave when a Program changes. Its equality with the SystemC
// reading is tested in tests/timing.

#include "models/cost/evaluate.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/ops/op_events.h"
#include "tests/ops/random_program.h"
#include "tests/ops/sketch.h"

namespace cimera::cost {
namespace {

using ops::Dice;
using ops::Hop;
using ops::Op;
using ops::Program;
using ops::Sketch;
using ops::TaskId;
using ops::TimingResult;
using ops::UnitId;

std::vector<std::int64_t> fs(const std::vector<Duration>& times) {
  std::vector<std::int64_t> result;
  for (const Duration t : times) result.push_back(t.fs());
  return result;
}

using Times = std::vector<std::int64_t>;

TEST(Latency, OfWholeItemsIsTheirSumAndTheSlowestStage) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Dice dice(seed);
    Sketch s;
    Op op;
    std::int64_t sum = 0, slowest = 0;
    for (std::int64_t h = dice.between(1, 6); h > 0; --h) {
      const std::int64_t beat = dice.between(1, 99), beats = dice.between(1, 9), latency = dice.between(0, 50);
      op.path.push_back({s.unit("u", Duration::fs(beat), Duration::fs(latency)), beats});
      sum += beat * beats + latency;
      slowest = std::max(slowest, beat * beats);
    }
    for (const std::int64_t items : {1, 2, 7})
      ASSERT_EQ(latency(s.program, op, items).fs(), sum + (items - 1) * slowest) << "seed " << seed;
  }
}

TEST(Latency, OfAPacketIsItsHeadThroughAllLinksAndItsTailBehind) {
  // 16 flits of 2 over 5 links of latency 3: 5 x (2 + 3) for the head, 15 x 2 for the rest.
  Sketch s;
  Op op;
  for (int link = 0; link < 5; ++link) op.path.push_back({s.unit("l", Duration::fs(2), Duration::fs(3)), 16, 1});
  EXPECT_EQ(latency(s.program, op, 1).fs(), 5 * (2 + 3) + 15 * 2);
  EXPECT_EQ(latency(s.program, op, 4).fs(), 5 * (2 + 3) + (4 * 16 - 1) * 2);
}

TEST(Latency, OfASlowLinkAmongFastOnesIsItsOwn) {
  // The head takes 1 on the first link; the slow link then works 8 x 5; its last flit takes 1 more on the third.
  Sketch s;
  const Op op{{},
              {{s.unit("a", Duration::fs(1)), 8, 1},
               {s.unit("b", Duration::fs(5)), 8, 1},
               {s.unit("c", Duration::fs(1)), 8, 1}}};
  EXPECT_EQ(latency(s.program, op, 1).fs(), 1 + 40 + 1);
}

TEST(Latency, AUnitBehindAWholeItemWorksOnAllOfItLast) {
  // Two items of 10, each passed on whole; a link of 8 flits works 8 on the second after it has come at 20.
  Sketch s;
  const UnitId whole = s.unit("whole", Duration::fs(10)), link = s.unit("link", Duration::fs(1));
  EXPECT_EQ(latency(s.program, {{}, {{whole}, {link, 8, 1}}}, 2).fs(), 20 + 8);
  // Halves of an item make four flits.
  const UnitId half = s.unit("half", Duration::fs(5));
  EXPECT_EQ(latency(s.program, {{}, {{half, 2, 1}, {link, 8, 1}}}, 2).fs(), 20 + 4);
}

TEST(Evaluate, ATaskAloneRepeatsItsSlowestStage) {
  Sketch s;
  const TaskId t = s.task("t", {{s.unit("a", Duration::fs(3))}, {s.unit("b", Duration::fs(7), Duration::fs(2))}}, 5, 2);
  s.at(t).in_flight = 9;
  const TimingResult result = evaluate(s.program);
  EXPECT_EQ(result.makespan.fs(), 3 + 10 * 7 + 2);
  EXPECT_EQ(fs(result.block_end), (Times{3 + 5 * 7 + 2, 3 + 10 * 7 + 2}));
  EXPECT_EQ(fs(result.task_busy[0]), (Times{30, 70}));
  EXPECT_EQ(result.skipped_blocks, 0);
}

TEST(Evaluate, OneInFlightWaitsForTheWholePath) {
  Sketch s;
  const TaskId t = s.task("t", {{s.unit("a", Duration::fs(3))}, {s.unit("b", Duration::fs(7), Duration::fs(2))}}, 5);
  s.at(t).in_flight = 1;
  EXPECT_EQ(evaluate(s.program).makespan.fs(), 5 * (3 + 7 + 2));
}

TEST(Evaluate, TokensOneToOneOverlapAndABarrierDoesNot) {
  Sketch s;
  const TaskId from = s.task("from", {{s.unit("a", Duration::fs(10))}}, 4);
  const TaskId to = s.task("to", {{s.unit("b", Duration::fs(6))}}, 4);
  s.edge(from, to);
  TimingResult result = evaluate(s.program);
  EXPECT_EQ(fs(result.task_start), (Times{0, 10}));
  EXPECT_EQ(result.makespan.fs(), 4 * 10 + 6);
  s.program.edges.clear();
  s.barrier(from, to);
  result = evaluate(s.program);
  EXPECT_EQ(fs(result.task_start), (Times{0, 40}));
  EXPECT_EQ(result.makespan.fs(), 4 * 10 + 4 * 6);
}

TEST(Evaluate, ALagLetsBlocksInWhenEarlierOnesHaveLeft) {
  // Layer after layer: a block enters when the one before it has left.
  Sketch s;
  const TaskId in = s.task("in", {{s.unit("a", Duration::fs(10))}}, 1, 3);
  const TaskId out = s.task("out", {{s.unit("b", Duration::fs(25))}}, 1, 3);
  s.edge(in, out);
  EXPECT_EQ(evaluate(s.program).makespan.fs(), 10 + 3 * 25);
  s.edge(out, in).lag = 1;
  EXPECT_EQ(fs(evaluate(s.program).block_end), (Times{35, 70, 105}));
}

TEST(Evaluate, TheBusiestUnitBoundsTheMakespan) {
  Sketch s;
  const UnitId shared = s.unit("shared", Duration::fs(10));
  for (const char* name : {"a", "b", "c"}) s.task(name, {{shared}}, 4);
  const TimingResult result = evaluate(s.program);
  EXPECT_EQ(fs(result.task_end), (Times{40, 40, 40}));
  EXPECT_EQ(result.makespan.fs(), 120);
}

TEST(Evaluate, CountsAreThoseOfEveryIteration) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Program program = ops::random_program(seed, {.shared_units = true});
    std::vector<ops::Counts> counts(program.layer_names.size());
    for (const ops::Task& task : program.tasks)
      for (std::int64_t i = 0; i < task.total(); ++i)
        for (std::size_t hop = 0; hop < task.op.path.size(); ++hop)
          add_events(program, task, hop, i, counts[task.layer.value()]);
    EXPECT_EQ(evaluate(program).layer_counts, counts) << "seed " << seed;
  }
}

TEST(Evaluate, ScalesWithAllTimes) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Program program = ops::random_program(seed, {.shared_units = true, .lags = true});
    const TimingResult once = evaluate(program);
    for (ops::Unit& unit : program.units) unit.beat = unit.beat * 3, unit.latency = unit.latency * 3;
    const TimingResult thrice = evaluate(program);
    EXPECT_EQ(thrice.makespan, once.makespan * 3) << "seed " << seed;
    for (std::size_t t = 0; t < once.task_end.size(); ++t) EXPECT_EQ(thrice.task_end[t], once.task_end[t] * 3);
  }
}

TEST(Evaluate, NothingEndsEarlierWhenAUnitIsSlowerOrFewerAreInFlight) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Program program = ops::random_program(seed, {.lags = true});
    const TimingResult before = evaluate(program);
    Dice dice(seed);
    Program slower = program;
    ops::Unit& unit =
        slower.units[static_cast<std::size_t>(dice.between(0, static_cast<std::int64_t>(slower.units.size()) - 1))];
    unit.beat = unit.beat * 2;
    Program narrower = program;
    for (ops::Task& task : narrower.tasks) task.in_flight = 1;
    for (const Program& changed : {slower, narrower}) {
      const TimingResult after = evaluate(changed);
      for (std::size_t t = 0; t < before.task_end.size(); ++t)
        EXPECT_GE(after.task_end[t], before.task_end[t]) << "seed " << seed;
      EXPECT_GE(after.makespan, before.makespan) << "seed " << seed;
    }
  }
}

TEST(Evaluate, AnEmptyProgramTakesNoTime) {
  EXPECT_EQ(evaluate(Program{}).makespan, Duration());
  EXPECT_TRUE(evaluate(Program{}).block_end.empty());
}

}  // namespace
}  // namespace cimera::cost
