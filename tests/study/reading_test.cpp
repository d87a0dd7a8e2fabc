#include "study/reading.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "models/cost/evaluate.h"
#include "models/ops/serialize.h"
#include "tests/core/error_text.h"
#include "tests/ops/sketch.h"

namespace cimera::study {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// `iterations` of two units one after another.
ops::Program two_stages(std::int64_t iterations, std::int64_t blocks = 1) {
  ops::Sketch sketch;
  const ops::UnitId a = sketch.unit("a", Duration::fs(1000)), b = sketch.unit("b", Duration::fs(3000));
  sketch.task("work", {{a}, {b}}, iterations, blocks);
  return sketch.program;
}

TEST(ReadProgram, AutoPlaysWhatItsBudgetAllows) {
  // The first unit's iterations are in step with the second's: two passages an iteration, and one block.
  EXPECT_EQ(read_program(two_stages(1000), Fidelity::kAuto).evaluator, Evaluator::kTiming);
  EXPECT_EQ(least_passages(two_stages(kMostPassages / 2), true), double{kMostPassages});
  EXPECT_EQ(read_program(two_stages(kMostPassages / 2 + 1), Fidelity::kAuto).evaluator, Evaluator::kCost);
  EXPECT_EQ(read_program(two_stages(1), Fidelity::kCost).evaluator, Evaluator::kCost);
}

TEST(ReadProgram, AutoCountsThePassagesThatArePlayed) {
  // 2e9 passages, but from the third block on all are alike.
  const ops::Program many = two_stages(1000, 1'000'000);
  const Reading reading = read_program(many, Fidelity::kAuto);
  EXPECT_EQ(reading.evaluator, Evaluator::kTiming);
  EXPECT_GT(reading.result.skipped_blocks, 999'990);
  EXPECT_EQ(reading.gap(), 0.0);
  EXPECT_EQ(least_passages(many, true), 4000.0);
  EXPECT_EQ(least_passages(many, false), 2e9);
}

TEST(ReadProgram, AutoGivesUpWhereNothingRepeats) {
  // Tokens pile up before the slow task, so no state of the machine is like an earlier one.
  ops::Sketch sketch;
  const ops::TaskId fast = sketch.task("fast", {{sketch.unit("u", Duration::fs(1))}}, 200, 100'000),
                    slow = sketch.task("slow", {{sketch.unit("v", Duration::fs(50))}}, 200, 100'000);
  sketch.edge(fast, slow);
  const Reading reading = read_program(sketch.program, Fidelity::kAuto);
  EXPECT_EQ(reading.evaluator, Evaluator::kCost);
  EXPECT_EQ(reading.result.makespan.fs(), 1 + std::int64_t{50} * 200 * 100'000);
}

TEST(ReadProgram, BothReadingsAgreeWhereNothingContends) {
  const Reading cost = read_program(two_stages(5), Fidelity::kCost);
  const Reading timing = read_program(two_stages(5), Fidelity::kTiming);
  EXPECT_EQ(cost.result.makespan, Duration::fs(1000 + 5 * 3000));
  EXPECT_EQ(timing.result.makespan, cost.result.makespan);
  EXPECT_EQ(timing.evaluator, Evaluator::kTiming);
  EXPECT_EQ(timing.gap(), 0.0);
}

TEST(ReadProgram, GapIsTheShareThatContentionTakes) {
  // Two tasks of four items on one unit behind a unit of their own each: the closed form lets them overlap there.
  ops::Sketch sketch;
  const ops::UnitId shared = sketch.unit("shared", Duration::fs(1000));
  for (const char* name : {"first", "second"})
    sketch.task(name, {{sketch.unit(name, Duration::fs(1000))}, {shared}}, 4);
  const Reading reading = read_program(sketch.program, Fidelity::kTiming);
  EXPECT_EQ(reading.bound, Duration::fs(8000));            // the shared unit's work
  EXPECT_EQ(reading.result.makespan, Duration::fs(9000));  // which starts after the first unit's first item
  EXPECT_DOUBLE_EQ(reading.gap().value(), 1.0 / 9);
}

TEST(ReadProgram, NothingToDoTakesNoTime) {
  ops::Program empty;
  empty.machine = "idle";
  EXPECT_EQ(read_program(empty, Fidelity::kTiming).result.makespan, Duration());
  EXPECT_EQ(read_program(empty, Fidelity::kTiming).gap(), 0.0);
}

/// A worker that answers with a result of the test's choice.
class FalseWorker : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("cimera_reading_" + std::to_string(::getpid()));
    fs::create_directory(folder_);
  }
  void TearDown() override {
    ::unsetenv("CIMERA_TIMING_WORKER");
    fs::remove_all(folder_);
  }
  std::string failure(const ops::Program& program, const ops::TimingResult& answer) {
    const std::vector<std::uint8_t> bytes = ops::to_bytes(answer);
    std::ofstream(folder_ / "answer").write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    const fs::path script = folder_ / "worker";
    std::ofstream(script) << "#!/bin/sh\ncat > /dev/null\ncat " << (folder_ / "answer").string() << "\n";
    fs::permissions(script, fs::perms::owner_all);
    ::setenv("CIMERA_TIMING_WORKER", script.c_str(), 1);
    return error_text([&] { read_program(program, Fidelity::kTiming); });
  }

  fs::path folder_;
};

TEST_F(FalseWorker, ATimeBelowTheLowerBoundIsAFault) {
  const ops::Program program = two_stages(5);
  ops::TimingResult wrong = cost::evaluate(program);
  wrong.makespan -= Duration::fs(1);
  EXPECT_THAT(failure(program, wrong), HasSubstr("[run] fault in cimera: sketch takes"));
}

TEST_F(FalseWorker, OtherOperationsAreAFault) {
  const ops::Program program = two_stages(5);
  ops::TimingResult wrong = cost::evaluate(program);
  wrong.layer_counts[0][ops::Event::kActivations] += 1;
  EXPECT_THAT(failure(program, wrong), HasSubstr("[run] fault in cimera: timing reading and closed form count "
                                                 "different operations in layer 'layer'"));
}

TEST_F(FalseWorker, AnAnswerAboutAnotherProgramIsAFault) {
  const ops::Program program = two_stages(5);
  ops::TimingResult wrong = cost::evaluate(program);
  wrong.layer_counts.clear();
  EXPECT_THAT(failure(program, wrong), HasSubstr("counts 0 layers"));
}

}  // namespace
}  // namespace cimera::study
