// Programs whose makespans were computed by hand; the computations stand in the data files.

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/cost/evaluate.h"
#include "models/timing/simulate.h"
#include "tests/ops/compare.h"
#include "tests/paths.h"
#include "tests/timing/play.h"
#include "tests/timing/program_file.h"

namespace cimera::timing {
namespace {

using ops::Program;
using ops::TimingResult;

constexpr std::int64_t kNs = 1'000'000;  ///< fs

Program data(const std::string& name) {
  return read_program(std::string(CIMERA_SOURCE_DIR) + "/tests/timing/data/" + name + ".yaml");
}

/// Plays in this process, as the worker does; all that a test may do once.
TimingResult systemc(const Program& program) { return simulate({program, false}); }

Program unbounded(Program program) {
  for (ops::Edge& edge : program.edges) edge.capacity = 0;
  return program;
}

std::vector<std::int64_t> fs(const std::vector<Duration>& times) {
  std::vector<std::int64_t> result;
  for (const Duration t : times) result.push_back(t.fs());
  return result;
}

using Times = std::vector<std::int64_t>;

/// Waits of one task at one hop: for inputs, room, its own path, the unit.
Times waits(const TimingResult& result, std::size_t task, std::size_t hop) {
  std::vector<Duration> times;
  for (const ops::WaitInfo& row : ops::wait_table()) times.push_back(result.task_waits.at(task).at(hop)[row.wait]);
  return fs(times);
}

TEST(Makespan, OneTaskThroughFourUnits) {
  const Program program = data("one_task");
  const TimingResult timing = systemc(program), cost = cost::evaluate(program);
  EXPECT_EQ(timing.makespan.fs(), 145'833'333);
  EXPECT_EQ(fs(timing.task_start), (Times{0}));
  EXPECT_EQ(fs(timing.task_end), (Times{145'833'333}));
  EXPECT_EQ(fs(timing.block_end), (Times{145'833'333}));
  EXPECT_EQ(fs(timing.task_busy[0]), (Times{80 * kNs, 64 * kNs, 128 * kNs, 33'333'320}));
  EXPECT_EQ(ops::difference(program, cost, timing), "");
}

TEST(Makespan, PipelineWithBoundedBuffers) {
  const Program program = data("pipeline");
  const TimingResult timing = systemc(program);
  EXPECT_EQ(timing.makespan.fs(), 350 * kNs);
  EXPECT_EQ(fs(timing.task_start), (Times{0, 20 * kNs, 45 * kNs}));
  EXPECT_EQ(fs(timing.task_end), (Times{285 * kNs, 320 * kNs, 350 * kNs}));
  EXPECT_EQ(fs(timing.block_end), (Times{185 * kNs, 350 * kNs}));
  // load stands still for 25 + 4 x 35 ns until it ends at 285; mix 20 ns until there are inputs, then 5 x 30; store 45
  // ns and then 5 x 25.
  EXPECT_EQ(waits(timing, 0, 0), (Times{0, 165 * kNs, 0, 0}));
  EXPECT_EQ(waits(timing, 1, 0), (Times{20 * kNs, 150 * kNs, 0, 0}));
  EXPECT_EQ(waits(timing, 2, 0), (Times{170 * kNs, 0, 0, 0}));
  EXPECT_EQ(cost::evaluate(program).makespan.fs(), 225 * kNs) << "the closed form knows no bounds";
}

TEST(Makespan, PipelineWithUnboundedBuffers) {
  const Program program = unbounded(data("pipeline"));
  const TimingResult timing = systemc(program);
  EXPECT_EQ(timing.makespan.fs(), 225 * kNs);
  EXPECT_EQ(fs(timing.task_end), (Times{120 * kNs, 170 * kNs, 225 * kNs}));
  EXPECT_EQ(fs(timing.block_end), (Times{135 * kNs, 225 * kNs}));
  EXPECT_EQ(ops::difference(program, cost::evaluate(program), timing), "");
}

TEST(Makespan, TwoTasksOnOneBus) {
  const Program program = data("shared_bus");
  const TimingResult timing = systemc(program), cost = cost::evaluate(program);
  EXPECT_EQ(timing.makespan.fs(), 70 * kNs);
  EXPECT_EQ(fs(timing.task_end), (Times{70 * kNs, 62 * kNs}));
  // even prepares again when the bus is done with it, after 8 and 22 ns. At the bus its iterations come 10 ns after
  // they were issued, and find it taken for 14 and 2 ns; those of odd for 8 ns, not at all, and 8 ns.
  EXPECT_EQ(waits(timing, 0, 0), (Times{0, 0, 30 * kNs, 0}));
  EXPECT_EQ(waits(timing, 0, 1), (Times{0, 0, 30 * kNs, 16 * kNs}));
  EXPECT_EQ(waits(timing, 1, 1), (Times{0, 0, 10 * kNs, 16 * kNs}));
  EXPECT_EQ(fs(cost.task_end), (Times{54 * kNs, 46 * kNs}));
  EXPECT_EQ(cost.makespan.fs(), 60 * kNs);
}

TEST(Makespan, TheOrderOfModulesDoesNotDecideATie) {
  const Program program = data("shared_bus");
  EXPECT_EQ(ops::difference(program, simulate({program, false}, true), play(program).result), "");
}

TEST(Makespan, ConvolutionBehindALineBuffer) {
  const Program program = data("line_buffer");
  const TimingResult timing = systemc(program);
  EXPECT_EQ(timing.makespan.fs(), 460 * kNs);
  EXPECT_EQ(fs(timing.task_start), (Times{0, 60 * kNs}));
  EXPECT_EQ(fs(timing.task_end), (Times{(230 + 195) * kNs, 460 * kNs}));
  EXPECT_EQ(fs(timing.block_end), (Times{230 * kNs, 460 * kNs}));
  EXPECT_EQ(cost::evaluate(program).makespan.fs(), 370 * kNs);
}

TEST(Makespan, ConvolutionBehindAnUnboundedBuffer) {
  const Program program = unbounded(data("line_buffer"));
  const TimingResult timing = systemc(program);
  EXPECT_EQ(timing.makespan.fs(), 370 * kNs);
  EXPECT_EQ(fs(timing.task_end), (Times{320 * kNs, 370 * kNs}));
  EXPECT_EQ(fs(timing.block_end), (Times{210 * kNs, 370 * kNs}));
  EXPECT_EQ(ops::difference(program, cost::evaluate(program), timing), "");
}

TEST(Makespan, ACacheServesOthersWhileAStreamComesIn) {
  const Program program = data("slow_stream");
  const TimingResult timing = systemc(program), cost = cost::evaluate(program);
  EXPECT_EQ(fs(timing.task_end), (Times{202 * kNs, 90 * kNs}));
  EXPECT_EQ(timing.unit_times[0][ops::UnitState::kBusy].fs(), 50 * kNs);
  EXPECT_EQ(fs(cost.task_end), (Times{202 * kNs, 70 * kNs}));
}

}  // namespace
}  // namespace cimera::timing
