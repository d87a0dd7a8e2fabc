// Programs that cannot be played to their end, and the worker process around them.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "models/cost/evaluate.h"
#include "models/ops/serialize.h"
#include "tests/core/error_text.h"
#include "tests/ops/compare.h"
#include "tests/ops/random_program.h"
#include "tests/ops/sketch.h"
#include "tests/timing/play.h"

namespace cimera::timing {
namespace {

using ops::Sketch;
using ops::TaskId;
using ops::UnitId;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

TEST(Failure, TasksThatWaitForEachOtherAreNamed) {
  // c needs all of a through b, and holds a back after three iterations.
  Sketch s;
  const UnitId u = s.unit("u", Duration::fs(10));
  const TaskId a = s.task("a", {{u}}, 5), b = s.task("b", {{u}}, 5), c = s.task("c", {{u}}, 5);
  s.barrier(a, b);
  s.edge(b, c);
  s.edge(a, c, 3);
  for (const bool skip : {false, true})
    EXPECT_EQ(play(s.program, {.skip_periods = skip}).error,
              "[run] the program cannot finish; waiting for tokens or buffer room: a (3 of 5), b (0 of 5), c (0 of 5)");
  s.program.edges[2].capacity = 5;
  EXPECT_EQ(play(s.program).error, "");
}

TEST(Failure, TimeThatLeaves64BitsIsAnError) {
  const std::string left = "[run] simulated time left the range 0 .. 9223 s that 64 bits of fs can hold";
  Sketch s;
  const Duration hour = Duration::fs(3'600'000'000'000'000'000);
  s.task("long", {{s.unit("u", hour)}}, 3);
  EXPECT_EQ(play(s.program).error, left);
  EXPECT_EQ(error_text([&] { cost::evaluate(s.program); }), left);
  s.program.tasks[0].iterations = 2;
  EXPECT_EQ(play(s.program).result.makespan, hour * 2);
}

TEST(Failure, CountsThatLeave64BitsAreAnError) {
  Sketch s;
  s.task("big", {{s.unit("cores", Duration::fs(1), {}, ops::UnitKind::kCores)}}, 1, 3,
         ops::HostCompute{.flops = std::int64_t{1} << 62});
  const std::string left = "[run] the count of host_flops does not fit in 64 bits";
  EXPECT_EQ(play(s.program).error, left);
  EXPECT_EQ(error_text([&] { cost::evaluate(s.program); }), left);
}

TEST(Failure, ABufferOfTheWindowFinishesAndOneBelowIsRefused) {
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    ops::Program program = ops::random_program(seed, {.shared_units = true, .once = false});
    for (ops::Edge& edge : program.edges) {
      const ops::Task &from = program.task(edge.from), &to = program.task(edge.to);
      edge.capacity = 1;
      for (std::int64_t i = 0; i < to.total(); ++i)
        edge.capacity = std::max(edge.capacity, edge.needed(from, to, i) - (i == 0 ? 0 : edge.freed(from, to, i - 1)));
    }
    ASSERT_EQ(play(program).error, "") << seed;
    for (ops::Edge& edge : program.edges) {
      if (edge.capacity == 1) continue;  // 0 would be unbounded
      --edge.capacity;
      EXPECT_THAT(error_text([&] { ops::validate(program); }), HasSubstr("iterations but the consumer needs")) << seed;
      ++edge.capacity, ++refused;
    }
  }
  EXPECT_GT(refused, 200);
}

/// What the worker program does with `input` on its standard input.
struct WorkerRun {
  int exit_code = -1;
  Bytes output;
  std::string errors;
};

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

WorkerRun run_worker(const Bytes& input) {
  const std::filesystem::path base = ::testing::TempDir() + "cimera_worker_" + std::to_string(getpid());
  const std::string in = base.string() + ".in", out = base.string() + ".out", err = base.string() + ".err";
  std::ofstream(in, std::ios::binary)
      .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
  const int status = std::system(
      ("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1 '" CIMERA_TIMING_WORKER "' <'" + in + "' >'" + out + "' 2>'" + err + "'")
          .c_str());
  const std::string answer = contents(out);
  WorkerRun run{WIFEXITED(status) ? WEXITSTATUS(status) : -1, Bytes(answer.begin(), answer.end()), contents(err)};
  for (const std::string& file : {in, out, err}) std::filesystem::remove(file);
  return run;
}

TEST(Worker, AnswersARequest) {
  ops::Shape shape{.shared_units = true, .bounded = true};
  shape.blocks = 30;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const ops::Program program = ops::random_program(seed, shape);
    const WorkerRun run = run_worker(ops::to_bytes(ops::TimingRequest{program, true}));
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(run.errors, "");
    const Played played = play(program, {.skip_periods = true});
    const ops::TimingResult answer = ops::timing_result(run.output);
    EXPECT_EQ(ops::difference(program, answer, played.result), "");
    EXPECT_EQ(answer.skipped_blocks, played.result.skipped_blocks);
  }
}

TEST(Worker, GarbageGivesExitCode1AndOneMessage) {
  Bytes damaged = ops::to_bytes(ops::TimingRequest{ops::random_program(1, {}), true});
  damaged[damaged.size() / 2] ^= 0x10;
  const Bytes result = ops::to_bytes(ops::TimingResult{});
  for (const Bytes& input : {Bytes{}, Bytes(5000, 0x81), damaged, result}) {
    const WorkerRun run = run_worker(input);
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_TRUE(run.output.empty());
    EXPECT_EQ(run.errors, "cannot read a timing request: these " + std::to_string(input.size()) +
                              " bytes are not one, or damaged\n");
  }
}

TEST(Worker, AProgramThatCannotFinishGivesExitCode1AndOneMessage) {
  Sketch s;
  s.task("long", {{s.unit("u", Duration::fs(3'600'000'000'000'000'000))}}, 3);
  const WorkerRun run = run_worker(ops::to_bytes(ops::TimingRequest{s.program, true}));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.output.empty());
  EXPECT_EQ(run.errors, "simulated time left the range 0 .. 9223 s that 64 bits of fs can hold\n");
}

}  // namespace
}  // namespace cimera::timing
