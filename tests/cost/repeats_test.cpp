// Blocks found by arithmetic are those that walking through every iteration gives, in every field.

#include <cstdint>

#include <gtest/gtest.h>

#include "models/cost/evaluate.h"
#include "tests/ops/compare.h"
#include "tests/ops/random_program.h"
#include "tests/ops/sketch.h"

namespace cimera::cost {
namespace {

using ops::Program;
using ops::Sketch;
using ops::TaskId;
using ops::TimingResult;

/// Walks with and without jumps; the two must agree, and the second must have jumped over `least` blocks.
TimingResult expect_same(const Program& program, std::int64_t least) {
  const TimingResult full = evaluate(program, false), jumped = evaluate(program);
  EXPECT_EQ(full.skipped_blocks, 0);
  EXPECT_GE(jumped.skipped_blocks, least);
  EXPECT_EQ(ops::difference(program, full, jumped), "");
  return jumped;
}

TEST(Repeats, APipelineSettlesAtOnce) {
  Sketch s;
  const TaskId a = s.task("a", {{s.unit("u", Duration::fs(30))}}, 6, 1000),
               b = s.task("b", {{s.unit("v", Duration::fs(20), Duration::fs(500))}}, 6, 1000),
               c = s.task("c", {{s.unit("w", Duration::fs(30))}}, 6, 1000);
  s.edge(a, b);
  s.edge(b, c);
  expect_same(s.program, 990);
}

TEST(Repeats, AFastProducerRunsAhead) {
  // Its tokens pile up without bound; each task repeats at a pace of its own.
  Sketch s;
  const TaskId fast = s.task("fast", {{s.unit("u", Duration::fs(1))}}, 2, 500),
               slow = s.task("slow", {{s.unit("v", Duration::fs(50))}}, 2, 500);
  s.edge(fast, slow);
  const TimingResult result = expect_same(s.program, 490);
  EXPECT_EQ(result.task_end[fast.value()].fs(), 1000);
  EXPECT_EQ(result.task_end[slow.value()].fs(), 1 + 1000 * 50);
}

TEST(Repeats, WhatHasNotSettledIsWalkedThrough) {
  // `a` alone takes 100 a block, 40 at a time; `b` takes 101 and first waits for each of a's tokens: 40 blocks come 100
  // apart, then none for a while. Until its own pace decides, nothing is jumped.
  Sketch s;
  const TaskId a = s.task("a", {{s.unit("u", Duration::fs(100), Duration::fs(3000))}}, 1, 500),
               b = s.task("b", {{s.unit("v", Duration::fs(101))}}, 1, 500);
  s.at(a).in_flight = 40;
  s.edge(a, b);
  EXPECT_EQ(expect_same(s.program, 400).makespan.fs(), 3100 + 500 * 101);
}

TEST(Repeats, TheLaterOfTwoBranchesChanges) {
  // At first `long_way` ends a block, later `slow`, which falls behind by 1 a block.
  Sketch s;
  s.task("long_way", {{s.unit("u", Duration::fs(50), Duration::fs(5000))}}, 1, 20'000);
  s.at(TaskId(0)).in_flight = 1000;
  s.task("slow", {{s.unit("v", Duration::fs(51))}}, 1, 20'000);
  const TimingResult result = expect_same(s.program, 18'000);
  EXPECT_EQ(result.block_end[1500].fs(), 1501 * 50 + 5000);
  EXPECT_EQ(result.block_end[19'999].fs(), 20'000 * 51);
}

TEST(Repeats, OfSeveralBlocks) {
  // A block takes 10 in the unit and 90 on its way out; with n in flight the ends of n blocks repeat.
  for (const std::int64_t n : {2, 3, 7}) {
    SCOPED_TRACE(n);
    Sketch s;
    s.at(s.task("t", {{s.unit("u", Duration::fs(10), Duration::fs(90))}}, 1, 1001)).in_flight = n;
    EXPECT_EQ(expect_same(s.program, 950).makespan.fs(), 1000 / n * 100 + 1000 % n * 10 + 100);
  }
}

TEST(Repeats, AProducerWithOneBlockIsWaitedForOnce) {
  Sketch s;
  const TaskId once = s.task("once", {{s.unit("u", Duration::fs(10))}}, 400),
               loop = s.task("loop", {{s.unit("v", Duration::fs(25))}}, 4, 300);
  s.barrier(once, loop);
  EXPECT_EQ(expect_same(s.program, 290).makespan.fs(), 4000 + 300 * 4 * 25);
}

TEST(Repeats, LagsLookBack) {
  Sketch s;
  const TaskId in = s.task("in", {{s.unit("u", Duration::fs(30))}}, 3, 240),
               mid = s.task("mid", {{s.unit("v", Duration::fs(20), Duration::fs(200))}}, 3, 240),
               out = s.task("out", {{s.unit("w", Duration::fs(25))}}, 3, 240);
  s.barrier(in, mid);
  s.edge(mid, out);
  s.barrier(out, in).lag = 2;
  expect_same(s.program, 220);
}

TEST(Repeats, EachStageIsJumpedOverByItself) {
  // 100 blocks of 2 x 30, one task of 7 that waits for all of them, and 100 blocks of 2 x 20 that wait for it.
  Sketch s;
  const TaskId first = s.task("first", {{s.unit("u", Duration::fs(30))}}, 2, 100),
               between = s.task("between", {{s.unit("w", Duration::fs(7))}}, 1),
               last = s.task("last", {{s.unit("v", Duration::fs(20))}}, 2, 100);
  s.edge(first, between).whole = true;
  s.barrier(between, last);
  const TimingResult result = expect_same(s.program, 90);
  EXPECT_EQ(result.makespan.fs(), 100 * 60 + 7 + 100 * 40);
  EXPECT_EQ(result.task_start[1].fs(), 6000);
  EXPECT_EQ(result.task_start[2].fs(), 6007);
  EXPECT_EQ(result.block_end[0].fs(), 6007 + 40);
  EXPECT_EQ(result.block_end[99], result.makespan);
}

TEST(Repeats, TasksThatLoopDifferentlyOftenAreWalkedThrough) {
  Sketch s;
  s.task("a", {{s.unit("u", Duration::fs(30))}}, 2, 100);
  s.task("b", {{s.unit("v", Duration::fs(20))}}, 2, 70);
  EXPECT_EQ(expect_same(s.program, 0).skipped_blocks, 0);
}

TEST(Repeats, AMillionBlocksCostNoMoreThanAThousand) {
  Sketch s;
  const TaskId a = s.task("a", {{s.unit("u", Duration::fs(30))}}, 500, 1'000'000),
               b = s.task("b", {{s.unit("v", Duration::fs(29))}}, 500, 1'000'000);
  s.edge(a, b);
  const TimingResult result = evaluate(s.program);
  EXPECT_GT(result.skipped_blocks, 999'990);
  EXPECT_EQ(result.makespan.fs(), std::int64_t{500'000'000} * 30 + 29);
  EXPECT_EQ(result.block_end.size(), 1'000'000U);
  EXPECT_EQ(result.block_end[499'999].fs(), std::int64_t{250'000'000} * 30 + 29);
}

TEST(Repeats, RandomProgramsAgree) {
  int jumped = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    ops::Shape shape{.shared_units = seed % 4 == 0, .lags = seed % 3 == 0, .wholes = seed % 6 == 1};
    shape.blocks = 10 + static_cast<std::int64_t>(seed % 7) * 30;
    shape.tasks = 3 + static_cast<std::int64_t>(seed % 5) * 2;
    jumped += expect_same(ops::random_program(seed, shape), 0).skipped_blocks > 0;
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
  EXPECT_GT(jumped, 1500);
}

}  // namespace
}  // namespace cimera::cost
