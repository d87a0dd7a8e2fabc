#include "study/timing_client.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "models/cost/evaluate.h"
#include "study/child_process.h"
#include "tests/paths.h"

namespace cimera::study {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Two tasks in a row on units of their own: nothing contends, so the closed form is exact.
ops::TimingRequest small_request(std::int64_t blocks = 3) {
  ops::Program program;
  program.machine = "toy";
  program.layer_names = {"only"};
  for (const char* name : {"first", "second"}) {
    ops::Unit unit;
    unit.name = name;
    unit.component = "buffer";
    unit.beat = Duration::fs(1000);
    unit.beat_bits = 8;
    program.units.push_back(unit);
    ops::Task task;
    task.name = name;
    task.op = {ops::Transfer{}, {{ops::UnitId(program.tasks.size())}}, 4, 4};
    task.blocks = blocks;
    program.tasks.push_back(task);
  }
  program.edges.push_back({ops::TaskId(0), ops::TaskId(1), {1, 1, 0, 0}, {1, 1, 0, 0}});
  return {program, true};
}

int open_descriptors() {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

/// A folder of its own, and a shell script that stands for the worker.
class TimingClient : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("cimera_timing_client_" + std::to_string(::getpid()));
    fs::create_directory(folder_);
    descriptors_ = open_descriptors();
  }
  void TearDown() override {
    EXPECT_EQ(open_descriptors(), descriptors_) << "a descriptor was left open";
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a process was left behind";
    ::unsetenv("CIMERA_TIMING_WORKER");
    fs::remove_all(folder_);
  }

  fs::path script(const std::string& text) {
    const fs::path file = folder_ / "worker.sh";
    std::ofstream(file) << "#!/bin/sh\n" << text << "\n";
    fs::permissions(file, fs::perms::owner_all);
    return file;
  }
  void use(const std::string& text) { ::setenv("CIMERA_TIMING_WORKER", script(text).c_str(), 1); }

  /// The message of the error that the request ends with.
  static std::string failure(const ops::TimingRequest& request) {
    try {
      time_in_worker(request);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::Kind::kRun);
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  }

  fs::path folder_;
  int descriptors_ = 0;
};

TEST_F(TimingClient, RealWorkerGivesTheClosedFormWhereNothingContends) {
  ::setenv("CIMERA_TIMING_WORKER", (fs::path(CIMERA_BINARY_DIR) / "cimera-timing-worker").c_str(), 1);
  const ops::TimingRequest request = small_request();
  const ops::TimingResult timing = time_in_worker(request), cost = cost::evaluate(request.program);
  EXPECT_EQ(timing.makespan, Duration::fs(4000 * 4));  // three blocks of 4 ps through two stages of a pipeline
  EXPECT_EQ(timing.makespan, cost.makespan);
  EXPECT_EQ(timing.block_end, cost.block_end);
  EXPECT_EQ(timing.layer_counts, cost.layer_counts);
}

TEST_F(TimingClient, WorkerIsFoundInTheFolderAboveTheTests) {
  EXPECT_EQ(fs::canonical(timing_worker()), fs::canonical(fs::path(CIMERA_BINARY_DIR) / "cimera-timing-worker"));
}

TEST_F(TimingClient, ManyRequestsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<Duration> makespans(8);
  for (std::size_t i = 0; i < makespans.size(); ++i)
    threads.emplace_back(
        [&, i] { makespans[i] = time_in_worker(small_request(static_cast<std::int64_t>(i) + 1)).makespan; });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < makespans.size(); ++i)
    EXPECT_EQ(makespans[i], Duration::fs(4000 * (static_cast<std::int64_t>(i) + 2)));
}

TEST_F(TimingClient, ExitCodeAndStandardErrorAreInTheMessage) {
  use("cat > /dev/null; echo 'the tile is on fire' >&2; exit 3");
  EXPECT_EQ(failure(small_request()),
            "timing of toy failed: the worker ended with exit code 3; it wrote: the tile is on fire");
}

TEST_F(TimingClient, SignalIsInTheMessage) {
  use("kill -SEGV $$");
  EXPECT_EQ(failure(small_request()), "timing of toy failed: the worker was killed by signal 11 (Segmentation fault)");
}

TEST_F(TimingClient, WorkerThatDiesHurtsOnlyItsOwnRequest) {
  // The script dies for the request of five blocks and gives the others to the real worker.
  use("cp /dev/stdin " + (folder_ / "request.$$").string() + " 2>/dev/null || cat > " +
      (folder_ / "request.$$").string() + "\nif grep -aq blocks.items " + (folder_ / "request.$$").string() +
      "; then exit 9; fi\nexec " CIMERA_BINARY_DIR "/cimera-timing-worker < " + (folder_ / "request.$$").string());
  ops::TimingRequest bad = small_request();
  bad.program.machine = "blocks.items";
  std::string message;
  Duration good;
  std::thread first([&] { message = failure(bad); });
  std::thread second([&] { good = time_in_worker(small_request()).makespan; });
  first.join();
  second.join();
  EXPECT_THAT(message, HasSubstr("ended with exit code 9"));
  EXPECT_EQ(good, Duration::fs(16000));
}

TEST_F(TimingClient, NoAnswer) {
  use("cat > /dev/null");
  EXPECT_EQ(failure(small_request()), "timing of toy failed: the worker gave no answer");
}

