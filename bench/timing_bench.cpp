// Speed of the two readings of a Program's time on one thread. Counters:
//   hops/s        passages of an iteration through a unit, per second
//   iterations/s  iterations of tasks, per second
// The floor for the SystemC reading is 1e6 hops/s (one passage is one operation of a unit).
#include <cstdint>
#include <ctime>
#include <string>

#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/cost/evaluate.h"
#include "models/timing/simulate.h"

namespace {

using namespace cimera;
using namespace cimera::ops;

/// How the tasks of the program meet.
enum class Meeting { kNone, kSharedLink, kPipeline };

/// Four tasks of 25,000 iterations, each through a buffer, a link and another buffer. With kSharedLink all pass through
/// one link, which is then the bottleneck; with kPipeline each task feeds the next through a line buffer of 3 x 3
/// windows, and all share the link.
Program program(Meeting meeting) {
  constexpr std::int64_t kColumns = 50, kIterations = 25000;
  Program p;
  p.machine = "bench";
  p.layer_names = {"layer"};
  const auto unit = [&p](const std::string& name, UnitKind kind, std::int64_t beat_fs, std::int64_t latency_fs) {
    p.units.push_back({name, kind, name, Duration::fs(beat_fs), 256, Duration::fs(latency_fs)});
    return UnitId(p.units.size() - 1);
  };
  const bool shared = meeting != Meeting::kNone;
  const UnitId link = unit("link", UnitKind::kRouterLink, 1'000'000, 3'000'000);
  for (std::size_t t = 0; t < 4; ++t) {
    const std::string n = std::to_string(t);
    Task task;
    task.name = "task" + n;
    task.op.work = Transfer{.begin = 0, .end = kIterations * 16, .element_bits = 16};
    task.op.path = {{unit("read" + n, UnitKind::kBuffer, 10'000'000, 0), 1, 0},
                    {shared || t == 0 ? link : unit("link" + n, UnitKind::kRouterLink, 1'000'000, 3'000'000), 8, 1},
                    {unit("write" + n, UnitKind::kBuffer, 10'000'000, 0), 1, 0}};
    task.iterations = kIterations;
    p.tasks.push_back(task);
    if (meeting == Meeting::kPipeline && t > 0) {
      const Rate window{.a = 1, .d = 1, .last = 1, .first = -1};
      p.edges.push_back({TaskId(t - 1), TaskId(t), window, window, kColumns, kColumns, 0, 2 * kColumns + 3});
    }
  }
  return p;
}

double hops(const Program& p) {
  double n = 0;
  for (const Task& task : p.tasks) n += static_cast<double>(task.total()) * static_cast<double>(task.op.path.size());
  return n;
}

void report(benchmark::State& state, const Program& p) {
  using benchmark::Counter;
  const auto runs = static_cast<double>(state.iterations());
  state.counters["hops/s"] = Counter(runs * hops(p), Counter::kIsRate);
  state.counters["iterations/s"] = Counter(runs * hops(p) / 3, Counter::kIsRate);
}

/// Seconds of the processor that the SystemC reading takes, in a process of its own: SystemC has one kernel. Negative
/// when it failed.
double seconds_of_a_run(const TimingRequest& request) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    const std::clock_t start = std::clock();
    benchmark::DoNotOptimize(timing::simulate(request).makespan);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    _exit(write(ends[1], &seconds, sizeof seconds) == sizeof seconds ? 0 : 1);
  }
  close(ends[1]);
  double seconds = -1;
  if (read(ends[0], &seconds, sizeof seconds) != sizeof seconds) seconds = -1;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return seconds;
}

void systemc(benchmark::State& state, Meeting meeting) {
  const TimingRequest request{program(meeting), false};
  for (auto _ : state) {
    const double seconds = seconds_of_a_run(request);
    if (seconds < 0) {
      state.SkipWithError("the simulation failed");
      break;
    }
    state.SetIterationTime(seconds);
  }
  report(state, request.program);
}

void cost(benchmark::State& state, Meeting meeting) {
  const Program p = program(meeting);
  for (auto _ : state) benchmark::DoNotOptimize(cost::evaluate(p).makespan);
  report(state, p);
}

/// The same with many images: all but the first few are found by arithmetic.
void cost_of_blocks(benchmark::State& state) {
  Program p = program(Meeting::kPipeline);
  for (Task& task : p.tasks) task.blocks = state.range(0);
  for (auto _ : state) benchmark::DoNotOptimize(cost::evaluate(p).makespan);
  state.counters["blocks/s"] =
      benchmark::Counter(static_cast<double>(state.iterations() * state.range(0)), benchmark::Counter::kIsRate);
}

BENCHMARK_CAPTURE(systemc, private_units, Meeting::kNone)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(systemc, shared_link, Meeting::kSharedLink)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(systemc, pipeline, Meeting::kPipeline)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(cost, private_units, Meeting::kNone)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(cost, shared_link, Meeting::kSharedLink)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(cost, pipeline, Meeting::kPipeline)->Unit(benchmark::kMillisecond);
BENCHMARK(cost_of_blocks)->Arg(1)->Arg(100)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace

// libsystemc wants it; nothing here calls it.
extern "C" int sc_main(int, char*[]) { return 1; }

// libsystemc has a main() of its own, which would be taken before Google Benchmark's.
BENCHMARK_MAIN();
