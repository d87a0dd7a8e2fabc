// Jumping over repeated blocks gives what playing every block gives, in every field.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/ops/compare.h"
#include "tests/ops/random_program.h"
#include "tests/ops/sketch.h"
#include "tests/timing/play.h"

namespace cimera::timing {
namespace {

using ops::Program;
using ops::Sketch;
using ops::TaskId;
using ops::UnitId;

/// Plays with and without jumps; the two must agree, and the second must have jumped over `least` blocks.
ops::TimingResult expect_same(const Program& program, std::int64_t least) {
  const Played full = play(program), jumped = play(program, {.skip_periods = true});
  EXPECT_EQ(full.error, "");
  EXPECT_EQ(jumped.error, "");
  if (!full.error.empty() || !jumped.error.empty()) return {};
  EXPECT_EQ(full.result.skipped_blocks, 0);
  EXPECT_GE(jumped.result.skipped_blocks, least);
  EXPECT_EQ(ops::difference(program, full.result, jumped.result), "");
  return jumped.result;
}

/// The least p for which the times between ends of blocks repeat every p blocks in the middle of a run; 0 for none.
std::int64_t period(const ops::TimingResult& result) {
  std::vector<Duration> steps;
  for (std::size_t b = result.block_end.size() / 3; b < result.block_end.size() * 2 / 3; ++b)
    steps.push_back(result.block_end[b] - result.block_end[b - 1]);
  for (std::size_t p = 1; p <= steps.size() / 2; ++p)
    if (std::equal(steps.begin() + static_cast<std::ptrdiff_t>(p), steps.end(), steps.begin()))
      return static_cast<std::int64_t>(p);
  return 0;
}

TEST(Periods, PipelineWithASharedUnitAndBoundedBuffers) {
  Sketch s;
  const UnitId a = s.unit("a", Duration::fs(70)), b = s.unit("b", Duration::fs(110), Duration::fs(35)),
               shared = s.unit("shared", Duration::fs(20));
  const TaskId one = s.task("one", {{a}, {shared, 2, 1}}, 6, 500);
  const TaskId two = s.task("two", {{shared}, {b}, {shared, 3, 1}}, 6, 500);
  const TaskId three = s.task("three", {{shared, 2}}, 3, 500);
  s.edge(one, two, 2);
  s.edge(two, three, 4).row = {.a = 2, .last = 1};
  EXPECT_EQ(period(expect_same(s.program, 400)), 1);
}

TEST(Periods, OfTwoAndThreeBlocks) {
  // A block takes 10 in the unit and 90 on its way out. With n in flight, n start 10 apart, and the next n when the
  // first of these is done: ends are 10, ..., 10, 100 - 10 (n - 1) apart.
  for (const std::int64_t n : {2, 3}) {
    SCOPED_TRACE(n);
    Sketch s;
    const TaskId t = s.task("t", {{s.unit("u", Duration::fs(10), Duration::fs(90))}}, 1, 301);
    s.at(t).in_flight = n;
    const ops::TimingResult result = expect_same(s.program, 280);
    EXPECT_EQ(period(result), n);
    EXPECT_EQ(result.skipped_blocks % n, 0);
    EXPECT_EQ(result.block_end[0].fs(), 100);
    EXPECT_EQ(result.block_end[1].fs(), 110);
    EXPECT_EQ(result.block_end[2].fs(), n == 2 ? 200 : 120);
    EXPECT_EQ(result.makespan.fs(), 300 / n * 100 + (300 % n) * 10 + 100);
  }
}

TEST(Periods, OfSeveralBlocksUnderContention) {
  // Both tasks have two blocks in flight, and no two blocks find the shared unit alike.
  Sketch s;
  const UnitId u = s.unit("u", Duration::fs(10), Duration::fs(95)), v = s.unit("v", Duration::fs(7));
  const TaskId a = s.task("a", {{u}, {v}}, 1, 400), b = s.task("b", {{u, 2}, {v}}, 1, 400);
  s.edge(a, b, 3);
  EXPECT_GT(period(expect_same(s.program, 350)), 1);
}

TEST(Periods, AProducerWithOneBlockServesAll) {
  Sketch s;
  const UnitId u = s.unit("u", Duration::fs(10)), v = s.unit("v", Duration::fs(25));
  const TaskId once = s.task("once", {{u}}, 40), loop = s.task("loop", {{u, 2}}, 4, 200),
               last = s.task("last", {{v}}, 4, 200);
  s.barrier(once, loop);
  s.edge(loop, last, 4);
  expect_same(s.program, 150);
}

TEST(Periods, AProducerWithOneBlockThatLastsHoldsTheJumpOff) {
  // `once` is still at work, on a unit of its own, during the first 60 blocks of `loop`.
  Sketch s;
  const TaskId once = s.task("once", {{s.unit("u", Duration::fs(10))}}, 600);
  s.task("loop", {{s.unit("v", Duration::fs(25))}}, 4, 200);
  const ops::TimingResult result = expect_same(s.program, 100);
  EXPECT_LE(result.skipped_blocks, 140);
  EXPECT_EQ(result.task_end[once.value()].fs(), 6000);
}

TEST(Periods, ATaskThatIsDoneBeforeTheJumpEndsLater) {
  // `slow` frees room for `mid` at the end of a block, which frees room for `fast` well before the next end: when a
  // block ends, `fast` has nothing under way.
  Sketch s;
  const TaskId fast = s.task("fast", {{s.unit("u", Duration::fs(1))}}, 1, 100),
               mid = s.task("mid", {{s.unit("v", Duration::fs(5))}}, 1, 100),
               slow = s.task("slow", {{s.unit("w", Duration::fs(50))}}, 1, 100);
  s.edge(fast, mid, 2);
  s.edge(mid, slow, 2);
  expect_same(s.program, 80);
}

TEST(Periods, LagEdgesLookBackAcrossTheJump) {
  Sketch s;
  const TaskId in = s.task("in", {{s.unit("u", Duration::fs(30))}}, 3, 240),
               mid = s.task("mid", {{s.unit("v", Duration::fs(20), Duration::fs(200))}}, 3, 240),
               out = s.task("out", {{s.unit("w", Duration::fs(25))}}, 3, 240);
  s.barrier(in, mid);
  s.edge(mid, out);
  s.barrier(out, in).lag = 2;  // block b enters when block b - 2 has left
  const ops::TimingResult result = expect_same(s.program, 200);
  EXPECT_EQ(period(result), 2);
}

TEST(Periods, ALagWithABoundedBuffer) {
  for (const std::int64_t lag : {1, 2, 3})
    for (std::int64_t capacity = 3; capacity <= 14; ++capacity) {
      SCOPED_TRACE(std::to_string(lag) + " blocks back, room for " + std::to_string(capacity));
      Sketch s;
      const TaskId from = s.task("from", {{s.unit("u", Duration::fs(30))}}, 3, 60),
                   to = s.task("to", {{s.unit("v", Duration::fs(20))}}, 3, 60);
      ops::Edge& edge = s.barrier(from, to);
      edge.lag = lag, edge.capacity = capacity;
      expect_same(s.program, 0);
    }
}

TEST(Periods, UnboundedBuffersThatFillForEverAreNotJumped) {
  Sketch s;
  const TaskId fast = s.task("fast", {{s.unit("u", Duration::fs(1))}}, 2, 50),
               slow = s.task("slow", {{s.unit("v", Duration::fs(50))}}, 2, 50);
  s.edge(fast, slow);
  EXPECT_EQ(expect_same(s.program, 0).makespan.fs(), 1 + 100 * 50);
}

TEST(Periods, RandomProgramsAgree) {
  int jumped = 0, long_periods = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    ops::Shape shape{.shared_units = seed % 4 != 0, .bounded = seed % 5 != 0, .lags = seed % 3 == 0};
    shape.blocks = 24;
    const Program program = ops::random_program(seed, shape);
    const ops::TimingResult result = expect_same(program, 0);
    ASSERT_FALSE(::testing::Test::HasFailure());
    jumped += result.skipped_blocks > 0;
    long_periods += result.skipped_blocks > 0 && period(result) > 1;
  }
  EXPECT_GT(jumped, 100);
  EXPECT_GT(long_periods, 5);
}

TEST(Periods, ALagIsOverBeforeABlockCanRepeat) {
  // Found by trying 20,000: in these, the state after an early block is that of a later one, but buffers of edges that
  // look back are not in use yet.
  ops::Shape shape{.bounded = true, .lags = true, .once = false};
  shape.blocks = 16, shape.tasks = 4;
  for (const std::uint64_t seed : {4453, 4669, 8390, 8528, 10066, 13496}) {
    SCOPED_TRACE(seed);
    shape.shared_units = seed % 2 == 1;
    expect_same(ops::random_program(seed, shape), 0);
  }
}

}  // namespace
}  // namespace cimera::timing