TEST_F(TimingClient, DamagedAnswer) {
  use("cat > /dev/null; printf 'hello'; echo why >&2");
  EXPECT_THAT(failure(small_request()), AllOf(HasSubstr("the worker's answer is damaged: "), HasSubstr("wrote: why")));
}

TEST_F(TimingClient, CutAnswer) {
  use("cat > " + (folder_ / "request").string() + "\n" CIMERA_BINARY_DIR "/cimera-timing-worker < " +
      (folder_ / "request").string() + " | head -c 40");
  EXPECT_THAT(failure(small_request()), HasSubstr("the worker's answer is damaged: "));
}

TEST_F(TimingClient, MissingProgramIsNamed) {
  ::setenv("CIMERA_TIMING_WORKER", (folder_ / "none").c_str(), 1);
  EXPECT_THAT(failure(small_request()), AllOf(HasSubstr("CIMERA_TIMING_WORKER"), HasSubstr("none")));
}

TEST_F(TimingClient, ProgramThatCannotStart) {
  const fs::path file = folder_ / "empty";
  std::ofstream(file) << "#!/no/such/interpreter\n";
  fs::permissions(file, fs::perms::owner_all);
  ::setenv("CIMERA_TIMING_WORKER", file.c_str(), 1);
  EXPECT_THAT(failure(small_request()), AllOf(HasSubstr("cannot start"), HasSubstr("No such file")));
}

// The rest is about run_child itself.

using Bytes = std::vector<std::uint8_t>;

TEST_F(TimingClient, HundredMegabytesBothWaysDoNotBlock) {
  Bytes input(100'000'000);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::uint8_t>(i * 2654435761u >> 24);
  const ChildResult result = run_child(script("exec cat"), "A=b", input);
  EXPECT_FALSE(result.death);
  EXPECT_TRUE(result.output == input);
}

TEST_F(TimingClient, ChildThatStopsReadingRaisesNoSignal) {
  const auto old = std::signal(SIGPIPE, SIG_DFL);
  const ChildResult result = run_child(script("exec < /dev/null; echo done; sleep 0.05"), "A=b", Bytes(1 << 22));
  std::signal(SIGPIPE, old);
  EXPECT_FALSE(result.death);
  EXPECT_EQ(std::string(result.output.begin(), result.output.end()), "done\n");
}

TEST_F(TimingClient, OnlyTheEndOfALongStandardErrorIsKept) {
  const ChildResult result = run_child(script("yes no | head -n 100000 >&2; echo last >&2"), "A=b", {});
  EXPECT_EQ(result.errors.size(), 4095U);  // 4096 less the newline at the end
  EXPECT_TRUE(result.errors.ends_with("no\nlast"));
}

TEST_F(TimingClient, ChildGetsTheSetting) {
  const ChildResult result = run_child(script("echo $COLOUR"), "COLOUR=green", {});
  EXPECT_EQ(std::string(result.output.begin(), result.output.end()), "green\n");
}

/// Pipes and sockets among the lines of `text`.
std::set<std::string> connections(std::istream& text) {
  std::set<std::string> found;
  for (std::string line; std::getline(text, line);)
    if (line.starts_with("pipe:") || line.starts_with("socket:")) found.insert(line);
  return found;
}

TEST_F(TimingClient, ChildDoesNotGetTheConnectionsOfAnotherChild) {
  std::stringstream inherited;  // what this process itself was started with
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code closed;
    inherited << fs::read_symlink(entry, closed).string() << "\n";
  }
  const fs::path quick = script("for f in /proc/self/fd/*; do readlink $f; done");
  const fs::path slow = folder_ / "slow.sh";
  std::ofstream(slow) << "#!/bin/sh\ntouch " << (folder_ / "started").string() << "\ncat > /dev/null\nsleep 0.2\n";
  fs::permissions(slow, fs::perms::owner_all);
  std::thread other([&] { run_child(slow, "A=b", {}); });
  while (!fs::exists(folder_ / "started")) std::this_thread::yield();
  const ChildResult result = run_child(quick, "A=b", {});
  other.join();

  std::stringstream text(std::string(result.output.begin(), result.output.end()));
  std::set<std::string> own = connections(text);
  for (const std::string& name : connections(inherited)) own.erase(name);
  EXPECT_EQ(own.size(), 3U) << "standard input, output and error, each its own";
}

TEST_F(TimingClient, ClosedStandardInputOfTheParentIsNoProblem) {
  const int kept = ::dup(STDIN_FILENO);
  ::close(STDIN_FILENO);
  const Bytes input{'h', 'i'};
  const ChildResult result = run_child(script("exec cat"), "A=b", input);
  ::dup2(kept, STDIN_FILENO);
  ::close(kept);
  EXPECT_EQ(result.output, input);
}

TEST_F(TimingClient, BrokenPipesKillTheChildEvenIfThisProcessIgnoresThem) {
  // A worker whose reader has gone must not go on for ever: the shell would report a failed echo on standard error.
  const auto old = std::signal(SIGPIPE, SIG_IGN);
  const ChildResult result = run_child(script("(sleep 0.05; echo a; echo b) | true; echo ok"), "A=b", {});
  std::signal(SIGPIPE, old);
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(std::string(result.output.begin(), result.output.end()), "ok\n");
}

}  // namespace
}  // namespace cimera::study
